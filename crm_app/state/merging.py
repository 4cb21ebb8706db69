"""Records are merged in a dialog: which of them is left, which value of each field counts, what goes over."""

import asyncio
import dataclasses
import secrets
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import Invalid, Refusal
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.services import actions, merge_plan, merging, records
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .forms import RecordState
from .guard import on, signed_in
from .reading import reading
from .session import PassingState, tell

MOST = 5
_KEEP = "keep-"


@dataclasses.dataclass
class SideRow:
    """One of the records; `more` tells it from others of its name, `left` says that it is the one that is left."""

    id: int = 0
    name: str = ""
    more: str = ""
    left: bool = False


@dataclasses.dataclass
class OptionRow:
    """What a record says in a field; `record` is "" for what all of them say together."""

    record: str = ""
    text: str = ""
    chosen: bool = False


@dataclasses.dataclass
class DifferenceRow:
    """A field in which they differ."""

    name: str = ""
    label: str = ""
    options: list[OptionRow] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Shown:
    """What a reading brought."""

    sides: list[SideRow]
    rows: list[DifferenceRow] = dataclasses.field(default_factory=list)
    moved: str = ""
    warning: str = ""
    error: str = ""
    likely: list[SideRow] = dataclasses.field(default_factory=list)
    versions: dict[int, int] = dataclasses.field(default_factory=dict)


class MergeState(PassingState, rx.State, mixin=True):
    """Bound to a Resource by its subclass; its dialog stands on the list and on the record."""

    resource: ClassVar[Resource]

    merging: bool = False
    sides: list[SideRow] = []
    rows: list[DifferenceRow] = []
    moved: str = ""
    warning: str = ""
    error: str = ""
    likely: list[SideRow] = []
    once: str = ""
    _keys: list[int] = []
    _versions: dict[int, int] = {}

    @on("merge")
    async def begin_merge(self, key: int, other: int) -> Any:
        """Open the dialog for a record, and another one where there is one already (else 0)."""
        await self._show([key, other] if other else [key])

    @on("merge")
    async def begin_merging(self, keys: list[int]) -> Any:
        """Open it for several, the first of which is left unless another is chosen."""
        await self._show([key for key in keys if isinstance(key, int)])

    @on("merge")
    async def add_merged(self, key: str, _name: str) -> Any:
        """One more."""
        if self.merging and key.isascii() and key.isdigit() and len(key) < 19:
            await self._show([*self._keys, int(key)])

    @on("merge")
    async def drop_merged(self, key: int) -> Any:
        """One less."""
        if self.merging and len(self._keys) > 1:
            await self._show([one for one in self._keys if one != key])

    @on("merge")
    async def leave_merged(self, key: int) -> Any:
        """Another one is to be left."""
        if self.merging and key in self._keys:
            await self._show([key, *(one for one in self._keys if one != key)])

    @on("merge")
    async def close_merge(self) -> Any:
        """Close it; nothing happens."""
        self._leave()

    def _leave(self) -> None:
        if self.merging:
            self.merging, self._keys = False, []

    @on("merge")
    async def merge(self, form: dict[str, Any], once: str) -> Any:
        """Merge them. `once` was made when the dialog showed these records, so that a second press changes nothing."""
        if not self.merging or len(self._keys) < 2:
            return None
        actor = await signed_in(self)
        left, *gone = self._keys
        fields = {name.removeprefix(_KEEP): key for name, key in form.items() if name.startswith(_KEEP) and key}
        given = {
            "records": [{"id": key, "version": self._versions.get(key, 0)} for key in gone],
            "keep": {name: key for name, key in fields.items() if name in self.resource.writable},
            "confirm": form.get("confirm") in ("true", "on", True),
        }
        version = self._versions.get(left)
        try:
            outcome = await asyncio.to_thread(
                actions.run, actor, self.resource.name, "merge", left, given, version=version, once=once[:80] or None
            )
        except Invalid as bad:
            say = actor.speech.say
            self.error = " ".join(self._told(name, say(text), actor) for name, text in bad.fields.items())
            return None
        except Refusal as refusal:
            self.error = actor.speech.say(refusal.message)
            return None
        name = next((one.name for one in self.sides if one.left), "")
        told = Message("{count} records are one now: {name}.", count=len(self._keys), name=name)
        self.merging, self._keys = False, []
        await tell(self, told, undo=outcome.change_set)
        return await self._go_to(actor, left)

    def _told(self, name: str, text: str, actor: Actor) -> str:
        spec = self.resource.fields.get(name)
        return f"{actor.speech.say(spec.label)}: {text}" if spec else text

    async def _go_to(self, actor: Actor, key: int) -> Any:
        """The record that is left: read anew where it is shown already."""
        found = next(one for one in RecordState.__subclasses__() if one.resource is self.resource)
        if self.router.url.path.strip("/") != f"{self.resource.name}/{key}":
            return rx.redirect(f"/{self.resource.name}/{key}")
        record = await self.get_state(found)  # type: ignore[type-var]
        record._take(key, await record._read(actor, key))
        return None

    async def _show(self, keys: list[int]) -> None:
        """Show what would come of merging these, no more than MOST."""
        actor = await signed_in(self)
        self._keys = list(dict.fromkeys(keys))[:MOST]
        found = await reading(shown_of, actor, self.resource, self._keys)
        self.sides, self.rows, self.moved = found.sides, found.rows, found.moved
        self.warning, self.error, self.likely = found.warning, found.error, found.likely
        self._keys, self._versions = [one.id for one in found.sides], found.versions
        self.once, self.merging = secrets.token_hex(12), bool(found.sides)


