"""The choice of lines before a verb carries a document on: what is left, how much of it, what goes along, what it comes to."""

import asyncio
import dataclasses
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import IllegalMove, Invalid
from crm_app.core.fields import Choice
from crm_app.core.i18n import Message, Speech
from crm_app.core.plain import plain_number
from crm_app.core.resource import Resource
from crm_app.models.trade import CHOICE_LABELS, LineChoice
from crm_app.services import actions, choosing
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .forms import Read
from .guard import SIGNED_IN, on, signed_in
from .heads import amount_text
from .session import tell
from .trade import TradeState, quantity_text

_MOST_ALSO = 20
_CHOICE = Choice(LineChoice, CHOICE_LABELS)
_SHARES = ("percent", "deposit", "deposit_amount")
_EXAMPLE = Decimal("1234.56")


@dataclasses.dataclass
class OfferRow:
    """A line with something left; `share` is what is left as one types it. An `option` (its word) is not taken unless one says so."""

    line: int = 0
    document: str = ""
    text: str = ""
    unit: str = ""
    quantity: str = ""
    left: str = ""
    share: str = ""
    option: str = ""


@dataclasses.dataclass
class OtherRow:
    """Another document of the customer, and whether it goes along."""

    id: int = 0
    text: str = ""
    money: str = ""
    chosen: bool = False


class ChooseState(TradeState, mixin=True):
    """A document whose verbs may take a part of it. `choice_serial` says which typing `choice_sum` and `choice_errors` answer."""

    resource: ClassVar[Resource]

    choosing: str = ""
    choice_title: str = ""
    choice_once: str = ""
    choice_ways: list[str] = []
    offers: list[OfferRow] = []
    others: list[OtherRow] = []
    choice_sum: dict[str, str] = {}
    choice_errors: dict[str, str] = {}
    choice_serial: int = 0

    def _take(self, key: int, found: Read) -> None:
        super()._take(key, found)
        self.choosing = ""

    @on(SIGNED_IN)
    async def choose(self, verb: str) -> Any:
        """Open the choice for a verb ("invoice.lines"); "" closes it."""
        name = verb.removesuffix(".lines")
        self.choosing, self.choice_sum, self.choice_errors, self.choice_serial = "", {}, {}, 0
        if not name or not self.record:
            return None
        actor = await signed_in(self)
        found = actions.find(self.resource.name, name)
        self.offers, self.others = await asyncio.to_thread(choice_of, actor, self.resource, name, self.record, [])
        if not self.offers:
            return await tell(self, "Nothing is left of this.", kind="late")
        self.choice_ways = [way for way in ("lines", *_SHARES) if way in found.fields]
        self.choice_title, self.choice_once = actor.speech.say(found.label), secrets.token_hex(12)
        self.choosing = name
        return None

    @on(SIGNED_IN)
    async def choose_other(self, key: int, chosen: bool) -> Any:
        """Take another document of the customer along, or leave it."""
        if not self.choosing or key not in [row.id for row in self.others]:
            return
        also = [row.id for row in self.others if (chosen if row.id == key else row.chosen)]
        actor = await signed_in(self)
        self.offers, self.others = await asyncio.to_thread(
            choice_of, actor, self.resource, self.choosing, self.record, also
        )

    @on(SIGNED_IN, supersedes=True)
    async def weigh(self, choice: dict[str, Any], serial: int) -> Any:
        """What the choice comes to, and what of it cannot be."""
        if not self.choosing:
            return
        actor = await signed_in(self)
        given = self._given(choice, actor.speech)
        try:
            found = await asyncio.to_thread(choosing.weigh, actor, self.resource, self.choosing, self.record, given)
        except Invalid as bad:
            self.choice_sum, self.choice_errors = {}, faults_of(bad, given, actor.speech)
        except IllegalMove as illegal:
            self.choice_sum, self.choice_errors = {}, {"form": actor.speech.say(illegal.message)}
        else:
            self.choice_errors = {}
            self.choice_sum = {
                name: f"{amount_text(getattr(found, name), found.currency, actor.speech)} {found.currency}"
                for name in ("net", "tax", "total")
            }
        self.choice_serial = serial

    @on(SIGNED_IN)
    async def carry_on(self, choice: dict[str, Any], once: str) -> Any:
        """Make the document. `once` was made when the dialog opened, so that a second press finds the same one."""
        if not self.choosing:
            return None
        actor = await signed_in(self)
        verb, given = self.choosing, self._given(choice, actor.speech)
        try:
            outcome = await asyncio.to_thread(
                actions.run, actor, self.resource.name, verb, self.record, given, once=f"{once[:80]}:{verb}"
            )
        except Invalid as bad:
            self.choice_errors = faults_of(bad, given, actor.speech)
            self.choice_sum, self.answers = {}, self.answers + 1
            return None
        except IllegalMove as illegal:
            await tell(self, illegal.message, kind="late")
            return await self._show_again(actor)
        return rx.redirect(f"/{outcome.result['resource']}/{outcome.result['id']}")  # type: ignore[index]

    def _given(self, choice: Mapping[str, Any], speech: Speech) -> dict[str, Any]:
        """The choice as the verb takes it; of what is no choice, nothing."""
        also = [row.id for row in self.others if row.chosen][:_MOST_ALSO]
        way = choice.get("way")
        if way in _SHARES:
            return {way: typed(choice.get(way), speech)} | ({"also": also} if also and way == "percent" else {})
        lines = choice.get("lines")
        rows = [row for row in lines if isinstance(row, dict)][:2000] if isinstance(lines, list) else []
        found = [{"line": row.get("line"), "quantity": typed(row.get("quantity"), speech)} for row in rows]
        return {"lines": found} | ({"also": also} if also else {})


