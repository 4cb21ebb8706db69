"""A page of a list in the database: how many match, in which order they come, which rows stand on the page."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.query import MAX_SORTS, Query
from crm_app.core.resource import FieldSpec, Resource

from . import search
from .search import CAP, Match
from .values import resource_of, selecting
from .work import Work, column_of


def rows(
    work: Work, resource: Resource, query: Query, names: tuple[str, ...], conditions: list[Any], found: Match | None
) -> Sequence[Any]:
    """The rows of the page: first the ids of all that match in their order, then the wide rows of those on the page only."""
    connection, sorted_by = work.session.connection(), order(resource, query)
    size, skip = query.size, (query.page - 1) * query.size
    own = query.sort.removeprefix("-") in ("", resource.sort) and resource.sort == resource.label
    if found is not None and found.phrase and found.total <= CAP and not conditions and own:
        given = {"phrase": found.phrase, "size": size, "skip": skip}
        return connection.execute(_narrow(resource.name, names, falling=query.sort.startswith("-")), given).all()
    if found is not None:
        conditions = [*conditions, found.condition]
    key = column_of(resource.table, "id")
    keys = sa.select(key).limit(size).offset(skip)
    wide = selecting(resource.name, names)
    filled = _filled(resource, query) if connection.dialect.name == "postgresql" else None
    if filled is not None:
        some = keys.where(*conditions, filled.is_not(None)).order_by(filled.desc(), *sorted_by[1:])
        page = connection.execute(wide.where(key.in_(some)).order_by(*sorted_by)).all()
        if len(page) == size:
            return page
    keys = keys.where(*conditions).order_by(*sorted_by)
    return connection.execute(wide.where(key.in_(keys)).order_by(*sorted_by)).all()


def _filled(resource: Resource, query: Query) -> Any:
    """The column that the rows fall by, where it may be empty; else None.

    PostgreSQL's index of it read backwards has the empty ones first, where the list has them last: a page without any is
    asked for by itself, so that the index can answer.
    """
    first = (query.sorts or (resource.sort,))[0]
    spec = resource.fields[first.removeprefix("-")]
    falls = first.startswith("-") and not spec.required and not _by_key(resource, spec)
    return column_of(resource.table, spec.name) if falls else None


def _by_key(resource: Resource, spec: FieldSpec) -> bool:
    return spec.name == resource.label and "sort_key" in resource.table.__table__.columns


@cache
def _narrow(name: str, names: tuple[str, ...], *, falling: bool) -> sa.Select[Any]:
    """The statement for a narrow search in the list's own order on SQLite, made once."""
    table = resource_of(name).table
    key, place = column_of(table, "id"), column_of(table, "sort_key")
    sorted_by = (place.desc(), key.desc()) if falling else (place.asc(), key.asc())
    keys = search.narrow_keys(table.__tablename__, falling=falling)
    return selecting(name, names).where(key.in_(keys)).order_by(*sorted_by)


def count(
    work: Work, resource: Resource, conditions: list[Any], found: Match | None, cap: int | None
) -> tuple[int, bool]:
    """How many match, and whether that is the cap and not all. `cap` None counts to the end."""
    if found is not None:
        if not conditions and found.total <= (cap or CAP):
            return found.total, False
        if not conditions and cap is not None:
            return cap, True
        conditions = [*conditions, found.index]
    inner = sa.select(sa.literal(1)).select_from(resource.table).where(*conditions)
    if cap is not None and conditions:
        inner = inner.limit(cap + 1)
        counted = work.session.scalar(sa.select(sa.func.count()).select_from(inner.subquery())) or 0
        return min(counted, cap), counted > cap
    return work.session.scalar(sa.select(sa.func.count()).select_from(resource.table).where(*conditions)) or 0, False


def columns_of(resource: Resource, query: Query) -> tuple[str, ...]:
    """The columns that the query chooses, as far as there are such fields; else the Resource's own."""
    return tuple(name for name in query.columns if name in resource.fields) or resource.columns


def order(resource: Resource, query: Query) -> list[sa.UnaryExpression[Any]]:
    """What the rows are sorted by; the id makes it certain. Raises Invalid."""
    names = query.sorts or (resource.sort,)
    if len(names) > MAX_SORTS:
        raise Invalid({"sort": Message("Sort by at most {count} columns.", count=MAX_SORTS)})
    key = column_of(resource.table, "id")
    return [*(_ordered(resource, name) for name in names), key.desc() if names[0].startswith("-") else key.asc()]


def _ordered(resource: Resource, name: str) -> sa.UnaryExpression[Any]:
    spec = resource.fields.get(name.removeprefix("-"))
    if spec is None or not spec.sortable:
        options = ", ".join(found.name for found in resource.fields.values() if found.sortable)
        raise Invalid({"sort": Message("This list cannot be sorted by that. Use one of: {options}.", options=options)})
    by_key = _by_key(resource, spec)
    column = column_of(resource.table, "sort_key" if by_key else spec.name)
    ordered = column.desc() if name.startswith("-") else column.asc()
    return ordered if spec.required or by_key else ordered.nulls_last()  # type: ignore[no-any-return]
