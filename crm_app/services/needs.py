"""What needs somebody today. Each need is a question to a list: the number shown is the number of rows that the list opens with."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crm_app.core.i18n import Message
from crm_app.core.query import Filter, Query

from . import records
from .work import Work

SOON = timedelta(days=14)
_SHOWN = 4


@dataclass(frozen=True)
class Question:
    """What is looked for in which list; of each record the field `day` says since or until when, `money` how much."""

    title: Message
    resource: str
    query: Query
    day: str
    money: str
    look: str


@dataclass(frozen=True)
class Need:
    """A question that found something: how many, up to a cap, and the first of them."""

    question: Question
    total: int
    capped: bool
    first: list[records.Item]


def found(work: Work, today: date) -> list[Need]:
    """The needs of that day among what the actor may read; what nobody needs is left out."""
    needs = []
    for question in questions(today):
        resource = records.resource_of(question.resource)
        if not work.actor.may(resource.permission("read")):
            continue
        columns = (resource.label, "account", question.day, question.money)
        page = records.page(work, resource, replace(question.query, size=_SHOWN), columns=columns)
        if page.total:
            needs.append(Need(question, page.total, page.capped, page.items))
    return needs


def questions(today: date) -> Iterator[Question]:
    """In the order in which they press."""
    soon = f"{today.isoformat()},{(today + SOON).isoformat()}"
    owed = (("status", "eq", "issued"), ("kind", "ne", "credit_note"), ("balance", "gt", "0"))
    yield _ask(
        Message("Overdue invoices"),
        "invoices",
        *owed,
        ("next_due", "lt", today.isoformat()),
        day="next_due",
        money="balance",
    )
    sent = (("status", "eq", "sent"), ("superseded", "eq", "false"), ("valid_until", "between", soon))
    yield _ask(Message("Quotes about to expire"), "quotes", *sent, day="valid_until", look="wait")
    open_order, whole = ("status", "eq", "confirmed"), ("delivered", "eq", "all")
    yield _ask(Message("Orders to deliver"), "orders", open_order, ("delivered", "ne", "all"), look="open")
    yield _ask(Message("Orders to invoice"), "orders", open_order, whole, ("invoiced", "ne", "all"), look="open")
    for name, title in (
        ("invoices", Message("Draft invoices")),
        ("orders", Message("Draft orders")),
        ("quotes", Message("Draft quotes")),
    ):
        yield _ask(title, name, ("status", "eq", "draft"), look="draft")


def _ask(
    title: Message,
    resource: str,
    *filters: tuple[str, str, str],
    day: str = "date",
    money: str = "total",
    look: str = "late",
) -> Question:
    query = Query(filters=tuple(Filter(*one) for one in filters), sort=day)
    return Question(title, resource, query, day, money, look)
