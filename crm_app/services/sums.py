"""What the amounts of a list come to: added up in the database, each currency by itself, for what the actor may read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.fields import Amount
from crm_app.core.query import Query, parted
from crm_app.core.resource import STANDING, Resource

from . import records
from .filters import conditions_of
from .search import CAP
from .work import Work, column_of


@dataclass(frozen=True)
class Sum:
    """So many records in that currency ("" where they name none), and what each amount of theirs comes to.

    `group` is the value of the field that they were grouped by.
    """

    currency: str
    count: int
    amounts: dict[str, Decimal]
    group: str = ""


def of(work: Work, resource: Resource, query: Query, *, cap: int | None = CAP, by: str = "") -> list[Sum] | None:
    """The sums of `resource.sums` over all that the query finds, per currency; None where that is more than `cap` records.

    With `by`, per value of that field too. What is contrary (a credit note) is taken away, what is uncounted (a version of a quote
    that a newer one supersedes) left out. Raises Invalid, NotAllowed.
    """
    if not resource.sums:
        return []
    currency = column_of(resource.table, currency_of(resource))
    group = column_of(resource.table, by) if by else sa.literal("")
    amounts = [_signed(resource, name).label(name) for name in resource.sums]
    rows = sa.select(currency.label("of"), group.label("group"), *amounts)
    rows = rows.where(*records.matching(work, resource, query), *map(sa.not_, _uncounted(work, resource, query)))
    found = (rows if cap is None else rows.limit(cap + 1)).subquery()
    per = (found.c["of"], found.c["group"])
    sums = [sa.func.sum(found.c[name]) for name in resource.sums]
    told = work.session.execute(sa.select(*per, sa.func.count(), *sums).group_by(*per).order_by(*per)).all()
    if cap is not None and sum(row[2] for row in told) > cap:
        return None
    return [_plain(resource, row) for row in told]


def counting(resource: Resource, query: Query) -> Query:
    """The query for what counts of the same."""
    if resource.uncounted is None or _asks_for_uncounted(resource, query):
        return query
    other = {"true": "false", "false": "true"}
    (only,) = resource.uncounted.query.filters
    return replace(query, filters=(*query.filters, replace(only, value=other[only.value])))


def leaves_out(work: Work, resource: Resource, query: Query) -> bool:
    """Whether the sums leave out some of what the query finds. Raises Invalid, NotAllowed."""
    uncounted = _uncounted(work, resource, query)
    if not uncounted:
        return False
    found = sa.select(column_of(resource.table, "id")).where(*records.matching(work, resource, query), *uncounted)
    return work.session.scalar(found.limit(1)) is not None


def _uncounted(work: Work, resource: Resource, query: Query) -> list[sa.ColumnElement[bool]]:
    """The condition on what does not count; none where somebody asks for just that."""
    if resource.uncounted is None or _asks_for_uncounted(resource, query):
        return []
    return [sa.and_(*conditions_of(work, resource, resource.uncounted.query.filters))]


def _asks_for_uncounted(resource: Resource, query: Query) -> bool:
    """Whether a filter of the query looks at what decides whether a record counts."""
    told = {part.field for part in resource.uncounted.query.filters} if resource.uncounted else set()
    asked = {part.field for part in query.filters}
    for part in query.filters:
        if part.field == STANDING:
            values = parted(part.value)
            asked |= {own.field for stand in resource.stands if stand.value in values for own in stand.filters}
    return bool(told & asked)


def _plain(resource: Resource, row: Sequence[Any]) -> Sum:
    return Sum(row[0] or "", row[2], dict(zip(resource.sums, row[3:], strict=True)), row[1] or "")


def currency_of(resource: Resource) -> str:
    """The field that says what its amounts are in."""
    kind = resource.fields[resource.sums[0]].kind
    return kind.currency if isinstance(kind, Amount) else "currency"


def _signed(resource: Resource, name: str) -> Any:
    """The amount as it counts."""
    amount = column_of(resource.table, name)
    if resource.contrary is None:
        return amount
    field, value = resource.contrary
    return sa.case((column_of(resource.table, field) == value, -amount), else_=amount)
