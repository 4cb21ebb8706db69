"""Invoices."""

import reflex as rx

from crm_app.state.invoices import InvoiceList, InvoiceRecord

from .parts.screen import Page, module
from .parts.table import list_screen
from .parts.trade import document_screen


def invoices() -> rx.Component:
    """The list of invoices."""
    return list_screen(InvoiceList)


def invoice() -> rx.Component:
    """One of them."""
    return document_screen(InvoiceRecord)


PAGES: tuple[Page, ...] = module(InvoiceList, invoices, InvoiceRecord, invoice)
