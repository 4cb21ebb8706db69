"""Sales orders."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.orders import ORDERS

from .choosing import ChooseState
from .lists import ListState


class OrderList(ListState, rx.State):
    """The list of sales orders."""

    resource: ClassVar[Resource] = ORDERS


class OrderRecord(ChooseState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = ORDERS
