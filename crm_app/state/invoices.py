"""Invoices."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.invoices import INVOICES

from .lists import ListState
from .trade import TradeState


class InvoiceList(ListState, rx.State):
    """The list of invoices."""

    resource: ClassVar[Resource] = INVOICES


class InvoiceRecord(TradeState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = INVOICES
