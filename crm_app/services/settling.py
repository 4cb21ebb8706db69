"""What follows from allocations: what is paid and left, what the rates make of it; and how allocations end."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.i18n import Message
from crm_app.core.money import round_money
from crm_app.core.plain import is_id
from crm_app.models.invoices import Invoice, InvoiceKind
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import instalments, trade
from .values import readable, resource_of
from .work import Work, before_commit, column_of

ZERO = Decimal(0)


def worth(amount: Decimal, before: Decimal, rate: Decimal, own: str) -> Decimal:
    """So much, after so much before it, in the company's currency: rounded so that the parts come to what the whole is worth."""
    return round_money((before + amount) * rate, own) - round_money(before * rate, own)


def of(document: Any) -> sa.ColumnElement[bool]:
    """The allocations in which the payment, or the invoice, is on either side."""
    sides = ("payment", "refunded") if isinstance(document, Payment) else ("credit", "invoice")
    return sa.or_(*(column_of(Allocation, side) == document.id for side in sides))


def of_payment(work: Work, key: int) -> sa.ColumnElement[bool]:
    """The allocations of that payment, and those that give it back, as far as the actor may read the other document."""
    payment, refunded = column_of(Allocation, "payment") == key, column_of(Allocation, "refunded") == key
    settles = sa.or_(_readable(work, "invoices", "invoice"), _readable(work, "payments", "refunded"))
    return sa.or_(sa.and_(payment, settles), sa.and_(refunded, _readable(work, "payments", "payment")))


def by_credit(work: Work, key: int) -> sa.ColumnElement[bool]:
    """The allocations of that credit note to invoices that the actor may read."""
    return sa.and_(column_of(Allocation, "credit") == key, _readable(work, "invoices", "invoice"))


def of_invoice(work: Work, key: int) -> sa.ColumnElement[bool]:
    """What settles that invoice, and what it settles as a credit note, as far as the actor may read the other document."""
    by_readable = sa.or_(_readable(work, "payments", "payment"), _readable(work, "invoices", "credit"))
    return sa.or_(sa.and_(column_of(Allocation, "invoice") == key, by_readable), by_credit(work, key))


def _readable(work: Work, name: str, side: str) -> sa.ColumnElement[bool]:
    """Whether that side is a record that the actor may read: asked of each row, never of the whole table."""
    found = resource_of(name)
    try:
        mine = readable(work, found)
    except NotAllowed:
        return sa.false()
    there = sa.select(sa.literal(1)).where(column_of(found.table, "id") == column_of(Allocation, side), *mine)
    return sa.exists(there.correlate(Allocation))


def take_back(work: Work, source: Any, wanted: object) -> None:
    """Allocations of a payment or credit note (those whose ids are named, else all) count no more from today on.

    Those to documents that the actor may not read are as if they were not there.
    """
    work.require("invoices.read")
    seen = of_payment if isinstance(source, Payment) else by_credit
    rows = sa.select(Allocation).where(seen(work, source.id), column_of(Allocation, "until").is_(None))
    if wanted is not None:
        if not isinstance(wanted, list) or not all(isinstance(key, int) for key in wanted):
            raise Invalid({"allocations": Message("Send a list of at most {count}.", count=500)})
        rows = rows.where(column_of(Allocation, "id").in_([key for key in wanted if is_id(key)]))
    found = _held(work, rows)
    if wanted is not None and len(found) < len(set(wanted)):
        raise Invalid({"allocations": Message("Choose one from the list.")})
    _end(work, source, found, trade.today(work))


def give_back(work: Work, payment: Payment, day: dt.date) -> None:
    """The payment is reversed on that day: what it settled, and what gave it back, ends then; also what was taken back only
    after it.
    """
    until = column_of(Allocation, "until")
    mine = sa.select(Allocation).where(of(payment), sa.or_(until.is_(None), until > day))
    _end(work, payment, _held(work, mine), day)


def _held(work: Work, rows: sa.Select[Any]) -> list[Allocation]:
    """These allocations, the documents on both sides locked: without those that somebody has ended before that."""
    lock(work, *touched(row.model_dump() for row in work.session.scalars(rows)))
    return list(work.session.scalars(rows.execution_options(populate_existing=True)))


def lock(work: Work, invoices: Iterable[int], payments: Iterable[int]) -> None:
    """Lock these before anything is settled or taken back, in one order for everybody: nobody waits for who waits for them, and
    what is then summed up is what has been written.
    """
    for table, keys in ((Invoice, set(invoices)), (Payment, set(payments))):
        if keys:
            number = column_of(table, "id")
            work.session.execute(sa.select(number).where(number.in_(keys)).order_by(number).with_for_update())


def _end(work: Work, source: Any, found: Sequence[Allocation], day: dt.date) -> None:
    """These allocations of the source count no more from that day on; one that would begin after it never did."""
    for row in found:
        row.until = max(day, row.day)
    work.session.flush()
    money = isinstance(source, Payment)
    invoices, payments = touched(row.model_dump() for row in found)
    (payments if money else invoices).add(source.id)
    settle(work, invoices, payments)
    differ(work, invoices, payments)
    work.session.refresh(source, ["unallocated"] if money else ["paid", "balance"])


