"""Reading the change sets: what was done, by whom, and what of it can be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Missing, NotAllowed
from crm_app.core.query import Query
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.history import Change, ChangeSet

from . import history, records
from .work import Work, column_of


@dataclass(frozen=True)
class Deed:
    """One change set. `undone` says that a later one took it back."""

    id: int
    at: datetime
    actor: int | None
    who: str
    verb: str
    label: str
    undoes: int | None
    undone: bool


@dataclass(frozen=True)
class Part:
    """One record's part in a change set, as it is kept: the columns that changed."""

    resource: str
    record: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def page(work: Work, query: Query) -> tuple[list[Deed], int]:
    """Change sets, newest first, and how many there are: everybody's, or the actor's own where the role goes no further.

    Raises NotAllowed for who may undo nothing.
    """
    mine = history.undoable(work)
    total = work.session.scalar(sa.select(sa.func.count()).select_from(ChangeSet).where(*mine)) or 0
    return _deeds(work, mine, query.size, (query.page - 1) * query.size), total


def one(work: Work, key: object) -> Deed:
    """That change set. Raises Missing."""
    number = key_of(key)
    found = _deeds(work, [*history.undoable(work), column_of(ChangeSet, "id") == number], 1, 0)
    if not found:
        raise Missing("change", number)
    return found[0]


def key_of(raw: object) -> int:
    """A change set's number from what a stranger sent. Raises Missing."""
    text = str(raw)[:20]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**63):
        raise Missing("change", text)
    return int(text)


def parts(work: Work, deed: Deed, query: Query) -> tuple[list[Part], int]:
    """The records that the change set touched and the actor may read, in the order they were touched; and how many parts in all."""
    change_set = column_of(Change, "change_set") == deed.id
    total = work.session.scalar(sa.select(sa.func.count()).select_from(Change).where(change_set)) or 0
    statement = sa.select(Change).where(change_set).order_by(column_of(Change, "id"))
    rows = work.session.scalars(statement.limit(query.size).offset((query.page - 1) * query.size)).all()
    tables = {resource.table.__tablename__: resource for resource in RESOURCES}
    seen = {
        entity: _readable(work, tables[entity], [row.record for row in rows if row.entity == entity])
        for entity in {row.entity for row in rows}
        if entity in tables
    }
    return [
        Part(tables[row.entity].name, row.record, row.before, row.after)
        for row in rows
        if row.record in seen.get(row.entity, ())
    ], total


def _deeds(work: Work, conditions: Iterable[sa.ColumnElement[bool]], size: int, offset: int) -> list[Deed]:
    later = sa.orm.aliased(ChangeSet)
    undone = sa.exists().where(later.undoes == ChangeSet.id)  # type: ignore[arg-type]
    statement = sa.select(ChangeSet, undone).where(*conditions).order_by(column_of(ChangeSet, "id").desc())
    rows = work.session.execute(statement.limit(size).offset(offset)).all()
    users = records.resource_of("users")
    names = records.names_of(work, users, {row[0].actor for row in rows if row[0].actor})
    return [
        Deed(
            found.id or 0,
            found.at,
            found.actor,
            names.get(found.actor or 0) or work.actor.speech.say("System"),
            found.verb,
            work.actor.speech.say(found.label),
            found.undoes,
            bool(was_undone),
        )
        for found, was_undone in rows
    ]


def _readable(work: Work, resource: Resource, keys: list[int]) -> set[int]:
    """Those of the records that the actor may read; a record that is gone only by who reads all of its kind."""
    try:
        conditions = records.readable(work, resource)
    except NotAllowed:
        return set()
    if not conditions:
        return set(keys)
    number = column_of(resource.table, "id")
    return set(work.session.scalars(sa.select(number).where(number.in_(keys), *conditions)))
