"""What customers may come to owe, in the company's currency: open invoices, and what is ordered or handed over and not yet invoiced."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_app.core.money import round_money
from crm_app.models.accounts import Account
from crm_app.models.choices import Progress
from crm_app.models.deliveries import DeliveryKind, DeliveryLine, DeliveryNote
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceLine
from crm_app.models.orders import OrderLine, OrderStatus, SalesOrder
from crm_app.models.payments import Direction, Payment

from . import ledger, trade
from .search import tested
from .work import Work, column_of

ZERO = Decimal(0)
Which = Callable[[Any], sa.ColumnElement[bool]]
Rest = Callable[[list[sa.ColumnElement[bool]]], list[sa.ColumnElement[bool]]]
_Selects = tuple[sa.Select[Any], ...]
_GONE = ("issued", "signed")
_SLACK = 1e-6  # what a rough sum may be off by


def owed(work: Work, which: Which) -> dict[int, Decimal]:
    """By account: open invoices less open credit notes and money not yet allocated. `which` picks by the column of the account."""
    return _owed(work, _summed(_open(which)), {})


def uninvoiced(work: Work, which: Which) -> dict[int, Decimal]:
    """By account: confirmed orders, what closed ones handed over, and issued delivery notes of no order, as far as they are not invoiced.

    Deposits that no invoice has set off yet are taken from their order.
    """
    return _uninvoiced(work, _left(which), {})


def owed_by(work: Work, account: int) -> Decimal:
    """What `owed` is of that account."""
    return _owed(work, _of_one()[0], {"account": account}).get(account, ZERO)


def uninvoiced_by(work: Work, account: int, order: int, note: int) -> Decimal:
    """What `uninvoiced` is of that account without that `order` and `note`, which are being weighed."""
    return _uninvoiced(work, _of_one()[1], {"account": account, "order": order, "note": note}).get(account, ZERO)


def undelivered_by(work: Work, account: int) -> tuple[Decimal, int, int]:
    """What confirmed orders of that account have still to be delivered, in the company's currency, taxes with it; of how many
    orders, and of how many lines.
    """
    rows = work.read(_awaited(), {"account": account}).all()
    amounts = _by_document(rows)
    lines = sum(whole > gone for *_, whole, gone in rows)
    return _rounded(work, {account: sum(amounts.values(), ZERO)})[account], len({row[1] for row in rows}), lines


def handed_over_by(work: Work, account: int, order: int) -> dict[int, tuple[Decimal, Decimal]]:
    """By order (0: of none) what the account was handed over of it and has not brought back, and what of that is not invoiced;
    orders of which all is invoiced are left out, but for the one that is named. In the company's currency, not rounded.
    """
    heads = (column_of(SalesOrder, name) for name in ("account", "id", "total_company", "net"))
    state, progress = column_of(SalesOrder, "delivered"), column_of(SalesOrder, "invoiced")
    rows = work.session.execute(
        sa.select(*heads, *_part(OrderLine, _delivered()), _invoiced("order_line", OrderLine))
        .join(OrderLine, column_of(OrderLine, "sales_order") == column_of(SalesOrder, "id"))
        .where(column_of(SalesOrder, "account") == account, state != Progress.NONE.value)
        .where(sa.or_(progress != Progress.ALL.value, column_of(SalesOrder, "id") == order))
    ).all()
    gone, open_ones = _by_document(row[:-1] for row in rows), _by_document(rows)
    found = {key[1]: (amount, open_ones.get(key, ZERO)) for key, amount in gone.items()}
    alone = sum(_by_document(work.session.execute(_handed_over(lambda column: column == account))).values(), ZERO)
    return found | {0: (alone, alone)}


@cache
def _awaited() -> sa.Select[Any]:
    """The lines of the orders of one `account` that its list calls to be delivered."""
    heads = (column_of(SalesOrder, name) for name in ("account", "id", "total_company", "net"))
    waiting = [
        column_of(SalesOrder, "status") == OrderStatus.CONFIRMED.value,
        column_of(SalesOrder, "delivered") != Progress.ALL.value,
    ]
    return (
        sa.select(*heads, *_part(OrderLine), _delivered())
        .join(OrderLine, column_of(OrderLine, "sales_order") == column_of(SalesOrder, "id"))
        .where(column_of(SalesOrder, "account") == sa.bindparam("account"), *tested(waiting))
    )


@cache
def _of_one() -> tuple[_Selects, _Selects]:
    """What is read of one `account`. Of its few rows the rest is only tested: SQLite knows no better than to look for all that are open."""

    def which(account: Any) -> Any:
        return account == sa.bindparam("account")

    return _summed(_open(which, tested)), _left(which, tested)


def _owed(work: Work, parts: _Selects, values: Mapping[str, Any]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for part in parts:
        for key, worth, total in work.read(part, values):
            found[key] = found.get(key, ZERO) + total * worth
    return _rounded(work, found)


def _summed(parts: _Selects) -> _Selects:
    found = []
    for part in parts:
        account, rate, amount = part.subquery().c
        found.append(sa.select(account, rate, sa.func.sum(amount)).group_by(account, rate))
    return tuple(found)


def _left(which: Which, rest: Rest = list) -> _Selects:
    """What `_uninvoiced` reads."""
    return _ordered(which, rest), _handed_over(which, rest), _deposits(which, rest)


def _uninvoiced(work: Work, parts: _Selects, values: Mapping[str, Any]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    orders, notes, deposited = parts
    ordered = _by_document(work.read(orders, values))
    deposits: dict[int, Decimal] = dict(work.read(deposited, values).all()) if ordered else {}
    for (account, key), amount in ordered.items():
        found[account] = found.get(account, ZERO) + max(amount - deposits.get(key, ZERO), ZERO)
    for (account, _), amount in _by_document(work.read(notes, values)).items():
        found[account] = found.get(account, ZERO) + amount
    return _rounded(work, found)


def over_limit() -> sa.Select[Any]:
    """The ids of the accounts that are about or over their credit limit: computed roughly, without what deposits take off, so that
    nobody over it is missing and few others leave the database.
    """
    limited = sa.select(column_of(Account, "id")).where(column_of(Account, "credit_limit").is_not(None))

    def which(key: Any) -> Any:
        return key.in_(limited)

    left = (_ordered(which), _handed_over(which))
    parts = (*map(_roughly, _open(which)), *map(_rough_share, left))
    rows = sa.union_all(*parts).subquery()
    number, limit = column_of(Account, "id"), column_of(Account, "credit_limit")
    total = sa.select(rows.c.account, sa.func.sum(rows.c.amount).label("amount")).group_by(rows.c.account).subquery()
    return (
        sa.select(number)
        .join(total, total.c.account == number)
        .where(limit.is_not(None), total.c.amount > _float(limit) * (1 - _SLACK) - 1)
    )


def _float(value: Any) -> Any:
    """A rough number of an exact one (which SQLite keeps as a scaled integer)."""
    return sa.cast(value, sa.Float) / sa.cast(sa.literal(Decimal(1), value.type), sa.Float)


def _open(which: Which, rest: Rest = list) -> _Selects:
    """Rows of account, rate, amount: what is open of invoices, and what lies unallocated of money; credit and money received below 0.

    `rest` says how all but the account is asked, here and below.
    """
    credit = column_of(Invoice, "kind") == InvoiceKind.CREDIT_NOTE.value
    received = column_of(Payment, "direction") == Direction.RECEIVED.value
    return (
        _signed(which, rest, Invoice, "issued", "balance", credit),
        _signed(which, rest, Payment, "posted", "unallocated", received),
    )


def _signed(which: Which, rest: Rest, table: Any, state: str, name: str, less: Any) -> sa.Select[Any]:
    account, rate, amount = (column_of(table, one) for one in ("account", "rate", name))
    nothing = sa.literal(ZERO, amount.type)
    signed = sa.type_coerce(sa.case((less, nothing - amount), else_=amount), amount.type)
    mine = (which(account), *rest([column_of(table, "status") == state, amount > nothing]))
    return sa.select(account, rate, signed.label("amount")).where(*mine)


def _roughly(rows: sa.Select[Any]) -> sa.Select[Any]:
    account, rate, amount = rows.subquery().c
    return sa.select(account.label("account"), (_float(amount) * _float(rate)).label("amount"))


def _rough_share(rows: sa.Select[Any]) -> sa.Select[Any]:
    """Of rows as `_by_document` reads them."""
    account, _, total, net, line, quantity, whole, *less = rows.subquery().c
    left = _float(whole) - sum((_float(one) for one in less), sa.literal(0.0))
    share = sa.case((left <= 0, 0.0), (left >= _float(whole), _float(whole)), else_=left) / _float(quantity)
    amount = _float(total) * _float(line) / _float(net) * share
    nothing = sa.literal(ZERO, net.type)
    return sa.select(account.label("account"), amount.label("amount")).where(net != nothing, quantity > nothing)


def _rounded(work: Work, found: dict[int, Decimal]) -> dict[int, Decimal]:
    own = trade.company(work).currency
    return {account: round_money(amount, own) for account, amount in found.items()}


def _by_document(rows: Any) -> dict[tuple[int, int], Decimal]:
    """The share of each document's total that its lines have left: rows of account, id, total, net, line's net, quantity,
    whole (what may be left of it at most), less.
    """
    found: dict[tuple[int, int], Decimal] = {}
    for account, key, total, net, part, quantity, whole, *less in rows:
        left = min(max(whole - sum(less, ZERO), ZERO), whole)
        if left and quantity and net:
            found[account, key] = found.get((account, key), ZERO) + total * part / net * left / quantity
    return found


def _invoiced(origin: str, line: Any) -> sa.ColumnElement[Decimal]:
    """How much of a line issued invoices have charged; what was credited may be charged again."""
    quantity, kind = column_of(InvoiceLine, "quantity"), column_of(Invoice, "kind")
    nothing = sa.literal(ZERO, quantity.type)
    signed = sa.case((kind == InvoiceKind.CREDIT_NOTE.value, nothing - quantity), else_=quantity)
    found = (
        sa.select(sa.func.sum(signed))
        .select_from(InvoiceLine)
        .join(Invoice, column_of(Invoice, "id") == column_of(InvoiceLine, "invoice"))
        .where(column_of(InvoiceLine, origin) == column_of(line, "id"), column_of(Invoice, "status") == "issued")
    )
    return sa.type_coerce(sa.func.coalesce(found.correlate(line).scalar_subquery(), nothing), quantity.type)


def _ordered(which: Which, rest: Rest = list) -> sa.Select[Any]:
    """Lines of what was ordered, but of the `order` that is given; what was handed over beyond it counts."""
    account, counted = column_of(SalesOrder, "account"), ledger.standing(OrderStatus.CLOSED)
    heads = (column_of(SalesOrder, name) for name in ("id", "total_company", "net"))
    return (
        sa.select(account, *heads, *_part(OrderLine, _whole()), _invoiced("order_line", OrderLine), _dropped())
        .join(OrderLine, column_of(OrderLine, "sales_order") == column_of(SalesOrder, "id"))
        .where(which(account), *rest([*counted, column_of(SalesOrder, "invoiced") != Progress.ALL.value]))
        .where(column_of(SalesOrder, "id") != sa.bindparam("order", 0))
    )


def _dropped() -> sa.ColumnElement[Decimal]:
    """What of a closed order's line will not come any more: all that has not been handed over."""
    quantity = column_of(OrderLine, "quantity")
    closed = column_of(SalesOrder, "status") == OrderStatus.CLOSED.value
    return sa.type_coerce(
        sa.case((closed, _whole() - _delivered()), else_=sa.literal(ZERO, quantity.type)), quantity.type
    )


