"""A café has paid for five machines. Two come back and their money too; a third comes back and pays for the next bill.

A bar pays its bill twice: what came too much is set against the next bill in part, and the rest goes back to it.
"""

from datetime import date
from decimal import Decimal

from tests.support import trade
from tests.support.trade import line, money, of, on, run, to


def first_line(resource, key, quantity):
    return [{"line": of(resource, key).lines[0].id, "quantity": str(quantity)}]


def brought_back(note, invoice, quantity):
    """So many machines come back, and are credited: the credit note."""
    run("deliveries", "issue", to("deliveries", "return", note, lines=first_line("deliveries", note, quantity)))
    return to("invoices", "credit", invoice, lines=first_line("invoices", invoice, quantity), issue=True)


def test_what_comes_back_is_credited_and_paid_back_or_set_against_another_bill(trading):
    with on(2026, 5, 4):
        cafe = trade.customer(name="Café Central")
        machine, coffee = trade.product("189.90"), trade.product("14.25", tax_class="reduced", unit="kg")
        order = trade.order(cafe, line(5, product=machine), line(10, product=coffee))
        note = to("orders", "deliver", order, issue=True)
        invoice = to("deliveries", "invoice", note, issue=True)
        to("invoices", "pay", invoice)
        assert trade.owed(cafe) == {}
    bill = of("invoices", invoice)
    assert [bill.net, bill.tax, bill.total, bill.balance] == money("1092.00", "213.65", "1305.65", "0")

    with on(2026, 5, 11):
        credit = brought_back(note, invoice, 2)
        assert trade.owed(cafe) == {"EUR": Decimal("-459.56")}
    given = of("invoices", credit)
    assert (given.kind, given.number, given.corrects) == ("credit_note", "A-2026-000001", invoice)
    assert [given.net, given.tax, given.total, given.balance] == money("379.80", "79.76", "459.56", "459.56")
    assert (of("deliveries", note).invoiced, of("orders", order).delivered) == ("all", "partly")
    with on(2026, 5, 12):
        refund = to("invoices", "pay", credit)
        assert trade.owed(cafe) == {}
    paid = of("payments", refund)
    assert (paid.direction, paid.amount, paid.unallocated) == ("paid", *money("459.56", "0"))
    assert [of("invoices", key).balance for key in (invoice, credit)] == money("0", "0")

    with on(2026, 6, 1):
        third = brought_back(note, invoice, 1)
        another = trade.invoice(cafe, line(2, product=machine))
        run("invoices", "apply", third, allocations=[{"invoice": another, "amount": "229.78"}])
        assert trade.owed(cafe) == {"EUR": Decimal("229.78")}
    assert [of("invoices", third).total, of("invoices", third).balance] == money("229.78", "0")
    assert [of("invoices", another).total, of("invoices", another).balance] == money("459.56", "229.78")

    with on(2026, 6, 8):
        rest = to("invoices", "credit", another, issue=True)
        assert [of("invoices", another).balance, of("invoices", rest).balance] == money("0", "229.78")
        assert trade.moved(cafe) == {
            "EUR": [
                ("invoice", *money("1305.65", "1305.65")),
                ("received", *money("-1305.65", "0")),
                ("credit_note", *money("-459.56", "-459.56")),
                ("paid", *money("459.56", "0")),
                ("credit_note", *money("-229.78", "-229.78")),
                ("invoice", *money("459.56", "229.78")),
                ("credit_note", *money("-459.56", "-229.78")),
            ]
        }
        to("invoices", "pay", rest)
        assert trade.owed(cafe) == {}
        run("orders", "close", order)
        assert of("orders", order).status == "closed"
        assert trade.disagreements() == []


def test_what_was_paid_twice_pays_a_part_of_the_next_bill_and_the_rest_goes_back(trading):
    with on(2026, 7, 1):
        bar = trade.customer(name="Bar Sol")
        first = trade.invoice(bar, line(1, 100))
        to("invoices", "pay", first)
        twice = trade.make("payments", account=bar, amount="121", reference="Again")
        run("payments", "post", twice)
        assert trade.owed(bar) == {"EUR": Decimal(-121)}

    with on(2026, 7, 10):
        second = trade.invoice(bar, line(1, 50))
        run("payments", "allocate", twice, oldest=True)
        assert (of("invoices", second).balance, of("payments", twice).unallocated) == tuple(money("0", "60.50"))
    with on(2026, 7, 15):
        back = to("payments", "refund", twice, reference="SEPA 15/7")
        assert trade.owed(bar) == {}
    gone = of("payments", back)
    assert (gone.direction, gone.amount, gone.unallocated, gone.reference) == (
        "paid",
        *money("60.50", "0"),
        "SEPA 15/7",
    )
    assert of("payments", twice).unallocated == 0

    with on(2026, 7, 20):
        run("payments", "reverse", back)
        assert (trade.owed(bar), of("payments", twice).unallocated) == ({"EUR": Decimal("-60.50")}, Decimal("60.50"))
        by_hand = trade.make("payments", account=bar, direction="paid", amount="60.50")
        run("payments", "post", by_hand, allocations=[{"payment": twice, "amount": "60.50"}])
        assert trade.owed(bar) == {}
    assert [trade.owed(bar, date(2026, 7, day)) for day in (1, 10, 15, 19)] == [
        {"EUR": Decimal(-121)}, {"EUR": Decimal("-60.50")}, {}, {},
    ]  # fmt: skip
    assert trade.moved(bar)["EUR"][2:] == [
        ("received", *money("-121", "-121")),
        ("invoice", *money("60.50", "-60.50")),
        ("paid", *money("60.50", "0")),
        ("reversed", *money("-60.50", "-60.50")),
        ("paid", *money("60.50", "0")),
    ]
    assert trade.disagreements() == []
