"""Warehouses and stock moves."""

import reflex as rx

from crm_app.state.stock import MoveList, MoveRecord, WarehouseList, WarehouseRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def warehouses() -> rx.Component:
    """The list of warehouses."""
    return list_screen(WarehouseList, trail=settings_trail(WarehouseList.resource))


def warehouse() -> rx.Component:
    """One of them."""
    return record_screen(WarehouseRecord, trail=settings_trail(WarehouseRecord.resource, WarehouseRecord.label))


def stock_moves() -> rx.Component:
    """The list of stock moves."""
    return list_screen(MoveList)


def stock_move() -> rx.Component:
    """One of them."""
    return record_screen(MoveRecord)


PAGES: tuple[Page, ...] = (
    *module(WarehouseList, warehouses, WarehouseRecord, warehouse),
    *module(MoveList, stock_moves, MoveRecord, stock_move),
)
