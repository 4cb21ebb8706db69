"""The chain around a document (quote, orders, delivery notes, invoices, payments), and what became of each of its lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import NotAllowed
from crm_app.core.fields import Choice
from crm_app.models.invoices import Invoice, InvoicePart
from crm_app.models.payments import Allocation, Payment

from . import instalments, ledger, records, standings, taxes, trade
from .ledger import HEADS, ancestor_of
from .standings import Standing
from .work import Work, column_of

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
    return found + _nodes(work, "payments", _payments(work, family["invoices"]), (resource, key))


def _family(work: Work, resource: str, key: int) -> dict[str, set[int]]:
    """Ids by Resource: up to the quote and the orders, then down from them."""
    found: dict[str, set[int]] = {name: set() for name in _ORDER}
    if resource in HEADS:
        found[resource].add(key)
    else:  # a payment has no lines: it stands at the end of its invoices' chains
        found["invoices"] = set(_settled(work, key))
    for target in ("invoices", "deliveries", "orders"):
        sources = _ORDER[: _ORDER.index(target)]
        _add(work, found, {source: _up(source, target, found[target]) for source in sources})
    above = _ORDER[: _ORDER.index(resource) + 1] if resource in HEADS else ()
    for source in above:
        targets = _ORDER[_ORDER.index(source) + 1 :]
        _add(work, found, {target: _down(source, target, found[source]) for target in targets})
    found["invoices"] |= _corrections(work, found["invoices"])
    return found


def _add(work: Work, found: dict[str, set[int]], wanted: Mapping[str, list[_Ids]]) -> None:
    """What these statements find, all in one question: each costs more to ask than to answer."""
    parts = [statement.add_columns(sa.literal(name)) for name, statements in wanted.items() for statement in statements]
    if parts:
        for number, name in work.session.execute(sa.union(*parts)):
            found[name].add(number)


def _up(source: str, target: str, keys: set[int]) -> list[_Ids]:
    """The documents of `source` that lines or heads of these were made from."""
    head, line = HEADS[target]
    found: list[_Ids] = []
    if keys and ancestor_of(source, target) in line.__table__.columns:
        _, source_line = HEADS[source]
        origin = column_of(line, ancestor_of(source, target))
        joined = sa.select(column_of(source_line, source_line.PARENT)).join(
            line, origin == column_of(source_line, "id")
        )
        found.append(joined.where(column_of(line, line.PARENT).in_(keys)))
    if keys and _POINTERS[source] in head.__table__.columns:
        pointer = column_of(head, _POINTERS[source])
        found.append(sa.select(pointer).where(column_of(head, "id").in_(keys), pointer.is_not(None)))
    return found


def _down(source: str, target: str, keys: set[int]) -> list[_Ids]:
    """The documents of `target` that were made from these."""
    head, line = HEADS[target]
    found: list[_Ids] = []
    if keys and ancestor_of(source, target) in line.__table__.columns:
        _, source_line = HEADS[source]
        mine = sa.select(column_of(source_line, "id")).where(column_of(source_line, source_line.PARENT).in_(keys))
        origin = column_of(line, ancestor_of(source, target))
        found.append(sa.select(column_of(line, line.PARENT)).where(origin.in_(mine)))
    if keys and _POINTERS[source] in head.__table__.columns:
        pointer = column_of(head, _POINTERS[source])
        found.append(sa.select(column_of(head, "id")).where(pointer.in_(keys)))
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


def _settled(work: Work, payment: int) -> Iterable[int]:
    """The invoices that it settles."""
    return work.session.scalars(
        sa.select(column_of(Allocation, "invoice"))
        .where(column_of(Allocation, "payment") == payment, column_of(Allocation, "until").is_(None))
        .distinct()
    )


def _nodes(work: Work, name: str, keys: set[int], here: tuple[str, int]) -> list[Node]:
    found = records.resource_of(name)
    try:
        mine = records.readable(work, found)
    except NotAllowed:
        return []
    table: Any = Payment if name == "payments" else HEADS[name][0]
    key = column_of(table, "id")
    statement = sa.select(table).where(key.in_(keys), *mine).order_by(key).limit(_SHOWN)
    rows: list[Any] = list(work.session.scalars(statement)) if keys else []
    return [_node(work, name, row, here) for row in rows]


def _node(work: Work, name: str, row: Any, here: tuple[str, int]) -> Node:
    found = records.resource_of(name)
    values = {field: getattr(row, field) for field in found.fields}
    standing = standings.of(found, values, trade.today(work))
    kind = found.fields["kind"].kind if "kind" in found.fields else None
    return Node(
        name,
        row.id,
        row.number or "",
        kind.label(row.kind) if isinstance(kind, Choice) else found.one,
        row.date,
        values["amount"] if name == "payments" else row.total,
        row.currency or "",
        standing[-1],
        (name, row.id) == here,
    )


def lines_of(work: Work, resource: str, key: int) -> list[LineSums]:
    """What became of each line of a quote, order, delivery note or invoice that the actor may read, and what of it is still
    promised; drafts do not count.
    """
    _, line = HEADS[resource]
    rows = list(
        work.session.scalars(
            sa.select(line)
            .where(column_of(line, line.PARENT) == key)
            .order_by(column_of(line, "position"), column_of(line, "id"))
        )
    )
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


def tax_lines(work: Work, resource: str, key: int) -> list[dict[str, Any]]:
    """The tax per rate of a document that the actor may read, in the actor's language."""
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
