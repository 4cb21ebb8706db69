"""What papers tell of the documents around them: what they were made from, what they correct, what comes back."""

import pytest

from crm_app.services import papers, snapshots
from crm_app.services.actors import SYSTEM
from crm_app.services.records import resource_of
from crm_app.services.work import Work
from tests.support import trade
from tests.support.paper import pages, texts
from tests.support.trade import line, of, on, to

pytestmark = pytest.mark.usefixtures("trading")


def said(resource, key):
    """What the issued document says."""
    with Work(SYSTEM) as work:
        return snapshots.stored(work, resource_of(resource).table.__tablename__, key).content


def origins(resource, key):
    return [(part["kind"], part["number"], part["date"]) for part in said(resource, key)["origins"]]


def drawn(resource, key):
    return texts(pages(papers.paper(SYSTEM, resource_of(resource), key).content))


def test_an_invoice_of_several_notes_names_all_of_them_and_their_orders_with_their_days():
    with on(2026, 3, 2):
        account, flour = trade.customer(), trade.product(3)
        first, second = (trade.order(account, line(10, product=flour)) for _ in range(2))
    notes = []
    for day, order in ((4, first), (11, second)):
        with on(2026, 3, day):
            notes.append(to("orders", "deliver", order, issue=True))
    with on(2026, 3, 31):
        invoice = to("deliveries", "invoice", notes[0], also=notes[1:], issue=True)
    assert origins("invoices", invoice) == [
        *(("order", of("orders", order).number, "2026-03-02") for order in (first, second)),
        ("delivery", "E-2026-00001", "2026-03-04"),
        ("delivery", "E-2026-00002", "2026-03-11"),
    ]
    assert "Delivery note: E-2026-00001 (4 Mar 2026), E-2026-00002 (11 Mar 2026)" in drawn("invoices", invoice)
