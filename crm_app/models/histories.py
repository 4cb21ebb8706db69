"""What was quoted, ordered and sold, line by line: read from the documents by views of the database, written by nobody.

An issued invoice sells, a credit note takes back: its quantities and nets are below zero.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from crm_app.core.fields import Amount, Boolean, Currency, Day, LongText, Number, Reference, Text
from crm_app.core.i18n import several
from crm_app.core.resource import Ready, Resource

from . import invoices, orders, quotes
from .base import KEEP_IDS, Record, column, resource
from .trade import PRICE

VIEW = KEEP_IDS | {"info": {"view": True}}  # of a table that the database computes: no migration makes it
_SIGNED = Number(6, digits=12)


class DocumentPart(Record):
    """A line with what its document says of it."""

    account: int = column(Reference("accounts"), "Customer", required=True, readonly=True)
    product: int | None = column(Reference("products"), "Product", readonly=True)
    description: str | None = column(LongText(4000), "Description", readonly=True)
    date: dt.date = column(Day(), "Date", required=True, readonly=True, index=True)
    owner: int | None = column(Reference("users", person=True), "Salesperson", readonly=True)
    quantity: Decimal = column(_SIGNED, "Quantity", default=Decimal(0), readonly=True)
    unit: str | None = column(Text(20), "Unit", readonly=True)
    price: Decimal | None = column(PRICE, "Price", readonly=True)
    discount: Decimal = column(Number(4, digits=3), "Discount, %", default=Decimal(0), readonly=True)
    net: Decimal = column(Amount(4), "Net", default=Decimal(0), readonly=True)
    currency: str | None = column(Currency(), "Currency", readonly=True)

    SEARCHED: ClassVar[tuple[str, str]]  # the Resource whose text is searched, and the column that names its record


class QuotedLine(DocumentPart, table=True):
    """Of quotes that have left the house."""

    __tablename__ = "quoted_line"
    __table_args__ = VIEW
    SEARCHED = ("quotes", "quote")

    quote: int = column(Reference("quotes"), "Quote", required=True, readonly=True)
    status: str = column(quotes.STATUS, "Status", default="", readonly=True)
    aside: bool = column(Boolean(), "Optional, alternative or superseded", default=False, readonly=True)


class OrderedLine(DocumentPart, table=True):
    """Of orders that were confirmed."""

    __tablename__ = "ordered_line"
    __table_args__ = VIEW
    SEARCHED = ("orders", "order")

    order: int = column(Reference("orders"), "Sales order", required=True, readonly=True)
    status: str = column(orders.STATUS, "Status", default="", readonly=True)


class SoldLine(DocumentPart, table=True):
    """Of invoices and credit notes that were issued."""

    __tablename__ = "sold_line"
    __table_args__ = VIEW
    SEARCHED = ("invoices", "invoice")

    invoice: int = column(Reference("invoices"), "Invoice", required=True, readonly=True)
    kind: str = column(invoices.KIND, "Kind", default="", readonly=True)


class SoldShare(Record, table=True):
    """What of an issued invoice or credit note counts for a salesperson: their share of its net, the whole where it is not split."""

    __tablename__ = "sold_share"
    __table_args__ = VIEW
    SEARCHED: ClassVar[tuple[str, str]] = ("invoices", "invoice")
    TAKEN: ClassVar[
        Mapping[str, Any]
    ] = {  # by column: the record that it is of, and the tables it may come from, with both columns
        "owner": ("invoice", ((invoices.Invoice, "id", "owner"), (invoices.InvoiceShare, "invoice", "person")))
    }

    invoice: int = column(Reference("invoices"), "Invoice", required=True, readonly=True)
    account: int = column(Reference("accounts"), "Customer", required=True, readonly=True)
    date: dt.date = column(Day(), "Date", required=True, readonly=True, index=True)
    owner: int | None = column(Reference("users", person=True), "Salesperson", readonly=True)
    net: Decimal = column(Amount(4), "Share of the net", default=Decimal(0), readonly=True)
    whole: Decimal = column(Amount(4), "Net of the invoice", default=Decimal(0), readonly=True)
    currency: str | None = column(Currency(), "Currency", readonly=True)
    kind: str = column(invoices.KIND, "Kind", default="", readonly=True)


_FILTERS = ("account", "product", "date", "owner", "quantity", "price", "net", "currency")


def _of(
    table: type[DocumentPart],
    name: str,
    *,
    document: str,
    one: str,
    many: str,
    asked: tuple[str, ...] = (),
    **more: Any,
) -> Resource:
    state = "kind" if "kind" in table.__table__.columns else "status"  # type: ignore[attr-defined]
    return resource(
        table,
        name,
        one=one,
        many=many,
        label=document,
        columns=(
            document,
            "date",
            "account",
            "description",
            "quantity",
            "net",
            "price",
            "currency",
            "owner",
            state,
        ),
        filters=(*_FILTERS[:4], state, *_FILTERS[4:], document, *asked),
        sort="-date",
        owner="owner",
        group="Insight",
        verbs=("read",),
        guard=table.SEARCHED[0],
        inside=document,
        facts=("date", "account", "product", "quantity", "price", "currency"),
        sums=("net",),
        **more,
    )


SOLD_LINES = _of(
    SoldLine, "sold-lines", document="invoice", one="Sold line", many="Sold lines", icon="receipt-text", place=10
)
ORDERED_LINES = _of(
    OrderedLine,
    "ordered-lines",
    document="order",
    one="Ordered line",
    many="Ordered lines",
    icon="shopping-cart",
    place=20,
)
QUOTED_LINES = _of(
    QuotedLine,
    "quoted-lines",
    document="quote",
    one="Quoted line",
    many="Quoted lines",
    icon="list-checks",
    place=30,
    asked=("aside",),
    uncounted=Ready("Sum without what is optional, alternative or superseded", "filter[aside]=true"),
    views=(
        Ready("Open", "filter[status]=sent"),
        Ready(several("Accepted"), "filter[status]=accepted"),
        Ready(several("Declined"), "filter[status]=declined"),
    ),
)
SOLD_SHARES = resource(
    SoldShare,
    "sold-shares",
    one="Share of a sale",
    many="Sales by salesperson",
    icon="users-round",
    label="invoice",
    columns=("owner", "invoice", "account", "net", "date", "whole", "currency", "kind"),
    filters=("owner", "account", "date", "net", "currency", "kind", "invoice"),
    sort="-date",
    owner="owner",
    group="Insight",
    place=15,
    verbs=("read",),
    guard="invoices",
    inside="invoice",
    apart=True,
    facts=("owner", "date", "account", "net", "currency"),
    sums=("net",),
)
