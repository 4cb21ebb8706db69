"""The printed page on the screen while a document is written: what it says, and to whom."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.errors import Missing, NotAllowed
from crm_app.services import papers, records
from crm_app.services.actors import SYSTEM, Actor
from crm_app.services.work import Work
from tests.support.trade import customer, document, invoice, line, product


def typed(kind, head, rows, who=SYSTEM, document=0):
    with Work(who) as work:
        return papers.sketch_typed(work, records.resource_of(kind), head, rows, document=document)


def pages(sketch):
    return papers.pages_of(sketch)[0]


def kept(kind, key, who=SYSTEM):
    with Work(who) as work:
        return papers.sketch(work, records.resource_of(kind), key)


def words(sketch):
    return [mark[7] for page in pages(sketch) for mark in page if mark[0] == "text"]


@pytest.mark.parametrize("kind", ["quotes", "orders", "deliveries", "invoices"])
def test_what_is_typed_is_drawn_as_it_will_be_once_it_is_saved(trading, kind):
    anna, screw = customer(), product("10")
    rows = [line(3, "12.5", screw, discount="10"), line(1, "7", screw)]
    sketch = typed(kind, {"account": anna, "notes": "Mind the dog."}, rows)
    stored = kept(kind, document(kind, anna, *rows, notes="Mind the dog."))
    assert pages(sketch) == pages(stored)
    assert {"Mind the dog.", "DRAFT"} <= set(words(sketch))


def test_of_a_stored_draft_the_typed_counts(trading):
    anna, screw = customer(), product("10")
    key = document("quotes", anna, line(1, "10", screw), reference="Old", notes="Old")
    sketch = typed("quotes", {"notes": "New"}, [line(2, "10", screw)], document=key)
    assert {"Old", "New"} & set(words(sketch)) == {"Old", "New"}
    assert words(sketch).count("Old") == 1


def test_without_a_customer_or_a_line_there_is_no_page_and_a_faulty_line_is_left_out(trading):
    anna, screw = customer(), product("10")
    assert typed("quotes", {}, [line(1, "10", screw)]).content is None
    assert typed("quotes", {"account": anna}, []).content is None
    assert typed("quotes", {"account": anna}, [line("x", "10", screw)]).content is None
    sketch = typed("quotes", {"account": anna}, [line("x", "10", screw), {**line(1, "10"), "description": "Kept"}])
    assert "Kept" in words(sketch)


def test_what_the_paper_cannot_show_is_told(trading):
    anna, screw = customer(name="ไทย 北京"), product("10")
    assert papers.unprinted(typed("quotes", {"account": anna, "notes": "ไทย देव"}, [line(1, "10", screw)])) == "ไทยदव"
    assert papers.unprinted(typed("quotes", {}, [])) == ""


def test_what_is_issued_is_drawn_as_it_was_issued(trading):
    anna, screw = customer(name="Before"), product("10")
    key = invoice(anna, line(1, "10", screw))
    before = kept("invoices", key)
    with Work(SYSTEM, "accounts.change") as work:
        records.change(work, records.resource_of("accounts"), anna, {"name": "After"})
    assert pages(kept("invoices", key)) == pages(before)
    assert "DRAFT" not in words(before)


def test_the_margin_is_what_is_left_over_the_costs_and_nothing_while_a_cost_is_not_known(trading):
    anna, screw, nut = customer(), product("10", cost="6"), product("10")
    assert typed("quotes", {"account": anna}, [line(2, "10", screw), line(1, "4", screw)]).margin == Decimal(25)
    assert typed("quotes", {"account": anna}, [line(2, "10", screw), line(1, "4", nut)]).margin is None
    seller = Actor(user=trading, name="Seller", grants={"quotes.create": "all", "accounts.read": "all"})
    assert typed("quotes", {"account": anna}, [{**line(1, "10"), "description": "A"}], who=seller).margin is None


def test_what_the_customer_owes_is_told_to_who_may_read_it_all(trading):
    anna, screw = customer(credit_limit="500"), product("10")
    invoice(anna, line(10, "10", screw))
    told = {one.label.text: one for one in typed("quotes", {"account": anna}, []).owing}
    assert {name: one.amounts[0][0] for name, one in told.items()} == {
        "Balance": Decimal(121), "Overdue balance": Decimal(0), "Credit left": Decimal(379)
    }  # fmt: skip
    seller = Actor(user=trading, name="Seller", grants={"quotes.create": "all", "accounts.read": "all"})
    assert typed("quotes", {"account": anna}, [], who=seller).owing == ()


def test_nothing_is_drawn_of_another_ones_customer_product_or_document(trading):
    secret, screw = customer(name="Secret Ltd"), product("10", code="HIDDEN")
    grants = {"quotes.create": "own", "quotes.read": "own", "accounts.read": "own", "products.read": "own"}
    seller = Actor(user=trading, name="Seller", grants=grants)
    for head, rows in (
        ({"account": secret}, [{**line(1, "10"), "description": "A"}]),
        ({"account": secret}, [line(1, "10", screw)]),
    ):
        assert typed("quotes", head, rows, who=seller).content is None
    key = document("quotes", secret, line(1, "10", screw))
    with pytest.raises(Missing):
        kept("quotes", key, who=seller)
    with pytest.raises(Missing):
        typed("quotes", {}, [], who=seller, document=key)
    with pytest.raises(NotAllowed):
        typed("quotes", {"account": secret}, [], who=Actor(user=trading, name="Reader", grants={"quotes.read": "all"}))


def test_a_company_group_stays_together_and_long_documents_have_pages(trading):
    anna = customer()
    rows = [{**line(1, "1"), "description": f"Part {number}", "group": "Frame"} for number in range(1, 121)]
    sketch = typed("invoices", {"account": anna}, rows)
    first, count = papers.pages_of(sketch, 2)
    assert (len(first), count, first) == (2, len(pages(sketch)), pages(sketch)[:2])
    assert count > 2
    assert [text for text in words(sketch) if text.startswith("Part ")] == [
        f"Part {number}" for number in range(1, 121)
    ]


def test_however_many_lines_there_are_the_margin_asks_for_their_products_at_once(trading):
    anna = customer()
    rows = [line(1, "10", product("10", cost="6", currency="EUR")) for _ in range(8)]
    counts = []
    for some in (rows[:2], rows):
        with Work(SYSTEM) as work:
            heard = []
            engine = work.session.get_bind()
            sa.event.listen(engine, "before_cursor_execute", lambda *_, heard=heard: heard.append(1))
            found = papers.sketch_typed(work, records.resource_of("quotes"), {"account": anna}, some)
        assert found.margin == Decimal(40)
        counts.append(len(heard))
    assert counts[0] == counts[1]
