"""What belongs to a record and is kept elsewhere: its place in its tree, the lists that it filters, the records that its
lines name; on wish rolled up over all that lies below it."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import NotAllowed
from crm_app.core.fields import Amount, Email, Phone, Reference
from crm_app.core.i18n import Message
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES, Lines, Resource

from . import notes, records, standings, trees
from .values import items_of, selecting
from .work import Work, column_of

SHOWN = 5
ROLLED_UP = 50  # of what lies below a record, so many are shown
EXCERPT = 120


@dataclass(frozen=True)
class Link:
    """A record to go to. `more` says something of it, such as a job title; `level` is how deep it stands in a tree.

    `here` is the record itself, in its tree; `standing` is how a document stands.
    """

    resource: str
    id: int
    text: str
    more: str = ""
    level: int = 0
    here: bool = False
    standing: tuple[standings.Standing, ...] = ()


@dataclass(frozen=True)
class Group:
    """Some of the records of one kind. `name` tells the groups of a record apart; `address` is that of the list that holds them
    all, "" where there is no such list; `inside` are lines of documents.
    """

    name: str
    title: Message
    icon: str
    links: tuple[Link, ...]
    total: int
    capped: bool = False
    address: str = ""
    inside: bool = False


@dataclass(frozen=True)
class _Named:
    """Whether anything lies right below a record in its tree, and of each list whether any of its records names it."""

    below: bool
    lists: dict[tuple[Resource, str], bool]


def of_record(work: Work, resource: Resource, item: records.Item, *, below: bool = False) -> list[Group]:
    """The groups that have something in them and that the actor may read. `item` has been read with its lines.

    With `below`, what the lines and notes of the records below it name is among it.
    """
    lists = tuple(one for one in _referring(resource, tuple(RESOURCES)) if work.actor.may(one[0].permission("read")))
    named = work.read(_naming(resource, lists), {"key": item.id}).one()
    if not work.verb:
        work.session.info["named", resource.name, item.id] = _Named(named[0], dict(zip(lists, named[1:], strict=True)))
    leaf = not resource.tree or (item.values[resource.tree] is None and not named[0])
    found = [] if leaf else [_tree(work, resource, item)]
    whole = below and bool(resource.tree)
    for part in RESOURCES.lines(resource):
        if whole:
            found.append(_named_below(work, resource, part, item.id))
        elif part.name in item.lines:
            found.append(_named(work, part, item))
    found += [
        _listed(work, other, name, item.id) for (other, name), any_of in zip(lists, named[1:], strict=True) if any_of
    ]
    if whole:
        found.append(_notes_below(work, resource, item.id))
    return [group for group in found if group is not None]


def has_below(work: Work, resource: Resource, key: int) -> bool:
    """Whether anything that the actor may read lies below the record in its tree."""
    if not resource.tree or not _bears(work, resource, key):
        return False
    number = column_of(resource.table, "id")
    family = trees.family(work, resource, key, whole=True)
    return work.session.scalar(sa.select(number).where(number.in_(family), number != key).limit(1)) is not None


def _bears(work: Work, resource: Resource, key: int) -> bool:
    """Whether anything lies right below the record, whoever may read it; a reading Work that has its groups knows."""
    known: _Named | None = work.session.info.get(("named", resource.name, key))
    return bool(work.read(_naming(resource, ()), {"key": key}).one()[0] if known is None else known.below)


def may_be_named(work: Work, resource: Resource, key: int, *lists: str) -> bool:
    """False where a reading Work that has the record's groups knows that no record of these lists names it."""
    known: _Named | None = work.session.info.get(("named", resource.name, key))
    if known is None:
        return True
    asked = [(other.name, any_of) for (other, _), any_of in known.lists.items() if other.name in lists]
    return {name for name, _ in asked} != set(lists) or any(any_of for _, any_of in asked)


@cache
def _referring(resource: Resource, all_of: tuple[Resource, ...]) -> tuple[tuple[Resource, str], ...]:
    """The lists among all, each with the field by which it refers to that kind of record."""
    return tuple(
        (other, name)
        for other in all_of
        if other.nav and not other.apart
        for name in other.filters
        if _refers(other, name, resource) and name != other.inside and (other is not resource or name != resource.tree)
    )


