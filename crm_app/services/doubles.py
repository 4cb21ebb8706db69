"""Records that hold what should tell one from another: people are told of the other one, and nothing is refused.

Of one that its reader may not see they are told that it is there, and nothing else; that, too, only who may make or change such
records, for they are to look into it. To ask for a value so, they have to store it in a record of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.fields import Email
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource

from .values import readable
from .work import Work, column_of

_BATCH = 500
MOST = 3  # others that are named for each field


@dataclass(frozen=True)
class Double:
    """Another record with the same value in `field`. `id` is None for one that the actor may not read, which is not named."""

    field: str
    text: Message
    id: int | None


def of_record(
    work: Work,
    resource: Resource,
    key: int,
    names: Iterable[str] | None = None,
    own: Mapping[str, Any] | None = None,
) -> list[Double]:
    """What other records share with this one of its telling fields, or of those of them in `names`. `own` is what it holds, where
    that has been read.
    """
    asked = [name for name in resource.telling if names is None or name in names]
    if not asked:
        return []
    if own is None:
        row = work.read(_own(resource), {"key": key}).first()
        own = dict(zip(resource.telling, row, strict=True)) if row else {}
    return _of_values(work, resource, key, {name: own[name] for name in asked if own.get(name)})


@cache
def _own(resource: Resource) -> sa.Select[Any]:
    """The telling fields of the record :key."""
    columns = [column_of(resource.table, name) for name in resource.telling]
    return sa.select(*columns).where(column_of(resource.table, "id") == sa.bindparam("key"))


def of_many(work: Work, resource: Resource, keys: Sequence[int], most: int = 100) -> list[tuple[int, Double]]:
    """The same of many records: (place in `keys`, what it shares), for the first so many of those that share something."""
    shared: set[int] = set()
    for name in resource.telling:
        number, said = column_of(resource.table, "id"), _said(resource, name)
        for start in range(0, len(keys), _BATCH):
            own = sa.select(said).where(number.in_(keys[start : start + _BATCH]), said.is_not(None), said != "")
            twice = sa.select(said).where(said.in_(own)).group_by(said).having(sa.func.count() > 1)
            mine = sa.select(number).where(number.in_(keys[start : start + _BATCH]), said.in_(twice))
            shared.update(work.session.scalars(mine))
    told = [place for place, key in enumerate(keys) if key in shared][:most]
    return [(place, double) for place in told for double in of_record(work, resource, keys[place])]


def in_common(resource: Resource, names: Iterable[str], count: int) -> list[Double]:
    """The same of `count` records that were all given one value in each of `names`."""
    given = [resource.fields[name] for name in resource.telling if name in names]
    text = "{field}: now the same in {count} records."
    return [Double(spec.name, Message(text, field=Message(spec.label), count=count), None) for spec in given]


def _of_values(work: Work, resource: Resource, key: int, held: dict[str, Any]) -> list[Double]:
    """The others that hold one of these values. One statement asks for all fields."""
    seen, mine = work.actor.may(resource.permission("read")), []
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in held}
    names = tuple(held)
    if names and seen:
        mine = readable(work, resource)
        asked = _alike(resource, names) if not mine else _others(resource, names, mine)
        for place, other, label in sorted(work.read(asked, held | {"key": key}), key=lambda row: row[:2]):
            found[names[place]].append((other, label))
    hidden = tuple(name for name in names if not found[name]) if mine or not seen else ()
    cares = work.actor.may(resource.permission("create")) or work.actor.may(resource.permission("change"))
    there = work.read(_alike(resource, hidden), held | {"key": key}).all() if hidden and cares else ()
    unseen = {hidden[row[0]] for row in there}
    return [double for name in names for double in _told(resource, name, found[name], unseen=name in unseen)]


def _told(resource: Resource, name: str, others: list[tuple[int, str]], *, unseen: bool) -> list[Double]:
    field = Message(resource.fields[name].label)
    if unseen:
        return [Double(name, Message("{field}: the same as in a record that you may not see.", field=field), None)]
    text = "{field}: the same as in {name}."
    return [Double(name, Message(text, field=field, name=label), other) for other, label in others]


@cache
def _alike(resource: Resource, names: tuple[str, ...]) -> Any:
    """The same statement where nobody's scope narrows it, made once."""
    return _others(resource, names, [])


def _others(resource: Resource, names: tuple[str, ...], mine: list[sa.ColumnElement[bool]]) -> Any:
    """For each field the first records but :key that hold its value (the parameter of its name): place in `names`, id, label."""
    number, label = (column_of(resource.table, part) for part in ("id", resource.label))
    each = []
    for place, name in enumerate(names):
        held = alike(resource, name, sa.bindparam(name, type_=column_of(resource.table, name).type))
        some = sa.select(number, label).where(held, number != sa.bindparam("key"), *mine).order_by(number).limit(MOST)
        each.append(sa.select(sa.literal(place), *some.subquery(f"of_{name}").c))
    return sa.union_all(*each) if len(each) > 1 else each[0]


def alike(resource: Resource, name: str, value: Any) -> sa.ColumnElement[bool]:
    """True for the records that hold the value: e-mail addresses in whatever case, all else to the letter. An index answers."""
    same = sa.func.lower(value) if isinstance(resource.fields[name].kind, Email) else value
    return _said(resource, name) == same  # type: ignore[no-any-return]


def _said(resource: Resource, name: str) -> Any:
    """What is compared of a field."""
    column = column_of(resource.table, name)
    return sa.func.lower(column) if isinstance(resource.fields[name].kind, Email) else column
