"""Many rows in a few statements, past the session, with all that the session does for one: check, search text, version, history.

A row costs a tenth of what it does in the session. Tables whose rows have to pass it (`free` tells) are left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.base import Record, Searchable, encode

from . import records
from .work import Work, all_or_nothing, column_of, kept, ruled, whole

BATCH = 500  # ids in one statement
Values = Mapping[str, Any]


def free(resource: Resource) -> bool:
    """True where nothing but the record's own rules watches its rows."""
    return resource.workflow is None and not ruled(resource.table.__tablename__)


def load(work: Work, resource: Resource, ids: Iterable[int], *conditions: sa.ColumnElement[bool]) -> list[Any]:
    """The rows with these ids that meet the conditions, locked until the end of the Work; they do not belong to the session."""
    work.session.flush()
    table = resource.table
    found: list[Any] = []
    for part in parts(list(ids)):
        statement = (
            sa.select(table)
            .where(column_of(table, "id").in_(part), *conditions)
            .order_by(column_of(table, "id"))
            .with_for_update()
        )
        found += work.session.scalars(statement.execution_options(populate_existing=True))
    for row in found:
        work.session.expunge(row)
    return found


def parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The items in their order, as many at once as one statement takes."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


@all_or_nothing
def change(work: Work, resource: Resource, wanted: Iterable[tuple[Any, Values]]) -> dict[int, Mapping[str, Message]]:
    """Set each row's values. What a row's own rules refuse is left as it was: its id with the faults by field."""
    refused: dict[int, Mapping[str, Message]] = {}
    changes: list[dict[str, Any]] = []
    updates: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    now = clock.now()
    for row, values in wanted:
        before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
        if not before:
            continue
        for name in before:
            setattr(row, name, values[name])
        faults = row.check()
        if faults:
            refused[row.id] = faults
            continue
        row.version, row.updated_at = row.version + 1, now
        names = [*before, "version", "updated_at"]
        if isinstance(row, Searchable) and not before.keys().isdisjoint((*resource.search, resource.label)):
            row.index_text(resource)
            names += ["search", "sort_key"]
        updates.setdefault(tuple(names), []).append(
            {"of": row.id} | {f"new_{name}": getattr(row, name) for name in names}
        )
        after = {name: values[name] for name in before}
        changes.append(_change(resource, row, before, after))
    _update(work, resource, updates)
    work.record_changes(changes)
    return refused


def _update(work: Work, resource: Resource, updates: Mapping[tuple[str, ...], list[dict[str, Any]]]) -> None:
    table = resource.table.__table__
    for names, rows in updates.items():
        statement = sa.update(table).where(table.c.id == sa.bindparam("of"))
        work.session.connection().execute(statement.values({name: sa.bindparam(f"new_{name}") for name in names}), rows)


def _change(
    resource: Resource, row: Record, before: Values | None, after: Values | None, around: Any = None
) -> dict[str, Any]:
    def code(values: Values | None) -> dict[str, Any] | None:
        return None if values is None else {name: encode(value) for name, value in values.items()}

    entity, root = row.root()
    return {
        "entity": resource.table.__tablename__,
        "record": row.id,
        "root_entity": entity,
        "root": root,
        "version": (around or row).version,
        "before": code(before),
        "after": code(after),
    }


@all_or_nothing
def remove(work: Work, resource: Resource, rows: Sequence[Any]) -> set[int]:
    """Take the rows away with the lines inside them; the ids of those that stay because other records refer to them."""
    stay = _referred(work, resource, [row.id for row in rows])
    gone = {row.id: row for row in rows if row.id not in stay}
    for part in RESOURCES.lines(resource):
        inside = [line for ids in parts(list(gone)) for line in _inside(work, part.resource, part.parent, ids)]
        _delete(work, part.resource, inside, {line.id: gone.get(getattr(line, part.parent)) for line in inside})
    _delete(work, resource, list(gone.values()), {})
    return stay


def _inside(work: Work, resource: Resource, parent: str, ids: Sequence[int]) -> list[Any]:
    number = column_of(resource.table, "id")
    found = work.session.scalars(sa.select(number).where(column_of(resource.table, parent).in_(ids))).all()
    return load(work, resource, found)


def _delete(work: Work, resource: Resource, rows: list[Any], around: Mapping[int, Any]) -> None:
    table = resource.table.__table__
    for part in parts(rows):
        work.session.connection().execute(sa.delete(table).where(table.c.id.in_([row.id for row in part])))
    work.record_changes(
        [
            _change(resource, row, {c.name: getattr(row, c.name) for c in whole(row)}, None, around.get(row.id))
            for row in rows
        ]
    )


def _referred(work: Work, resource: Resource, ids: list[int]) -> set[int]:
    """Those of the ids that a record outside of them refers to, and what a record inside them that stays refers to."""
    own = resource.table.__table__
    inside = {(part.resource.table.__tablename__, part.parent) for part in RESOURCES.lines(resource)}
    keys = [
        key
        for table in own.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is own and key.ondelete is None and (table.name, key.parent.name) not in inside
    ]
    leaving = set(ids)
    stay: set[int] = set()
    links: list[tuple[int, int]] = []
    for key in keys:
        for part in parts(ids):
            if key.parent.table is own:
                links += [
                    tuple(row)
                    for row in work.session.execute(sa.select(key.parent, own.c.id).where(key.parent.in_(part)))
                ]
            else:
                stay.update(work.session.scalars(sa.select(key.parent).where(key.parent.in_(part)).distinct()))
    grown = True
    while grown:
        more = {
            target for target, source in links if target != source and (source not in leaving or source in stay)
        } - stay
        stay |= more
        grown = bool(more)
    return stay


def put_back(work: Work, resource: Resource, rows: Sequence[Any], around: Mapping[int, int] | None = None) -> None:
    """Insert rows that were removed, under their old ids. `around`: of a line's id, the version of the record it is in."""
    table = resource.table.__table__
    changes = []
    inserts = []
    for row in rows:
        if isinstance(row, Searchable):
            row.index_text(resource)
        inserts.append({c.name: getattr(row, c.name) for c in table.columns})
        made = _change(resource, row, None, {c.name: getattr(row, c.name) for c in kept(row)})
        changes.append(made | ({"version": around[row.id]} if around else {}))
    if inserts:
        work.session.connection().execute(sa.insert(table), inserts)
    work.record_changes(changes)


def out_of_reach(work: Work, resource: Resource, ids: Iterable[int], verb: str) -> bool:
    """True when a row with one of these ids lies where the actor does not hold the verb, or is not there."""
    keep = records.readable(work, resource, verb)
    number = column_of(resource.table, "id")
    return any(
        (
            work.session.scalar(sa.select(sa.func.count()).select_from(resource.table).where(number.in_(part), *keep))
            or 0
        )
        < len(part)
        for part in parts(sorted(set(ids)))
    )
