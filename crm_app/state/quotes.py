"""Quotes."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.quotes import QUOTES

from .choosing import ChooseState
from .lists import ListState


class QuoteList(ListState, rx.State):
    """The list of quotes."""

    resource: ClassVar[Resource] = QUOTES


class QuoteRecord(ChooseState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = QUOTES
