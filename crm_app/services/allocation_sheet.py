"""What the allocation screen shows: the money that is free, what is open, what is settled already."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from crm_app.models.invoices import Invoice, InvoiceKind
from crm_app.models.payments import Allocation, Direction, PaymentStatus

from . import records
from .payments import OWED, OpenItem, open_items
from .work import Work, column_of


@dataclass(frozen=True)
class Settled:
    """An allocation that counts: `amount` in the invoice's currency."""

    id: int
    invoice: int
    number: str
    amount: Decimal
    currency: str
    day: dt.date


@dataclass(frozen=True)
class Sheet:
    """What the allocation screen shows: the money that is free, what is open, what is settled already."""

    free: Decimal
    currency: str
    open_items: tuple[OpenItem, ...]
    settled: tuple[Settled, ...]


def sheet(work: Work, payment: object) -> Sheet:
    """The allocation screen of a payment; invoices that the actor may not read are left out. Raises Missing, NotAllowed."""
    work.require("invoices.read")
    item = records.one(work, records.resource_of("payments"), payment)
    refund = item.values["direction"] == Direction.PAID.value
    kinds = (InvoiceKind.CREDIT_NOTE.value,) if refund else OWED
    there = (
        open_items(work, item.values["account"], kinds) if item.values["status"] == PaymentStatus.POSTED.value else []
    )
    rows = work.session.execute(
        sa.select(Allocation, column_of(Invoice, "number"), column_of(Invoice, "currency"))
        .join(Invoice, column_of(Invoice, "id") == column_of(Allocation, "invoice"))
        .where(
            *records.readable(work, records.resource_of("invoices")),
            column_of(Allocation, "payment") == item.id,
            column_of(Allocation, "until").is_(None),
        )
        .order_by(column_of(Allocation, "id"))
    )
    settled = tuple(
        Settled(row.id, row.invoice, number, row.amount, currency, row.day) for row, number, currency in rows
    )
    return Sheet(item.values["unallocated"], item.values["currency"], tuple(there), settled)
