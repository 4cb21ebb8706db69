"""The verbs of payments: post, allocate, take back, pay back, reverse; and how a payment is recorded on what it pays."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Choice, Day, Number, Text
from crm_app.core.i18n import Message
from crm_app.core.money import round_money
from crm_app.core.resource import Resource
from crm_app.models.accounts import Account
from crm_app.models.invoices import InvoiceKind
from crm_app.models.numbering import Numbered
from crm_app.models.payments import METHOD_LABELS, Allocation, Direction, Method, Payment, PaymentStatus

from . import allocating, currencies, limits, numbering, rules, settling, trade
from .verbs import Outcome, action
from .work import Work, column_of

Values = Mapping[str, object]
ZERO = Decimal(0)
ONE = Decimal(1)
_KINDS = {
    "amount": Number(4),
    "balance": Number(4),
    "date": Day(),
    "method": Choice(Method, METHOD_LABELS),
    "reference": Text(80),
}


@rules.completes("payments")
def _complete(work: Work, draft: rules.Draft) -> None:
    """Name, day, currency and rate; the amount is more than nothing."""
    values = draft.values
    account = work.row(Account, values["account"]) if values["account"] else None
    if account is None:
        return
    values["account_name"] = account.name
    values["date"] = values["date"] or trade.today(work)
    values["currency"] = values["currency"] or account.currency or trade.company(work).currency
    if values["amount"] is not None and values["amount"] <= 0:
        draft.errors["amount"] = Message("Write a number above zero.")
    elif values["amount"] != round_money(values["amount"] or ZERO, values["currency"]):
        draft.errors["amount"] = Message("This currency has fewer decimals.")
    if values["currency"] == trade.company(work).currency:
        draft.errors.update(limits.own_rate(draft))
        values["rate"] = ONE
    elif values["rate"] is None or (draft.coming("currency", "date") and "rate" not in draft.given):
        values["rate"] = currencies.rate(work, values["currency"], values["date"])
        if values["rate"] is None:
            draft.errors["currency"] = currencies.missing(values["currency"])
    if values["rate"] is not None and values["rate"] <= 0:
        draft.errors["rate"] = Message("Write a number above zero.")


@action("payments", "post", "Post", icon="stamp", fields=("allocations", "oldest"))
def post(work: Work, row: Any, values: Values) -> Outcome | None:
    """The money has come (or gone): it gets its number, and settles what `allocations` or `oldest` say."""
    if row.date > trade.today(work):
        raise Invalid({"date": Message("This day is still to come.")})
    row.number = _number(work)
    row.unallocated = row.amount
    work.session.flush()
    if values.get("allocations") is not None or values.get("oldest"):
        allocating.allocate_to(work, row, values)
    return None


def _number(work: Work) -> str:
    """Counted by the day of recording: money may have come before what was recorded yesterday."""
    return numbering.draw(work, Numbered.PAYMENT, trade.today(work))


@action("payments", "allocate", "Allocate", icon="arrow-left-right", fields=("allocations", "oldest"))
def allocate(work: Work, row: Any, values: Values) -> Outcome | None:
    """Settle invoices with what is left of it: `allocations` ([{"invoice": id, "amount": text}]), else the oldest first.

    One that was paid out settles credit notes, named so too, and gives back money received ({"payment": id, "amount": text}).
    """
    allocating.allocate_to(work, row, values)
    return None


def _paid_out_first(work: Work, _resource: Resource, key: int, _values: Values) -> None:
    """What gives this payment back is locked before it, as where that is allocated to it: so neither waits for the other."""
    gives = column_of(Allocation, "payment")
    mine = sa.select(gives).where(column_of(Allocation, "refunded") == key, column_of(Allocation, "until").is_(None))
    settling.lock(work, (), work.session.scalars(mine))


@action(
    "payments", "unallocate", "Take allocations back", icon="undo-2", fields=("allocations",), before=_paid_out_first
)
def unallocate(work: Work, row: Any, values: Values) -> Outcome | None:
    """Its allocations (those whose ids are named, else all) to what the caller may read count no more from today on; so do those
    that give it back.
    """
    settling.take_back(work, row, values.get("allocations"))
    return None


@action("payments", "refund", "Pay back", icon="coins", fields=("amount", "date", "method", "reference"))
def refund(work: Work, row: Any, values: Values) -> Outcome:
    """A posted payment to the customer that gives back what is left of money received, today, unless `values` say otherwise.

    More than is left is refused, and where nothing is: the same money would be paid back twice.
    """
    work.require("payments.create")
    if row.direction == Direction.PAID.value:
        raise Invalid({"": Message("Only money received is paid back.")})
    if row.unallocated <= 0:
        raise Invalid({"amount": Message("Nothing is left of this.")})
    given = _given(work, values, row.unallocated, row.currency)
    if given["amount"] > row.unallocated:
        most = round_money(row.unallocated, row.currency)
        raise Invalid({"amount": Message("At most {most} is left.", most=most)})
    if given["date"] < row.date:
        raise Invalid({"date": Message("The payment is of a later day: {day}.", day=row.date)})
    made = _record(work, row, Direction.PAID, given)
    allocating.settle(work, made, row, made.amount, made.amount)
    return Outcome(row.id, row.version, {"resource": "payments", "id": int(made.id or 0)})


@action("payments", "reverse", "Reverse", icon="ban", danger=True, fields=("date",), before=_paid_out_first)
def reverse(work: Work, row: Any, values: Values) -> Outcome | None:
    """The money went back on that `date`, such as that of the bank for a cheque (today): from then on it settles nothing, and
    nothing gives it back.
    """
    day = _read(work, {"date": values.get("date")})["date"] or trade.today(work)
    if day > trade.today(work):
        raise Invalid({"date": Message("This day is still to come.")})
    if day < row.date:
        raise Invalid({"date": Message("The payment is of a later day: {day}.", day=row.date)})
    row.reversed_on = day
    row.unallocated = ZERO  # told to the history, so that an undo puts it back
    settling.give_back(work, row, day)
    return None


def receive(work: Work, invoice: Any, values: Values) -> int:
    """A posted payment for an invoice of which something is open: its balance, today, unless `values` say otherwise. The payment's id.

    Where somebody was quicker it is refused: the same money would be recorded twice. So is more than is open by now, if it is not
    more than what was open when it was typed (`balance`): that was never meant to be money too much.
    """
    if invoice.balance <= 0:
        raise Invalid({"amount": Message("Nothing is left to be paid.")})
    given = _given(work, values, invoice.balance, invoice.currency)
    if given["balance"] is not None and invoice.balance < given["amount"] <= given["balance"]:
        left = round_money(invoice.balance, invoice.currency)
        raise Invalid(
            {"amount": Message("Only {left} is open by now: somebody has settled a part meanwhile.", left=left)}
        )
    back = invoice.kind == InvoiceKind.CREDIT_NOTE.value
    made = _record(work, invoice, Direction.PAID if back else Direction.RECEIVED, given)
    taken = min(made.amount, invoice.balance)
    allocating.settle(work, made, invoice, taken, taken)
    return int(made.id or 0)


def _record(work: Work, about: Any, direction: Direction, given: Mapping[str, Any]) -> Payment:
    """A posted payment of what is `given`, with the account of that invoice or payment, in its currency."""
    day = given["date"]
    made = Payment(
        account=about.account, account_name=about.account_name, owner=work.actor.user, date=day, amount=given["amount"],
        currency=about.currency, rate=currencies.rate(work, about.currency, day) or about.rate, method=given["method"],
        reference=given["reference"], direction=direction.value, status=PaymentStatus.POSTED.value,
        unallocated=given["amount"], number=_number(work),
    )  # fmt: skip
    work.session.add(made)
    work.session.flush()
    return made


def _given(work: Work, values: Values, usual: Decimal, currency: str) -> dict[str, Any]:
    """Amount (`usual` where none is said), date (today), method and reference of a payment that is made at once."""
    given = _read(work, values)
    amount = usual if given["amount"] is None else given["amount"]
    if amount <= 0:
        raise Invalid({"amount": Message("Write a number above zero.")})
    if amount != round_money(amount, currency):
        raise Invalid({"amount": Message("This currency has fewer decimals.")})
    day = given["date"] or trade.today(work)
    if day > trade.today(work):
        raise Invalid({"date": Message("This day is still to come.")})
    return given | {"amount": amount, "date": day, "method": given["method"] or Method.TRANSFER.value}


def _read(work: Work, values: Values) -> dict[str, Any]:
    found: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for name, kind in _KINDS.items():
        try:
            found[name] = kind.parse(values.get(name), work.actor.speech)
        except BadValue as bad:
            errors[name] = bad.message
    if errors:
        raise Invalid(errors)
    return found
