"""A change by somebody who has not seen the newest version: what touches other fields and other lines than the changes since is
kept beside them, and what touches the same is told, to be chosen between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Conflict
from crm_app.core.resource import RESOURCES, Lines, Resource
from crm_app.models.base import decode
from crm_app.models.history import Change

from . import history, lines
from .lines import Parsed
from .work import Work, column_of

Row = tuple[int | None, dict[str, Any]]
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Woven:
    """A line of the list that both have made. `id` None is a new one of mine, at `place` of my list; `names` are the fields that I set."""

    id: int | None
    place: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Since:
    """The lines as they are, in their order, and those that came, went or were changed since: before[id] is what they said then, None
    where they were not there. `order` are those that were there, as they stood then.
    """

    now: Mapping[int, Mapping[str, Any]]
    before: Mapping[int, Mapping[str, Any] | None]
    order: Sequence[int]

    def then(self, key: int) -> Mapping[str, Any] | None:
        """What the line said then; None where it was not there."""
        earlier = self.before.get(key, {})
        return None if earlier is None else {**self.now.get(key, {}), **earlier}

    def theirs(self, key: int) -> set[str]:
        """The fields that somebody else has set since; all of them of a line that went."""
        then = self.then(key) or {}
        return {name for name in then if key not in self.now or then[name] != self.now[key].get(name)}


def together(
    work: Work, resource: Resource, row: Any, values: Mapping[str, Any], inside: Parsed, version: int
) -> Parsed:
    """The lines as both want them. Raises Conflict with their value of each field, and their lines, that both have set otherwise."""
    touched = history.fields_changed_since(work, resource, row.id, version)
    theirs: dict[str, Any] = {
        name: getattr(row, name) for name, value in values.items() if name in touched and getattr(row, name) != value
    }
    found = dict(inside)
    for part in RESOURCES.lines(resource):
        if part.name not in inside or part.name not in touched:
            continue
        since = _since(work, part, row.id, version)
        woven, clashing = _woven(part, inside[part.name], since)
        if woven is None or clashing:
            told = since.now if woven is None else clashing
            theirs[part.name] = [{"id": key, **since.now[key]} for key in since.now if key in told]
        else:
            found[part.name] = [_parsed(one, inside[part.name]) for one in woven]
    if theirs:
        raise Conflict(row.version, theirs)
    return found


def gone_since(work: Work, part: Lines, key: int, version: int) -> set[int]:
    """The lines that somebody who knows that version may still name."""
    since = _since(work, part, key, version)
    return since.before.keys() - since.now.keys()


def clashing(work: Work, part: Lines, key: int, version: int, rows: Sequence[Row]) -> set[int] | None:
    """The lines that both have changed otherwise; None where the whole lists stand against each other."""
    woven, found = _woven(part, rows, _since(work, part, key, version))
    return None if woven is None else found


def chosen(work: Work, part: Lines, key: int, version: int, rows: Sequence[Row], whose: str) -> list[Woven] | None:
    """The list that both have made, with mine or theirs of what clashes; None where there is only the one or the other."""
    return _woven(part, rows, _since(work, part, key, version), whose)[0]


def _parsed(one: Woven, rows: Sequence[Row]) -> Row:
    return one.id, {} if one.place is None else {name: rows[one.place][1][name] for name in one.names}


def _since(work: Work, part: Lines, key: int, version: int) -> _Since:
    table: Any = part.resource.table
    now = {item.id: dict(item.values) for item in lines.read(work, part, key)}
    mine = (column_of(Change, "entity") == table.__tablename__, column_of(Change, "root") == key)
    told = sa.select(*(column_of(Change, name) for name in ("record", "before")))
    told = told.where(*mine, column_of(Change, "version") > version)
    earlier: dict[int, dict[str, Any] | None] = {}
    places = {one: place for place, one in enumerate(now)}
    for one, said in work.session.execute(told.order_by(column_of(Change, "id").desc())):
        earlier[one] = None if said is None else (earlier.get(one) or {}) | _fields(part, said)
        places[one] = (said or {}).get("position", places.get(one, 0))
    there = [one for one in places if earlier.get(one, {}) is not None]
    before = {one: said for one, said in earlier.items() if said is not None or one in now}
    return _Since(now, before, sorted(there, key=lambda one: (places[one], one)))


def _fields(part: Lines, said: Mapping[str, Any]) -> dict[str, Any]:
    known = [name for name in said if name in part.resource.fields]
    return {name: decode(column_of(part.resource.table, name), said[name]) for name in known}


def _woven(part: Lines, rows: Sequence[Row], since: _Since, whose: str = "") -> tuple[list[Woven] | None, set[int]]:
    """The list that both have made, and the lines that clash; None for one that names no line there was, or that cannot be told apart.

    A list without any of the lines that were there means all of them otherwise: it is not added to.
    """
    known = [key for key, _ in rows if key is not None]
    if part.parent != part.resource.table.PARENT or (since.order and set(since.order).isdisjoint(known)):
        return None, set()
    clashes: set[int] = set()
    found: list[Woven] = []
    for place, (key, values) in enumerate(rows):
        one = _mine(since, place, key, values, whose, clashes)
        if one is not None:
            found.append(one)
    stays = {one.id: None for one in found if one.id is not None}
    if list(stays) == [key for key in since.order if key in stays]:  # I have left them in their order
        found = _in_order(found, list(since.now))
    before: int | None = None
    for key in since.now:
        missing, came = key not in known, since.then(key) is None
        if missing and not came and since.theirs(key):  # I took away what they have changed
            clashes.add(key)
        if missing and (came or (key in clashes and whose == THEIRS)):
            found.insert(_behind(found, before), Woven(key))
        before = key
    return found, clashes


def _mine(
    since: _Since, place: int, key: int | None, values: Mapping[str, Any], whose: str, clashes: set[int]
) -> Woven | None:
    """My line as it will be; None where it is gone."""
    if key is None:
        return Woven(None, place, tuple(values))
    then, theirs = since.then(key) or {}, since.theirs(key)
    set_now = [name for name, value in values.items() if then.get(name) != value]
    if key not in since.now:
        if set_now:
            clashes.add(key)
        return Woven(None, place, tuple(values)) if set_now and whose == MINE else None
    both = [name for name in set_now if name in theirs and since.now[key].get(name) != values[name]]
    if both:
        clashes.add(key)
    return Woven(key, place, tuple(name for name in set_now if whose != THEIRS or name not in both))


def _in_order(found: Sequence[Woven], now: Sequence[int]) -> list[Woven]:
    """The lines as they stand now, each with the new ones of mine behind it."""
    places = {key: place for place, key in enumerate(now)}
    groups: list[list[Woven]] = [[]]
    for one in found:
        groups.append([one]) if one.id is not None else groups[-1].append(one)
    rest = sorted(groups[1:], key=lambda group: places.get(group[0].id or 0, len(now)))
    return [one for group in (groups[0], *rest) for one in group]


def _behind(found: Sequence[Woven], key: int | None) -> int:
    if key is None:
        return 0
    return next((place + 1 for place, one in enumerate(found) if one.id == key), len(found))
