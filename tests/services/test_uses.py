"""A tax rate or a currency that something uses stays; the refusal says what uses it."""

import pytest

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Speech
from crm_app.services import actions
from crm_app.services.actors import SYSTEM
from tests.support import trade
from tests.support.trade import line, make, run

pytestmark = pytest.mark.usefixtures("trading")


def refused(call, language="en"):
    with pytest.raises(Invalid) as caught:
        call()
    return Speech(language).say(caught.value.fields[""])


def test_a_tax_rate_that_a_document_bears_is_not_removed():
    levy = {"country": "ES", "tax_class": "reduced", "value": "3", "sequence": 11}
    rate = make("tax-rates", name="Local levy", **levy)
    quote = trade.document("quotes", trade.customer(), line(1, 10, tax_class="reduced"))
    trade.invoice(trade.customer(), line(1, 10, tax_class="reduced"))
    told = refused(lambda: run("tax-rates", "remove", rate))
    assert told == "Local levy is in use (1 in Quotes, 1 in Invoices). Set it to not active instead."
    assert refused(lambda: run("tax-rates", "remove", rate), "es") == (
        "Local levy está en uso (1 en Cotizaciones, 1 en Facturas). Póngalo como no activo."
    )
    run("tax-rates", "change", rate, active=False)
    run("quotes", "change", quote, lines=[line(1, 10)])
    free = make("tax-rates", name="Never borne", active=False, **levy)
    newer = make("tax-rates", name="Its successor", replaces=free, active=False, **levy)
    told = refused(lambda: run("tax-rates", "remove", free))
    assert told == "Other records refer to this one: Tax rates (Its successor). Change those first."
    for unused in (newer, free):
        run("tax-rates", "remove", unused)


def test_a_rate_in_use_is_not_taken_away_by_undoing_that_it_was_made_either():
    levy = {"country": "ES", "tax_class": "zero", "value": "1", "sequence": 11}
    outcome = run("tax-rates", "create", name="Undone levy", **levy)
    trade.document("quotes", trade.customer(), line(1, 10, tax_class="zero"))
    assert "1 in Quotes" in refused(lambda: actions.undo(SYSTEM, outcome.change_set))
    run("tax-rates", "change", outcome.id, active=False)


def test_the_companys_own_currency_and_those_in_use_stay():
    ids = {row[1]: row[0] for row in trade.columns(trade.records.resource_of("currencies").table, "id", "code")}
    assert refused(lambda: run("currencies", "remove", ids["EUR"])) == "EUR is the company's own currency: it stays."
    trade.invoice(trade.customer(), line(1, 10), currency="USD", rate="1.1")
    assert refused(lambda: run("currencies", "remove", ids["USD"])).startswith("USD is in use (")
    unused = make("currencies", code="XTS")
    run("currencies", "remove", unused)
