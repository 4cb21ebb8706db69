"""How much of a line has been carried on: sums over the lines that were made from it, cancelled documents left out."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.models.choices import Progress
from crm_app.models.deliveries import DeliveryKind, DeliveryLine, DeliveryNote
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceLine
from crm_app.models.orders import OrderLine, SalesOrder
from crm_app.models.quotes import Quote, QuoteLine

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
