"""Who pays in advance gets what is paid, once: no money counts for two deliveries."""

from decimal import Decimal
from itertools import count

import pytest

from tests.support import trade
from tests.support.trade import line, run, to

D = Decimal
_names = count(1)


def careless(**values):
    """A customer who has to pay in advance since an old invoice is open."""
    policy = trade.make("credit-policies", name=f"In advance {next(_names)}", levels=[{"days": 0, "effect": "prepay"}])
    account = trade.customer(credit_policy=policy, **values)
    trade.invoice(account, line(1, 10), payment_days=0)
    return account


def paid(account, amount, **values):
    key = trade.make("payments", account=account, amount=str(amount), **values)
    run("payments", "post", key)
    return key


def missing(note):
    """What is asked for before the note may be issued; nothing where it has been issued."""
    try:
        run("deliveries", "issue", note)
    except trade.Invalid as refused:
        return refused.fields["account"].args["amount"]
    return None


def test_money_that_is_not_allocated_is_for_one_delivery(trading):
    account = careless()
    paid(account, 121)
    notes = [trade.document("deliveries", account, line(1, 100)) for _ in range(3)]
    assert [missing(note) for note in notes] == [None, D(121), D(121)]
    paid(account, 21)
    assert missing(notes[1]) == D(100)
    paid(account, 200)
    assert [missing(note) for note in notes[1:]] == [None, D(21)]


@pytest.mark.parametrize("invoiced", [False, True])
def test_a_deposit_is_for_as_much_of_its_order_as_it_paid(trading, invoiced):
    account = careless()
    order = trade.order(account, line(3, 100))
    to("invoices", "pay", to("orders", "invoice", order, deposit="50", issue=True))
    first = to("orders", "deliver", order, lines=trade.picked("orders", order, 1))
    assert missing(first) is None
    if invoiced:
        to("deliveries", "invoice", first, issue=True)
    second = to("orders", "deliver", order)
    assert missing(second) == D("181.50")
    paid(account, "181.50")
    assert missing(second) is None
    other = trade.document("deliveries", account, line(1, 1))
    assert missing(other) == D("1.21"), "of another order nothing is left"


def test_an_order_that_was_paid_goes_out_in_parts_without_a_cent_missing(trading):
    account = careless()
    order = trade.order(account, line(3, "27.5481"))
    bill = to("orders", "invoice", order, issue=True)
    assert trade.of("invoices", bill).total == D("99.99")
    to("invoices", "pay", bill)
    for _ in range(3):
        note = to("orders", "deliver", order, lines=trade.picked("orders", order, 1))
        assert trade.of("deliveries", note).total == D("33.34")
        assert missing(note) is None


def test_what_a_credit_note_took_back_was_not_paid(trading):
    account = careless()
    order = trade.order(account, line(1, 100))
    bill = to("orders", "invoice", order, issue=True)
    to("invoices", "credit", bill, issue=True)
    assert missing(to("orders", "deliver", order)) == D(121)


def test_what_came_in_another_currency_counts_for_what_it_is_worth(trading):
    account = careless()
    paid(account, 100, currency="USD", rate="0.9")
    assert missing(trade.document("deliveries", account, line(1, 100))) == D(31)
