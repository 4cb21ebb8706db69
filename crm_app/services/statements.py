"""The statement of an account between two dates.

It is read from the documents: invoices by their date, payments by theirs, allocations from the day they count until they are
taken back. The past stays as it was. `crm check` proves that it agrees with the ageing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart, InvoiceStatus
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import records, whole
from .search import tested
from .work import Work, column_of

ZERO = Decimal(0)
KIND_WORDS = {
    "invoice": "Invoice", "credit_note": "Credit note", "debit_note": "Debit note", "deposit": "Deposit invoice",
    "received": "Payment received", "paid": "Payment made", "reversed": "Payment reversed", "exchange": "Exchanged",
}  # fmt: skip
_CREDIT = InvoiceKind.CREDIT_NOTE.value
_ISSUED = column_of(Invoice, "status") == InvoiceStatus.ISSUED.value
_POSTED = column_of(Payment, "status") != PaymentStatus.DRAFT.value
_AFTER = {"exchange": 1, "reversed": 2}  # money comes, is exchanged, goes back: on one day in this order


@dataclass(frozen=True)
class Movement:
    """A line of a statement: `amount` is what it adds to what the customer owes, `balance` what is owed after it.

    An invoice that is due in several parts is a line for each; `part` says which, such as "1/3".
    """

    day: date
    resource: str
    id: int
    number: str
    kind: str
    due: date | None
    amount: Decimal
    balance: Decimal = ZERO
    part: str = ""


@dataclass(frozen=True)
class Statement:
    """All movements of an account in one currency from `begin` to `end`, both included."""

    currency: str
    opening: Decimal
    movements: tuple[Movement, ...]
    closing: Decimal


def statement(work: Work, account: object, begin: date, end: date) -> list[Statement]:
    """The account's statements, one per currency. Raises Missing, NotAllowed, Invalid."""
    if end < begin:
        raise Invalid({"to": Message("It ends before it begins.")})
    key = records.reach(work, records.resource_of("accounts"), account)
    whole.require_of(work, key)
    opening = _before(work, key, begin)
    found: dict[str, list[Movement]] = {currency: [] for currency in opening}
    for currency, movement in [*_of_invoices(work, key, begin, end), *_of_payments(work, key, begin, end)]:
        found.setdefault(currency, []).append(movement)
    for currency, movement in _of_exchange(work, key, end):
        rows = found.setdefault(currency, [])
        if movement.day < begin:
            opening[currency] = opening.get(currency, ZERO) + movement.amount
        else:
            rows.append(movement)
    return [_balanced(currency, opening.get(currency, ZERO), rows) for currency, rows in sorted(found.items())]


def _balanced(currency: str, opening: Decimal, rows: Iterable[Movement]) -> Statement:
    balance = opening
    shown: list[Movement] = []
    for row in sorted(rows, key=lambda row: (row.day, row.resource, row.id, _AFTER.get(row.kind, 0))):
        balance += row.amount
        shown.append(replace(row, balance=balance))
    return Statement(currency, opening, tuple(shown), balance)


def owed_by_currency(work: Work, end: date) -> list[tuple[str, Decimal]]:
    """What all statements together come to at the end of that day: (currency, amount), a currency may come more than once."""
    exchanged = [(currency, movement.amount) for currency, movement in _of_exchange(work, None, end)]
    return [*_before(work, None, end + timedelta(days=1)).items(), *exchanged]


def _before(work: Work, account: int | None, day: date) -> dict[str, Decimal]:
    """What invoices and payments of one account, or of all, came to by currency before that day, but for what was exchanged: sums,
    for there may be a great many of them.
    """
    payable, amount = column_of(Invoice, "payable"), column_of(Payment, "amount")
    credit, received = (
        column_of(Invoice, "kind") == _CREDIT,
        column_of(Payment, "direction") == Direction.RECEIVED.value,
    )
    back = column_of(Payment, "reversed_on")
    rows = (
        _signed(Invoice, payable, credit, _only(Invoice, account, _ISSUED, column_of(Invoice, "date") < day)),
        _signed(Payment, amount, received, _only(Payment, account, _POSTED, column_of(Payment, "date") < day)),
        _signed(Payment, amount, sa.not_(received), _only(Payment, account, _POSTED, back < day)),
    )
    found: dict[str, Decimal] = {}
    for currency, value in work.session.execute(sa.union_all(*rows)):
        found[currency] = found.get(currency, ZERO) + value
    return found


