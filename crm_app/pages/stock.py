"""Warehouses and stock moves."""

import reflex as rx

from crm_app.state.session import Me
from crm_app.state.stock import MoveList, MoveRecord, WarehouseList, WarehouseRecord

from .parts.record import record_screen
from .parts.row_file import row_file
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen
from .parts.text import t, when


def warehouses() -> rx.Component:
    """The list of warehouses."""
    return list_screen(WarehouseList, trail=settings_trail(WarehouseList.resource))


def warehouse() -> rx.Component:
    """One of them."""
    return record_screen(WarehouseRecord, trail=settings_trail(WarehouseRecord.resource, WarehouseRecord.label))


def stock_moves() -> rx.Component:
    """The list of stock moves."""
    return list_screen(MoveList, actions=(when(Me.may.contains("stock-moves.create"), stock_file()),))


def stock_file() -> rx.Component:
    """Opening stock, or what was counted, from a file."""
    hint = t(
        "A CSV file, or rows copied from a spreadsheet, with the columns code, warehouse and quantity: what lies there. "
        "Where that is different from what the moves say, the difference becomes a move."
    )
    return row_file(
        {
            "title": t("Opening stock or a count from a file"),
            "hint": hint,
            "paste": t("Or paste the rows here"),
            "pasted": t("Pasted rows"),
            "new": t("Moves"),
            "same": t("Right already"),
        },
        address="/api/v1/stock-moves/import",
        asks=[{"name": "day", "label": t("Counted on (today, where no line says another day)"), "day": True}],
        counts=["new", "same", "refused"],
        writes=["new"],
        named="warehouses",
        on_done=MoveList.counts_came,
    )


def stock_move() -> rx.Component:
    """One of them."""
    return record_screen(MoveRecord)


PAGES: tuple[Page, ...] = (
    *module(WarehouseList, warehouses, WarehouseRecord, warehouse),
    *module(MoveList, stock_moves, MoveRecord, stock_move),
)
