"""The verbs of a record: the next step as its primary button, the others in the menu, questions where a verb asks something."""

import asyncio
import dataclasses
import secrets
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import IllegalMove, Invalid
from crm_app.core.fields import Day
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.services import actions, records, standings, trade
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .forms import Also, Read, RecordState
from .guard import SIGNED_IN, on, signed_in
from .session import tell

# what a verb asks before it runs; all others run at once
ASKED: dict[str, tuple[str, ...]] = {
    "decline": ("reason",),
    "pay": ("amount", "date", "method", "reference"),
    "refund": ("amount", "date", "method", "reference"),
    "sign": ("name", "strokes"),
    "reverse": ("date",),
}

# by verb what the amount that its question proposed is sent as: what was open when the page was read may not be open any more
SEEN: dict[str, str] = {"pay": "balance"}

# what a verb asks once it is refused for its date
DATED: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("send", "accept", "confirm", "issue", "order", "invoice", "deliver"), ("date",)
)

MOST = 40_000  # characters of one answer: a signature has some
CONFIRM = "confirm"  # the fault of a verb that only warns: it runs once this is sent with it


@dataclasses.dataclass
class BadgeRow:
    """A word with a colour: draft, open, wait, done, late."""

    text: str = ""
    look: str = "draft"


@dataclasses.dataclass
class VerbRow:
    """A verb that is open now, in the reader's words. `back`: it can be taken back; `final`: one is asked before, as it cannot."""

    verb: str = ""
    label: str = ""
    icon: str = ""
    danger: bool = False
    back: bool = False
    final: bool = False


@dataclasses.dataclass
class Standing:
    """What a reading says of the verbs, and what the record is called."""

    named: str
    badges: list[BadgeRow]
    primary: VerbRow
    verbs: list[VerbRow]
    editable: bool
    asked: dict[str, str]


class VerbState(RecordState, mixin=True):
    """A record whose Resource has a workflow."""

    resource: ClassVar[Resource]

    named: str = ""
    badges: list[BadgeRow] = []
    primary: VerbRow = VerbRow()
    verbs: list[VerbRow] = []
    editable: bool = True
    once: str = ""
    asking_verb: str = ""
    asking_title: str = ""
    asking_final: bool = False
    asked: dict[str, str] = {}
    verb_errors: dict[str, str] = {}
    warning: str = ""
    dating: bool = False

    def _also(self) -> dict[str, Also]:
        return super()._also() | {"standing": standing_of}

    def _take(self, key: int, found: Read) -> None:
        super()._take(key, found)
        standing: Standing = found.also["standing"]
        self.named = standing.named
        self.badges, self.primary, self.verbs = standing.badges, standing.primary, standing.verbs
        self.editable, self.asked = standing.editable, standing.asked
        self.may_change = self.may_change and standing.editable
        self.may_remove = self.may_remove and standing.editable and not self.label  # what has a number stays
        self.once, self.asking_verb, self.verb_errors = secrets.token_hex(12), "", {}
        self.warning, self.dating = "", False

    def _blank(self, actor: Actor) -> None:
        super()._blank(actor)
        self.badges, self.primary, self.verbs, self.editable = [], VerbRow(), [], True
        self.asking_verb, self.verb_errors, self.warning, self.dating = "", {}, "", False

    @on(SIGNED_IN)
    async def ask_verb(self, verb: str) -> Any:
        """Open the questions of a verb; "" closes them."""
        row = self._row(verb)
        self.asking_verb, self.dating = (verb if verb in ASKED or row.final else ""), False
        self.asking_title, self.verb_errors, self.warning, self.asking_final = row.label, {}, "", row.final

    @on(SIGNED_IN)
    async def run_verb(self, verb: str, once: str, form: dict[str, Any]) -> Any:
        """Run a verb on the record that is shown. `once` was made when the page was shown, so that a second click changes nothing."""
        other = self._instead(verb)
        if other is not None:
            return other
        actor = await signed_in(self)
        known = actions.fields_of(self.resource.name, verb)
        given = {key: str(form[key])[:MOST] for key in (*_asked_by(verb), CONFIRM) if key in known and form.get(key)}
        if verb in SEEN:
            given[SEEN[verb]] = self.asked["amount"]
        warned = self.warning if CONFIRM in given else ""
        self.errors, self.verb_errors, self.warning = {}, {}, ""
        try:
            outcome = await asyncio.to_thread(
                actions.run, actor, self.resource.name, verb, self.record, given, once=f"{once[:80]}:{verb[:40]}"
            )
        except Invalid as bad:
            if verb in SEEN:
                await self._propose_anew(actor)
            self._tell_faults(actor, verb, bad, warned)
            self.answers += 1
            return None
        except IllegalMove as illegal:
            await tell(self, illegal.message, kind="late")
            return await self._show_again(actor)
        self.asking_verb = ""
        if outcome.result:
            return rx.redirect(f"/{outcome.result['resource']}/{outcome.result['id']}")
        row = self._row(verb)
        await tell(self, Message("{what}: done.", what=row.label), undo=outcome.change_set if row.back else None)
        return await self._show_again(actor)

    def _instead(self, _verb: str) -> Any:
        """The event that does what the verb would do, by what is written on the page; None where the verb does it."""
        return None

    def _warn(self, verb: str, text: str) -> None:
        """Ask whether the verb shall run all the same."""
        self.asking_verb, self.warning, self.asking_final = verb, text, False
        self.asking_title = self._row(verb).label

    def _row(self, verb: str) -> VerbRow:
        return next((row for row in (self.primary, *self.verbs) if row.verb == verb), VerbRow())

    def _tell_faults(self, actor: Actor, verb: str, bad: Invalid, warned: str) -> None:
        """A fault stands at the question that it is about, else at its field of the form, else over the form.

        `warned` is the warning that was confirmed; it stays confirmed where only another date is asked for.
        """
        say = actor.speech.say
        if bad.fields.keys() == {CONFIRM}:
            self._warn(verb, say(bad.fields[CONFIRM]))
            return
        if verb in DATED and "date" in bad.fields:
            self._warn(verb, warned)
            self.dating = True
        for name, text in bad.fields.items():
            if name in _asked_by(verb):
                self.verb_errors = {**self.verb_errors, name: say(text)}
            else:
                self.errors = {**self.errors, name or "form": say(text)}
        if not self.verb_errors:
            self.asking_verb, self.pane = "", "details"

    async def _propose_anew(self, actor: Actor) -> None:
        """The record as it is now, under the question that stays open."""
        asking = self.asking_verb, self.asking_title
        await self._show_again(actor)
        self.asking_verb, self.asking_title = asking

    async def _show_again(self, actor: Actor) -> None:
        """The record as it is now."""
        self.may_change = actor.may(self.resource.permission("change"))
        self.may_remove = actor.may(self.resource.permission("remove"))
        self._take(self.record, await self._read(actor, self.record))


