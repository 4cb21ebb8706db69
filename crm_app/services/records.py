"""Reading and writing the records of any Resource, for whoever may: lists, one record, create, change, remove, options.

Values come in as strangers send them and are parsed by their field kinds; they go out as plain values beside the labels of
what they refer to. No table row leaves this floor.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NoReturn

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.core.fields import Number, Reference
from crm_app.core.i18n import Message
from crm_app.core.query import Query
from crm_app.core.resource import RESOURCES, Resource

from . import (
    lines,
    listing,
    references,
    registry,  # noqa: F401 - imported so that every module's rules are known
    rules,
)
from .filters import conditions_of
from .freezing import refuse_frozen
from .listing import columns_of, order
from .search import CAP, match
from .values import (
    Item,
    belongs,
    insert_rows,
    items_of,
    key_of,
    names_of,
    names_readable,
    parse,
    readable,
    referred,
    resource_of,
    selecting,
)
from .work import Work, all_or_nothing, column_of, ruled

__all__ = [
    "Item",
    "belongs",
    "columns_of",
    "insert_rows",
    "key_of",
    "names_of",
    "names_readable",
    "order",
    "parse",
    "readable",
    "resource_of",
]


@dataclass(frozen=True)
class Page:
    """Some records of a list. `total` counts all that match, but no further than the cap: then `capped` is true."""

    items: list[Item]
    total: int
    capped: bool


def page(
    work: Work,
    resource: Resource,
    query: Query,
    *,
    columns: Iterable[str] | None = None,
    cap: int | None = CAP,
    total: tuple[int, bool] | None = None,
) -> Page:
    """The records that match, in order, one page of them. Raises Invalid, NotAllowed.

    `cap` None counts to the end; `total` (count, capped) is handed in where the count is known from the page before.
    """
    conditions = readable(work, resource) + conditions_of(work, resource, query.filters)
    names = _with_currency(
        resource, [name for name in columns or columns_of(resource, query) if name in resource.fields]
    )
    quick = listing.at_once(work, resource, query, names, conditions, cap, total)
    if quick is not None:
        return Page(items_of(resource, names, quick[0]), *quick[1:])
    found = match(work, resource.table, query.text)
    if total is None:
        total = listing.count(work, resource, conditions, found, cap)
    broad = total[0] >= CAP
    with listing.in_time(work, resource, query, broad=broad):
        rows = listing.rows(work, resource, query, names, conditions, found, broad=broad)
    return Page(items_of(resource, names, rows), *total)


def count(work: Work, resource: Resource, query: Query, cap: int | None = CAP) -> tuple[int, bool]:
    """How many match, and whether that is the cap and not all. Raises Invalid, NotAllowed."""
    conditions = readable(work, resource) + conditions_of(work, resource, query.filters)
    return listing.count(work, resource, conditions, match(work, resource.table, query.text), cap)


def _with_currency(resource: Resource, names: list[str]) -> tuple[str, ...]:
    """The fields to read: with amounts the currency that they are in."""
    kinds = (resource.fields[name].kind for name in names)
    beside = [kind.currency for kind in kinds if isinstance(kind, Number) and kind.currency in resource.fields]
    return tuple(dict.fromkeys((*names, *beside)))


def matching(work: Work, resource: Resource, query: Query) -> list[sa.ColumnElement[bool]]:
    """The conditions for all that the query finds and the actor may read. Raises Invalid, NotAllowed."""
    found = match(work, resource.table, query.text)
    conditions = readable(work, resource) + conditions_of(work, resource, query.filters)
    return [*conditions, found.condition] if found is not None else conditions


def one(work: Work, resource: Resource, key: object, verb: str = "read") -> Item:
    """The record with that id, all its fields. Raises Missing when there is none or the actor may not see it."""
    number = key_of(resource, key)
    names = tuple(resource.fields)
    row = _found(work, resource, number, names, verb)
    if row is None:
        raise Missing(resource.one, number)
    _reached(work, verb).add((resource.name, number))
    found, parts = items_of(resource, names, [row])[0], RESOURCES.lines(resource)
    there = zip(parts, row[len(row) - len(parts) :], strict=True)
    inside = {part.name: lines.read(work, part, number) if any_of else [] for part, any_of in there}
    return replace(found, lines=inside) if inside else found


def reach(work: Work, resource: Resource, key: object, verb: str = "read") -> int:
    """The id of that record, where the actor may see it. Raises Missing. What a reading Work has read is not asked again."""
    number = key_of(resource, key)
    known = _reached(work, verb)
    if (resource.name, number) not in known:
        if _found(work, resource, number, (), verb) is None:
            raise Missing(resource.one, number)
        known.add((resource.name, number))
    return number


def reaches(work: Work, resource: Resource, number: int, verb: str) -> bool:
    """Whether the actor holds the verb on that record, which they may see."""
    scope = work.actor.scope(resource.permission(verb))
    if not scope:
        return False
    if scope in ("all", work.actor.scope(resource.permission("read"))):
        return True
    return _found(work, resource, number, (), verb) is not None


def _found(work: Work, resource: Resource, number: int, names: tuple[str, ...], verb: str) -> Any:
    statement, mine = _by_id(resource, names), readable(work, resource, verb)
    return work.read(statement.where(*mine) if mine else statement, {"number": number}).first()


@cache
def _by_id(resource: Resource, names: tuple[str, ...]) -> sa.Select[Any]:
    """The statement for one record, made once; last it tells of each kind of its lines whether there are any."""
    key = column_of(resource.table, "id")
    each = [lines.any_inside(part, key) for part in RESOURCES.lines(resource) if names]
    return selecting(resource, names).add_columns(*each).where(key == sa.bindparam("number"))


def _reached(work: Work, verb: str) -> set[tuple[str, int]]:
    """Records that this Work has found readable. One that writes keeps no such notes: it may change what they say."""
    if work.verb or verb != "read":
        return set()
    found: set[tuple[str, int]] = work.session.info.setdefault("reached", set())
    return found


def with_lines(work: Work, resource: Resource, items: list[Item], names: Iterable[str]) -> list[Item]:
    """The items of a list with those of their lines that are named."""
    wanted = [part for part in RESOURCES.lines(resource) if part.name in names]
    if not wanted or not items:
        return items
    keys = [item.id for item in items]
    found = {part.name: lines.read_many(work, part, keys) for part in wanted}
    return [replace(item, lines={name: inside[item.id] for name, inside in found.items()}) for item in items]


def options(work: Work, resource: Resource, text: str, size: int = 20) -> list[tuple[int, str]]:
    """(id, label) of the first records that match, for pickers."""
    found = page(work, resource, Query(text=text, size=size), columns=(resource.label,))
    return [(item.id, str(item.values[resource.label])) for item in found.items]


# ---- writing


@all_or_nothing
def create(work: Work, resource: Resource, given: Mapping[str, object]) -> int:
    """A new record; its id. What a scope of own or team needs, the owner, is filled in. Raises Invalid, NotAllowed."""
    scope = work.require(resource.permission("create"))
    given, inside = lines.split(resource, given)
    values, parsed = lines.together(
        lambda: parse(work, resource, given, creating=True), lambda: lines.parse(work, resource, inside)
    )
    if resource.owner and work.actor.user is not None and values.get(resource.owner) is None:
        values[resource.owner] = work.actor.user
    row = resource.table(**rules.complete(work, resource, None, values, parsed))
    _check(row)
    work.session.add(row)
    work.session.flush()
    lines.store(work, resource, row.id, parsed)
    if scope != "all" and resource.owner:
        still_reachable(work, resource, row.id, "create")
    return int(row.id)


@all_or_nothing
def change(work: Work, resource: Resource, key: object, given: Mapping[str, object], version: int | None = None) -> int:
    """Set these fields; the record's new version. A field that somebody else set meanwhile raises Conflict with their value.

    With `version` given, changes of *other* fields and lines since then do not conflict: both are kept.
    """
    row = locked(work, resource, key, "change")
    for (
        name,
        spec,
    ) in resource.fields.items():  # what it refers to already may stay, though the actor could not choose it
        if isinstance(spec.kind, Reference) and getattr(row, name) is not None:
            referred(work).add((spec.kind.resource, getattr(row, name)))
    given, inside = lines.split(resource, given)
    late = version if version is not None and version != row.version else None
    values, parsed = lines.together(
        lambda: parse(work, resource, given, creating=False), lambda: lines.parse(work, resource, inside, row.id, late)
    )
    if late is not None:
        from . import stale  # stale knows the history, which knows the records

        parsed = stale.together(work, resource, row, values, parsed, late)
    for name, value in rules.complete(work, resource, row, values, parsed).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    _check(row)
    lines.store(work, resource, row.id, parsed)
    work.session.flush()
    if resource.reach & values.keys():
        still_reachable(work, resource, row.id, "change")
    return int(row.version)


@all_or_nothing
def remove(work: Work, resource: Resource, key: object, version: int | None = None) -> None:
    """Take the record away; the history keeps it for undo. Raises Missing, Conflict, IllegalMove, or Invalid where others refer to it."""
    row = locked(work, resource, key, "remove")
    if version is not None and version != row.version:
        raise Conflict(row.version, {})
    refuse_frozen(row, moving=False)  # before its lines say that of a change
    with references.named(work, resource, row.id):
        lines.store(work, resource, row.id, {part.name: [] for part in RESOURCES.lines(resource)})
        work.session.flush()
        work.session.delete(row)
        work.session.flush()


def locked(work: Work, resource: Resource, key: object, verb: str) -> Any:
    """The row, locked, that the actor holds the verb on. Raises Missing, NotAllowed."""
    number = key_of(resource, key)
    table = resource.table
    row = work.locked_where(table, column_of(table, "id") == number, *readable(work, resource, verb))
    if row is None:
        one(work, resource, number)  # tells what may be read but not changed from what is not there
        raise NotAllowed(resource.permission(verb))
    return row


def still_reachable(work: Work, resource: Resource, key: int, verb: str) -> None:
    """Nobody may hand a record to where their own scope does not reach."""
    found = work.session.scalar(
        sa.select(column_of(resource.table, "id")).where(
            column_of(resource.table, "id") == key, *readable(work, resource, verb)
        )
    )
    if found is None:
        refuse_reach(resource)


def refuse_reach(resource: Resource) -> NoReturn:
    """Raise the Invalid of `still_reachable`."""
    raise Invalid({resource.owner: Message("Your role lets you keep this only with yourself or your team.")})


def _check(row: Any) -> None:
    errors = dict(row.check())
    if errors:
        raise Invalid(errors)


@dataclass(frozen=True)
class Complete:
    """New rows as they are stored, but for their ids, and what the history tells of each."""

    rows: list[dict[str, Any]]
    told: list[dict[str, Any]]


def complete(resource: Resource, rows: list[dict[str, Any]]) -> Complete:
    """What insert_many makes of rows before it asks the database: any thread may do it beforehand."""
    from crm_app.models.base import Searchable, encoded, search_text, sort_text

    now = clock.now()
    blank = {name: resource.fields[name].default for name in resource.writable} | {"created_at": now, "version": 1}
    whole = [blank | row for row in rows]
    for row in whole:
        row["updated_at"] = row["created_at"]
        if issubclass(resource.table, Searchable):
            row["search"], row["sort_key"] = search_text(resource, row), sort_text(resource, row)
    return Complete(whole, [encoded(row, resource.writable) for row in whole])


@all_or_nothing
def insert_many(work: Work, resource: Resource, rows: list[dict[str, Any]] | Complete) -> list[int]:
    """Many new records at once from values that were parsed before; their ids. Recorded in the history like any other.

    A row may also bring `created_at`. What it does not bring gets the field's default.
    """
    table = resource.table
    if not isinstance(rows, Complete):
        if ruled(table.__tablename__):
            return _insert_one_by_one(work, table, rows)
        rows = complete(resource, rows)
    ids = insert_rows(work, table, rows.rows)
    work.record_changes(
        [
            {
                "entity": table.__tablename__,
                "record": key,
                "version": 1,
                "before": None,
                "after": after,
            }
            for key, after in zip(ids, rows.told, strict=True)
        ]
    )
    return ids


def _insert_one_by_one(work: Work, table: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Through the session, where the rules are: users and roles."""
    made = [table(**row) for row in rows]
    work.session.add_all(made)
    work.session.flush()
    return [int(row.id) for row in made]


