"""The history of a document reads well, and offers to undo only what can be undone."""

from dataclasses import replace

import pytest

from crm_app.core.i18n import Speech
from crm_app.models.taxes import TaxRate
from crm_app.services import records, timeline
from crm_app.services.records import resource_of
from crm_app.services.work import Work
from crm_app.state.trade import beside
from tests.support import crm, kernel, trade
from tests.support.trade import line, run

pytestmark = pytest.mark.usefixtures("trading")


def entries(resource, key):
    with Work(kernel.actor(crm.FOUNDER)) as work:
        return timeline.of(work, resource_of(resource), key)


def test_the_taxes_of_a_document_are_told_in_words():
    quote = trade.document("quotes", trade.customer(), line(1, 100))
    run("quotes", "change", quote, lines=[line(2, 100)])
    steps = [(step.label, step.before, step.after) for step in entries("quotes", quote)[0].steps]
    assert ("Taxes", "IVA 21 %: 21,00", "IVA 21 %: 42,00") in steps
    assert not {"tax_lines", "why"} & {step[0] for step in steps}


def test_undo_is_offered_only_where_the_state_lets_it():
    invoice = trade.document("invoices", trade.customer(), line(1, 100))
    run("invoices", "change", invoice, reference="PO-1")
    assert [entry.mine for entry in entries("invoices", invoice)] == [True, True]
    run("invoices", "issue", invoice)
    run("invoices", "send", invoice)
    assert [(entry.verb, entry.mine) for entry in entries("invoices", invoice)] == [
        ("invoices.send", True), ("invoices.issue", False), ("invoices.change", False), ("invoices.create", False),
    ]  # fmt: skip
    order = trade.order(trade.customer(), line(1, 5))
    run("orders", "hold", order)
    assert [(entry.verb, entry.mine) for entry in entries("orders", order)][:2] == [
        ("orders.hold", True), ("orders.confirm", False),
    ]  # fmt: skip


def test_why_a_tax_is_charged_names_its_rate_its_class_and_the_customers_it_is_for():
    account, withheld = (
        trade.customer(),
        [row[0] for row in trade.columns(TaxRate, "id", "name") if row[1] == "IRPF 15 %"],
    )
    trade.run("accounts", "change", account, withholdings=[{"tax_rate": withheld[0]}])
    german = trade.customer(country="DE", tax_id="DE136695976")
    quotes = [trade.document("quotes", one, line(1, 100, tax_class="reduced")) for one in (account, german)]
    for language, told in (
        ("en", ("10 % of 100.00. Tax class: Reduced; customers: Domestic", "15 % of 100.00. As the customer withholds it",
                "All tax classes; customers: Within the EU, with tax identifier")),
        ("es", ("10 % de 100,00. Clase de impuesto: Reducido; clientes: Nacional", "15 % de 100,00. Según lo que retiene el cliente",
                "Todas las clases de impuesto; clientes: Dentro de la UE, con identificación fiscal")),
    ):  # fmt: skip
        reader = replace(kernel.actor(crm.FOUNDER), speech=Speech(language))
        found = []
        for key in quotes:
            with Work(reader) as work:
                there = beside(work, resource_of("quotes"), records.one(work, resource_of("quotes"), key))
            found.append({row["label"]: row["how"] for row in there.sheet["totals"]})
        vat, irpf, inside = {
            "en": ("VAT 10%", "Income tax withholding (IRPF) 15%", "Intra-Community 0%"),
            "es": ("IVA 10 %", "IRPF 15 %", "Intracomunitario 0 %"),
        }[language]
        assert (found[0][vat], found[0][irpf]) == told[:2]
        assert told[2] in found[1][inside]


def test_what_a_payment_settles_is_told_by_invoice_and_amount_and_so_is_what_it_settles_no_longer():
    account = trade.customer()
    invoice = trade.invoice(account, line(1, 100))
    payment = trade.make("payments", account=account, amount="40")
    run("payments", "post", payment)
    run("payments", "allocate", payment, allocations=[{"invoice": invoice, "amount": "40"}])
    run("payments", "unallocate", payment)
    told = entries("payments", payment)
    steps = [(step.before, step.after) for entry in told for step in entry.steps if step.label == "Allocation"]
    settled = f"{trade.of('invoices', invoice).number}: 40,00"
    assert steps == [(settled, ""), ("", settled)]
    labels = {spec.label for spec in resource_of("payments").fields.values()}
    assert {step.label for entry in told for step in entry.steps} <= {"Allocation", *labels}
