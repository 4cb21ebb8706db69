"""Sales orders."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.orders import ORDERS

from .lists import ListState
from .paper import PaperState


class OrderList(ListState, rx.State):
    """The list of sales orders."""

    resource: ClassVar[Resource] = ORDERS


class OrderRecord(PaperState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = ORDERS
