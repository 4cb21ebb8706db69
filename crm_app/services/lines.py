"""The records inside a record (an account's addresses, an invoice's lines): read, checked and stored with it, as one.

They come as a list. A line with an `id` is changed, one without is new, one that is missing is removed; their order is kept.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Lines, Resource
from crm_app.models.base import encoded

from .values import columns_for, insert_rows, items_of, refer_all, resource_of
from .values import parse as parse_values
from .work import Work, all_or_nothing, column_of, kept

Parsed = Mapping[str, list[tuple[int | None, dict[str, Any]]]]
_FORM_LIMIT = 1_000_000


def part_of(resource: str, name: str) -> Lines:
    """The lines of that name inside a Resource."""
    return next(part for part in RESOURCES.lines(resource_of(resource)) if part.name == name)


def split(resource: Resource, given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """What was given, apart: the record's own fields, and its lines by their names."""
    names = {part.name for part in RESOURCES.lines(resource)}
    own = {name: value for name, value in given.items() if name not in names}
    return own, {name: value for name, value in given.items() if name in names}


def together(own: Callable[[], dict[str, Any]], inside: Callable[[], Parsed]) -> tuple[dict[str, Any], Parsed]:
    """Both readings, with the faults of both in one Invalid."""
    errors: dict[str, Message] = {}
    values: dict[str, Any] = {}
    parsed: Parsed = {}
    try:
        values = own()
    except Invalid as bad:
        errors.update(bad.fields)
    try:
        parsed = inside()
    except Invalid as bad:
        errors.update(bad.fields)
    if errors:
        raise Invalid(errors)
    return values, parsed


def read(work: Work, part: Lines, parent: int) -> list[Any]:
    """The lines inside that record, in their order, as Items."""
    return read_many(work, part, [parent])[parent]


def read_many(work: Work, part: Lines, parents: list[int]) -> dict[int, list[Any]]:
    """The lines inside each of these records, in their order, as Items: one select for all."""
    rows = work.read(_inside(part), {"parents": parents}).all()
    found: dict[int, list[Any]] = {parent: [] for parent in parents}
    origins = part.resource.origins
    for row, item in zip(rows, items_of(part.resource, tuple(part.resource.fields), rows), strict=True):
        found[row[-1]].append(replace(item, origins=dict(zip(origins, row[-1 - len(origins) : -1], strict=True))))
    return found


def any_inside(part: Lines, parent: Any) -> Any:
    """True where there are such lines inside the record with that id: mostly there are none, which needs no question more."""
    return sa.exists().where(column_of(part.resource.table, part.parent) == parent)


@cache
def _inside(part: Lines) -> sa.Select[Any]:
    """The statement for the lines inside some records, made once; what they were made from and the record's id come last."""
    table = part.resource.table
    around = column_of(table, part.parent)
    origins = [column_of(table, name) for name in part.resource.origins]
    return (
        sa.select(*columns_for(part.resource, tuple(part.resource.fields)), *origins, around)
        .where(around.in_(sa.bindparam("parents", expanding=True)))
        .order_by(column_of(table, "position"), column_of(table, "id"))
    )


def parse(
    work: Work, resource: Resource, given: Mapping[str, object], parent: int | None = None, late: int | None = None
) -> Parsed:
    """The lines as they are stored: (id or None, values). Raises Invalid with names such as "addresses.0.city".

    Who comes `late`, from an earlier version of the record, may name lines that have gone since.
    """
    errors: dict[str, Message] = {}
    found: dict[str, list[tuple[int | None, dict[str, Any]]]] = {}
    for part in RESOURCES.lines(resource):
        if part.name in given:
            rows = _list_of(work, part, given[part.name])
            found[part.name] = _parse_part(work, part, rows, _known(work, part, parent, late), errors)
    if errors:
        raise Invalid(errors)
    return found


def _known(work: Work, part: Lines, parent: int | None, late: int | None) -> set[int]:
    """The lines that may be named."""
    if parent is None:
        return set()
    known = {item.id for item in read(work, part, parent)}
    if late is not None:
        from . import stale  # stale knows the lines

        known |= stale.gone_since(work, part, parent, late)
    return known


def _list_of(work: Work, part: Lines, raw: object) -> list[object]:
    """A form sends its lines as JSON text, and nothing where there are none; a program has to say that there are none."""
    if isinstance(raw, str) and len(raw) <= _FORM_LIMIT:
        try:
            raw = json.loads(raw) if raw.strip() or not work.actor.speech.typed else []
        except (ValueError, RecursionError):
            raw = None
    if not isinstance(raw, list) or len(raw) > part.limit:
        raise Invalid({part.name: Message("Send a list of at most {count}.", count=part.limit)})
    return raw


