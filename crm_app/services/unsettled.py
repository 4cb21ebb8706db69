"""The open items of an account: what of its invoices, credit notes and money is not settled at the end of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import NotAllowed
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart, InvoiceStatus
from crm_app.models.payments import Payment, PaymentStatus

from . import records, whole
from .ageing import open_invoices, open_money, settled_since
from .statements import Movement
from .work import Work, column_of

ZERO = Decimal(0)
Hidden = Mapping[str, sa.ColumnElement[bool]]
Found = tuple[str, "Unsettled", bool]  # the currency, the item, whether it is hidden from who asks


@dataclass(frozen=True)
class Unsettled(Movement):
    """A movement of which something is open: `balance` is what is open of it, `overdue` since how many days."""

    overdue: int = 0


@dataclass(frozen=True)
class OpenItems:
    """All open items of an account in one currency, the oldest due first; money and credit stand by their own day."""

    currency: str
    items: tuple[Unsettled, ...]

    @property
    def total(self) -> Decimal:
        """What is owed in all: what the statement of that day closes with."""
        return sum((item.balance for item in self.items), ZERO)

    @property
    def late(self) -> Decimal:
        """What of it is overdue."""
        return sum((item.balance for item in self.items if item.overdue), ZERO)


def open_items(work: Work, account: object, day: date) -> list[OpenItems]:
    """What the account has not settled at the end of that day, by currency. Raises Missing, NotAllowed where some of it is hidden."""
    key = records.reach(work, records.resource_of("accounts"), account)
    hidden = whole.hidden(work, "ageing.read")
    found: dict[str, list[Unsettled]] = {}
    for currency, item, out in [*_invoices(work, key, day, hidden), *_money(work, key, day, hidden)]:
        if item.balance and out:
            raise NotAllowed(f"{item.resource}.read")
        if item.balance:
            found.setdefault(currency, []).append(item)
    return [
        OpenItems(currency, tuple(sorted(rows, key=lambda row: (row.due or row.day, row.resource, row.id, row.part))))
        for currency, rows in sorted(found.items())
    ]


def _invoices(work: Work, account: int, day: date, hidden: Hidden) -> list[Found]:
    since = settled_since(day, (("invoice", "amount"), ("credit", "taken")))
    of_part = column_of(InvoicePart, "amount").label("whole")
    more = [*_columns(Invoice, "id", "number", "kind", "date"), *_columns(InvoicePart, "due", "before"), of_part]
    rows = open_invoices(day, since).add_columns(*more, whole.out(hidden, "invoices")).where(
        column_of(Invoice, "account") == account, column_of(Invoice, "status") == InvoiceStatus.ISSUED.value
    )  # fmt: skip
    found: list[Found] = []
    ordered = sorted(work.session.execute(rows), key=lambda row: (row.id, row.before))
    for _, group in groupby(ordered, key=lambda row: row.id):
        parts = list(group)
        for place, row in enumerate(parts, 1):
            credit = row.kind == InvoiceKind.CREDIT_NOTE.value
            sign = -1 if credit else 1
            late = 0 if credit else max((day - row.due).days, 0)
            part = f"{place}/{len(parts)}" if len(parts) > 1 else ""
            due = None if credit else row.due
            amounts = (sign * row.whole, sign * row.amount)
            item = Unsettled(row.date, "invoices", row.id, row.number, row.kind, due, *amounts, part, late)
            found.append((row.currency, item, bool(row.out)))
    return found


def _money(work: Work, account: int, day: date, hidden: Hidden) -> list[Found]:
    """Money that went back after that day had settled what it settled then, and its rest was free."""
    since = settled_since(day, (("payment", "taken"), ("refunded", "amount")))
    state, back, amount = _columns(Payment, "status", "reversed_on", "amount")
    left = sa.case((state == PaymentStatus.REVERSED.value, amount), else_=column_of(Payment, "unallocated"))
    rows = open_money(day, since, left).add_columns(
        *_columns(Payment, "id", "number", "date", "direction"), amount.label("whole"), whole.out(hidden, "payments")
    ).where(
        column_of(Payment, "account") == account,
        state != PaymentStatus.DRAFT.value,
        sa.or_(back.is_(None), back > day),
    )  # fmt: skip
    found = []
    for row in work.session.execute(rows):
        # open_money counts what is owed to the customer as credit: here it takes away
        sign = 1 if row.direction == "paid" else -1
        item = Unsettled(row.date, "payments", row.id, row.number, row.direction, None, sign * row.whole, -row.amount)
        found.append((row.currency, item, bool(row.out)))
    return found


def _columns(table: Any, *names: str) -> list[Any]:
    return [column_of(table, name) for name in names]
