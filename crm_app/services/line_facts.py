"""What a seller wants to know at a line: what the product was sold for, to whom, what was quoted and lost, and what lies in stock.

Only the newest lines and documents are looked through, by their indexes, so that it is as quick with a million of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus
from crm_app.models.quotes import Quote, QuoteLine, QuoteStatus

from . import records, stock
from .work import Work, column_of

LAST = 5
_NEWEST_LINES = 500
_NEWEST_DOCUMENTS = 2_000


@dataclass(frozen=True)
class Past:
    """A price as it was once written: where, when, for whom, for how many. `reason` says why a quote was lost."""

    resource: str
    document: int
    number: str
    day: date
    account_name: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    currency: str
    included: bool
    reason: str = ""


@dataclass(frozen=True)
class Facts:
    """Prices to this customer, to anyone, and lost ones, the newest first; the level where stock is kept of it and may be read."""

    to_customer: Sequence[Past]
    to_anyone: Sequence[Past]
    lost: Sequence[Past]
    level: stock.Level | None


def of_product(work: Work, product: int, account: int | None) -> Facts:
    """What is known of the product, as far as the actor may read it. Raises Missing, NotAllowed for a product out of reach."""
    key = records.reach(work, records.resource_of("products"), product)
    actor = work.actor
    sold = actor.may("invoices.read")
    return Facts(
        _to_customer(work, key, account) if sold and account else [],
        _of_newest(work, key, "invoices") if sold else [],
        _of_newest(work, key, "quotes") if actor.may("quotes.read") else [],
        stock.level(work, key),
    )


_SOLD = (
    column_of(Invoice, "status") == InvoiceStatus.ISSUED.value,
    column_of(Invoice, "kind") == InvoiceKind.INVOICE.value,
)
_LOST = (column_of(Quote, "status") == QuoteStatus.DECLINED.value,)
_WHICH: Mapping[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "invoices": (Invoice, InvoiceLine, _SOLD),
    "quotes": (Quote, QuoteLine, _LOST),
}


def _which(work: Work, resource: str) -> tuple[Any, Any, list[sa.ColumnElement[bool]]]:
    """Head, line, and the conditions on the head, those that keep to what the actor may read among them."""
    head, line, conditions = _WHICH[resource]
    return head, line, [*conditions, *records.readable(work, records.resource_of(resource))]


def _columns(head: Any, line: Any) -> list[Any]:
    """The columns of a Past; `line` is the table of lines or what was chosen of it."""
    of_head = [column_of(head, name) for name in ("id", "number", "date", "account_name")]
    of_line = [line.c[name] for name in ("quantity", "price", "discount")]
    reason = column_of(head, "lost_reason") if head is Quote else sa.literal(None)
    return [*of_head, *of_line, column_of(head, "currency"), column_of(head, "included"), reason]


def _of_newest(work: Work, product: int, resource: str) -> list[Past]:
    """The last prices to anyone, from among the newest lines of the product."""
    head, table, conditions = _which(work, resource)
    names = ("id", table.PARENT, "quantity", "price", "discount")
    newest = (
        sa.select(*(column_of(table, name) for name in names))
        .where(column_of(table, "product") == product)
        .order_by(column_of(table, "id").desc())
        .limit(_NEWEST_LINES)
        .subquery()
    )
    statement = (
        sa.select(*_columns(head, newest))
        .join(newest, newest.c[table.PARENT] == column_of(head, "id"))
        .where(newest.c.price.is_not(None), *conditions)
        .order_by(column_of(head, "date").desc(), newest.c.id.desc())
        .limit(LAST)
    )
    return _told(work, resource, statement)


def _to_customer(work: Work, product: int, account: int) -> list[Past]:
    """The last prices to this customer, from among their newest invoices."""
    head, table, conditions = _which(work, "invoices")
    key, day = column_of(head, "id"), column_of(head, "date")
    newest = (
        sa.select(key.label("key"))
        .where(column_of(head, "account") == account, *conditions)
        .order_by(day.desc(), key.desc())
        .limit(_NEWEST_DOCUMENTS)
        .subquery()
    )
    line = table.__table__
    statement = (
        sa.select(*_columns(head, line))
        .join(newest, newest.c.key == key)
        .join(line, line.c[table.PARENT] == key)
        .where(line.c.product == product, line.c.price.is_not(None))
        .order_by(day.desc(), line.c.id.desc())
        .limit(LAST)
    )
    return _told(work, "invoices", statement)


def _told(work: Work, resource: str, statement: sa.Select[Any]) -> list[Past]:
    found = []
    for row in work.session.execute(statement):
        key, number, day, name, quantity, price, discount, currency, included, reason = row
        past = (day, name, quantity, price, discount, currency, included)
        found.append(Past(resource, key, number or "", *past, reason or ""))
    return found
