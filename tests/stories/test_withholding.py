"""An adviser's customer keeps the income tax back (IRPF): the invoice stays whole, the bank brings less, and both are right."""

from decimal import Decimal

from crm_app.models.taxes import TaxRate
from tests.support import trade
from tests.support.trade import line, money, of, on, run, to


def irpf(percent):
    (found,) = [key for key, name in trade.columns(TaxRate, "id", "name") if name == f"IRPF {percent} %"]
    return {"tax_rate": found}


def sums(key):
    found = of("invoices", key)
    return [found.net, found.tax, found.total, found.withheld, found.payable]


def test_what_is_withheld_lessens_what_is_paid_and_never_the_invoice(trading):
    with on(2026, 9, 1):
        studio = trade.customer(name="Estudio Vega", withholdings=[irpf(15)], payment_days=30)
        advice = line(1, "1234.55", description="Advice")
        order = trade.order(studio, advice, line("3.25", "77.70", description="Hours"))
        invoice = to("orders", "invoice", order, issue=True)
        assert trade.owed(studio) == {"EUR": Decimal("1576.31")}
    assert sums(invoice) == money("1487.08", "312.29", "1799.37", "223.06", "1576.31")
    assert [
        (row["name"], row["base"], row["amount"], row["withheld"]) for row in of("invoices", invoice).tax_lines
    ] == [
        ("IVA 21 %", "1487.08", "312.29", False),
        ("IRPF 15 %", "1487.08", "223.06", True),
    ]
    assert [of("orders", order).total, of("orders", order).payable] == money("1799.37", "1576.31")

    with on(2026, 9, 30):
        payment = to("invoices", "pay", invoice)
    assert [of("payments", payment).amount, of("invoices", invoice).balance] == money("1576.31", "0")

    with on(2026, 10, 5):
        hours = of("invoices", invoice).lines[1].id
        credit = to("invoices", "credit", invoice, lines=[{"line": hours, "quantity": "1.25"}], issue=True)
        assert trade.owed(studio) == {"EUR": Decimal("-102.96")}
    assert sums(credit) == money("97.13", "20.40", "117.53", "14.57", "102.96"), "what was withheld is given back too"

    with on(2026, 10, 20):
        run("accounts", "change", studio, withholdings=[irpf(7)])
        second = trade.invoice(studio, line(1, 1000))
        assert sums(second) == money("1000", "210", "1210", "70", "1140")
        assert sums(invoice) == money("1487.08", "312.29", "1799.37", "223.06", "1576.31"), "the old one stays"
        run("invoices", "apply", credit)
        assert [of("invoices", credit).balance, of("invoices", second).balance] == money("0", "1037.04")
        to("invoices", "pay", second)
        assert trade.moved(studio) == {
            "EUR": [
                ("invoice", *money("1576.31", "1576.31")),
                ("received", *money("-1576.31", "0")),
                ("credit_note", *money("-102.96", "-102.96")),
                ("invoice", *money("1140", "1037.04")),
                ("received", *money("-1037.04", "0")),
            ]
        }
        assert trade.owed(studio) == {}
        assert trade.disagreements() == []
