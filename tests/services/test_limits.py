"""What a seller may give away: price and discount together, against the list price of the day, in the document's currency."""

import itertools
from contextlib import contextmanager
from decimal import Decimal

import pytest

from crm_app.services import limits
from tests.support import trade
from tests.support.trade import faults, line, of, run, to

D = Decimal
RESOURCES = ("quotes", "orders", "deliveries", "invoices")


@contextmanager
def limited(most="10"):
    run("settings", "change", 1, max_discount=most)
    try:
        yield
    finally:
        run("settings", "change", 1, max_discount=None)


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_price_below_the_list_is_refused_as_the_discount_is(trading, resource):
    account, goods = trade.customer(), trade.product("100")

    def refused(price, **more):
        return faults(lambda: trade.document(resource, account, line(1, price, goods, **more)))

    with limited():
        assert refused("89.99") == {"lines.0.price": "At least 90: at most 10 % below the list price."}
        assert refused("99.99", discount="10") == {"lines.0.price": "At least 100: at most 10 % below the list price."}
        assert refused("94.73", discount="5") == {
            "lines.0.price": "At least 94.736843: at most 10 % below the list price."
        }
        assert refused("50", discount="10.01") == {"lines.0.discount": "At most 10 %."}
        assert refused("0") == {"lines.0.price": "At least 90: at most 10 % below the list price."}
        for price, more in (
            ("90", {}),
            ("100", {"discount": "10"}),
            ("120", {"discount": "10"}),
            (None, {"discount": "10"}),
        ):
            assert trade.document(resource, account, line(1, price, goods, **more))
        key = trade.document(resource, account, line(1, "95", goods))
        (row,) = of(resource, key).lines
        cheaper = [{"id": row.id, "price": "80"}]
        assert list(faults(lambda: run(resource, "change", key, lines=cheaper))) == ["lines.0.price"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_line_without_product_or_without_a_list_price_is_free(trading, resource):
    account = trade.customer()
    with limited():
        assert trade.document(resource, account, line(1, "1"), line(1, "1", trade.product(None)))


@pytest.mark.parametrize(
    ("resource", "verb"),
    [("quotes", "send"), ("orders", "confirm"), ("deliveries", "issue"), ("invoices", "issue")],
)
def test_it_is_looked_at_again_before_the_document_leaves(trading, resource, verb):
    goods = trade.product("100")
    key = trade.document(resource, trade.customer(), line(1, 5), line(1, "80", goods), line(1, product=goods))
    with limited():
        assert faults(lambda: run(resource, verb, key)) == {
            "lines.1.price": "At least 90: at most 10 % below the list price."
        }
        assert of(resource, key).number is None
    run(resource, verb, key)


def test_the_list_of_the_customer_on_the_day_in_the_currency_counts(trading):
    trade.make("exchange-rates", currency="USD", day="2020-01-01", rate="0.5")
    goods = trade.product("100")
    rule = {"product": goods, "kind": "discount", "value": "40"}
    cheap = trade.make("price-lists", name="Limits", currency="EUR", valid_to="2026-01-31", rules=[rule])
    account = trade.customer(price_list=cheap)
    with limited():
        trade.document("quotes", account, line(1, "54", goods), date="2026-01-31")
        assert trade.document("quotes", account, line(1, product=goods, discount="10"), date="2026-01-31")
        late = faults(lambda: trade.document("quotes", account, line(1, "54", goods), date="2026-02-01"))
        dollars = faults(
            lambda: trade.document("quotes", account, line(1, "107.99", goods), date="2026-01-31", currency="USD")
        )
    assert late == {"lines.0.price": "At least 90: at most 10 % below the list price."}
    assert dollars == {"lines.0.price": "At least 108: at most 10 % below the list price."}


def test_what_was_agreed_on_goes_on_and_comes_back(trading):
    account, goods = trade.customer(), trade.product("100")
    quote = trade.document("quotes", account, line(2, "50", goods))
    run("quotes", "send", quote)
    run("quotes", "accept", quote)
    with limited():
        order = to("quotes", "order", quote)
        run("orders", "confirm", order)
        note = to("orders", "deliver", order, issue=True)
        invoice = to("deliveries", "invoice", note, issue=True)
        run("deliveries", "issue", to("deliveries", "return", note))
        credit = to("invoices", "credit", invoice)
        assert run("invoices", "issue", credit)


def test_the_least_price_that_is_told_will_do():
    for listed, most, discount in itertools.product(
        ("9.99", "0.333333", "1000"), ("0", "7.5", "33"), ("0", "2.5", "7")
    ):
        row = {"price": D(0), "discount": D(discount)}
        told = limits.fault(row, D(listed), D(most))
        if told is not None:
            assert limits.fault(row | {"price": told.args["least"]}, D(listed), D(most)) is None
            less = told.args["least"] - D("0.000001")
            assert limits.fault(row | {"price": less}, D(listed), D(most)) is not None
