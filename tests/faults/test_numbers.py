"""Numbers have no gap and no double, and one click makes one document, however many press at once and whoever pulls the plug."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.models.invoices import Invoice
from crm_app.models.numbering import Counter
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.models.stock import StockMove
from crm_app.services import actions, bulk, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, kernel, trade
from tests.support.trade import line, of, run, to


@pytest.fixture
def company(database, tmp_path):
    # the day is the same from the first number to the last, also at midnight
    with crm.using(database, tmp_path), clock.frozen(clock.now()):
        yield trade.found()


def drafts(count, **values):
    account = trade.customer()
    rows = [{"account": account, "lines": [line(1, 10)], **values} for _ in range(count)]
    with Work(SYSTEM, "invoices.create") as work:
        return bulk.create(work, records.resource_of("invoices"), rows)


def issued():
    """(number, date) of every issued invoice in the order of their numbers."""
    rows = trade.columns(Invoice, "number", "date", "status")
    assert all((number is None) == (status == "draft") for number, _, status in rows)
    return sorted((number, day) for number, day, _ in rows if number)


def expected(count):
    return [f"F-{clock.today('Europe/Madrid').year}-{number:06}" for number in range(1, count + 1)]


def test_eight_at_once_issue_fifty_each_without_gap_or_double(company):
    today = clock.today("Europe/Madrid")
    yesterday = today - timedelta(days=1) if today.timetuple().tm_yday > 1 else today
    keys = [*drafts(40, date=yesterday), *drafts(360)]
    parts = [keys[start::8] for start in range(8)]

    def issue(part):
        for key in part:
            with suppress(Invalid):  # another one has issued with today's date
                run("invoices", "issue", key)
                continue
            run("invoices", "issue", key, date=today)

    assert kernel.at_once(*[lambda part=part: issue(part) for part in parts]) == [None] * 8
    found = issued()
    assert [number for number, _ in found] == expected(400)
    days = [day for _, day in found]
    assert days == sorted(days), "dates never go back"
    assert trade.columns(Counter, "last", "last_day") == [(400, today)]
    assert len(trade.columns(DocumentSnapshot, "id")) == 400


def test_the_same_quote_made_into_an_invoice_by_eight_at_once_is_one_invoice(company):
    quote = trade.document("quotes", trade.customer(), line(10, 7))
    found = kernel.at_once(*[lambda: to("quotes", "invoice", quote, issue=True)] * 8)
    assert len(set(found)) == 1
    assert [number for number, _ in issued()] == expected(1)
    order = trade.order(trade.customer(), line(10, 7))
    notes = kernel.at_once(*[lambda: to("orders", "deliver", order, issue=True)] * 8)
    assert len(set(notes)) == 1
    assert trade.count("deliveries") == 1


def test_an_order_and_its_delivery_note_invoiced_at_once_are_invoiced_once(company):
    order = trade.order(trade.customer(), line(10, 7))
    note = to("orders", "deliver", order, issue=True)
    kernel.at_once(*[lambda: to("orders", "invoice", order), lambda: to("deliveries", "invoice", note)] * 3)
    lines = [row for (key,) in trade.columns(Invoice, "id") for row in of("invoices", key).lines]
    assert [row.quantity for row in lines] == [10]


def test_one_payment_settles_no_more_than_it_is_whoever_presses(company):
    account = trade.customer()
    invoices = [trade.invoice(account, line(1, 100)) for _ in range(3)]
    payment = trade.make("payments", account=account, amount="121")
    run("payments", "post", payment)
    calls = [
        lambda key=key: run("payments", "allocate", payment, allocations=[{"invoice": key, "amount": "121"}])
        for key in invoices
    ]
    found = kernel.at_once(*calls)
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "Invalid", "Outcome"]
    assert of("payments", payment).unallocated == 0
    assert sorted(of("invoices", key).balance for key in invoices) == [0, 121, 121]


def test_the_last_piece_goes_to_one_of_eight_and_no_number_to_the_others(company):
    place = trade.make("warehouses", name="Strict", backorder=False)
    goods, account = trade.product(stocked=True), trade.customer()
    trade.make("stock-moves", product=goods, warehouse=place, quantity="3", reason="opening")
    notes = [trade.document("deliveries", account, line(2, 1, goods), warehouse=place) for _ in range(8)]
    found = kernel.at_once(*[lambda key=key: run("deliveries", "issue", key) for key in notes])
    refused = [one for one in found if isinstance(one, Invalid)]
    assert [list(one.fields) for one in refused] == [["lines.0.quantity"]] * 7
    assert sorted(trade.columns(StockMove, "quantity")) == [(-2,), (3,)]
    assert sorted(of("deliveries", key).status for key in notes) == ["draft"] * 7 + ["issued"]
    assert trade.columns(Counter, "last") == [(1,)]


ISSUE = """
import sys
from crm_app.services import actions
from crm_app.services.actors import SYSTEM
for key in sys.argv[1:]:
    actions.run(SYSTEM, "invoices", "issue", int(key))
    print(key, flush=True)
"""


def test_a_kill_while_issuing_loses_no_number_and_uses_none_twice(company):
    keys = drafts(360)
    acknowledged = []
    for part in (keys[:100], keys[100:]):
        command = [sys.executable, "-c", ISSUE, *map(str, part)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
        ) as process:
            assert process.stdout is not None
            acknowledged += [int(process.stdout.readline()) for _ in range(7)]
            time.sleep(0.004)
            process.kill()
            acknowledged += [int(row) for row in process.stdout.read().split()]
    found = issued()
    assert len(acknowledged) <= len(found) < 200, "it was killed on the way"
    assert [number for number, _ in found] == expected(len(found))
    numbered = {key for key, number in trade.columns(Invoice, "id", "number") if number}
    assert numbered >= set(acknowledged)
    assert len(trade.columns(DocumentSnapshot, "id")) == len(found)
    rest = next(key for key in keys if key not in numbered)
    assert of("invoices", actions.run(SYSTEM, "invoices", "issue", rest).id).number == expected(len(found) + 1)[-1]
