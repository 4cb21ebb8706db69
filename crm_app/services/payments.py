"""Money against invoices: posting, allocating (also to oldest first), taking back, reversing. What is settled follows from allocations."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Choice, Day, Number, Text
from crm_app.core.i18n import Message
from crm_app.core.money import round_money
from crm_app.models.accounts import Account
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart
from crm_app.models.numbering import Numbered
from crm_app.models.payments import METHOD_LABELS, Allocation, Direction, Method, Payment, PaymentStatus

from . import currencies, instalments, limits, numbering, rules, settling, trade
from .values import readable, resource_of
from .verbs import Outcome, action
from .work import Work, column_of

Values = Mapping[str, object]
ZERO = Decimal(0)
ONE = Decimal(1)
OWED = tuple(kind.value for kind in InvoiceKind if kind is not InvoiceKind.CREDIT_NOTE)
_KINDS = {"amount": Number(4), "date": Day(), "method": Choice(Method, METHOD_LABELS), "reference": Text(80)}


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
        allocate_to(work, row, values)
    return None


def _number(work: Work) -> str:
    """Counted by the day of recording: money may have come before what was recorded yesterday."""
    return numbering.draw(work, Numbered.PAYMENT, trade.today(work))


@action("payments", "allocate", "Allocate", icon="arrow-left-right", fields=("allocations", "oldest"))
def allocate(work: Work, row: Any, values: Values) -> Outcome | None:
    """Settle invoices with what is left of it: `allocations` ([{"invoice": id, "amount": text}]), else the oldest first."""
    allocate_to(work, row, values)
    return None


@action("payments", "unallocate", "Take allocations back", icon="undo-2", fields=("allocations",))
def unallocate(work: Work, row: Any, values: Values) -> Outcome | None:
    """Its allocations (those whose ids are named, else all) to invoices that the caller may read count no more from today on."""
    settling.take_back(work, row, values.get("allocations"), *readable(work, resource_of("invoices")))
    return None


@action("payments", "reverse", "Reverse", icon="ban", danger=True, fields=("date",))
def reverse(work: Work, row: Any, values: Values) -> Outcome | None:
    """The money went back on that `date`, such as that of the bank for a cheque (today): from then on it settles nothing."""
    day = _read(work, {"date": values.get("date")})["date"] or trade.today(work)
    if day > trade.today(work):
        raise Invalid({"date": Message("This day is still to come.")})
    if day < row.date:
        raise Invalid({"date": Message("The payment is of a later day: {day}.", day=row.date)})
    row.reversed_on = day
    settling.give_back(work, row, day)
    return None


def receive(work: Work, invoice: Any, values: Values) -> int:
    """A posted payment for an invoice of which something is open: its balance, today, unless `values` say otherwise. The payment's id.

    Where somebody was quicker it is refused: the same money would be recorded twice.
    """
    given = _read(work, values)
    if invoice.balance <= 0:
        raise Invalid({"amount": Message("Nothing is left to be paid.")})
    amount = given["amount"] if given["amount"] is not None else invoice.balance
    if amount <= 0:
        raise Invalid({"amount": Message("Write a number above zero.")})
    if amount != round_money(amount, invoice.currency):
        raise Invalid({"amount": Message("This currency has fewer decimals.")})
    day = given["date"] or trade.today(work)
    if day > trade.today(work):
        raise Invalid({"date": Message("This day is still to come.")})
    refund = invoice.kind == InvoiceKind.CREDIT_NOTE.value
    made = Payment(
        account=invoice.account, account_name=invoice.account_name, owner=work.actor.user, date=day, amount=amount,
        currency=invoice.currency, rate=currencies.rate(work, invoice.currency, day) or invoice.rate,
        method=given["method"] or Method.TRANSFER.value, reference=given["reference"],
        direction=(Direction.PAID if refund else Direction.RECEIVED).value, status=PaymentStatus.POSTED.value,
        unallocated=amount, number=_number(work),
    )  # fmt: skip
    work.session.add(made)
    work.session.flush()
    taken = min(amount, invoice.balance)
    if taken > 0:
        _allocate(work, made, invoice, taken, taken)
    return int(made.id or 0)


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


# ---- allocations


@dataclass(frozen=True)
class OpenItem:
    """An invoice that is not settled, as the allocation screen shows it; `due` is the day of its earliest open part."""

    id: int
    number: str
    date: dt.date
    due: dt.date | None
    currency: str
    total: Decimal
    balance: Decimal


def open_items(
    work: Work, account: int, kinds: tuple[str, ...] = ("invoice", "debit_note", "deposit")
) -> list[OpenItem]:
    """What the customer has not settled and the actor may read, the oldest due first."""
    names = ("id", "number", "date", "next_due", "currency", "payable", "balance")
    statement = (
        sa.select(*(column_of(Invoice, name) for name in names))
        .where(*_open_ones(work, account, kinds))
        .order_by(column_of(Invoice, "next_due"), column_of(Invoice, "id"))
    )
    return [OpenItem(*row) for row in work.session.execute(statement)]


def _open_ones(work: Work, account: int, kinds: tuple[str, ...]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        *readable(work, resource_of("invoices")),
        column_of(Invoice, "account") == account,
        column_of(Invoice, "status") == "issued",
        column_of(Invoice, "kind").in_(kinds),
        column_of(Invoice, "balance") > ZERO,
    )


def allocate_to(work: Work, source: Any, values: Values) -> None:
    """Settle invoices of the same customer with a payment or a credit note. Raises Invalid for more than there is."""
    wanted = values.get("allocations")
    if wanted is None:
        _oldest_first(work, source)
        return
    if not isinstance(wanted, list) or len(wanted) > 500 or not all(isinstance(row, dict) for row in wanted):
        raise Invalid({"allocations": Message("Send a list of at most {count}.", count=500)})
    errors: dict[str, Message] = {}
    for number, row in enumerate(wanted):
        invoice = _invoice(work, source, row.get("invoice"), *readable(work, resource_of("invoices")))
        place = f"allocations.{number}"
        if invoice is None:
            errors[f"{place}.invoice"] = Message("Choose one from the list.")
            continue
        amount = _amount(row.get("amount"), f"{place}.amount")
        taken = _taken(work, source, invoice, row.get("taken"), amount, f"{place}.taken")
        fault = _fault(source, invoice, amount, taken)
        if fault is None:
            _allocate(work, source, invoice, amount, taken)
        else:
            errors[f"{place}.amount"] = fault
    if errors:
        raise Invalid(errors)


def _fault(source: Any, invoice: Any, amount: Decimal, taken: Decimal) -> Message | None:
    """What is wrong with settling so much of the invoice with so much of the source."""
    if amount <= 0 or taken <= 0:
        return Message("Write a number above zero.")
    if amount != round_money(amount, invoice.currency) or taken != round_money(taken, source.currency):
        return Message("This currency has fewer decimals.")
    for wanted, most, document in ((amount, invoice.balance, invoice), (taken, _free(source), source)):
        if wanted > most:
            return Message("At most {most} is left.", most=round_money(most, document.currency))
    return None


def _free(source: Any) -> Decimal:
    return source.unallocated if isinstance(source, Payment) else source.balance


def _oldest_first(work: Work, source: Any) -> None:
    for invoice, amount in oldest(work, source).items():
        _allocate(work, source, _invoice(work, source, invoice), amount, amount)


def oldest(work: Work, source: Any) -> dict[int, Decimal]:
    """What the payment or credit note settles of which invoice where the oldest due come first. Only invoices in its own currency:
    another one needs a rate that somebody decides.
    """
    refund = isinstance(source, Payment) and source.direction == Direction.PAID.value
    kinds = (InvoiceKind.CREDIT_NOTE.value,) if refund else OWED
    left, taken = _free(source), dict[int, Decimal]()
    for invoice, amount in _open_parts(work, source, kinds):
        if left <= 0:
            break
        taken[invoice] = taken.get(invoice, ZERO) + min(amount, left)
        left -= min(amount, left)
    return taken


def _open_parts(work: Work, source: Any, kinds: tuple[str, ...]) -> list[tuple[int, Decimal]]:
    """(invoice, what is open) of each part in the source's currency, the earliest due first."""
    rows = (
        sa.select(column_of(InvoicePart, "invoice"), instalments.open_of(column_of(Invoice, "paid")))
        .join(Invoice, column_of(Invoice, "id") == column_of(InvoicePart, "invoice"))
        .where(*_open_ones(work, source.account, kinds), column_of(Invoice, "currency") == source.currency)
        .order_by(*(column_of(InvoicePart, name) for name in ("due", "invoice", "before")))
    )
    return [(invoice, amount) for invoice, amount in work.session.execute(rows) if amount > 0]


