"""What the head of a record tells in figures, for who may read all that they sum up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crm_app.core.i18n import Message
from crm_app.core.resource import Resource

from . import credit, records, statements, trade, whole
from .work import Work

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


def _account(work: Work, item: records.Item) -> tuple[Figure, ...]:
    """What a customer owes, what of it is overdue, and how much credit is left."""
    told, own = whole.may(work.actor), trade.company(work).currency
    figures: list[Figure] = []
    if "ageing.read" in told:
        aged = statements.ageing(work, trade.today(work), accounts=[item.id])
        late = [(sum(row.buckets.values(), ZERO) - row.buckets["current"], row.currency) for row in aged]
        overdue = tuple(part for part in late if part[0])
        if aged or "customer" in (item.values["roles"] or ()):
            owed = tuple((row.total, row.currency) for row in aged)
            figures.append(Figure(Message("Balance"), owed or ((ZERO, own),)))
            figures.append(Figure(Message("Overdue balance"), overdue or ((ZERO, own),), late=bool(overdue)))
    limit = item.values["credit_limit"]
    if limit is not None and "held.read" in told:
        left = limit - credit.exposed(work, item.id)
        figures.append(Figure(Message("Credit left"), ((left, own),), of=(limit, own), late=left < ZERO))
    return tuple(figures)


_OF: Mapping[str, Callable[[Work, records.Item], tuple[Figure, ...]]] = {"accounts": _account}
