"""Tax rates: which tax a class of products bears, for which customers, from when to when."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from crm_app.core.fields import Amount, Boolean, Choice, Country, Day, Number, Reference, Text, Whole
from crm_app.core.i18n import Message
from crm_app.core.resource import Section
from crm_app.core.tax import TaxKind

from .base import Searchable, column, resource, sorted_by_key
from .choices import TAX_CLASS_LABELS, TaxClass


class Regime(StrEnum):
    """Which customers a rate is for, as they stand to the seller."""

    DOMESTIC = "domestic"
    SURCHARGE = "surcharge"
    EU = "eu"
    EXPORT = "export"
    EXEMPT = "exempt"
    REVERSE = "reverse"


REGIME_LABELS = (
    "Domestic",
    "Equivalence surcharge",
    "Within the EU, with tax identifier",
    "Abroad (export)",
    "Exempt customer",
    "Reverse charge",
)
KIND_LABELS = (
    "Percentage",
    "Amount per unit",
    "On top of other taxes",
    "Withheld from the net",
    "Withheld from the tax",
    "Withheld from the total",
    "Collected on top, of the net",
    "Collected on top, of the total",
    "Part of the total that is paid into a tax account",
)


class TaxRate(Searchable, table=True):
    """A rate of the seller's country. Without a class it is for all classes; the order is that of application.

    Where it is in force the one that it `replaces` is not: the rates of a region those of the country, next year's that of this
    year. What is withheld, collected or paid apart is left out unless it is taken of more than `above`, in the company's currency.

    Documents say name and reason in the customer's language, where the rate has them in it.
    """

    __tablename__ = "tax_rate"
    __table_args__ = sorted_by_key("tax_rate")

    name: str = column(Text(60), "Name", required=True)
    country: str | None = column(Country(), "Country", index=True)
    regime: str = column(Choice(Regime, REGIME_LABELS), "Customers", default=Regime.DOMESTIC.value)
    tax_class: str | None = column(Choice(TaxClass, TAX_CLASS_LABELS), "Tax class")
    kind: str = column(Choice(TaxKind, KIND_LABELS), "How it is applied", default=TaxKind.PERCENT.value)
    value: Decimal = column(Number(6, digits=10, least=Decimal(0)), "Percentage or amount", default=Decimal(0))
    sequence: int = column(Whole(0, 1000), "Order", default=10)
    category: str = column(Text(2), "Category code", default="S", help="As the list UNTDID 5305 has them")
    reason: str | None = column(
        Text(200), "Words on the document", help="Why nothing is charged, or what the law wants to be said"
    )
    replaces: int | None = column(
        Reference("tax-rates"),
        "Replaces",
        references="tax_rate.id",
        help="The rate that does not count where this one does",
    )
    above: Decimal | None = column(
        Amount(4),
        "Only above an amount of",
        help="Of what is withheld, collected or paid apart; in the company's currency",
    )
    valid_from: date | None = column(Day(), "Valid from")
    valid_to: date | None = column(Day(), "Valid to")
    active: bool = column(Boolean("Not active"), "Active", default=True)
    name_es: str | None = column(Text(60), "Name in Spanish")
    name_en: str | None = column(Text(60), "Name in English")
    reason_es: str | None = column(Text(200), "Words in Spanish")
    reason_en: str | None = column(Text(200), "Words in English")

    def check(self) -> Mapping[str, Message]:
        """It does not end before it begins; a percentage that is withheld or included stays under a thousand."""
        found = {}
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            found["valid_to"] = Message("It ends before it begins.")
        if self.kind != TaxKind.UNIT.value and self.value > 1000:
            found["value"] = Message("Write a percentage up to 1000.")
        return found


TAX_RATES = resource(
    TaxRate,
    "tax-rates",
    one="Tax rate",
    many="Tax rates",
    icon="percent",
    columns=("name", "country", "regime", "tax_class", "kind", "value", "active"),
    filters=("country", "regime", "tax_class", "kind", "active"),
    form=(
        Section("Details", ("name", "country", "regime", "tax_class", "kind", "value", "sequence", "active")),
        Section("Law", ("category", "reason", "valid_from", "valid_to", "replaces", "above")),
        Section("Names by language", ("name_es", "name_en", "reason_es", "reason_en")),
    ),
    facts=("tax_class", "kind"),
    group="Settings",
)
