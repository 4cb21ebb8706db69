"""The numbers of the first page: what some lists come to. Each is a question to a list, which opens with the same rows and sum."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_app.core.i18n import Message
from crm_app.core.query import Filter, Query

from . import records, sums, trade
from .search import CAP
from .work import Work


@dataclass(frozen=True)
class Asked:
    """Of which list what is added up; `one` and `many` are the words for how many records that is. `late` has to be seen to."""

    title: Message
    resource: str
    query: Query
    money: str
    one: Message
    many: Message
    late: bool = False


@dataclass(frozen=True)
class Number:
    """What was asked comes to: the amounts by currency, the company's own first, of so many records.

    Of more than can be added up in passing there are no amounts, and `capped` says that there are more than `count`.
    """

    asked: Asked
    amounts: tuple[tuple[Decimal, str], ...]
    count: int
    capped: bool

    @property
    def text(self) -> Message:
        """How many records that is, in words."""
        return self.asked.one if self.count == 1 else Message(self.asked.many.text, count=self.count)


def found(work: Work, today: date) -> list[Number]:
    """The numbers of that day among what the actor may read; none where all of them are nothing."""
    own = trade.company(work).currency
    numbers = []
    for asked in questions(today):
        resource = records.resource_of(asked.resource)
        if not work.actor.may(resource.permission("read")):
            continue
        told = sums.of(work, resource, asked.query)
        if told is None:
            numbers.append(Number(asked, (), CAP, capped=True))
            continue
        amounts = sorted(((one.amounts[asked.money], one.currency) for one in told), key=lambda one: one[1] != own)
        numbers.append(Number(asked, tuple(amounts), sum(one.count for one in told), capped=False))
    return numbers if any(number.count for number in numbers) else []


def questions(today: date) -> Iterator[Asked]:
    """What came in first, then what is to come."""
    month = ("date", "ge", today.replace(day=1).isoformat())
    issued, owed = ("status", "eq", "issued"), ("balance", "gt", "0")
    yield _summed_up(
        Message("Invoiced this month"), "invoices", "total", "1 invoice", "{count} invoices", issued, month
    )
    received = (("status", "eq", "posted"), ("direction", "eq", "received"), month)
    yield _summed_up(Message("Collected this month"), "payments", "amount", "1 payment", "{count} payments", *received)
    charged = (issued, owed, ("kind", "in", "invoice,debit_note,deposit"))
    due = (*charged, ("next_due", "lt", today.isoformat()))
    yield _summed_up(Message("To collect"), "invoices", "balance", "1 invoice", "{count} invoices", *charged)
    yield _summed_up(
        Message("Overdue balance"), "invoices", "balance", "1 invoice", "{count} invoices", *due, late=True
    )
    sent = (("status", "in", "draft,sent"), ("superseded", "eq", "false"))
    yield _summed_up(Message("Open quotes"), "quotes", "total", "1 quote", "{count} quotes", *sent)
    waiting = (("status", "eq", "confirmed"), ("delivered", "in", "none,partly"))
    yield _summed_up(Message("To deliver"), "orders", "total", "1 order", "{count} orders", *waiting)


def _summed_up(
    title: Message,
    resource: str,
    money: str,
    one: str,
    many: str,
    *filters: tuple[str, str, str],
    late: bool = False,
) -> Asked:
    query = Query(filters=tuple(Filter(*one) for one in filters), sort="-date")
    return Asked(title, resource, query, money, Message(one), Message(many, count=2), late)
