"""The saved views of a list as tabs over it, and the columns that it shows."""

import asyncio
import dataclasses
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import reflex as rx

from crm_app.core.errors import Invalid, Missing
from crm_app.core.query import LEAST_WIDTH, MOST_WIDTH, Query
from crm_app.core.resource import Resource
from crm_app.services import views
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .changes import assign
from .guard import on, signed_in
from .session import tell


@dataclasses.dataclass
class Tab:
    """A saved view over the list. `count` comes after the rows."""

    id: int = 0
    name: str = ""
    count: str = ""
    shared: str = ""
    mine: bool = False


@dataclasses.dataclass
class Column:
    """A column that may be shown; `chosen` ones come first, in their order.

    `sorted` and `place` are how the list is sorted by it.
    """

    name: str = ""
    chosen: bool = False
    sorted: str = ""
    place: str = ""


class ViewState(rx.State, mixin=True):
    """A part of every list."""

    resource: ClassVar[Resource]

    tabs: list[Tab] = []
    view: int = 0
    view_mine: bool = False
    view_changed: bool = False
    naming: str = ""
    view_name: str = ""
    view_shared: str = "personal"
    view_error: str = ""
    columns: list[Column] = []
    choosing_columns: bool = False
    _views: list[views.View] = []
    _usual: views.Usual | None = None

    @on("read")
    async def load_views(self) -> Any:
        """Read the tabs, and what each of them counts."""
        await self._read_views()

    async def _read_views(self) -> None:
        actor = await signed_in(self)
        self._take_views(*await asyncio.to_thread(read_views, actor, self.resource))
        self._find_view()

    def _take_views(self, found: list[views.View], counts: dict[int, str]) -> None:
        tabs = [Tab(one.id, one.name, counts.get(one.id, ""), one.shared, one.mine) for one in found]
        assign(self, _views=found, tabs=tabs)

    def _find_view(self) -> None:
        """The tab that says what the list shows; the one that was opened stays so while it is being changed."""
        found: list[views.View] = self.get_value("_views")
        here = replace(self.get_value("_query"), page=1, size=50).url()
        opened = next((one for one in found if one.id == self.view), None)
        same = opened if opened and opened.url == here else next((one for one in found if one.url == here), None)
        current = same or opened
        view = current.id if current and (here or same) else 0
        mine = bool(view and current and current.mine)
        assign(self, view=view, view_mine=mine, view_changed=view != 0 and same is None)

    @on("read")
    async def open_view(self, key: int) -> Any:
        """Show what that view asks for; 0 is the whole list."""
        found = next((one for one in self._views if one.id == key), None)
        self.view = found.id if found else 0
        self._unpick()
        query = Query.from_params(parse_qsl(found.url)) if found else Query()
        await self._show(await signed_in(self), query, counted=False, steps="push")

    @on("read")
    async def name_view(self, what: str) -> Any:
        """Ask for the name of a "new" view, or for another of the "old" one; "" asks no more."""
        self.naming, self.view_error = what if what in ("new", "old") else "", ""
        current = next((one for one in self._views if one.id == self.view), None)
        old = current if self.naming == "old" else None
        self.view_name, self.view_shared = (old.name, old.shared) if old else ("", "personal")

    @on("read")
    async def save_view(self, form: dict[str, Any]) -> Any:
        """Keep what the list shows as a new view, or name and share the current one anew."""
        actor = await signed_in(self)
        given = {"name": str(form.get("view_name", ""))[:200], "shared": str(form.get("view_shared", ""))}
        made = None
        try:
            if self.naming == "old":
                made = await asyncio.to_thread(change_view, actor, self.view, given, None)
            elif self.naming == "new":
                query = self._asked(self._query)
                key = await asyncio.to_thread(add_view, actor, self.resource, given, query)
                await self._show(actor, query, counted=True)
                self.view = key
        except Invalid as bad:
            self.view_error = " ".join(actor.speech.say(text) for text in bad.fields.values())
            return None
        except Missing:
            return await self._lose_view(actor)
        self.naming = ""
        await self._read_views()
        return await tell(self, "View saved.", undo=made) if made else None

    async def _lose_view(self, actor: Actor) -> None:
        """Somebody has removed the view that is open: what the list shows, and what is typed, can be saved as a new one."""
        self.view, self.naming = 0, "new"
        self.view_error = actor.speech.say("Somebody has removed this view. Save what you see as a new one.")
        await self._read_views()

    @on("read")
    async def keep_view(self) -> Any:
        """The current view shows from now on what the list shows."""
        actor = await signed_in(self)
        try:
            made = await asyncio.to_thread(change_view, actor, self.view, {}, self._query)
        except Missing:
            return await self._lose_view(actor)
        await self._read_views()
        return await tell(self, "View saved.", undo=made)

    @on("read")
    async def remove_view(self) -> Any:
        """Take the current view away; the list stays as it is. The toast offers to undo it."""
        actor = await signed_in(self)
        try:
            made = await asyncio.to_thread(drop_view, actor, self.view)
        except Missing:
            made = None
        self.view = 0
        await self._read_views()
        await tell(self, "View removed.", undo=made)

    @on("read")
    async def choose_columns(self, shown: bool) -> Any:
        """The choice of columns."""
        self.choosing_columns = shown

    @on("read")
    async def show_column(self, name: str, chosen: bool) -> Any:
        """Show that column, after the others, or hide it."""
        kept = [one for one in self._shown_columns() if one != name]
        if name in self.resource.shown and (chosen or name != self.resource.label):
            await self._set_columns([*kept, name] if chosen else kept)

    @on("read")
    async def move_column(self, name: str, step: int) -> Any:
        """Move a column that is shown one place forward or back."""
        names = self._shown_columns()
        if name not in names or step not in (-1, 1):
            return
        at = names.index(name)
        names.insert(max(0, at + step), names.pop(at))
        await self._set_columns(names)

    @on("read")
    async def reset_columns(self) -> Any:
        """The columns that the list has by itself."""
        await self._set_columns([])

    def _close_dialogs(self) -> None:
        """A page that is loaded again begins without them."""
        assign(self, naming="", view_error="", choosing_columns=False)

    def _shown_columns(self) -> list[str]:
        return [one.name for one in self.columns if one.chosen]

    async def _set_columns(self, names: list[str]) -> None:
        """In a view, or where the address names columns, they are a part of the question; else they are kept for this person."""
        actor = await signed_in(self)
        chosen = () if tuple(names) == self.resource.columns else tuple(names)
        if self.view or self._query.columns:
            await self._show(actor, replace(self._query, columns=chosen), counted=True)
            return
        await self._keep(actor, replace(self._usual or views.Usual(), columns=chosen))

    async def _keep(self, actor: Actor, wanted: views.Usual) -> None:
        await asyncio.to_thread(keep, actor, self.resource, wanted)
        self._usual = wanted
        await self._show(actor, self._query, counted=True)

    def _asked(self, query: Query) -> Query:
        """The question with this person's columns and widths, where it says nothing of them."""
        own = self.get_value("_usual") or views.Usual()
        return replace(query, columns=query.columns or own.columns, widths=query.widths or own.widths)

    @on("read")
    async def size_column(self, name: str, width: int) -> Any:
        """Make a column so many pixels wide; 0 is its usual width."""
        if name not in self.resource.shown or not (width == 0 or LEAST_WIDTH <= width <= MOST_WIDTH):
            return
        actor = await signed_in(self)
        widths = dict(self._asked(self._query).widths)
        widths.pop(name, None)
        chosen = (*widths.items(), (name, width)) if width else tuple(widths.items())
        if self.view or self._query.columns or self._query.widths:
            await self._show(actor, replace(self._query, widths=chosen), counted=True)
        else:
            await self._keep(actor, replace(self._usual or views.Usual(), widths=chosen))


