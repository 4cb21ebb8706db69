"""What reading and writing records share: values from strangers, the rows an actor may reach, the names of what they refer to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, Missing
from crm_app.core.fields import BadValue, Boolean, Choices, Kind, Reference, Tags
from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models import registry

from .rows import draw_ids, insert
from .work import Work, column_of

KEPT = 100  # statements of each kind; whoever asks may name the fields in ever other orders
TABLES = registry.MODULES  # imported so that every Resource is known


@dataclass(frozen=True)
class Item:
    """One record as values. `labels` holds, per reference field, the name of the record it refers to; `origins`, of a line, the ids
    of the lines it was made from.
    """

    id: int
    version: int
    values: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, "list[Item]"] = field(default_factory=dict)
    origins: Mapping[str, int | None] = field(default_factory=dict)


def resource_of(name: str) -> Resource:
    """The Resource of that name. Raises Missing."""
    found = RESOURCES.get(name) if isinstance(name, str) else None
    if found is None:
        raise Missing("list", str(name)[:60])
    return found


def readable(work: Work, resource: Resource, verb: str = "read") -> list[sa.ColumnElement[bool]]:
    """The conditions that keep to the records the actor holds `verb` on. Raises NotAllowed when there are none at all."""
    scope = work.require(resource.permission(verb))
    if scope == "all" or not resource.owner:
        return []
    mine = on_column(resource, resource.owner, lambda owner: belongs(work, owner, scope))
    if scope == "team" and resource.team and work.actor.team is not None:
        mine = sa.or_(mine, column_of(resource.table, resource.team) == work.actor.team)
    return [mine]


def on_column(resource: Resource, name: str, asks: Callable[[Any], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """What is asked of that column. Where a view takes it from one of several tables, no index has it: what is asked of each of these
    finds the records that it can be of.
    """
    own = asks(column_of(resource.table, name))
    inside, sources = getattr(resource.table, "TAKEN", {}).get(name, ("", ()))
    if not sources:
        return own
    among = [sa.select(column_of(table, key)).where(asks(column_of(table, told))) for table, key, told in sources]
    return sa.and_(own, column_of(resource.table, inside).in_(sa.union_all(*among)))


def belongs(work: Work, owner: Any, scope: str) -> sa.ColumnElement[bool]:
    """True where that column names the actor, or with the scope "team" anybody of the actor's team."""
    if scope == "team" and work.actor.team is not None:
        users = RESOURCES.get("users").table  # type: ignore[union-attr]
        return owner.in_(sa.select(column_of(users, "id")).where(column_of(users, "team") == work.actor.team))  # type: ignore[no-any-return]
    return owner == work.actor.user  # type: ignore[no-any-return]


@lru_cache(KEPT)
def selecting(resource: Resource, names: tuple[str, ...]) -> sa.Select[Any]:
    """The statement for these fields, made once, like that of `_labels`: rows for `items_of`."""
    return sa.select(*columns_for(resource, names))


def columns_for(resource: Resource, names: tuple[str, ...]) -> list[Any]:
    """What `items_of` reads: id, version, these fields, and of each record that one of them refers to its label.

    A name beside a reference is shown to whoever may see the record that refers.
    """
    own = [column_of(resource.table, part) for part in ("id", "version", *names)]
    return own + [_label_of(resource, name) for name in _references(resource, names)]


def _label_of(resource: Resource, name: str) -> Any:
    kind = resource.fields[name].kind
    assert isinstance(kind, Reference)  # noqa: S101 - for the type checker
    target = resource_of(kind.resource)
    other = target.table.__table__.alias(f"{name}_of")
    return sa.select(other.c[target.label]).where(other.c.id == column_of(resource.table, name)).scalar_subquery()


def _references(resource: Resource, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if isinstance(resource.fields[name].kind, Reference))