def _asked_by(verb: str) -> tuple[str, ...]:
    return ASKED.get(verb) or DATED.get(verb, ())


def standing_of(work: Work, resource: Resource, item: records.Item) -> Standing:
    """State, verbs and what they ask for, of a record."""
    values, actor, today = item.values, work.actor, trade.today(work)
    say = actor.speech.say
    badges = [BadgeRow(say(found.text), found.look) for found in standings.of(resource, values, today)]
    flow = resource.workflow
    state = str(values[flow.state]) if flow else ""
    rows = open_verbs(actor, resource, state, standings.pointless(resource, values))
    first = standings.next_step(resource, values, today)
    primary = next((row for row in rows if row.verb == first), VerbRow())
    others = [row for row in rows if row.verb != primary.verb]
    left = next((name for name in ("balance", "unallocated") if name in values), "")
    amount = resource.fields[left].kind.edit(values[left], actor.speech) if left else ""
    asked = {"amount": amount, "date": Day().edit(today, actor.speech)}
    return Standing(
        say(standings.title(resource, values)), badges, primary, others, flow is None or state in flow.editable, asked
    )


def open_verbs(actor: Actor, resource: Resource, state: str, pointless: frozenset[str]) -> list[VerbRow]:
    """The verbs that are legal in that state and that the actor holds, in their order; where one may choose
    lines, a second way ("invoice.lines") after its verb.
    """
    flow, rows = resource.workflow, list[VerbRow]()
    if flow is None:
        return rows
    legal = flow.open_moves(state)
    for found in actions.of(resource.name):
        if found.verb not in legal or found.verb in pointless or not actor.may(resource.permission(found.verb)):
            continue
        back = flow.reversible(state, flow.target("", state, found.verb))
        rows.append(
            VerbRow(
                found.verb, actor.speech.say(found.label), found.icon, found.danger,
                back=back and resource.board, final=found.danger and not back,
            )
        )  # fmt: skip
        if "lines" in found.fields:
            text = Message("{verb}: choose lines\u2026", verb=Message(found.label))
            rows.append(VerbRow(f"{found.verb}.lines", actor.speech.say(text), "list-checks"))
    return rows
