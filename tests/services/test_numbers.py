"""The numbers of the first page are the sums of the lists that they open, of what one may read."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

from crm_app.core import clock
from crm_app.core.query import Query
from crm_app.services import numbers, records, sums
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import kernel, trade
from tests.support.trade import line, run

TODAY = clock.today("Europe/Madrid")


def told(who=SYSTEM, day=TODAY):
    """By their titles the amounts, and of how many records."""
    with Work(who) as work:
        return {one.asked.title.text: (one.amounts, one.count) for one in numbers.found(work, day)}


def test_there_are_none_where_nothing_was_sold_or_offered(trading):
    assert told() == {}


def test_each_number_is_the_sum_of_the_list_that_it_opens(trading):
    buyer = trade.customer()
    net = {"price": 10, "tax_class": "zero"}
    for currency in ("EUR", "USD"):
        trade.invoice(buyer, line(2, **net), currency=currency, rate="2" if currency == "USD" else None)
    trade.order(buyer, line(3, **net))
    trade.make("quotes", account=buyer, lines=[line(4, **net)])
    paid = trade.make("payments", account=buyer, amount="7")
    run("payments", "post", paid)
    trade.make("payments", account=buyer, amount="9")
    owed = ((Decimal(20), "EUR"), (Decimal(20), "USD"))
    found = told()
    assert found == {
        "Invoiced this month": (owed, 2),
        "Collected this month": (((Decimal(7), "EUR"),), 1),
        "To collect": (owed, 2),
        "Overdue balance": ((), 0),
        "Open quotes": (((Decimal(40), "EUR"),), 1),
        "To deliver": (((Decimal(30), "EUR"),), 1),
    }
    late = told(day=TODAY + timedelta(days=400))
    assert late["Overdue balance"] == (owed, 2)
    assert (late["Invoiced this month"], late["Collected this month"]) == (((), 0), ((), 0))
    with Work(SYSTEM) as work:
        for one in numbers.found(work, TODAY):
            opened = Query.from_params(parse_qsl(one.asked.query.url(), keep_blank_values=True))
            resource = records.resource_of(one.asked.resource)
            shown = {each.currency: each.amounts[one.asked.money] for each in sums.of(work, resource, opened)}
            assert shown == {currency: amount for amount, currency in one.amounts}


def test_nobody_is_told_sums_of_what_they_may_not_read(trading):
    buyer = trade.customer()
    trade.make("quotes", account=buyer, lines=[line(price=10)])
    assert set(told(kernel.user_with({"quotes.read": "all"}))) == {"Open quotes"}
    assert told(kernel.user_with({"quotes.read": "own"})) == {}


def test_more_than_can_be_added_up_in_passing_are_only_counted(trading, monkeypatch):
    buyer = trade.customer()
    trade.make("quotes", account=buyer, lines=[line(price=10)])
    monkeypatch.setattr(sums, "of", lambda *_args, **_more: None)
    with Work(kernel.user_with({"quotes.read": "all"})) as work:
        (only,) = numbers.found(work, TODAY)
    assert (only.amounts, only.count, only.capped) == ((), numbers.CAP, True)


def test_a_credit_note_that_is_not_set_against_anything_is_no_invoice_to_collect(trading):
    buyer = trade.customer()
    before = told().get("To collect", ((), 0))
    trade.invoice(buyer, line(1, 50, tax_class="zero"))
    note = trade.document("invoices", buyer, line(1, 30, tax_class="zero"), kind="credit_note")
    run("invoices", "issue", note)
    amounts, count = told()["To collect"]
    assert count == before[1] + 1
    assert {currency: amount for amount, currency in amounts}["EUR"] == 50 + sum(
        amount for amount, currency in before[0] if currency == "EUR"
    )
