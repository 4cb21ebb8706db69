"""Undo of many like changes in a few statements: rows of one table that were all changed, or all removed, in one ChangeSet."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.models.base import decode
from crm_app.models.history import Change

from . import many, records, rules
from .work import Work, column_of

Restored = dict[tuple[str, int], int]


def together(work: Work, resource: Resource, owner: Resource, run: Sequence[Change], restored: Restored) -> bool:
    """Take these changes of one table back, if that can be done at once; False where it has to be done one by one.

    `restored` maps table and id of each record put back so far to its version: lines come back after the record around them.
    Raises as `history.undo`.
    """
    _require_needed(work, resource, run)
    if (
        len(run) < 2
        or len({change.record for change in run}) < len(run)
        or not many.free(resource)
        or not many.free(owner)
    ):
        return False
    if all(change.after is None for change in run):
        if resource is owner:
            _put_back(work, resource, run, restored)
            return True
        if all((change.root_entity or "", change.root or 0) in restored for change in run):
            around = {change.record: restored[change.root_entity or "", change.root or 0] for change in run}
            _insert(work, resource, run, around)
            return True
    if resource is owner and all(change.after is not None and change.before is not None for change in run):
        _set_back(work, resource, run)
        return True
    return False


def _require_needed(work: Work, resource: Resource, run: Sequence[Change]) -> None:
    """What needs a permission of its own to be set needs it to be set back, too."""
    changed = {name for change in run if change.after is not None for name in change.before or {}}
    for name, permission in rules.barred_for(work.actor, resource).items():
        if name in changed:
            raise NotAllowed(permission)


def _decoded(table: Any, values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: decode(column_of(table, name), value) for name, value in (values or {}).items()}


def _insert(work: Work, resource: Resource, run: Sequence[Change], around: Mapping[int, int] | None) -> None:
    table = resource.table
    rows = [table(**_decoded(table, change.before)) for change in run]
    many.put_back(work, resource, _upper_first(resource, rows), around)


def _upper_first(resource: Resource, rows: list[Any]) -> list[Any]:
    """The rows of a tree level by level: the database takes none whose parent is not there yet."""
    if not resource.tree:
        return rows
    absent = {row.id for row in rows}
    found, waiting = [], rows
    while waiting:
        free = [row for row in waiting if getattr(row, resource.tree) not in absent] or waiting
        found += free
        absent -= {row.id for row in free}
        waiting = [row for row in waiting if row.id in absent]
    return found


def _put_back(work: Work, resource: Resource, run: Sequence[Change], restored: Restored) -> None:
    work.require(resource.permission("create"))
    work.session.flush()
    ids = [change.record for change in run]
    number = column_of(resource.table, "id")
    for start in range(0, len(ids), many.BATCH):
        if (
            work.session.scalar(sa.select(number).where(number.in_(ids[start : start + many.BATCH])).limit(1))
            is not None
        ):
            raise Conflict(0, {}, Message("It has been changed again since: {fields}.", fields=resource.one))
    _insert(work, resource, run, None)
    if many.out_of_reach(work, resource, ids, "create"):
        records.refuse_reach(resource)
    restored.update({(change.entity, change.record): (change.before or {}).get("version", 1) for change in run})


def _set_back(work: Work, resource: Resource, run: Sequence[Change]) -> None:
    table = resource.table
    ids = [change.record for change in run]
    rows = {row.id: row for row in many.load(work, resource, ids, *records.readable(work, resource, "change"))}
    wanted = []
    for change in run:
        row = rows.get(change.record)
        if row is None:
            raise Missing(resource.one, change.record)
        expected = _decoded(table, change.after)
        touched = [name for name, value in expected.items() if getattr(row, name) != value]
        if touched:
            theirs = {name: getattr(row, name) for name in touched if name in resource.fields}
            say = work.actor.speech.say
            named = ", ".join(say(resource.fields[name].label) if name in resource.fields else name for name in touched)
            raise Conflict(row.version, theirs, Message("It has been changed again since: {fields}.", fields=named))
        wanted.append((row, _decoded(table, change.before)))
    refused = many.change(work, resource, wanted)
    if refused:
        raise Invalid(next(iter(refused.values())))
    if any(resource.reach & (change.before or {}).keys() for change in run) and many.out_of_reach(
        work, resource, ids, "change"
    ):
        records.refuse_reach(resource)
