"""Currencies that are traded in, and what one unit of each was worth in the company's currency on a day."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from crm_app.core.fields import Boolean, Currency, Day, Number, Text
from crm_app.core.i18n import Message

from .base import KEEP_IDS, Searchable, column, resource, sorted_by_key


class TradedCurrency(Searchable, table=True):
    """A currency that documents may be in. Its minor unit follows from ISO 4217."""

    __tablename__ = "currency"
    __table_args__ = sorted_by_key("currency")

    code: str = column(Currency(), "Code", required=True, unique=True)
    name: str | None = column(Text(60), "Name")
    active: bool = column(Boolean("Not active"), "Active", default=True)


class ExchangeRate(Searchable, table=True):
    """One unit of the currency in units of the company's, from that day until the next rate."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        sa.UniqueConstraint("currency", "day"),
        sa.Index("ix_exchange_rate_sort", "sort_key", "id"),
        KEEP_IDS,
    )

    currency: str = column(Currency(), "Currency", required=True, index=True)
    day: date = column(Day(), "Day", required=True, index=True)
    rate: Decimal = column(Number(8, digits=10), "One unit is worth", required=True)
    source: str | None = column(Text(80), "Source")

    def check(self) -> dict[str, Message]:
        """A rate is more than nothing."""
        return {} if self.rate > 0 else {"rate": Message("Write a number above zero.")}


CURRENCIES = resource(
    TradedCurrency,
    "currencies",
    one="Currency",
    many="Currencies",
    icon="coins",
    label="code",
    search=("code", "name"),
    columns=("code", "name", "active"),
    filters=("active",),
    group="Settings",
)
EXCHANGE_RATES = resource(
    ExchangeRate,
    "exchange-rates",
    one="Exchange rate",
    many="Exchange rates",
    icon="arrow-left-right",
    label="currency",
    search=("currency", "source"),
    columns=("currency", "day", "rate", "source"),
    filters=("currency", "day"),
    sort="-day",
    group="Settings",
)
