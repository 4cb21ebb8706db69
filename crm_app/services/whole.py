"""What is told whole or not at all: sums over documents of which some must not be read would be wrong without saying so."""

from collections.abc import Mapping

from crm_app.core.errors import NotAllowed

from .actors import Actor
from .work import Work

# what pages ask for, and whose documents have all to be readable for it
WHOLE: Mapping[str, tuple[str, ...]] = {
    "ageing.read": ("invoices.read", "payments.read"),
    "held.read": ("invoices.read", "payments.read", "orders.read", "deliveries.read"),
}


def may(actor: Actor) -> list[str]:
    """Those of WHOLE that the actor is told."""
    return [name for name, needed in WHOLE.items() if all(actor.scope(permission) == "all" for permission in needed)]


def require(work: Work, name: str) -> None:
    """Refuse who may read only their own. Raises NotAllowed."""
    for permission in WHOLE[name]:
        if work.require(permission) != "all":
            raise NotAllowed(permission)
