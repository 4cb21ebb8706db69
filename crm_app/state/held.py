"""Customers that are held or warned, as one browser sees them: who, why, what lifts it."""

import asyncio
import dataclasses
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import reflex as rx

from crm_app.core.errors import NotAllowed
from crm_app.core.fields import fold
from crm_app.core.i18n import Speech
from crm_app.core.plain import storable
from crm_app.core.resource import Resource
from crm_app.models.credit import Effect
from crm_app.models.invoices import INVOICES
from crm_app.services import credit, trade
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import on, signed_in
from .session import greet
from .trade import amount_text

MOST = 500  # customers on the page; the workbook has them all


@dataclasses.dataclass
class Reason:
    """What holds the customer, and what ends it."""

    effect: str = ""
    why: str = ""
    lift: str = ""
    look: str = ""


@dataclasses.dataclass
class HeldRow:
    """A customer that is held. `open_items` is the address of the list of their open invoices."""

    account: int = 0
    name: str = ""
    effect: str = ""
    text: str = ""
    reasons: list[Reason] = dataclasses.field(default_factory=list)
    overdue: str = ""
    days: str = ""
    since: str = ""
    limit: str = ""
    exposed: str = ""
    open_items: str = ""


@dataclasses.dataclass
class EffectTab:
    """The customers of one effect; "" is all of them."""

    effect: str = ""
    name: str = ""
    count: str = ""


@dataclasses.dataclass
class Shown:
    """What one reading brings: the customers, and the currency that their figures are in."""

    rows: list[HeldRow]
    currency: str


class HeldList(rx.State):
    """The customers on hold, narrowed by the effect and by their names."""

    resource: ClassVar[Resource] = INVOICES

    rows: list[HeldRow] = []
    tabs: list[EffectTab] = []
    effect: str = ""
    text: str = ""
    count: str = ""
    currency: str = ""
    loaded: bool = False
    failure: str = ""
    address: str = ""
    _all: list[HeldRow] = []

    @on("read")
    async def load(self) -> Any:
        """Read who is held, narrowed as the address says."""
        actor = await greet(self)
        asked = dict(parse_qsl(self.router.url.query))
        self.effect, self.text = asked.get("effect", ""), storable(asked.get("q", ""))[:200]
        try:
            found = await asyncio.to_thread(read, actor)
        except NotAllowed as refusal:
            self.loaded, self.failure = True, actor.speech.say(refusal.message)
            return
        self._all, self.currency = found.rows, found.currency
        self.loaded, self.failure = True, ""
        self._show(actor.speech)

    @on("read")
    async def choose(self, effect: str) -> Any:
        """The customers of one effect; "" shows all."""
        self.effect = effect
        self._show((await signed_in(self)).speech)

    @on("read", supersedes=True)
    async def search(self, text: str) -> Any:
        """Customers whose names hold these letters."""
        self.text = storable(text)[:200]
        self._show((await signed_in(self)).speech)

    def _show(self, speech: Speech) -> None:
        words = fold(self.text).split()
        named = [row for row in self._all if all(word in fold(row.name) for word in words)]
        texts = {row.effect: row.text for row in self._all}  # the hardest first
        self.effect = self.effect if self.effect in texts else ""
        counts = {effect: sum(row.effect == effect for row in named) for effect in texts}
        self.tabs = [EffectTab(effect, text, speech.number(counts[effect])) for effect, text in texts.items()]
        self.rows = [row for row in named if self.effect in ("", row.effect)]
        self.count = speech.number(len(self.rows)) + ("+" if len(self._all) == MOST else "")
        asked = {"effect": self.effect, "q": self.text}
        self.address = urlencode({name: value for name, value in asked.items() if value})


def read(actor: Actor) -> Shown:
    """Who is held now, the hardest first. Raises NotAllowed. Runs in a thread."""
    with Work(actor) as work:
        found, own = credit.held(work), trade.company(work).currency
    return Shown([row_of(one, own, actor.speech) for one in found[:MOST]], own)


def row_of(one: credit.Held, own: str, speech: Speech) -> HeldRow:
    """A customer in words."""

    def money(value: Decimal | None) -> str:
        return amount_text(value, own, speech) if value is not None else ""

    query = {"filter[status]": "issued", "filter[balance][gt]": "0", "filter[account]": str(one.account)}
    return HeldRow(
        one.account, one.name, one.effect.value, speech.say(one.text), [reason_of(hold, speech) for hold in one.holds],
        money(one.overdue or None), "" if one.days is None else speech.number(one.days),
        speech.day(one.since) if one.since else "", money(one.limit), money(one.exposed), f"/invoices?{urlencode(query)}",
    )  # fmt: skip


def reason_of(hold: credit.Hold, speech: Speech) -> Reason:
    """A hold in words."""
    mild = hold.effect in (Effect.WARN, Effect.PREPAY)
    return Reason(speech.say(hold.text), speech.say(hold.why), speech.say(hold.lift), "wait" if mild else "late")
