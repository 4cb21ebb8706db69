"""Customers that are held or warned, as one browser sees them: who, why, what lifts it."""

import dataclasses
from collections import Counter
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import reflex as rx

from crm_app.core.errors import NotAllowed
from crm_app.core.i18n import Speech
from crm_app.core.query import named
from crm_app.core.resource import Resource
from crm_app.models.credit import Effect
from crm_app.models.invoices import INVOICES
from crm_app.services import credit, trade, whole
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import on, signed_in
from .heads import amount_text
from .paged import Cut, PagedState, cut
from .reading import reading
from .session import greet


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
    """What one reading brings: a page of the customers, how many each effect has, and the currency of the figures."""

    page: Cut[HeldRow]
    tabs: list[EffectTab]
    effect: str
    currency: str


class HeldList(PagedState, rx.State):
    """The customers on hold, narrowed by the effect and by their names. `partial` says that some may be missing."""

    resource: ClassVar[Resource] = INVOICES

    rows: list[HeldRow] = []
    tabs: list[EffectTab] = []
    effect: str = ""
    currency: str = ""
    partial: bool = False
    loaded: bool = False
    failure: str = ""
    address: str = ""

    @on("read")
    async def load(self) -> Any:
        """Read who is held, narrowed as the address says."""
        actor = await greet(self)
        asked = dict(parse_qsl(self.router.url.query))
        self._begin(asked)
        self.effect = asked.get("effect", "")
        await self._show(actor)

    @on("read")
    async def choose(self, effect: str) -> Any:
        """The customers of one effect; "" shows all."""
        self.effect, self.page_number = effect, 1
        await self._show(await signed_in(self))

    async def _show(self, actor: Actor) -> None:
        self.loaded = True
        try:
            found = await reading(read, actor, self.effect, self.text, self.page_number)
        except NotAllowed as refusal:
            self.failure = actor.speech.say(refusal.message)
            return
        self.rows, self.tabs, self.effect, self.failure = found.page.rows, found.tabs, found.effect, ""
        self.currency, self.partial = found.currency, whole.partial(actor, "held.read")
        self._tell_page(found.page, actor.speech)
        asked = {"effect": self.effect} | self._asked()
        self.address = urlencode({name: value for name, value in asked.items() if value})


def read(actor: Actor, effect: str, text: str, page: int) -> Shown:
    """Who is held now, the hardest first; an effect that nobody has stands for all. Raises NotAllowed. Runs in a thread."""
    with Work(actor) as work:
        everybody, own = credit.held(work), trade.company(work).currency
    speech = actor.speech
    found = named(everybody, text, lambda one: one.name)
    counts = {one.effect: 0 for one in everybody} | Counter(one.effect for one in found)
    words = {one.effect: speech.say(one.text) for one in everybody}
    tabs = [EffectTab(key.value, words[key], speech.number(count)) for key, count in counts.items()]
    chosen = effect if effect in counts else ""
    shown = cut([one for one in found if chosen in ("", one.effect)], page)
    return Shown(Cut([row_of(one, own, speech) for one in shown.rows], shown.page, shown.total), tabs, chosen, own)


def row_of(one: credit.Held, own: str, speech: Speech) -> HeldRow:
    """A customer in words."""

    def money(value: Decimal | None) -> str:
        return amount_text(value, own, speech) if value is not None else ""

    late = one.days is not None and one.days > 0
    query = {"filter[status]": "issued", "filter[balance][gt]": "0", "filter[account]": str(one.account)}
    return HeldRow(
        one.account, one.name, one.effect.value, speech.say(one.text), [reason_of(hold, speech) for hold in one.holds],
        money(one.overdue or None), speech.number(one.days) if late else "",
        speech.day(one.since) if late and one.since else "", money(one.limit), money(one.exposed), f"/invoices?{urlencode(query)}",
    )  # fmt: skip


def reason_of(hold: credit.Hold, speech: Speech) -> Reason:
    """A hold in words."""
    mild = hold.effect in (Effect.WARN, Effect.PREPAY)
    return Reason(speech.say(hold.text), speech.say(hold.why), speech.say(hold.lift), "wait" if mild else "late")
