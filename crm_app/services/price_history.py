"""What a product was sold and offered for: the last prices to a customer, to anyone, and the offers that were lost."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.models.invoices import InvoiceKind

from . import ledger, records
from .work import Work, column_of

SHOWN = 5


@dataclass(frozen=True)
class Past:
    """A price of the past: unit price, discount in percent."""

    resource: str
    id: int
    number: str
    day: date
    account: int
    account_name: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    currency: str


@dataclass(frozen=True)
class PriceHistory:
    """The newest first, at most SHOWN of each."""

    to_customer: tuple[Past, ...]
    to_anyone: tuple[Past, ...]
    lost: tuple[Past, ...]


def of_product(work: Work, product: object, account: int | None = None) -> PriceHistory:
    """The prices of a product. Raises Missing, NotAllowed."""
    key = records.one(work, records.resource_of("products"), product).id
    kind = column_of(ledger.HEADS["invoices"][0], "kind")
    sold = [kind.in_((InvoiceKind.INVOICE.value, InvoiceKind.DEBIT_NOTE.value))]
    return PriceHistory(
        _past(work, "invoices", key, "issued", account, sold) if account is not None else (),
        _past(work, "invoices", key, "issued", None, sold),
        _past(work, "quotes", key, "declined", None, []),
    )


def _past(
    work: Work, resource: str, product: int, status: str, account: int | None, conditions: list[sa.ColumnElement[bool]]
) -> tuple[Past, ...]:
    head, line = ledger.HEADS[resource]
    of_head = ("id", "number", "date", "account", "account_name")
    columns: list[Any] = [
        *(column_of(head, name) for name in of_head),
        *(column_of(line, name) for name in ("quantity", "price", "discount")),
        column_of(head, "currency"),
    ]
    statement = (
        sa.select(*columns)
        .join(line, column_of(line, line.PARENT) == column_of(head, "id"))
        .where(
            column_of(line, "product") == product,
            column_of(head, "status") == status,
            *conditions,
            *records.readable(work, records.resource_of(resource)),
        )
        .order_by(column_of(head, "date").desc(), column_of(head, "id").desc())
        .limit(SHOWN)
    )
    if account is not None:
        statement = statement.where(column_of(head, "account") == account)
    return tuple(Past(resource, row[0], row[1] or f"#{row[0]}", *row[2:]) for row in work.session.execute(statement))
