"""What customers owe at any date, by days overdue; by customer, by the salesperson who looks after them, by their zone.

It is read from the documents, as a statement of account is: invoices by their date, payments by theirs, allocations from the
day they count until they are taken back. `crm check` proves that the two agree. The salesperson is the account's and not the
invoice's, since a debt is collected by who looks after the customer today, and money on account, which lessens it, is of no invoice.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.fields import fold
from crm_app.core.i18n import Message, Speech
from crm_app.core.query import Filter, named
from crm_app.models.accounts import Account
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart, InvoiceStatus
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import instalments, records, whole
from .filters import conditions_of
from .search import tested
from .work import Work, column_of

ZERO = Decimal(0)
BUCKETS = ("current", "30", "60", "90", "120", "older")
GROUPS = ("customer", "salesperson", "zone")
NONE = "none"  # of nobody, of no zone
NOBODY = {"salesperson": "Without a salesperson", "zone": "Without a zone"}
_CREDIT = InvoiceKind.CREDIT_NOTE.value
_EDGES = (0, 30, 60, 90, 120)
_FIELDS = {"salesperson": "owner", "zone": "zone"}
Within = Callable[[sa.Select[Any], Any], sa.Select[Any]]
Named = tuple[int, str]


@dataclass(frozen=True)
class Aged:
    """What an account owes in one currency, by days overdue; `credit` is money and credit notes not yet set against anything.

    `salesperson` is who looks after the account, `zone` where it lies, None where there is none. In a sum of several accounts
    `account` is 0.
    """

    account: int
    name: str
    currency: str
    buckets: Mapping[str, Decimal] = field(default_factory=lambda: dict.fromkeys(BUCKETS, ZERO))
    credit: Decimal = ZERO
    salesperson: Named | None = None
    zone: Named | None = None

    @property
    def total(self) -> Decimal:
        """What is owed in all."""
        return sum(self.buckets.values(), ZERO) - self.credit


@dataclass(frozen=True)
class Which:
    """The customers of a salesperson (an id, "me", or "none": nobody's) and of a zone (an id, or "none") with all below it.

    With `itself` only those of the zone itself. "" is all of them.
    """

    salesperson: str = ""
    zone: str = ""
    itself: bool = False


ALL = Which()


def ageing(work: Work, day: date, which: Which = ALL, accounts: Iterable[int] | None = None) -> list[Aged]:
    """What every account owes at the end of that day, by account and currency; who owes nothing is left out.

    So is an account of which something open must not be read (`whole.partial` tells whether there may be such). Sums in the
    database: only totals leave it. Raises NotAllowed, Invalid.
    """
    hidden = whole.hidden(work, "ageing.read")
    scope = [*_conditions(work, which), *records.readable(work, records.resource_of("accounts"))]
    only = None if accounts is None else list(accounts)
    found: dict[tuple[int, str], dict[str, Decimal]] = {}
    heads: dict[int, tuple[str, int | None, int | None]] = {}
    dark: set[int] = set()
    for row in work.session.execute(_open(day, _within(scope, only, hidden))):
        account, currency, place, amount, out, *head = row
        found.setdefault((account, currency), {})[place] = amount
        heads[account] = tuple(head)
        if out:
            dark.add(account)
    people = _named(work, "users", (head[1] for head in heads.values()))
    zones = _named(work, "zones", (head[2] for head in heads.values()))
    rows = []
    for (account, currency), amounts in found.items():
        if account not in dark and any(amounts.values()):
            name, owner, zone = heads[account]
            buckets = {bucket: amounts.get(bucket, ZERO) for bucket in BUCKETS}
            tags = people.get(owner or 0), zones.get(zone or 0)
            rows.append(Aged(account, name, currency, buckets, amounts.get("credit", ZERO), *tags))
    return sorted(rows, key=lambda row: (fold(row.name), row.account, row.currency))


def grouped(rows: Iterable[Aged], group: str) -> list[Aged]:
    """The sums by salesperson or zone and currency, those of none last; by customer the rows as they are. Raises Invalid."""
    if group == GROUPS[0]:
        return list(rows)
    if group not in GROUPS:
        raise Invalid({"group": Message("Choose one of: {options}.", options=", ".join(GROUPS))})
    found = summed(rows, lambda row: getattr(row, group), keep=group)
    return sorted(found, key=lambda row: (not getattr(row, group), fold(row.name), row.currency))


def narrowed(speech: Speech, rows: Iterable[Aged], group: str, text: str) -> list[Aged]:
    """Those that are called so, as the reader reads their names."""
    return named(rows, text, lambda row: label_of(speech, row, group))


def label_of(speech: Speech, row: Aged, group: str) -> str:
    """What a row of that grouping is called."""
    return row.name if row.name or group not in NOBODY else speech.say(NOBODY[group])


def summed(rows: Iterable[Aged], of: Callable[[Aged], Hashable] = lambda _: None, keep: str = "") -> list[Aged]:
    """The sum of the rows of which that is the same, by currency; what is kept of them names the sum."""
    found: dict[Hashable, Aged] = {}
    for row in rows:
        before = found.get((of(row), row.currency)) or _nothing(row, keep)
        buckets = {name: amount + row.buckets[name] for name, amount in before.buckets.items()}
        found[of(row), row.currency] = replace(before, buckets=buckets, credit=before.credit + row.credit)
    return list(found.values())


def _nothing(row: Aged, keep: str) -> Aged:
    """The beginning of a sum that is named as that row is."""
    salesperson, zone = row.salesperson if keep == "salesperson" else None, row.zone if keep == "zone" else None
    named = salesperson or zone
    return Aged(0, named[1] if named else "", row.currency, salesperson=salesperson, zone=zone)


def _conditions(work: Work, which: Which) -> list[sa.ColumnElement[bool]]:
    """On the accounts. Raises Invalid, naming what was asked for wrongly."""
    resource = records.resource_of("accounts")
    found: list[sa.ColumnElement[bool]] = []
    errors = {}
    for name, listed in _FIELDS.items():
        text = getattr(which, name)
        if not text:
            continue
        asked = Filter(listed, "empty", "true") if text == NONE else Filter(listed, "eq", text)
        try:
            found += conditions_of(work, resource, [asked])
        except Invalid as bad:
            errors[name] = next(iter(bad.fields.values()))
    if errors:
        raise Invalid(errors)
    if which.itself and which.zone not in ("", NONE):
        found.append(column_of(Account, "zone") == records.key_of(records.resource_of("zones"), which.zone))
    return found


def _named(work: Work, resource: str, keys: Iterable[int | None]) -> dict[int, Named]:
    wanted = {key for key in keys if key}
    return {key: (key, name) for key, name in records.names_of(work, records.resource_of(resource), wanted).items()}


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
    if not whole.told(work, "ageing.read", account):
        raise NotAllowed("invoices.read")
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


# ---- what is open


def _within(
    scope: list[sa.ColumnElement[bool]], only: list[int] | None, hidden: Mapping[str, sa.ColumnElement[bool]]
) -> Within:
    """Keeps rows of invoices or payments to those of the accounts that the conditions leave, and to those named; each row says
    whether it is hidden from who asks.
    """

    def within(rows: sa.Select[Any], table: Any) -> sa.Select[Any]:
        account = column_of(table, "account")
        rows = rows if only is None else rows.where(account.in_(only))
        rows = rows.add_columns(whole.out(hidden, table.RESOURCE.name))
        return rows.join(Account, column_of(Account, "id") == account).where(*scope) if scope else rows

    return within


def _open(day: date, within: Within) -> sa.Select[Any]:
    """(account, currency, bucket or "credit", amount, whether some of it is hidden, the account's name, owner and zone) of all that
    is open at the end of that day, in one statement.

    What is open now is found by its index, and of the rest what has changed since that day; the states are asked so that no
    index answers where the latter is meant.
    """
    of_invoice = settled_since(day, (("invoice", "amount"), ("credit", "taken")))
    of_payment = settled_since(day, (("payment", "taken"), ("refunded", "amount")))
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
    amount = sa.type_coerce(sa.func.sum(parts.c.amount), free.type).label("amount")
    sums = sa.select(*keys, amount, sa.func.max(parts.c.out).label("out"))
    rows = sums.where(parts.c.amount != sa.literal(ZERO, free.type)).group_by(*keys).subquery()
    head = (column_of(Account, name) for name in ("name", "owner", "zone"))
    return sa.select(rows, *head).join(Account, column_of(Account, "id") == rows.c.account)


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
