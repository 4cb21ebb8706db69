"""Deposits: invoiced before the goods are, as a percentage or an amount, and taken off the invoices that follow."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message, translate
from crm_app.models.accounts import Account
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus
from crm_app.models.orders import SalesOrder

from . import chain, instalments, snapshots, trade
from .work import Work, column_of

Values = Mapping[str, object]
ZERO = Decimal(0)
WAYS = ("deposit", "deposit_amount")


def make(work: Work, source: str, row: Any, given: Values) -> Any:
    """An invoice over a percentage or an amount of a quote or order, a line per tax class."""
    nets = {tax_class: amount for tax_class, amount in _nets(work, source, row).items() if amount > 0}
    text, amounts = _asked_for(source, row, given, nets, _deposited(work, source, row))
    account = work.row(Account, row.account)
    language = (account.language if account else None) or trade.company(work).language
    rows = [
        {
            "description": translate(text.text, language).format(**text.args), "quantity": Decimal(1), "price": amount,
            "discount": ZERO, "tax_class": tax_class,
        }
        for tax_class, amount in zip(nets, amounts, strict=True)
        if amount > 0
    ]  # fmt: skip
    return _store(work, source, row, rows, {"kind": InvoiceKind.DEPOSIT.value} | chain.dated(work, given))


def _asked_for(
    source: str, row: Any, given: Values, nets: Mapping[str, Decimal], before: Decimal
) -> tuple[Message, list[Decimal]]:
    """What the deposit is called, and what of it falls to each tax class. An amount is shared out without losing a cent.

    With those `before` it does not come to more than the whole.
    """
    percent, amount = (None if given.get(name) in (None, "") else chain.number_of(given[name], name) for name in WAYS)
    rest, number = max(sum(nets.values(), ZERO) - before, ZERO), row.number or ""
    too_much = Message("At most {most} is left.", most=money.round_money(rest, row.currency))
    if source not in ("quotes", "orders") or (percent is not None and amount is not None):
        raise Invalid({"deposit": Message("A deposit is a percentage or an amount of a quote or a sales order.")})
    if percent is not None:
        if not 0 < percent <= 100:
            raise Invalid({"deposit": Message("Write a number from {least} to {most}.", least=1, most=100)})
        text = Message("Deposit of {percent} % on {number}", percent=money.bare(percent), number=number)
        amounts = [money.round_money(net * percent / 100, row.currency) for net in nets.values()]
        over = sum(amounts, ZERO) - rest
        least = Decimal(1).scaleb(-money.minor_units(row.currency))
        if not rest or over > len(amounts) * least:  # less is what rounding has made of halves
            raise Invalid({"deposit": too_much})
        return text, money.allocate(rest, amounts, row.currency) if over > 0 else amounts
    if amount is None or amount <= 0:
        raise Invalid({"deposit_amount": Message("Write a number above zero.")})
    if amount != money.round_money(amount, row.currency):
        raise Invalid({"deposit_amount": Message("This currency has fewer decimals.")})
    if amount > rest:
        raise Invalid({"deposit_amount": too_much})
    return Message("Deposit on {number}", number=number), money.allocate(amount, list(nets.values()), row.currency)


def _nets(work: Work, source: str, row: Any) -> dict[str, Decimal]:
    """What the firm lines come to, by tax class: as typed, with the taxes where the prices hold them."""
    found: dict[str, Decimal] = {}
    for line in snapshots.lines_of(work, source, row.id):
        if getattr(line, "choice", "firm") == "firm":
            found[line.tax_class] = found.get(line.tax_class, ZERO) + _amount(line, row.currency)
    return found


def _amount(line: Any, currency: str) -> Decimal:
    """What a line comes to, as typed."""
    return money.round_money(line.quantity * line.price * (100 - line.discount) / 100, currency)


def _store(work: Work, source: str, row: Any, lines: list[dict[str, Any]], head: Mapping[str, Any]) -> Any:
    values = {name: getattr(row, name) for name in chain.TRAVELS}
    values |= {"date": trade.today(work), **head} | chain.pointers(source, row, Invoice)
    trade.rate_of_day(work, values)
    account = work.row(Account, row.account)
    trade.add_up(work, values, account, lines)
    return chain.write(work, source, row.id, "invoices", values | instalments.days(work, values), lines)


def _deposited(work: Work, source: str, row: Any) -> Decimal:
    """What the deposits on this document, and on the quote behind it, come to, drafts included, without what was credited of them."""
    states = tuple(status.value for status in InvoiceStatus if status is not InvoiceStatus.CANCELLED)
    keys = [line.id for line, _ in _deposits(work, source, [row], states)]
    is_one, is_credited = column_of(InvoiceLine, "id").in_(keys), column_of(InvoiceLine, "credited_line").in_(keys)
    return _typed(work, is_one) - _typed(work, is_credited) if keys else ZERO


def waiting(work: Work, source: str, rows: Sequence[Any]) -> bool:
    """Whether there are deposits on these documents that an invoice of them would set off."""
    return bool(_deposits(work, source, rows, (InvoiceStatus.ISSUED.value,)))


def set_off(work: Work, source: str, rows: Sequence[Any], made: Any) -> list[Any]:
    """Deposits on the same quotes or orders that have been issued are taken off, each as far as the new invoice reaches.

    All lines of the invoice where some were added, whose sums are to be computed anew; none where there was nothing to take off.
    """
    deposits = _deposits(work, source, rows, (InvoiceStatus.ISSUED.value,))
    if not deposits:
        return []
    lines = snapshots.lines_of(work, "invoices", made.id)
    room: dict[str, Decimal] = {}
    for line in lines:
        room[line.tax_class] = room.get(line.tax_class, ZERO) + _amount(line, made.currency)
    added: list[InvoiceLine] = []
    for deposit, number in deposits:
        taken = min(deposit.price - _already(work, deposit.id), room.get(deposit.tax_class, ZERO))
        if taken > 0:
            room[deposit.tax_class] -= taken
            text = f"{deposit.description} ({number})"
            added.append(
                InvoiceLine(
                    invoice=made.id, position=len(lines) + len(added), description=text, quantity=Decimal(1), price=-taken,
                    tax_class=deposit.tax_class, deposit_line=deposit.id,
                )
            )  # fmt: skip
    if not added:
        return []
    work.session.add_all(added)
    work.session.flush()
    return [*lines, *added]


def _deposits(work: Work, source: str, rows: Sequence[Any], states: Sequence[str]) -> list[tuple[Any, str]]:
    """Lines of deposit invoices on the same orders, or on the quotes behind them, with their invoice's number."""
    orders = {row.id if source == "orders" else getattr(row, "order", None) for row in rows} - {None}
    quotes = {row.id if source == "quotes" else getattr(row, "quote", None) for row in rows} - {None}
    if orders:
        above = sa.select(column_of(SalesOrder, "quote")).where(column_of(SalesOrder, "id").in_(orders))
        quotes |= set(work.session.scalars(above)) - {None}
    key, number, order, quote, kind, status = (
        column_of(Invoice, name) for name in ("id", "number", "order", "quote", "kind", "status")
    )
    # what they are is told apart here: asked for it too, SQLite would rather read all deposits there are
    found = sa.select(key, number, order, quote).add_columns(kind, status)
    near = {
        row[0]: row
        for which in ((order, orders), (quote, quotes))
        if which[1]
        for row in work.session.execute(found.where(which[0].in_(which[1])))
    }
    numbers = {
        row[0]: row[1]
        for row in near.values()
        if row[4] == InvoiceKind.DEPOSIT.value
        and row[5] in states
        and (row[2] is None or row[2] in orders or source == "quotes")
    }
    if not numbers:
        return []
    mine = sa.select(InvoiceLine).where(column_of(InvoiceLine, "invoice").in_(numbers))
    lines = work.session.scalars(mine.order_by(column_of(InvoiceLine, "id")))
    return [(line, numbers[line.invoice]) for line in lines]