def shown(work: Work, resource: Resource, item: Item, name: str) -> str:
    """A field of the record as this actor reads it."""
    return showing(work, resource, name)(item)


def showing(work: Work, resource: Resource, name: str, *, brief: bool = False) -> Callable[[Item], str]:
    """How that field of any record is told to this actor, `brief` in a list: found once for a whole column."""
    kind, speech = resource.fields[name].kind, work.actor.speech
    if isinstance(kind, Reference):
        return lambda item: item.labels.get(name, "")
    own = rules.shown(resource, name)
    if own is not None:
        return lambda item: own(item.values)
    if isinstance(kind, Number) and kind.currency:
        return lambda item: kind.show_in(item.values[name], item.values.get(kind.currency), speech, brief=brief)
    return lambda item: kind.show(item.values[name], speech)


def as_json(resource: Resource, item: Item, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The record as the API gives it."""
    kinds, shown = resource.fields, item.values if names is None else names
    return (
        {"id": item.id, "version": item.version}
        | {name: kinds[name].kind.json(item.values[name]) for name in shown if name in item.values}
        | dict(item.origins)
        | {
            part.name: [as_json(part.resource, line) for line in item.lines[part.name]]
            for part in RESOURCES.lines(resource)
            if part.name in item.lines and (names is None or part.name in names)
        }
    )
