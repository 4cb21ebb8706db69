"""Quotes."""

import reflex as rx

from crm_app.state.quotes import QuoteList, QuoteRecord

from .parts.screen import Page, module
from .parts.table import list_screen
from .parts.trade import document_screen


def quotes() -> rx.Component:
    """The list of quotes."""
    return list_screen(QuoteList)


def quote() -> rx.Component:
    """One of them."""
    return document_screen(QuoteRecord)


PAGES: tuple[Page, ...] = module(QuoteList, quotes, QuoteRecord, quote)
