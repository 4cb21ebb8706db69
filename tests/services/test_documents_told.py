"""The history of a document reads well, and offers to undo only what can be undone."""

import pytest

from crm_app.services import timeline
from crm_app.services.records import resource_of
from crm_app.services.work import Work
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
