"""Does what was issued still say what it said? Documents against their snapshots, moves of stock against delivery notes."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.models.accounts import Account
from crm_app.models.deliveries import DeliveryKind, DeliveryLine, DeliveryNote
from crm_app.models.history import Change
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.models.stock import MoveReason, StockMove

from . import ledger, merged
from .work import Work, column_of

_AT_ONCE = 500  # documents in one statement
_DAYS = ("date",)
_AMOUNTS = ("net", "tax", "rounding", "total", "collected", "withheld", "payable", "total_company", "rate")
_OF_LINE = ("quantity", "price", "net")


def documents(work: Work) -> int:
    """Documents whose number, date, amounts or lines are not those of the snapshot that was taken when they were issued."""
    return sum(_changed(work, *pair) for pair in ledger.HEADS.values())


def _changed(work: Work, head: Any, line: Any) -> int:
    number, entity = column_of(DocumentSnapshot, "id"), column_of(DocumentSnapshot, "entity")
    record, changing = column_of(DocumentSnapshot, "record"), sa.select(column_of(head, "id"))
    changing = changing.where(column_of(head, "status") == "draft")  # an order that was reopened
    columns = (number, record, column_of(DocumentSnapshot, "content"))
    last, found = 0, 0
    while True:
        mine = sa.select(*columns).where(entity == head.__tablename__, number > last)
        mine = mine.where(record.not_in(changing)).order_by(number).limit(_AT_ONCE)
        rows = work.session.execute(mine).all()
        if not rows:
            return found
        last = rows[-1][0]
        said = {record: _said(content) for _, record, content in rows}
        changed = {key for key, now in _now(work, head, line, list(said)) if now != said[key]}
        named = {record: content["customer"]["name"] for _, record, content in rows}
        found += len(changed | set(_of_another(work, head, named)))


def _of_another(work: Work, head: Any, named: Mapping[int, str]) -> Iterator[int]:
    """Those of these documents that were given to another account, and not because accounts were merged.

    Only of those whose account is not called as it was then, the history is asked: accounts are called otherwise too.
    """
    key, account, name = column_of(head, "id"), column_of(head, "account"), column_of(Account, "name")
    rows = sa.select(key, account, name).join(Account, column_of(Account, "id") == account).where(key.in_(named))
    now = {record: customer for record, customer, called in work.session.execute(rows) if called != named[record]}
    told = (column_of(Change, part) for part in ("record", "after"))
    mine = (column_of(Change, "entity") == head.__tablename__, column_of(Change, "record").in_(now))
    last: dict[int, int] = {}
    for record, after in work.session.execute(sa.select(*told).where(*mine).order_by(column_of(Change, "id"))):
        if after and "account" in after:
            last[record] = after["account"]
    left = dict(zip(last, merged.follow(work, "accounts", list(last.values())), strict=True))
    return (record for record, customer in left.items() if customer != now[record])


def _said(content: Mapping[str, Any]) -> tuple[Any, ...]:
    lines = [tuple(Decimal(row[name]) for name in _OF_LINE) for row in content["lines"]]
    return content["number"], content["date"], [Decimal(content.get(name, 0)) for name in _AMOUNTS], lines


def _now(work: Work, head: Any, line: Any, keys: Sequence[int]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Each of these documents as `_said` has it."""
    parent, names = column_of(line, line.PARENT), ("position", "id")
    order = (parent, *(column_of(line, name) for name in names))
    inside: dict[int, list[tuple[Decimal, ...]]] = {}
    chosen = sa.select(parent, *(column_of(line, name) for name in _OF_LINE)).where(parent.in_(keys))
    for key, *values in work.session.execute(chosen.order_by(*order)):
        inside.setdefault(key, []).append(tuple(Decimal(value or 0) for value in values))
    asked = sa.select(*(column_of(head, name) for name in ("id", "number", "date", *_AMOUNTS)))
    for key, number, day, *amounts in work.session.execute(asked.where(column_of(head, "id").in_(keys))):
        told = [Decimal(0 if value is None else value) for value in amounts]
        yield key, (number or "", day.isoformat(), told, inside.get(key, []))


def moves(work: Work) -> int:
    """Moves that are not those of their delivery note, moves of none, and moves that are gone."""
    move, line, note = StockMove, DeliveryLine, DeliveryNote
    quantity = column_of(line, "quantity")
    back = column_of(note, "kind") == DeliveryKind.RETURN.value
    right = sa.and_(
        column_of(note, "status").in_(("issued", "signed")),
        column_of(move, "product") == column_of(line, "product"),
        column_of(move, "warehouse") == column_of(note, "warehouse"),
        column_of(move, "quantity")
        == sa.case((back, quantity), else_=sa.literal(Decimal(0), quantity.type) - quantity),
    )
    made = column_of(move, "reason").in_((MoveReason.DELIVERY.value, MoveReason.RETURN.value))
    wrong = (
        sa.select(sa.func.count())
        .select_from(move)
        .outerjoin(line, column_of(line, "id") == column_of(move, "delivery_line"))
        .outerjoin(note, column_of(note, "id") == column_of(line, line.PARENT))
        .where(made, sa.func.coalesce(right, sa.false()).is_(False))
    )
    return (work.session.scalar(wrong) or 0) + _gone(work, move)


def _gone(work: Work, move: type[StockMove]) -> int:
    """Moves that the history knows of and that are not there, though nobody took them back."""
    made: Any = Change
    removed: Any = sa.orm.aliased(Change)
    mine = (made.entity == move.__tablename__, made.before.is_(None))
    there = sa.select(column_of(move, "id")).where(column_of(move, "id") == made.record)
    undone = sa.select(removed.id).where(
        removed.entity == made.entity, removed.record == made.record, removed.after.is_(None)
    )
    found = sa.select(sa.func.count()).select_from(made).where(*mine, ~there.exists(), ~undone.exists())
    return work.session.scalar(found) or 0
