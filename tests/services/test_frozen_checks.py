"""`crm check` finds what was changed behind the program's back."""

from contextlib import suppress
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.errors import TakenBack
from crm_app.models.deliveries import DeliveryNote
from crm_app.models.invoices import Invoice, InvoiceLine
from crm_app.models.stock import StockMove
from crm_app.services import actions, trade_checks
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work, column_of
from tests.support import trade
from tests.support.trade import line, run, to

D = Decimal


@pytest.fixture(scope="module")
def books(trading):
    """The ids of a delivery note, of the move that it made and of the invoice for it."""
    goods = trade.product(stocked=True)
    order = trade.order(trade.customer(), line(4, "9.99", goods), line(1, 5))
    note = to("orders", "deliver", order, issue=True)
    run("deliveries", "issue", to("deliveries", "return", note, lines=trade.picked("deliveries", note, 1)))
    invoice = to("deliveries", "invoice", note, issue=True)
    assert trade.disagreements() == []
    (move, *_) = [key for key, product in trade.columns(StockMove, "id", "product") if product == goods]
    return {"move": move, "invoice": invoice, "note": note}


def found_after(statement):
    """What `crm check` says once that has been done, which is then taken back."""
    said = []
    with suppress(TakenBack), Work(SYSTEM, "invoices.change") as work:
        work.session.connection().execute(statement)
        said += [name for name, wrong in trade_checks.disagreements(work) if wrong]
        raise TakenBack
    return said


def of(table, key):
    return column_of(table, "id") == key


@pytest.mark.parametrize(
    ("which", "table", "values", "told"),
    [
        ("move", StockMove, {"quantity": D(-5)}, "stock and delivery notes"),
        ("move", StockMove, {"delivery_line": None}, "stock and delivery notes"),
        ("note", DeliveryNote, {"warehouse": None}, "stock and delivery notes"),
        ("invoice", Invoice, {"number": "F-2020-000001"}, "documents as issued"),
        ("invoice", Invoice, {"date": trade.date(2020, 1, 1)}, "documents as issued"),
        ("invoice", Invoice, {"total_company": D(1)}, "documents as issued"),
        ("invoice", Invoice, {"tax": D(1)}, "documents as issued"),
    ],
)
def test_what_was_changed_behind_the_program_is_found(books, which, table, values, told):
    assert told in found_after(sa.update(table).where(of(table, books[which])).values(values))


@pytest.mark.parametrize("name", ["price", "quantity", "net"])
def test_a_changed_line_of_an_issued_document_is_found(books, name):
    mine = column_of(InvoiceLine, "invoice") == books["invoice"]
    assert "documents as issued" in found_after(sa.update(InvoiceLine).where(mine).values({name: D(7)}))


def test_a_move_that_is_gone_is_found_and_one_that_was_taken_back_is_not(books):
    assert found_after(sa.delete(StockMove).where(of(StockMove, books["move"]))) == ["stock and delivery notes"]
    place = trade.make("warehouses", name="Taken back")
    made = run("stock-moves", "create", product=trade.product(stocked=True), warehouse=place, quantity="3")
    actions.undo(SYSTEM, made.change_set)
    assert trade.disagreements() == []


@pytest.mark.parametrize("which", ["note", "invoice"])
def test_a_document_given_to_another_customer_is_found(books, which):
    table = {"note": DeliveryNote, "invoice": Invoice}[which]
    other = trade.customer()
    moved = sa.update(table).where(of(table, books[which])).values(account=other)
    assert "documents as issued" in found_after(moved)


def test_customers_that_are_called_otherwise_now_or_were_merged_are_no_fault(trading):
    first, second, third = (trade.customer() for _ in range(3))
    keys = [trade.invoice(account, line(1, 5)) for account in (first, second)]
    run("accounts", "change", first, name="Called otherwise")
    run("accounts", "merge", second, records=[first], confirm=True)
    run("accounts", "merge", third, records=[second], confirm=True)
    assert {trade.of("invoices", key).account for key in keys} == {third}
    assert trade.disagreements() == []
