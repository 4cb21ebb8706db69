"""Sales orders."""

import reflex as rx

from crm_app.state.orders import OrderList, OrderRecord

from .parts.screen import Page, module
from .parts.table import list_screen
from .parts.trade import document_screen


def orders() -> rx.Component:
    """The list of sales orders."""
    return list_screen(OrderList)


def order() -> rx.Component:
    """One of them."""
    return document_screen(OrderRecord)


PAGES: tuple[Page, ...] = module(OrderList, orders, OrderRecord, order)
