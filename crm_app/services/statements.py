"""What customers owe: the statement of an account between two dates, and the ageing of everything open, at any date.

Both are read from the documents: invoices by their date, payments by theirs, allocations from the day they count until they
are taken back. The past stays as it was. `crm check` proves that the two agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.i18n import Message
from crm_app.core.query import Filter
from crm_app.models.accounts import Account
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceStatus
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import records
from .filters import conditions_of
from .work import Work, column_of

ZERO = Decimal(0)
BUCKETS = ("current", "30", "60", "90", "120", "older")
KIND_WORDS = {
    "invoice": "Invoice", "credit_note": "Credit note", "debit_note": "Debit note", "deposit": "Deposit invoice",
    "received": "Payment received", "paid": "Payment made", "reversed": "Payment reversed", "exchange": "Exchanged",
}  # fmt: skip
_CREDIT = InvoiceKind.CREDIT_NOTE.value
_EDGES = (0, 30, 60, 90, 120)
_AFTER = {"exchange": 1, "reversed": 2}  # money comes, is exchanged, goes back: on one day in this order


@dataclass(frozen=True)
class Movement:
    """A line of a statement: `amount` is what it adds to what the customer owes, `balance` what is owed after it."""

    day: date
    resource: str
    id: int
    number: str
    kind: str
    due: date | None
    amount: Decimal
    balance: Decimal = ZERO


@dataclass(frozen=True)
class Statement:
    """All movements of an account in one currency from `begin` to `end`, both included."""

    currency: str
    opening: Decimal
    movements: tuple[Movement, ...]
    closing: Decimal


@dataclass(frozen=True)
class Aged:
    """What an account owes in one currency, by days overdue; `credit` is money and credit notes not yet set against anything."""

    account: int
    name: str
    currency: str
    buckets: Mapping[str, Decimal] = field(default_factory=dict)
    credit: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What is owed in all."""
        return sum(self.buckets.values(), ZERO) - self.credit


def statement(work: Work, account: object, begin: date, end: date) -> list[Statement]:
    """The account's statements, one per currency. Raises Missing, NotAllowed, Invalid."""
    if end < begin:
        raise Invalid({"to": Message("It ends before it begins.")})
    _require_whole(work)
    key = records.one(work, records.resource_of("accounts"), account).id
    found: dict[str, list[Movement]] = {}
    for currency, movement in _movements(work, key, end):
        found.setdefault(currency, []).append(movement)
    return [_balanced(currency, rows, begin) for currency, rows in sorted(found.items())]


def _require_whole(work: Work) -> None:
    """What is owed is told whole or not at all: who may read only their own invoices is refused. Raises NotAllowed."""
    for permission in ("invoices.read", "payments.read"):
        if work.require(permission) != "all":
            raise NotAllowed(permission)


def _balanced(currency: str, rows: Iterable[Movement], begin: date) -> Statement:
    opening = balance = ZERO
    shown: list[Movement] = []
    for row in sorted(rows, key=lambda row: (row.day, row.resource, row.id, _AFTER.get(row.kind, 0))):
        balance += row.amount
        if row.day < begin:
            opening = balance
        else:
            shown.append(Movement(row.day, row.resource, row.id, row.number, row.kind, row.due, row.amount, balance))
    return Statement(currency, opening, tuple(shown), balance)


def owed_by_currency(work: Work, end: date) -> list[tuple[str, Decimal]]:
    """What all statements together come to at the end of that day: (currency, amount), a currency may come more than once."""
    return [(currency, movement.amount) for currency, movement in _movements(work, None, end)]


