"""A record of any Resource as one browser sees it: its form, its timeline, what somebody else changed meanwhile."""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import reflex as rx

from crm_app.core import clock
from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed, Refusal
from crm_app.core.fields import Reference
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Lines, Resource
from crm_app.services import actions, records, rules
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .beside import Around, BesideState, around
from .clashes import ClashRow, clash_rows, settled
from .entries import EntryRow, entries_of, older_entries
from .guard import SIGNED_IN, on, signed_in
from .heads import HeadState, doubles_of, figures_of, held, led_on, reached_by
from .reading import reading
from .session import Me, greet, tell

_FRESH = timedelta(seconds=2)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

# what a kind of record shows beside its fields, read with them
Also = Callable[[Work, Resource, records.Item], Any]


@dataclasses.dataclass
class Read:
    """What one reading of a record brought; `also` by the names of `RecordState._also`."""

    version: int
    label: str
    values: dict[str, str]
    shown: dict[str, str]
    lines: dict[str, str]
    entries: list[EntryRow]
    older: bool
    around: Around
    also: dict[str, Any]


class RecordState(HeadState, BesideState, rx.State, mixin=True):
    """Bound to a Resource by its subclass. `record` 0 is a record that is being made."""

    resource: ClassVar[Resource]

    record: int = 0
    version: int = 0
    label: str = ""
    values: dict[str, str] = {}
    shown: dict[str, str] = {}
    lines: dict[str, str] = {}
    errors: dict[str, str] = {}
    answers: int = 0
    clashes: list[ClashRow] = []
    entries: list[EntryRow] = []
    older: bool = False
    may_change: bool = False
    barred: list[str] = []  # fields that are not this person's to set
    may_attach: bool = False
    may_remove: bool = False
    asking: bool = False
    loaded: bool = False
    here: str = ""
    failure: str = ""
    _pending: dict[str, str] = {}
    _base: int = 0
    _pending_version: int = 0
    _ahead: datetime = _LONG_AGO

    @on("read")
    async def load(self) -> Any:
        """Show the record that the URL names; "new" is an empty one."""
        actor = await greet(self)
        key = self._address()
        asked = key == "new" and self.router.url.query
        there, self._ahead = self.here == key and not asked and clock.now() - self._ahead < _FRESH, _LONG_AGO
        if not there:
            await self._open(actor, key)

    @on("read")
    async def ahead(self, key: str) -> Any:
        """Read the record whose link is being pressed: it is there when its page is. What is refused its page will say."""
        actor = await signed_in(self)
        try:
            await self._open(actor, key[:20])
        except Refusal:
            return
        self._ahead = clock.now()

    async def _open(self, actor: Actor, key: str) -> None:
        """Take up another record, or an empty one."""
        self.errors, self.clashes, self.failure, self.asking, self.with_below = {}, [], "", False, False
        self.may_change = actor.may(self.resource.permission("change" if key != "new" else "create"))
        self.barred = [*rules.barred_for(actor, self.resource)]
        self.may_attach = key != "new" and self.may_change  # also to what can no longer be changed
        self.may_remove = key != "new" and actor.may(self.resource.permission("remove"))
        if key == "new" and not self.may_change:
            self.record, self.loaded, self.here = 0, True, key
            self.failure = actor.speech.say(NotAllowed(self.resource.permission("create")).message)
            return
        if key == "new":
            self._blank(actor)
            await self._begin_with(actor, parse_qsl(self.router.url.query))
        else:
            record = self._key_at(key)
            number = int(record) if record.isascii() and record.isdigit() and len(record) < 19 else 0
            self._take(number, await self._read(actor, record))
        await self._find_neighbours(self.record)
        self.here = key

    async def _read(self, actor: Actor, key: object) -> Read:
        """The record from the database, with what its kind shows beside it."""
        return await reading(read, actor, self.resource, key, self.with_below, self._also())

    def _also(self) -> dict[str, Also]:
        """What else is read with the record."""
        return {"figures": figures_of, "doubles": doubles_of, "reached": reached_by}

    def _address(self) -> str:
        """The last part of the page's address."""
        return self.router.url.path.strip("/").split("/")[-1]

    def _key_at(self, address: str) -> str:
        return address

    def _blank(self, actor: Actor) -> None:
        fields = self.resource.fields
        defaults = {name: fields[name].kind.edit(fields[name].default, actor.speech) for name in self.resource.writable}
        if self.resource.owner and actor.user:
            defaults[self.resource.owner] = str(actor.user)
        self.shown = dict.fromkeys(fields, "")
        self.lines = {part.name: "[]" for part in RESOURCES.lines(self.resource)}
        if self.resource.owner:
            self.shown[self.resource.owner] = actor.name
        self.record, self.version, self.label = 0, 0, ""
        self.values, self.entries, self.older, self.loaded = defaults, [], False, True
        self.figures, self.doubles = [], []
        self.pane = "details"
        self._bare()

    async def _begin_with(self, actor: Actor, given: list[tuple[str, str]]) -> None:
        """A new record begins with the records that its address names."""
        fields = self.resource.fields
        named = {
            name: text
            for name, text in given
            if name in self.resource.writable and isinstance(fields[name].kind, Reference)
        }
        if named:
            found = await reading(named_records, actor, self.resource, named)
            self.values = self.values | {name: str(key) for name, (key, _) in found.items()}
            self.shown = self.shown | {name: text for name, (_, text) in found.items()}

    def _take(self, key: int, found: Read) -> None:
        self.pane = self.pane if key == self.record else "details"
        self.record, self.version, self.label = key, found.version, found.label
        self.values, self.shown, self.lines = found.values, found.shown, found.lines
        self.entries, self.older, self.loaded = found.entries, found.older, True
        self._take_head(found.also)
        self.may_change = self.may_change and "change" in found.also["reached"]
        self.may_attach = self.may_attach and "change" in found.also["reached"]
        self.may_remove = self.may_remove and "remove" in found.also["reached"]
        self._take_around(found.around)

    async def _refresh(self, actor: Actor) -> None:
        """Read the timeline and what stands beside the form anew; the form is left as it is."""
        found = await self._read(actor, self.record)
        self.entries, self.older = found.entries, found.older
        self._take_around(found.around)

    @on(SIGNED_IN)
    async def save(self, form: dict[str, Any], record: int, version: int) -> Any:
        """Store the changed fields of the form. `record` and `version` come from the form that was shown, not from here."""
        actor = await signed_in(self)
        given = {str(name): value for name, value in form.items()}
        self.errors = {}
        self.answers += 1
        verb = "change" if record else "create"
        try:
            outcome = await asyncio.to_thread(
                actions.run, actor, self.resource.name, verb, record or None, given, version=version if record else None
            )
        except Invalid as bad:
            self.errors = {name or "form": actor.speech.say(text) for name, text in bad.fields.items()}
            self.pane = "details"
            return None
        except Conflict as clash:
            self._pending = {name: str(value) for name, value in given.items()}
            self._base, self._pending_version = version, clash.version
            told = actor, self.resource, self._pending, clash.theirs, record, version
            self.clashes = await asyncio.to_thread(clash_rows, *told)
            return None
        if not record:
            self.version += 1  # tells the form that what it keeps has been stored
            name = str(given.get(self.resource.label, ""))[:80] or actor.speech.say(self.resource.one)
            await tell(self, Message("{name} created.", name=name), undo=outcome.change_set)
            return rx.redirect(f"/{self.resource.name}/{outcome.id}", replace=True)
        self._take(record, await self._read(actor, record))
        await tell(self, "Saved.", undo=outcome.change_set)
        return None

    @on(SIGNED_IN)
    async def settle(self, form: dict[str, Any]) -> Any:
        """Save again after a clash, with what I chose for each field: mine or theirs."""
        actor, version = await signed_in(self), self._pending_version
        chosen = {row.name: "mine" if form.get(row.name) == "mine" else "theirs" for row in self.clashes}
        given = await asyncio.to_thread(settled, actor, self.resource, self.record, self._base, self._pending, chosen)
        self.clashes, self._pending = [], {}
        return await type(self).save.fn(self, given, self.record, version)

    @on(SIGNED_IN)
    async def give_way(self) -> Any:
        """Close the question without saving; what I typed stays in the form."""
        self.clashes = []

    @on(SIGNED_IN)
    async def ask_remove(self, asking: bool) -> Any:
        """Ask before removing."""
        self.asking = asking

    @on("remove")
    async def remove(self) -> Any:
        """Remove the record and go back to the list, where the toast offers to undo it."""
        actor = await signed_in(self)
        self.asking = False
        label = self.label
        outcome = await asyncio.to_thread(actions.run, actor, self.resource.name, "remove", self.record)
        await tell(self, Message("{name} removed.", name=label), undo=outcome.change_set)
        return rx.redirect(f"/{self.resource.name}")

    @on(SIGNED_IN)
    async def undo(self, change_set: str) -> Any:
        """Take back a change; a record whose making is undone is gone."""
        actor = await signed_in(self)
        await asyncio.to_thread(actions.undo, actor, change_set)
        await tell(self, "Undone.")
        try:
            if self.record:
                self._take(self.record, await self._read(actor, self.record))
        except Missing:
            return rx.redirect(f"/{self.resource.name}")
        return None

    @on("read")
    async def show_older(self) -> Any:
        """More of the timeline."""
        actor = await signed_in(self)
        before = int(self.entries[-1].change_set) if self.entries else None
        entries, self.older = await reading(older_entries, actor, self.resource, self.record, before)
        if (
            self.entries
            and entries
            and entries[0].day == next((row.day for row in reversed(self.entries) if row.day), "")
        ):
            entries[0].day = ""
        self.entries = [*self.entries, *entries]

    async def _refused(self, refusal: Refusal) -> Any:
        """A record that cannot be shown says why on the page; anything else is a toast."""
        actor = await signed_in(self)
        text = actor.speech.say(refusal.message)
        if self.here != self._address():
            led = await reading(led_on, actor, self.resource, self._key_at(self._address()))
            if led is not None:
                await tell(self, led.text)
                return rx.redirect(f"/{self.resource.name}/{led.into}", replace=True)
            self.record, self.loaded, self.here, self.failure = 0, True, self._address(), text
            return None
        me = await self.get_state(Me)
        me._tell(text, "late")
        return None


