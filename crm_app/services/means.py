"""What an open invoice could be settled with: the customer's money and credit notes that are not set against anything yet."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.i18n import Message
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceStatus
from crm_app.models.payments import Direction, Payment

from . import actions, records
from .actors import Actor
from .allocating import OWED
from .verbs import Outcome
from .work import Work, column_of

ZERO = Decimal(0)
VERBS: Mapping[str, str] = {"payments": "allocate", "invoices": "apply"}  # by what each settles an invoice
_MOST = 10


@dataclass(frozen=True)
class Means:
    """A payment or a credit note with what is `left` of it, in `currency`.

    `settles` is what of the invoice it settles at once, nothing where another currency needs a rate that somebody decides.
    """

    resource: str
    id: int
    number: str
    day: dt.date
    left: Decimal
    currency: str
    settles: Decimal


def of_invoice(work: Work, key: object) -> list[Means]:
    """Money before credit notes, the oldest first, _MOST of each at most, as far as the actor may read them.

    None for what is not open. Raises Missing, NotAllowed.
    """
    invoice = records.one(work, records.resource_of("invoices"), key).values
    if invoice["status"] != InvoiceStatus.ISSUED.value or invoice["kind"] not in OWED or not invoice["balance"]:
        return []
    received = column_of(Payment, "direction") == Direction.RECEIVED.value
    notes = (
        column_of(Invoice, "kind") == InvoiceKind.CREDIT_NOTE.value,
        column_of(Invoice, "status") == InvoiceStatus.ISSUED.value,
    )
    found = []
    for name, left_in, conditions in (("payments", "unallocated", (received,)), ("invoices", "balance", notes)):
        for number, said, day, left, currency in _free(work, name, left_in, invoice["account"], conditions):
            settles = min(left, invoice["balance"]) if currency == invoice["currency"] else ZERO
            found.append(Means(name, number, said or f"#{number}", day, left, currency, settles))
    return found


def _free(
    work: Work, name: str, left_in: str, account: int, conditions: tuple[sa.ColumnElement[bool], ...]
) -> Sequence[Any]:
    """Id, number, day, what is left and its currency of the account's documents of which something is left."""
    resource = records.resource_of(name)
    try:
        mine = records.readable(work, resource)
    except NotAllowed:
        return []
    wanted = [column_of(resource.table, part) for part in ("id", "number", "date", left_in, "currency")]
    there = (column_of(resource.table, "account") == account, column_of(resource.table, left_in) > ZERO)
    statement = sa.select(*wanted).where(*mine, *there, *conditions).order_by(wanted[2], wanted[0]).limit(_MOST)
    return work.session.execute(statement).all()


def settle(actor: Actor, invoice: object, resource: str, document: int) -> Outcome:
    """Set that payment or credit note against the invoice, as far as both go; a transaction of its own.

    Raises Invalid for what cannot settle it (any more), Missing for an unknown invoice, else as `payments.allocate` and `invoices.apply`.
    """
    with Work(actor) as work:
        key = records.key_of(records.resource_of("invoices"), invoice)
        wanted = [
            one for one in of_invoice(work, key) if (one.resource, one.id) == (resource, document) and one.settles
        ]
    if not wanted:
        raise Invalid({"": Message("Nothing is left of this.")})
    given = {"allocations": [{"invoice": key, "amount": str(wanted[0].settles)}]}
    return actions.run(actor, resource, VERBS[resource], document, given)