def overdrawn(work: Work, lines: Sequence[Any]) -> dict[str, Message]:
    """The lines, by field, that set off or give back more of a deposit than is left of it."""
    asked = {key: line.position for line in lines if (key := line.deposit_line or line.credited_line)}
    rows = (
        sa.select(
            *(column_of(InvoiceLine, name) for name in ("id", "price", "quantity")),
            *(column_of(Invoice, name) for name in ("number", "currency")),
        )
        .join(Invoice, column_of(Invoice, "id") == column_of(InvoiceLine, "invoice"))
        .where(column_of(InvoiceLine, "id").in_(asked), column_of(Invoice, "kind") == InvoiceKind.DEPOSIT.value)
    )
    text = "The deposit {number} is set off or given back already, perhaps in a draft: less is left of it."
    return {
        f"lines.{asked[key]}.price": Message(text, number=number)
        for key, price, quantity, number, currency in (work.session.execute(rows).all() if asked else ())
        if _already(work, key) > money.round_money(price * quantity, currency)
    }


def _already(work: Work, deposit_line: int) -> Decimal:
    """How much of a deposit's line has been set off or credited; what was set off on an invoice and credited there is free again."""
    set_off = _typed(work, column_of(InvoiceLine, "deposit_line") == deposit_line)
    credited = _typed(work, column_of(InvoiceLine, "credited_line") == deposit_line)
    mine = sa.select(column_of(InvoiceLine, "id")).where(column_of(InvoiceLine, "deposit_line") == deposit_line)
    given_back = _typed(work, column_of(InvoiceLine, "credited_line").in_(mine))
    return credited - set_off + given_back


def _typed(work: Work, *which: Any) -> Decimal:
    """What these lines of documents that are not cancelled come to, as typed."""
    rows = (
        sa.select(column_of(InvoiceLine, "price"), column_of(InvoiceLine, "quantity"), column_of(Invoice, "currency"))
        .join(Invoice, column_of(Invoice, "id") == column_of(InvoiceLine, "invoice"))
        .where(*which, column_of(Invoice, "status") != InvoiceStatus.CANCELLED.value)
    )
    parts = (money.round_money(price * quantity, currency) for price, quantity, currency in work.session.execute(rows))
    return sum(parts, ZERO)
