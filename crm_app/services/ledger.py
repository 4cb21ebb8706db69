"""How much of a line has been carried on, and how much is still promised: sums over the lines that were made from it, cancelled
documents left out."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.models.choices import Progress
from crm_app.models.deliveries import DeliveryKind, DeliveryLine, DeliveryNote
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceLine
from crm_app.models.orders import OrderLine, OrderStatus, SalesOrder
from crm_app.models.quotes import Quote, QuoteLine, QuoteStatus
from crm_app.models.trade import LineChoice

from .work import Work, column_of

ZERO = Decimal(0)
HEADS: Mapping[str, tuple[Any, Any]] = {
    "quotes": (Quote, QuoteLine),
    "orders": (SalesOrder, OrderLine),
    "deliveries": (DeliveryNote, DeliveryLine),
    "invoices": (Invoice, InvoiceLine),
}
_ANCESTOR = {"quotes": "quote_line", "orders": "order_line", "deliveries": "delivery_line", "invoices": "credited_line"}
_NAMES = {
    ("orders", ""): "ordered",
    ("deliveries", DeliveryKind.DELIVERY.value): "delivered",
    ("deliveries", DeliveryKind.RETURN.value): "returned",
    ("invoices", InvoiceKind.INVOICE.value): "invoiced",
    ("invoices", InvoiceKind.DEBIT_NOTE.value): "invoiced",
    ("invoices", InvoiceKind.CREDIT_NOTE.value): "credited",
}


def standing(*more: OrderStatus) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The conditions that an order stands: confirmed, on hold, or reopened to be changed; `more` states count where they are named."""
    states = (OrderStatus.CONFIRMED, OrderStatus.HELD, OrderStatus.DRAFT, *more)
    return column_of(SalesOrder, "status").in_([one.value for one in states]), column_of(SalesOrder, "number").is_not(
        None
    )


def stands(order: SalesOrder) -> bool:
    """The same of an order that is there."""
    return order.number is not None and order.status in (OrderStatus.CONFIRMED, OrderStatus.HELD, OrderStatus.DRAFT)


def ancestor_of(source: str, target: str) -> str:
    """The column of the target's lines that names a line of the source."""
    return "returned_line" if source == target == "deliveries" else _ANCESTOR[source]


def sums(work: Work, source: str, lines: Iterable[int], *, done: bool = False) -> dict[int, dict[str, Decimal]]:
    """Of each line of that source: ordered, delivered, returned, invoiced, credited; what is nothing is left out.

    Drafts count, for what stands in one is not left to the next; with `done` drafts of delivery notes and invoices do not:
    nothing has been handed over or charged yet.
    """
    keys = list(lines)
    found: dict[int, dict[str, Decimal]] = {key: {} for key in keys}
    for target, key, kind, quantity in work.read(_summed(source, done), {"keys": keys}) if keys else ():
        what = _NAMES.get((target, kind or ""))
        if what:
            found[key][what] = found[key].get(what, ZERO) + quantity
    return found


@cache
def _summed(source: str, done: bool) -> sa.CompoundSelect[Any]:
    """The lines made from those of `keys`: target, line of origin, kind, quantity."""
    parts = [
        _summing(target, head, line, ancestor_of(source, target), done)
        for target, (head, line) in HEADS.items()
        if ancestor_of(source, target) in line.__table__.columns
    ]
    return sa.union_all(*parts)


def _summing(target: str, head: Any, line: Any, name: str, done: bool) -> sa.Select[Any]:
    origin = column_of(line, name)
    without = ("draft", "cancelled") if done and target != "orders" else ("cancelled",)
    kind = column_of(head, "kind") if target != "orders" else sa.literal("")
    return (
        sa.select(sa.literal(target), origin, kind, sa.func.sum(column_of(line, "quantity")))
        .join(head, column_of(head, "id") == column_of(line, line.PARENT))
        .where(origin.in_(sa.bindparam("keys", expanding=True)), column_of(head, "status").not_in(without))
        .group_by(origin, kind)
    )