def typed(raw: object, speech: Speech) -> str:
    """A number as it was typed, in the notation of programs. Nothing is nought: it is refused at its field."""
    return plain_number(str(raw if raw is not None else "").strip()[:40], speech.decimal, typed=True) or "0"


def faults_of(bad: Invalid, given: Mapping[str, Any], speech: Speech) -> dict[str, str]:
    """What is wrong, by the id of the line, the way ("percent") or "form"."""
    found: dict[str, str] = {}
    for name, text in bad.fields.items():
        place = name.split(".")
        at = name if name in _SHARES else "form"
        if "lines" in given and place[0] == "lines" and len(place) == 3:
            at = str(given["lines"][int(place[1])]["line"])
        found[at] = speech.say(_in_notation(text))
    return found


def _in_notation(text: Message) -> Message:
    """A fault whose example is a number as programs write it, with one as the reader types it."""
    return Message(text.text, **text.args | {"example": _EXAMPLE}) if "example" in text.args else text


def choice_of(
    actor: Actor, resource: Resource, verb: str, key: int, also: list[int]
) -> tuple[list[OfferRow], list[OtherRow]]:
    """The lines and the other documents, in the reader's words. Runs in a thread."""
    speech = actor.speech
    with Work(actor) as work:
        lines = choosing.offers(work, resource, verb, [key, *also])
        beside = choosing.others(work, resource, verb, key)
    rows = [
        OfferRow(
            one.line, one.document if also else "", one.text, one.unit,
            quantity_text(one.quantity, speech), quantity_text(one.left, speech), share_text(one, speech),
            "" if one.choice == LineChoice.FIRM.value else speech.say(_CHOICE.label(one.choice)),
        )
        for one in lines
    ]  # fmt: skip
    others = [
        OtherRow(
            one.id, f"{one.number or speech.say(Message('Draft'))} · {speech.day(one.date)}",
            f"{amount_text(one.total, one.currency, speech)} {one.currency}", one.id in also,
        )
        for one in beside
    ]  # fmt: skip
    return rows, others


def share_text(one: choosing.Offer, speech: Speech) -> str:
    """What is left, as the reader would type it: without grouping."""
    return f"{one.left.normalize():f}".replace(".", speech.decimal)