def closed_counts() -> sa.ColumnElement[bool]:
    """Whether a closed order still counts: something of it that was handed over is not invoiced."""
    mine = column_of(OrderLine, "sales_order") == column_of(SalesOrder, "id")
    left = _delivered() > _invoiced("order_line", OrderLine)
    return sa.select(sa.literal(1)).select_from(OrderLine).where(mine, left).correlate(SalesOrder).exists()


def _whole() -> sa.ColumnElement[Decimal]:
    """What of an order's line may be charged: its quantity, or more where more has been handed over."""
    quantity = column_of(OrderLine, "quantity")
    begun = column_of(SalesOrder, "delivered") != Progress.NONE.value  # asked first: most orders are not
    more = sa.case((sa.and_(begun, _delivered() > quantity), _delivered()), else_=quantity)
    return sa.type_coerce(more, quantity.type)


def _delivered() -> sa.ColumnElement[Decimal]:
    """What of an order's line has been handed over and not been brought back."""
    quantity, kind = column_of(DeliveryLine, "quantity"), column_of(DeliveryNote, "kind")
    nothing = sa.literal(ZERO, quantity.type)
    signed = sa.case((kind == DeliveryKind.RETURN.value, nothing - quantity), else_=quantity)
    delivered = (
        sa.select(sa.func.sum(signed))
        .select_from(DeliveryLine)
        .join(DeliveryNote, column_of(DeliveryNote, "id") == column_of(DeliveryLine, "delivery_note"))
        .where(column_of(DeliveryLine, "order_line") == column_of(OrderLine, "id"))
        .where(column_of(DeliveryNote, "status").in_(_GONE))
        .correlate(OrderLine)
    )
    return sa.type_coerce(sa.func.coalesce(delivered.scalar_subquery(), nothing), quantity.type)


