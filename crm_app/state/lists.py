"""A list of any Resource as one browser sees it: live text, filters as chips, sort and page, all of it in the URL."""

import asyncio
import dataclasses
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from crm_app.core.errors import Invalid, Missing, Refusal
from crm_app.core.fields import Boolean, Email
from crm_app.core.i18n import Message, Speech
from crm_app.core.plain import storable
from crm_app.core.query import MAX_PAGE, MAX_SORTS, Query
from crm_app.core.resource import Resource
from crm_app.services import actions, columns, records, standings, views
from crm_app.services.actors import Actor
from crm_app.services.views import Usual, View
from crm_app.services.work import Work

from .badges import brief
from .boards import BoardState
from .bulk import BulkState
from .cells import CellState
from .changes import assign
from .filters import Chip, FilterState, chip_of, readable_part, sound
from .guard import SIGNED_IN, on, signed_in
from .reading import reading
from .session import Me, greet, tell
from .sums import SumState
from .views import Column, ViewState, columns_of, counts_of

_OFF = "active"


@dataclasses.dataclass
class Row:
    """A record in a list: its cells in the order of the heads, as the reader sees them. `off` is one that is not active, where no
    column tells that.
    """

    id: int = 0
    label: str = ""
    off: bool = False
    cells: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Head:
    """A column that is shown. `sorted` is "up" or "down" where the rows are sorted by it, `place` its rank among several.
    `width` is empty where it is the usual one."""

    name: str = ""
    sorted: str = ""
    place: str = ""
    priority: str = ""
    width: str = ""


@dataclasses.dataclass
class Shown:
    """What one reading of the list brought; `views` only where they were asked for, `counts` only where these come quickly."""

    rows: list[Row]
    total: int
    capped: bool
    chips: list[Chip]
    usual: Usual
    views: list[View] | None
    counts: dict[int, str] | None