def _amount(raw: object, name: str) -> Decimal:
    try:
        value = Number(4).parse(raw)
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None
    if value is None:
        raise Invalid({name: Message("This is needed.")})
    return value


def _taken(work: Work, source: Any, invoice: Any, raw: object, amount: Decimal, name: str) -> Decimal:
    """What of the payment's currency settles so much of the invoice: as given, else by the payment's rates of its day."""
    if source.currency == invoice.currency:
        return amount
    if raw not in (None, ""):
        return _amount(raw, name)
    there = currencies.rate(work, invoice.currency, source.date)
    if there is None:
        raise Invalid({name: currencies.missing(invoice.currency)})
    return round_money(amount * there / source.rate, source.currency)


def _invoice(work: Work, source: Any, key: object, *conditions: sa.ColumnElement[bool]) -> Any:
    """The locked invoice, where it is one that this source may settle and the conditions leave."""
    if not isinstance(key, int) or isinstance(key, bool):
        return None
    row = work.locked_where(Invoice, column_of(Invoice, "id") == key, *conditions)
    refund = isinstance(source, Payment) and source.direction == Direction.PAID.value
    if row is None or row.account != source.account or row.status != "issued":
        return None
    credit = row.kind == InvoiceKind.CREDIT_NOTE.value
    return row if credit is refund else None