def items_of(resource: Resource, names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> list[Item]:
    """Rows of `columns_for` these fields as records."""
    width = 2 + len(names)
    places = [(name, 2 + names.index(name), width + place) for place, name in enumerate(_references(resource, names))]
    return [
        Item(
            row[0],
            row[1],
            dict(zip(names, row[2:width], strict=True)),
            {name: str(row[label] or f"#{row[key]}") for name, key, label in places if row[key] is not None},
        )
        for row in rows
    ]


def names_of(work: Work, resource: Resource, keys: Iterable[int]) -> dict[int, str]:
    """The label of each of these records, for whoever may see what refers to them."""
    keys = list(keys)
    if not keys:
        return {}
    rows = work.read(_labels(resource), {"keys": keys})
    return {row[0]: str(row[1] or f"#{row[0]}") for row in rows}


def names_readable(work: Work, resource: Resource, keys: Iterable[int]) -> dict[int, str]:
    """The label of each of these records that the actor may read."""
    if not work.actor.may(resource.permission("read")):
        return {}
    key, label = (column_of(resource.table, part) for part in ("id", resource.label))
    found = work.session.execute(sa.select(key, label).where(key.in_(list(keys)), *readable(work, resource)))
    return {row[0]: str(row[1]) for row in found}


@cache
def _labels(resource: Resource) -> sa.Select[Any]:
    """The statement for names, made once: SQLAlchemy takes longer to understand a new one than the database to answer it."""
    key, label = (column_of(resource.table, part) for part in ("id", resource.label))
    return sa.select(key, label).where(key.in_(sa.bindparam("keys", expanding=True)))


def key_of(resource: Resource, key: object) -> int:
    """A record's number from what a stranger sent. Raises Missing."""
    try:
        number = Reference(resource.name).parse(key)
    except BadValue:
        number = None
    if number is None:
        raise Missing(resource.one, key[:40] if isinstance(key, str) else "")
    return number


def parse(work: Work, resource: Resource, given: Mapping[str, object], *, creating: bool) -> dict[str, Any]:
    """The given values as they are stored. Raises Invalid with every field's fault; an unknown or read-only name is one."""
    errors: dict[str, Message] = {}
    values: dict[str, Any] = {}
    for name, raw in given.items():
        spec = resource.fields.get(name) if isinstance(name, str) else None
        if spec is None or spec.readonly:
            text = (
                "There is no field of this name here."
                if spec is None
                else "This field is filled by the program: leave it out."
            )
            errors[str(name)[:60]] = Message(text)
            continue
        try:
            value = _parsed(spec.kind, raw, work.actor.speech)
        except BadValue as bad:
            errors[name] = bad.message
            continue
        if value is None:
            value = spec.default if not spec.required else None
        if value is None and spec.required:
            errors[name] = Message("This is needed.")
        values[name] = value
    if creating:
        for name, spec in resource.fields.items():
            if spec.required and spec.default is None and name not in values and name not in errors:
                errors[name] = Message("This is needed.")
    _check_references(work, resource, values, errors)
    if errors:
        raise Invalid(in_order(resource, errors))
    return values


def _parsed(kind: Kind, raw: object, speech: Speech) -> Any:
    """An empty box of a form is a no, and it joins several words by commas; a program has to write both out. Raises BadValue."""
    if isinstance(kind, Boolean) and (raw is None or (raw == "" and not speech.typed)):
        raise BadValue("Send true or false.")
    if isinstance(kind, Choices | Tags) and not speech.typed and not isinstance(raw, list | tuple | None):
        example = next(iter(kind.options)).value if isinstance(kind, Choices) else "vip"
        raise BadValue("Send a list such as {example}. An empty list or null clears it.", example=f'["{example}"]')
    return kind.parse(raw, speech)


def in_order(resource: Resource, errors: Mapping[str, Message]) -> dict[str, Message]:
    """Faults in the order in which one meets their fields in the form."""
    names = [name for section in resource.form for name in section.fields]
    places = {name: place for place, name in enumerate(dict.fromkeys((*names, *resource.fields)))}
    return dict(sorted(errors.items(), key=lambda each: places.get(each[0].partition(".")[0], len(places))))


def _check_references(work: Work, resource: Resource, values: Mapping[str, Any], errors: dict[str, Message]) -> None:
    there = referred(work)
    for name, value in values.items():
        kind = resource.fields[name].kind
        if isinstance(kind, Reference) and value is not None and (kind.resource, value) not in there:
            if _is_readable(work, resource_of(kind.resource), value):
                there.add((kind.resource, value))
            else:
                errors[name] = Message("There is no such record, or you may not see it. Choose another.")


def _is_readable(work: Work, resource: Resource, key: int) -> bool:
    if not work.actor.may(resource.permission("read")):
        return False
    number = column_of(resource.table, "id")
    return work.session.scalar(sa.select(number).where(number == key, *readable(work, resource))) is not None


def referred(work: Work) -> set[tuple[str, int]]:
    """Records that may be referred to: found once in this transaction is enough."""
    found: set[tuple[str, int]] = work.session.info.setdefault("referred", set())
    return found


def hold(work: Work, resource: Resource, key: int) -> None:
    """Let the record stay until the end of this Work, as a foreign key does, for what names it without one: who merges it or takes
    it away waits. Raises Missing where somebody has just done so.
    """
    if resource.table.__table__.info.get("view"):
        return
    number = column_of(resource.table, "id")
    found = sa.select(number).where(number == key)
    if work.session.scalar(found.with_for_update(read=True, key_share=True) if work.verb else found) is None:
        raise Missing(resource.one, key)


def refer_all(work: Work, resource: Resource, rows: Iterable[Mapping[str, object]]) -> None:
    """Find out at once, list by list, which of the records that these rows name may be referred to."""
    named: dict[str, set[int]] = {}
    for name in resource.writable:
        kind = resource.fields[name].kind
        if isinstance(kind, Reference):
            named.setdefault(kind.resource, set()).update(_keys_in(kind, name, rows, work.actor.speech))
    for other, keys in named.items():
        asked = {key for key in keys if (other, key) not in referred(work)}
        if len(asked) > 1:  # one alone is asked for when it is looked at
            referred(work).update((other, key) for key in names_readable(work, resource_of(other), asked))


def _keys_in(kind: Reference, name: str, rows: Iterable[Mapping[str, object]], speech: Speech) -> Iterator[int]:
    for row in rows:
        with suppress(BadValue):
            key = kind.parse(row.get(name), speech)
            if key is not None:
                yield key


def insert_rows(work: Work, table: Any, rows: list[dict[str, Any]]) -> list[int]:
    """The bare rows, not yet in the history; their ids, which are drawn before: no database returns them in a promised order."""
    if not rows:
        return []
    connection = work.session.connection()
    keys = draw_ids(connection, table.__table__, len(rows))
    for key, row in zip(keys, rows, strict=True):
        row["id"] = key
    insert(connection, table.__table__, rows)
    return keys
