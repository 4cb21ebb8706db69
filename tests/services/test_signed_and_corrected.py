"""A signed delivery note is read again and carried on; a credit note is drawn."""

from datetime import UTC, datetime

from crm_app.core.resource import RESOURCES
from crm_app.services import papers, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import trade
from tests.support.trade import line, run, to


def test_a_signed_delivery_note_is_read_found_and_invoiced(trading):
    note = trade.document("deliveries", trade.customer(), line(1, 100))
    run("deliveries", "issue", note)
    run("deliveries", "sign", note, name="Eva Ruiz")
    with Work(SYSTEM) as work:
        found = records.one(work, RESOURCES.get("deliveries"), note).values["signed_at"]
    assert isinstance(found, datetime)
    assert found.astimezone(UTC).date() == datetime.now(UTC).date()
    assert to("deliveries", "invoice", note) > 0


def test_a_credit_note_is_drawn_as_a_draft_and_issued(trading):
    invoice = trade.invoice(trade.customer(), line(2, 100))
    note = to("invoices", "credit", invoice)
    kind = RESOURCES.get("invoices")
    drawn = [papers.paper(SYSTEM, kind, note).content[:5]]
    run("invoices", "issue", note)
    drawn.append(papers.paper(SYSTEM, kind, note).content[:5])
    assert drawn == [b"%PDF-"] * 2
