"""Sales orders."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.orders import ORDERS

from .lists import ListState
from .trade import TradeState


class OrderList(ListState, rx.State):
    """The list of sales orders."""

    resource: ClassVar[Resource] = ORDERS


class OrderRecord(TradeState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = ORDERS