class ListState(BoardState, BulkState, CellState, FilterState, SumState, ViewState, mixin=True):
    """Bound to a Resource by its subclass. Everything shown is rebuilt from the URL, the cookie and the database."""

    resource: ClassVar[Resource]

    rows: list[Row] = []
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
    _query: Query = Query()
    _total: int = 0
    _capped: bool = False

    @on("read")
    async def load(self) -> Any:
        """Read the list that the URL asks for, and its tabs; what the tabs count, where there are any, comes after."""
        actor = await greet(self)
        self._unpick()
        self._close_dialogs()
        self._usual = None
        params = parse_qsl(self.router.url.query, keep_blank_values=True)
        self._begin_board(params)
        try:
            query, wrong = readable_part(params, actor.speech)
        except Invalid as bad:
            return await self._refused(bad)
        query = replace(query, size=50)
        try:
            waiting = await self._show(actor, query, counted=False, opening=True)
        except Invalid:
            query, unfit = await reading(sound, actor, self.resource, query)
            wrong += unfit
            waiting = await self._show(actor, query, counted=False, opening=True)
        await self._tell_left_out(query, wrong)
        return type(self).load_views if waiting else None

    async def _tell_left_out(self, query: Query, wrong: list[str]) -> None:
        """Filters of the address that cannot be used and columns that the list has not are left out, and said."""
        missing = [name for name in query.columns if name not in self.resource.shown]
        if self.failure:
            return
        if wrong:
            await tell(self, Message("Left out of the filters. {what}", what=" ".join(wrong)[:500]), kind="late")
        if missing:
            text = "This list has no column \u201c{name}\u201d. It is left out."
            await tell(self, Message(text, name=", ".join(missing)[:200]), kind="late")

    @on("read", supersedes=True)
    async def search(self, text: str) -> Any:
        """Filter while somebody types; a newer text overtakes this one."""
        query = replace(self.get_value("_query"), text=storable(text)[:200], page=1)
        await self._show(await signed_in(self), query, counted=False)

    @on("read")
    async def sort_by(self, name: str, extend: bool) -> Any:
        """Sort by that column; again turns it round. With `extend` beside what somebody has sorted it by already."""
        sorts = list(self._query.sorts or (self.resource.sort,))
        turned = f"-{name}" if name in sorts else name
        others = [one for one in sorts if one.removeprefix("-") != name]
        if not extend or not self._query.sorts:
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

    @on(SIGNED_IN)
    async def undo(self, change_set: str) -> Any:
        """Take back what a toast speaks of, and show the list as it is then."""
        actor = await signed_in(self)
        try:
            await asyncio.to_thread(actions.undo, actor, change_set)
        except Invalid as bad:
            return await self._refused(bad, stays=True)
        await tell(self, "Undone.")
        await self._show(actor, self._query, counted=False)
        await self._read_views()
        return None

    async def _imported(self, change_set: int, text: str) -> None:
        """Rows have been written over HTTP: show what is there now, and what takes them back."""
        await self._show(await signed_in(self), self._query, counted=False)
        await tell(self, text, undo=change_set if 0 < change_set < 2**63 else None)

    async def _show(
        self, actor: Actor, query: Query, *, counted: bool, steps: str = "replace", opening: bool = False
    ) -> bool:
        """Show what the query asks for; whether its tabs, where they were read with it, are still to be counted."""
        known = (self._total, self._capped) if counted and self.loaded and not self.failure else None
        shown = await reading(read, actor, self.resource, query, known, self.get_value("_usual"), opening=opening)
        if not counted:
            self._ask_sums()
        self.rows = shown.rows
        assign(self, _usual=shown.usual, _query=query, _total=shown.total, _capped=shown.capped)
        if shown.views is not None:
            before = {tab.id: tab.count for tab in self.get_value("tabs")}
            self._take_views(shown.views, before if shown.counts is None else shown.counts)
        asked = self._asked(query)
        heads, columns = _laid_out(self.resource, query.sort, asked.columns, asked.widths)
        address = self._board_address(replace(query, size=50).url())
        assign(self, text=query.text, address=address, steps=steps)
        assign(self, chips=shown.chips, heads=list(heads), columns=list(columns))
        self._find_view()
        self._count_pages(actor.speech, query)
        if self.board:
            await self._show_lanes(actor, query)
        assign(self, loaded=True, failure="")
        await self._tell_export()
        if self.get_value("picked") or self.everything:
            await self._tell_picked()
        return bool(shown.views) and shown.counts is None

    async def _refresh_row(self, actor: Actor, key: int) -> None:
        """One row anew. It keeps its place though it may no longer match; it goes when it may no longer be read."""
        names = [head.name for head in self.heads]
        row = await reading(read_row, actor, self.resource, key, names)
        self.rows = [(row if one.id == key else one) for one in self.rows if one.id != key or row]
        self._ask_sums()

    async def _tell_export(self) -> None:
        ids = self.get_value("picked")
        picked = "&ids=" + ",".join(map(str, ids)) if ids else ""
        asked = self._asked(self.get_value("_query"))
        assign(self, export_query=replace(asked, widths=(), page=1, size=50).url() + picked)

    def _count_pages(self, speech: Speech, query: Query) -> None:
        pages, rows = max(1, -(-self._total // query.size)), len(self.get_value("rows"))
        count = speech.number(self._total) + ("+" if self._capped else "")
        first = (query.page - 1) * query.size + 1
        span = f"{speech.number(first)}\u2013{speech.number(first + rows - 1)}" if rows else "0"
        more = self._capped or query.page < pages
        assign(self, page_number=query.page, pages=pages, more=more, count=count, span=span)

    async def _refused(self, refusal: Refusal, *, stays: bool = False) -> Any:
        """A list that cannot be shown says why; anything else is a toast, and with `stays` this is."""
        actor = await signed_in(self)
        text = actor.speech.say(refusal.message)
        if isinstance(refusal, Invalid):
            text = " ".join(actor.speech.say(message) for message in refusal.fields.values()) or text
        if not self.loaded or (isinstance(refusal, Invalid) and not stays):
            self.rows, self.chips, self.text, self.loaded, self.failure = [], [], "", True, text
            self.count, self.span = "", ""
            return
        me = await self.get_state(Me)
        me._tell(text, "late")


def read(
    actor: Actor,
    resource: Resource,
    query: Query,
    known: tuple[int, bool] | None,
    usual: Usual | None,
    *,
    opening: bool = False,
) -> Shown:
    """One page of the list as text, with `opening` its views too. Runs in a thread.

    `usual` are this person's columns and widths, None where they are not known yet.
    """
    with Work(actor) as work:
        kept = views.usual(work, resource) if usual is None else usual
        names = columns_of(resource, query, kept.columns)
        found = records.page(work, resource, query, columns=_needed(resource, names), total=known)
        rows = rows_of(work, resource, found.items, names)
        chips = [chip_of(work, resource, part) for part in query.filters]
        tabs = [*views.ready(work, resource), *views.of(work, resource)] if opening else None
        counts = views.quickly(work, resource, tabs) if tabs else None
    told = None if counts is None else counts_of(actor, counts)
    return Shown(rows, found.total, found.capped, chips, kept, tabs, told)


def read_row(actor: Actor, resource: Resource, key: int, names: list[str]) -> Row | None:
    """One record as a row; None where it is gone or may no longer be read. Runs in a thread."""
    with Work(actor) as work:
        try:
            return rows_of(work, resource, [records.one(work, resource, key)], names)[0]
        except Missing:
            return None


def priority(index: int, *, chosen: bool = False) -> str:
    """Which columns leave first on a narrow page: the later, the sooner. The last leave early, unless somebody has chosen them."""
    return "" if index < 4 else "p2" if index < 6 else "p3" if index < 8 or chosen else "p4"


def heads_of(resource: Resource, query: Query) -> list[Head]:
    """The columns; on a narrow page the later ones leave first."""
    sorts = sorts_of(resource, query)
    widths = {name: f"{width}px" for name, width in query.widths}
    found, at = [], 0
    for name in columns_of(resource, query):
        leaves = priority(at, chosen=bool(query.columns))
        found.append(Head(name, *sorts.get(name, ("", "")), leaves, widths.get(name, "")))
        told = resource.told.get(name)
        wide = resource.part(told).names(told.field) if told else isinstance(resource.shown[name].kind, Email)
        at += 2 if wide else 1  # an address, or the names of other records, take the room of two
    return found


def sorts_of(resource: Resource, query: Query) -> dict[str, tuple[str, str]]:
    """Of each field that the list is sorted by: "up" or "down", and where there are several, which of them it is."""
    sorts = query.sorts or (resource.sort,)
    return {
        name.removeprefix("-"): ("down" if name.startswith("-") else "up", str(number) if len(sorts) > 1 else "")
        for number, name in enumerate(sorts, 1)
    }


def choice_of(resource: Resource, heads: list[Head], query: Query) -> list[Column]:
    """Every field: as a column that is shown or may be, and as something that the list is or may be sorted by."""
    shown, sorts = [head.name for head in heads], sorts_of(resource, query)
    return [
        Column(name, name in shown, *sorts.get(name, ("", ""))) for name in dict.fromkeys((*shown, *resource.shown))
    ]


@lru_cache(200)
def _laid_out(
    resource: Resource, sort: str, columns: tuple[str, ...], widths: tuple[tuple[str, int], ...]
) -> tuple[tuple[Head, ...], tuple[Column, ...]]:
    """The columns, and the choice of them, of a list that is asked for so."""
    heads = heads_of(resource, Query(sort=sort, columns=columns, widths=widths))
    return tuple(heads), tuple(choice_of(resource, heads, Query(sort=sort)))


def rows_of(work: Work, resource: Resource, items: list[records.Item], names: list[str]) -> list[Row]:
    """Records as rows."""
    texts = columns.texts(work, resource, names, [item.id for item in items])
    shows = [_told(texts[name]) if name in texts else _cell(work, resource, name) for name in names]
    off = _OFF in resource.fields and _OFF not in names
    return [
        Row(
            item.id,
            str(item.values.get(resource.label) or f"#{item.id}"),
            off and not item.values[_OFF],
            [show(item) for show in shows],
        )
        for item in items
    ]


def _needed(resource: Resource, names: list[str]) -> list[str]:
    """What has to be read for rows with these columns."""
    stands = standings.needs(resource) if _stands(resource) in names else ()
    return [*names, *stands, *((_OFF,) if _OFF in resource.fields else ())]


def _stands(resource: Resource) -> str:
    """The column that tells how a record stands, "" where records have no workflow."""
    return resource.workflow.state if resource.workflow else ""


def _told(texts: dict[int, str]) -> Callable[[records.Item], str]:
    return lambda item: texts.get(item.id, "")


def _cell(work: Work, resource: Resource, name: str) -> Callable[[records.Item], str]:
    if isinstance(resource.fields[name].kind, Boolean):
        return lambda item: "true" if item.values[name] else ""  # the page draws a badge
    if name == _stands(resource):
        return lambda item: brief(work.actor, resource, item.values)
    return records.showing(work, resource, name, brief=True)