def read_views(actor: Actor, resource: Resource) -> tuple[list[views.View], dict[int, str]]:
    """The views and their counts as text. Runs in a thread."""
    with Work(actor) as work:
        found = [*views.ready(work, resource), *views.of(work, resource)]
        counts = views.counts(work, resource, found)
    return found, counts_of(actor, counts)


def counts_of(actor: Actor, counts: dict[int, tuple[int, bool]]) -> dict[int, str]:
    """The counts as text."""
    number = actor.speech.number
    return {key: number(total) + ("+" if capped else "") for key, (total, capped) in counts.items()}


def add_view(actor: Actor, resource: Resource, given: dict[str, object], query: Query) -> int:
    """Save a view. Runs in a thread."""
    with Work(actor, resource.permission("read"), label="Save as a view") as work:
        return views.save(work, resource, given["name"], query, given["shared"])


def change_view(actor: Actor, key: int, given: dict[str, object], query: Query | None) -> int | None:
    """Change a view; what undoes it, where the actor may. Runs in a thread."""
    with Work(actor, "views.change", label="Change a view") as work:
        views.change(work, key, given, query)
    return work.change_set if actor.may("changes.undo") else None


def drop_view(actor: Actor, key: int) -> int | None:
    """Remove a view; what undoes it, where the actor may. Runs in a thread."""
    with Work(actor, "views.remove", label="Remove a view") as work:
        views.remove(work, key)
    return work.change_set if actor.may("changes.undo") else None


def keep(actor: Actor, resource: Resource, wanted: views.Usual) -> None:
    """Keep columns and widths for that person. Runs in a thread."""
    with Work(actor, resource.permission("read")) as work:
        views.keep(work, resource, wanted)


def columns_of(resource: Resource, query: Query, usual: tuple[str, ...] = ()) -> list[str]:
    """What the list shows: the record's name is always there, it is the way to the record."""
    names = [name for name in query.columns if name in resource.shown] or list(usual or resource.columns)
    return names if resource.label in names else [resource.label, *names]
