"""Currencies and exchange rates."""

import reflex as rx

from crm_app.state.currencies import CurrencyList, CurrencyRecord, RateList, RateRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def currencies() -> rx.Component:
    """The list of currencies."""
    return list_screen(CurrencyList, trail=settings_trail(CurrencyList.resource))


def currency() -> rx.Component:
    """One of them."""
    return record_screen(CurrencyRecord, trail=settings_trail(CurrencyRecord.resource, CurrencyRecord.label))


def exchange_rates() -> rx.Component:
    """The list of exchange rates."""
    return list_screen(RateList, trail=settings_trail(RateList.resource))


def exchange_rate() -> rx.Component:
    """One of them."""
    return record_screen(RateRecord, trail=settings_trail(RateRecord.resource, RateRecord.label))


PAGES: tuple[Page, ...] = (
    *module(CurrencyList, currencies, CurrencyRecord, currency),
    *module(RateList, exchange_rates, RateRecord, exchange_rate),
)
