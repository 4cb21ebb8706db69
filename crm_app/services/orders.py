"""The verbs of sales orders: confirm (where credit is asked), hold, release, close, cancel, and on to deliveries and invoices."""

from collections.abc import Mapping
from typing import Any

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.numbering import Numbered

from . import chain, credit, dating, deliveries, invoices, ledger, numbering, readiness, reopened, snapshots
from .verbs import Outcome, action
from .work import Work

Values = Mapping[str, object]


def from_source(work: Work, source: str, row: Any, values: Values) -> Outcome:
    """A draft order of what of the quote has not been ordered yet, or of the `lines` that were chosen, options among them; the one
    made before where nothing is left.
    """
    work.require("orders.create")
    parts = chain.left(work, source, "orders", [row.id], options=values.get("lines") is not None)
    before = chain.latest(work, source, "orders", row.id) if not parts else None
    if before is None:
        before = chain.convert(
            work, source, [row], "orders", chain.chosen(parts, values), **chain.dated(work, values)
        ).id
    return Outcome(row.id, row.version, {"resource": "orders", "id": before})


@action("orders", "confirm", "Confirm", icon="circle-check", fields=("date",))
def confirm(work: Work, row: Any, values: Values) -> Outcome | None:
    """The order stands: it gets its number, reserves stock and is asked for credit. With `date` it is dated anew.

    One that was reopened has its number and its date.
    """
    lines = snapshots.lines_of(work, "orders", row.id)
    if row.number is not None:
        reopened.confirm(work, row, lines)
        return None
    dating.anew(work, "orders", row, values.get("date"))
    readiness.require(work, row, lines)
    credit.refuse_order(work, row)
    row.number = numbering.draw(work, Numbered.ORDER, row.date)
    work.session.flush()
    snapshots.keep(work, "orders", row, lines)
    return None


@action("orders", "deliver", "Deliver", icon="truck", fields=("lines", "also", "percent", "date", "issue", "confirm"))
def deliver(work: Work, row: Any, values: Values) -> Outcome:
    """A delivery note of what has not been delivered yet; `also` names more orders of the customer that go into it."""
    return deliveries.from_source(work, "orders", chain.together(work, "orders", "deliver", row, values), values)


@action(
    "orders",
    "invoice",
    "Make an invoice",
    icon="receipt",
    fields=("lines", "also", "percent", "deposit", "deposit_amount", "date", "issue"),
)
def invoice(work: Work, row: Any, values: Values) -> Outcome:
    """An invoice of what has not been invoiced yet; `also` names more orders of the customer that go into it."""
    return invoices.from_source(work, "orders", chain.together(work, "orders", "invoice", row, values), values)


@action("orders", "reopen", "Reopen to change it", icon="pencil")
def reopen(_work: Work, _row: Any, _values: Values) -> Outcome | None:
    """The customer wants something else: the order is changed and confirmed anew. What it has reserved stays so meanwhile."""
    return None


@action("orders", "hold", "Put on hold", icon="circle-pause")
def hold(_work: Work, _row: Any, _values: Values) -> Outcome | None:
    """Nothing is delivered or invoiced until it is released."""
    return None


@action("orders", "release", "Release", icon="circle-play")
def release(_work: Work, _row: Any, _values: Values) -> Outcome | None:
    """The hold ends."""
    return None


@action("orders", "close", "Close", icon="lock")
def close(_work: Work, _row: Any, _values: Values) -> Outcome | None:
    """What is left of it will not come any more."""
    return None


@action("orders", "cancel", "Cancel it", icon="ban", danger=True)
def cancel(work: Work, row: Any, _values: Values) -> Outcome | None:
    """The order is off. What was delivered or invoiced has to be returned or credited first."""
    lines = [line.id for line in snapshots.lines_of(work, "orders", row.id)]
    done = ledger.sums(work, "orders", lines)
    if any(
        sums.get("delivered", 0) > sums.get("returned", 0) or sums.get("invoiced", 0) > sums.get("credited", 0)
        for sums in done.values()
    ):
        raise Invalid(
            {"": Message("Something of it has been delivered or invoiced. Return or credit that first, or close it.")}
        )
    return None
