"""Which record a reference means, once two records are one: set by set, past the session, with history, and the way back.

This is the one change that frozen documents take. The flush hook of Work refuses every other (`Workflow.editable`), and a merge
does not ask it for leave: it writes here, past the hook, and can write nothing but columns that point at records of the merged
kind, from those that go to the one that is left. What a document says, its snapshot and its paper, is no such column: an issued
invoice stands to the byte as it was issued, under the name and the tax identifier that it was issued to. Undo comes the same way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crm_app.core import clock
from crm_app.core.errors import Conflict
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.base import Line, Record, decode, encoded
from crm_app.models.history import Change, ChangeSet

from .many import BATCH
from .work import Work, column_of

VERB = ".merge"
Key = tuple[str, int]
Roots = dict[Key, int]  # of each record around what was changed its version since


@dataclass(frozen=True)
class Place:
    """A column that names records of one kind; with `kind` it does so where the column "resource" holds that name."""

    table: type[Record]
    column: str
    kind: str = ""


@dataclass(frozen=True)
class Step:
    """Other values for the row of that id. `root` is the record around it, `version` its own since then."""

    id: int
    version: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    root: Key | None = None


@dataclass(frozen=True)
class Merge:
    """What a ChangeSet merged, or put asunder: records of that Resource, and the ids of those that went or came back."""

    resource: Resource
    gone: frozenset[int]


@cache
def places(resource: Resource) -> tuple[Place, ...]:
    """Where records of that kind are named, but for the lines inside them."""
    own = resource.table.__table__
    inside = {(part.resource.table, part.parent) for part in RESOURCES.lines(resource)}
    found = []
    for table in _tables(Record):
        columns = table.__table__.columns  # type: ignore[attr-defined]
        for column in columns:
            named = any(key.column.table is own for key in column.foreign_keys)
            if named and (table, column.name) not in inside:
                found.append(Place(table, column.name))
        if "resource" in columns and "record" in columns:
            found.append(Place(table, "record", resource.name))
    return tuple(sorted(found, key=lambda place: (str(place.table.__tablename__), place.column)))


def _tables(base: type[Record]) -> Iterable[type[Record]]:
    for table in base.__subclasses__():
        if hasattr(table, "__table__") and not table.__table__.info.get("view"):
            yield table
        yield from _tables(table)


def condition(place: Place, keys: Collection[int]) -> sa.ColumnElement[bool]:
    """True for the rows that name one of these records there."""
    named: sa.ColumnElement[bool] = column_of(place.table, place.column).in_(keys)
    return sa.and_(named, column_of(place.table, "resource") == place.kind) if place.kind else named


def repoint(work: Work, resource: Resource, place: Place, gone: Collection[int], kept: int, roots: Roots) -> None:
    """Let all that names one of these records there name that one."""
    table = place.table
    around = column_of(table, table.PARENT) if issubclass(table, Line) else sa.null()
    columns = (column_of(table, "id"), column_of(table, "version"), column_of(table, place.column), around)
    rows = work.session.execute(
        sa.select(*columns).where(condition(place, gone)).order_by(columns[0]).with_for_update()
    ).all()
    own = str(resource.table.__tablename__)
    parent = _parent_of(table)
    steps = []
    for key, version, named, inside in rows:
        root = (own, kept) if place.kind else (parent, inside) if parent else None
        steps.append(Step(key, version + 1, {place.column: named}, {place.column: kept}, root))
    write(work, table, steps, roots)


def _parent_of(table: type[Record]) -> str:
    """The table around the lines in that one, "" for records that stand by themselves."""
    if not issubclass(table, Line):
        return ""
    return str(next(iter(column_of(table, table.PARENT).foreign_keys)).column.table.name)


def write(work: Work, table: type[Record], steps: Sequence[Step], roots: Roots, *, raises: bool = True) -> None:
    """Set these values, and tell of it in the history; the record around a line is a version further, once.

    Without `raises` the rows keep their version: the caller raises it, once for all that changes in them.
    """
    _raise(work, {step.root for step in steps if step.root} - roots.keys(), roots)
    now, own = clock.now(), table.__table__  # type: ignore[attr-defined]
    for _, some in groupby(sorted(steps, key=_said), key=_said):
        same = list(some)
        values = dict(same[0].after) | ({"version": own.c.version + 1, "updated_at": now} if raises else {})
        for start in range(0, len(same), BATCH):
            ids = [step.id for step in same[start : start + BATCH]]
            work.session.connection().execute(sa.update(own).where(own.c.id.in_(ids)).values(values))
    work.record_changes([_told(table, step, roots) for step in sorted(steps, key=lambda step: step.id)])


def _said(step: Step) -> str:
    return repr(sorted(step.after.items()))


def _told(table: type[Record], step: Step, roots: Roots) -> dict[str, Any]:
    entity, root = step.root or (None, None)
    return {
        "entity": table.__tablename__,
        "record": step.id,
        "root_entity": entity,
        "root": root,
        "version": roots[step.root] if step.root else step.version,
        "before": _json(step.before),
        "after": _json(step.after),
    }


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(values) | encoded(values, values)


def _raise(work: Work, keys: Collection[Key], roots: Roots) -> None:
    """These records are a version further."""
    for name, some in groupby(sorted(keys), key=lambda key: key[0]):
        table = SQLModel.metadata.tables[name]
        ids = [key for _, key in some]
        for start in range(0, len(ids), BATCH):
            where = table.c.id.in_(ids[start : start + BATCH])
            values = {"version": table.c.version + 1, "updated_at": clock.now()}
            work.session.connection().execute(sa.update(table).where(where).values(values))
            for key, version in work.session.execute(sa.select(table.c.id, table.c.version).where(where)):
                roots[name, key] = version


# ---- the way back


def merge_of(work: Work, found: ChangeSet, changes: Iterable[Change]) -> Merge | None:
    """What that ChangeSet merged, or what it undid of a merge; None where it did neither. Raises NotAllowed."""
    verb, first = found.verb, found
    while first.undoes is not None:
        first = work.session.get_one(ChangeSet, first.undoes)
        verb = first.verb
    resource = RESOURCES.get(verb.removesuffix(VERB)) if verb.endswith(VERB) else None
    if resource is None:
        return None
    work.require(resource.permission(VERB[1:]))
    own = resource.table.__tablename__
    gone = (change.record for change in changes if change.entity == own and not (change.before and change.after))
    return Merge(resource, frozenset(gone))


def moved(change: Change, merge: Merge | None) -> bool:
    """Whether that change only said anew which record is meant, or where a line of it stands."""
    if merge is None or not change.before or not change.after:
        return False
    inside = {str(part.resource.table.__tablename__) for part in RESOURCES.lines(merge.resource)}
    named = {place.column for place in places(merge.resource) if place.table.__tablename__ == change.entity}
    both = change.before, change.after
    return change.entity in inside or any(values.get(name) in merge.gone for name in named for values in both)


def back(work: Work, changes: Sequence[Change], roots: Roots) -> None:
    """Take such changes of one table back. Raises Conflict where something has been changed again since."""
    table = next(table for table in _tables(Record) if table.__tablename__ == changes[0].entity)
    names = sorted({name for change in changes for name in change.after or {}})
    columns = [column_of(table, name) for name in ("id", "version", *names)]
    there: dict[int, Any] = {}
    ids = [change.record for change in changes]
    for start in range(0, len(ids), BATCH):
        some = sa.select(*columns).where(columns[0].in_(ids[start : start + BATCH])).with_for_update()
        there |= {row[0]: row for row in work.session.execute(some)}
    steps = []
    for change in changes:
        row = there.get(change.record)
        now = dict(zip(names, row[2:], strict=True)) if row is not None else {}
        before, after = (
            {name: decode(column_of(table, name), value) for name, value in (values or {}).items()}
            for values in (change.after, change.before)
        )
        if row is None or any(now[name] != value for name, value in before.items()):
            raise Conflict(0, {}, _changed_since(work, change.entity, before))
        root = (change.root_entity, change.root) if change.root_entity and change.root else None
        steps.append(Step(change.record, row[1] + 1, before, after, root))
    write(work, table, steps, roots)
    for kept in list(work.session.identity_map.values()):
        if isinstance(kept, table):
            work.session.expire(kept)


def _changed_since(work: Work, entity: str, names: Iterable[str]) -> Message:
    """The sentence for values that are no longer what they were set to."""
    say = work.actor.speech.say
    found = RESOURCES.by_table(entity)
    fields = found[0].fields if found else {}
    told = ", ".join(say(fields[name].label) if name in fields else name for name in names)
    return Message("It has been changed again since: {fields}.", fields=told)
