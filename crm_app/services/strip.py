"""The chain around a document (quote, orders, delivery notes, invoices, payments), and what became of each of its lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import NotAllowed
from crm_app.core.fields import Choice
from crm_app.core.resource import Resource
from crm_app.models.invoices import Invoice, InvoicePart
from crm_app.models.payments import Allocation

from . import instalments, ledger, records, standings, taxes, trade
from .ledger import HEADS, ancestor_of
from .standings import Standing
from .work import Work, column_of

SUMS = ("quoted", "ordered", "reserved", "delivered", "returned", "invoiced", "credited")
_SHOWN = 30
_POINTERS = {"quotes": "quote", "orders": "order", "deliveries": "delivery"}
_Ids = sa.Select[tuple[Any]]
_ORDER = ("quotes", "orders", "deliveries", "invoices")


@dataclass(frozen=True)
class Node:
    """A document of the chain. `kind` is what it is (an English key), `standing` the most telling of its standings."""

    resource: str
    id: int
    number: str
    kind: str
    date: date | None
    money: Decimal
    currency: str
    standing: Standing
    here: bool


@dataclass(frozen=True)
class LineSums:
    """What became of a line; quantities in its unit, what is nothing is left out."""

    line: int
    text: str
    unit: str
    quantity: Decimal
    sums: dict[str, Decimal]


@dataclass(frozen=True)
class Part:
    """A part of an issued invoice; `open` is what is not settled of it."""

    due: date
    amount: Decimal
    open: Decimal
    currency: str


def chain_of(work: Work, resource: str, key: int) -> list[Node]:
    """The documents that this one was made from and those that were made from it, as far as the actor may read them."""
    family = _family(work, resource, key)
    found: list[Node] = []
    for name in _ORDER:
        found += _nodes(work, name, family[name], (resource, key))
    payments = _payments(work, family["invoices"])
    payments |= _paid_back(work, payments if resource in HEADS else {*payments, key})
    return found + _nodes(work, "payments", payments, (resource, key))


def _family(work: Work, resource: str, key: int) -> dict[str, set[int]]:
    """Ids by Resource: up to the quote and the orders, then down from them."""
    found: dict[str, set[int]] = {name: set() for name in _ORDER}
    if resource in HEADS:
        found[resource].add(key)
    else:  # a payment has no lines: it stands at the end of its invoices' chains
        found["invoices"] = set(_settled(work, key))
    for target in ("invoices", "deliveries", "orders"):
        _add(work, found, _all_above(target), found[target])
    above = _ORDER[: _ORDER.index(resource) + 1] if resource in HEADS else ()
    for source in above:
        _add(work, found, _all_below(source), found[source])
    found["invoices"] |= _corrections(work, found["invoices"])
    return found


def _add(work: Work, found: dict[str, set[int]], statement: sa.CompoundSelect[Any] | None, keys: set[int]) -> None:
    """What the statement finds of these :keys."""
    if statement is not None and keys:
        for number, name in work.read(statement, {"keys": sorted(keys)}):
            found[name].add(number)


@cache
def _all_above(target: str) -> sa.CompoundSelect[Any] | None:
    """The statement for all that the :keys of that kind were made from: id, kind."""
    return _together({source: _up(source, target) for source in _ORDER[: _ORDER.index(target)]})


@cache
def _all_below(source: str) -> sa.CompoundSelect[Any] | None:
    """The statement for all that was made from the :keys of that kind: id, kind."""
    return _together({target: _down(source, target) for target in _ORDER[_ORDER.index(source) + 1 :]})


def _together(wanted: Mapping[str, list[_Ids]]) -> sa.CompoundSelect[Any] | None:
    """All in one question, made once: each costs more to ask, and to make, than to answer."""
    parts = [statement.add_columns(sa.literal(name)) for name, statements in wanted.items() for statement in statements]
    return sa.union(*parts) if parts else None


def _keys() -> Any:
    return sa.bindparam("keys", expanding=True)


def _up(source: str, target: str) -> list[_Ids]:
    """The documents of `source` that lines or heads of the :keys were made from."""
    head, line = HEADS[target]
    found: list[_Ids] = []
    if ancestor_of(source, target) in line.__table__.columns:
        _, source_line = HEADS[source]
        origin = column_of(line, ancestor_of(source, target))
        joined = sa.select(column_of(source_line, source_line.PARENT)).join(
            line, origin == column_of(source_line, "id")
        )
        found.append(joined.where(column_of(line, line.PARENT).in_(_keys())))
    if _POINTERS[source] in head.__table__.columns:
        pointer = column_of(head, _POINTERS[source])
        found.append(sa.select(pointer).where(column_of(head, "id").in_(_keys()), pointer.is_not(None)))
    return found


def _down(source: str, target: str) -> list[_Ids]:
    """The documents of `target` that were made from the :keys."""
    head, line = HEADS[target]
    found: list[_Ids] = []
    if ancestor_of(source, target) in line.__table__.columns:
        _, source_line = HEADS[source]
        mine = sa.select(column_of(source_line, "id")).where(column_of(source_line, source_line.PARENT).in_(_keys()))
        origin = column_of(line, ancestor_of(source, target))
        found.append(sa.select(column_of(line, line.PARENT)).where(origin.in_(mine)))
    if _POINTERS[source] in head.__table__.columns:
        pointer = column_of(head, _POINTERS[source])
        found.append(sa.select(column_of(head, "id")).where(pointer.in_(_keys())))
    return found


def _corrections(work: Work, invoices: set[int]) -> set[int]:
    """The invoices that these correct, and those that correct these."""
    if not invoices:
        return set()
    key, corrects = column_of(Invoice, "id"), column_of(Invoice, "corrects")
    rows = work.session.execute(sa.select(key, corrects).where(sa.or_(key.in_(invoices), corrects.in_(invoices))))
    return {number for row in rows for number in row if number is not None}


def _payments(work: Work, invoices: set[int]) -> set[int]:
    """The payments that settle these."""
    if not invoices:
        return set()
    payment = column_of(Allocation, "payment")
    return set(
        work.session.scalars(
            sa.select(payment)
            .where(
                column_of(Allocation, "invoice").in_(invoices),
                payment.is_not(None),
                column_of(Allocation, "until").is_(None),
            )
            .distinct()
        )
    )


def _paid_back(work: Work, payments: set[int]) -> set[int]:
    """Those that give these back or that these give back, with these themselves."""
    if not payments:
        return set()
    gives, given = column_of(Allocation, "payment"), column_of(Allocation, "refunded")
    mine = sa.or_(gives.in_(payments), given.in_(payments))
    rows = work.session.execute(
        sa.select(gives, given).where(mine, given.is_not(None), column_of(Allocation, "until").is_(None))
    )
    return set[int]().union(*rows)


def _settled(work: Work, payment: int) -> Iterable[int]:
    """The invoices that it settles."""
    invoice = column_of(Allocation, "invoice")
    mine = (column_of(Allocation, "payment") == payment, column_of(Allocation, "until").is_(None))
    return work.session.scalars(sa.select(invoice).where(*mine, invoice.is_not(None)).distinct())


def _nodes(work: Work, name: str, keys: set[int], here: tuple[str, int]) -> list[Node]:
    found = records.resource_of(name)
    try:
        mine = records.readable(work, found)
    except NotAllowed:
        return []
    statement = _heads(name).where(*mine) if mine else _heads(name)
    rows = work.read(statement, {"keys": sorted(keys)}).mappings() if keys else ()
    return [_node(work, name, row, here) for row in rows]


@cache
def _heads(name: str) -> sa.Select[Any]:
    """What is told of the :keys of that kind, the first of them."""
    found = records.resource_of(name)
    money = "amount" if name == "payments" else "total"
    contrary = found.contrary[:1] if found.contrary else ()
    told = dict.fromkeys(("id", "number", "date", "currency", money, *contrary, *standings.needs(found)))
    key = column_of(found.table, "id")
    columns = (column_of(found.table, field) for field in told)
    return sa.select(*columns).where(key.in_(_keys())).order_by(key).limit(_SHOWN)


def _node(work: Work, name: str, values: Mapping[Any, Any], here: tuple[str, int]) -> Node:
    found = records.resource_of(name)
    standing = standings.of(found, values, trade.today(work))
    return Node(
        name,
        values["id"],
        values["number"] or "",
        _kind(found, values),
        values["date"],
        values["amount" if name == "payments" else "total"],
        values["currency"] or "",
        standing[-1],
        (name, values["id"]) == here,
    )


def _kind(resource: Resource, values: Mapping[Any, Any]) -> str:
    """What the document is, in English: a payment that was made is told from those that were received."""
    if "kind" in resource.fields:
        kind = resource.fields["kind"].kind
        return kind.label(values["kind"]) if isinstance(kind, Choice) else resource.one
    return (
        "Payment made" if resource.contrary and values[resource.contrary[0]] == resource.contrary[1] else resource.one
    )


def lines_of(work: Work, resource: str, key: int) -> list[LineSums]:
    """What became of each line of a quote, order, delivery note or invoice that the actor may read, and what of it is still
    promised; drafts do not count.
    """
    rows = work.read(_lines(resource), {"key": key}).all()
    done = ledger.sums(work, resource, [row.id for row in rows], done=True)
    promised = ledger.promised(work, resource, done, trade.today(work))
    return [
        LineSums(
            row.id,
            (row.description or "").split("\n", 1)[0],
            row.unit or "",
            row.quantity,
            promised[row.id] | done[row.id],
        )
        for row in rows
    ]


@cache
def _lines(resource: str) -> sa.Select[Any]:
    """The lines of the document :key of that kind, in their order."""
    _, line = HEADS[resource]
    columns = (column_of(line, name) for name in ("id", "description", "unit", "quantity"))
    mine = column_of(line, line.PARENT) == sa.bindparam("key")
    return sa.select(*columns).where(mine).order_by(column_of(line, "position"), column_of(line, "id"))


def tax_lines(work: Work, resource: str, key: int) -> list[dict[str, Any]]:
    """The tax per rate, and what stands beside it, of a document that the actor may read, in the actor's language."""
    head, _ = HEADS[resource]
    kept = work.session.scalar(sa.select(column_of(head, "tax_lines")).where(column_of(head, "id") == key))
    return taxes.told_to(work, kept or [])


def parts_of(work: Work, key: object) -> list[Part]:
    """The parts of an issued invoice, the earliest first; none of a draft. Raises Missing, NotAllowed."""
    number = records.reach(work, records.resource_of("invoices"), key)
    columns = (column_of(InvoicePart, name) for name in ("due", "amount"))
    rows = (
        sa.select(*columns, instalments.open_of(column_of(Invoice, "paid")), column_of(Invoice, "currency"))
        .join(Invoice, column_of(Invoice, "id") == column_of(InvoicePart, "invoice"))
        .where(column_of(InvoicePart, "invoice") == number)
        .order_by(column_of(InvoicePart, "before"), column_of(InvoicePart, "id"))
    )
    return [Part(*row) for row in work.session.execute(rows)]
