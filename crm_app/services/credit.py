"""Who may still buy on credit: limit, overdue invoices by the levels of a policy, a hold by hand. Every hold says why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.i18n import Message
from crm_app.core.money import round_money
from crm_app.models.accounts import Account
from crm_app.models.credit import CreditLevel, CreditPolicy, Effect
from crm_app.models.invoices import Invoice, InvoiceKind, InvoicePart
from crm_app.models.orders import SalesOrder

from . import advances, exposure, instalments, ledger, traces, trade, whole
from .values import readable, resource_of
from .work import Work, column_of

_ORDER = list(Effect)
ZERO = Decimal(0)
_AT_ONCE = 500  # accounts in one statement
_WORDS = {
    Effect.WARN: Message("Notice"),
    Effect.PREPAY: Message("Prepayment only"),
    Effect.HOLD_ORDERS: Message("Orders on hold"),
    Effect.HOLD_DELIVERIES: Message("Deliveries on hold"),
    Effect.SUSPEND: Message("Services suspended"),
}


@dataclass(frozen=True)
class Hold:
    """What holds a customer, and the sentence that says so. `lift` says what ends it, `bare` the same without figures, `veiled` why
    without figures.
    """

    effect: Effect
    why: Message
    lift: Message
    bare: Message
    veiled: Message

    @property
    def text(self) -> Message:
        """What it comes to."""
        return _WORDS[self.effect]


@dataclass(frozen=True)
class Held:
    """A customer that is held: the hardest effect, all reasons, and the figures behind them in the company's currency.

    `days` and `since` are those of the oldest open invoice, None where none is due; `limit` None is no limit.
    """

    account: int
    name: str
    holds: tuple[Hold, ...]
    overdue: Decimal
    days: int | None
    since: date | None
    limit: Decimal | None
    exposed: Decimal | None

    @property
    def effect(self) -> Effect:
        """The hardest of them."""
        return max((hold.effect for hold in self.holds), key=_ORDER.index)

    @property
    def text(self) -> Message:
        """What it comes to."""
        return _WORDS[self.effect]


def owed(work: Work, account: int) -> Decimal:
    """What the customer owes, in the company's currency: open invoices less open credit notes and money not yet allocated."""
    return exposure.owed_by(work, account)


def exposed(work: Work, account: int, order: int = 0, note: int = 0) -> Decimal:
    """What is owed, and what is ordered or handed over and not yet invoiced, but for the order and note that are weighed."""
    return owed(work, account) + exposure.uninvoiced_by(work, account, order, note)


def oldest_due(work: Work, account: int) -> date | None:
    """The due day of the customer's oldest open invoice."""
    found: date | None = work.session.scalar(_oldest().where(column_of(Invoice, "account") == account))
    return found


def _oldest() -> sa.Select[Any]:
    return sa.select(sa.func.min(column_of(Invoice, "next_due"))).where(*_charged())


def _charged() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        column_of(Invoice, "status") == "issued",
        column_of(Invoice, "kind") != InvoiceKind.CREDIT_NOTE.value,
        column_of(Invoice, "balance") > ZERO,
    )


def holds(work: Work, account: Account, total: Decimal | None = None) -> list[Hold]:
    """All that holds the customer now, were `total` (company's currency; what is exposed now) on credit; without figures for who may
    not read all that they sum up.
    """
    if account.credit_limit is not None and total is None:
        total = exposed(work, account.id or 0)
    due = oldest_due(work, account.id or 0) if account.credit_policy else None
    levels = _levels(work, [account.credit_policy]) if due is not None and account.credit_policy else {}
    return _as_told(work, account.id or 0, _holds(work, account, total, due, levels))


def _as_told(work: Work, account: int, found: list[Hold]) -> list[Hold]:
    """As the actor may know it."""
    if not found or _may_know(work, account):
        return found
    return [replace(hold, why=hold.veiled, lift=hold.bare) for hold in found]


def _may_know(work: Work, account: int) -> bool:
    try:
        return whole.told(work, "held.read", account)
    except NotAllowed:
        return False


def _holds(
    work: Work, account: Any, total: Decimal | None, due: date | None, levels: dict[int, list[tuple[int, Effect, str]]]
) -> list[Hold]:
    found: list[Hold] = []
    if account.held:
        by_hand = Message("Somebody who may change the customer takes the hold off.")
        why = Message("This customer is on hold.")
        found.append(Hold(Effect.SUSPEND, why, by_hand, by_hand, why))
    if account.credit_limit is not None and total is not None and total > account.credit_limit:
        why = Message(
            "The credit limit is {limit}; with this the customer would owe {total}.",
            limit=_plain(work, account.credit_limit),
            total=_plain(work, total),
        )
        over = Message("A payment of {amount}, or a higher limit.", amount=_plain(work, total - account.credit_limit))
        veiled = Message("With this the customer would owe more than the credit limit allows.")
        found.append(Hold(Effect.HOLD_DELIVERIES, why, over, Message("A payment, or a higher limit."), veiled))
    late = (trade.today(work) - due).days if due is not None else 0
    reached = [level for level in levels.get(account.credit_policy or 0, ()) if due is not None and level[0] <= late]
    if reached:
        _, effect, policy = reached[-1]
        why, paid = _told_of(late, policy)
        veiled = Message("An open invoice is due, or will be soon ({policy}).", policy=policy)
        if late > 0:
            veiled = Message("An open invoice has been overdue for too long ({policy}).", policy=policy)
        found.append(Hold(effect, why, paid, paid, veiled))
    return found


