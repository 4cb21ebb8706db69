"""Has it been paid in advance? What came before a delivery, less what was handed over for it already: no money counts twice."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm_app.core.money import round_money
from crm_app.models.deliveries import DeliveryLine
from crm_app.models.invoices import Invoice, InvoiceKind
from crm_app.models.orders import OrderLine, SalesOrder
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import exposure, trade
from .work import Work, column_of

ZERO = Decimal(0)
_CREDIT_NOTE = InvoiceKind.CREDIT_NOTE.value


def missing(work: Work, note: Any) -> Decimal:
    """What of the delivery note, which has not been issued, nobody has paid yet, in the company's currency; 0 or less for nothing.

    What was paid on invoices of an order is for what is handed over of that order; money that is not allocated is for whatever
    was handed over and is neither invoiced nor paid so, and then for this.
    """
    handed = exposure.handed_over_by(work, note.account, note.order or 0)
    paid = _paid_on(work, {order for order in (*handed, note.order) if order})
    left, uncovered = ZERO, ZERO
    for order in {*handed, note.order or 0}:
        all_of_it, uninvoiced = handed.get(order, (ZERO, ZERO))
        cover = max(paid.get(order, ZERO) - (all_of_it - uninvoiced), ZERO)
        uncovered += max(uninvoiced - cover, ZERO)
        if order and order == note.order:
            left = max(cover - uninvoiced, ZERO)
    short = _worth(work, note) - left - max(_free(work, note.account) - uncovered, ZERO)
    return round_money(short, trade.company(work).currency)


def _worth(work: Work, note: Any) -> Decimal:
    """The note's share of its order, so that all notes come to what the order does to the cent; else its own total."""
    total: Decimal = note.total_company
    line, of = column_of(DeliveryLine, "order_line"), column_of(DeliveryLine, "delivery_note") == note.id
    named = [column_of(SalesOrder, name) for name in ("total_company", "net")]
    parts = [column_of(OrderLine, name) for name in ("net", "quantity")]
    rows = (
        sa.select(*named, *parts, column_of(DeliveryLine, "quantity"))
        .select_from(DeliveryLine)
        .join(OrderLine, column_of(OrderLine, "id") == line)
        .join(SalesOrder, column_of(SalesOrder, "id") == column_of(OrderLine, "sales_order"))
    )
    if not note.order or work.session.scalar(sa.select(sa.func.count()).where(of, line.is_(None))):
        return total
    share = sum(
        (whole * part / net * quantity / ordered for whole, net, part, ordered, quantity in work.session.execute(rows.where(of)) if net),
        ZERO,
    )  # fmt: skip
    return min(total, share)


def _free(work: Work, account: int) -> Decimal:
    """Money received that settles nothing yet."""
    free, rate = column_of(Payment, "unallocated"), column_of(Payment, "rate")
    came = sa.select(rate, sa.func.sum(free)).where(
        column_of(Payment, "account") == account,
        column_of(Payment, "status") == PaymentStatus.POSTED.value,
        column_of(Payment, "direction") == Direction.RECEIVED.value,
        free > ZERO,
    )
    return sum((amount * one for one, amount in work.session.execute(came.group_by(rate))), ZERO)


def _paid_on(work: Work, orders: set[int]) -> dict[int, Decimal]:
    """By order what was paid on its invoices; what a credit note of theirs takes back was never paid, and what one of theirs gave
    to another invoice, or was paid out, has gone.
    """
    credit: Any = aliased(Invoice)
    order = column_of(Invoice, "order")
    heads = [column_of(Invoice, name) for name in ("order", "kind", "rate")]
    rows = (
        sa.select(*heads, credit.order, credit.rate, column_of(Allocation, "amount"), column_of(Allocation, "taken"))
        .join(Invoice, column_of(Invoice, "id") == column_of(Allocation, "invoice"))
        .outerjoin(credit, credit.id == column_of(Allocation, "credit"))
        .where(column_of(Allocation, "until").is_(None), sa.or_(order.in_(orders), credit.order.in_(orders)))
        .where(sa.or_(credit.id.is_(None), credit.corrects.is_(None), credit.corrects != column_of(Invoice, "id")))
    )
    found: dict[int, Decimal] = dict.fromkeys(orders, ZERO)
    for settled, kind, rate, source, source_rate, amount, taken in work.session.execute(rows):
        if settled in found:
            found[settled] += (-amount if kind == _CREDIT_NOTE else amount) * rate
        if source in found:
            found[source] -= taken * source_rate
    return found
