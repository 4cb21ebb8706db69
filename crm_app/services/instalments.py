"""The parts in which an invoice is due: by the terms while it is written, kept when it is issued, each open as far as the earlier
ones leave it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.i18n import Message
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart
from crm_app.models.prices import PaymentPart

from . import rules
from .work import Work, column_of

ZERO = Decimal(0)
WHOLE, THIRDS = Decimal(100), Decimal("0.05")  # what three parts of 33.33, or six of 16.67, may be off by
_WHOLE = (InvoiceKind.CREDIT_NOTE.value, InvoiceKind.DEPOSIT.value)


@rules.completes("payment-terms")
def _whole(work: Work, draft: rules.Draft) -> None:
    """The parts are the whole: of 50 and 30 % nobody knows what is meant."""
    rows = rules.inside_of("payment-terms", draft, "parts", work)
    total = sum((row["percent"] for row in rows if row["percent"] is not None), ZERO)
    if rows and abs(total - WHOLE) > THIRDS:
        text = Message("The parts come to {total} %, not to 100 %.", total=money.bare(total))
        draft.errors[f"parts.{len(rows) - 1}.percent"] = text


def planned(work: Work, head: Mapping[str, Any]) -> list[tuple[date, Decimal]]:
    """When how much of what is payable is due, the earliest first: by the payment terms, else by the days, else at once.

    No cent is lost; a part of nothing is left out. A day written on a document that is due as a whole stays.
    """
    dated = _dated(work, head)
    if len(dated) == 1:
        return [(head["due"] or dated[0][0], head["payable"])]
    shares = money.allocate(head["payable"], [percent for _, percent in dated], head["currency"])
    parts = [(day, share) for (day, _), share in zip(dated, shares, strict=True)]
    return [part for part in parts if part[1]] or [(parts[-1][0], head["payable"])]


def days(work: Work, head: Mapping[str, Any]) -> dict[str, date]:
    """The last and the first day of what is being written, by the terms; a day that is written already counts as none."""
    dated = _dated(work, head)
    return {"due": dated[-1][0], "next_due": dated[0][0]}


def _dated(work: Work, head: Mapping[str, Any]) -> list[tuple[date, Decimal]]:
    """Each day with its percentage. A deposit and a credit note are one sum, due on the first of the days."""
    day: date = head["date"]
    terms: list[PaymentPart] = []
    if head["payment_terms"]:
        mine = sa.select(PaymentPart).where(column_of(PaymentPart, "payment_terms") == head["payment_terms"])
        terms = [part for part in work.session.scalars(mine.order_by(column_of(PaymentPart, "id"))) if part.percent]
    if not terms:
        return [(day + timedelta(days=head["payment_days"] or 0), Decimal(100))]
    found = sorted((due_of(day, part), part.percent) for part in terms)
    return [(found[0][0], Decimal(100))] if head.get("kind") in _WHOLE else found


def due_of(day: date, part: PaymentPart) -> date:
    """So many days after the date, or after the last day of its month; then the next day of that number, the last of a shorter month."""
    found = (_last_of(day) if part.month_end else day) + timedelta(days=part.days)
    if part.month_day is None:
        return found
    if found.day > part.month_day:
        found = _last_of(found) + timedelta(days=1)
    return found.replace(day=min(part.month_day, _last_of(found).day))


def _last_of(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def head_of(row: Any) -> dict[str, Any]:
    """What `planned` asks of an invoice."""
    names = ("date", "due", "kind", "payable", "payment_terms", "payment_days", "currency")
    return {name: getattr(row, name) for name in names}


def write(work: Work, row: Any) -> None:
    """Keep the parts of an invoice that is being issued, and its days by them."""
    parts = planned(work, head_of(row))
    before = ZERO
    for day, amount in parts:
        work.session.add(InvoicePart(invoice=row.id, due=day, amount=amount, before=before))
        before += amount
    row.due, row.next_due = parts[-1][0], parts[0][0]


# ---- what is open of them


def open_of(settled: Any) -> sa.ColumnElement[Decimal]:
    """What is not settled of a part of an invoice of which so much is settled in all: min(amount, max(0, before + amount - settled))."""
    amount = column_of(InvoicePart, "amount")
    rest = column_of(InvoicePart, "before") + amount - settled
    nothing = sa.literal(ZERO, amount.type)
    return sa.type_coerce(sa.case((rest <= nothing, nothing), (rest >= amount, amount), else_=rest), amount.type)


def next_due(settled: Any) -> sa.ColumnElement[date | None]:
    """The day of the earliest part of an invoice (of the statement around it) that so much does not settle; of the last where all is."""
    end = column_of(InvoicePart, "before") + column_of(InvoicePart, "amount")
    found = sa.select(sa.func.min(column_of(InvoicePart, "due"))).where(
        column_of(InvoicePart, "invoice") == column_of(Invoice, "id"), end > settled
    )
    return sa.func.coalesce(found.correlate(Invoice).scalar_subquery(), column_of(Invoice, "due"))


def kept(work: Work, invoice: int) -> Sequence[tuple[date, Decimal]]:
    """When how much of an issued invoice is due, the earliest first."""
    rows = sa.select(column_of(InvoicePart, "due"), column_of(InvoicePart, "amount"))
    rows = rows.where(column_of(InvoicePart, "invoice") == invoice)
    return [(row[0], row[1]) for row in work.session.execute(rows.order_by(column_of(InvoicePart, "before")))]
