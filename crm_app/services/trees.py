"""Records in a tree (sectors, zones, categories, accounts): what lies below one, and no circles."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_app.core.i18n import Message
from crm_app.core.resource import Resource

from .values import names_of, readable
from .work import Work, column_of

DEPTH = 20


def below(resource: Resource, keys: Sequence[Any]) -> sa.Select[Any]:
    """The ids of these records and of all below them, as a select for IN (…). A circle would end it, not hang it."""
    number, parent = column_of(resource.table, "id"), column_of(resource.table, resource.tree)
    tree = sa.select(number.label("id")).where(number.in_(keys)).cte(recursive=True)
    return sa.select(tree.union(sa.select(number).where(parent == tree.c.id)).c.id)


def family(work: Work, resource: Resource, key: int, *, whole: bool) -> Any:
    """The record's id; with `whole`, also those below it that the actor may read. To be put into IN (…). Raises NotAllowed."""
    if not (whole and resource.tree):
        return [key]
    number = column_of(resource.table, "id")
    return sa.select(number).where(number.in_(below(resource, [key])), *readable(work, resource))


def above(work: Work, resource: Resource, key: int) -> list[tuple[int, str]]:
    """(id, label) of the records above, the topmost first, as far up as the actor may read."""
    number, parent = column_of(resource.table, "id"), column_of(resource.table, resource.tree)
    found: list[int] = []
    at = _parent_of(work, resource, key)
    mine = readable(work, resource)
    while at is not None and at not in found and len(found) < DEPTH:
        row = work.session.execute(sa.select(parent).where(number == at, *mine)).first()
        if row is None:
            break
        found.insert(0, at)
        at = row[0]
    names = names_of(work, resource, found)
    return [(one, names[one]) for one in found]


def fault(work: Work, resource: Resource, key: int | None, parent: int) -> Message | None:
    """What is wrong with putting that record (None: a new one) under that parent: a circle, or more than 20 levels.

    Whoever moves something in this tree waits, see `take_turn`.
    """
    take_turn(work, resource)
    level = 1
    above: int | None = parent
    while above is not None:
        if above == key:
            return Message("It cannot be a part of itself.")
        level += 1
        if level > DEPTH:
            break
        above = _parent_of(work, resource, above)
    if level + (_height(work, resource, key) if key is not None else 0) > DEPTH:
        return Message("At most {count} levels.", count=DEPTH)
    return None


def take_turn(work: Work, resource: Resource) -> None:
    """PostgreSQL: whoever moves something in this tree waits until others have finished doing so. (SQLite: all who write wait.)"""
    if work.session.get_bind().dialect.name == "postgresql":
        name = sa.func.hashtext(f"tree {resource.name}")
        work.session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))


def _parent_of(work: Work, resource: Resource, key: int) -> int | None:
    number, parent = column_of(resource.table, "id"), column_of(resource.table, resource.tree)
    found: int | None = work.session.scalar(sa.select(parent).where(number == key))
    return found


def _height(work: Work, resource: Resource, key: int) -> int:
    """How many levels lie below the record."""
    number, parent = column_of(resource.table, "id"), column_of(resource.table, resource.tree)
    tree = sa.select(number.label("id"), sa.literal(0).label("level")).where(number == key).cte(recursive=True)
    deeper = sa.select(number, tree.c.level + 1).where(parent == tree.c.id, tree.c.level < DEPTH)
    tree = tree.union(deeper)
    return work.session.scalar(sa.select(sa.func.max(tree.c.level))) or 0
