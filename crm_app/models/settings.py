"""The company that runs this installation, and where its numbers and dates come from."""

from decimal import Decimal
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import Choice, Country, Email, Number, Phone, Text, Whole
from crm_app.core.i18n import Message

from .base import KEEP_IDS, Record, column, resource
from .choices import LANGUAGE_LABELS, Language


class Company(Record, table=True):
    """One row. Its language is that of documents and of users who chose none."""

    __tablename__ = "company"
    __table_args__ = (sa.CheckConstraint("one = 1", name="ck_company_one"), sa.UniqueConstraint("one"), KEEP_IDS)

    one: int = Field(default=1)
    name: str = column(Text(160), "Company name", required=True)
    country: str = column(Country(), "Country", required=True)
    currency: str = column(Text(3), "Currency", default="EUR")
    language: str = column(Choice(Language, LANGUAGE_LABELS), "Language", default=Language.ES.value)
    time_zone: str = column(Text(60), "Time zone", default="Europe/Madrid")
    legal_name: str | None = column(Text(160), "Legal name")
    tax_id: str | None = column(Text(40), "Tax identifier")
    street: str | None = column(Text(200), "Street and number")
    postcode: str | None = column(Text(20), "Postcode")
    city: str | None = column(Text(80), "City")
    region: str | None = column(Text(80), "Province or state")
    phone: str | None = column(Phone(), "Telephone")
    email: str | None = column(Email(), "E-mail")
    web: str | None = column(Text(120), "Web")
    iban: str | None = column(Text(40), "Bank account (IBAN)")
    tax_account: str | None = column(
        Text(40),
        "Account for taxes paid apart",
        help="Where a law has a part of the total paid into an account of its own, such as the detracciones",
    )
    max_discount: Decimal | None = column(Number(4, digits=3, least=Decimal(0)), "Largest discount, %")
    quote_days: int = column(Whole(1, 365), "A quote is valid for, days", default=30)

    def check(self) -> dict[str, Message]:
        """Currency is three capital letters (ISO 4217), the zone one that IANA knows."""
        found = {}
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            found["currency"] = Message("Write a currency's three-letter code, such as EUR.")
        if self.time_zone not in available_timezones():
            found["time_zone"] = Message("Write a time zone such as Europe/Madrid.")
        return found


SETTINGS = resource(
    Company,
    "settings",
    one="Company",
    many="Settings",
    icon="settings",
    group="Settings",
    nav=False,
    verbs=("read", "change"),
)
