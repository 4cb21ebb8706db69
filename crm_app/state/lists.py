"""A list of any Resource as one browser sees it: live text, filters as chips, sort and page, all of it in the URL."""

import asyncio
import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from crm_app.core.errors import Invalid, Missing, NotAllowed, Refusal
from crm_app.core.fields import Boolean, Reference
from crm_app.core.i18n import Speech
from crm_app.core.plain import storable
from crm_app.core.query import MAX_PAGE, MAX_SORTS, NEGATIVE, Filter, Query
from crm_app.core.resource import FieldSpec, Resource
from crm_app.services import actions, records
from crm_app.services.actors import Actor
from crm_app.services.views import View
from crm_app.services.views import of as views_of
from crm_app.services.work import Work

from .bulk import BulkState
from .guard import SIGNED_IN, on, signed_in
from .session import Me, greet, tell
from .views import Column, ViewState, columns_of

_SIGNS = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of",
    "lt": "less than",
    "le": "at most",
    "gt": "more than",
    "ge": "at least",
    "between": "between",
    "contains": "contains",
    "starts": "starts with",
    "empty": "is empty",
}


@dataclasses.dataclass
class Row:
    """A record in a list: its cells in the order of the heads, as the reader sees them."""

    id: int = 0
    label: str = ""
    cells: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Head:
    """A column that is shown. `sorted` is "up" or "down" where the rows are sorted by it, `place` its rank among several."""

    name: str = ""
    sorted: str = ""
    place: str = ""
    priority: str = ""


@dataclasses.dataclass
class Chip:
    """A filter that is on."""

    field: str = ""
    operator: str = ""
    label: str = ""
    sign: str = ""
    value: str = ""


@dataclasses.dataclass
class Shown:
    """What one reading of the list brought; `views` only where they were asked for."""

    rows: list[Row]
    total: int
    capped: bool
    chips: list[Chip]
    views: list[View] | None


