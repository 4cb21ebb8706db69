"""A hotel has its chairs made: thirty per cent when it accepts, the rest when they stand in the hall."""

from tests.support import trade
from tests.support.trade import line, money, of, on, run, to


def test_a_deposit_is_taken_off_the_final_invoice_tax_by_tax(trading):
    with on(2026, 1, 12):
        hotel = trade.customer(name="Hotel Miramar")
        chairs = [line(7, "619.05", description="Tables"), line(3, "555.55", description="Books", tax_class="reduced")]
        quote = trade.document("quotes", hotel, *chairs)
        run("quotes", "send", quote)
    offered = of("quotes", quote)
    assert [offered.net, offered.tax, offered.total] == money("6000.00", "1076.67", "7076.67")

    with on(2026, 1, 19):
        run("quotes", "accept", quote)
        deposit = to("quotes", "invoice", quote, deposit="30", issue=True)
    asked = of("invoices", deposit)
    assert (asked.kind, asked.number, asked.quote) == ("deposit", "N-2026-000001", quote)
    assert [(row.description, row.tax_class, row.net) for row in asked.lines] == [
        ("Deposit of 30 % on COT-2026-00001", "standard", *money("1300.01")),
        ("Deposit of 30 % on COT-2026-00001", "reduced", *money("500.00")),
    ]
    assert [asked.net, asked.tax, asked.total] == money("1800.01", "323.00", "2123.01")
    assert of("quotes", quote).invoiced == "none", "a deposit is no part of the goods"
    with on(2026, 1, 21):
        to("invoices", "pay", deposit)
        assert trade.owed(hotel) == {}

    with on(2026, 2, 16):
        order = to("quotes", "order", quote)
        run("orders", "confirm", order)
        to("orders", "deliver", order, issue=True)
    with on(2026, 2, 27):
        final = to("orders", "invoice", order, issue=True)
        assert trade.owed(hotel) == {"EUR": of("invoices", final).total}
    rest = of("invoices", final)
    assert (rest.kind, rest.number) == ("invoice", "F-2026-000001")
    assert [(row.description, row.net) for row in rest.lines] == [
        ("Tables", *money("4333.35")),
        ("Books", *money("1666.65")),
        ("Deposit of 30 % on COT-2026-00001 (N-2026-000001)", *money("-1300.01")),
        ("Deposit of 30 % on COT-2026-00001 (N-2026-000001)", *money("-500.00")),
    ]
    assert [rest.net, rest.tax, rest.total] == money("4199.99", "753.67", "4953.66")
    both = [asked.net + rest.net, asked.tax + rest.tax, asked.total + rest.total]
    assert both == [offered.net, offered.tax, offered.total], "not a cent more than was offered"
    assert (of("orders", order).invoiced, of("quotes", quote).invoiced) == ("all", "all")

    with on(2026, 3, 2):
        to("invoices", "pay", final)
        assert [of("invoices", key).balance for key in (deposit, final)] == money("0", "0")
        assert trade.moved(hotel) == {
            "EUR": [
                ("deposit", *money("2123.01", "2123.01")),
                ("received", *money("-2123.01", "0")),
                ("invoice", *money("4953.66", "4953.66")),
                ("received", *money("-4953.66", "0")),
            ]
        }
        assert trade.owed(hotel) == {}
        assert trade.disagreements() == []
