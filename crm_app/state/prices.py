"""Price lists and payment terms."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.prices import PRICE_LISTS, TERMS

from .forms import RecordState
from .lists import ListState


class PriceListList(ListState, rx.State):
    """The list of price lists."""

    resource: ClassVar[Resource] = PRICE_LISTS


class PriceListRecord(RecordState, rx.State):
    """One price list."""

    resource: ClassVar[Resource] = PRICE_LISTS


class TermsList(ListState, rx.State):
    """The list of payment terms."""

    resource: ClassVar[Resource] = TERMS


class TermsRecord(RecordState, rx.State):
    """The terms of one."""

    resource: ClassVar[Resource] = TERMS
