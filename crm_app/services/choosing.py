"""What may be chosen of documents before a verb carries them on, what else could go with them, and what the choice comes to."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Missing, TakenBack
from crm_app.core.resource import Resource
from crm_app.models.choices import Progress
from crm_app.models.trade import LineChoice

from . import actions, chain, deposits, records, standings
from .actors import Actor
from .ledger import HEADS
from .work import Work, column_of

_TARGETS = {
    ("quotes", "order"): "orders",
    ("quotes", "invoice"): "invoices",
    ("orders", "deliver"): "deliveries",
    ("orders", "invoice"): "invoices",
    ("deliveries", "invoice"): "invoices",
}
_BACK = {("deliveries", "return"): "returned", ("invoices", "credit"): "credited"}
_CARRIED = {"deliveries": "delivered", "invoices": "invoiced"}
_OTHERS = 20


@dataclass(frozen=True)
class Offer:
    """A line of which something is left, and of which document; quantities in its unit. `choice` is whether the customer takes it."""

    line: int
    document: str
    text: str
    unit: str
    quantity: Decimal
    left: Decimal
    choice: str = LineChoice.FIRM.value


@dataclass(frozen=True)
class Other:
    """Another document of the same customer that the verb could take along."""

    id: int
    number: str
    date: date
    total: Decimal
    currency: str


@dataclass(frozen=True)
class Sum:
    """What a choice comes to, in its currency."""

    net: Decimal
    tax: Decimal
    total: Decimal
    currency: str


def offers(work: Work, resource: Resource, verb: str, keys: Sequence[int]) -> list[Offer]:
    """The lines of these documents of which something is left for that verb. Raises Missing, NotAllowed."""
    name = resource.name
    work.require(resource.permission(verb))
    heads = _heads(work, resource, keys)
    if (name, verb) in _BACK:
        parts = chain.not_yet(work, name, keys, _BACK[name, verb])
    else:
        parts = chain.left(work, name, _target(name, verb), keys, options=True)
    numbers = {head.id: head.number or "" for head in heads}
    return [
        Offer(
            part.line.id,
            numbers[getattr(part.line, part.line.PARENT)],
            (part.line.description or "").split("\n", 1)[0],
            part.line.unit or "",
            part.line.quantity,
            part.quantity,
            getattr(part.line, "choice", LineChoice.FIRM.value),
        )
        for part in parts
    ]


def others(work: Work, resource: Resource, verb: str, key: int) -> list[Other]:
    """The newest documents that can go into one with this: the same customer, currency and way of prices, something left."""
    if "also" not in actions.find(resource.name, verb).fields or resource.workflow is None:
        return []
    table, _ = HEADS[resource.name]
    row = _heads(work, resource, [key])[0]
    states = next(move.sources for move in resource.workflow.moves if move.verb == verb)
    conditions = [column_of(table, name) == getattr(row, name) for name in ("account", "currency", "included")]
    found = sa.select(table).where(
        *conditions,
        *records.readable(work, resource),
        column_of(table, "id") != key,
        column_of(table, "status").in_(states),
        column_of(table, _CARRIED[_target(resource.name, verb)]) != Progress.ALL.value,
    )
    newest = found.order_by(column_of(table, "date").desc(), column_of(table, "id").desc()).limit(_OTHERS)
    rows = [
        one for one in work.session.scalars(newest) if verb not in standings.pointless(resource, _values(resource, one))
    ]
    parts = chain.left(work, resource.name, _target(resource.name, verb), [one.id for one in rows])
    open_ones = {getattr(part.line, part.line.PARENT) for part in parts}  # what stands in a draft is not left
    return [Other(one.id, one.number or "", one.date, one.total, one.currency) for one in rows if one.id in open_ones]


def _values(resource: Resource, row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in resource.fields}


def weigh(actor: Actor, resource: Resource, verb: str, key: object, values: Mapping[str, object]) -> Sum:
    """What the document would come to that the verb would make. Raises as the verb does.

    Where that is known before it is written nobody waits who saves; else it is made, added up and taken back. It is never issued:
    a refusal would stand in the history.
    """
    name, values = resource.name, {field: value for field, value in values.items() if field != "issue"}
    if (name, verb) not in _BACK:
        _target(name, verb)
    sketched = _sketched(actor, resource, verb, key, values)
    if sketched is not None:
        return sketched
    with suppress(TakenBack), Work(actor, f"{name}.{verb}") as work:
        outcome = actions.run_in(work, actions.find(name, verb), key, values)
        made: Any = work.session.get(HEADS[outcome.result["resource"]][0], outcome.result["id"])  # type: ignore[index]
        found = Sum(made.net, made.tax, made.total, made.currency)
        raise TakenBack
    return found


def _sketched(actor: Actor, resource: Resource, verb: str, key: object, values: Mapping[str, object]) -> Sum | None:
    """The same, only read; None where what it comes to follows from what is written first: a number of the document, deposits
    that are set off, a credit note that is squared with its invoice.
    """
    if (resource.name, verb) == ("invoices", "credit"):
        return None
    with Work(actor) as work:
        table: Any = HEADS[resource.name][0]
        also = values.get("also")
        keys = [key, *(also if isinstance(also, list) else [])]
        rows = [work.session.get(table, one) for one in keys if isinstance(one, int) and 0 < one < 2**63]
        there = [row for row in rows if row is not None]
        if any(row.number is None for row in there) or (
            verb == "invoice" and deposits.waiting(work, resource.name, there)
        ):
            return None
        try:
            actions.run_in(work, actions.find(resource.name, verb), key, values)
        except chain.Sketch as made:
            return Sum(*(made.values[name] for name in ("net", "tax", "total", "currency")))
    return None


def _target(resource: str, verb: str) -> str:
    """The list of what the verb makes. Raises Missing for a verb that carries nothing on."""
    if (resource, verb) not in _TARGETS:
        raise Missing("verb", f"{resource}.{verb}"[:80])
    return _TARGETS[resource, verb]


def _heads(work: Work, resource: Resource, keys: Sequence[int]) -> list[Any]:
    """These documents as far as the actor may read them. Raises Missing where that is not all."""
    table, _ = HEADS[resource.name]
    number = column_of(table, "id")
    found = list(
        work.session.scalars(
            sa.select(table).where(number.in_(keys), *records.readable(work, resource)).order_by(number)
        )
    )
    if len(found) < len(set(keys)):
        raise Missing(resource.one, str(min(set(keys) - {row.id for row in found})))
    return found