def _told_of(late: int, policy: str) -> tuple[Message, Message]:
    """Why that policy holds a customer whose oldest open invoice is so many days overdue (before its day: less than 0), what lifts it."""
    if late > 0:
        why = Message("The oldest open invoice is {days} days overdue ({policy}).", days=late, policy=policy)
        if late == 1:
            why = Message("The oldest open invoice is 1 day overdue ({policy}).", policy=policy)
        return why, Message("Payment of what is overdue.")
    why = Message("The oldest open invoice is due in {days} days ({policy}).", days=-late, policy=policy)
    if late == 0:
        why = Message("The oldest open invoice is due today ({policy}).", policy=policy)
    elif late == -1:
        why = Message("The oldest open invoice is due tomorrow ({policy}).", policy=policy)
    return why, Message("Payment of the oldest open invoice.")


def _levels(work: Work, policies: Iterable[int] | None) -> dict[int, list[tuple[int, Effect, str]]]:
    """By active policy its levels (days, effect, the policy's name), the farthest last. All policies without `policies`."""
    names = (column_of(CreditLevel, name) for name in ("credit_policy", "days", "effect"))
    statement = (
        sa.select(*names, column_of(CreditPolicy, "name"))
        .join(CreditPolicy, column_of(CreditPolicy, "id") == column_of(CreditLevel, "credit_policy"))
        .where(column_of(CreditPolicy, "active").is_(True))
    )
    if policies is not None:
        statement = statement.where(column_of(CreditPolicy, "id").in_(list(policies)))
    found: dict[int, list[tuple[int, Effect, str]]] = {}
    for policy, days, effect, name in work.session.execute(statement):
        found.setdefault(policy, []).append((days, Effect(effect), name))
    return {
        key: sorted(rows, key=lambda row: (row[0], _ORDER.index(row[1]))) for key, rows in found.items()
    }  # fmt: skip


def _plain(work: Work, value: Decimal) -> Decimal:
    return round_money(value, trade.company(work).currency)


# ---- where it is asked

_TOLD = {"orders": ("draft", "confirmed", "held"), "deliveries": ("draft",)}  # the states in which it matters
_WEIGHED = {"orders": ("create", "confirm"), "deliveries": ("create", "issue")}


def notices(work: Work, resource: str, account: int, key: int = 0) -> list[Hold]:
    """What stands against an order or a delivery for that customer, mild or hard: told before it is refused, and where it is not.

    The document of that `key`, which the actor may read, is weighed with it. Of other documents, and for who may not make such,
    there is nothing to tell.
    """
    if not any(work.actor.may(f"{resource}.{verb}") for verb in _WEIGHED.get(resource, ())):
        return []
    document: Any = work.session.get(resource_of(resource).table, key) if key else None
    told = document is None or (document.status in _TOLD[resource] and getattr(document, "kind", "") != "return")
    found = work.row(Account, account) if told else None
    return holds(work, found, _weight(work, found, document)) if found is not None else []


def _weight(work: Work, account: Account, document: Any) -> Decimal | None:
    """What would be exposed with a document that does not count yet; None where only what is there counts."""
    if document is None or document.status != "draft":
        return None
    ordered = isinstance(document, SalesOrder)
    if ordered:
        return _with(work, account, document, order=document.id)
    return None if _counted(work, document) else _with(work, account, document, note=document.id)


def _counted(work: Work, note: Any) -> bool:
    """Whether the delivery's order counts already."""
    order = work.session.get(SalesOrder, note.order) if note.order else None
    return order is not None and ledger.stands(order)


def refuse_order(work: Work, order: Any) -> None:
    """Raise Invalid at "account" where an order of the customer may not be confirmed."""
    account = work.row(Account, order.account)
    if account is not None:
        _refuse(work, order, holds(work, account, _with(work, account, order, order=order.id)), Effect.HOLD_ORDERS)


