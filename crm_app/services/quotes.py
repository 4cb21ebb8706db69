"""The verbs of quotes: send, accept, decline, revise, cancel, and on to an order or an invoice."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm_app.core import words
from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Text
from crm_app.core.i18n import Message
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceStatus
from crm_app.models.numbering import Numbered
from crm_app.models.quotes import Quote, QuoteLine, QuoteStatus

from . import chain, dating, invoices, ledger, numbering, orders, readiness, rules, shares, snapshots, trade
from .verbs import Outcome, action
from .work import Work, before_commit, column_of

Values = Mapping[str, object]
_LINES = ("position", "group", "product", "description", "quantity", "unit", "price", "listed", "discount", "tax_class", "net",
          "cost", "why", "choice", "recurrence")  # fmt: skip
_OWN = ("number", "status", "ordered", "invoiced", "superseded", "lost_reason")  # what a version does not hand on


@rules.completes("quotes")
def _validity(work: Work, draft: rules.Draft) -> None:
    """A quote is valid for as long as the company's settings say, and not until before its date."""
    values = draft.values
    if values["valid_until"] is None and values["date"] is not None and draft.id is None:
        values["valid_until"] = values["date"] + timedelta(days=trade.company(work).quote_days)
    if values["valid_until"] and values["date"] and values["valid_until"] < values["date"]:
        draft.errors["valid_until"] = Message("It ends before it begins.")


def _number(work: Work, row: Any, values: Values) -> None:
    """The quote's number and snapshot, when it leaves the house. A revision keeps the number and says which it is."""
    if row.number is not None:
        return
    dating.anew(work, "quotes", row, values.get("date"))
    lines = snapshots.lines_of(work, "quotes", row.id)
    readiness.require(work, row, lines)
    row.number = _revised(work, row) or numbering.draw(work, Numbered.QUOTE, row.date)
    work.session.flush()
    snapshots.keep(work, "quotes", row, lines)


def _of_draft(work: Work, row: Any, values: Values) -> Values:
    """A draft whose day has passed is dated like what is made of it."""
    return values if numbering.passed(work, Numbered.QUOTE, row.date) else {}


def _revised(work: Work, row: Any) -> str | None:
    """COT-2026-00001-v2: the number of the version before, where that had one, with this version."""
    before = work.session.get(Quote, row.before) if row.before else None
    if before is None or before.number is None:
        return None
    return f"{before.number.removesuffix(f'-v{before.revision}')}-v{row.revision}"


@action("quotes", "send", "Send", icon="send", fields=("date",))
def send(work: Work, row: Any, values: Values) -> Outcome | None:
    """The quote has been given to the customer: it gets its number and is frozen. With `date` it is dated anew."""
    _number(work, row, values)
    return None


@action("quotes", "accept", "Accept", icon="circle-check", fields=("date",))
def accept(work: Work, row: Any, values: Values) -> Outcome | None:
    """The customer has accepted. With `date` a draft is dated anew; one that was sent stays as it was."""
    _refuse_superseded(work, row)
    _number(work, row, values)
    return None


@action("quotes", "decline", "Decline", icon="circle-x", fields=("reason",))
def decline(work: Work, row: Any, values: Values) -> Outcome | None:
    """The customer has declined; `reason` says why."""
    _refuse_superseded(work, row)
    try:
        row.lost_reason = Text(200).parse(values.get("reason"))
    except BadValue as bad:
        raise Invalid({"reason": bad.message}) from None
    return None


@action("quotes", "cancel", "Cancel it", icon="ban", danger=True)
def cancel(work: Work, row: Any, _values: Values) -> Outcome | None:
    """The offer is withdrawn."""
    _refuse_superseded(work, row)
    return None


@action("quotes", "order", "Make an order", icon="clipboard-list", fields=("lines", "percent", "date"))
def order(work: Work, row: Any, values: Values) -> Outcome:
    """An order of what has not been ordered yet."""
    _refuse_superseded(work, row)
    _number(work, row, _of_draft(work, row, values))
    return orders.from_source(work, "quotes", row, values)


