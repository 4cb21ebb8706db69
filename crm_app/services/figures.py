"""What the head of a record tells in figures, for who may read all that they sum up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceStatus
from crm_app.models.quotes import Quote, QuoteStatus

from . import credit, records, statements, trade, whole
from .search import tested
from .work import Work, column_of

YEAR = timedelta(days=365)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Figure:
    """`amounts` by their currencies; `of` is what an amount is left of. `late` is one that somebody has to see to."""

    label: Message
    amounts: tuple[tuple[Decimal, str], ...]
    of: tuple[Decimal, str] | None = None
    late: bool = False


def of_record(work: Work, resource: Resource, item: records.Item) -> tuple[Figure, ...]:
    """The figures of a record that the actor has read; none for who may read only some of what they sum up."""
    found = _OF.get(resource.name)
    return found(work, item) if found else ()


def owing(work: Work, item: records.Item) -> tuple[Figure, ...]:
    """What a customer owes, what of it is overdue, how much credit is left; the account is one that the actor has read."""
    own, today, told = trade.company(work).currency, trade.today(work), whole.may(work.actor)
    customer = "customer" in (item.values["roles"] or ())
    figures: list[Figure] = []
    if "ageing.read" in told:
        owed_now = statements.owed_now(work, item.id, today)
        overdue = tuple((late, currency) for currency, _, late in owed_now if late)
        if owed_now or customer:
            owed = tuple((total, currency) for currency, total, _ in owed_now)
            figures.append(Figure(Message("Balance"), owed or ((ZERO, own),)))
            figures.append(Figure(Message("Overdue balance"), overdue or ((ZERO, own),), late=bool(overdue)))
    limit = item.values["credit_limit"]
    if limit is not None and "held.read" in told:
        left = limit - credit.exposed(work, item.id)
        figures.append(Figure(Message("Credit left"), ((left, own),), of=(limit, own), late=left < ZERO))
    return tuple(figures)


def _account(work: Work, item: records.Item) -> tuple[Figure, ...]:
    """The same, and what is offered, and what was sold within a year."""
    own, today = trade.company(work).currency, trade.today(work)
    figures = [*owing(work, item)]
    given = {"account": item.id, "since": today - YEAR}
    for name, label, asked in _TOTALS:
        amount = work.read(asked(), given).scalar() if work.actor.scope(f"{name}.read") == "all" else None
        figures += [Figure(label, ((amount, own),))] if amount is not None else []
    return tuple(figures)


@cache
def _offered() -> sa.Select[Any]:
    """What quotes of the `account` that wait for an answer come to; nothing where none does."""
    sent = column_of(Quote, "status") == QuoteStatus.SENT.value
    conditions = tested([sent, column_of(Quote, "superseded").is_(False)])
    total = column_of(Quote, "total_company")
    asked = sa.select(sa.type_coerce(sa.func.sum(total), total.type))
    return asked.where(column_of(Quote, "account") == sa.bindparam("account"), *conditions)


@cache
def _sold() -> sa.Select[Any]:
    """What was invoiced to the `account` after `since`, without taxes and less what was credited; nothing where nothing was."""
    net, credited = column_of(Invoice, "net_company"), column_of(Invoice, "kind") == InvoiceKind.CREDIT_NOTE.value
    signed = sa.case((credited, sa.literal(ZERO, net.type) - net), else_=net)
    issued = tested([column_of(Invoice, "status") == InvoiceStatus.ISSUED.value])
    return sa.select(sa.type_coerce(sa.func.sum(signed), net.type)).where(
        column_of(Invoice, "account") == sa.bindparam("account"),
        column_of(Invoice, "date") > sa.bindparam("since"),
        *issued,
    )


# what is told to who may read all of a list
_TOTALS = (
    ("quotes", Message("Open quotes"), _offered),
    ("invoices", Message("Sales, 12 months"), _sold),
)
_OF: Mapping[str, Callable[[Work, records.Item], tuple[Figure, ...]]] = {"accounts": _account}
