"""A shop in Boston is billed in dollars and pays when the dollar stands elsewhere: the house earns and loses on it, to the cent."""

from decimal import Decimal

from crm_app.models.payments import Allocation
from tests.support import trade
from tests.support.trade import line, money, of, on, run, to


def differences(invoice):
    """What each allocation of the invoice made in euros, by the order in which they came."""
    return [row[1] for row in trade.columns(Allocation, "invoice", "difference") if row[0] == invoice]


def test_a_bill_in_dollars_books_what_the_rate_makes_of_it(trading):
    for day, rate in (("2026-03-02", "0.92"), ("2026-04-01", "0.95"), ("2026-04-15", "0.88")):
        trade.make("exchange-rates", currency="USD", day=day, rate=rate)
    with on(2026, 3, 2):
        shop = trade.customer(name="Beacon Books", country="US", currency="USD", payment_days=60)
        order = trade.order(shop, line(3, "333.33"))
        invoice = to("orders", "invoice", order, issue=True)
    bill = of("invoices", invoice)
    assert (bill.currency, bill.rate, [row["name"] for row in bill.tax_lines]) == (
        "USD",
        Decimal("0.92"),
        ["Exportación 0 %"],
    )
    assert [bill.net, bill.tax, bill.total, bill.total_company] == money("999.99", "0", "999.99", "919.99")

    with on(2026, 4, 1):
        first = to("invoices", "pay", invoice, amount="400")
        assert (of("payments", first).rate, differences(invoice)) == (Decimal("0.95"), money("12.00"))
        assert trade.owed(shop) == {"USD": Decimal("599.99")}
        second = trade.invoice(shop, line(1, 1000))
        assert [of("invoices", second).total, of("invoices", second).total_company] == money("1000", "950")
    with on(2026, 4, 15):
        last = to("invoices", "pay", invoice)
        assert (of("payments", last).currency, of("payments", last).amount) == ("USD", Decimal("599.99"))
    assert differences(invoice) == money("12.00", "-24.00"), "380.00 - 368.00; 527.99 - 551.99"
    came = [of("payments", key).amount * of("payments", key).rate for key in (first, last)]
    assert round(sum(came), 2) - bill.total_company == sum(differences(invoice)) == Decimal("-12.00")
    assert of("invoices", invoice).balance == 0

    with on(2026, 4, 15):
        euros = trade.make("payments", account=shop, amount="900", currency="EUR")
        run("payments", "post", euros, oldest=True)
        assert of("payments", euros).unallocated == 900, "nobody has said what the dollar is worth for it"
        run("payments", "allocate", euros, allocations=[{"invoice": second, "amount": "1000"}])
        assert [of("invoices", second).balance, of("payments", euros).unallocated] == money("0", "20.00")
        assert differences(second) == money("-70.00"), "880 euros for what stood at 950"
        assert trade.owed(shop) == {"EUR": Decimal("-20.00")}
        assert trade.moved(shop) == {
            "EUR": [("received", *money("-900", "-900")), ("exchange", *money("880", "-20"))],
            "USD": [
                ("invoice", *money("999.99", "999.99")),
                ("invoice", *money("1000", "1999.99")),
                ("received", *money("-400", "1599.99")),
                ("exchange", *money("-1000", "599.99")),
                ("received", *money("-599.99", "0")),
            ],
        }
        assert trade.disagreements() == []


def test_the_parts_of_a_bill_come_to_the_cent_to_what_the_whole_is_worth(trading):
    for day, rate in (("2026-06-01", "0.92"), ("2026-06-10", "0.95")):
        trade.make("exchange-rates", currency="USD", day=day, rate=rate)
    with on(2026, 6, 1):
        shop = trade.customer(country="US", currency="USD")
        early, late = (trade.invoice(shop, line(3, "333.33")) for _ in range(2))
        for _ in range(3):
            to("invoices", "pay", early, amount="333.33")
    assert differences(early) == money("0", "-0.01", "0"), "306.66 came three times, which is 919.98 for 919.99"
    with on(2026, 6, 10):
        one = trade.make("payments", account=shop, amount="999.99")
        run("payments", "post", one)
        for _ in range(3):
            run("payments", "allocate", one, allocations=[{"invoice": late, "amount": "333.33"}])
        assert sum(differences(late)) == Decimal("30.00"), "949.99 for 919.99"
        assert trade.owed(shop) == {}
        assert trade.disagreements() == []