def touched(rows: Iterable[Mapping[str, Any]]) -> tuple[set[int], set[int]]:
    """The invoices and the payments on either side of these allocations."""
    told = list(rows)
    invoices, payments = (
        {row[side] for row in told for side in sides if row.get(side)}
        for sides in (("invoice", "credit"), ("payment", "refunded"))
    )
    return invoices, payments


@before_commit("allocation")
def _settled(work: Work) -> None:
    """Paid, balance and unallocated of all that this transaction's allocations (undone ones too) have touched."""
    rows = [row for row in work.changes if row["entity"] == "allocation"]
    settle(work, *touched(values for row in rows for values in (row["before"], row["after"]) if values))


def settle(work: Work, invoices: set[int], payments: set[int]) -> None:
    """Write paid, balance, unallocated anew from the allocations that count: they follow from them and are no decision."""
    counts = column_of(Allocation, "until").is_(None)

    def total(name: str, key: str, table: Any) -> Any:
        found = sa.select(sa.func.sum(column_of(Allocation, name))).where(
            column_of(Allocation, key) == column_of(table, "id"), counts
        )
        return sa.func.coalesce(found.scalar_subquery(), ZERO)

    if invoices:
        settled = total("amount", "invoice", Invoice)
        paid = sa.case(
            (column_of(Invoice, "kind") == InvoiceKind.CREDIT_NOTE.value, total("taken", "credit", Invoice) + settled),
            else_=settled,
        )  # fmt: skip
        _write(work, Invoice, invoices, {"paid": paid, "balance": column_of(Invoice, "payable") - paid})
        _write(work, Invoice, invoices, {"next_due": instalments.next_due(column_of(Invoice, "paid"))})
    if payments:
        gone = total("taken", "payment", Payment) + total("amount", "refunded", Payment)
        free = column_of(Payment, "amount") - gone
        posted = column_of(Payment, "status") == PaymentStatus.POSTED.value
        _write(work, Payment, payments, {"unallocated": sa.case((posted, free), else_=sa.literal(ZERO, free.type))})


def _write(work: Work, table: Any, keys: set[int], values: Mapping[str, Any]) -> None:
    work.session.execute(
        sa.update(table)
        .where(column_of(table, "id").in_(sorted(keys)))
        .values(values)
        .execution_options(synchronize_session=False)
    )


def differ(work: Work, invoices: set[int], payments: set[int]) -> None:
    """Write the differences of these documents' allocations anew, where there are two rates: after something was taken back the
    parts would not come to what the whole is worth.
    """
    mine = [row for row in _rated(work, _among(invoices, payments)) if {row.rate, row.source_rate} != {Decimal(1)}]
    if not mine:
        return
    own, changed = trade.company(work).currency, {row.id for row in mine}
    for row, difference in _differences(_rated(work, _among(*touched(row._asdict() for row in mine))), own):
        if row.id in changed and difference != row.difference:
            _write(work, Allocation, {row.id}, {"difference": difference})


def _among(invoices: set[int], payments: set[int]) -> sa.ColumnElement[bool]:
    """Whether one of these is on either side."""
    sides = {"payment": payments, "refunded": payments, "credit": invoices, "invoice": invoices}
    return sa.or_(*(column_of(Allocation, side).in_(keys) for side, keys in sides.items()))


def _rated(work: Work, wanted: sa.ColumnElement[bool]) -> Sequence[Any]:
    """The allocations that count, the oldest first, with the rates of what is settled and of what settles it."""
    source, back = sa.orm.aliased(Invoice), sa.orm.aliased(Payment)
    names = ("id", "payment", "credit", "invoice", "refunded", "amount", "taken", "difference")
    rows = (
        sa.select(
            *(column_of(Allocation, name) for name in names),
            sa.func.coalesce(column_of(Invoice, "rate"), back.rate).label("rate"),
            sa.func.coalesce(column_of(Payment, "rate"), source.rate).label("source_rate"),
            column_of(Payment, "direction"),
        )
        .outerjoin(Invoice, column_of(Invoice, "id") == column_of(Allocation, "invoice"))
        .outerjoin(back, back.id == column_of(Allocation, "refunded"))
        .outerjoin(Payment, column_of(Payment, "id") == column_of(Allocation, "payment"))
        .outerjoin(source, source.id == column_of(Allocation, "credit"))
        .where(column_of(Allocation, "until").is_(None), wanted)
        .order_by(column_of(Allocation, "id"))
    )
    return work.session.execute(rows).all()


def _differences(rows: Sequence[Any], own: str) -> Iterator[tuple[Any, Decimal]]:
    """Each allocation and what the two rates make of it, where all of the documents' allocations are told in their order."""
    used: dict[tuple[bool, int], Decimal] = {}
    for row in rows:
        source = (row.payment is not None, row.payment or row.credit)
        target = (row.refunded is not None, row.refunded or row.invoice)
        before, paid = used.get(source, ZERO), used.get(target, ZERO)
        found = worth(row.taken, before, row.source_rate, own) - worth(row.amount, paid, row.rate, own)
        used |= {source: before + row.taken, target: paid + row.amount}
        yield row, -found if row.direction == Direction.PAID.value else found
