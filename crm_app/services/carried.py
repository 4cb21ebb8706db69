"""How far each document has been carried on: ordered, delivered, invoiced, returned, credited; kept beside it for lists.

It follows from what was made of it and is no decision: no history, no new version.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.models.choices import Progress
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceStatus

from . import chain, ledger
from .ledger import HEADS, ZERO, ancestor_of
from .work import Work, before_commit, column_of

_BELOW = {"quotes": ("orders", "deliveries"), "orders": ("deliveries",)}
_KEPT = {
    "quotes": {"ordered": "orders", "invoiced": "invoices"},
    "orders": {"delivered": "deliveries", "invoiced": "invoices"},
    "deliveries": {"invoiced": "invoices"},
}
_AT_ONCE = 100  # documents in one statement


def progress(work: Work, source: str, keys: Sequence[int]) -> dict[int, dict[str, str]]:
    """How far each of these documents is, by column; drafts of what comes after it do not count. A return is not carried on; what
    a customer may take counts once it was taken.
    """
    _, line = HEADS[source]
    found: dict[int, list[Any]] = {key: [] for key in keys}
    for row in work.session.scalars(sa.select(line).where(column_of(line, line.PARENT).in_(keys))):
        if getattr(row, "returned_line", None) is None:
            found[getattr(row, line.PARENT)].append(row)
    done = ledger.sums(work, source, [row.id for rows in found.values() for row in rows], done=True)
    counted = {
        key: [row for row in rows if chain.is_firm(row) or any(done[row.id].values())] for key, rows in found.items()
    }
    return {key: _progress(work, source, rows, done) for key, rows in counted.items()}


def _progress(
    work: Work, source: str, rows: Sequence[Any], done: Mapping[int, Mapping[str, Decimal]]
) -> dict[str, str]:
    values = {}
    for name, target in _KEPT[source].items():
        wholes = [chain.whole_of(source, target, row, done[row.id]) for row in rows]
        lefts = (ledger.left_to(target, whole, done[row.id]) for row, whole in zip(rows, wholes, strict=True))
        parts = [chain.Part(row, left) for row, left in zip(rows, lefts, strict=True)]
        rest = [part.quantity for part in chain.capped(work, source, target, parts, done=True)]
        values[name] = ledger.progress(zip(wholes, rest, strict=True)).value
    if source == "deliveries":
        pairs = ((row.quantity, whole) for row, whole in zip(rows, wholes, strict=True) if row.quantity)
        values["returned"] = ledger.progress(pairs).value
    return values


def credited() -> sa.Case[str]:
    """How much of an invoice its issued credit notes have taken back, by their totals: a note of another price takes a part."""
    note: Any = sa.orm.aliased(Invoice)
    total, nothing = column_of(Invoice, "total"), sa.literal(ZERO, column_of(Invoice, "total").type)
    issued = (note.kind == InvoiceKind.CREDIT_NOTE.value, note.status == InvoiceStatus.ISSUED.value)
    found = sa.select(sa.func.sum(note.total)).where(note.corrects == column_of(Invoice, "id"), *issued)
    taken = found.correlate(Invoice).scalar_subquery()
    return sa.case(
        (taken >= total, Progress.ALL.value), (taken > nothing, Progress.PARTLY.value), else_=Progress.NONE.value
    )


def wrong(work: Work) -> int:
    """Documents that do not say how far they are."""
    differ = column_of(Invoice, "credited") != credited()
    found = work.session.scalar(sa.select(sa.func.count()).select_from(Invoice).where(differ)) or 0
    return found + sum(_wrong(work, source) for source in _KEPT)


def _wrong(work: Work, source: str) -> int:
    head = HEADS[source][0]
    number = column_of(head, "id")
    names = [*_KEPT[source], *(["returned"] if source == "deliveries" else [])]
    columns = [column_of(head, name) for name in names]
    found, last = 0, 0
    while rows := work.session.execute(
        sa.select(number, *columns).where(number > last).order_by(number).limit(_AT_ONCE)
    ).all():
        last = rows[-1][0]
        told = progress(work, source, [key for key, *_ in rows])
        found += sum(told[key] != dict(zip(names, values, strict=True)) for key, *values in rows)
    return found


@before_commit("order_line", "delivery_line", "invoice_line", "sales_order", "delivery_note", "invoice")
def _carried_on(work: Work) -> None:
    """Ordered, delivered and invoiced of every document whose descendants this transaction has touched."""
    found: dict[str, set[int]] = {source: set() for source in _KEPT}
    for target, (head, line) in HEADS.items():
        if target == "quotes":
            continue
        changed = {row["record"] for row in work.changes if row["entity"] == head.__tablename__}
        changed |= {row["root"] for row in work.changes if row["entity"] == line.__tablename__}
        for source, key in _behind(work, target, changed):
            found[source].add(key)
    for source, keys in found.items():
        head = HEADS[source][0]
        for key in sorted(keys):
            values = progress(work, source, [key])[key]
            marked = sa.update(head).where(column_of(head, "id") == key).values(values)
            work.session.execute(marked.execution_options(synchronize_session=False))


@before_commit("invoice")
def _credited_by_notes(work: Work) -> None:
    """Credited of every invoice whose credit notes this transaction has touched."""
    changed = {row["record"] for row in work.changes if row["entity"] == Invoice.__tablename__}
    number, corrects = column_of(Invoice, "id"), column_of(Invoice, "corrects")
    keys = work.session.scalars(sa.select(corrects).where(number.in_(changed), corrects.is_not(None))).all()
    if keys:
        marked = sa.update(Invoice).where(number.in_(keys)).values(credited=credited())
        work.session.execute(marked.execution_options(synchronize_session=False))


def _behind(work: Work, target: str, changed: set[int]) -> set[tuple[str, int]]:
    """The documents that lines of the changed ones were made from, those that were taken away included.

    With them those that were made from the same: what an order's invoice takes is not left to its delivery notes, those that
    come after it included.
    """
    _, line = HEADS[target]
    gone: dict[str, set[int]] = {name: set() for name in _names_in(target)}
    for row in work.changes:
        if row["entity"] == line.__tablename__:
            for values in (row["before"], row["after"]):
                for name, keys in gone.items():
                    if values and values.get(name):
                        keys.add(values[name])
    found: set[tuple[str, int]] = set()
    if changed:
        found |= set(work.read(_made_from(target), {"changed": sorted(changed)}))
    if any(gone.values()):
        found |= set(work.read(_made_from(target, gone=True), {name: sorted(gone[name]) for name in gone}))
    return found


def _names_in(target: str) -> dict[str, str]:
    """The columns of a target's lines that name a line they were made from, each with the source."""
    columns = HEADS[target][1].__table__.columns
    return {name: source for source in _KEPT if (name := ancestor_of(source, target)) in columns}


@cache
def _made_from(target: str, *, gone: bool = False) -> sa.CompoundSelect[Any]:
    """Source and id of what lies behind the lines of `changed`; with `gone` behind the lines that each column's name binds.

    Each a question of its own: PostgreSQL reads a whole table for "in one or in the other".
    """
    parts = []
    for name, source in _names_in(target).items():
        parts.append(_parents_of(target, name, source, "id", gone=gone))
        parts.extend(_parents_of(target, name, below, name, gone=gone) for below in _BELOW.get(source, ()))
    return sa.union(*parts)


def _parents_of(target: str, name: str, source: str, by: str, *, gone: bool) -> sa.Select[Any]:
    line, source_line = HEADS[target][1], HEADS[source][1]
    origin = column_of(line, name)
    inside = column_of(line, line.PARENT).in_(sa.bindparam("changed", expanding=True))
    mine = sa.bindparam(name, expanding=True) if gone else sa.select(origin).where(inside, origin.is_not(None))
    parent = column_of(source_line, source_line.PARENT)
    return sa.select(sa.literal(source), parent).where(column_of(source_line, by).in_(mine))