def _signed(table: Any, amount: Any, less: Any, which: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """The sum by currency, where `less` holds taken away."""
    currency, nothing = column_of(table, "currency"), sa.literal(ZERO, amount.type)
    value = sa.type_coerce(sa.func.sum(sa.case((less, nothing - amount), else_=amount)), amount.type)
    return sa.select(currency, value).where(*which).group_by(currency)


def _only(
    table: type[Invoice] | type[Payment], account: int | None, *which: sa.ColumnElement[bool]
) -> list[sa.ColumnElement[bool]]:
    """Those of that account, or all. Of one account's few rows the rest is only tested: SQLite knows no better than to look for
    all that are issued."""
    return [*which] if account is None else [column_of(table, "account") == account, *tested(list(which))]


def _of_invoices(work: Work, account: int, begin: date, end: date) -> list[tuple[str, Movement]]:
    names = ("currency", "date", "id", "number", "kind")
    parts = (column_of(InvoicePart, name) for name in ("due", "amount", "before", "id"))
    statement_ = (
        sa.select(*(column_of(Invoice, name) for name in names), *parts)
        .join(InvoicePart, column_of(InvoicePart, "invoice") == column_of(Invoice, "id"))
        .where(*_only(Invoice, account, _ISSUED), column_of(Invoice, "date").between(begin, end))
    )
    # put in order here: asked for the order too, SQLite would read all invoices in it
    whole = sorted(work.session.execute(statement_), key=lambda row: (row[2], *row[-2:]))
    found: list[tuple[str, Movement]] = []
    for _, group in groupby(whole, key=lambda row: row[2]):
        rows = list(group)
        for place, (currency, day, key, number, kind, due, amount, *_) in enumerate(rows, 1):
            part = f"{place}/{len(rows)}" if len(rows) > 1 else ""
            signed = -amount if kind == _CREDIT else amount
            found.append((currency, Movement(day, "invoices", key, number, kind, due, signed, part=part)))
    return found


def _of_payments(work: Work, account: int, begin: date, end: date) -> list[tuple[str, Movement]]:
    """A reversed payment is two movements: when it came, and when it went back."""
    names = ("currency", "date", "id", "number", "direction", "amount", "reversed_on")
    day, back = column_of(Payment, "date"), column_of(Payment, "reversed_on")
    moved = sa.or_(day.between(begin, end), back.between(begin, end))
    statement_ = sa.select(*(column_of(Payment, name) for name in names)).where(
        *_only(Payment, account, _POSTED, moved)
    )
    found = []
    for currency, came, key, number, direction, amount, gone in work.session.execute(statement_):
        signed = -amount if direction == Direction.RECEIVED.value else amount
        if begin <= came <= end:
            found.append((currency, Movement(came, "payments", key, number, direction, None, signed)))
        if gone is not None and begin <= gone <= end:
            found.append((currency, Movement(gone, "payments", key, number, "reversed", None, -signed)))
    return found


def _of_exchange(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    """Money of one currency that settles an invoice in another, or gives money in another back, leaves the one statement and
    enters the other.
    """
    found = []
    for resource, target, side in (("invoices", Invoice, "invoice"), ("payments", Payment, "refunded")):
        for row in work.session.execute(_exchanged(target, side, account, end)):
            sign = -1 if row.direction == Direction.PAID.value else 1
            where = ("payments", row.payment) if row.payment else ("invoices", row.credit)
            days = [(row.day, sign)] + ([(row.until, -sign)] if row.until is not None and row.until <= end else [])
            for day, way in days:
                left = Movement(day, *where, row.number, "exchange", None, way * row.taken)
                came = Movement(day, resource, row.key, row.number, "exchange", None, -way * row.amount)
                found += [(row.theirs, left), (row.ours, came)]
    return found


def _exchanged(table: type[Invoice] | type[Payment], side: str, account: int | None, end: date) -> sa.Select[Any]:
    """The allocations to that end of which the two sides are in different currencies."""
    target: Any
    target, credit = sa.orm.aliased(table), sa.orm.aliased(Invoice)
    names = ("payment", "credit", "day", "until", "amount", "taken")
    ours, theirs = target.currency, sa.func.coalesce(column_of(Payment, "currency"), credit.currency)
    labelled = (target.id.label("key"), target.number, ours.label("ours"), theirs.label("theirs"))
    which = [column_of(Allocation, "day") <= end, theirs != ours]
    return (
        sa.select(*(column_of(Allocation, name) for name in names), *labelled, column_of(Payment, "direction"))
        .select_from(Allocation)
        .join(target, target.id == column_of(Allocation, side))
        .outerjoin(Payment, column_of(Payment, "id") == column_of(Allocation, "payment"))
        .outerjoin(credit, credit.id == column_of(Allocation, "credit"))
        .where(*(which if account is None else [target.account == account, *tested(which)]))
    )
