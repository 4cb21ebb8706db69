"""What customers owe, as one browser sees it: ageing of everything open, and the statement of one account."""

import asyncio
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import reflex as rx

from crm_app.core import money
from crm_app.core.errors import Invalid, Missing, NotAllowed, Refusal
from crm_app.core.fields import BadValue, Day
from crm_app.core.i18n import Speech
from crm_app.core.resource import Resource
from crm_app.models.accounts import ACCOUNTS
from crm_app.models.invoices import INVOICES
from crm_app.services import records, statements, trade
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import on, signed_in
from .session import Me, greet


@dataclasses.dataclass
class AgedRow:
    """What an account owes in one currency. `amounts` stand in the order of the heads; "" is nothing."""

    address: str = ""
    name: str = ""
    currency: str = ""
    amounts: list[str] = dataclasses.field(default_factory=list)
    total: str = ""


@dataclasses.dataclass
class MovementRow:
    """A line of a statement; `charge` adds to what is owed, `credit` takes away."""

    day: str = ""
    what: str = ""
    number: str = ""
    address: str = ""
    due: str = ""
    charge: str = ""
    credit: str = ""
    balance: str = ""


@dataclasses.dataclass
class StatementPart:
    """The statement in one currency."""

    currency: str = ""
    opening: str = ""
    closing: str = ""
    rows: list[MovementRow] = dataclasses.field(default_factory=list)


class _Dated(rx.State, mixin=True):
    """Pages whose days stand in the address."""

    loaded: bool = False
    failure: str = ""
    address: str = ""

    def _days(self) -> dict[str, str]:
        return dict(parse_qsl(self.router.url.query))

    async def _refused(self, refusal: Refusal) -> Any:
        actor = await signed_in(self)
        text = actor.speech.say(refusal.message)
        if isinstance(refusal, Invalid):
            text = " ".join(actor.speech.say(part) for part in refusal.fields.values()) or text
        if isinstance(refusal, Invalid | Missing | NotAllowed):
            self.loaded, self.failure = True, text
            return
        me = await self.get_state(Me)
        me._tell(text, "late")


class Ageing(_Dated, rx.State):
    """Everything open, by days overdue."""

    resource: ClassVar[Resource] = INVOICES

    rows: list[AgedRow] = []
    sums: list[AgedRow] = []
    day: str = ""

    @on("read")
    async def load(self) -> Any:
        """Read the page for the day of the address; today without one."""
        await self._show(await greet(self), self._days().get("date", ""))

    @on("read")
    async def choose(self, form: dict[str, Any]) -> Any:
        """Another day."""
        await self._show(await signed_in(self), str(form.get("date", "")))

    async def _show(self, actor: Actor, text: str) -> None:
        day = _day(actor, text, "date")
        at, found = await asyncio.to_thread(read_ageing, actor, day)
        self.rows = [aged_row(actor.speech, row) for row in found]
        self.sums = sums_of(actor.speech, found)
        self.day, self.loaded, self.failure = Day().edit(at, actor.speech), True, ""
        self.address = urlencode({"date": at.isoformat()}) if day else ""


class AccountStatement(_Dated, rx.State):
    """All movements of one account between two days."""

    resource: ClassVar[Resource] = INVOICES

    account: int = 0
    name: str = ""
    begin: str = ""
    end: str = ""
    parts: list[StatementPart] = []

    @on("read")
    async def load(self) -> Any:
        """Read the statement that the address names."""
        actor = await greet(self)
        days = self._days()
        self.account = records.key_of(ACCOUNTS, self.router.url.path.strip("/").split("/")[1])
        await self._show(actor, days.get("from", ""), days.get("to", ""))

    @on("read")
    async def choose(self, form: dict[str, Any]) -> Any:
        """Other days."""
        await self._show(await signed_in(self), str(form.get("from", "")), str(form.get("to", "")))

    async def _show(self, actor: Actor, begin: str, end: str) -> None:
        first, last = _day(actor, begin, "from"), _day(actor, end, "to")
        name, since, until, found = await asyncio.to_thread(read_statement, actor, self.account, first, last)
        self.name, self.begin, self.end = name, Day().edit(since, actor.speech), Day().edit(until, actor.speech)
        self.parts = [part_of(actor.speech, part) for part in found]
        self.address = urlencode({"from": since.isoformat(), "to": until.isoformat()})
        self.loaded, self.failure = True, ""


def _day(actor: Actor, text: str, name: str) -> date | None:
    try:
        return Day().parse(text, actor.speech)
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None


def read_ageing(actor: Actor, day: date | None) -> tuple[date, list[statements.Aged]]:
    """The day, and what is owed at its end. Runs in a thread."""
    with Work(actor) as work:
        at = day or trade.today(work)
        return at, statements.ageing(work, at)


def read_statement(
    actor: Actor, account: int, begin: date | None, end: date | None
) -> tuple[str, date, date, list[statements.Statement]]:
    """The account's name, the two days and its statements. Runs in a thread."""
    with Work(actor) as work:
        item = records.one(work, ACCOUNTS, account)
        until = end or trade.today(work)
        since = begin or until.replace(month=1, day=1)
        return str(item.values["name"]), since, until, statements.statement(work, account, since, until)


def _amount(speech: Speech, value: Decimal, currency: str) -> str:
    return speech.number(money.round_money(value, currency), money.minor_units(currency)) if value else ""


def aged_row(speech: Speech, row: statements.Aged) -> AgedRow:
    """A line in words."""
    amounts = [_amount(speech, row.buckets[name], row.currency) for name in statements.BUCKETS]
    credit = _amount(speech, -row.credit, row.currency)
    address = f"/accounts/{row.account}/statement" if row.account else ""
    return AgedRow(address, row.name, row.currency, [*amounts, credit], _amount(speech, row.total, row.currency) or "0")


def sums_of(speech: Speech, rows: list[statements.Aged]) -> list[AgedRow]:
    """The sum of each currency."""
    found: dict[str, statements.Aged] = {}
    for row in rows:
        before = found.get(
            row.currency, statements.Aged(0, "", row.currency, dict.fromkeys(statements.BUCKETS, Decimal(0)))
        )
        buckets = {name: amount + row.buckets[name] for name, amount in before.buckets.items()}
        found[row.currency] = statements.Aged(0, "", row.currency, buckets, before.credit + row.credit)
    return [aged_row(speech, found[currency]) for currency in sorted(found)]


def part_of(speech: Speech, part: statements.Statement) -> StatementPart:
    """A statement in words."""

    def written(value: Decimal) -> str:
        return _amount(speech, value, part.currency) or "0"

    rows = [
        MovementRow(
            speech.day(row.day),
            speech.say(statements.KIND_WORDS[row.kind]),
            (row.number or f"#{row.id}") + (f" \u00b7 {row.part}" if row.part else ""),
            f"/{row.resource}/{row.id}",
            speech.day(row.due) if row.due else "",
            _amount(speech, row.amount, part.currency) if row.amount > 0 else "",
            _amount(speech, -row.amount, part.currency) if row.amount < 0 else "",
            written(row.balance),
        )
        for row in part.movements
    ]
    return StatementPart(part.currency, written(part.opening), written(part.closing), rows)
