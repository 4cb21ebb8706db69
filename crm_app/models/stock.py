"""Warehouses, and every movement of goods in and out of them. Stock is the sum of moves."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import Boolean, Choice, Day, Number, Reference, Text
from crm_app.core.resource import Section

from .base import KEEP_IDS, Id, Searchable, column, resource, sorted_by_key


class MoveReason(StrEnum):
    """Why goods moved."""

    DELIVERY = "delivery"
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"


BY_NOTES = (MoveReason.DELIVERY, MoveReason.RETURN)  # made by delivery notes alone


class Warehouse(Searchable, table=True):
    """A place where goods lie."""

    __tablename__ = "warehouse"
    __table_args__ = sorted_by_key("warehouse")

    name: str = column(Text(80), "Name", required=True, unique=True)
    street: str | None = column(Text(200), "Street and number")
    postcode: str | None = column(Text(20), "Postcode")
    city: str | None = column(Text(80), "City")
    backorder: bool = column(Boolean(), "Deliver more than there is", default=True)
    active: bool = column(Boolean("Not active"), "Active", default=True)


class StockMove(Searchable, table=True):
    """So many units came in (more than nothing) or went out (less than nothing). A move is never changed: another one corrects it."""

    __tablename__ = "stock_move"
    __table_args__ = (
        sa.Index("ix_stock_move_sort", "sort_key", "id"),
        sa.Index("ix_stock_move_level", "product", "warehouse"),
        KEEP_IDS,
    )

    product: int = column(Reference("products"), "Product", required=True, references="product.id")
    product_name: str | None = column(Text(160), "Product's name", readonly=True)
    warehouse: int = column(Reference("warehouses"), "Warehouse", required=True, references="warehouse.id")
    quantity: Decimal = column(Number(6, digits=12), "Quantity", required=True)
    day: date | None = column(Day(), "Day", index=True)
    reason: str = column(
        Choice(
            MoveReason,
            ("Delivery", "Return", "Adjustment", "Opening stock"),
            made=BY_NOTES,
        ),
        "Reason",
        default=MoveReason.ADJUSTMENT.value,
    )
    text: str | None = column(Text(200), "Remark")
    delivery_line: int | None = Field(default=None, foreign_key="delivery_line.id", index=True, sa_type=Id)


WAREHOUSES = resource(
    Warehouse,
    "warehouses",
    one="Warehouse",
    many="Warehouses",
    icon="warehouse",
    columns=("name", "city", "backorder", "active"),
    filters=("active",),
    group="Settings",
)
MOVES = resource(
    StockMove,
    "stock-moves",
    one="Stock move",
    many="Stock moves",
    icon="arrow-left-right",
    label="product_name",
    search=("product_name", "text"),
    columns=("product_name", "warehouse", "quantity", "day", "reason", "text"),
    filters=("product", "warehouse", "reason", "day"),
    form=(Section("Details", ("product", "warehouse", "quantity", "day", "reason", "text")),),
    sort="-day",
    group="Catalogue",
    facts=("day", "quantity", "reason", "text"),
    verbs=("read", "create"),
)
