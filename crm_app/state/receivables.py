"""What one customer owes, as one browser sees it: the statement of an account, and what of it is open."""

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from crm_app.core import money
from crm_app.core.fields import Day
from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import Resource
from crm_app.models.accounts import ACCOUNTS
from crm_app.models.invoices import INVOICES
from crm_app.services import records, statements, trade, unsettled
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .dated import Dated, amount_of, day_of
from .guard import on, signed_in
from .session import greet

MOVEMENTS = 200  # or open items, of a statement at once


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
    """The statement in one currency. `earlier` says how many movements are not shown, `carried` what the balance was after them."""

    currency: str = ""
    opening: str = ""
    closing: str = ""
    earlier: str = ""
    carried: str = ""
    rows: list[MovementRow] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class UnsettledRow(MovementRow):
    """An open item: `balance` is what is open of it, `late` how many days it is overdue ("" for none)."""

    late: str = ""


@dataclasses.dataclass
class UnsettledPart:
    """The open items in one currency, and the sums of all of them. `later` says how many are not shown, `rest` what they come to."""

    currency: str = ""
    total: str = ""
    late: str = ""
    later: str = ""
    rest: str = ""
    rows: list[UnsettledRow] = dataclasses.field(default_factory=list)


class AccountStatement(Dated, rx.State):
    """All movements of one account between two days; with `open_only` what of them is not settled at the end of the last."""

    resource: ClassVar[Resource] = INVOICES

    open_only: bool = False
    unsettled: list[UnsettledPart] = []

    account: int = 0
    name: str = ""
    begin: str = ""
    end: str = ""
    parts: list[StatementPart] = []
    _most: int = MOVEMENTS
    _span: tuple[str, str] = ("", "")

    @on("read")
    async def load(self) -> Any:
        """Read the statement that the address names."""
        actor = await greet(self)
        self._most = MOVEMENTS
        days = self._days()
        self.open_only = days.get("show", "") == "open"
        self.account = records.key_of(ACCOUNTS, self.router.url.path.strip("/").partition("/")[2].partition("/")[0])
        await self._show(actor, days.get("from", ""), days.get("date", "") or days.get("to", ""))

    @on("read")
    async def choose(self, form: dict[str, Any]) -> Any:
        """Other days."""
        self._most = MOVEMENTS
        begin = str(form.get("from", "")) if not self.open_only else self._span[0]
        await self._show(await signed_in(self), begin, str(form.get("date" if self.open_only else "to", "")))

    @on("read")
    async def show_open(self, wanted: bool) -> Any:
        """The open items, or the movements, at the same day."""
        self.open_only, self._most = wanted, MOVEMENTS
        await self._show(await signed_in(self), *self._span)

    @on("read")
    async def show_more(self) -> Any:
        """More of the movements, or of the open items, of these days."""
        self._most += MOVEMENTS
        await self._show(await signed_in(self), *self._span)

    async def _show(self, actor: Actor, begin: str, end: str) -> None:
        self._span = begin, end
        first, last = day_of(actor, begin, "from"), day_of(actor, end, "to")
        if self.open_only:
            await self._show_unsettled(actor, last)
            return
        name, since, until, found = await asyncio.to_thread(read_statement, actor, self.account, first, last)
        self.name, self.begin, self.end = name, Day().edit(since, actor.speech), Day().edit(until, actor.speech)
        self.parts = [part_of(actor.speech, part, self._most) for part in found]
        self.address = urlencode({"from": since.isoformat(), "to": until.isoformat()})
        self.loaded, self.failure = True, ""

    async def _show_unsettled(self, actor: Actor, day: date | None) -> None:
        name, at, found = await asyncio.to_thread(read_unsettled, actor, self.account, day)
        self.name, self.end = name, Day().edit(at, actor.speech)
        self.unsettled = [unsettled_of(actor.speech, part, self._most) for part in found]
        self.address = urlencode({"show": "open", "date": at.isoformat()})
        self.loaded, self.failure = True, ""


def read_statement(
    actor: Actor, account: int, begin: date | None, end: date | None
) -> tuple[str, date, date, list[statements.Statement]]:
    """The account's name, the two days and its statements. Runs in a thread."""
    with Work(actor) as work:
        item = records.one(work, ACCOUNTS, account)
        until = end or trade.today(work)
        since = begin or until.replace(month=1, day=1)
        return str(item.values["name"]), since, until, statements.statement(work, account, since, until)


def read_unsettled(actor: Actor, account: int, day: date | None) -> tuple[str, date, list[unsettled.OpenItems]]:
    """The account's name, the day (today without one) and its open items. Runs in a thread."""
    with Work(actor) as work:
        item = records.one(work, ACCOUNTS, account)
        at = day or trade.today(work)
        return str(item.values["name"]), at, unsettled.open_items(work, account, at)


def _words(speech: Speech, row: statements.Movement, currency: str) -> tuple[str, ...]:
    """Day, what it is, number, address, due, charge, credit."""
    number = (row.number or f"#{row.id}") + (f" \u00b7 {row.part}" if row.part else "")
    return (
        speech.day(row.day),
        speech.say(statements.KIND_WORDS[row.kind]),
        number,
        f"/{row.resource}/{row.id}",
        speech.day(row.due) if row.due else "",
        amount_of(speech, row.amount, currency) if row.amount > 0 else "",
        amount_of(speech, -row.amount, currency) if row.amount < 0 else "",
    )


def _balances(speech: Speech, currency: str) -> Callable[[Decimal], str]:
    """How balances are written: nothing is 0.00, too."""
    return lambda value: speech.number(money.round_money(value, currency), money.minor_units(currency))


def unsettled_of(speech: Speech, part: unsettled.OpenItems, most: int = MOVEMENTS) -> UnsettledPart:
    """Open items in words; of them the first ones, at most so many."""

    written = _balances(speech, part.currency)
    rows = [
        UnsettledRow(
            *_words(speech, row, part.currency),
            written(row.balance),
            speech.number(row.overdue) if row.overdue else "",
        )
        for row in part.items[:most]
    ]
    after = part.items[most:]
    later = speech.say(Message("{n} more open items", n=speech.number(len(after)))) if after else ""
    if len(after) == 1:
        later = speech.say("1 more open item")
    rest = written(sum((row.balance for row in after), Decimal(0))) if after else ""
    return UnsettledPart(part.currency, written(part.total), written(part.late) if part.late else "", later, rest, rows)


def part_of(speech: Speech, part: statements.Statement, most: int) -> StatementPart:
    """A statement in words; of its movements the last ones, at most so many."""

    written = _balances(speech, part.currency)
    rows = [MovementRow(*_words(speech, row, part.currency), written(row.balance)) for row in part.movements[-most:]]
    before = part.movements[:-most]
    earlier = speech.say(Message("{n} earlier movements", n=speech.number(len(before)))) if before else ""
    if len(before) == 1:
        earlier = speech.say("1 earlier movement")
    carried = written(before[-1].balance) if before else ""
    return StatementPart(part.currency, written(part.opening), written(part.closing), earlier, carried, rows)
