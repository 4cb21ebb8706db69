"""Notes on records, shown among their changes.

Whoever may read a record may read its notes. Whoever may change it, or holds notes.create and may read it, may write one;
a note is changed and removed by its author only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Missing, NotAllowed
from crm_app.core.resource import Resource
from crm_app.models.history import Change
from crm_app.models.notes import NOTES
from crm_app.models.notes import Note as Row

from . import actions, history, records, trees
from .values import hold
from .work import Work, all_or_nothing, column_of


@dataclass(frozen=True)
class Note:
    """One note."""

    id: int
    text: str
    created_at: datetime
    author: int | None
    record: int


def may_write(work: Work, resource: Resource, key: object) -> int:
    """The record's id. Raises Missing; NotAllowed for who may only read it."""
    number = records.one(work, resource, key).id
    if work.actor.may(NOTES.permission("create")):
        return number
    try:
        return records.one(work, resource, number, "change").id
    except Missing:
        raise NotAllowed(NOTES.permission("create")) from None


@all_or_nothing
def write(work: Work, resource: Resource, key: object, given: Mapping[str, object]) -> Note:
    """A new note of the actor's on that record. Raises Missing, NotAllowed, Invalid."""
    number = may_write(work, resource, key)
    values = records.parse(work, NOTES, given, creating=True)
    hold(work, resource, number)
    row = Row(resource=resource.name, record=number, author=work.actor.user, **values)
    work.session.add(row)
    work.session.flush()
    return _note(row)


@all_or_nothing
def change(work: Work, key: int, text: object) -> None:
    """Another text for a note of the actor's own. Raises Missing, NotAllowed, Invalid."""
    row = _own(work, key)
    row.text = records.parse(work, NOTES, {"text": text}, creating=False)["text"]


@all_or_nothing
def remove(work: Work, key: int) -> None:
    """Take a note of the actor's own away. Raises Missing, NotAllowed."""
    work.session.delete(_own(work, key))


def of_record(work: Work, resource: Resource, key: object, *, below: bool = False) -> list[Note]:
    """The notes on a record, newest first, 500 at most. Raises Missing, NotAllowed.

    With `below`, also those on the records below it in its tree, as far as the actor may read these.
    """
    where = trees.family(work, resource, records.reach(work, resource, key), whole=below)
    statement = sa.select(Row).where(column_of(Row, "resource") == resource.name, column_of(Row, "record").in_(where))
    return [_note(row) for row in work.session.scalars(statement.order_by(column_of(Row, "id").desc()).limit(500))]


def there(work: Work, keys: list[int]) -> dict[int, Note]:
    """Those of these notes that are still there. The caller may read their record."""
    found = work.session.scalars(sa.select(Row).where(column_of(Row, "id").in_(keys))) if keys else ()
    return {row.id or 0: _note(row) for row in found}


def _own(work: Work, key: int) -> Row:
    row: Row | None = work.locked(Row, key)
    if row is None:
        raise Missing(NOTES.one, key)
    may_write(work, records.resource_of(row.resource), row.record)
    if row.author != work.actor.user:
        raise NotAllowed(NOTES.permission("change"))
    return row


@history.stands_beside(Row, NOTES.one, "text")
def _may_take_back(work: Work, change: Change) -> None:
    """Who wrote it may; so may who undoes everybody's changes and may write on the record. What nobody wrote, stays."""
    row = work.session.get(Row, change.record)
    if row is not None and row.author is None and change.before is None:
        raise NotAllowed(NOTES.permission("remove"))
    values = change.after or change.before or {}
    resource, record = (
        (row.resource, row.record) if row is not None else (values.get("resource", ""), values.get("record"))
    )
    may_write(work, records.resource_of(resource), record)


def _note(row: Row) -> Note:
    return Note(row.id or 0, row.text, row.created_at, row.author, row.record)


def _run(
    work: Work, resource: Resource, key: Any, values: Mapping[str, object], _version: int | None
) -> actions.Outcome:
    return actions.Outcome(None, None, {"note": write(work, resource, key, values).id})


def action_of(resource: Resource) -> actions.Action:
    """The verb that writes a note, for `actions.run_in` and its idempotency keys."""
    return actions.Action(resource.name, "note", "Write a note", _run)
