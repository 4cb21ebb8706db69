"""The verbs of delivery notes: issue (number, stock), sign, return, cancel, and on to an invoice."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock, money
from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Text
from crm_app.core.i18n import Message
from crm_app.documents.snapshot import drawable
from crm_app.models.deliveries import DeliveryKind, DeliveryLine, DeliveryStatus
from crm_app.models.numbering import Numbered
from crm_app.models.orders import OrderLine, OrderStatus, SalesOrder

from . import chain, credit, dating, invoices, ledger, numbering, readiness, snapshots, stock
from .verbs import Outcome, action
from .work import Work, column_of

Values = Mapping[str, object]
_WAITING = {
    OrderStatus.HELD.value: Message("Its order {number} is on hold."),
    OrderStatus.DRAFT.value: Message("Its order {number} is being changed. Confirm it first."),
}


def from_source(work: Work, source: str, rows: Sequence[Any], values: Values) -> Outcome:
    """A delivery note of what is left of these orders; with `issue` it goes out at once. Where nothing is left: the one made before."""
    work.require("deliveries.create")
    first = rows[0]
    chain.lock(work, source, rows)
    parts = chain.left(work, source, "deliveries", [row.id for row in rows])
    before = chain.latest(work, source, "deliveries", first.id, DeliveryKind.DELIVERY.value) if not parts else None
    if before is None:
        made = chain.convert(work, source, rows, "deliveries", chain.chosen(parts, values), **chain.dated(work, values))
        before = made.id
        if values.get("issue") in (True, "true", "1"):
            work.require("deliveries.issue")
            made.status = DeliveryStatus.ISSUED.value
            issue(work, made, values)
    return Outcome(first.id, first.version, {"resource": "deliveries", "id": before})


@action("deliveries", "issue", "Issue", icon="stamp", fields=("date", "confirm"))
def issue(work: Work, row: Any, values: Values) -> Outcome | None:
    """The goods leave: number, stock, snapshot. A held customer gets nothing; more than was ordered, or what is promised to
    others, goes with `confirm` only. With `date` it is dated anew.
    """
    dating.anew(work, "deliveries", row, values.get("date"))
    lines = snapshots.lines_of(work, "deliveries", row.id)
    readiness.require(work, row, lines)
    if row.kind == DeliveryKind.DELIVERY.value:
        _refuse_waiting_orders(work, row, lines)
        credit.refuse_delivery(work, row)
        if values.get("confirm") not in (True, "true", "1"):
            numbering.require(work, Numbered.DELIVERY, row.date)
            _warn(work, row, lines)
    else:
        _refuse_over_returned(work, lines)
    row.number = numbering.draw(work, Numbered.DELIVERY, row.date)
    stock.move_for(work, row, lines)
    work.session.flush()
    snapshots.keep(work, "deliveries", row, lines)
    return None


def _refuse_waiting_orders(work: Work, row: Any, lines: Sequence[Any]) -> None:
    """What waits for the release of an order, or for its being confirmed anew, does not leave, be the note of one order or of several."""
    order, line = column_of(SalesOrder, "id"), column_of(OrderLine, "id")
    inside = sa.select(column_of(OrderLine, OrderLine.PARENT)).where(line.in_([one.order_line for one in lines]))
    names = (column_of(SalesOrder, name) for name in ("number", "status"))
    waiting = sa.select(*names).where(
        sa.or_(order == row.order, order.in_(inside)), column_of(SalesOrder, "status").in_(_WAITING)
    )
    for number, status in work.session.execute(waiting.order_by(order).limit(1)):
        raise Invalid({"": Message(_WAITING[status].text, number=number)})


def _warn(work: Work, row: Any, lines: Sequence[Any]) -> None:
    """Raise Invalid at "confirm" with what somebody should have seen before the goods leave."""
    found = (*_over_ordered(work, lines), *stock.promised_to_others(work, row, lines))
    if found:
        raise Invalid({"confirm": Message("{found}. Confirm to issue it all the same.", found=found)})


def _over_ordered(work: Work, lines: Sequence[Any]) -> Iterator[Message]:
    """Lines that are delivered beyond what was ordered, together with all other notes of the order."""
    named = {line.order_line: line for line in lines if line.order_line}
    number, quantity = column_of(OrderLine, "id"), column_of(OrderLine, "quantity")
    ordered = dict(work.session.execute(sa.select(number, quantity).where(number.in_(named))).all())
    done = ledger.sums(work, "orders", named)
    for key, line in named.items():
        gone = done[key].get("delivered", ledger.ZERO) - done[key].get("returned", ledger.ZERO)
        if gone > ordered[key]:
            yield Message(
                "{name}: {gone} delivered of {ordered} ordered",
                name=(line.description or "").split("\n", 1)[0],
                gone=money.bare(gone),
                ordered=money.bare(ordered[key]),
            )


def _refuse_over_returned(work: Work, lines: Sequence[Any]) -> None:
    """No more comes back than went out."""
    keys = [line.returned_line for line in lines if line.returned_line]
    number, quantity = column_of(DeliveryLine, "id"), column_of(DeliveryLine, "quantity")
    out = dict(work.session.execute(sa.select(number, quantity).where(number.in_(keys))).all())
    done = ledger.sums(work, "deliveries", keys)
    errors = {}
    for line in lines:
        over = (
            out[line.returned_line] - done[line.returned_line].get("returned", ledger.ZERO) if line.returned_line else 0
        )
        if over < 0:
            most = max(line.quantity + over, ledger.ZERO)
            errors[f"lines.{line.position}.quantity"] = Message("At most {most} is left.", most=money.bare(most))
    if errors:
        raise Invalid(errors)


@action("deliveries", "sign", "Sign", icon="signature", fields=("name", "strokes"))
def sign(work: Work, row: Any, values: Values) -> Outcome | None:
    """Somebody has received it; `name` says who, `strokes` what they have drawn (see documents/snapshot), if anything."""
    try:
        row.signed_by = Text(120).parse(values.get("name"))
    except BadValue as bad:
        raise Invalid({"name": bad.message}) from None
    if not row.signed_by:
        raise Invalid({"name": Message("This is needed.")})
    strokes = values.get("strokes") or ""
    if not isinstance(strokes, str) or not drawable(strokes):
        raise Invalid({"strokes": Message("This is no drawing.")})
    row.signed_at = clock.now()
    snapshots.sign(work, "delivery_note", row.id, row.signed_by, strokes)
    return None


@action(
    "deliveries", "invoice", "Make an invoice", icon="receipt", fields=("lines", "also", "percent", "date", "issue")
)
def invoice(work: Work, row: Any, values: Values) -> Outcome:
    """An invoice of what of it has not been invoiced yet; `also` names more delivery notes of the customer that go into it."""
    rows = chain.together(work, "deliveries", "invoice", row, values)
    if any(one.kind == DeliveryKind.RETURN.value for one in rows):
        raise Invalid({"": Message("A return is not invoiced: credit the invoice.")})
    return invoices.from_source(work, "deliveries", rows, values)


@action("deliveries", "return", "Return", icon="undo-2", fields=("lines", "percent"))
def take_back(work: Work, row: Any, values: Values) -> Outcome:
    """A return note of what has not come back yet."""
    work.require("deliveries.create")
    if row.kind == DeliveryKind.RETURN.value:
        raise Invalid({"": Message("This is a return already.")})
    parts = chain.not_yet(work, "deliveries", [row.id], "returned")
    made = chain.convert(
        work, "deliveries", [row], "deliveries", chain.chosen(parts, values),
        kind=chain.RETURN, returns=row.id, warehouse=row.warehouse,
    )  # fmt: skip
    return Outcome(row.id, row.version, {"resource": "deliveries", "id": made.id})


@action("deliveries", "cancel", "Cancel it", icon="ban", danger=True)
def cancel(_work: Work, _row: Any, _values: Values) -> Outcome | None:
    """The draft is off."""
    return None
