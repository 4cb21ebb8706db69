"""What the head of a record tells in figures, for who may read all that they sum up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, reduce
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceStatus
from crm_app.models.quotes import Quote, QuoteStatus

from . import ageing, credit, exposure, records, related, stock, trade, whole
from .search import tested
from .work import Work, column_of

YEAR = timedelta(days=365)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Figure:
    """`amounts` by their currencies, or where it is `counted` a quantity with its unit; `of` is what an amount is left of, `why`
    what it comes from. `late` is one that somebody has to see to.
    """

    label: Message
    amounts: tuple[tuple[Decimal, str], ...]
    of: tuple[Decimal, str] | None = None
    why: Message | None = None
    late: bool = False
    counted: bool = False


def of_record(work: Work, resource: Resource, item: records.Item) -> tuple[Figure, ...]:
    """The figures of a record that the actor has read; none for who may read only some of what they sum up."""
    found = _OF.get(resource.name)
    return found(work, item) if found else ()


def owing(work: Work, item: records.Item) -> tuple[Figure, ...]:
    """What a customer owes, what of it is overdue, how much credit is left; the account is one that the actor has read."""
    own, today, told = trade.company(work).currency, trade.today(work), _told(work, item.id)
    customer = "customer" in (item.values["roles"] or ())
    figures: list[Figure] = []
    if "ageing.read" in told:
        owed_now = ageing.owed_now(work, item.id, today) if _may_have(work, item, "invoices", "payments") else []
        figures += _owed(owed_now, own) if owed_now or customer else []
    limit = item.values["credit_limit"]
    if limit is not None and "held.read" in told:
        left = limit - credit.exposed(work, item.id)
        figures.append(Figure(Message("Credit left"), ((left, own),), of=(limit, own), late=left < ZERO))
    return tuple(figures)


def _account(work: Work, item: records.Item) -> tuple[Figure, ...]:
    """The same, and what is offered, what is to be delivered, and what was sold within a year."""
    own, today = trade.company(work).currency, trade.today(work)
    figures = [*owing(work, item)]
    for name, found in (("quotes", _open_quotes), ("orders", _to_deliver), ("invoices", _sales)):
        if work.actor.scope(f"{name}.read") == "all" and _may_have(work, item, name):
            figures += found(work, item.id, own, today)
    return tuple(figures)


def _may_have(work: Work, item: records.Item, *lists: str) -> bool:
    """False where it is known that the account has no documents of these kinds."""
    return related.may_be_named(work, records.resource_of("accounts"), item.id, *lists)


def _owed(owing: list[ageing.Owing], own: str) -> list[Figure]:
    """Balance, and what of it is overdue, of how many invoices each."""
    owed = tuple((one.total, one.currency) for one in owing)
    late = tuple((one.late, one.currency) for one in owing if one.late)
    count, overdue = sum(one.invoices for one in owing), sum(one.overdue for one in owing)
    open_ones = _so_many(count, "1 open invoice", "{count} open invoices")
    since = min((one.since for one in owing if one.since), default=None)
    invoices = _so_many(overdue, "1 invoice", "{count} invoices")
    more = Message("{what}, since {day}", what=invoices, day=since) if invoices and since else None
    return [
        Figure(Message("Balance"), owed or ((ZERO, own),), why=open_ones),
        Figure(Message("Overdue balance"), late or ((ZERO, own),), why=more, late=bool(late)),
    ]


def _so_many(count: int, one: str, many: str) -> Message | None:
    """How many, in words; nothing for none."""
    return (Message(one) if count == 1 else Message(many, count=count)) if count else None


def _open_quotes(work: Work, account: int, own: str, _today: date) -> list[Figure]:
    amount, count = work.read(_offered(), {"account": account}).one()
    more = _so_many(count, "1 quote", "{count} quotes")
    return [Figure(Message("Open quotes"), ((amount, own),), why=more)] if count else []


def _to_deliver(work: Work, account: int, own: str, _today: date) -> list[Figure]:
    amount, orders, lines = exposure.undelivered_by(work, account)
    if not lines:
        return []
    more = Message(
        "{orders}, {lines}",
        orders=_so_many(orders, "1 order", "{count} orders"),
        lines=_so_many(lines, "1 line", "{count} lines"),
    )
    return [Figure(Message("To deliver"), ((amount, own),), why=more)]


def _sales(work: Work, account: int, own: str, today: date) -> list[Figure]:
    """Beside them how much more or less that is than in the year before, where something was sold in it."""
    given = {"account": account, "since": today - YEAR, "before": today - 2 * YEAR}
    amount, earlier = work.read(_sold(), given).one()
    if amount is None:
        return []
    share = int(money.quantize((amount - earlier) * 100 / earlier, 0)) if earlier and earlier > ZERO else None
    more = None
    if share is not None:
        text = "{share} % more than in the year before" if share >= 0 else "{share} % less than in the year before"
        more = Message(text, share=abs(share))
    return [Figure(Message("Sales, 12 months"), ((amount, own),), why=more)]


def _told(work: Work, account: int) -> list[str]:
    """What may be told of that account, as it stands now."""
    return [name for name in whole.may(work.actor) if name in whole.WHOLE and whole.told(work, name, account)]


@cache
def _offered() -> sa.Select[Any]:
    """What quotes of the `account` that wait for an answer come to, and how many there are."""
    sent = column_of(Quote, "status") == QuoteStatus.SENT.value
    conditions = tested([sent, column_of(Quote, "superseded").is_(False)])
    total = column_of(Quote, "total_company")
    asked = sa.select(sa.type_coerce(sa.func.sum(total), total.type), sa.func.count())
    return asked.where(column_of(Quote, "account") == sa.bindparam("account"), *conditions)


@cache
def _sold() -> sa.Select[Any]:
    """What was invoiced to the `account` after `since`, without taxes and less what was credited, and the same from `before`
    until then; nothing where nothing was.
    """
    net, credited = column_of(Invoice, "net_company"), column_of(Invoice, "kind") == InvoiceKind.CREDIT_NOTE.value
    signed = sa.case((credited, sa.literal(ZERO, net.type) - net), else_=net)
    issued = tested([column_of(Invoice, "status") == InvoiceStatus.ISSUED.value])
    day = column_of(Invoice, "date")
    lately = day > sa.bindparam("since")
    parts = (sa.func.sum(sa.case((condition, signed))) for condition in (lately, sa.not_(lately)))
    return sa.select(*(sa.type_coerce(part, net.type) for part in parts)).where(
        column_of(Invoice, "account") == sa.bindparam("account"), day > sa.bindparam("before"), *issued
    )


def _product(work: Work, item: records.Item) -> tuple[Figure, ...]:
    """What lies in stock of a product, in which warehouses, what of it is promised and what is free."""
    level = stock.level(work, item.id)
    if level is None:
        return ()
    unit = item.values["unit"] or ""
    there = [place for place in stock.places(work, item.id) if place.on_hand]
    parts = [Message("{name}: {amount}", name=place.name, amount=money.bare(place.on_hand)) for place in there]
    counts = (
        (Message("On hand"), level.on_hand, reduce(_beside, parts) if len(parts) > 1 else None),
        (Message("Reserved"), level.reserved, None),
        (Message("Available"), level.available, None),
    )
    return tuple(
        Figure(label, ((value, unit),), why=why, late=value < ZERO, counted=True) for label, value, why in counts
    )


def _beside(first: Message, second: Message) -> Message:
    return Message("{first} \u00b7 {second}", first=first, second=second)


_OF: Mapping[str, Callable[[Work, records.Item], tuple[Figure, ...]]] = {"accounts": _account, "products": _product}