def _movements(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    """Of one account, or of all."""
    return [*_of_invoices(work, account, end), *_of_payments(work, account, end), *_of_exchange(work, account, end)]


def _only(table: type[Invoice] | type[Payment], account: int | None) -> list[sa.ColumnElement[bool]]:
    return [] if account is None else [column_of(table, "account") == account]


def _of_invoices(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    names = ("currency", "date", "id", "number", "kind", "due", "payable")
    statement_ = sa.select(*(column_of(Invoice, name) for name in names)).where(
        *_only(Invoice, account),
        column_of(Invoice, "status") == InvoiceStatus.ISSUED.value,
        column_of(Invoice, "date") <= end,
    )
    return [
        (currency, Movement(day, "invoices", key, number, kind, due, -payable if kind == _CREDIT else payable))
        for currency, day, key, number, kind, due, payable in work.session.execute(statement_)
    ]


def _of_payments(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    """A reversed payment is two movements: when it came, and when it went back."""
    names = ("currency", "date", "id", "number", "direction", "amount", "reversed_on")
    statement_ = sa.select(*(column_of(Payment, name) for name in names)).where(
        *_only(Payment, account),
        column_of(Payment, "status") != PaymentStatus.DRAFT.value,
        column_of(Payment, "date") <= end,
    )
    found = []
    for currency, day, key, number, direction, amount, back in work.session.execute(statement_):
        signed = -amount if direction == Direction.RECEIVED.value else amount
        found.append((currency, Movement(day, "payments", key, number, direction, None, signed)))
        if back is not None and back <= end:
            found.append((currency, Movement(back, "payments", key, number, "reversed", None, -signed)))
    return found


def _of_exchange(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    """Money of one currency that settles an invoice in another leaves the one statement and enters the other."""
    table, source = Allocation, sa.orm.aliased(Invoice)
    paid_with = sa.func.coalesce(column_of(Payment, "currency"), source.currency)
    statement_ = (
        sa.select(table, paid_with, column_of(Invoice, "currency"), column_of(Payment, "direction"), column_of(Invoice, "number"))
        .select_from(table)
        .join(Invoice, column_of(Invoice, "id") == column_of(table, "invoice"))
        .outerjoin(Payment, column_of(Payment, "id") == column_of(table, "payment"))
        .outerjoin(source, source.id == column_of(table, "credit"))
        .where(
            *_only(Invoice, account), column_of(table, "day") <= end, paid_with != column_of(Invoice, "currency")
        )
    )  # fmt: skip
    found = []
    for row, theirs, ours, direction, number in work.session.execute(statement_):
        sign = -1 if direction == Direction.PAID.value else 1
        days = [(row.day, sign)] + ([(row.until, -sign)] if row.until is not None and row.until <= end else [])
        for day, way in days:
            where = ("payments", row.payment) if row.payment else ("invoices", row.credit)
            found.append((theirs, Movement(day, *where, number, "exchange", None, way * row.taken)))
            found.append((ours, Movement(day, "invoices", row.invoice, number, "exchange", None, -way * row.amount)))
    return found


# ---- ageing


def ageing(work: Work, day: date, filters: Iterable[Filter] = (), accounts: Iterable[int] | None = None) -> list[Aged]:
    """What every account owes at the end of that day, by account and currency; who owes nothing is left out.

    `filters` are those of the list of accounts (zone, owner, sector). Sums in the database: only totals leave it.
    Raises NotAllowed, Invalid.
    """
    resource = records.resource_of("accounts")
    scope = [*conditions_of(work, resource, filters), *records.readable(work, resource)]
    if accounts is not None:
        scope.append(column_of(Account, "id").in_(list(accounts)))
    _require_whole(work)
    found: dict[tuple[int, str], dict[str, Decimal]] = {}
    for account, currency, kind, bucket, amount in work.session.execute(_open_invoices(day, scope)):
        place = "credit" if kind == _CREDIT else bucket
        row = found.setdefault((account, currency), {})
        row[place] = row.get(place, ZERO) + amount
    for account, currency, direction, amount in work.session.execute(_open_money(day, scope)):
        row = found.setdefault((account, currency), {})
        row["credit"] = row.get("credit", ZERO) + (amount if direction == Direction.RECEIVED.value else -amount)
    names = records.names_of(work, records.resource_of("accounts"), {key for key, _ in found})
    rows = [
        Aged(
            account,
            names.get(account, ""),
            currency,
            {name: row.get(name, ZERO) for name in BUCKETS},
            row.get("credit", ZERO),
        )
        for (account, currency), row in found.items()
        if any(row.values())
    ]
    return sorted(rows, key=lambda row: (row.name, row.currency))


def _counting(key: str, name: str, day: date) -> Any:
    """Of each invoice or payment: the sum of the allocations that count at the end of that day."""
    until = column_of(Allocation, "until")
    source = column_of(Allocation, key)
    return (
        sa.select(source.label("key"), sa.func.sum(column_of(Allocation, name)).label("sum"))
        .where(source.is_not(None), column_of(Allocation, "day") <= day, sa.or_(until.is_(None), until > day))
        .group_by(source)
        .subquery()
    )


def _open_invoices(day: date, conditions: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    kind, due, payable = (column_of(Invoice, name) for name in ("kind", "due", "payable"))
    settled, given = _counting("invoice", "amount", day), _counting("credit", "taken", day)
    nothing = sa.literal(ZERO, payable.type)
    rest = payable - sa.func.coalesce(settled.c.sum, nothing) - sa.func.coalesce(given.c.sum, nothing)
    bucket = sa.case(
        *((due >= day - timedelta(days=edge), name) for edge, name in zip(_EDGES, BUCKETS, strict=False)),
        else_=BUCKETS[-1],
    )
    inner = (
        sa.select(
            column_of(Invoice, "account").label("account"), column_of(Invoice, "currency").label("currency"),
            kind.label("kind"), bucket.label("bucket"), rest.label("rest"),
        )
        .outerjoin(settled, settled.c.key == column_of(Invoice, "id"))
        .outerjoin(given, given.c.key == column_of(Invoice, "id"))
        .where(column_of(Invoice, "status") == InvoiceStatus.ISSUED.value, column_of(Invoice, "date") <= day, rest != nothing)
    )  # fmt: skip
    if conditions:
        inner = inner.join(Account, column_of(Account, "id") == column_of(Invoice, "account")).where(*conditions)
    part = inner.subquery()
    keys = (part.c.account, part.c.currency, part.c.kind, part.c.bucket)
    return sa.select(*keys, sa.type_coerce(sa.func.sum(part.c.rest), payable.type)).group_by(*keys)


def _open_money(day: date, conditions: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    amount, back = column_of(Payment, "amount"), column_of(Payment, "reversed_on")
    used = _counting("payment", "taken", day)
    nothing = sa.literal(ZERO, amount.type)
    rest = amount - sa.func.coalesce(used.c.sum, nothing)
    inner = (
        sa.select(
            column_of(Payment, "account").label("account"), column_of(Payment, "currency").label("currency"),
            column_of(Payment, "direction").label("direction"), rest.label("rest"),
        )
        .outerjoin(used, used.c.key == column_of(Payment, "id"))
        .where(
            column_of(Payment, "status") != PaymentStatus.DRAFT.value, column_of(Payment, "date") <= day,
            sa.or_(back.is_(None), back > day), rest != nothing,
        )
    )  # fmt: skip
    if conditions:
        inner = inner.join(Account, column_of(Account, "id") == column_of(Payment, "account")).where(*conditions)
    part = inner.subquery()
    keys = (part.c.account, part.c.currency, part.c.direction)
    return sa.select(*keys, sa.type_coerce(sa.func.sum(part.c.rest), amount.type)).group_by(*keys)
