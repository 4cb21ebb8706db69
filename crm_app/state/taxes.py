"""Tax rates."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.taxes import TAX_RATES

from .forms import RecordState
from .lists import ListState


class TaxRateList(ListState, rx.State):
    """The list of tax rates."""

    resource: ClassVar[Resource] = TAX_RATES


class TaxRateRecord(RecordState, rx.State):
    """One tax rate."""

    resource: ClassVar[Resource] = TAX_RATES
