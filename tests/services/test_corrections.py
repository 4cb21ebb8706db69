"""A credit note takes back what is left of an invoice of its customer: no more, nothing else, and to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.models.taxes import TaxRate
from crm_app.services import snapshots
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import paper, trade
from tests.support.trade import faults, line, of, run, to

D = Decimal
pytestmark = pytest.mark.usefixtures("trading")


def note(account, invoice, *lines, **values):
    given = {"kind": "credit_note", "corrects": invoice} | values
    return trade.document("invoices", account, *(lines or (line(1, 10),)), **given)


def test_what_is_corrected_is_an_issued_invoice_of_the_same_customer_in_the_same_currency():
    account, other = trade.customer(), trade.customer()
    invoice, foreign = trade.invoice(account, line(1, 100)), trade.invoice(other, line(1, 100))
    dollars = trade.invoice(account, line(1, 100), currency="USD", rate="1.1")
    draft = trade.document("invoices", account, line(1, 100))
    credit = to("invoices", "credit", dollars, issue=True)
    number = {key: of("invoices", key).number for key in (foreign, dollars, credit)}
    for key, kind, told in (
        (foreign, "credit_note", f"{number[foreign]} is an invoice of another customer."),
        (dollars, "debit_note", f"{number[dollars]} is in USD: write it in that currency."),
        (credit, "credit_note", f"{number[credit]} is a credit note itself: name the invoice."),
        (draft, "credit_note", f"#{draft} has not been issued: there is nothing to correct."),
        (invoice, "invoice", "Only a credit note or a debit note corrects an invoice."),
    ):
        assert faults(lambda key=key, kind=kind: note(account, key, kind=kind)) == {"corrects": told}
    kept = note(account, invoice)
    assert faults(lambda: run("invoices", "change", kept, corrects=foreign)) == {
        "corrects": f"{number[foreign]} is an invoice of another customer."
    }


def test_no_more_is_credited_than_is_left_of_the_invoice():
    account = trade.customer()
    invoice = trade.invoice(account, line(1, 100))
    number = of("invoices", invoice).number
    run("invoices", "issue", note(account, invoice, line(1, 60)))
    over = note(account, invoice, line(1, 41))
    told = {"corrects": f"At most 48.40 EUR of {number} is left to credit."}
    assert faults(lambda: run("invoices", "issue", over)) == told
    run("invoices", "change", over, lines=[line(1, 40)])
    run("invoices", "issue", over)
    grown = to("invoices", "credit", trade.invoice(account, line(2, 30)))
    run("invoices", "change", grown, lines=[{"id": of("invoices", grown).lines[0].id, "price": "31"}])
    assert list(faults(lambda: run("invoices", "issue", grown))) == ["corrects"]
    assert trade.disagreements() == []


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(2, 5), st.decimals("0.001", "99", places=3)), min_size=1, max_size=3),
    st.sampled_from(["EUR", "JPY", "TND"]),
    st.booleans(),
)
def test_credit_notes_in_parts_come_to_the_invoice_to_the_cent(rows, currency, withheld):
    kept = [{"tax_rate": key} for key, name in trade.columns(TaxRate, "id", "name") if name == "IRPF 15 %"]
    account = trade.customer(withholdings=kept if withheld else [])
    more = {} if currency == "EUR" else {"currency": currency, "rate": "0.5"}
    invoice = trade.invoice(account, *(line(quantity, price) for quantity, price in rows), **more)
    lines = of("invoices", invoice).lines
    notes = []
    for turn in range(max(quantity for quantity, _ in rows)):
        wanted = [{"line": row.id, "quantity": "1"} for row in lines if row.quantity > turn]
        notes.append(to("invoices", "credit", invoice, lines=wanted, issue=True))
    whole, made = of("invoices", invoice), [of("invoices", key) for key in notes]
    for name in ("total", "withheld", "payable"):
        assert sum(getattr(one, name) for one in made) == getattr(whole, name), name
    for one in made:
        assert one.withheld == sum(D(part["amount"]) for part in one.tax_lines if part["withheld"])
        assert one.withheld >= 0
    assert (whole.withheld > 0) <= withheld
    assert trade.disagreements() == []


def _french():
    return trade.customer(country="FR"), {"tax_id": "FR40303265045"}


def _normal():
    return trade.customer(), {"tax_status": "exempt"}


def _exempt():
    return trade.customer(tax_status="exempt"), {"tax_status": "normal"}


@pytest.mark.parametrize(("before", "total"), [(_french, "121"), (_normal, "121"), (_exempt, "100")])
def test_a_credit_note_gives_back_the_taxes_of_its_invoice_whatever_the_customer_is_now(before, total):
    account, now = before()
    invoice = trade.invoice(account, line(1, 100))
    run("accounts", "change", account, **now)
    part = of("invoices", to("invoices", "credit", invoice, percent="50", issue=True))
    rest = of("invoices", to("invoices", "credit", invoice, issue=True))
    assert (of("invoices", invoice).total, part.total + rest.total) == (Decimal(total), Decimal(total))
    assert (of("invoices", invoice).balance, of("invoices", invoice).credited) == (0, "all")
    assert [tax["value"] for tax in rest.tax_lines] == [tax["value"] for tax in of("invoices", invoice).tax_lines]
    assert trade.disagreements() == []


def test_a_credit_note_gives_back_at_the_rate_of_its_invoice_after_the_law_has_changed():
    invoice = trade.invoice(trade.customer(), line(1, 100), line(2, 50))
    rates = [key for key, value in trade.columns(TaxRate, "id", "value") if value == 21]
    for rate in rates:
        run("tax-rates", "change", rate, active=False)
    try:
        assert of("invoices", to("invoices", "credit", invoice, issue=True)).total == 242
    finally:
        for rate in rates:
            run("tax-rates", "change", rate, active=True)


def test_a_deposit_that_was_set_off_is_not_given_back_until_the_set_off_is():
    order = trade.order(trade.customer(), line(3, 100))
    deposit = to("orders", "invoice", order, deposit="30", issue=True)
    final = to("orders", "invoice", order, issue=True)
    back = to("invoices", "credit", deposit)
    (told,) = {tuple(faults(lambda: run("invoices", "issue", back)))}
    assert told == ("lines.0.price",)
    to("invoices", "credit", final, issue=True)
    run("invoices", "issue", back)
    assert (of("invoices", deposit).balance, of("invoices", final).balance) == (0, 0)
    assert trade.disagreements() == []


def test_an_invoice_does_not_set_off_a_deposit_that_was_given_back_meanwhile():
    order = trade.order(trade.customer(), line(3, 100))
    deposit = to("orders", "invoice", order, deposit="30", issue=True)
    back = to("invoices", "credit", deposit, issue=True)
    final = to("orders", "invoice", order, issue=True)
    assert (of("invoices", back).total, of("invoices", final).total) == (of("invoices", deposit).total, 363)


def test_a_credit_note_that_is_written_takes_the_exchange_rate_of_its_invoice():
    """The company gives back what it has booked, whatever the currency is worth today; so does one that is told later."""
    trade.make("exchange-rates", currency="SEK", day="2020-01-01", rate="0.10", source="Bank")
    account = trade.customer()
    sold = trade.invoice(account, line(1, 100), currency="SEK")
    agreed = trade.invoice(account, line(1, 100), currency="SEK", rate="0.3")
    trade.make("exchange-rates", currency="SEK", day=str(of("invoices", sold).date), rate="0.20")
    names = ("rate", "rate_typed", "rate_source")
    for invoice in (sold, agreed):
        wanted = [getattr(of("invoices", invoice), name) for name in names]
        for kind in ("credit_note", "debit_note"):
            made = of("invoices", note(account, invoice, kind=kind, currency="SEK"))
            assert [getattr(made, name) for name in names] == wanted, kind
    later = trade.document("invoices", account, line(1, 10), kind="credit_note", currency="SEK")
    assert of("invoices", later).rate == D("0.20")
    run("invoices", "change", later, corrects=sold)
    assert (of("invoices", later).rate, of("invoices", later).total_company) == (D("0.10"), D("1.21"))
    typed = trade.document("invoices", account, line(1, 10), kind="credit_note", currency="SEK", rate="0.5")
    run("invoices", "change", typed, corrects=sold)
    assert of("invoices", typed).rate == D("0.5")
    other = note(account, agreed, currency="SEK")
    run("invoices", "change", other, corrects=sold)
    assert [getattr(of("invoices", other), name) for name in names] == [
        getattr(of("invoices", sold), name) for name in names
    ]
    assert trade.disagreements() == []


def test_a_credit_note_says_why_in_the_words_of_its_customer():
    account = trade.customer(language="es")
    invoice = trade.invoice(account, line(3, 100))
    given = {"percent": "33.3333", "issue": True}
    returned = of("invoices", to("invoices", "credit", invoice, reason="returned", reason_text="Caja dañada", **given))
    assert (returned.reason, returned.reason_text) == ("returned", "Caja dañada")
    other = of("invoices", to("invoices", "credit", invoice, reason="other", reason_text="Acuerdo de mayo", **given))
    silent = of("invoices", to("invoices", "credit", invoice, issue=True))
    assert [(content(note)["reason"], content(note)["reason_text"]) for note in (returned, other, silent)] == [
        ("returned", "Devolución de bienes o servicios: Caja dañada"), ("other", "Acuerdo de mayo"), ("", ""),
    ]  # fmt: skip
    said = paper.texts(paper.draw(content(returned)))
    at = said.index("Motivo de la rectificación")
    assert said[at + 1] == "Devolución de bienes o servicios: Caja dañada"
    assert "Motivo de la rectificación" not in paper.texts(paper.draw(content(silent)))


def test_only_a_correction_has_a_reason_and_one_of_the_known_ones():
    account = trade.customer()
    invoice = trade.invoice(account, line(1, 100))
    only = "Only a credit note or a debit note has a reason."
    assert faults(lambda: trade.document("invoices", account, line(1, 10), reason="price")) == {"reason": only}
    assert faults(lambda: trade.document("invoices", account, line(1, 10), reason_text="Why")) == {"reason_text": only}
    unsaid = {"reason_text": "Write what the reason is."}
    assert faults(lambda: note(account, invoice, kind="debit_note", reason="other")) == unsaid
    assert faults(lambda: run("invoices", "credit", invoice, reason="other")) == unsaid
    for wrong in ("R1", {}, 7, "x" * 5000):
        assert list(faults(lambda wrong=wrong: run("invoices", "credit", invoice, reason=wrong))) == ["reason"]
    assert list(faults(lambda: run("invoices", "credit", invoice, reason_text="x" * 251))) == ["reason_text"]
    credit = to("invoices", "credit", invoice)
    run("invoices", "change", credit, reason="insolvency")
    run("invoices", "issue", credit)
    assert of("invoices", credit).reason == "insolvency"


def content(bill):
    with Work(SYSTEM) as work:
        return snapshots.stored(work, "invoice", bill.id).content
