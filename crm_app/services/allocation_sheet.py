"""What a payment or an invoice was settled with, and what the allocation screen shows: free money, what is open, what is settled."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm_app.core.query import Query
from crm_app.models.invoices import Invoice, InvoiceLine, InvoiceStatus
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import currencies, records, settling, trade
from .allocating import OpenItem, Target, oldest, open_items
from .work import Work, column_of

_MOST = 200
_SETTLED: Any = aliased(Invoice)
_CREDIT: Any = aliased(Invoice)
_BACK: Any = aliased(Payment)


@dataclass(frozen=True)
class Settled:
    """An allocation seen from one side: `id` of `resource` is the document on the other.

    `amount` is in the currency of what is settled, `taken` in that of the payment or credit note, `difference` (positive is a
    gain) in the company's. It counts from `day` until the day before `until`. With `gives` it is the other that is settled.
    """

    allocation: int
    resource: str
    id: int
    number: str
    day: dt.date
    until: dt.date | None
    amount: Decimal
    currency: str
    taken: Decimal
    taken_currency: str
    difference: Decimal
    company_currency: str
    gives: bool

    @property
    def exchanged(self) -> bool:
        """Whether a currency other than the company's is in it."""
        return {self.currency, self.taken_currency} != {self.company_currency}


@dataclass(frozen=True)
class Sheet:
    """What the allocation screen shows: the money that is free, what is open, what is settled already. With `back` it is money
    that was paid out: open is what the customer has to get.

    `oldest` is what the free money settles of what where the oldest come first. `worth` is what one unit of another
    currency takes of the money by the rates of its day; a currency without a rate is left out.
    """

    free: Decimal
    currency: str
    open_items: tuple[OpenItem, ...]
    settled: tuple[Settled, ...]
    oldest: Mapping[Target, Decimal]
    worth: Mapping[str, Decimal]
    back: bool


def sheet(work: Work, payment: object) -> Sheet:
    """The allocation screen of a payment; what the actor may not read is left out. Raises Missing, NotAllowed."""
    work.require("invoices.read")
    item = records.one(work, records.resource_of("payments"), payment)
    back = item.values["direction"] == Direction.PAID.value
    free = item.values["status"] == PaymentStatus.POSTED.value and item.values["unallocated"] > 0
    there = open_items(work, item.values["account"], back=back) if free else []
    first = oldest(work, work.row(Payment, item.id)) if there else {}
    rates = {one.currency: currencies.rate(work, one.currency, item.values["date"]) for one in there}
    worth = {currency: rate / item.values["rate"] for currency, rate in rates.items() if rate is not None}
    seen = settling.of_payment(work, item.id)
    settled = _rows(work, ("payments", item.id), sa.select().where(seen, column_of(Allocation, "until").is_(None)))
    return Sheet(
        item.values["unallocated"], item.values["currency"], tuple(there), tuple(settled), first,
        worth | {item.values["currency"]: Decimal(1)}, back,
    )  # fmt: skip


def page(work: Work, resource: str, key: object, query: Query) -> tuple[list[Settled], int]:
    """A page of the allocations of a payment or an invoice, those that were taken back too, as they were made; how many in all.

    Those to documents that the actor may not read are left out. Raises Missing, NotAllowed.
    """
    work.require("invoices.read")
    number = records.reach(work, records.resource_of(resource), key)
    seen = _SEEN[resource](work, number)
    total = work.session.scalar(sa.select(sa.func.count()).select_from(Allocation).where(seen)) or 0
    wanted = sa.select().where(seen).limit(query.size).offset((query.page - 1) * query.size)
    return _rows(work, (resource, number), wanted), total


def of_invoice(work: Work, key: int) -> list[Settled]:
    """What counts of the allocations of an invoice or a credit note, as they were made, _MOST at most. Raises Missing, NotAllowed."""
    work.require("invoices.read")
    number = records.reach(work, records.resource_of("invoices"), key)
    seen = settling.of_invoice(work, number)
    return _rows(
        work, ("invoices", number), sa.select().where(seen, column_of(Allocation, "until").is_(None)).limit(_MOST)
    )


@dataclass(frozen=True)
class SetOff:
    """A deposit that an invoice takes off, seen from one side: `id` is the invoice on the other; `net` in their currency."""

    id: int
    number: str | None
    day: dt.date
    net: Decimal
    currency: str


def set_off(work: Work, key: int) -> list[SetOff]:
    """The deposits that this invoice takes off, or the invoices that take this deposit off, as far as the actor may read them."""
    mine, found = records.readable(work, records.resource_of("invoices")), []
    for statement in _set_off():
        rows = work.read(statement.where(*mine) if mine else statement, {"key": key})
        found += [SetOff(one, name, day, -net, money) for one, name, day, money, net in rows]
    return found


@cache
def _set_off() -> tuple[sa.Select[Any], ...]:
    """The statements for both sides of the invoice :key, made once."""
    taking: Any = aliased(InvoiceLine)
    deposit: Any = aliased(InvoiceLine)
    number, status = column_of(Invoice, "id"), column_of(Invoice, "status")
    told = (number, column_of(Invoice, "number"), column_of(Invoice, "date"), column_of(Invoice, "currency"))
    return tuple(
        sa.select(*told, sa.func.sum(taking.net))
        .select_from(taking)
        .join(deposit, deposit.id == taking.deposit_line)
        .join(Invoice, number == there.invoice)
        .where(here.invoice == sa.bindparam("key"), status != InvoiceStatus.CANCELLED.value)
        .group_by(*told)
        .order_by(number)
        .limit(_MOST)
        for here, there in ((taking, deposit), (deposit, taking))
    )


_SEEN = {"payments": settling.of_payment, "invoices": settling.of_invoice}


def _rows(work: Work, here: tuple[str, int], wanted: sa.Select[Any]) -> list[Settled]:
    """The allocations of the document that the statement leaves, in the order of their ids."""
    other = (_SETTLED.number, _SETTLED.currency, _BACK.number, _BACK.currency)
    sources = (column_of(Payment, "number"), column_of(Payment, "currency"), _CREDIT.number, _CREDIT.currency)
    statement = (
        wanted.add_columns(Allocation, *other, *sources)
        .select_from(Allocation)
        .outerjoin(_SETTLED, _SETTLED.id == column_of(Allocation, "invoice"))
        .outerjoin(_BACK, _BACK.id == column_of(Allocation, "refunded"))
        .outerjoin(Payment, column_of(Payment, "id") == column_of(Allocation, "payment"))
        .outerjoin(_CREDIT, _CREDIT.id == column_of(Allocation, "credit"))
        .order_by(column_of(Allocation, "id"))
    )
    own = trade.company(work).currency
    found = []
    for row, number, currency, back, back_in, paid, paid_with, credit, credit_in in work.session.execute(statement):
        source = ("payments", row.payment) if row.payment else ("invoices", row.credit)
        target = ("payments", row.refunded, back) if row.refunded else ("invoices", row.invoice, number)
        there = (*source, paid or credit) if here != source else target
        sums: Any = (
            row.amount,
            back_in or currency,
            row.taken,
            paid_with or credit_in,
            row.difference,
            own,
            here == source,
        )
        found.append(Settled(row.id, *there, row.day, row.until, *sums))
    return found