def _part(line: Any, whole: Any = None) -> tuple[Any, Any, Any]:
    quantity = column_of(line, "quantity")
    return column_of(line, "net"), quantity, (quantity if whole is None else whole).label("whole")


def _handed_over(which: Which, rest: Rest = list) -> sa.Select[Any]:
    """Lines of issued delivery notes that come from no order, but of the `note` that is given."""
    account, number = column_of(DeliveryNote, "account"), column_of(DeliveryNote, "id")
    whole = [
        column_of(DeliveryNote, "status").in_(_GONE),
        column_of(DeliveryNote, "kind") == DeliveryKind.DELIVERY.value,
        column_of(DeliveryLine, "order_line").is_(None),
        column_of(DeliveryNote, "invoiced") != Progress.ALL.value,
    ]
    heads = (column_of(DeliveryNote, name) for name in ("id", "total_company", "net"))
    return (
        sa.select(account, *heads, *_part(DeliveryLine), _invoiced("delivery_line", DeliveryLine), _returned())
        .join(DeliveryLine, column_of(DeliveryLine, "delivery_note") == number)
        .where(which(account), number != sa.bindparam("note", 0), *rest(whole))
    )


def _returned() -> sa.ColumnElement[Decimal]:
    back: Any
    note: Any
    back, note = sa.orm.aliased(DeliveryLine), sa.orm.aliased(DeliveryNote)
    found = (
        sa.select(sa.func.sum(back.quantity))
        .join(note, note.id == back.delivery_note)
        .where(back.returned_line == column_of(DeliveryLine, "id"), note.status.in_(_GONE))
        .correlate(DeliveryLine)
    )
    kind = column_of(DeliveryLine, "quantity").type
    return sa.type_coerce(sa.func.coalesce(found.scalar_subquery(), sa.literal(ZERO, kind)), kind)


def _deposits(which: Which, rest: Rest) -> sa.Select[Any]:
    """By order: deposit invoices that no issued invoice has set off yet."""
    order, total = column_of(Invoice, "order"), column_of(Invoice, "total_company")
    mine: Any
    theirs: Any
    later: Any
    mine, theirs, later = sa.orm.aliased(InvoiceLine), sa.orm.aliased(InvoiceLine), sa.orm.aliased(Invoice)
    set_off = (
        sa.select(mine.id)
        .join(theirs, theirs.deposit_line == mine.id)
        .join(later, later.id == theirs.invoice)
        .where(mine.invoice == column_of(Invoice, "id"), later.status == "issued")
        .correlate(Invoice)
    )
    deposited = [
        order.is_not(None),
        column_of(Invoice, "status") == "issued",
        column_of(Invoice, "kind") == InvoiceKind.DEPOSIT.value,
        ~set_off.exists(),
    ]
    of = which(column_of(Invoice, "account"))
    return sa.select(order, sa.func.sum(total)).where(of, *rest(deposited)).group_by(order)
