"""What the page of an invoice or a credit note says of what settles it, and how that is taken back."""

from decimal import Decimal

import pytest

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.services import means, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state import settlements
from tests.support import kernel, trade
from tests.support.trade import line, of, run, to

D = Decimal
pytestmark = pytest.mark.usefixtures("trading")


def told(invoice, *names):
    resource = records.resource_of("invoices")
    with Work(SYSTEM) as work:
        rows = settlements.settlements_of(work, resource, records.one(work, resource, invoice))
    return [tuple(getattr(row, name) for name in names) for row in rows]


def test_an_invoice_a_credit_note_and_a_deposit_tell_what_settles_what():
    account = trade.customer()
    order = trade.order(account, line(1, 1000))
    deposit = to("orders", "invoice", order, deposit_amount="100", issue=True)
    invoice = to("orders", "invoice", order, issue=True)
    payment = to("invoices", "pay", invoice, amount="300")
    note = to("invoices", "credit", invoice, percent="10", issue=True)
    by = ("what", "address", "amount", "source", "source_id")
    assert told(invoice, *by) == [
        ("Payment", f"/payments/{payment}", "300,00 EUR", "payments", payment),
        (
            "Credit note",
            f"/invoices/{note}",
            f"{of('invoices', note).total:.2f} EUR".replace(".", ","),
            "invoices",
            note,
        ),
        ("Deposit, net", f"/invoices/{deposit}", "100,00 EUR", "", 0),
    ]
    assert told(note, *by)[0][:2] + told(note, *by)[0][3:] == ("Invoice", f"/invoices/{invoice}", "invoices", note)
    assert told(deposit, "what", "address", "amount") == [("Invoice", f"/invoices/{invoice}", "100,00 EUR")]
    run("payments", "unallocate", payment)
    assert [what for (what,) in told(invoice, "what")] == ["Credit note", "Deposit, net"]


def test_money_given_back_settles_a_credit_note_and_is_taken_back_from_the_payment():
    account = trade.customer()
    note = trade.invoice(account, line(1, 50), kind="credit_note")
    refund = trade.make("payments", account=account, direction="paid", amount="60.50", currency="EUR")
    run("payments", "post", refund, allocations=[{"invoice": note, "amount": "60.50"}])
    assert told(note, "what", "source", "source_id", "takes_back") == [("Payment", "payments", refund, True)]


def test_exchange_differences_stand_beside_what_made_them():
    trade.make("exchange-rates", currency="USD", day="2020-01-01", rate="0.9")
    invoice = trade.invoice(trade.customer(), line(1, 100), currency="USD", rate="0.8")
    to("invoices", "pay", invoice)
    (row,) = told(invoice, "amount", "exchange")
    assert row == ("121,00 USD", "12,10 EUR")
    assert sum((of("invoices", invoice).paid, Decimal(0))) == Decimal(121)


def free(invoice, who=SYSTEM):
    with Work(who) as work:
        return [(one.resource, one.id, one.left, one.settles) for one in means.of_invoice(work, invoice)]


def test_an_open_invoice_tells_what_it_could_be_settled_with_and_one_click_does_it():
    account, other = trade.customer(), trade.customer()
    invoice, note = trade.invoice(account, line(1, 100)), trade.invoice(account, line(1, 10), kind="credit_note")
    trade.make("exchange-rates", currency="USD", day="2020-01-02", rate="0.9")
    money, dollars, foreign = (
        trade.make("payments", account=whose, amount=amount, currency=currency)
        for whose, amount, currency in ((account, "500", "EUR"), (account, "7", "USD"), (other, "9", "EUR"))
    )
    draft = trade.make("payments", account=account, amount="3", currency="EUR")
    assert free(invoice) == [("invoices", note, D("12.10"), D("12.10"))]
    for payment in (money, dollars, foreign):
        run("payments", "post", payment)
    open_ones = [("payments", money, D(500), D(121)), ("payments", dollars, D(7), D(0))]
    assert free(invoice) == [*open_ones, ("invoices", note, D("12.10"), D("12.10"))]
    for resource, key in (("payments", dollars), ("payments", foreign), ("payments", draft), ("users", 1), ("", -1)):
        with pytest.raises(Invalid):
            means.settle(SYSTEM, invoice, resource, key)
    means.settle(SYSTEM, invoice, "invoices", note)
    assert free(invoice)[0] == ("payments", money, D(500), D("108.90"))
    means.settle(SYSTEM, invoice, "payments", money)
    assert (of("invoices", invoice).balance, of("payments", money).unallocated, free(invoice)) == (0, D("391.10"), [])
    with pytest.raises(Invalid):
        means.settle(SYSTEM, invoice, "payments", money)
    assert trade.disagreements() == []


def test_what_somebody_may_not_read_or_allocate_settles_nothing_for_them():
    account = trade.customer()
    invoice, money = trade.invoice(account, line(1, 100)), trade.make("payments", account=account, amount="50")
    run("payments", "post", money)
    reader, payer = (
        kernel.user_with(dict.fromkeys(("invoices.read", *more), "all")) for more in ((), ("payments.read",))
    )
    assert free(invoice, reader) == []
    with pytest.raises(Invalid):
        means.settle(reader, invoice, "payments", money)
    assert free(invoice, payer) == [("payments", money, D(50), D(50))]
    with pytest.raises(NotAllowed):
        means.settle(payer, invoice, "payments", money)
    resource = records.resource_of("invoices")
    with Work(payer) as work:
        (row,) = settlements.free_of(work, resource, records.one(work, resource, invoice))
    assert (row.address, row.left, row.settles) == (f"/payments/{money}", "50,00 EUR", "")
