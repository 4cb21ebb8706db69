"""Trade in one line each: customers, products and documents, made and moved as the program does it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.models.trade import Document
from crm_app.services import actions, ageing, records, statements, trade, trade_checks
from crm_app.services.actors import SYSTEM, Actor
from crm_app.services.work import Work, column_of
from tests.support import crm

_numbers = itertools.count(1)


def found(country: str = "ES", currency: str = "EUR") -> int:
    """A company in that country with the usual taxes; the administrator's id."""
    return crm.founded(country=country, currency=currency)


def run(resource: str, verb: str, key: int | None = None, who: Actor = SYSTEM, **values: Any) -> actions.Outcome:
    return actions.run(who, resource, verb, key, values)


def make(resource: str, **values: Any) -> int:
    return run(resource, "create", **values).id


def to(resource: str, verb: str, key: int, who: Actor = SYSTEM, **values: Any) -> int:
    """The id of the document that the verb makes."""
    return run(resource, verb, key, who, **values).result["id"]


def customer(**values: Any) -> int:
    return make("accounts", **{"name": f"Customer {next(_numbers)}", "roles": ["customer"], "country": "ES", **values})


def product(price: object = "10", **values: Any) -> int:
    return make("products", name=f"Product {next(_numbers)}", price=None if price is None else str(price), **values)


def line(quantity: object = 1, price: object = None, product: int | None = None, **values: Any) -> dict[str, Any]:
    """A line as a stranger sends it."""
    given = {"quantity": str(quantity), "product": product, "description": None if product else "Work"} | values
    return given | ({} if price is None else {"price": str(price)})


def document(resource: str, account: int, *lines: dict[str, Any], **values: Any) -> int:
    return make(resource, account=account, lines=list(lines), **values)


def order(account: int, *lines: dict[str, Any], **values: Any) -> int:
    """A confirmed order."""
    key = document("orders", account, *lines, **values)
    run("orders", "confirm", key)
    return key


def invoice(account: int, *lines: dict[str, Any], **values: Any) -> int:
    """An issued invoice."""
    key = document("invoices", account, *lines, **values)
    run("invoices", "issue", key)
    return key


def of(resource: str, key: int) -> Any:
    """The record: its fields as attributes, `lines` in their order."""
    with Work(SYSTEM) as work:
        item = records.one(work, records.resource_of(resource), key)
        more = dict(item.values)
        table = records.resource_of(resource).table
        if issubclass(table, Document):
            more["tax_lines"] = work.session.scalar(sa.select(table.tax_lines).where(column_of(table, "id") == key))
    lines = [SimpleNamespace(id=row.id, **row.values) for row in item.lines.get("lines", [])]
    return SimpleNamespace(id=key, version=item.version, lines=lines, **more)


def picked(resource: str, key: int, *quantities: object) -> list[dict[str, Any]]:
    """The `lines` that a partial choice sends; None leaves a line out."""
    rows = zip(of(resource, key).lines, quantities, strict=False)
    return [{"line": row.id, "quantity": str(how)} for row, how in rows if how is not None]


def count(resource: str) -> int:
    with Work(SYSTEM) as work:
        return work.session.scalar(sa.select(sa.func.count()).select_from(records.resource_of(resource).table))


def columns(table: Any, *names: str) -> list[tuple[Any, ...]]:
    """These columns of every row, in the order of the ids."""
    with Work(SYSTEM) as work:
        rows = work.session.execute(
            sa.select(*(column_of(table, name) for name in names)).order_by(column_of(table, "id"))
        )
        return [tuple(row) for row in rows]


def faults(call: Any) -> dict[str, str]:
    """What the call is refused with, by field; a test fails where it is not refused."""
    try:
        call()
    except Invalid as refusal:
        return {name: message.text.format(**message.args) for name, message in refusal.fields.items()}
    raise AssertionError("it was not refused")


def disagreements() -> list[tuple[str, str]]:
    """What `crm check` finds wrong with the books."""
    with Work(SYSTEM) as work:
        return [found for found in trade_checks.disagreements(work) if found[1]]


def owed(account: int, day: date | None = None) -> dict[str, Decimal]:
    """What the account owes at the end of that day (today), by currency: its statement says so, and the ageing the same."""
    with Work(SYSTEM) as work:
        day = day or trade.today(work)
        stated = {row.currency: row.closing for row in statements.statement(work, account, date.min, day)}
        rows = ageing.ageing(work, day, accounts=[account])
        owing = ageing.owed_now(work, account, day)
        now = {one.currency: [one.total, one.late] for one in owing if one.total or one.late}
        today = trade.today(work)
    aged = {row.currency: row.total for row in rows}
    assert aged == {currency: amount for currency, amount in stated.items() if amount}
    if day == today:
        assert now == {
            row.currency: [row.total, row.total + row.credit - row.buckets["current"]] for row in rows if row.total
        }
    return aged


def moved(account: int, day: date | None = None) -> dict[str, list[tuple[str, Decimal, Decimal]]]:
    """The account's statement to that day (today), by currency: what moved, by how much, and what was owed after it."""
    with Work(SYSTEM) as work:
        found = statements.statement(work, account, date.min, day or trade.today(work))
    return {one.currency: [(row.kind, row.amount, row.balance) for row in one.movements] for one in found}


def ages(account: int, currency: str = "EUR") -> dict[str, Decimal]:
    """What the account owes today in that currency, by days overdue, without what is nothing."""
    with Work(SYSTEM) as work:
        found = ageing.ageing(work, trade.today(work), accounts=[account])
    return {name: amount for row in found if row.currency == currency for name, amount in row.buckets.items() if amount}


@contextmanager
def on(year: int, month: int, day: int) -> Iterator[date]:
    """The clock stands at noon of that day."""
    with clock.frozen(datetime(year, month, day, 12, tzinfo=UTC)):
        yield date(year, month, day)


def money(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]