def _allocate(work: Work, source: Any, invoice: Any, amount: Decimal, taken: Decimal) -> None:
    """Write the allocation; the difference is what the two rates make of it in the company's currency."""
    own = trade.company(work).currency
    paid = isinstance(source, Payment)
    used = source.amount - source.unallocated if paid else source.paid
    difference = settling.worth(taken, used, source.rate, own) - settling.worth(amount, invoice.paid, invoice.rate, own)
    refund = paid and source.direction == Direction.PAID.value
    work.session.add(
        Allocation(
            payment=source.id if paid else None, credit=None if paid else source.id, invoice=invoice.id, amount=amount,
            taken=taken, difference=-difference if refund else difference, day=_since(work, source, invoice),
        )
    )  # fmt: skip
    work.session.flush()
    settling.settle(work, {invoice.id, *(() if paid else (source.id,))}, {source.id} if paid else set())
    work.session.refresh(invoice, ["paid", "balance", "next_due"])
    work.session.refresh(source, ["unallocated"] if paid else ["paid", "balance"])


def _since(work: Work, source: Any, invoice: Any) -> dt.date:
    """The day from which an allocation counts: that of the later of the two, yet not before what either settled earlier was taken
    back. So nothing was ever settled twice, at any date in the past.
    """
    payment, credit, settled = (column_of(Allocation, name) for name in ("payment", "credit", "invoice"))
    mine = payment == source.id if isinstance(source, Payment) else sa.or_(credit == source.id, settled == source.id)
    ended = sa.select(sa.func.max(column_of(Allocation, "until")))
    freed = work.session.scalar(ended.where(sa.or_(mine, settled == invoice.id, credit == invoice.id)))
    since: dt.date = max(source.date, invoice.date, freed or source.date)
    return since


def settle_credit(work: Work, note: Any) -> None:
    """A credit note that corrects an invoice is set against it, as far as that is open."""
    invoice = _invoice(work, note, note.corrects)
    if invoice is None or invoice.currency != note.currency:
        return
    amount = min(invoice.balance, note.balance)
    if amount > 0:
        _allocate(work, note, invoice, amount, amount)
