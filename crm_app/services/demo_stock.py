"""What the demo company had in stock before its first sale, and who supplies it."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.query import Filter
from crm_app.models.accounts import ACCOUNTS, Account
from crm_app.models.products import Product
from crm_app.models.stock import MoveReason

from . import lines, records, stock
from .actors import SYSTEM
from .filters import conditions_of
from .work import Work, column_of

STOCKED = 2_000  # products, more than are sold in a demo
SUPPLIERS = 40
_DEAR = Decimal(20)  # of what costs more there are fewer


def make(seed: int, before: date) -> None:
    """Opening stock on the day before, and one supplier or two of each product that is bought."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    with Work(SYSTEM, "stock-moves.create", label="Demo company") as work:
        products = work.session.execute(
            sa.select(*(column_of(Product, name) for name in ("id", "name", "cost", "currency", "stocked", "bought")))
            .order_by(column_of(Product, "id"))
            .limit(STOCKED)
        ).all()
        warehouse = stock.usual_warehouse(work)
        moves = [
            {
                "product": product.id,
                "product_name": product.name,
                "warehouse": warehouse,
                "quantity": Decimal(chance.randrange(*((15, 30) if (product.cost or 0) > _DEAR else (60, 150))) * 10),
                "day": before - timedelta(days=1),
                "reason": MoveReason.OPENING.value,
            }
            for product in products
            if product.stocked
        ]
        records.insert_many(work, records.resource_of("stock-moves"), moves)
        lines.insert_many(
            work,
            lines.part_of("products", "supplier_codes"),
            _supplied(chance, [product for product in products if product.bought], _suppliers(work)),
        )


def _suppliers(work: Work) -> list[int]:
    known = conditions_of(work, ACCOUNTS, (Filter("roles", "in", "supplier"), Filter("active", "eq", "true")))
    key = column_of(Account, "id")
    return list(work.session.scalars(sa.select(key).where(*known).order_by(key).limit(SUPPLIERS)))


def _supplied(chance: random.Random, products: list[Any], suppliers: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "product": product.id,
            "position": place,
            "supplier": supplier,
            "code": f"{chance.choice('ABKRSTX')}{chance.randrange(1_000, 100_000)}",
            "price": (product.cost * Decimal(chance.randrange(94, 107)) / 100).quantize(Decimal("0.0001")),
            "currency": product.currency,
        }
        for product in products
        for place, supplier in enumerate(chance.sample(suppliers, min(len(suppliers), chance.choice((1, 1, 2)))))
    ]
