"""Quotes."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.quotes import QUOTES

from .lists import ListState
from .trade import TradeState


class QuoteList(ListState, rx.State):
    """The list of quotes."""

    resource: ClassVar[Resource] = QUOTES


class QuoteRecord(TradeState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = QUOTES
