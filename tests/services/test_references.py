"""A record that others refer to stays, and whoever wants to remove it is told by which it is used, as far as they may read them."""

import pytest

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Speech
from crm_app.services import actions, mass, records
from crm_app.services.actors import SYSTEM
from tests.support import kernel, trade
from tests.support.trade import line, make

pytestmark = pytest.mark.usefixtures("trading")


def refused(resource, key, who=SYSTEM, language="en"):
    with pytest.raises(Invalid) as caught:
        actions.run(who, resource, "remove", key)
    return Speech(language).say(caught.value.fields[""])


def test_what_refers_to_a_record_is_named_by_kind_with_the_first_few():
    account = trade.customer()
    numbers = [trade.of("invoices", trade.invoice(account, line(1, 10))).number for _ in range(4)]
    told = refused("accounts", account)
    assert told == (
        f"Other records refer to this one: Invoices ({numbers[3]}, {numbers[2]}, {numbers[1]}, …). Change those first."
    )
    assert kernel.item(account).id == account


def test_lines_count_as_the_document_that_they_stand_in():
    product = trade.product()
    quote = trade.document("quotes", trade.customer(), line(1, product=product))
    number = trade.of("quotes", quote).number or f"#{quote}"
    assert refused("products", product) == (f"Other records refer to this one: Quotes ({number}). Change those first.")
    assert refused("products", product, language="es") == (
        f"Otros registros dependen de este: Cotizaciones ({number}). Modifíquelos antes."
    )


def test_what_the_actor_may_not_read_is_told_by_its_kind_alone():
    product = trade.product()
    trade.document("quotes", trade.customer(), line(1, product=product))
    clerk = kernel.user_with({"products.read": "all", "products.remove": "all"})
    assert refused("products", product, clerk) == "Other records refer to this one: Quotes. Change those first."


def test_of_many_that_are_removed_at_once_each_says_what_keeps_it():
    sector = make("sectors", name="Kept sector")
    free = make("sectors", name="Free sector")
    name = f"Of the sector {sector}"
    make("accounts", name=name, sector=sector, country="ES")
    outcome = mass.start(SYSTEM, records.resource_of("sectors"), mass.picked([sector, free]), "remove", mass.Deed())
    assert outcome.result["count"] == 1
    assert [one["detail"] for one in outcome.result["first"]] == [
        f"Otros registros dependen de este: Cuentas ({name}). Modifíquelos antes."
    ]
