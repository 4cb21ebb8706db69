"""A shop in Boston is billed in dollars and pays when the dollar stands elsewhere: the house earns and loses on it, to the cent."""

from decimal import Decimal

import pytest

from crm_app.models.payments import Allocation
from crm_app.services.actors import SYSTEM
from crm_app.state.allocations import read_allocations
from tests.support import crm, kernel, trade
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


@pytest.fixture(scope="module")
def paid(trading):
    """1,000 dollars billed at 0.92, paid with 500 dollars at 0.95, 450 euros for 500 dollars (taken back), 100 credited."""
    with on(2026, 8, 3):
        trade.make("exchange-rates", currency="USD", day="2026-08-03", rate="0.92")
        shop = trade.customer(country="US", currency="USD")
        bill = trade.invoice(shop, line(1, 1000))
    with on(2026, 8, 10):
        trade.make("exchange-rates", currency="USD", day="2026-08-10", rate="0.95")
        dollars = to("invoices", "pay", bill, amount="500")
        euros = trade.make("payments", account=shop, amount="450", currency="EUR")
        run("payments", "post", euros)
        run("payments", "allocate", euros, allocations=[{"invoice": bill, "amount": "500", "taken": "450"}])
    with on(2026, 8, 12):
        run("payments", "unallocate", euros)
        note = to("invoices", "credit", bill, percent="10", issue=True)
    return bill, dollars, euros, note


def told(program, resource, key, query=""):
    answer = program.get(f"/api/v1/{resource}/{key}/allocations{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def row(resource, key, amount, taken, difference, *, day="2026-08-10", until=None, paid_with="USD"):
    """An allocation as programs are told of it, without its id."""
    return {
        "resource": resource, "document": key, "number": of(resource, key).number, "date": day, "until": until,
        "amount": amount, "currency": "USD", "taken": taken, "taken_currency": paid_with,
        "difference": difference, "company_currency": "EUR",
    }  # fmt: skip


def without_ids(found):
    return [{name: value for name, value in item.items() if name != "id"} for item in found["items"]]


def test_programs_are_told_what_settles_what_and_what_the_rates_made_of_it(trading, paid):
    bill, dollars, euros, note = paid
    program = crm.client(trading)
    of_bill = told(program, "invoices", bill)
    assert without_ids(of_bill) == [
        row("payments", dollars, "500", "500", "15"),
        row("payments", euros, "500", "450", "-10", until="2026-08-12", paid_with="EUR"),
        row("invoices", note, "100", "100", "0", day="2026-08-12"),
    ]
    assert (of_bill["total"], of_bill["page"]) == (3, 1)
    second = told(program, "invoices", bill, "?size=1&page=2")
    assert (second["items"], second["total"]) == ([of_bill["items"][1]], 3)
    for resource, key, expected in (
        ("payments", dollars, row("invoices", bill, "500", "500", "15")),
        ("payments", euros, row("invoices", bill, "500", "450", "-10", until="2026-08-12", paid_with="EUR")),
        ("invoices", note, row("invoices", bill, "100", "100", "0", day="2026-08-12")),
    ):
        assert without_ids(told(program, resource, key)) == [expected]
    assert program.get(f"/api/v1/invoices/{bill}/allocations?size=0").status_code == 422
    assert program.get("/api/v1/payments/999999/allocations").status_code == 404


def test_only_documents_that_the_caller_may_read_are_named(trading, paid):
    bill, dollars, _, note = paid
    clerk = crm.client(kernel.user_with({"invoices.read": "all"}).user)
    assert [item["document"] for item in told(clerk, "invoices", bill)["items"]] == [note]
    assert told(clerk, "invoices", bill)["total"] == 1
    assert clerk.get(f"/api/v1/payments/{dollars}/allocations").status_code == 403
    cashier = crm.client(kernel.user_with({"invoices.read": "own", "payments.read": "all"}).user)
    assert told(cashier, "payments", dollars) == {"items": [], "total": 0, "page": 1, "size": 50}
    assert cashier.get(f"/api/v1/invoices/{bill}/allocations").status_code == 404
    treasurer = crm.client(kernel.user_with({"payments.read": "all"}).user)
    assert treasurer.get(f"/api/v1/payments/{dollars}/allocations").status_code == 403


def test_the_page_tells_the_exchange_difference_only_where_a_foreign_currency_is_in_it(trading, paid):
    _, dollars, euros, _ = paid
    settled = lambda key: [(part.amount, part.exchange) for part in read_allocations(SYSTEM, key).settled_rows]  # noqa: E731
    assert (settled(dollars), settled(euros)) == ([("500,00 USD", "15,00 EUR")], [])
    home = trade.invoice(trade.customer(), line(1, 100))
    assert settled(to("invoices", "pay", home)) == [("121,00 EUR", "")]
