"""The verbs of invoices: issue (checked, numbered, frozen), send, credit, pay, apply, cancel; and how they are made of what was sold."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crm_app.core import money
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.invoices import InvoiceKind, InvoiceStatus
from crm_app.models.numbering import Numbered

from . import (
    allocating,
    chain,
    corrections,
    currencies,
    dating,
    deposits,
    instalments,
    numbering,
    payments,
    readiness,
    rules,
    settling,
    snapshots,
    trade,
)
from .verbs import Outcome, action
from .work import Work

Values = Mapping[str, object]
ZERO = Decimal(0)
_YES = (True, "true", "1")


@rules.completes("invoices")
def _due(work: Work, draft: rules.Draft) -> None:
    """Due by the payment terms, unless a day is written; a credit note may name what it corrects."""
    values = draft.values
    written = "due" in draft.given and values["due"]
    moved = draft.coming("account", "date", "payment_terms", "payment_days") or values["due"] is None
    if values["date"] and values["account"]:
        due = instalments.days(work, values)
        if moved and not written:
            values["due"] = due["due"]
        values["next_due"] = values["due"] if due["due"] == due["next_due"] else due["next_due"]
    if values["due"] and values["date"] and values["due"] < values["date"]:
        draft.errors["due"] = Message("It is due before its date.")


def from_source(work: Work, source: str, rows: Sequence[Any], values: Values) -> Outcome:
    """A draft invoice of what is left of these documents; with `issue` it is issued at once. Nothing left: the one made before.

    `deposit` (percent) or `deposit_amount` (as the document's prices are, with or before taxes) makes a deposit invoice instead;
    the next invoice sets it off.
    """
    work.require("invoices.create")
    first = rows[0]
    chain.lock(work, source, rows)
    way = next((name for name in deposits.WAYS if values.get(name) not in (None, "")), "")
    if way:
        if len(rows) > 1:
            raise Invalid({way: Message("A deposit is on one document.")})
        made = deposits.make(work, source, first, values)
        return _made(work, first, made.id, values, made)
    parts = chain.left(work, source, "invoices", [row.id for row in rows], options=values.get("lines") is not None)
    before = chain.latest(work, source, "invoices", first.id, InvoiceKind.INVOICE.value) if not parts else None
    if before is not None:
        return Outcome(first.id, first.version, {"resource": "invoices", "id": before})
    made = chain.convert(work, source, rows, "invoices", chain.chosen(parts, values), **chain.dated(work, values))
    lines = deposits.set_off(work, source, rows, made)
    if lines:
        dating.recompute(work, "invoices", made, lines)
    return _made(work, first, made.id, values, made)


def _made(work: Work, source: Any, key: int, values: Values, made: Any) -> Outcome:
    if values.get("issue") in _YES:
        work.require("invoices.issue")
        made.status = InvoiceStatus.ISSUED.value
        _issue(work, made, snapshots.lines_of(work, "invoices", key))
    return Outcome(source.id, source.version, {"resource": "invoices", "id": key})


# ---- the verbs


@action("invoices", "issue", "Issue", icon="stamp", fields=("date",))
def issue(work: Work, row: Any, values: Values) -> Outcome | None:
    """Check, number, freeze. Nothing is numbered that is refused. With `date` it is dated anew."""
    if values.get("date") not in (None, ""):
        row.due = None
        dating.anew(work, "invoices", row, values["date"])
    lines = snapshots.lines_of(work, "invoices", row.id)
    dating.recompute(work, "invoices", row, lines)
    _issue(work, row, lines)
    return None


def _issue(work: Work, row: Any, lines: Sequence[Any]) -> None:
    """The same for a draft whose sums are right."""
    if row.kind == InvoiceKind.CREDIT_NOTE.value:
        corrections.square(work, row, lines)
    errors = findings(work, row, lines)
    if errors:
        raise Invalid(errors)
    row.number = numbering.draw(work, Numbered(row.kind), row.date)
    instalments.write(work, row)
    row.paid, row.balance = ZERO, row.payable
    work.session.flush()
    snapshots.keep(work, "invoices", row, lines)
    if row.kind == InvoiceKind.CREDIT_NOTE.value and row.corrects:
        allocating.settle_credit(work, row)


def findings(work: Work, row: Any, lines: Sequence[Any]) -> dict[str, Message]:
    """What stands against issuing the invoice, by field; each says what to do."""
    found = readiness.findings(work, row, lines)
    if row.rate is None:
        found["currency"] = currencies.missing(row.currency)
    if row.date > trade.today(work):
        found["date"] = Message("This day is still to come.")
    if row.total < 0:
        found["lines"] = Message("The total is below zero: make a credit note.")
    if row.kind == InvoiceKind.CREDIT_NOTE.value:
        found |= corrections.findings(work, row, lines)
    elif row.kind == InvoiceKind.INVOICE.value:
        found |= _over_invoiced(work, lines)
    return found | deposits.overdrawn(work, lines)


def _over_invoiced(work: Work, lines: Sequence[Any]) -> dict[str, Message]:
    return {
        f"lines.{position}.quantity": Message("At most {most} is left.", most=money.bare(most))
        for position, most in chain.overdrawn(work, lines).items()
    }


@action("invoices", "send", "Mark as sent", icon="send")
def send(work: Work, row: Any, _values: Values) -> Outcome | None:
    """It has been given to the customer."""
    row.sent_on = trade.today(work)
    return None


@action("invoices", "credit", "Credit", icon="undo-2", fields=("lines", "percent", "reason", "reason_text", "issue"))
def credit(work: Work, row: Any, values: Values) -> Outcome:
    """A credit note of what has not been credited yet, with its reason; the one made before where nothing is left."""
    work.require("invoices.create")
    reason = corrections.reason(work, values)
    if row.kind == InvoiceKind.CREDIT_NOTE.value:
        raise Invalid({"": Message("A credit note is not credited.")})
    parts = chain.not_yet(work, "invoices", [row.id], "credited")
    if not parts:
        before = chain.latest(work, "invoices", "invoices", row.id, InvoiceKind.CREDIT_NOTE.value)
        return Outcome(row.id, row.version, {"resource": "invoices", "id": before})
    made = chain.convert(
        work, "invoices", [row], "invoices", chain.chosen(parts, values), corrects=row.id,
        quote=row.quote, order=row.order, delivery=row.delivery, **reason,
    )  # fmt: skip
    corrections.square(work, made, snapshots.lines_of(work, "invoices", made.id))
    return _made(work, row, made.id, values, made)


@action(
    "invoices", "pay", "Record a payment", icon="wallet", fields=("amount", "date", "method", "reference", "balance")
)
def pay(work: Work, row: Any, values: Values) -> Outcome:
    """A posted payment that settles it; what is more than its balance stays to be allocated. `balance` is what the caller saw open."""
    work.require("payments.create")
    return Outcome(row.id, row.version, {"resource": "payments", "id": payments.receive(work, row, values)})


@action("invoices", "apply", "Set against invoices", icon="arrow-left-right", fields=("allocations",))
def apply(work: Work, row: Any, values: Values) -> Outcome | None:
    """Set a credit note against open invoices."""
    if row.kind != InvoiceKind.CREDIT_NOTE.value:
        raise Invalid({"": Message("Only a credit note is set against invoices.")})
    allocating.allocate_to(work, row, values)
    return None


@action("invoices", "unapply", "Take allocations back", icon="undo-2", fields=("allocations",))
def unapply(work: Work, row: Any, values: Values) -> Outcome | None:
    """What a credit note has settled (the allocations whose ids are named, else all those that the caller may read) counts no
    more from today on.
    """
    if row.kind != InvoiceKind.CREDIT_NOTE.value:
        raise Invalid({"": Message("Only a credit note is set against invoices.")})
    settling.take_back(work, row, values.get("allocations"))
    return None


@action("invoices", "cancel", "Cancel it", icon="ban", danger=True)
def cancel(_work: Work, _row: Any, _values: Values) -> Outcome | None:
    """The draft is off."""
    return None
