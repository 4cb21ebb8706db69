"""The first page: what I worked on last, what others did meanwhile, and how much there is of everything I may read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.history import Change, ChangeSet

from . import find, records
from .search import CAP
from .work import Work, column_of

_LOOKED_BACK = 20_000  # change sets
_SETS, _PARTS = 60, 5


@dataclass(frozen=True)
class Touched:
    """A record that somebody changed: the last time only. `others` says that the same deed touched more than this one."""

    resource: str
    id: int
    label: str
    who: str
    at: datetime
    others: bool


@dataclass(frozen=True)
class Count:
    """How many records of a list the actor may read, up to a cap, and exactly how many of them were made since a moment."""

    resource: str
    total: int
    capped: bool
    new: int


def mine(work: Work, most: int = 8) -> list[Touched]:
    """What the actor changed last and may still read, newest first."""
    return _touched(work, column_of(ChangeSet, "actor") == work.actor.user, most)


def others(work: Work, most: int = 8) -> list[Touched]:
    """What other people changed last of what the actor may read, newest first."""
    actor = column_of(ChangeSet, "actor")
    return _touched(work, sa.and_(actor.is_not(None), actor != work.actor.user), most)


def counts(work: Work, since: datetime) -> list[Count]:
    """Of every list that is no setting. New ones are counted by their moment of creation: an import may bring older ones."""
    return [_count(work, resource, since) for resource in find.lists(work) if resource.group != "Settings"]


def month_began(zone: str) -> datetime:
    """The first moment of the running month in that zone."""
    local = clock.now().astimezone(ZoneInfo(zone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _count(work: Work, resource: Resource, since: datetime) -> Count:
    table, conditions = resource.table, records.readable(work, resource)
    some = sa.select(sa.literal(1)).select_from(table).where(*conditions).limit(CAP + 1)
    total = work.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    since_then = (
        sa.select(sa.func.count()).select_from(table).where(column_of(table, "created_at") >= since, *conditions)
    )
    return Count(resource.name, min(total, CAP), total > CAP, work.session.scalar(since_then) or 0)


def _touched(work: Work, who: sa.ColumnElement[bool], most: int) -> list[Touched]:
    key = column_of(ChangeSet, "id")
    floor = (work.session.scalar(sa.select(sa.func.max(key))) or 0) - _LOOKED_BACK
    sets = work.session.scalars(sa.select(ChangeSet).where(key > floor, who).order_by(key.desc()).limit(_SETS)).all()
    parts = _parts(work, [one.id or 0 for one in sets])
    names = _names(work, {part for found in parts.values() for part in found})
    people = records.names_of(work, records.resource_of("users"), {one.actor for one in sets if one.actor})
    seen: set[tuple[str, int]] = set()
    found: list[Touched] = []
    for one in sets:
        shown = [part for part in parts.get(one.id or 0, ()) if part in names]
        if not shown or shown[0] in seen:
            continue
        seen.add(shown[0])
        found.append(Touched(*shown[0], names[shown[0]], people.get(one.actor or 0, ""), one.at, len(shown) > 1))
        if len(found) == most:
            break
    return found


def _parts(work: Work, sets: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Of each change set the first few records it touched, as (Resource, id); a line counts as the record around it."""
    if not sets:
        return {}
    row = [column_of(Change, name) for name in ("id", "change_set", "entity", "record", "root_entity", "root")]
    parts = [sa.select(*row).where(row[1] == one).order_by(row[0]).limit(_PARTS).subquery() for one in sets]
    rows = work.session.execute(sa.union_all(*(sa.select(part) for part in parts))).all()
    found: dict[int, list[tuple[str, int]]] = {}
    for _, one, entity, record, root_entity, root in sorted(rows, key=lambda part: part[0]):
        known = RESOURCES.by_table(root_entity or entity)
        part = (known[1].name, int(root or record)) if known else None
        if part and part not in found.setdefault(one, []):
            found[one].append(part)
    return found


def _names(work: Work, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The names of those records that are still there and that the actor may read."""
    wanted: dict[str, list[int]] = {}
    for name, number in keys:
        wanted.setdefault(name, []).append(number)
    found: dict[tuple[str, int], str] = {}
    for resource in find.lists(work):
        if resource.name in wanted:
            key, label = column_of(resource.table, "id"), column_of(resource.table, resource.label)
            statement = sa.select(key, label).where(key.in_(wanted[resource.name]), *records.readable(work, resource))
            rows: list[Any] = list(work.session.execute(statement))
            found |= {(resource.name, row[0]): str(row[1] or f"#{row[0]}") for row in rows}
    return found
