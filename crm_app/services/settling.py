"""What follows from allocations: what is paid and left, what the rates make of it; and how allocations end."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.money import round_money
from crm_app.core.plain import is_id
from crm_app.models.invoices import Invoice, InvoiceKind
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import instalments, trade
from .work import Work, before_commit, column_of

ZERO = Decimal(0)


def worth(amount: Decimal, before: Decimal, rate: Decimal, own: str) -> Decimal:
    """So much, after so much before it, in the company's currency: rounded so that the parts come to what the whole is worth."""
    return round_money((before + amount) * rate, own) - round_money(before * rate, own)


def take_back(work: Work, source: Any, wanted: object, *conditions: sa.ColumnElement[bool]) -> None:
    """Allocations of a payment or credit note (those whose ids are named, else all) count no more from today on.

    Those to invoices that the conditions do not leave are as if they were not there.
    """
    of_source = column_of(Allocation, "payment" if isinstance(source, Payment) else "credit")
    rows = sa.select(Allocation).where(of_source == source.id, column_of(Allocation, "until").is_(None))
    if conditions:
        settled = sa.select(column_of(Invoice, "id")).where(*conditions)
        rows = rows.where(column_of(Allocation, "invoice").in_(settled))
    if wanted is not None:
        if not isinstance(wanted, list) or not all(isinstance(key, int) for key in wanted):
            raise Invalid({"allocations": Message("Send a list of at most {count}.", count=500)})
        rows = rows.where(column_of(Allocation, "id").in_([key for key in wanted if is_id(key)]))
    found = list(work.session.scalars(rows))
    if wanted is not None and len(found) < len(set(wanted)):
        raise Invalid({"allocations": Message("Choose one from the list.")})
    _end(work, source, found, trade.today(work))


def give_back(work: Work, payment: Payment, day: dt.date) -> None:
    """The payment is reversed on that day: what it settled ends then, also what was taken back only after it."""
    until = column_of(Allocation, "until")
    mine = sa.select(Allocation).where(
        column_of(Allocation, "payment") == payment.id, sa.or_(until.is_(None), until > day)
    )
    _end(work, payment, list(work.session.scalars(mine)), day)


def _end(work: Work, source: Any, found: Sequence[Allocation], day: dt.date) -> None:
    """These allocations of the source count no more from that day on; one that would begin after it never did."""
    for row in found:
        row.until = max(day, row.day)
    work.session.flush()
    invoices = {row.invoice for row in found}
    if isinstance(source, Payment):
        settle(work, invoices, {source.id or 0})
        differ(work, invoices, {source.id or 0})
        work.session.refresh(source, ["unallocated"])
    else:
        settle(work, invoices | {source.id}, set())
        differ(work, invoices | {source.id}, set())
        work.session.refresh(source, ["paid", "balance"])


@before_commit("allocation")
def _settled(work: Work) -> None:
    """Paid, balance and unallocated of all that this transaction's allocations (undone ones too) have touched."""
    rows = [
        values
        for row in work.changes
        if row["entity"] == "allocation"
        for values in (row["before"], row["after"])
        if values and "invoice" in values
    ]
    invoices = {row["invoice"] for row in rows} | {row["credit"] for row in rows if row.get("credit")}
    payments = {row["payment"] for row in rows if row.get("payment")}
    settle(work, invoices, payments)


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
        free = column_of(Payment, "amount") - total("taken", "payment", Payment)
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
    payment, credit, settled = (column_of(Allocation, name) for name in ("payment", "credit", "invoice"))
    wanted = sa.or_(payment.in_(payments), credit.in_(invoices), settled.in_(invoices))
    mine = [row for row in _rated(work, wanted) if {row.rate, row.source_rate} != {Decimal(1)}]
    if not mine:
        return
    of_payments, of_invoices = {row.payment for row in mine}, {key for row in mine for key in (row.invoice, row.credit)}
    around = sa.or_(
        payment.in_(of_payments - {None}), credit.in_(of_invoices - {None}), settled.in_(of_invoices - {None})
    )
    own, changed = trade.company(work).currency, {row.id for row in mine}
    for row, difference in _differences(_rated(work, around), own):
        if row.id in changed and difference != row.difference:
            _write(work, Allocation, {row.id}, {"difference": difference})


def _rated(work: Work, wanted: sa.ColumnElement[bool]) -> Sequence[Any]:
    """The allocations that count, the oldest first, with the rates of the invoice and of what settles it."""
    source = sa.orm.aliased(Invoice)
    names = ("id", "payment", "credit", "invoice", "amount", "taken", "difference")
    rows = (
        sa.select(
            *(column_of(Allocation, name) for name in names),
            column_of(Invoice, "rate").label("rate"),
            sa.func.coalesce(column_of(Payment, "rate"), source.rate).label("source_rate"),
            column_of(Payment, "direction"),
        )
        .join(Invoice, column_of(Invoice, "id") == column_of(Allocation, "invoice"))
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
        source, target = (row.payment is not None, row.payment or row.credit), (False, row.invoice)
        before, paid = used.get(source, ZERO), used.get(target, ZERO)
        found = worth(row.taken, before, row.source_rate, own) - worth(row.amount, paid, row.rate, own)
        used |= {source: before + row.taken, target: paid + row.amount}
        yield row, -found if row.direction == Direction.PAID.value else found