def _parse_part(
    work: Work, part: Lines, rows: list[object], known: set[int], errors: dict[str, Message]
) -> list[tuple[int | None, dict[str, Any]]]:
    refer_all(work, part.resource, [row for row in rows if isinstance(row, dict)])
    found: list[tuple[int | None, dict[str, Any]]] = []
    for number, row in enumerate(rows):
        given = dict(row) if isinstance(row, dict) else {}
        for name in (part.resource.fields.keys() | set(part.resource.origins)) - set(part.resource.writable):
            given.pop(name, None)  # what was read may be sent back
        given.pop("version", None)
        raw = given.pop("id", None)
        key = int(raw) if str(raw).isascii() and str(raw).isdigit() and len(str(raw)) < 19 else None
        if not isinstance(row, dict) or (raw not in (None, "") and key not in known):
            errors[f"{part.name}.{number}"] = Message("There is no such line in this record.")
            continue
        try:
            found.append((key, parse_values(work, part.resource, given, creating=key is None)))
        except Invalid as bad:
            errors.update(
                {
                    f"{part.name}.{number}.{name}" if name else f"{part.name}.{number}": text
                    for name, text in bad.fields.items()
                }
            )
    return found


@all_or_nothing
def store(work: Work, resource: Resource, parent: int, parsed: Parsed) -> None:
    """Make the lines inside the record what `parsed` says. Raises Invalid from a line's own rules."""
    for part in RESOURCES.lines(resource):
        if part.name in parsed:
            _store_part(work, part, parent, parsed[part.name])


def _store_part(work: Work, part: Lines, parent: int, rows: list[tuple[int | None, dict[str, Any]]]) -> None:
    table = part.resource.table
    there = {
        row.id: row for row in work.session.scalars(sa.select(table).where(column_of(table, part.parent) == parent))
    }
    gone = there.keys() - {key for key, _ in rows}
    rows = [_returned(part, {key: there[key] for key in gone}, *row) for row in rows]
    for key in gone - {key for key, _ in rows}:
        work.session.delete(there[key])
    errors: dict[str, Message] = {}
    for position, (key, values) in enumerate(rows):
        row = there.get(key) if key is not None else None
        if row is None:
            row = table(**{part.parent: parent}, **values)
            work.session.add(row)
        for name, value in (values | {"position": position}).items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        errors.update({f"{part.name}.{position}.{name}": text for name, text in row.check().items()})
    if errors:
        raise Invalid(errors)


def _returned(
    part: Lines, gone: Mapping[int, Any], key: int | None, values: dict[str, Any]
) -> tuple[int | None, dict[str, Any]]:
    """A line that comes anew for one that goes, where only one of them may be there: it takes that one's place."""
    if key is not None:
        return key, values
    for unique in part.resource.table.__table__.constraints:
        names = (
            {column.name for column in unique.columns} - {part.parent}
            if isinstance(unique, sa.UniqueConstraint)
            else ()
        )
        for old, row in gone.items() if names else ():
            if all(getattr(row, name) == values.get(name) for name in names):
                return old, {name: part.resource.fields[name].default for name in part.resource.writable} | values
    return key, values


def faults(part: Lines, rows: list[tuple[int | None, dict[str, Any]]]) -> dict[str, Message]:
    """What the rules of new lines say against them, before any is saved."""
    table = part.resource.table
    return {
        f"{part.name}.{number}.{name}": text
        for number, (_, values) in enumerate(rows)
        for name, text in table(**{part.parent: 0}, **values).check().items()
    }


@all_or_nothing
def insert_many(work: Work, part: Lines, rows: list[dict[str, Any]]) -> None:
    """Many new lines at once, inside records that are there; values that were parsed before, with the record around under `parent`.

    Recorded in the history like any other. What a row does not bring gets the field's default.
    """
    if not rows:
        return
    table: Any = part.resource.table
    now, columns = clock.now(), kept(table)
    blank = {column.name: column.info["spec"]["default"] if "spec" in column.info else None for column in columns}
    blank |= {"position": 0, "created_at": now, "updated_at": now, "version": 1}
    whole = [blank | row for row in rows]
    names = [column.name for column in columns]
    ids = insert_rows(work, table, whole)
    entity = next(iter(column_of(table, table.PARENT).foreign_keys)).column.table.name
    work.record_changes(
        [
            {
                "entity": table.__tablename__,
                "record": key,
                "root_entity": entity,
                "root": row[table.PARENT],
                "version": 1,
                "before": None,
                "after": encoded(row, names),
            }
            for key, row in zip(ids, whole, strict=True)
        ]
    )
