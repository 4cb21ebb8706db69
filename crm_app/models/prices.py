"""Price lists: rules over products, with a list above for what they do not say; and payment terms."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlmodel import Field

from crm_app.core.fields import Boolean, Choice, Currency, Day, Number, Reference, Text, Whole
from crm_app.core.i18n import Message
from crm_app.core.pricing import RuleKind

from .base import KEEP_IDS, Id, Line, Searchable, column, lines, resource, sorted_by_key

RULE_LABELS = ("Fixed price", "Discount, %", "Margin on cost, %", "Discount on the base list, %")


class PriceList(Searchable, table=True):
    """What its rules do not price is priced by the parent, at last by the product itself."""

    __tablename__ = "price_list"
    __table_args__ = sorted_by_key("price_list")

    name: str = column(Text(80), "Name", required=True, unique=True)
    currency: str | None = column(Currency(), "Currency")
    parent: int | None = column(Reference("price-lists"), "Based on", references="price_list.id")
    included: bool = column(Boolean(), "Prices include taxes", default=False)
    valid_from: date | None = column(Day(), "Valid from")
    valid_to: date | None = column(Day(), "Valid to")
    active: bool = column(Boolean("Not active"), "Active", default=True)

    def check(self) -> Mapping[str, Message]:
        """It does not end before it begins."""
        wrong = self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from
        return {"valid_to": Message("It ends before it begins.")} if wrong else {}


class PriceRule(Line, table=True):
    """For a product, else a category with all below it, else everything; from a quantity on."""

    __tablename__ = "price_rule"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "price_list"

    price_list: int = Field(foreign_key="price_list.id", index=True, sa_type=Id)
    product: int | None = column(Reference("products"), "Product", references="product.id")
    category: int | None = column(Reference("categories"), "Category", references="category.id")
    least: Decimal = column(Number(6, digits=12, least=Decimal(0)), "From quantity", default=Decimal(0))
    kind: str = column(Choice(RuleKind, RULE_LABELS), "Rule", default=RuleKind.DISCOUNT.value)
    value: Decimal = column(Number(6, digits=12), "Value", default=Decimal(0))
    round_to: Decimal = column(Number(6, digits=12, least=Decimal(0)), "Round up to", default=Decimal(0))
    ending: Decimal = column(Number(6, digits=12), "Then add", default=Decimal(0))

    def check(self) -> Mapping[str, Message]:
        """A product or a category, not both; no price below nothing, no discount over the whole."""
        found = {}
        if self.product is not None and self.category is not None:
            found["category"] = Message("Choose a product or a category, not both.")
        if self.kind == RuleKind.FIXED.value and self.value < 0:
            found["value"] = Message("Write {least} or more.", least="0")
        if self.kind in (RuleKind.DISCOUNT.value, RuleKind.ABOVE.value) and self.value > 100:
            found["value"] = Message("At most {most} %.", most="100")
        return found


class PaymentTerms(Searchable, table=True):
    """When an invoice is due, in one part or several. `name` is what the team calls it; documents take that of their language."""

    __tablename__ = "payment_terms"
    __table_args__ = sorted_by_key("payment_terms")

    name: str = column(Text(80), "Name", required=True, unique=True)
    name_es: str | None = column(Text(80), "Name in Spanish")
    name_en: str | None = column(Text(80), "Name in English")
    active: bool = column(Boolean("Not active"), "Active", default=True)


class PaymentPart(Line, table=True):
    """A part of the total, so many days after the date, or after the end of its month; then on the next such day of the month,
    where one is fixed (31: the last).
    """

    __tablename__ = "payment_part"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "payment_terms"

    payment_terms: int = Field(foreign_key="payment_terms.id", index=True, sa_type=Id)
    percent: Decimal = column(Number(4, digits=3, least=Decimal(0)), "Percent", default=Decimal(100))
    days: int = column(Whole(0, 730), "Days", default=30)
    month_end: bool = column(Boolean(), "From the end of the month", default=False)
    month_day: int | None = column(Whole(1, 31), "Then on day", help="Of the month; 31 is its last day")


PRICE_LISTS = resource(
    PriceList,
    "price-lists",
    one="Price list",
    many="Price lists",
    icon="tag",
    columns=("name", "currency", "parent", "valid_from", "valid_to", "active"),
    filters=("parent", "currency", "active"),
    group="Catalogue",
    tree="parent",
)
TERMS = resource(
    PaymentTerms,
    "payment-terms",
    one="Payment terms",
    many="Payment terms",
    icon="calendar-clock",
    columns=("name", "active"),
    filters=("active",),
    group="Settings",
)
lines(PRICE_LISTS, PriceRule, "rules", one="Rule", many="Rules", label="product", icon="tag")
lines(TERMS, PaymentPart, "parts", one="Part", many="Parts", label="percent", icon="calendar-clock")