def promised(
    work: Work, source: str, done: Mapping[int, Mapping[str, Decimal]], today: date
) -> dict[int, dict[str, Decimal]]:
    """Of each line of that source, with its sums: quoted, what an open quote still offers; reserved, what confirmed orders wait for.

    Open is a quote that was sent (and has not expired) or accepted and has no newer version: what was ordered or invoiced of
    it is offered no more. An order waits, on hold and reopened too, for what has not been handed over. What is nothing is left out.
    """
    found: dict[int, dict[str, Decimal]] = {key: {} for key in done}
    statement = _promised(source) if found else None
    rows = () if statement is None else work.read(statement, {"keys": list(found), "today": today})
    for what, key, whole, gone in rows:
        left = max(whole - gone, ZERO)
        if what == "quoted":
            left = min(left, left_to("orders", whole, done[key]), left_to("invoices", whole, done[key]))
        if left:
            found[key][what] = found[key].get(what, ZERO) + left
    return found


@cache
def _promised(source: str) -> sa.CompoundSelect[Any] | None:
    """What, line of `keys`, how much of it, how much of that is gone; None where nothing is promised by such lines."""
    if source not in ("quotes", "orders"):
        return None
    line = column_of(OrderLine, "id" if source == "orders" else "quote_line")
    return sa.union_all(_awaited(line), *([_offered()] if source == "quotes" else []))


def _awaited(key: Any) -> sa.Select[Any]:
    """Each line of a confirmed order, with what has been handed over of it and not been brought back."""
    quantity, moved = column_of(OrderLine, "quantity"), column_of(DeliveryLine, "quantity")
    kind = column_of(DeliveryNote, "kind")
    note = sa.and_(
        column_of(DeliveryNote, "id") == column_of(DeliveryLine, DeliveryLine.PARENT),
        column_of(DeliveryNote, "status").not_in(("draft", "cancelled")),
    )
    handed = (kind == DeliveryKind.DELIVERY.value, moved), (kind == DeliveryKind.RETURN.value, -moved)
    gone = sa.func.sum(sa.case(*handed, else_=sa.literal(ZERO, moved.type)))
    return (
        sa.select(sa.literal("reserved"), key, quantity, gone)
        .join(SalesOrder, column_of(SalesOrder, "id") == column_of(OrderLine, OrderLine.PARENT))
        .outerjoin(DeliveryLine, column_of(DeliveryLine, "order_line") == column_of(OrderLine, "id"))
        .outerjoin(DeliveryNote, note)
        .where(
            key.in_(sa.bindparam("keys", expanding=True)),
            *standing(),
        )
        .group_by(key, column_of(OrderLine, "id"), quantity)
    )


def _offered() -> sa.Select[Any]:
    """The firm lines of open quotes; what has become of them stands in their sums."""
    key, quantity = column_of(QuoteLine, "id"), column_of(QuoteLine, "quantity")
    status, until = column_of(Quote, "status"), column_of(Quote, "valid_until")
    valid = sa.or_(until.is_(None), until >= sa.bindparam("today", type_=sa.Date()))
    return (
        sa.select(sa.literal("quoted"), key, quantity, sa.literal(ZERO, quantity.type))
        .join(Quote, column_of(Quote, "id") == column_of(QuoteLine, QuoteLine.PARENT))
        .where(
            key.in_(sa.bindparam("keys", expanding=True)),
            column_of(QuoteLine, "choice") == LineChoice.FIRM.value,
            column_of(Quote, "superseded").is_(False),
            sa.or_(status == QuoteStatus.ACCEPTED.value, sa.and_(status == QuoteStatus.SENT.value, valid)),
        )
    )


def left_to(target: str, quantity: Decimal, done: Mapping[str, Decimal]) -> Decimal:
    """What of a line is left to be ordered, delivered or invoiced; never less than nothing."""
    if target == "orders":
        left = quantity - done.get("ordered", ZERO)
    elif target == "deliveries":
        left = quantity - done.get("delivered", ZERO) + done.get("returned", ZERO)
    else:
        left = quantity - done.get("invoiced", ZERO) + done.get("credited", ZERO)
    return max(left, ZERO)


def progress(rows: Iterable[tuple[Decimal, Decimal]]) -> Progress:
    """Of lines (quantity, what is left of it): whether nothing, a part or all has been carried on."""
    found = list(rows)
    if found and not any(left for _, left in found):
        return Progress.ALL
    return Progress.NONE if all(whole == left for whole, left in found) else Progress.PARTLY
