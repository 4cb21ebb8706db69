"""Price lists and payment terms."""

import reflex as rx

from crm_app.state.prices import PriceListList, PriceListRecord, TermsList, TermsRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def price_lists() -> rx.Component:
    """The list of price lists."""
    return list_screen(PriceListList)


def price_list() -> rx.Component:
    """One of them."""
    return record_screen(PriceListRecord)


def payment_terms() -> rx.Component:
    """The list of payment terms."""
    return list_screen(TermsList, trail=settings_trail(TermsList.resource))


def one_payment_terms() -> rx.Component:
    """One of them."""
    return record_screen(TermsRecord, trail=settings_trail(TermsRecord.resource, TermsRecord.label))


PAGES: tuple[Page, ...] = (
    *module(PriceListList, price_lists, PriceListRecord, price_list),
    *module(TermsList, payment_terms, TermsRecord, one_payment_terms),
)