@action(
    "quotes",
    "invoice",
    "Make an invoice",
    icon="receipt",
    fields=("lines", "also", "percent", "deposit", "deposit_amount", "date", "issue"),
)
def invoice(work: Work, row: Any, values: Values) -> Outcome:
    """An invoice of what has not been invoiced yet; `also` names more quotes of the customer that go into it."""
    rows = chain.together(work, "quotes", "invoice", row, values)
    for one in rows:
        _refuse_superseded(work, one)
        _number(work, one, _of_draft(work, one, values))
    return invoices.from_source(work, "quotes", rows, values)


@action("quotes", "revise", "Revise", icon="copy")
def revise(work: Work, row: Any, _values: Values) -> Outcome:
    """The next version as a draft; this one stays as it was sent. Where the next one is there already, that one."""
    work.require("quotes.create")
    later = _newer(work, row)
    if later is not None:
        return Outcome(row.id, row.version, {"resource": "quotes", "id": later.id})
    _refuse_carried_on(work, row)
    names = [column.name for column in Quote.__table__.columns if column.info.get("spec")]  # type: ignore[attr-defined]
    kept = {name: getattr(row, name) for name in names if name not in _OWN}
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
    shares.carry(work, "quotes", row.id, "quotes", made)
    work.session.flush()
    dating.anew(work, "quotes", made, day.isoformat())
    return Outcome(row.id, row.version, {"resource": "quotes", "id": made.id})


# ---- versions


def _newer(work: Work, row: Any) -> Quote | None:
    """The version that was made of this one and is not cancelled."""
    mine = (column_of(Quote, "before") == row.id, column_of(Quote, "status") != QuoteStatus.CANCELLED.value)
    return work.session.scalar(sa.select(Quote).where(*mine).order_by(column_of(Quote, "id").desc()).limit(1))


def _refuse_superseded(work: Work, row: Any) -> None:
    """Of the versions of a quote only the newest is decided on."""
    newer = _newer(work, row)
    if newer is not None:
        text = Message(
            "Version {version} ({state}) has superseded this one. Go on with that version, or cancel it first.",
            version=newer.number or newer.revision,
            state=words.of_state("quotes", newer.status),
        )
        raise Invalid({"": text})


def _refuse_carried_on(work: Work, row: Any) -> None:
    """What has been ordered or invoiced would be sold a second time by another version."""
    done = ledger.sums(work, "quotes", [line.id for line in snapshots.lines_of(work, "quotes", row.id)])
    names = ("kind", "quote", "status")
    deposit, quote, status = (column_of(Invoice, name) for name in names)
    paid_before = (deposit == InvoiceKind.DEPOSIT.value, quote == row.id, status != InvoiceStatus.CANCELLED.value)
    if (
        any(found.get("ordered") or found.get("invoiced", 0) > found.get("credited", 0) for found in done.values())
        or work.session.scalar(sa.select(column_of(Invoice, "id")).where(*paid_before).limit(1)) is not None
    ):
        raise Invalid(
            {"": Message("Something of this quote has been ordered or invoiced. Make a new quote of what changes.")}
        )


@before_commit("quote")
def _mark_superseded(work: Work) -> None:
    """A version is superseded as long as a newer one stands. It follows from that one and is no decision: no history."""
    rows = [row for row in work.changes if row["entity"] == Quote.__tablename__]
    told = (values.get("before") for row in rows for values in (row["before"], row["after"]) if values)
    number, before = column_of(Quote, "id"), column_of(Quote, "before")
    keys = {key for key in told if key}
    changed = [row["record"] for row in rows]
    keys |= set(work.session.scalars(sa.select(before).where(number.in_(changed), before.is_not(None))))
    if not keys:
        return
    newer = sa.orm.aliased(Quote)
    stands = sa.select(newer.id).where(newer.before == number, newer.status != QuoteStatus.CANCELLED.value).exists()  # type: ignore[call-overload]
    work.session.execute(
        sa.update(Quote).where(number.in_(keys)).values(superseded=stands).execution_options(synchronize_session=False)
    )
