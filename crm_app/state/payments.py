"""Payments."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.payments import PAYMENTS

from .allocations import AllocationState
from .lists import ListState
from .verbs import VerbState


class PaymentList(ListState, rx.State):
    """The list of payments."""

    resource: ClassVar[Resource] = PAYMENTS


class PaymentRecord(AllocationState, VerbState, rx.State):
    """One payment."""

    resource: ClassVar[Resource] = PAYMENTS
