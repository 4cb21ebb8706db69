"""Currencies and exchange rates."""

import reflex as rx

from crm_app.core.settings import RATES_LIMIT
from crm_app.state.currencies import CurrencyList, CurrencyRecord, RateList, RateRecord
from crm_app.state.session import Me

from .parts import kit
from .parts.record import record_screen
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


class RateFile(rx.Component):
    """The button that takes a file, and the dialog that tells what it would do before it is written."""

    library = kit.BESIDE["rates.jsx"]
    tag = "RateFile"
    address: rx.Var[str]
    limit: rx.Var[int]
    labels: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(int)]


def rate_file() -> rx.Component:
    """Rates from a file."""
    return RateFile.create(
        address="/api/v1/exchange-rates/import",
        limit=RATES_LIMIT,
        labels={
            "open": t("Import"),
            "title": t("Exchange rates from a file"),
            "hint": t(
                "A CSV file with the columns date, currency and rate, or the European Central Bank's eurofxref-hist.csv."
            ),
            "choose": t("Choose a file"),
            "none": t("No file yet"),
            "since": t("Only from this day on"),
            "inverse": t("Its rates say what one unit of the company's currency buys"),
            "new": t("New"),
            "changed": t("With another rate"),
            "same": t("There already"),
            "blank": t("Without a rate"),
            "refused": t("Lines refused"),
            "left_out": t("Left out, as they are not in the list of currencies:"),
            "line": t("Line {line}", line="{line}"),
            "write": t("Import"),
            "cancel": t("Cancel"),
            "close": t("Close"),
            "too_large": t("It is too large: at most {limit}.", limit=f"{RATES_LIMIT // 1_000_000} MB"),
            "network": t("It could not be sent. Check the connection and try again."),
        },
        on_done=RateList.rates_came,
    )


def exchange_rate() -> rx.Component:
    """One of them."""
    return record_screen(RateRecord, trail=settings_trail(RateRecord.resource, RateRecord.label))


PAGES: tuple[Page, ...] = (
    *module(CurrencyList, currencies, CurrencyRecord, currency),
    *module(RateList, exchange_rates, RateRecord, exchange_rate),
)
