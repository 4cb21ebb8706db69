"""Delivery notes."""

import reflex as rx

from crm_app.state.deliveries import DeliveryList, DeliveryRecord

from .parts.screen import Page, module
from .parts.table import list_screen
from .parts.trade import document_screen


def deliveries() -> rx.Component:
    """The list of delivery notes."""
    return list_screen(DeliveryList)


def delivery() -> rx.Component:
    """One of them."""
    return document_screen(DeliveryRecord)


PAGES: tuple[Page, ...] = module(DeliveryList, deliveries, DeliveryRecord, delivery)
