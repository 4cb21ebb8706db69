"""Delivery notes."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.deliveries import DELIVERIES

from .lists import ListState
from .paper import PaperState


class DeliveryList(ListState, rx.State):
    """The list of delivery notes."""

    resource: ClassVar[Resource] = DELIVERIES


class DeliveryRecord(PaperState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = DELIVERIES
