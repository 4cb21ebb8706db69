"""A company that has just been founded, wherever it is, can invoice products of every class to every kind of customer."""

from decimal import Decimal

import pytest

from crm_app.models.choices import TaxClass
from crm_app.models.prices import PaymentTerms
from crm_app.models.taxes import TaxRate
from tests.support import crm, trade
from tests.support.trade import line, of

# percent of standard, reduced, super-reduced, zero, exempt at home; a customer abroad; one elsewhere in the EU
CHARGED = {
    "ES": ("21 10 4 0 0", "MX", "FR"), "DE": ("20 10 5 0 0", "MX", "FR"), "CO": ("19 5 5 0 0", "ES", None),
    "MX": ("16 16 16 0 0", "ES", None), "PE": ("18 18 18 0 0", "ES", None), "CL": ("19 19 19 0 0", "ES", None),
    "AR": ("21 10.5 10.5 0 0", "ES", None), "US": ("0 0 0 0 0", "ES", None), "JP": ("0 0 0 0 0", "ES", None),
}  # fmt: skip


@pytest.mark.parametrize("country", CHARGED)
def test_every_class_is_invoiced_to_every_kind_of_customer_from_the_first_day(database, tmp_path, country):
    percents, abroad, union = CHARGED[country]
    at_home = [Decimal(percent) for percent in percents.split()]
    nothing = [Decimal(0)] * len(TaxClass)
    surcharged = [a + Decimal(b) for a, b in zip(at_home, ("5.2", "1.4", "0.5", "0", "0"), strict=True)]
    with crm.using(database, tmp_path):
        trade.found(country=country, currency="EUR")
        prices = [100 * 2**place for place in range(len(TaxClass))]
        goods = [trade.product(price, tax_class=name.value) for price, name in zip(prices, TaxClass, strict=True)]
        kinds = [
            ({"country": country}, at_home), ({"country": None}, at_home), ({"country": abroad}, nothing),
            ({"country": country, "tax_status": "exempt"}, nothing), ({"country": abroad, "tax_status": "exempt"}, nothing),
            ({"country": country, "tax_status": "surcharge"}, surcharged if country == "ES" else at_home),
        ]  # fmt: skip
        if union:
            kinds += [({"country": union, "tax_id": "FR40303265045"}, nothing), ({"country": union}, at_home)]
        for values, charged in kinds:
            account = trade.customer(**values)
            bill = of("invoices", trade.invoice(account, *(line(1, product=thing) for thing in goods)))
            due = sum(price * percent / 100 for price, percent in zip(prices, charged, strict=True))
            assert (bill.net, bill.tax, bill.total) == (sum(prices), due, sum(prices) + due), values
            assert sum(Decimal(told["base"]) for told in bill.tax_lines) >= sum(prices), "a tax of nothing is told, too"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("country", CHARGED)
def test_what_a_company_begins_with_is_named_in_both_languages(database, tmp_path, country, language):
    """A text stands once: as the name, and in the other language. Peru's tax is called by its letters in both."""
    with crm.using(database, tmp_path):
        crm.founded(country=country, currency="EUR", language=language)
        rates = trade.columns(TaxRate, "name", "name_es", "name_en", "reason", "reason_es", "reason_en")
        terms = trade.columns(PaymentTerms, "name", "name_es", "name_en")
    for text, spanish, english in [*terms, *(row[:3] for row in rates), *(row[3:] for row in rates if row[3])]:
        assert (spanish is None) != (english is None) or text == "IGV 18 %", text
    of_language = {name for name, *_ in terms}
    assert ("30 días" in of_language, "30 days" in of_language) == (language == "es", language == "en")
    spanish = country not in ("DE", "US", "JP")
    assert {row[1] is None for row in rates} == {spanish}
