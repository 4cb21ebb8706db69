"""What customers owe: the statement of an account between two dates, and the ageing of everything open, at any date.

Both are read from the documents: invoices by their date, payments by theirs, allocations from the day they count until they
are taken back. The past stays as it was. `crm check` proves that the two agree.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.fields import fold
from crm_app.core.i18n import Message
from crm_app.core.query import Filter
from crm_app.models.accounts import Account
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart, InvoiceStatus
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import instalments, records, whole
from .filters import conditions_of
from .search import tested
from .work import Work, column_of

ZERO = Decimal(0)
BUCKETS = ("current", "30", "60", "90", "120", "older")
KIND_WORDS = {
    "invoice": "Invoice", "credit_note": "Credit note", "debit_note": "Debit note", "deposit": "Deposit invoice",
    "received": "Payment received", "paid": "Payment made", "reversed": "Payment reversed", "exchange": "Exchanged",
}  # fmt: skip
_CREDIT = InvoiceKind.CREDIT_NOTE.value
Within = Callable[[sa.Select[Any], Any], sa.Select[Any]]
_EDGES = (0, 30, 60, 90, 120)
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
    key = records.reach(work, records.resource_of("accounts"), account)
    whole.require_of(work, key)
    found: dict[str, list[Movement]] = {}
    for currency, movement in _movements(work, key, end):
        found.setdefault(currency, []).append(movement)
    return [_balanced(currency, rows, begin) for currency, rows in sorted(found.items())]


def _balanced(currency: str, rows: Iterable[Movement], begin: date) -> Statement:
    opening = balance = ZERO
    shown: list[Movement] = []
    for row in sorted(rows, key=lambda row: (row.day, row.resource, row.id, _AFTER.get(row.kind, 0))):
        balance += row.amount
        if row.day < begin:
            opening = balance
        else:
            shown.append(replace(row, balance=balance))
    return Statement(currency, opening, tuple(shown), balance)


def owed_by_currency(work: Work, end: date) -> list[tuple[str, Decimal]]:
    """What all statements together come to at the end of that day: (currency, amount), a currency may come more than once."""
    return [(currency, movement.amount) for currency, movement in _movements(work, None, end)]


def _movements(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    """Of one account, or of all."""
    return [*_of_invoices(work, account, end), *_of_payments(work, account, end), *_of_exchange(work, account, end)]


def _only(
    table: type[Invoice] | type[Payment], account: int | None, *which: sa.ColumnElement[bool]
) -> list[sa.ColumnElement[bool]]:
    """Those of that account, or all. Of one account's few rows the rest is only tested: SQLite knows no better than to look for
    all that are issued."""
    return [*which] if account is None else [column_of(table, "account") == account, *tested(list(which))]


def _of_invoices(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    names = ("currency", "date", "id", "number", "kind")
    parts = (column_of(InvoicePart, name) for name in ("due", "amount", "before", "id"))
    statement_ = (
        sa.select(*(column_of(Invoice, name) for name in names), *parts)
        .join(InvoicePart, column_of(InvoicePart, "invoice") == column_of(Invoice, "id"))
        .where(
            *_only(
                Invoice,
                account,
                column_of(Invoice, "status") == InvoiceStatus.ISSUED.value,
                column_of(Invoice, "date") <= end,
            )
        )
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


def _of_payments(work: Work, account: int | None, end: date) -> list[tuple[str, Movement]]:
    """A reversed payment is two movements: when it came, and when it went back."""
    names = ("currency", "date", "id", "number", "direction", "amount", "reversed_on")
    statement_ = sa.select(*(column_of(Payment, name) for name in names)).where(
        *_only(
            Payment,
            account,
            column_of(Payment, "status") != PaymentStatus.DRAFT.value,
            column_of(Payment, "date") <= end,
        )
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
            *_only(Invoice, account, column_of(table, "day") <= end, paid_with != column_of(Invoice, "currency"))
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


# ---- what is owed now


@dataclass(frozen=True)
class Owing:
    """What is open in a currency; `late` of it was due before today, the oldest `since` then. Credit is no invoice here."""

    currency: str
    total: Decimal
    late: Decimal
    invoices: int
    overdue: int
    since: date | None


def owed_now(work: Work, account: int, today: date) -> list[Owing]:
    """What the account owes now, by currency; nothing of a currency that has nothing open.

    The same as `ageing` of today, in one small statement. Raises NotAllowed.
    """
    whole.require(work, "ageing.read")
    return [Owing(*row) for row in work.read(_owed_now(), {"account": account, "today": today})]


@cache
def _owed_now() -> sa.Select[Any]:
    """Rows for `Owing` of one `account` at `today`."""
    balance, kind, number = (column_of(Invoice, name) for name in ("balance", "kind", "id"))
    free, direction = column_of(Payment, "unallocated"), column_of(Payment, "direction")
    nothing, due = sa.literal(ZERO, balance.type), column_of(InvoicePart, "due")
    part = instalments.open_of(column_of(Invoice, "paid"))
    overdue = sa.and_(kind != _CREDIT, due < sa.bindparam("today"), part > nothing)
    asked = sa.select(
        column_of(Invoice, "currency").label("currency"),
        sa.case((kind == _CREDIT, nothing - part), else_=part).label("amount"),
        sa.case((overdue, part), else_=nothing).label("late"),
        sa.case((kind != _CREDIT, number)).label("invoice"),
        sa.case((overdue, number)).label("overdue"),
        sa.case((overdue, due)).label("since"),
    ).join(InvoicePart, column_of(InvoicePart, "invoice") == number)
    given = sa.select(
        column_of(Payment, "currency"),
        sa.case((direction == Direction.RECEIVED.value, nothing - free), else_=free),
        nothing,
        sa.cast(sa.null(), number.type),
        sa.cast(sa.null(), number.type),
        sa.cast(sa.null(), due.type),
    )
    issued, posted = (
        column_of(Invoice, "status") == InvoiceStatus.ISSUED.value,
        column_of(Payment, "status") == PaymentStatus.POSTED.value,
    )
    rows = sa.union_all(
        asked.where(column_of(Invoice, "account") == sa.bindparam("account"), *tested([issued, balance > nothing])),
        given.where(column_of(Payment, "account") == sa.bindparam("account"), *tested([posted, free > nothing])),
    ).subquery()
    total, late = (sa.type_coerce(sa.func.sum(one), balance.type) for one in (rows.c.amount, rows.c.late))
    counted = (sa.func.count(sa.distinct(one)) for one in (rows.c.invoice, rows.c.overdue))
    since = sa.type_coerce(sa.func.min(rows.c.since), due.type)
    return sa.select(rows.c.currency, total, late, *counted, since).group_by(rows.c.currency).order_by(rows.c.currency)


# ---- ageing


def ageing(work: Work, day: date, filters: Iterable[Filter] = (), accounts: Iterable[int] | None = None) -> list[Aged]:
    """What every account owes at the end of that day, by account and currency; who owes nothing is left out.

    `filters` are those of the list of accounts (zone, owner, sector). Sums in the database: only totals leave it.
    Raises NotAllowed, Invalid.
    """
    resource = records.resource_of("accounts")
    scope = [*conditions_of(work, resource, filters), *records.readable(work, resource)]
    only = None if accounts is None else list(accounts)
    whole.require(work, "ageing.read")
    found: dict[tuple[int, str], dict[str, Decimal]] = {}
    for account, currency, place, amount in work.session.execute(_open(day, _within(scope, only))):
        found.setdefault((account, currency), {})[place] = amount
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
    return sorted(rows, key=lambda row: (fold(row.name), row.account, row.currency))


def _within(scope: list[sa.ColumnElement[bool]], only: list[int] | None) -> Within:
    """Keeps rows of invoices or payments to those of the accounts that the conditions leave, and to those named."""

    def within(rows: sa.Select[Any], table: Any) -> sa.Select[Any]:
        account = column_of(table, "account")
        rows = rows if only is None else rows.where(account.in_(only))
        return rows.join(Account, column_of(Account, "id") == account).where(*scope) if scope else rows

    return within


def _open(day: date, within: Within) -> sa.Select[Any]:
    """(account, currency, bucket or "credit", amount) of all that is open at the end of that day, in one statement.

    What is open now is found by its index, and of the rest what has changed since that day; the states are asked so that no
    index answers where the latter is meant.
    """
    of_invoice = settled_since(day, (("invoice", "amount"), ("credit", "taken")))
    of_payment = settled_since(day, (("payment", "taken"),))
    state, balance, back = (
        column_of(Invoice, "status"),
        column_of(Invoice, "balance"),
        column_of(Payment, "reversed_on"),
    )
    money, free = column_of(Payment, "status"), column_of(Payment, "unallocated")
    posted, reversed_ = PaymentStatus.POSTED.value, PaymentStatus.REVERSED.value
    unissued, unposted = (
        (InvoiceStatus.DRAFT.value, InvoiceStatus.CANCELLED.value),
        (PaymentStatus.DRAFT.value, reversed_),
    )
    parts = sa.union_all(
        within(open_invoices(day, of_invoice).where(state == InvoiceStatus.ISSUED.value, balance > ZERO), Invoice),
        within(_changed(open_invoices(day, of_invoice), Invoice, of_invoice, state.not_in(unissued), balance), Invoice),
        within(open_money(day, of_payment, free).where(money == posted, free > ZERO), Payment),
        within(_changed(open_money(day, of_payment, free), Payment, of_payment, money.not_in(unposted), free), Payment),
        within(
            open_money(day, of_payment, column_of(Payment, "amount")).where(money == reversed_, back > day), Payment
        ),
    ).subquery()
    keys = (parts.c.account, parts.c.currency, parts.c.place)
    amount = sa.type_coerce(sa.func.sum(parts.c.amount), free.type)
    return sa.select(*keys, amount).where(parts.c.amount != sa.literal(ZERO, free.type)).group_by(*keys)


def _changed(rows: sa.Select[Any], table: Any, since: Any, state: Any, rest: Any) -> sa.Select[Any]:
    """Of these rows those of which nothing is open now, and something was settled or taken back since that day."""
    among = column_of(table, "id").in_(sa.select(since.c.key))
    return rows.where(among, state, sa.func.coalesce(rest, ZERO) <= ZERO)


def settled_since(day: date, sides: Iterable[tuple[str, str]]) -> Any:
    """By invoice or payment: what was settled of it at the end of that day beyond what is settled now.

    Only allocations that began or ended since then are read: of today, none.
    """
    at, until = column_of(Allocation, "day"), column_of(Allocation, "until")
    rows = []
    for key, name in sides:
        source, amount = column_of(Allocation, key), column_of(Allocation, name)
        nothing = sa.literal(ZERO, amount.type)
        begun = sa.case((until.is_(None), nothing - amount), else_=nothing)
        ended = sa.case((at <= day, amount), else_=nothing)
        rows.append(sa.select(source.label("key"), begun.label("value")).where(at > day))
        rows.append(sa.select(source.label("key"), ended.label("value")).where(until > day))
    found = sa.union_all(*rows).subquery()
    return sa.select(found.c.key, sa.func.sum(found.c.value).label("sum")).group_by(found.c.key).cte()


def open_invoices(day: date, since: Any) -> sa.Select[Any]:
    """Each part of an invoice by its own due day; of credit notes what is not set against anything."""
    paid, due = column_of(Invoice, "paid"), column_of(InvoicePart, "due")
    settled = paid + sa.func.coalesce(since.c.sum, sa.literal(ZERO, paid.type))
    buckets = zip(_EDGES, BUCKETS, strict=False)
    place = sa.case(
        (column_of(Invoice, "kind") == _CREDIT, "credit"),
        *((due >= day - timedelta(days=edge), name) for edge, name in buckets),
        else_=BUCKETS[-1],
    )
    return (
        sa.select(
            column_of(Invoice, "account").label("account"), column_of(Invoice, "currency").label("currency"),
            place.label("place"), instalments.open_of(settled).label("amount"),
        )
        .join(InvoicePart, column_of(InvoicePart, "invoice") == column_of(Invoice, "id"))
        .outerjoin(since, since.c.key == column_of(Invoice, "id"))
        .where(column_of(Invoice, "date") <= day)
    )  # fmt: skip


def open_money(day: date, since: Any, left: Any) -> sa.Select[Any]:
    """Money that settles nothing (`left` of it by now); what was paid out counts against it."""
    nothing = sa.literal(ZERO, left.type)
    rest = left - sa.func.coalesce(since.c.sum, nothing)
    received = column_of(Payment, "direction") == Direction.RECEIVED.value
    return (
        sa.select(
            column_of(Payment, "account").label("account"), column_of(Payment, "currency").label("currency"),
            sa.literal("credit").label("place"), sa.case((received, rest), else_=nothing - rest).label("amount"),
        )
        .outerjoin(since, since.c.key == column_of(Payment, "id"))
        .where(column_of(Payment, "date") <= day)
    )  # fmt: skip