def _refers(other: Resource, name: str, resource: Resource) -> bool:
    kind = other.fields[name].kind
    return isinstance(kind, Reference) and kind.resource == resource.name


def _tree(work: Work, resource: Resource, item: records.Item) -> Group | None:
    """The record between those above it, from the top, and those right below it, each with how many are below that."""
    number, parent = column_of(resource.table, "id"), column_of(resource.table, resource.tree)
    label = column_of(resource.table, resource.label)
    mine = records.readable(work, resource)
    above = trees.above(work, resource, item.id)
    query = Query(filters=(Filter(resource.tree, "eq", str(item.id)),), size=SHOWN)
    lower = records.page(work, resource, query, columns=(resource.label,))
    if not above and not lower.total:
        return None
    links = [Link(resource.name, key, name, level=level) for level, (key, name) in enumerate(above)]
    links.append(Link(resource.name, item.id, str(item.values[resource.label]), level=len(above), here=True))
    daughters = sa.select(number, label).where(parent == item.id, *mine).order_by(*records.order(resource, Query()))
    for key, name in work.session.execute(daughters.limit(ROLLED_UP)):
        links.append(Link(resource.name, key, str(name), level=len(above) + 1))
    address = f"/{resource.name}?{replace(query, size=50).url()}" if lower.total else ""
    title = Message("{what} around it", what=Message(resource.many))
    return Group("tree", title, resource.icon, tuple(links), lower.total, lower.capped, address)


def _listed(work: Work, other: Resource, name: str, key: int) -> Group | None:
    """The records of another list that name this one: what the list shows when it is filtered so."""
    query = Query(filters=(Filter(name, "eq", str(key)),), size=SHOWN)
    page = records.page(work, other, query, columns=(other.label, *_told_of(other, name), *standings.needs(other)))
    if not page.total:
        return None
    links = tuple(_link(work, other, name, item) for item in page.items)
    address = f"/{other.name}?{replace(query, size=50).url()}"
    kept = (page.total, page.capped, address, bool(other.inside))
    return Group(f"{other.name}.{name}", Message(other.many), other.icon, links, *kept)


def _link(work: Work, other: Resource, name: str, item: records.Item) -> Link:
    """The way to that record; to the one around it where it has no page, with what it says itself beside."""
    kind = other.fields[other.inside].kind if other.inside else None
    facts = {fact: _fact(work, other, item, fact) for fact in _told_of(other, name)}
    if not isinstance(kind, Reference):
        say, first = work.actor.speech.say, next(iter(facts), "")
        told = _joined(
            *(
                text and (text if fact == first else f"{say(other.fields[fact].label)}: {text}")
                for fact, text in facts.items()
            )
        )
        day = clock.today(work.actor.speech.zone)
        standing = tuple(standings.brief(other, item.values, day))
        return Link(other.name, item.id, str(item.values[other.label] or ""), told, standing=standing)
    return Link(kind.resource, item.values[other.inside], item.labels[other.inside], _joined(*facts.values()))


def _told_of(other: Resource, name: str) -> tuple[str, ...]:
    """What is told of each record of another list: its facts, but for the one that leads here."""
    return tuple(fact for fact in other.facts if fact not in (name, other.inside))


def _fact(work: Work, other: Resource, item: records.Item, name: str) -> str:
    """A fact as its reader has it; an amount with its currency."""
    text, kind = records.shown(work, other, item, name), other.fields[name].kind
    return (
        f"{text} {item.values[kind.currency]}"
        if text and isinstance(kind, Amount) and kind.currency in item.values
        else text
    )


def _target(work: Work, part: Lines) -> tuple[Resource, list[Any]] | None:
    """What the lines of that kind name, and the conditions for those that the actor may open; colleagues are no such records."""
    kind = part.resource.fields[part.resource.label].kind
    if not isinstance(kind, Reference) or kind.person:
        return None
    target = records.resource_of(kind.resource)
    try:
        return target, records.readable(work, target)
    except NotAllowed:
        return None


def _text_of(part: Lines) -> str:
    """The first field of plain words beside the one that names, such as a job title."""
    specs = part.resource.fields.items()
    return next((name for name, spec in specs if spec.kind.widget == "text" and name != part.resource.label), "")


