"""What is told of an account whole or not at all: sums over documents of which some must not be read would be wrong without
saying so. Who may read only some documents is told of those accounts of which nothing that counts is hidden from them.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import NotAllowed
from crm_app.core.resource import Resource
from crm_app.models.choices import Progress
from crm_app.models.orders import OrderStatus

from . import exposure, ledger
from .actors import Actor
from .values import readable, resource_of
from .work import Work, column_of

# what is told, and the documents that it sums up
WHOLE: Mapping[str, tuple[str, ...]] = {
    "ageing.read": ("invoices.read", "payments.read"),
    "held.read": ("invoices.read", "payments.read", "orders.read", "deliveries.read"),
}
# the statement of one account; who may read some documents may ask, and is told where they may read all of that account
OF_ACCOUNT = "statement.read"
_UNTOLD = ("draft", "cancelled")  # what no statement counts
_ZERO = Decimal(0)


def _where(status: tuple[str, ...], more: Callable[[Any], sa.ColumnElement[bool]]) -> Callable[[Any], Any]:
    return lambda table: sa.and_(column_of(table, "status").in_(status), more(table))


def _order_counts(table: Any) -> sa.ColumnElement[bool]:
    closed = column_of(table, "status") == OrderStatus.CLOSED.value
    return sa.and_(
        *ledger.standing(OrderStatus.CLOSED),
        column_of(table, "invoiced") != Progress.ALL.value,
        sa.or_(sa.not_(closed), exposure.closed_counts()),
    )


# which documents count in what an account owes and is exposed with now
_COUNTS: Mapping[str, Callable[[Any], Any]] = {
    "invoices": _where(("issued",), lambda table: column_of(table, "balance") > _ZERO),
    "payments": _where(("posted",), lambda table: column_of(table, "unallocated") > _ZERO),
    "orders": _order_counts,
    "deliveries": _where(("issued", "signed"), lambda table: column_of(table, "invoiced") != Progress.ALL.value),
}


def may(actor: Actor) -> list[str]:
    """Those of WHOLE, and OF_ACCOUNT, that the actor may ask for: there may be accounts of which they are told."""
    told = [name for name, needed in WHOLE.items() if all(actor.may(permission) for permission in needed)]
    return told + ([OF_ACCOUNT] if "ageing.read" in told else [])


def partial(actor: Actor, name: str) -> bool:
    """Whether accounts may be missing in what the actor is told under that name."""
    return any(actor.scope(permission) != "all" for permission in WHOLE[name])


def hidden(work: Work, name: str) -> dict[str, sa.ColumnElement[bool]]:
    """By list the condition on one of its documents that the actor must not read it; none of a list that they may read all of.

    Nobody's documents (no owner) are not theirs either. Raises NotAllowed where they may read none.
    """
    found = {}
    for permission in WHOLE[name]:
        resource = resource_of(permission.split(".")[0])
        mine = readable(work, resource)
        if mine:
            found[resource.name] = _not_theirs(mine)
    return found


def out(hidden: Mapping[str, sa.ColumnElement[bool]], listed: str) -> Any:
    """The column "out" of a row of that list: 1 where it is hidden, else 0."""
    found = hidden.get(listed)
    return (sa.literal(0) if found is None else sa.case((found, 1), else_=0)).label("out")


def concealed(work: Work, name: str, account: Any) -> list[sa.ColumnElement[bool]]:
    """Conditions of which one holds where something that counts now for that account is hidden. Raises NotAllowed."""
    found: list[sa.ColumnElement[bool]] = []
    for listed, not_theirs in hidden(work, name).items():
        table = resource_of(listed).table
        there = sa.select(sa.literal(1)).where(
            column_of(table, "account") == account, _COUNTS[listed](table), not_theirs
        )
        found.append(sa.exists(there.correlate_except(table)))
    return found


def told(work: Work, name: str, account: int) -> bool:
    """Whether the actor is told of that account, as it stands now. Raises NotAllowed."""
    if not partial(work.actor, name):
        return True
    found = concealed(work, name, account)
    return not found or not work.session.scalar(sa.select(sa.or_(*found)))


def require_of(work: Work, account: int) -> None:
    """Refuse who may not read all invoices and payments of that account. Raises NotAllowed."""
    for permission in WHOLE["ageing.read"]:
        resource = resource_of(permission.split(".")[0])
        mine = readable(work, resource)
        if mine and work.session.scalar(_hidden(resource, account, mine)):
            raise NotAllowed(permission)


def _hidden(resource: Resource, account: int, mine: list[sa.ColumnElement[bool]]) -> sa.Select[tuple[bool]]:
    """Whether the account has one that these conditions leave out."""
    of_account = column_of(resource.table, "account") == account
    return sa.select(
        sa.exists().where(of_account, column_of(resource.table, "status").not_in(_UNTOLD), _not_theirs(mine))
    )


def _not_theirs(mine: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    return sa.not_(sa.func.coalesce(sa.and_(*mine), sa.false()))
