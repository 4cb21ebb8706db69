"""What quotes, orders, delivery notes and invoices share: head and lines. Totals and nets are filled in by services/trade."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import (
    Amount,
    Boolean,
    Choice,
    Country,
    Currency,
    Day,
    LongText,
    Number,
    Reference,
    Text,
    Whole,
)
from crm_app.core.resource import Resource, Section

from .base import KEEP_IDS, Id, Json, Line, Searchable, column, lines
from .choices import TAX_CLASS_LABELS, TaxClass

AMOUNT = Amount(4)
PRICE = Number(6, digits=12, fraction=2)
MOST_LINES = 2_000
QUANTITY = Number(6, digits=12, least=Decimal(0))


class LineChoice(StrEnum):
    """Whether the customer takes a line: surely, if they like, or instead of another. Only the first counts."""

    FIRM = "firm"
    OPTIONAL = "optional"
    ALTERNATIVE = "alternative"


class Recurrence(StrEnum):
    """How often a line is charged."""

    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


CHOICE_LABELS = ("Firm", "Optional", "Alternative")
RECURRENCE_LABELS = ("Once", "Monthly", "Quarterly", "Yearly")


class Document(Searchable):
    """The head. `rate` is what one unit of its currency is worth in the company's; both totals are kept. It was typed, or it is that
    of the table of rates from `rate_day` on, which had it from `rate_source`.

    `tax_lines` holds the tax per rate, and what is collected, withheld and paid apart, `why` stands in the lines.
    """

    number: str | None = column(Text(40, folds=False), "Number", readonly=True, unique=True)
    account: int = column(Reference("accounts"), "Customer", required=True, references="account.id")
    account_name: str | None = column(Text(160), "Customer's name", readonly=True)
    contact: int | None = column(Reference("contacts"), "Contact", references="contact.id")
    owner: int | None = column(Reference("users", person=True), "Salesperson", references="user.id")
    date: dt.date | None = column(Day(), "Date", index=True)
    reference: str | None = column(Text(80), "Customer's reference")
    currency: str | None = column(Currency(), "Currency")
    rate: Decimal | None = column(Number(8, digits=10), "Exchange rate")
    rate_typed: bool = column(Boolean(), "Exchange rate written by hand", default=False, readonly=True)
    rate_day: dt.date | None = column(Day(), "Day of the exchange rate", readonly=True)
    rate_source: str | None = column(Text(80), "Source of the exchange rate", readonly=True)
    price_list: int | None = column(Reference("price-lists"), "Price list", references="price_list.id")
    included: bool = column(Boolean(), "Prices include taxes", default=False)
    payment_terms: int | None = column(Reference("payment-terms"), "Payment terms", references="payment_terms.id")
    payment_days: int | None = column(Whole(0, 365), "Payment term, days")
    ship_name: str | None = column(Text(160), "Deliver to")
    ship_street: str | None = column(Text(200), "Street and number")
    ship_postcode: str | None = column(Text(20), "Postcode")
    ship_city: str | None = column(Text(80), "City")
    ship_region: str | None = column(Text(80), "Province or state")
    ship_country: str | None = column(Country(), "Country")
    notes: str | None = column(LongText(), "Notes for the customer")
    terms: str | None = column(LongText(), "Terms")
    net: Decimal = column(AMOUNT, "Net", default=Decimal(0), readonly=True)
    tax: Decimal = column(AMOUNT, "Taxes", default=Decimal(0), readonly=True)
    rounding: Decimal = column(AMOUNT, "Rounding", default=Decimal(0), readonly=True)
    total: Decimal = column(AMOUNT, "Total", default=Decimal(0), readonly=True, index=True)
    collected: Decimal = column(AMOUNT, "Collected on top", default=Decimal(0), readonly=True)
    withheld: Decimal = column(AMOUNT, "Withheld", default=Decimal(0), readonly=True)
    payable: Decimal = column(AMOUNT, "Payable", default=Decimal(0), readonly=True)
    net_company: Decimal = column(AMOUNT, "Net in the company's currency", default=Decimal(0), readonly=True)
    total_company: Decimal = column(AMOUNT, "Total in the company's currency", default=Decimal(0), readonly=True)
    tax_lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json, nullable=False)


class DocumentLine(Line):
    """A line; without a product it is a text with a price. A price that is not `listed` was written by hand or agreed in the
    document before, and stays; of one that is, `why` says how it came about.
    The columns `*_line` name what it was made from, however far back.
    """

    group: str | None = column(Text(80), "Group")
    product: int | None = column(Reference("products"), "Product", references="product.id")
    description: str | None = column(LongText(4000), "Description")
    quantity: Decimal = column(QUANTITY, "Quantity", default=Decimal(1))
    unit: str | None = column(Text(20), "Unit")
    price: Decimal | None = column(PRICE, "Price")
    listed: bool = column(Boolean(), "Price follows the price list", default=False)
    discount: Decimal = column(Number(4, digits=3, least=Decimal(0)), "Discount, %", default=Decimal(0))
    tax_class: str | None = column(Choice(TaxClass, TAX_CLASS_LABELS), "Tax class")
    net: Decimal = column(AMOUNT, "Net", default=Decimal(0), readonly=True)
    cost: Decimal | None = column(PRICE, "Cost", readonly=True)
    why: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)


class DocumentShare(Line):
    """What of a document's net counts for a salesperson. The shares of a document are 100 %, their amounts its net."""

    person: int = column(Reference("users", person=True), "Salesperson", required=True, references="user.id")
    percent: Decimal = column(Number(4, digits=3, least=Decimal(0)), "Share, %", required=True)
    amount: Decimal = column(AMOUNT, "Amount", default=Decimal(0), readonly=True)


def shares_of(owner: Resource, table: type[DocumentShare]) -> None:
    """Declare the salespeople's shares inside a document."""
    lines(owner, table, "shares", one="Share", many="Split between salespeople", label="person", icon="users")


def newest_of_product(table: str) -> tuple[Any, ...]:
    """The index that the newest lines of a product are read by, for `__table_args__`."""
    return (sa.Index(f"ix_{table}_newest", "product", "id"), KEEP_IDS)


def ancestor(table: str) -> Any:
    """The column that names the line this one was made from. What others were made from cannot be removed."""
    return Field(
        default=None,
        foreign_key=f"{table}.id",
        index=True,
        sa_type=Id,
        nullable=True,
        sa_column_kwargs={"info": {"origin": True}},
    )


HEAD = ("account", "contact", "owner", "date", "reference")
TRADE = ("currency", "rate", "price_list", "included", "payment_terms", "payment_days")
SHIPPING = ("ship_name", "ship_street", "ship_postcode", "ship_city", "ship_region", "ship_country")
TEXTS = ("notes", "terms")
TOTALS = ("net", "tax", "total")
SEARCHED = ("number", "account_name", "reference")
SECTIONS = (
    Section("Trade", TRADE),
    Section("Delivery address", SHIPPING),
    Section("Texts", TEXTS),
)
