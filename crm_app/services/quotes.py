"""The verbs of quotes: send, accept, decline, revise, cancel, and on to an order or an invoice."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Text
from crm_app.core.i18n import Message
from crm_app.models.numbering import Numbered
from crm_app.models.quotes import Quote, QuoteLine

from . import invoices, numbering, orders, rules, snapshots, trade
from .verbs import Outcome, action
from .work import Work

Values = Mapping[str, object]
_LINES = ("position", "group", "product", "description", "quantity", "unit", "price", "discount", "tax_class", "net", "cost",
          "why", "choice", "recurrence")  # fmt: skip


@rules.completes("quotes")
def _validity(work: Work, draft: rules.Draft) -> None:
    """A quote is valid for as long as the company's settings say, and not until before its date."""
    values = draft.values
    if values["valid_until"] is None and values["date"] is not None and draft.id is None:
        values["valid_until"] = values["date"] + timedelta(days=trade.company(work).quote_days)
    if values["valid_until"] and values["date"] and values["valid_until"] < values["date"]:
        draft.errors["valid_until"] = Message("It ends before it begins.")


def _number(work: Work, row: Any) -> None:
    """The quote's number and snapshot, once it leaves the house. A revision keeps its number."""
    lines = snapshots.lines_of(work, "quotes", row.id)
    if not lines:
        raise Invalid({"lines": Message("Add at least one line.")})
    if row.number is None:
        row.number = numbering.draw(work, Numbered.QUOTE, row.date)
    work.session.flush()
    snapshots.keep(work, "quotes", row, lines)


@action("quotes", "send", "Send", icon="send")
def send(work: Work, row: Any, _values: Values) -> Outcome | None:
    """The quote has been given to the customer: it gets its number and is frozen."""
    _number(work, row)
    return None


@action("quotes", "accept", "Accept", icon="circle-check")
def accept(work: Work, row: Any, _values: Values) -> Outcome | None:
    """The customer has accepted."""
    _number(work, row)
    return None


@action("quotes", "decline", "Decline", icon="circle-x", fields=("reason",))
def decline(_work: Work, row: Any, values: Values) -> Outcome | None:
    """The customer has declined; `reason` says why."""
    try:
        row.lost_reason = Text(200).parse(values.get("reason"))
    except BadValue as bad:
        raise Invalid({"reason": bad.message}) from None
    return None


@action("quotes", "cancel", "Cancel it", icon="ban", danger=True)
def cancel(_work: Work, _row: Any, _values: Values) -> Outcome | None:
    """The offer is withdrawn."""
    return None


@action("quotes", "order", "Make an order", icon="clipboard-list", fields=("lines", "date"))
def order(work: Work, row: Any, values: Values) -> Outcome:
    """An order of what has not been ordered yet."""
    _number(work, row)
    return orders.from_source(work, "quotes", row, values)


@action("quotes", "invoice", "Invoice", icon="receipt", fields=("lines", "percent", "deposit", "date", "issue"))
def invoice(work: Work, row: Any, values: Values) -> Outcome:
    """An invoice of what has not been invoiced yet."""
    _number(work, row)
    return invoices.from_source(work, "quotes", [row], values)


@action("quotes", "revise", "Revise", icon="copy")
def revise(work: Work, row: Any, _values: Values) -> Outcome:
    """The next version as a draft; this one stays as it was sent."""
    work.require("quotes.create")
    names = [column.name for column in Quote.__table__.columns if column.info.get("spec")]  # type: ignore[attr-defined]
    kept = {
        name: getattr(row, name)
        for name in names
        if name not in ("number", "status", "ordered", "invoiced", "lost_reason")
    }
    day = trade.today(work)
    made = Quote(
        **kept
        | {
            "revision": row.revision + 1,
            "before": row.id,
            "date": day,
            "valid_until": day + timedelta(days=trade.company(work).quote_days),
            "tax_lines": row.tax_lines,
        }
    )
    work.session.add(made)
    work.session.flush()
    work.session.add_all(
        QuoteLine(quote=made.id or 0, **{name: getattr(line, name) for name in _LINES})
        for line in snapshots.lines_of(work, "quotes", row.id)
    )
    return Outcome(row.id, row.version, {"resource": "quotes", "id": made.id})
