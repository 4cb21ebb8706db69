"""The columns of a list that no column of its table holds: what the lines inside its records tell (the accounts of a contact)."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.fields import Reference
from crm_app.core.i18n import Message
from crm_app.core.resource import FieldSpec, Lines, Resource

from . import search
from .values import resource_of
from .work import Work, column_of

BETWEEN = " \u00b7 "  # the names of companies hold commas


def texts(work: Work, resource: Resource, names: Iterable[str], keys: Sequence[int]) -> dict[str, dict[int, str]]:
    """What the lines of each of these records tell in those of the columns that are told by lines: one select for each.

    A name beside a reference is told to whoever may see the record that refers.
    """
    found: dict[str, dict[int, str]] = {name: {} for name in names if name in resource.told}
    for name in found if keys else ():
        held: dict[int, list[str]] = {}
        for key, text in work.read(_texts(resource, name), {"keys": list(keys), "today": clock.today()}):
            held.setdefault(key, []).append(text)
        found[name] = {key: BETWEEN.join(dict.fromkeys(each)) for key, each in held.items()}
    return found


def first(resource: Resource, name: str) -> Any:
    """What such a column is sorted by: the first of what it tells, without accents and case."""
    telling, around, value, ranks = _parts(resource, name)
    here = telling.where(around == column_of(resource.table, "id"), *current(_part(resource, name), clock.today()))
    sought = here.with_only_columns(value).order_by(*ranks).limit(1)
    return sought.correlate(resource.table.__table__).scalar_subquery()


@cache
def _texts(resource: Resource, name: str) -> sa.Select[Any]:
    """The statement for (id, text) of the records with these `keys`, on the day `today`, made once."""
    telling, around, _, ranks = _parts(resource, name)
    keys: Any = sa.bindparam("keys", expanding=True)
    counting = current(_part(resource, name), sa.bindparam("today"))
    return telling.where(around.in_(keys), *counting).order_by(*ranks)


def _part(resource: Resource, name: str) -> Lines:
    return resource.part(resource.told[name])


def _parts(resource: Resource, name: str) -> tuple[sa.Select[Any], Any, Any, tuple[Any, ...]]:
    """Of such a column: the statement for (id of the record around, text), the column of that id, the text as it is sorted, and in
    which order its texts come. Who is called first comes first, then names rise.
    """
    told, part = resource.told[name], _part(resource, name)
    line = part.resource.table.__table__
    naming = part.resource.fields[part.resource.label].kind
    assert isinstance(naming, Reference)  # noqa: S101 - such lines name records
    target = resource_of(naming.resource)
    other = target.table.__table__.alias()
    text = other.c[target.label] if part.names(told.field) else line.c[told.field]
    folded = other.c["sort_key"] if part.names(told.field) else search.Folded(text)
    around = line.c[part.parent]
    joined = sa.select(around, text).join_from(line, other, other.c["id"] == line.c[part.resource.label])
    flag = getattr(part.resource.table, "ALONE", None)
    ranks = (*((line.c[flag[0]].desc(),) if flag else ()), other.c["sort_key"], line.c["id"])
    return joined.where(text.is_not(None)), around, folded, ranks


def current(part: Lines, today: Any) -> list[Any]:
    """The conditions for those of such lines that count on that day."""
    begin, end = (column_of(part.resource.table, one) for one in part.resource.table.PERIOD)
    return [sa.or_(begin.is_(None), begin <= today), sa.or_(end.is_(None), end >= today)]


def sortable(resource: Resource) -> tuple[str, ...]:
    """What a list may be sorted by."""
    return tuple(found.name for found in resource.shown.values() if found.sortable)


def unsortable(resource: Resource, spec: FieldSpec | None, name: str) -> Message:
    """What may be sorted by, as people know it."""
    options = tuple(Message(resource.shown[one].label) for one in sortable(resource))
    if spec is None:
        text = "This list has no field \u201c{name}\u201d to sort by. Possible are: {options}."
        return Message(text, name=name[:60], options=options)
    field = Message(spec.label)
    return Message("This list cannot be sorted by {field}. Possible are: {options}.", field=field, options=options)
