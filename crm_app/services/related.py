"""What belongs to a record and is kept elsewhere: the lists that it filters, and the records that its lines name."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import NotAllowed
from crm_app.core.fields import Reference
from crm_app.core.i18n import Message
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES, Lines, Resource

from . import records
from .work import Work, column_of

SHOWN = 5


@dataclass(frozen=True)
class Link:
    """A record to go to. `more` says something of it, such as a job title."""

    resource: str
    id: int
    text: str
    more: str = ""


@dataclass(frozen=True)
class Group:
    """Some of the records of one kind. `address` is that of the list that holds them all, "" where there is no such list."""

    title: Message
    icon: str
    links: tuple[Link, ...]
    total: int
    capped: bool = False
    address: str = ""


def of_record(work: Work, resource: Resource, item: records.Item) -> list[Group]:
    """The groups that have something in them and that the actor may read. `item` has been read with its lines."""
    found = [_named(work, part, item.lines[part.name]) for part in RESOURCES.lines(resource) if part.name in item.lines]
    for other in RESOURCES:
        if other.nav and work.actor.may(other.permission("read")):
            found += [
                _listed(work, resource, other, name, item.id)
                for name in other.filters
                if _refers(other, name, resource)
            ]
    return [group for group in found if group is not None]


def _refers(other: Resource, name: str, resource: Resource) -> bool:
    kind = other.fields[name].kind
    return isinstance(kind, Reference) and kind.resource == resource.name


def _listed(work: Work, resource: Resource, other: Resource, name: str, key: int) -> Group | None:
    """The records of another list that name this one: what the list shows when it is filtered so."""
    if work.session.connection().execute(_naming(other.name, name), {"key": key}).first() is None:
        return None
    query = Query(filters=(Filter(name, "eq", str(key)),), size=SHOWN)
    page = records.page(work, other, query, columns=(other.label,))
    if not page.total:
        return None
    links = tuple(Link(other.name, item.id, str(item.values[other.label])) for item in page.items)
    title = Message("{what} below it", what=Message(other.many)) if other is resource else Message(other.many)
    return Group(title, other.icon, links, page.total, page.capped, f"/{other.name}?{replace(query, size=50).url()}")


@cache
def _naming(other: str, name: str) -> sa.Select[Any]:
    """The statement that tells whether any record of that list names :key in that field; most are named by none."""
    table = records.resource_of(other).table
    return sa.select(sa.literal(1)).where(column_of(table, name) == sa.bindparam("key")).limit(1)


def _named(work: Work, part: Lines, items: list[records.Item]) -> Group | None:
    """The records that the lines of that kind name, those of them that the actor may open."""
    kind = part.resource.fields[part.resource.label].kind
    if not isinstance(kind, Reference) or not items:
        return None
    target = records.resource_of(kind.resource)
    name = part.resource.label
    number = column_of(target.table, "id")
    try:
        mine = records.readable(work, target)
    except NotAllowed:
        return None
    there = set(work.session.scalars(sa.select(number).where(number.in_([item.values[name] for item in items]), *mine)))
    texts = [field for field, spec in part.resource.fields.items() if spec.kind.widget == "text" and field != name]
    links = tuple(
        Link(target.name, item.values[name], item.labels[name], str(item.values[texts[0]] or "") if texts else "")
        for item in items
        if item.values[name] in there
    )
    return Group(Message(part.resource.many), part.resource.icon, links, len(links)) if links else None
