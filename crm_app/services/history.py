"""What happened to records is taken back: undo of a ChangeSet, and a record as it was at a moment."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.core.fields import BadValue, Reference
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.base import Record, decode
from crm_app.models.history import Change, ChangeSet

from . import rebinding, records, restoring, trees
from .actors import Actor
from .work import Work, all_or_nothing, column_of


@dataclass(frozen=True)
class Beside:
    """What hangs on records without being a part of them: notes, files.

    `name` is its English word, `text` the column that tells it, `may` refuses who may not take such a change back.
    """

    table: type[Record]
    name: str
    text: str
    may: Callable[[Work, Change], None]


_BESIDE: dict[str, Beside] = {}


def stands_beside(
    table: type[Record], name: str, text: str
) -> Callable[[Callable[[Work, Change], None]], Callable[[Work, Change], None]]:
    """Register the table; the function below raises NotAllowed or Missing where the actor may not take a change back."""

    def register(may: Callable[[Work, Change], None]) -> Callable[[Work, Change], None]:
        _BESIDE[str(table.__tablename__)] = Beside(table, name, text, may)
        return may

    return register


def beside_of(entity: str) -> Beside | None:
    """What hangs on records by that table's name, where it is such a thing."""
    return _BESIDE.get(entity)


def about(entity: str, key: int) -> sa.ColumnElement[bool]:
    """Changes of the record itself and of the lines inside it."""
    own = sa.and_(column_of(Change, "entity") == entity, column_of(Change, "record") == key)
    inside = sa.and_(column_of(Change, "root_entity") == entity, column_of(Change, "root") == key)
    return sa.or_(own, inside)


def fields_changed_since(work: Work, resource: Resource, key: int, version: int) -> set[str]:
    """The fields, and the lines by their name, that changed after the record had that version.

    A version that never was counts as before everything.
    """
    entity = resource.table.__tablename__
    number, now = column_of(resource.table, "id"), column_of(resource.table, "version")
    version = version if 0 < version <= (work.session.scalar(sa.select(now).where(number == key)) or 0) else 0
    statement = sa.select(column_of(Change, "entity"), column_of(Change, "after")).where(
        about(entity, key), column_of(Change, "version") > version
    )
    names = {lines.resource.table.__tablename__: lines.name for lines in RESOURCES.lines(resource)}
    found: set[str] = set()
    for table, after in work.session.execute(statement):
        if table in names:
            found.add(names[table])
        elif table == entity:  # what stands beside the record, its notes and files, is no field of it
            found |= set(after or {})
    return found


def as_of(work: Work, resource: Resource, key: object, moment: datetime) -> dict[str, Any] | None:
    """The record's fields as they were at that moment (aware): the present, with every later change taken back.

    None when it was not there then. A record that is gone today can be asked for too, by whoever reads all of its kind.
    """
    try:
        number = records.one(work, resource, key).id
        values: dict[str, Any] | None = dict(records.one(work, resource, number).values)
    except Missing:
        if work.require(resource.permission("read")) != "all":
            raise
        try:
            number, values = Reference(resource.name).parse(key) or 0, None
        except BadValue:
            raise Missing(resource.one, str(key)) from None
    later = (
        sa.select(Change)
        .join(ChangeSet, Change.change_set == ChangeSet.id)  # type: ignore[arg-type]
        .where(Change.entity == resource.table.__tablename__, Change.record == number, ChangeSet.at > moment)  # type: ignore[arg-type]
        .order_by(sa.desc(column_of(Change, "id")))
    )
    for change in work.session.scalars(later):
        if change.before is None:
            values = None
        else:
            earlier = {
                name: decode(column_of(resource.table, name), value)
                for name, value in change.before.items()
                if name in resource.fields
            }
            values = earlier if values is None else values | earlier
    return values


@all_or_nothing
def undo(work: Work, key: int) -> int:
    """Take back a ChangeSet: rows it made go, rows it removed come back, fields it set get their old values. Rows touched.

    Raises Missing; NotAllowed when it is somebody else's and the actor may only undo their own, or lacks the verb on a
    record; Conflict when a field has been changed again since; Invalid when it was undone before.
    """
    found = work.locked_where(ChangeSet, column_of(ChangeSet, "id") == key, *undoable(work))
    if found is None:
        raise Missing("change", key)
    taken_back = sa.select(column_of(ChangeSet, "id")).where(column_of(ChangeSet, "undoes") == key)
    if work.session.scalar(taken_back) is not None:
        raise Invalid({"": Message("This has been undone already.")})
    work.undoes = key
    changes = work.session.scalars(
        sa.select(Change).where(column_of(Change, "change_set") == key).order_by(sa.desc(column_of(Change, "id")))
    ).all()
    if all(not change.before and not change.after for change in changes):
        raise Invalid({"": Message("A password or a second factor cannot be put back.")})
    restored: dict[tuple[str, int], int] = {}
    roots: rebinding.Roots = {}
    merge = rebinding.merge_of(work, found, changes)
    for (entity, moved), group in groupby(changes, key=lambda one: (one.entity, rebinding.moved(one, merge))):
        if moved:
            work.session.flush()
            rebinding.back(work, list(group), roots)
        else:
            _take_run_back(work, entity, list(group), restored)
    work.session.flush()
    return len(changes)


