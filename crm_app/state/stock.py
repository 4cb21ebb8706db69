"""Warehouses and stock moves."""

from typing import Any, ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.stock import MOVES, WAREHOUSES

from .forms import RecordState
from .guard import on
from .lists import ListState


class WarehouseList(ListState, rx.State):
    """The list of warehouses."""

    resource: ClassVar[Resource] = WAREHOUSES


class WarehouseRecord(RecordState, rx.State):
    """One warehouse."""

    resource: ClassVar[Resource] = WAREHOUSES


class MoveList(ListState, rx.State):
    """The list of stock moves."""

    resource: ClassVar[Resource] = MOVES

    @on("create")
    async def counts_came(self, change_set: int) -> Any:
        """A file has been written over HTTP: show what is there now."""
        await self._imported(change_set, "The stock is as it was counted.")


class MoveRecord(RecordState, rx.State):
    """One stock move."""

    resource: ClassVar[Resource] = MOVES
