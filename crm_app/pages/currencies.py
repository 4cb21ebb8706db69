"""Currencies and exchange rates."""

import reflex as rx

from crm_app.state.currencies import CurrencyList, CurrencyRecord, RateList, RateRecord
from crm_app.state.session import Me

from .parts.record import record_screen
from .parts.row_file import row_file
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen
from .parts.text import t, when


def currencies() -> rx.Component:
    """The list of currencies."""
    return list_screen(CurrencyList, trail=settings_trail(CurrencyList.resource))


def currency() -> rx.Component:
    """One of them."""
    return record_screen(CurrencyRecord, trail=settings_trail(CurrencyRecord.resource, CurrencyRecord.label))


def exchange_rates() -> rx.Component:
    """The list of exchange rates."""
    trail = settings_trail(RateList.resource)
    return list_screen(RateList, trail=trail, actions=(when(Me.may.contains("exchange-rates.change"), rate_file()),))


def rate_file() -> rx.Component:
    """Rates from a file."""
    hint = t("A CSV file with the columns date, currency and rate, or the European Central Bank's eurofxref-hist.csv.")
    return row_file(
        {
            "title": t("Exchange rates from a file"),
            "hint": hint,
            "new": t("New"),
            "changed": t("With another rate"),
            "same": t("There already"),
            "blank": t("Without a rate"),
            "left_out": t("Left out, as they are not in the list of currencies:"),
        },
        address="/api/v1/exchange-rates/import",
        asks=[
            {"name": "since", "label": t("Only from this day on"), "day": True},
            {"name": "inverse", "label": t("Its rates say what one unit of the company's currency buys")},
        ],
        counts=["new", "changed", "same", "blank", "refused"],
        writes=["new", "changed"],
        named="currencies",
        on_done=RateList.rates_came,
    )


def exchange_rate() -> rx.Component:
    """One of them."""
    return record_screen(RateRecord, trail=settings_trail(RateRecord.resource, RateRecord.label))


PAGES: tuple[Page, ...] = (
    *module(CurrencyList, currencies, CurrencyRecord, currency),
    *module(RateList, exchange_rates, RateRecord, exchange_rate),
)
