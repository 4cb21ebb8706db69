"""Currencies and exchange rates."""

from typing import Any, ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.currencies import CURRENCIES, EXCHANGE_RATES

from .forms import RecordState
from .guard import on, signed_in
from .lists import ListState
from .session import tell


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
        actor = await signed_in(self)
        await self._show(actor, self._query, counted=False)
        await tell(self, "The rates are there.", undo=change_set if 0 < change_set < 2**63 else None)


class RateRecord(RecordState, rx.State):
    """One exchange rate."""

    resource: ClassVar[Resource] = EXCHANGE_RATES
