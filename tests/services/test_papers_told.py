"""What papers tell of the documents around them: what they were made from, what they correct, what comes back."""

import pytest

from crm_app.services import papers, records, related, snapshots
from crm_app.services.actors import SYSTEM
from crm_app.services.records import resource_of
from crm_app.services.work import Work
from tests.support import trade
from tests.support.paper import pages, texts
from tests.support.trade import line, of, on, run, to

pytestmark = pytest.mark.usefixtures("trading")


def said(resource, key):
    """What the issued document says."""
    with Work(SYSTEM) as work:
        return snapshots.stored(work, resource_of(resource).table.__tablename__, key).content


def origins(resource, key):
    return [(part["kind"], part["number"], part["date"]) for part in said(resource, key)["origins"]]


def drawn(resource, key):
    return texts(pages(papers.paper(SYSTEM, resource_of(resource), key).content))


def number(resource, key):
    return of(resource, key).number


def test_an_invoice_of_several_notes_names_all_of_them_and_their_orders_with_their_days():
    with on(2026, 3, 2):
        account, flour = trade.customer(), trade.product(3)
        first, second = (trade.order(account, line(10, product=flour), reference=name) for name in ("PO-7", "PO-9"))
    notes = []
    for day, order in ((4, first), (11, second)):
        with on(2026, 3, day):
            notes.append(to("orders", "deliver", order, issue=True))
    with on(2026, 3, 31):
        invoice = to("deliveries", "invoice", notes[0], also=notes[1:], issue=True)
    assert of("invoices", invoice).reference == "PO-7, PO-9"
    early, late = (number("deliveries", note) for note in notes)
    assert origins("invoices", invoice) == [
        *(("order", number("orders", order), "2026-03-02") for order in (first, second)),
        ("delivery", early, "2026-03-04"),
        ("delivery", late, "2026-03-11"),
    ]
    assert f"Delivery note: {early} (4 Mar 2026), {late} (11 Mar 2026)" in drawn("invoices", invoice)


def test_what_comes_back_has_a_return_note_that_names_the_delivery():
    with on(2026, 4, 2):
        account, flour = trade.customer(language="es"), trade.product(3, stocked=True)
        note = trade.document("deliveries", account, line(5, product=flour))
        run("deliveries", "issue", note)
    with on(2026, 4, 9):
        back = to("deliveries", "return", note)
        run("deliveries", "issue", back)
    assert [said("deliveries", key)["kind"] for key in (note, back)] == ["delivery", "return"]
    assert origins("deliveries", back) == [("delivery", number("deliveries", note), "2026-04-02")]
    told = drawn("deliveries", back)
    assert told[1:3] == ["Nota de devolución", number("deliveries", back)]
    assert {"Nota de entrega", number("deliveries", note), "Firma y sello"} <= set(told)
    assert "Cuenta bancaria" not in told
    with Work(SYSTEM) as work:
        resource = resource_of("deliveries")
        groups = related.of_record(work, resource, records.one(work, resource, note))
    (backs,) = (group.links for group in groups if group.name == "deliveries.returns")
    assert ["Clase: Devolución" in link.more.split(" · ") for link in backs] == [True]


def test_references_that_no_field_holds_are_left_out_whole():
    with on(2026, 5, 4):
        account = trade.customer()
        names = ("A" * 50, "B" * 40, "PO-3", "PO-3")
        first, *others = (trade.order(account, line(1, 10), reference=name) for name in names)
        invoice = to("orders", "invoice", first, also=others)
    assert of("invoices", invoice).reference == "A" * 50 + ", PO-3"