class ListState(BulkState, ViewState, mixin=True):
    """Bound to a Resource by its subclass. Everything shown is rebuilt from the URL, the cookie and the database."""

    resource: ClassVar[Resource]

    rows: list[Row] = []
    chips: list[Chip] = []
    text: str = ""
    heads: list[Head] = []
    page_number: int = 1
    pages: int = 1
    more: bool = False
    count: str = ""
    span: str = ""
    address: str = ""
    export_query: str = ""
    steps: str = "replace"
    loaded: bool = False
    failure: str = ""
    adding: str = ""
    _query: Query = Query()
    _total: int = 0
    _capped: bool = False

    @on("read")
    async def load(self) -> Any:
        """Read the list that the URL asks for, and its tabs; what the tabs count, where there are any, comes after."""
        actor = await greet(self)
        self.adding = ""
        self._unpick()
        try:
            query = Query.from_params(parse_qsl(self.router.url.query, keep_blank_values=True))
        except Invalid as bad:
            return await self._refused(bad)
        await self._show(actor, replace(query, size=50), counted=False, opening=True)
        return type(self).load_views if self._views else None

    @on("read", supersedes=True)
    async def search(self, text: str) -> Any:
        """Filter while somebody types; a newer text overtakes this one."""
        await self._show(await signed_in(self), replace(self._query, text=storable(text)[:200], page=1), counted=False)

    @on("read")
    async def sort_by(self, name: str, extend: bool) -> Any:
        """Sort by that column; again turns it round. With `extend` beside what it is sorted by already."""
        sorts = list(self._query.sorts or (self.resource.sort,))
        turned = f"-{name}" if name in sorts else name
        others = [one for one in sorts if one.removeprefix("-") != name]
        if not extend:
            chosen = [turned]
        elif len(others) < len(sorts):
            chosen = [turned if one.removeprefix("-") == name else one for one in sorts]
        else:
            chosen = [*others, turned][-MAX_SORTS:]
        query = replace(self._query, sort=",".join(chosen), page=1)
        await self._show(await signed_in(self), query, counted=True, steps="push")

    @on("read")
    async def turn_to(self, page: int) -> Any:
        """Another page of the list."""
        number = page if 1 <= page <= MAX_PAGE else 1
        await self._show(await signed_in(self), replace(self._query, page=number), counted=True, steps="push")

    @on("read")
    async def begin_filter(self, name: str) -> Any:
        """Ask for the value of a new filter on that field; "" asks no more."""
        self.adding = name if name in self.resource.filters else ""

    @on("read")
    async def add_filter(self, form: dict[str, Any]) -> Any:
        """Put the filter that the small form describes."""
        name, value = self.adding, str(form.get("value", ""))[:500]
        if name not in self.resource.filters or not value:
            self.adding = ""
            return
        kind = self.resource.fields[name].kind
        operator = "contains" if "contains" in kind.operators else "in" if "in" in kind.operators else "eq"
        actor = await signed_in(self)
        await self._show(actor, self._query.adding(Filter(name, operator, value)), counted=False, steps="push")
        self.adding = ""

    @on("read")
    async def drop_filter(self, name: str, operator: str) -> Any:
        """Take one chip away."""
        actor = await signed_in(self)
        await self._show(actor, self._query.without(str(name), str(operator)), counted=False, steps="push")

    @on("read")
    async def clear(self) -> Any:
        """The whole list again."""
        await self._show(await signed_in(self), Query(sort=self._query.sort), counted=False, steps="push")

    @on(SIGNED_IN)
    async def undo(self, change_set: str) -> Any:
        """Take back what a toast speaks of, and show the list as it is then."""
        actor = await signed_in(self)
        await asyncio.to_thread(actions.undo, actor, change_set)
        await tell(self, "Undone.")
        await self._show(actor, self._query, counted=False)

    async def _show(
        self, actor: Actor, query: Query, *, counted: bool, steps: str = "replace", opening: bool = False
    ) -> None:
        known = (self._total, self._capped) if counted and self.loaded and not self.failure else None
        shown = await asyncio.to_thread(read, actor, self.resource, query, known, opening=opening)
        self.rows = shown.rows
        if shown.views is not None:
            self._take_views(shown.views, {tab.id: tab.count for tab in self.tabs})
        self._query, self._total, self._capped = query, shown.total, shown.capped
        self.text, self.address, self.steps = query.text, replace(query, size=50).url(), steps
        heads = heads_of(self.resource, query)
        chosen = [head.name for head in heads]
        columns = [Column(name, name in chosen) for name in dict.fromkeys((*chosen, *self.resource.fields))]
        self._put(chips=shown.chips, heads=heads, columns=columns)
        self._find_view()
        self._count_pages(actor.speech, query)
        self.loaded, self.failure = True, ""
        await self._tell_export()
        if self.picked or self.everything:
            await self._tell_picked()

    def _put(self, **values: Any) -> None:
        """Set what is different: all that is set goes over the wire, and is drawn again."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    async def _tell_export(self) -> None:
        picked = "&ids=" + ",".join(map(str, self.picked)) if self.picked else ""
        self.export_query = replace(self._query, page=1, size=50).url() + picked

    def _count_pages(self, speech: Speech, query: Query) -> None:
        self.page_number = query.page
        self.pages = max(1, -(-self._total // query.size))
        self.more = self._capped or query.page < self.pages
        self.count = speech.number(self._total) + ("+" if self._capped else "")
        first = (query.page - 1) * query.size + 1
        self.span = f"{speech.number(first)}\u2013{speech.number(first + len(self.rows) - 1)}" if self.rows else "0"

    async def _refused(self, refusal: Refusal) -> Any:
        """A list that cannot be shown says why; anything else is a toast."""
        actor = await signed_in(self)
        text = actor.speech.say(refusal.message)
        if isinstance(refusal, Invalid):
            text = " ".join(actor.speech.say(message) for message in refusal.fields.values()) or text
        if not self.loaded or isinstance(refusal, Invalid):
            self.rows, self.chips, self.loaded, self.failure = [], [], True, text
            return
        me = await self.get_state(Me)
        me._tell(text, "late")


def read(
    actor: Actor, resource: Resource, query: Query, known: tuple[int, bool] | None, *, opening: bool = False
) -> Shown:
    """One page of the list as text, with `opening` its views too. Runs in a thread."""
    with Work(actor) as work:
        names = columns_of(resource, query)
        found = records.page(work, resource, query, columns=names, total=known)
        rows = rows_of(work, resource, found.items, names)
        chips = [chip_of(work, resource, part) for part in query.filters]
        views = views_of(work, resource) if opening else None
    return Shown(rows, found.total, found.capped, chips, views)


def heads_of(resource: Resource, query: Query) -> list[Head]:
    """The columns; on a narrow page the later ones leave first."""
    sorts = query.sorts or (resource.sort,)
    places = {
        name.removeprefix("-"): (number, "down" if name.startswith("-") else "up")
        for number, name in enumerate(sorts, 1)
    }
    found = []
    for index, name in enumerate(columns_of(resource, query)):
        number, way = places.get(name, (0, ""))
        priority = "" if index < 4 else "p2" if index < 6 else "p3"
        found.append(Head(name, way, str(number) if number and len(sorts) > 1 else "", priority))
    return found


def rows_of(work: Work, resource: Resource, items: list[records.Item], names: list[str]) -> list[Row]:
    """Records as rows."""
    shows = [_cell(work, resource, name) for name in names]
    return [
        Row(item.id, str(item.values.get(resource.label) or f"#{item.id}"), [show(item) for show in shows])
        for item in items
    ]


def _cell(work: Work, resource: Resource, name: str) -> Callable[[records.Item], str]:
    if isinstance(resource.fields[name].kind, Boolean):
        return lambda item: "true" if item.values[name] else ""  # the page draws a badge
    return records.showing(work, resource, name)


def chip_of(work: Work, resource: Resource, part: Filter) -> Chip:
    """A filter in words."""
    spec, say = resource.fields[part.field], work.actor.speech.say
    values = part.value.split(",") if part.operator in ("in", "between") else [part.value]
    if part.operator == "empty":
        text = ""
    elif isinstance(spec.kind, Reference):
        text = ", ".join(_name_of(work, spec.kind.resource, value) for value in values)
    elif part.operator in ("contains", "starts"):
        text = part.value
    else:
        text = ", ".join(_said(work, spec, value) for value in values)
    sign = "is" if part.operator == "in" and len(values) == 1 else _SIGNS[part.operator]
    if part.operator == "empty" and part.value in NEGATIVE:
        sign = "is not empty"
    return Chip(part.field, part.operator, say(spec.label), say(sign), text)


def _name_of(work: Work, target: str, key: str) -> str:
    """The label of what a filter refers to, for whoever may read that list; its id for others."""
    found = records.resource_of(target)
    try:
        return str(records.one(work, found, key).values[found.label])
    except (Missing, NotAllowed):
        return f"#{key}" if key else ""


def _said(work: Work, spec: FieldSpec, value: str) -> str:
    parsed = spec.kind.parse(value, work.actor.speech)
    return spec.kind.show(parsed, work.actor.speech) if parsed is not None else ""
