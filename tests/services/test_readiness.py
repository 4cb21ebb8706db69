"""What was right when a document was written is looked at again before it leaves: each fault at its field, nothing numbered."""

from contextlib import contextmanager

import pytest

from crm_app.core.resource import RESOURCES
from crm_app.services import records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.invoices import anonymous, nameless, unreasoned
from tests.support import kernel, trade
from tests.support.trade import faults, line, of, run, to

pytestmark = pytest.mark.usefixtures("trading")
LEAVES = (
    ("quotes", "send"),
    ("quotes", "accept"),
    ("orders", "confirm"),
    ("deliveries", "issue"),
    ("invoices", "issue"),
)


@contextmanager
def changed(resource, key, **values):
    """Something was changed since; it is put back after."""
    before = {name: getattr(of(resource, key), name) for name in values}
    run(resource, "change", key, **values)
    yield
    run(resource, "change", key, **before)


@pytest.mark.parametrize(("resource", "verb"), LEAVES)
def test_every_document_is_looked_at_again_before_it_leaves(resource, verb):
    account, goods = trade.customer(), trade.product("20")
    key = trade.document(resource, account, line(1, 5), line(1, product=goods, discount="30"))
    for target, which, values, told in (
        ("accounts", account, {"active": False}, {"account": "This customer is not active."}),
        ("products", goods, {"active": False}, {"lines.1.product": "This product is not active."}),
        ("settings", 1, {"max_discount": "25"}, {"lines.1.discount": "At most 25 %."}),
    ):
        with changed(target, which, **values):
            assert faults(lambda: run(resource, verb, key)) == told
    assert of(resource, key).number is None
    run(resource, verb, key)


@pytest.mark.parametrize(("resource", "verb"), LEAVES)
def test_a_line_that_no_rate_fits_is_told_at_its_class(resource, verb):
    key = trade.document(resource, trade.customer(), line(1, 5, tax_class="zero"), line(1, 5))
    rates = [
        row[0]
        for row in trade.columns(trade.records.resource_of("tax-rates").table, "id", "tax_class")
        if row[1] == "zero"
    ]
    for rate in rates:
        run("tax-rates", "change", rate, active=False)
    told = {"lines.0.tax_class": "There is no tax rate for this class on that day. Add one in the settings."}
    assert faults(lambda: run(resource, verb, key)) == told
    for rate in rates:
        run("tax-rates", "change", rate, active=True)
    run(resource, verb, key)


def test_what_was_ordered_is_delivered_invoiced_returned_and_credited_as_it_was_agreed():
    goods = trade.product("20")
    account = trade.customer()
    order = trade.order(account, line(2, product=goods, discount="30"))
    with changed("products", goods, active=False), changed("settings", 1, max_discount="10"):
        note = to("orders", "deliver", order, issue=True)
        invoice = to("deliveries", "invoice", note, issue=True)
        with changed("accounts", account, active=False):  # who has gone still brings back what they bought
            run("deliveries", "issue", to("deliveries", "return", note))
            to("invoices", "credit", invoice, issue=True)


@pytest.mark.parametrize(
    ("values", "price", "told"),
    [
        ({}, "330.59", True),
        ({}, "330.58", False),
        ({"country": "CO"}, "1000", False),
        ({"tax_id": "B12345674"}, "1000", True),
        ({"tax_id": "B12345674", "street": "Calle Mayor, 1", "city": "Soria"}, "1000", False),
    ],
)
def test_an_invoice_that_does_not_say_who_buys_is_told_above_what_the_law_allows_and_not_refused(values, price, told):
    invoices, key = RESOURCES.get("invoices"), trade.document("invoices", trade.customer(**values), line(1, price))
    with Work(SYSTEM) as work:
        assert anonymous(work, invoices, records.one(work, invoices, key)) is told
    run("invoices", "issue", key)
    with Work(SYSTEM) as work:
        assert anonymous(work, invoices, records.one(work, invoices, key)) is False


def test_a_company_without_a_tax_identifier_is_told_before_it_issues_and_not_refused():
    invoices, key = RESOURCES.get("invoices"), trade.document("invoices", trade.customer(), line(1, 5))
    reader = kernel.user_with({"invoices.read": "all"})

    def told(who=SYSTEM):
        with Work(who) as work:
            return nameless(work, invoices, records.one(work, invoices, key))

    assert (told(), told(reader)) == (True, False)
    with changed("settings", 1, tax_id="B12345674"):
        assert told() is False
    run("invoices", "issue", key)
    assert (of("invoices", key).status, told()) == ("issued", False)


def test_who_corrects_an_invoice_in_spain_is_told_to_say_why(trading):
    invoices = records.resource_of("invoices")

    def told(key):
        with Work(SYSTEM) as work:
            return unreasoned(work, invoices, records.one(work, invoices, key))

    invoice = trade.invoice(trade.customer(), line(1, 100))
    credit = trade.to("invoices", "credit", invoice)
    assert [told(key) for key in (invoice, credit)] == [False, True]
    run("invoices", "change", credit, reason="undone")
    assert told(credit) is False
    silent = trade.to("invoices", "credit", trade.invoice(trade.customer(), line(1, 100)))
    run("invoices", "issue", silent)
    assert told(silent) is False, "it is too late"
