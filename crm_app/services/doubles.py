"""Records that hold what should tell one from another: people are told of the other one, and nothing is refused.

Of one that its reader may not see they are told that it is there, and nothing else; that, too, only who may make or change such
records, for they are to look into it. To ask for a value so, they have to store it in a record of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


def of_record(work: Work, resource: Resource, key: int, names: Iterable[str] | None = None) -> list[Double]:
    """What other records share with this one of its telling fields, or of those of them in `names`."""
    asked = [name for name in resource.telling if names is None or name in names]
    if not asked:
        return []
    columns = [column_of(resource.table, name) for name in asked]
    own = work.session.execute(sa.select(*columns).where(column_of(resource.table, "id") == key)).first()
    shared = zip(asked, own or (), strict=bool(own))
    return [double for name, value in shared if value for double in _others(work, resource, key, name, value)]


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


def _others(work: Work, resource: Resource, key: int, name: str, value: str) -> list[Double]:
    number, field = column_of(resource.table, "id"), Message(resource.fields[name].label)
    same = (alike(resource, name, value), number != key)
    found: list[Any] = []
    if work.actor.may(resource.permission("read")):
        named = sa.select(number, column_of(resource.table, resource.label))
        found = list(work.session.execute(named.where(*same, *readable(work, resource)).order_by(number).limit(MOST)))
    cares = work.actor.may(resource.permission("create")) or work.actor.may(resource.permission("change"))
    if not found and cares and work.session.scalar(sa.select(number).where(*same).limit(1)) is not None:
        return [Double(name, Message("{field}: the same as in a record that you may not see.", field=field), None)]
    text = "{field}: the same as in {name}."
    return [Double(name, Message(text, field=field, name=label), other) for other, label in found]


def alike(resource: Resource, name: str, value: str) -> sa.ColumnElement[bool]:
    """True for the records that hold the value: e-mail addresses in whatever case, all else to the letter. An index answers."""
    same = sa.func.lower(value) if isinstance(resource.fields[name].kind, Email) else value
    return _said(resource, name) == same  # type: ignore[no-any-return]


def _said(resource: Resource, name: str) -> Any:
    """What is compared of a field."""
    column = column_of(resource.table, name)
    return sa.func.lower(column) if isinstance(resource.fields[name].kind, Email) else column
