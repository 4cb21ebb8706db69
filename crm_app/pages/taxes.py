"""Tax rates."""

import reflex as rx

from crm_app.state.taxes import TaxRateList, TaxRateRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def tax_rates() -> rx.Component:
    """The list of tax rates."""
    return list_screen(TaxRateList, trail=settings_trail(TaxRateList.resource))


def tax_rate() -> rx.Component:
    """One of them."""
    return record_screen(TaxRateRecord, trail=settings_trail(TaxRateRecord.resource, TaxRateRecord.label))


PAGES: tuple[Page, ...] = (*module(TaxRateList, tax_rates, TaxRateRecord, tax_rate),)
