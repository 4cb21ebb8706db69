"""Who may still buy on credit: limit, overdue invoices by the levels of a policy, a hold by hand. Every hold says why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.money import round_money
from crm_app.models.accounts import Account
from crm_app.models.credit import CreditLevel, CreditPolicy, Effect
from crm_app.models.invoices import Invoice, InvoiceKind
from crm_app.models.payments import Direction, Payment

from . import trade
from .work import Work, column_of

_ORDER = list(Effect)


@dataclass(frozen=True)
class Hold:
    """What holds a customer, and the sentence that says so."""

    effect: Effect
    why: Message


def owed(work: Work, account: int) -> Decimal:
    """What the customer owes, in the company's currency: open invoices less open credit notes and money not yet allocated."""
    credit = InvoiceKind.CREDIT_NOTE.value
    balance, kind, rate = (column_of(Invoice, name) for name in ("balance", "kind", "rate"))
    open_ = (
        sa.select(kind, rate, sa.func.sum(balance))
        .where(
            column_of(Invoice, "account") == account, column_of(Invoice, "status") == "issued", balance != Decimal(0)
        )
        .group_by(kind, rate)
    )
    total = Decimal(0)
    for of_kind, of_rate, amount in work.session.execute(open_):
        total += (-amount if of_kind == credit else amount) * of_rate
    free, direction, paid_rate = (column_of(Payment, name) for name in ("unallocated", "direction", "rate"))
    money = (
        sa.select(direction, paid_rate, sa.func.sum(free))
        .where(column_of(Payment, "account") == account, column_of(Payment, "status") == "posted", free != Decimal(0))
        .group_by(direction, paid_rate)
    )
    for way, of_rate, amount in work.session.execute(money):
        total += (-amount if way == Direction.RECEIVED.value else amount) * of_rate
    return round_money(total, trade.company(work).currency)


def oldest_due(work: Work, account: int) -> date | None:
    """The due day of the customer's oldest open invoice."""
    statement = sa.select(sa.func.min(column_of(Invoice, "due"))).where(
        column_of(Invoice, "account") == account,
        column_of(Invoice, "status") == "issued",
        column_of(Invoice, "kind") != InvoiceKind.CREDIT_NOTE.value,
        column_of(Invoice, "balance") > Decimal(0),
    )
    found: date | None = work.session.scalar(statement)
    return found


def holds(work: Work, account: Account, extra: Decimal = Decimal(0)) -> list[Hold]:
    """All that holds the customer now, with `extra` (company's currency) more on credit."""
    found: list[Hold] = []
    if account.held:
        found.append(Hold(Effect.SUSPEND, Message("This customer is on hold.")))
    if account.credit_limit is not None:
        total = owed(work, account.id or 0) + extra
        if total > account.credit_limit:
            found.append(
                Hold(
                    Effect.HOLD_ORDERS,
                    Message(
                        "The credit limit is {limit}; with this the customer would owe {total}.",
                        limit=_plain(account.credit_limit),
                        total=_plain(total),
                    ),
                )
            )
    return found + _of_policy(work, account)


def _of_policy(work: Work, account: Account) -> list[Hold]:
    policy = work.session.get(CreditPolicy, account.credit_policy) if account.credit_policy else None
    due = oldest_due(work, account.id or 0) if policy is not None and policy.active else None
    if due is None or policy is None:
        return []
    late = (trade.today(work) - due).days
    levels = sa.select(CreditLevel).where(
        column_of(CreditLevel, "credit_policy") == policy.id, column_of(CreditLevel, "days") <= late
    )
    reached = max(
        work.session.scalars(levels), key=lambda level: (level.days, _ORDER.index(Effect(level.effect))), default=None
    )
    if reached is None:
        return []
    text = Message("The oldest open invoice is {days} days overdue ({policy}).", days=late, policy=policy.name)
    return [Hold(Effect(reached.effect), text)]


def _plain(value: Decimal) -> str:
    return f"{value:.2f}"


def refuse_held(work: Work, document: Any, least: Effect) -> None:
    """Raise Invalid at "account" where the customer is held by that effect or a harder one."""
    account = work.session.get(Account, document.account)
    if account is None:
        return
    hard = [
        hold
        for hold in holds(work, account, document.total_company)
        if _ORDER.index(hold.effect) >= _ORDER.index(least)
    ]
    if hard:
        raise Invalid({"account": hard[0].why})