def _take_run_back(work: Work, entity: str, run: list[Change], restored: dict[tuple[str, int], int]) -> None:
    """Changes of one table that follow each other: many at once where that can be, else one by one."""
    if entity in _BESIDE:
        for change in run:
            _BESIDE[entity].may(work, change)
            _take_row_back(work, _BESIDE[entity].table, _BESIDE[entity].name, change)
        return
    found = RESOURCES.by_table(entity)
    if found is None:
        raise NotAllowed("changes.undo")
    if restoring.together(work, *found, run, restored):
        return
    for change in run:
        if found[0] is found[1]:
            _take_back(work, found[0], change)
        else:
            _take_line_back(work, *found, change)


def undone(work: Work, keys: Iterable[int]) -> set[int]:
    """Those of these ChangeSets that have been taken back, with all that are one act with them."""
    mine = column_of(ChangeSet, "id"), column_of(ChangeSet, "batch")
    mate, later = (ChangeSet.__table__.alias() for _ in range(2))  # type: ignore[attr-defined]
    same = sa.or_(mate.c.id == mine[0], mate.c.batch == mine[1])
    standing = sa.exists().where(same, sa.not_(sa.exists().where(later.c.undoes == mate.c.id)))
    return set(work.session.scalars(sa.select(mine[0]).where(mine[0].in_(list(keys)), sa.not_(standing))))


def batch_of(actor: Actor, key: int) -> list[int]:
    """The ChangeSets that are one act with this one and are not undone, newest first; only itself where it stands alone."""
    number, batch = column_of(ChangeSet, "id"), column_of(ChangeSet, "batch")
    with Work(actor) as work:
        word = work.session.scalar(sa.select(batch).where(number == key, *undoable(work)))
        if word is None:
            return [key]
        later = sa.orm.aliased(ChangeSet)
        undone = sa.exists().where(later.undoes == ChangeSet.id)  # type: ignore[arg-type]
        found = sa.select(number).where(batch == word, sa.not_(undone), *undoable(work)).order_by(number.desc())
        return list(work.session.scalars(found)) or [key]


def undoable(work: Work) -> list[sa.ColumnElement[bool]]:
    """The conditions that keep to the ChangeSets the actor may undo: everybody's, their team's or their own."""
    scope = work.require("changes.undo")
    return [] if scope == "all" else [records.belongs(work, column_of(ChangeSet, "actor"), scope)]


def _put_back(work: Work, resource: Resource, change: Change) -> None:
    """Insert the row that was removed, under its old id, where the actor could also have created it."""
    table: type[Record] = resource.table
    work.require(resource.permission("create"))
    if work.session.get(table, change.record) is not None:
        raise Conflict(0, {}, Message("It has been changed again since: {fields}.", fields=resource.one))
    work.session.add(
        table(**{name: decode(column_of(table, name), value) for name, value in (change.before or {}).items()})
    )
    work.session.flush()
    records.still_reachable(work, resource, change.record, "create")


def _take_back(work: Work, resource: Resource, change: Change) -> None:
    table: type[Record] = resource.table
    if change.after is None:
        _put_back(work, resource, change)
        return
    verb = "remove" if change.before is None else "change"
    row = _reachable(work, resource, change.record, verb)
    touched = {
        name: value
        for name, value in change.after.items()
        if getattr(row, name) != decode(column_of(table, name), value)
    }
    if touched:
        theirs = {name: getattr(row, name) for name in touched if name in resource.fields}
        raise Conflict(
            row.version,
            theirs,
            Message("It has been changed again since: {fields}.", fields=_names(work, resource, touched)),
        )
    if change.before is None:
        work.session.delete(row)
        work.session.flush()
        return
    for name, value in change.before.items():
        setattr(row, name, decode(column_of(table, name), value))
    _refuse_circle(work, resource, row, change.before)
    if resource.reach & change.before.keys():
        work.session.flush()
        records.still_reachable(work, resource, change.record, "change")


def _refuse_circle(work: Work, resource: Resource, row: Any, touched: Iterable[str]) -> None:
    """What was no circle then may be one now."""
    if resource.tree and resource.tree in touched and getattr(row, resource.tree) is not None:
        work.session.flush()
        fault = trees.fault(work, resource, row.id, getattr(row, resource.tree))
        if fault is not None:
            raise Invalid({"": fault, resource.tree: fault})


def _take_line_back(work: Work, resource: Resource, owner: Resource, change: Change) -> None:
    """A line goes back to what it was, where the actor may change the record around it."""
    _reachable(work, owner, change.root or 0, "change" if change.after is not None else "create")
    _take_row_back(work, resource.table, resource.one, change)


def _take_row_back(work: Work, table: type[Record], name: str, change: Change) -> None:
    row = work.session.get(table, change.record)
    if change.after is None:
        if row is None:
            work.session.add(
                table(**{name: decode(column_of(table, name), value) for name, value in (change.before or {}).items()})
            )
            work.session.flush()
        return
    touched = row is None or [
        n for n, value in change.after.items() if getattr(row, n) != decode(column_of(table, n), value)
    ]
    if row is None or touched:
        raise Conflict(0, {}, Message("It has been changed again since: {fields}.", fields=work.actor.speech.say(name)))
    if change.before is None:
        work.session.delete(row)
        work.session.flush()
        return
    for key, value in change.before.items():
        setattr(row, key, decode(column_of(table, key), value))


def _names(work: Work, resource: Resource, names: Iterable[str]) -> str:
    say = work.actor.speech.say
    return ", ".join(say(resource.fields[name].label) if name in resource.fields else name for name in names)


def _reachable(work: Work, resource: Resource, key: int, verb: str) -> Any:
    row = work.locked_where(
        resource.table, column_of(resource.table, "id") == key, *records.readable(work, resource, verb)
    )
    if row is None:
        raise Missing(resource.one, key)
    return row