def refuse_delivery(work: Work, note: Any) -> None:
    """Raise Invalid at "account" where goods may not leave for the customer. One who pays in advance has paid for them."""
    account = work.row(Account, note.account)
    if account is None:
        return
    found = holds(work, account, None if _counted(work, note) else _with(work, account, note, note=note.id))
    _refuse(work, note, found, Effect.HOLD_DELIVERIES)
    if any(hold.effect is Effect.PREPAY for hold in found):
        short = advances.missing(work, note)
        if short > 0:
            text = Message("This customer pays in advance: {amount} is missing.", amount=_plain(work, short))
            lift = Message("A payment of {amount}.", amount=_plain(work, short))
            bare = Message("A payment of what is missing.")
            veiled = Message("This customer pays in advance, and not all has been paid yet.")
            _refuse(work, note, _as_told(work, account.id, [Hold(Effect.PREPAY, text, lift, bare, veiled)]))


def _with(work: Work, account: Account, document: Any, order: int = 0, note: int = 0) -> Decimal | None:
    """What would be exposed with the document; not asked where there is no limit."""
    if account.credit_limit is None:
        return None
    total: Decimal = exposed(work, account.id or 0, order, note) + document.total_company
    return total


def _refuse(work: Work, document: Any, found: list[Hold], least: Effect = Effect.WARN) -> None:
    """Raise Invalid where one of them is that hard; the histories of the document and the customer tell it."""
    hard = [hold for hold in found if _ORDER.index(hold.effect) >= _ORDER.index(least)]
    if hard:
        traces.refused(work, document, traces.Told(hard[0].text, hard[0].bare))
        raise Invalid({"account": hard[0].why})


# ---- the list of who is held


def held(work: Work) -> list[Held]:
    """Every customer of the actor that is held or warned, the hardest first. Raises NotAllowed.

    A customer of whom something that counts is hidden from the actor is left out (`whole.partial` tells whether there may be such).
    Only customers that something may hold leave the database.
    """
    today, levels = trade.today(work), _levels(work, None)
    dark = (sa.not_(one) for one in whole.concealed(work, "held.read", column_of(Account, "id")))
    mine = [*readable(work, resource_of("accounts")), *dark]
    rows = work.session.execute(_candidates(today, levels, mine)).all()
    totals = _exposed_of(work, [row.id for row in rows if row.credit_limit is not None])
    overdue = _overdue(work, today)
    found = []
    for row in rows:
        total = totals.get(row.id, ZERO) if row.credit_limit is not None else None
        why = _holds(work, row, total, row.due, levels)
        if why:
            late = (today - row.due).days if row.due is not None else None
            one = Held(row.id, row.name, tuple(why), overdue.get(row.id, ZERO), late, row.due, row.credit_limit, total)
            found.append(one)
    return sorted(found, key=lambda one: (-_ORDER.index(one.effect), -(one.days or 0), one.name))


def _candidates(
    today: date, levels: dict[int, list[tuple[int, Effect, str]]], scope: list[sa.ColumnElement[bool]]
) -> sa.Select[Any]:
    """Customers held by hand, about or over their limit, or with an open invoice that has reached the first level of their policy."""
    oldest = (
        sa.select(column_of(Invoice, "account").label("of"), sa.func.min(column_of(Invoice, "next_due")).label("due"))
        .where(*_charged())
        .group_by(column_of(Invoice, "account"))
        .subquery()
    )
    policy = column_of(Account, "credit_policy")
    reached = [
        sa.and_(policy == key, oldest.c.due <= today - timedelta(days=rows[0][0])) for key, rows in levels.items()
    ]
    names = ("id", "name", "held", "credit_limit", "credit_policy")
    return (
        sa.select(*(column_of(Account, name) for name in names), oldest.c.due)
        .outerjoin(oldest, oldest.c.of == column_of(Account, "id"))
        .where(*scope)
        .where(
            sa.or_(column_of(Account, "held").is_(True), column_of(Account, "id").in_(exposure.over_limit()), *reached)
        )
    )


def _exposed_of(work: Work, accounts: list[int]) -> dict[int, Decimal]:
    """What each of these customers is exposed with, to the cent."""
    totals: dict[int, Decimal] = {}
    for start in range(0, len(accounts), _AT_ONCE):
        which = _one_of(accounts[start : start + _AT_ONCE])
        for found in (exposure.owed(work, which), exposure.uninvoiced(work, which)):
            for account, amount in found.items():
                totals[account] = totals.get(account, ZERO) + amount
    return totals


def _one_of(accounts: list[int]) -> exposure.Which:
    return lambda column: column.in_(accounts)


def _overdue(work: Work, today: date) -> dict[int, Decimal]:
    account, rate = column_of(Invoice, "account"), column_of(Invoice, "rate")
    statement = (
        sa.select(account, rate, sa.func.sum(instalments.open_of(column_of(Invoice, "paid"))))
        .join(InvoicePart, column_of(InvoicePart, "invoice") == column_of(Invoice, "id"))
        .where(*_charged(), column_of(Invoice, "next_due") < today, column_of(InvoicePart, "due") < today)
        .group_by(account, rate)
    )
    found: dict[int, Decimal] = {}
    for key, worth, amount in work.session.execute(statement):
        found[key] = found.get(key, ZERO) + round_money(amount * worth, trade.company(work).currency)
    return found
