"""What is told whole or not at all: sums over documents of which some must not be read would be wrong without saying so."""

from collections.abc import Mapping

import sqlalchemy as sa

from crm_app.core.errors import NotAllowed
from crm_app.core.resource import Resource

from .actors import Actor
from .values import readable, resource_of
from .work import Work, column_of

# what pages ask for, and whose documents have all to be readable for it
WHOLE: Mapping[str, tuple[str, ...]] = {
    "ageing.read": ("invoices.read", "payments.read"),
    "held.read": ("invoices.read", "payments.read", "orders.read", "deliveries.read"),
}
# the same of one account: whoever may read some documents may ask, and is told where they may read all of that account
OF_ACCOUNT = "statement.read"
_UNTOLD = ("draft", "cancelled")  # what no statement counts


def may(actor: Actor) -> list[str]:
    """Those of WHOLE that the actor is told; OF_ACCOUNT where there may be accounts of which they are."""
    told = [name for name, needed in WHOLE.items() if all(actor.scope(permission) == "all" for permission in needed)]
    return told + ([OF_ACCOUNT] if all(actor.may(permission) for permission in WHOLE["ageing.read"]) else [])


def require(work: Work, name: str) -> None:
    """Refuse who may read only their own. Raises NotAllowed."""
    for permission in WHOLE[name]:
        if work.require(permission) != "all":
            raise NotAllowed(permission)


def require_of(work: Work, account: int) -> None:
    """Refuse who may not read all invoices and payments of that account. Raises NotAllowed."""
    for permission in WHOLE["ageing.read"]:
        resource = resource_of(permission.split(".")[0])
        mine = readable(work, resource)
        if mine and work.session.scalar(_hidden(resource, account, mine)):
            raise NotAllowed(permission)


def _hidden(resource: Resource, account: int, mine: list[sa.ColumnElement[bool]]) -> sa.Select[tuple[bool]]:
    """Whether the account has one that these conditions leave out; nobody's documents (no owner) are not theirs either."""
    theirs = sa.func.coalesce(sa.and_(*mine), sa.false())
    of_account = column_of(resource.table, "account") == account
    return sa.select(
        sa.exists().where(of_account, column_of(resource.table, "status").not_in(_UNTOLD), sa.not_(theirs))
    )