@cache
def _naming(resource: Resource, lists: tuple[tuple[Resource, str], ...]) -> sa.Select[Any]:
    """The statement that tells whether anything lies right below :key in its tree, and of each list whether any of its
    records names :key in that field: most are named by none.
    """
    places = [(resource, resource.tree)] if resource.tree else []
    each = [_any(column_of(other.table, name) == sa.bindparam("key")) for other, name in (*places, *lists)]
    return sa.select(*(each if places else [sa.false(), *each]))


def _any(condition: sa.ColumnElement[bool]) -> Any:
    return sa.exists().where(condition)


def _list_of(part: Lines, target: Resource, key: int) -> str:
    """The address of the list of the records that the lines name, where these hold the same lines from their side."""
    back = next((one for one in RESOURCES.lines(target) if one.resource.table is part.resource.table), None)
    query = Query(filters=(Filter(back.name, "eq", str(key)),)) if back and target.nav else None
    return f"/{target.name}?{query.url()}" if query else ""


def _named(work: Work, part: Lines, item: records.Item) -> Group | None:
    """The records that the lines of that kind name, those of them that the actor may open."""
    found, items = _target(work, part), item.lines[part.name]
    if found is None or not items:
        return None
    target, mine = found
    name, text = part.resource.label, _text_of(part)
    number = column_of(target.table, "id")
    there = {item.values[name] for item in items} - {None}  # a rule for a whole category names no product
    ways = tuple(fact for fact in target.facts if isinstance(target.fields[fact].kind, Phone | Email))
    if mine or ways:
        rows = work.session.execute(selecting(target, ways).where(number.in_(there), *mine))
        reached = {one.id: [one.values[way] for way in ways] for one in items_of(target, ways, rows)}
    else:
        reached = {key: [] for key in there}
    links = tuple(
        Link(
            target.name,
            item.values[name],
            item.labels[name],
            _joined(text and item.values[text], *reached[item.values[name]]),
        )
        for item in items
        if item.values[name] in reached
    )
    address = _list_of(part, target, item.id)
    title = Message(part.resource.many)
    return Group(part.name, title, part.resource.icon, links, len(links), address=address) if links else None


def _named_below(work: Work, resource: Resource, part: Lines, key: int) -> Group | None:
    """The same for the lines of the record and of all below it: each record once, with whose line names it."""
    found = _target(work, part)
    if found is None:
        return None
    target, mine = found
    table, text = part.resource.table, _text_of(part)
    named, holder = column_of(table, part.resource.label), column_of(table, part.parent)
    there = sa.select(column_of(target.table, "id")).where(*mine)
    conditions = (holder.in_(trees.family(work, resource, key, whole=True)), named.in_(there))
    total = work.session.scalar(sa.select(sa.func.count(sa.distinct(named))).where(*conditions)) or 0
    words = column_of(table, text) if text else sa.literal("")
    rows = work.session.execute(
        sa.select(named, holder, words).where(*conditions).order_by(holder != key, column_of(table, "id")).limit(500)
    ).all()
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row[0], row)
    shown = list(first.values())[:ROLLED_UP]
    names = records.names_of(work, target, [row[0] for row in shown])
    holders = records.names_of(work, resource, {row[1] for row in shown})
    links = tuple(
        Link(target.name, row[0], names[row[0]], _joined(row[2], holders[row[1]] if row[1] != key else ""))
        for row in shown
    )
    address = _list_of(part, target, key)
    title = Message(part.resource.many)
    return Group(part.name, title, part.resource.icon, links, total, address=address) if links else None


def _notes_below(work: Work, resource: Resource, key: int) -> Group | None:
    """The notes on the record and on all below it, newest first; each leads to the record it was written on."""
    found = notes.of_record(work, resource, key, below=True)
    holders = records.names_of(work, resource, {note.record for note in found[:ROLLED_UP]})
    links = tuple(
        Link(resource.name, note.record, _excerpt(note.text), holders[note.record]) for note in found[:ROLLED_UP]
    )
    return Group("notes", Message("Notes"), "sticky-note", links, len(found)) if links else None


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "\u2026"


def _joined(*parts: object) -> str:
    return " \u00b7 ".join(str(part) for part in parts if part)