def read(actor: Actor, resource: Resource, key: object, below: bool, also: Mapping[str, Also]) -> Read:
    """A record as text, with the start of its timeline; `below` as in `around`. Runs in a thread."""
    with Work(actor) as work:
        item = records.one(work, resource, key)
        kinds = resource.fields
        shown = {name: records.shown(work, resource, item, name) for name in kinds}
        values = held(resource, item, shown, actor.speech)
        inside = {part.name: lines_text(actor, part, item.lines[part.name]) for part in RESOURCES.lines(resource)}
        rows, older = entries_of(work, resource, item.id, None)
        beside = around(work, resource, item, below=below)
        more = {name: found(work, resource, item) for name, found in also.items()}
    label = str(item.values[resource.label] or "")
    return Read(item.version, label, values, shown, inside, rows, older, beside, more)


def named_records(actor: Actor, resource: Resource, given: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Id and name of the records that these fields name, those that the actor may read. Runs in a thread."""
    found: dict[str, tuple[int, str]] = {}
    with Work(actor) as work:
        for name, key in given.items():
            kind = resource.fields[name].kind
            target = records.resource_of(kind.resource) if isinstance(kind, Reference) else resource
            try:
                item = records.one(work, target, key)
            except (Missing, NotAllowed):
                continue
            found[name] = item.id, str(item.values[target.label] or "")
    return found


def lines_text(actor: Actor, part: Lines, items: list[records.Item]) -> str:
    """The lines as the form's editor takes them: JSON, with the names of what they refer to under "texts"."""
    kinds = part.resource.fields
    rows = [
        {"id": item.id, "texts": dict(item.labels)}
        | {name: kinds[name].kind.edit(item.values[name], actor.speech) for name in kinds}
        for item in items
    ]
    return json.dumps(rows, ensure_ascii=False)
