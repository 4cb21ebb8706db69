"""What customers owe, as one browser sees it: ageing of everything open, and the statement of one account."""

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import reflex as rx

from crm_app.core import money
from crm_app.core.errors import Invalid, Missing, NotAllowed, Refusal
from crm_app.core.fields import BadValue, Day, fold
from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import Resource
from crm_app.models.accounts import ACCOUNTS
from crm_app.models.invoices import INVOICES
from crm_app.services import records, statements, trade, unsettled
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import on, signed_in
from .paged import Cut, PagedState, cut, named
from .reading import reading
from .session import Me, greet

MOVEMENTS = 200  # of a statement at once


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
    """The open items in one currency, and their sums."""

    currency: str = ""
    total: str = ""
    late: str = ""
    rows: list[UnsettledRow] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class AgedPage:
    """What one reading of the ageing brings: the day, a page of the accounts, the sums of them all, how they are sorted."""

    at: date
    page: Cut[statements.Aged]
    sums: list[AgedRow]
    sort: str


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


class Ageing(PagedState, _Dated, rx.State):
    """Everything open, by days overdue. `sort` is "name", "total" or a bucket, with "-" from the greatest down."""

    resource: ClassVar[Resource] = INVOICES

    rows: list[AgedRow] = []
    sums: list[AgedRow] = []
    day: str = ""
    sort: str = "name"
    _at: date | None = None

    @on("read")
    async def load(self) -> Any:
        """Read the page for the day of the address; today without one."""
        actor, asked = await greet(self), self._days()
        self._begin(asked)
        self.sort = asked.get("sort", "")
        self._at = _day(actor, asked.get("date", ""), "date")
        await self._show(actor)

    @on("read")
    async def choose(self, form: dict[str, Any]) -> Any:
        """Another day."""
        actor = await signed_in(self)
        self._at = _day(actor, str(form.get("date", "")), "date")
        await self._show(actor)

    @on("read")
    async def sort_by(self, name: str, _extend: bool) -> Any:
        """Sort by that column, amounts from the greatest down; again turns it round."""
        usual = name if name == "name" else f"-{name}"
        turned = name if usual.startswith("-") else f"-{name}"
        self.sort, self.page_number = turned if self.sort == usual else usual, 1
        await self._show(await signed_in(self))

    async def _show(self, actor: Actor) -> None:
        found = await reading(read_ageing, actor, self._at, self.text, self.sort, self.page_number)
        self.rows = [aged_row(actor.speech, row) for row in found.page.rows]
        self.sums, self.sort = found.sums, found.sort
        self.day, self.loaded, self.failure = Day().edit(found.at, actor.speech), True, ""
        self._tell_page(found.page, actor.speech)
        asked = {"date": found.at.isoformat() if self._at else "", **self._asked(), "sort": found.sort}
        self.address = urlencode({name: value for name, value in asked.items() if value not in ("", "name")})


class AccountStatement(_Dated, rx.State):
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
        self.account = records.key_of(ACCOUNTS, self.router.url.path.strip("/").split("/")[1])
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
    async def show_earlier(self) -> Any:
        """More of the movements of these days."""
        self._most += MOVEMENTS
        await self._show(await signed_in(self), *self._span)

    async def _show(self, actor: Actor, begin: str, end: str) -> None:
        self._span = begin, end
        first, last = _day(actor, begin, "from"), _day(actor, end, "to")
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
        self.unsettled = [unsettled_of(actor.speech, part) for part in found]
        self.address = urlencode({"show": "open", "date": at.isoformat()})
        self.loaded, self.failure = True, ""


def _day(actor: Actor, text: str, name: str) -> date | None:
    try:
        return Day().parse(text, actor.speech)
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None


def read_ageing(actor: Actor, day: date | None, text: str, sort: str, page: int) -> AgedPage:
    """What is owed at the end of the day, today without one. Runs in a thread."""
    with Work(actor) as work:
        at = day or trade.today(work)
        everybody = statements.ageing(work, at)
    found = named(everybody, text, lambda row: row.name)
    column = sort.removeprefix("-")
    if column not in _SORTS:
        sort = column = "name"
    if sort != "name":
        found = sorted(found, key=_SORTS[column], reverse=sort.startswith("-"))
    return AgedPage(at, cut(found, page), sums_of(actor.speech, found), sort)


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


def _amount(speech: Speech, value: Decimal, currency: str) -> str:
    return speech.number(money.round_money(value, currency), money.minor_units(currency)) if value else ""


def _bucket(name: str) -> Callable[[statements.Aged], Any]:
    return lambda row: row.buckets[name]


_SORTS: dict[str, Callable[[statements.Aged], Any]] = {
    "name": lambda row: fold(row.name),
    "total": lambda row: row.total,
    "credit": lambda row: row.credit,
    **{name: _bucket(name) for name in statements.BUCKETS},
}


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


def _words(speech: Speech, row: statements.Movement, currency: str) -> tuple[str, ...]:
    """Day, what it is, number, address, due, charge, credit."""
    number = (row.number or f"#{row.id}") + (f" \u00b7 {row.part}" if row.part else "")
    return (
        speech.day(row.day),
        speech.say(statements.KIND_WORDS[row.kind]),
        number,
        f"/{row.resource}/{row.id}",
        speech.day(row.due) if row.due else "",
        _amount(speech, row.amount, currency) if row.amount > 0 else "",
        _amount(speech, -row.amount, currency) if row.amount < 0 else "",
    )


def unsettled_of(speech: Speech, part: unsettled.OpenItems) -> UnsettledPart:
    """Open items in words."""

    def written(value: Decimal) -> str:
        return _amount(speech, value, part.currency)

    rows = [
        UnsettledRow(
            *_words(speech, row, part.currency),
            written(row.balance),
            speech.number(row.overdue) if row.overdue else "",
        )
        for row in part.items
    ]
    return UnsettledPart(part.currency, written(part.total) or "0", written(part.late), rows)


def part_of(speech: Speech, part: statements.Statement, most: int) -> StatementPart:
    """A statement in words; of its movements the last ones, at most so many."""

    def written(value: Decimal) -> str:
        return _amount(speech, value, part.currency) or "0"

    rows = [MovementRow(*_words(speech, row, part.currency), written(row.balance)) for row in part.movements[-most:]]
    before = part.movements[:-most]
    earlier = speech.say(Message("{n} earlier movements", n=speech.number(len(before)))) if before else ""
    if len(before) == 1:
        earlier = speech.say("1 earlier movement")
    carried = written(before[-1].balance) if before else ""
    return StatementPart(part.currency, written(part.opening), written(part.closing), earlier, carried, rows)
