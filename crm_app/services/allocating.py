"""Which documents a payment or a credit note settles, with how much: as somebody says, or the oldest first.

Money received and credit notes settle invoices; money paid out settles credit notes, and gives money received back.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Number
from crm_app.core.i18n import Message
from crm_app.core.money import round_money
from crm_app.core.plain import is_id
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart
from crm_app.models.payments import Allocation, Direction, Payment, PaymentStatus

from . import currencies, instalments, settling, trade
from .values import readable, resource_of
from .work import Work, column_of

Values = Mapping[str, object]
Target = tuple[str, int]  # what is settled: its resource and id
ZERO = Decimal(0)
OWED = tuple(kind.value for kind in InvoiceKind if kind is not InvoiceKind.CREDIT_NOTE)
_NAMES = {"invoice": "invoices", "payment": "payments"}  # what an allocation that is sent may name


@dataclass(frozen=True)
class OpenItem:
    """What is not settled, as the allocation screen shows it: an invoice, a credit note, money received.

    `due` is the day of an invoice's earliest open part, of money the day on which it came.
    """

    resource: str
    id: int
    number: str
    date: dt.date
    due: dt.date | None
    currency: str
    total: Decimal
    balance: Decimal


def pays_out(source: Any) -> bool:
    """Whether it is money that was paid out: it settles what the customer has to get, all else what they owe."""
    return isinstance(source, Payment) and source.direction == Direction.PAID.value


def open_items(work: Work, account: int, *, back: bool) -> list[OpenItem]:
    """What the customer has not settled and the actor may read, the oldest due first; with `back` what they have to get: credit
    notes, then money that settles nothing, if the actor may read any.
    """
    kinds = (InvoiceKind.CREDIT_NOTE.value,) if back else OWED
    names = ("id", "number", "date", "next_due", "currency", "payable", "balance")
    invoices = _open_ones(work, account, kinds)
    found = [OpenItem("invoices", *row) for row in _ordered(work, Invoice, names, invoices, ("next_due", "id"))]
    return [*found, *_free_money(work, account)] if back else found


def _free_money(work: Work, account: int) -> list[OpenItem]:
    """Money received that settles nothing, the oldest first; none where the actor may read none."""
    if not work.actor.may("payments.read"):
        return []
    which = (
        *readable(work, resource_of("payments")),
        column_of(Payment, "account") == account,
        column_of(Payment, "status") == PaymentStatus.POSTED.value,
        column_of(Payment, "direction") == Direction.RECEIVED.value,
        column_of(Payment, "unallocated") > ZERO,
    )
    names = ("id", "number", "date", "date", "currency", "amount", "unallocated")
    return [OpenItem("payments", *row) for row in _ordered(work, Payment, names, which, ("date", "id"))]


def _ordered(work: Work, table: Any, names: tuple[str, ...], which: Any, order: tuple[str, ...]) -> list[Any]:
    """These columns of the rows in that order; a column may be named twice."""
    columns = (column_of(table, name).label(f"{place}") for place, name in enumerate(names))
    statement = sa.select(*columns).where(*which).order_by(*(column_of(table, name) for name in order))
    return list(work.session.execute(statement))


def _open_ones(work: Work, account: int, kinds: tuple[str, ...]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        *readable(work, resource_of("invoices")),
        column_of(Invoice, "account") == account,
        column_of(Invoice, "status") == "issued",
        column_of(Invoice, "kind").in_(kinds),
        column_of(Invoice, "balance") > ZERO,
    )


def allocate_to(work: Work, source: Any, values: Values) -> None:
    """Settle what is open of the same customer with a payment or a credit note. Raises Invalid for more than there is."""
    wanted = values.get("allocations")
    if wanted is None:
        _oldest_first(work, source)
        return
    if not isinstance(wanted, list) or len(wanted) > 500 or not all(isinstance(row, dict) for row in wanted):
        raise Invalid({"allocations": Message("Send a list of at most {count}.", count=500)})
    errors: dict[str, Message] = {}
    _lock(work, source, wanted)
    for number, row in enumerate(wanted):
        place = f"allocations.{number}"
        name = "payment" if "payment" in row and "invoice" not in row else "invoice"
        target = _target(work, source, _NAMES[name], row.get(name), *readable(work, resource_of(_NAMES[name])))
        if target is None:
            errors[f"{place}.{name}"] = Message("Choose one from the list.")
            continue
        amount = _amount(row.get("amount"), f"{place}.amount")
        taken = _taken(work, source, target, row.get("taken"), amount, f"{place}.taken")
        fault = _fault(source, target, amount, taken)
        if fault is None:
            settle(work, source, target, amount, taken)
        else:
            errors[f"{place}.amount"] = fault
    if errors:
        raise Invalid(errors)


def _oldest_first(work: Work, source: Any) -> None:
    """What somebody else has settled since it was read is settled no more."""
    wanted = oldest(work, source)
    settling.lock(work, *({key for name, key in wanted if name == of} for of in _NAMES.values()))
    for (resource, key), most in wanted.items():
        target = _target(work, source, resource, key)
        amount = min(most, _left(target), _left(source)) if target is not None else ZERO
        if amount > 0:
            settle(work, source, target, amount, amount)


def _lock(work: Work, source: Any, wanted: list[dict[str, Any]]) -> None:
    """Lock what of the same customer is named."""
    found = []
    for name, resource in _NAMES.items():
        number, account = (column_of(resource_of(resource).table, column) for column in ("id", "account"))
        keys = {row[name] for row in wanted if is_id(row.get(name))}
        found.append(work.session.scalars(sa.select(number).where(number.in_(keys), account == source.account)).all())
    settling.lock(work, *found)


def _fault(source: Any, target: Any, amount: Decimal, taken: Decimal) -> Message | None:
    """What is wrong with settling so much of the target with so much of the source."""
    if amount <= 0 or taken <= 0:
        return Message("Write a number above zero.")
    if amount != round_money(amount, target.currency) or taken != round_money(taken, source.currency):
        return Message("This currency has fewer decimals.")
    for wanted, document in ((amount, target), (taken, source)):
        if wanted > _left(document):
            return Message("At most {most} is left.", most=round_money(_left(document), document.currency))
    return None


def _left(document: Any) -> Decimal:
    """What of it settles nothing, or is not settled, yet."""
    return document.unallocated if isinstance(document, Payment) else document.balance


def _used(document: Any) -> Decimal:
    return document.amount - document.unallocated if isinstance(document, Payment) else document.paid


def oldest(work: Work, source: Any) -> dict[Target, Decimal]:
    """How much the payment or credit note settles of what, where the oldest due come first. Only what is in its own currency:
    another one needs a rate that somebody decides.
    """
    left, taken = _left(source), dict[Target, Decimal]()
    for target, amount in _open_parts(work, source):
        if left <= 0:
            break
        taken[target] = taken.get(target, ZERO) + min(amount, left)
        left -= min(amount, left)
    return taken


def _open_parts(work: Work, source: Any) -> list[tuple[Target, Decimal]]:
    """What is open of each part in the source's currency, the earliest due first; money to be given back by its own day."""
    back = pays_out(source)
    kinds = (InvoiceKind.CREDIT_NOTE.value,) if back else OWED
    order = [column_of(InvoicePart, name) for name in ("due", "invoice", "before")]
    rows = (
        sa.select(*order, instalments.open_of(column_of(Invoice, "paid")))
        .join(Invoice, column_of(Invoice, "id") == column_of(InvoicePart, "invoice"))
        .where(*_open_ones(work, source.account, kinds), column_of(Invoice, "currency") == source.currency)
        .order_by(*order)
    )
    found = [(due, ("invoices", key), amount) for due, key, _, amount in work.session.execute(rows) if amount > 0]
    if back:
        found += [
            (item.date, ("payments", item.id), item.balance)
            for item in _free_money(work, source.account)
            if item.currency == source.currency
        ]
        found.sort(key=lambda part: part[0])
    return [(target, amount) for _, target, amount in found]


