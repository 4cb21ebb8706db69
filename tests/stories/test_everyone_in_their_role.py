"""Sol sells, Blas packs, Carmen keeps the books: with the roles of a new company, each does their part and no more."""

import pytest

from crm_app.core.errors import Missing, NotAllowed
from crm_app.models.users import BUILT_IN_ROLES
from crm_app.services import actions, identity
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, trade
from tests.support.trade import line, of, run, to

# what only the administrator does
_ADMINISTERED = {
    *(f"{name}.{verb}" for name in ("users", "teams", "roles", "sequences") for verb in ("create", "change", "remove")),
    "roles.read", "settings.read", "settings.change", "warehouses.create", "warehouses.remove",
}  # fmt: skip


def person(name, role, team=None):
    key = crm.member(f"{name}@acme.example", role, team)
    with Work(SYSTEM) as work:
        return identity.actor_of(work, key)


def test_a_sale_passes_from_hand_to_hand(trading):
    team = trade.make("teams", name="North")
    sol, other = person("sol", "Sales", team), person("tom", "Sales")
    blas, carmen = person("blas", "Warehouse"), person("carmen", "Back office")
    customer = run("accounts", "create", None, sol, name="Talleres Ruiz", roles=["customer"], country="ES").id
    lamp = trade.product("50", stocked=True)
    with pytest.raises(NotAllowed):
        run("products", "change", lamp, sol, price="1")
    place = trade.make("warehouses", name="Central")
    run("stock-moves", "create", None, blas, product=lamp, warehouse=place, quantity="10")

    lines = [line(2, product=lamp)]
    quote = run("quotes", "create", None, sol, account=customer, lines=lines).id
    run("quotes", "send", quote, sol)
    run("quotes", "accept", quote, sol)
    order = to("quotes", "order", quote, sol)
    run("orders", "confirm", order, sol)
    for stranger in (other, blas):
        with pytest.raises((NotAllowed, Missing)):
            run("quotes", "revise", quote, stranger)

    note = to("orders", "deliver", order, blas)
    run("deliveries", "change", note, blas, warehouse=place)
    with pytest.raises(NotAllowed):
        run("deliveries", "issue", note, sol)
    run("deliveries", "issue", note, blas)
    with pytest.raises(NotAllowed):
        to("deliveries", "invoice", note, blas)

    invoice = to("deliveries", "invoice", note, sol)
    with pytest.raises(NotAllowed):
        run("invoices", "issue", invoice, sol)
    run("invoices", "issue", invoice, carmen)
    to("invoices", "pay", invoice, carmen)
    run("invoices", "send", invoice, sol)
    sold = of("invoices", invoice)
    assert (sold.owner, sold.paid, sold.balance) == (sol.user, sold.total, 0)


def test_what_there_is_to_do_is_somebodys_beside_the_administrator():
    there = {resource.permission(verb) for resource, verbs in actions.permissions() for verb in verbs}
    held = {name for role, grants in BUILT_IN_ROLES.items() if role != "Administrator" for name in grants}
    assert there - held == _ADMINISTERED
