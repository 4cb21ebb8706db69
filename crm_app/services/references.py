"""What refers to a record that is to be removed, in a sentence: the first few by their names, as far as the actor may read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Resource

from . import refusals
from .values import readable
from .work import Work, column_of

NAMED = 3
_Ids = sa.Select[tuple[Any]]


@contextmanager
def named(work: Work, resource: Resource, key: int) -> Iterator[None]:
    """A block that removes that record: where others refer to it, the refusal says which."""
    try:
        with work.attempt():
            yield
    except Invalid as bad:
        if bad.fields.get("") != refusals.REFERRED:
            raise
        raise Invalid({"": told(work, resource, key)}) from bad


def told(work: Work, resource: Resource, key: int) -> Message:
    """What refers to that record or to lines in it: of each kind the newest names that the actor may read, else only the kind."""
    uses = tuple(
        use
        for owner, pointing in _pointing(resource, key).items()
        if (use := _use(work, owner, pointing, key if owner is resource else 0)) is not None
    )
    if not uses:
        return refusals.REFERRED
    return Message("Other records refer to this one: {uses}. Change those first.", uses=uses)


def _pointing(resource: Resource, key: int) -> dict[Resource, list[_Ids]]:
    """By the kind of record: statements for the ids of those that refer to that record or to its lines, themselves or in their lines."""
    number = column_of(resource.table, "id")
    targets = {resource.table.__table__: sa.select(number).where(number == key)}
    going = set()  # what stands inside it goes with it
    for part in RESOURCES.lines(resource):
        around = column_of(part.resource.table, part.parent)
        going.add(around)
        targets[part.resource.table.__table__] = sa.select(column_of(part.resource.table, "id")).where(around == key)
    found: dict[Resource, list[_Ids]] = {}
    for table in resource.table.metadata.tables.values():
        described = RESOURCES.by_table(table.name)
        for link in table.foreign_keys if described else ():
            if described is None or link.ondelete is not None or link.parent in going:
                continue
            if link.column.table in targets:
                line, owner = described
                name = "id" if line is owner else line.table.PARENT
                ids = sa.select(table.c[name]).where(link.parent.in_(targets[link.column.table]))
                found.setdefault(owner, []).append(ids)
    return found


def _use(work: Work, owner: Resource, pointing: list[_Ids], itself: int) -> Message | None:
    """The kind with its first names; None where none of that kind refers."""
    number, label = (column_of(owner.table, name) for name in ("id", owner.label))
    there = sa.and_(sa.or_(*(number.in_(ids) for ids in pointing)), number != itself)
    if work.session.scalar(sa.select(number).where(there).limit(1)) is None:
        return None
    kind = Message(owner.many)
    try:
        mine = readable(work, owner)
    except NotAllowed:
        return kind
    seen = sa.select(number, label).where(there, *mine).order_by(number.desc()).limit(NAMED + 1)
    names = [str(name or f"#{key}") for key, name in work.session.execute(seen)]
    if not names:
        return kind
    more = ["…"] if len(names) > NAMED else []
    return Message("{what} ({names})", what=kind, names=", ".join(names[:NAMED] + more))
