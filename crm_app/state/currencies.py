"""Currencies and exchange rates."""

from typing import Any, ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.currencies import CURRENCIES, EXCHANGE_RATES

from .forms import RecordState
from .guard import on
from .lists import ListState


class CurrencyList(ListState, rx.State):
    """The list of currencies."""

    resource: ClassVar[Resource] = CURRENCIES


class CurrencyRecord(RecordState, rx.State):
    """One currency."""

    resource: ClassVar[Resource] = CURRENCIES


class RateList(ListState, rx.State):
    """The list of exchange rates."""

    resource: ClassVar[Resource] = EXCHANGE_RATES

    @on("create")
    async def rates_came(self, change_set: int) -> Any:
        """A file has been written over HTTP: show what is there now."""
        await self._imported(change_set, "The rates are there.")


class RateRecord(RecordState, rx.State):
    """One exchange rate."""

    resource: ClassVar[Resource] = EXCHANGE_RATES
