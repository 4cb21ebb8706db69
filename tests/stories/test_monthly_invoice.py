"""The bakery orders flour and sugar, gets it as the van comes by, brings two boxes back, and pays once a month."""

from datetime import date

from tests.support import trade
from tests.support.trade import line, money, of, on, run, to


def part(resource, key, quantity):
    """So much of the first line of that document."""
    return [{"line": of(resource, key).lines[0].id, "quantity": str(quantity)}]


def test_part_deliveries_become_one_invoice_at_the_end_of_the_month(trading):
    with on(2026, 3, 2):
        bakery = trade.customer(name="Panadería Sol", payment_days=15)
        flour, sugar = trade.product("3.15", unit="box"), trade.product("12.345", unit="sack")
        first = trade.order(bakery, line(100, product=flour, discount="5"))
        second = trade.order(bakery, line(40, product=sugar))
    assert [of("orders", key).net for key in (first, second)] == money("299.25", "493.80")

    notes = []
    for day, order, quantity in ((4, first, 30), (11, first, 50), (18, second, 25)):
        with on(2026, 3, day):
            notes.append(to("orders", "deliver", order, lines=part("orders", order, quantity), issue=True))
    assert [of("deliveries", key).number for key in notes] == ["E-2026-00001", "E-2026-00002", "E-2026-00003"]
    assert [of("orders", key).delivered for key in (first, second)] == ["partly", "partly"]
    with on(2026, 3, 20):
        back = to("deliveries", "return", notes[1], lines=part("deliveries", notes[1], 2))
        run("deliveries", "issue", back)
        assert trade.owed(bakery) == {}

    with on(2026, 3, 31):
        march = to("deliveries", "invoice", notes[0], also=notes[1:], issue=True)
        assert to("deliveries", "invoice", notes[0], also=notes[1:], issue=True) == march, "a second click"
    billed = of("invoices", march)
    assert [(row.product, row.quantity, row.net) for row in billed.lines] == [
        (flour, *money("30", "89.78")), (flour, *money("48", "143.64")), (sugar, *money("25", "308.63")),
    ]  # fmt: skip
    assert [billed.net, billed.tax, billed.total] == money("542.05", "113.83", "655.88")
    assert (billed.date, billed.due) == (date(2026, 3, 31), date(2026, 4, 15))
    assert (billed.order, billed.delivery) == (None, None), "it is of three notes and two orders"
    assert [of("deliveries", key).invoiced for key in notes] == ["all", "all", "all"]
    assert [of("orders", key).invoiced for key in (first, second)] == ["partly", "partly"]

    with on(2026, 4, 8):
        rest = to("orders", "deliver", first, also=[second], issue=True)
    assert [row.quantity for row in of("deliveries", rest).lines] == money("22", "15"), "the two that came back too"
    assert [of("orders", key).delivered for key in (first, second)] == ["all", "all"]
    with on(2026, 4, 30):
        april = to("deliveries", "invoice", rest, issue=True)
        assert trade.ages(bakery) == {"current": money("303.73")[0], "30": money("655.88")[0]}
    last = of("invoices", april)
    assert [row.net for row in last.lines] == money("65.84", "185.18")
    assert [last.net, last.tax, last.total] == money("251.02", "52.71", "303.73")
    assert [of("orders", key).invoiced for key in (first, second)] == ["all", "all"]
    assert [billed.net + last.net] == money("793.07"), "793.05 ordered: five lines are rounded where there were two"
    assert trade.count("invoices") == 2

    with on(2026, 5, 4):
        one = trade.make("payments", account=bakery, amount="959.61", reference="March and April")
        run("payments", "post", one, oldest=True)
        assert [of("invoices", key).balance for key in (march, april)] == money("0", "0")
        assert of("payments", one).unallocated == 0
        assert trade.moved(bakery) == {
            "EUR": [
                ("invoice", *money("655.88", "655.88")),
                ("invoice", *money("303.73", "959.61")),
                ("received", *money("-959.61", "0")),
            ]
        }
        assert trade.owed(bakery) == {}
        assert trade.disagreements() == []