def _amount(raw: object, name: str) -> Decimal:
    try:
        value = Number(4).parse(raw)
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None
    if value is None:
        raise Invalid({name: Message("This is needed.")})
    return value


def _taken(work: Work, source: Any, target: Any, raw: object, amount: Decimal, name: str) -> Decimal:
    """What of the payment's currency settles so much of the target: as given, else by the payment's rates of its day."""
    if source.currency == target.currency:
        return amount
    if raw not in (None, ""):
        return _amount(raw, name)
    there = currencies.rate(work, target.currency, source.date)
    if there is None:
        raise Invalid({name: currencies.missing(target.currency)})
    return round_money(amount * there / source.rate, source.currency)


def _target(work: Work, source: Any, resource: str, key: object, *conditions: sa.ColumnElement[bool]) -> Any:
    """The locked document, where it is one that this source may settle and the conditions leave."""
    if not is_id(key):
        return None
    table: Any = resource_of(resource).table
    row = work.locked_where(table, column_of(table, "id") == key, *conditions)
    if row is None or row.account != source.account:
        return None
    back = pays_out(source)
    if isinstance(row, Payment):
        free = row.status == PaymentStatus.POSTED.value and row.direction == Direction.RECEIVED.value
        return row if free and back else None
    credit = row.kind == InvoiceKind.CREDIT_NOTE.value
    return row if row.status == "issued" and credit is back else None


def settle(work: Work, source: Any, target: Any, amount: Decimal, taken: Decimal) -> None:
    """Write the allocation: so much of the target is settled by so much (`taken`) of the payment or credit note.

    The difference is what the two rates make of it in the company's currency.
    """
    own, paid, back = trade.company(work).currency, isinstance(source, Payment), isinstance(target, Payment)
    was = settling.worth(amount, _used(target), target.rate, own)
    difference = settling.worth(taken, _used(source), source.rate, own) - was
    work.session.add(
        Allocation(
            payment=source.id if paid else None, credit=None if paid else source.id, amount=amount, taken=taken,
            invoice=None if back else target.id, refunded=target.id if back else None,
            difference=-difference if pays_out(source) else difference, day=_since(work, source, target),
        )
    )  # fmt: skip
    work.session.flush()
    both = (source, target)
    invoices, payments = ({one.id or 0 for one in both if isinstance(one, kind)} for kind in (Invoice, Payment))
    settling.settle(work, invoices, payments)
    for one in both:
        derived = ["unallocated"] if isinstance(one, Payment) else ["paid", "balance", "next_due"]
        work.session.refresh(one, derived)


def _since(work: Work, source: Any, target: Any) -> dt.date:
    """The day from which an allocation counts: that of the later of the two, yet not before what either settled earlier was taken
    back. So nothing was ever settled twice, at any date in the past.
    """
    ended = sa.select(sa.func.max(column_of(Allocation, "until")))
    freed = work.session.scalar(ended.where(sa.or_(settling.of(source), settling.of(target))))
    since: dt.date = max(source.date, target.date, freed or source.date)
    return since


def settle_credit(work: Work, note: Any) -> None:
    """A credit note that corrects an invoice is set against it, as far as that is open."""
    invoice = _target(work, note, "invoices", note.corrects)
    if invoice is None or invoice.currency != note.currency:
        return
    amount = min(invoice.balance, note.balance)
    if amount > 0:
        settle(work, note, invoice, amount, amount)