def merge_state(resource: Resource) -> type[MergeState] | None:
    """The state of that Resource's dialog, None where its records are not merged."""
    return next((one for one in MergeState.__subclasses__() if one.resource is resource), None)


def shown_of(actor: Actor, resource: Resource, keys: list[int]) -> Shown:
    """The dialog in words. Raises Missing, NotAllowed for a record that cannot be read. Runs in a thread."""
    with Work(actor) as work:
        items = [records.one(work, resource, key) for key in keys]
        sides = [_side(work, resource, item, left=place == 0) for place, item in enumerate(items)]
        if len(items) == 1:
            near = [records.one(work, resource, key) for key, _ in merging.likely(work, resource, keys[0])]
            return Shown(sides, likely=[_side(work, resource, item, left=False) for item in near])
        versions = {item.id: item.version for item in items}
        try:
            plan = merging.plan(work, resource, keys)
        except Invalid as bad:
            say = actor.speech.say
            names = ((resource.fields.get(name), text) for name, text in bad.fields.items())
            texts = (f"{say(spec.label)}: {say(text)}" if spec else say(text) for spec, text in names)
            return Shown(sides, error=" ".join(texts), versions=versions)
        except Refusal as refusal:
            return Shown(sides, error=actor.speech.say(refusal.message), versions=versions)
    return Shown(
        sides,
        [_difference(actor, one) for one in plan.differences],
        _moved(actor, plan.moved),
        actor.speech.say(plan.why) if plan.why else "",
        versions=versions,
    )


def _side(work: Work, resource: Resource, item: records.Item, *, left: bool) -> SideRow:
    facts = (records.shown(work, resource, item, name) for name in resource.facts)
    more = " \u00b7 ".join(filter(None, facts))
    return SideRow(item.id, str(item.values[resource.label] or f"#{item.id}"), more, left)


def _difference(actor: Actor, one: merge_plan.Difference) -> DifferenceRow:
    options = [OptionRow(option.record, option.text, option.record == one.chosen) for option in one.options]
    return DifferenceRow(one.name, actor.speech.say(one.label), options)


def _moved(actor: Actor, amounts: tuple[merge_plan.Amount, ...]) -> str:
    say, number = actor.speech.say, actor.speech.number
    told = (f"{number(one.count)} {say(one.one if one.count == 1 else one.many).lower()}" for one in amounts)
    return ", ".join(told)
