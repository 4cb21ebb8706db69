"""Invoices."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.invoices import INVOICES

from .choosing import ChooseState
from .lists import ListState


class InvoiceList(ListState, rx.State):
    """The list of invoices."""

    resource: ClassVar[Resource] = INVOICES


class InvoiceRecord(ChooseState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = INVOICES
