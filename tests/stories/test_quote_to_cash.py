"""Talleres Ruiz asks for lamps on a Monday in March, and has paid the last cent of them on a Tuesday in April."""

from datetime import date
from decimal import Decimal

from tests.support import trade
from tests.support.trade import line, money, of, on, run, to


def test_from_the_quote_to_the_last_cent(trading):
    with on(2026, 3, 2):
        ruiz = trade.customer(name="Talleres Ruiz", payment_days=30)
        lamp = trade.product("49.95", unit="piece")
        fitting = trade.product("38", kind="service", unit="hour")
        handbook = trade.product("4.15", tax_class="super_reduced")
        quote = trade.document(
            "quotes", ruiz, line(12, product=lamp, discount="10"), line("3.5", product=fitting), line(12, product=handbook),
            line(1, 80, choice="optional", description="A cover"), reference="Our workshop",
        )  # fmt: skip
        run("quotes", "send", quote)
    offered = of("quotes", quote)
    assert [row.net for row in offered.lines] == money("539.46", "133.00", "49.80", "80.00")
    assert (offered.number, offered.valid_until > date(2026, 3, 5)) == ("COT-2026-00001", True)
    assert [offered.net, offered.tax, offered.total] == money("722.26", "143.21", "865.47"), "the cover is not counted"
    assert rates_of(offered) == [("IVA 21 %", "672.46", "141.22"), ("IVA 4 %", "49.80", "1.99")]

    with on(2026, 3, 5):
        run("quotes", "accept", quote)
        order = to("quotes", "order", quote)
        run("orders", "confirm", order)
    ordered = of("orders", order)
    assert (ordered.number, ordered.reference, ordered.date) == ("P-2026-00001", "Our workshop", date(2026, 3, 5))
    assert ([row.net for row in ordered.lines], ordered.total) == (money("539.46", "133.00", "49.80"), offered.total)
    assert (of("quotes", quote).status, of("quotes", quote).ordered) == ("accepted", "all")

    with on(2026, 3, 12):
        note = to("orders", "deliver", order, issue=True)
        run("deliveries", "sign", note, name="Ana Ruiz")
        assert trade.owed(ruiz) == {}, "what is delivered is not owed before it is invoiced"
        invoice = to("deliveries", "invoice", note, issue=True)
        run("invoices", "send", invoice)
        assert trade.owed(ruiz) == {"EUR": ordered.total}
    billed = of("invoices", invoice)
    assert (billed.number, billed.date, billed.due) == ("F-2026-000001", date(2026, 3, 12), date(2026, 4, 11))
    assert [billed.net, billed.tax, billed.total, billed.payable, billed.balance] == money(
        "722.26", "143.21", "865.47", "865.47", "865.47"
    )
    assert (billed.quote, billed.order, billed.delivery) == (quote, order, note)
    carried = of("orders", order)
    assert (carried.delivered, carried.invoiced, of("quotes", quote).invoiced) == ("all", "all", "all")

    with on(2026, 3, 20):
        to("invoices", "pay", invoice, amount="200", method="cash")
        assert [of("invoices", invoice).paid, of("invoices", invoice).balance] == money("200", "665.47")
        assert trade.ages(ruiz) == {"current": of("invoices", invoice).balance}
    with on(2026, 4, 20):
        assert trade.ages(ruiz) == {"30": of("invoices", invoice).balance}, "nine days overdue"
    with on(2026, 4, 21):
        last = to("invoices", "pay", invoice)
        assert [of("payments", last).amount, of("invoices", invoice).balance] == money("665.47", "0")
        assert trade.moved(ruiz) == {
            "EUR": [
                ("invoice", *money("865.47", "865.47")),
                ("received", *money("-200", "665.47")),
                ("received", *money("-665.47", "0")),
            ]
        }
        assert trade.owed(ruiz) == {}
        assert [trade.owed(ruiz, date(2026, 3, day)) for day in (11, 12, 20)] == [
            {} if amount is None else {"EUR": amount} for amount in (None, *money("865.47", "665.47"))
        ], "the past stays as it was"
        assert trade.disagreements() == []


def rates_of(document):
    return [(row["name"], *(f"{Decimal(row[name]):.2f}" for name in ("base", "amount"))) for row in document.tax_lines]
