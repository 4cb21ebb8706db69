"""Before goods leave: more than was ordered, and what older orders wait for, goes with a word of confirmation only; nothing of a held order goes."""

from decimal import Decimal

import pytest

from crm_app.services import chain
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import trade
from tests.support.trade import faults, line, of, run, to

D = Decimal
pytestmark = pytest.mark.usefixtures("trading")


def test_more_than_was_ordered_goes_with_a_confirmation_only():
    order = trade.order(trade.customer(), line(10, 5, description="Chairs\nof oak"), line(1, 7))
    first = to(
        "orders", "deliver", order, lines=[{"line": of("orders", order).lines[0].id, "quantity": "4"}], issue=True
    )
    note = to("orders", "deliver", order)
    rows = of("deliveries", note).lines
    run("deliveries", "change", note, lines=[{"id": rows[0].id, "quantity": "8"}, {"id": rows[1].id}])
    told = {"confirm": "{found}. Confirm to issue it all the same."}
    with pytest.raises(trade.Invalid) as caught:
        run("deliveries", "issue", note)
    (found,) = caught.value.fields["confirm"].args["found"]
    assert found.text.format(**found.args) == "Chairs: 12 delivered of 10 ordered"
    assert caught.value.fields["confirm"].text == told["confirm"]
    assert of("deliveries", note).number is None
    run("deliveries", "return", first, lines=[{"line": of("deliveries", first).lines[0].id, "quantity": "1"}])
    run("deliveries", "issue", note, confirm=True)
    assert of("deliveries", note).status == "issued"


def test_what_is_ordered_or_less_goes_at_once():
    order = trade.order(trade.customer(), line(10, 5))
    note = to("orders", "deliver", order)
    run("deliveries", "change", note, lines=[{"id": of("deliveries", note).lines[0].id, "quantity": "9"}])
    run("deliveries", "issue", note)


def test_a_note_of_several_orders_waits_for_each_of_them():
    account = trade.customer()
    first, second = (trade.order(account, line(1, 5)) for _ in range(2))
    note = to("orders", "deliver", first, also=[second])
    run("orders", "hold", second)
    number = of("orders", second).number
    with pytest.raises(trade.Invalid) as caught:
        run("deliveries", "issue", note, confirm=True)
    assert caught.value.fields[""].args == {"number": number}
    run("orders", "release", second)
    run("deliveries", "issue", note)


def test_what_an_older_order_waits_for_does_not_leave_unseen_with_a_younger_one():
    goods = trade.product("10", stocked=True)
    place = trade.make("warehouses", name="Sur", backorder=False)
    trade.make("stock-moves", product=goods, warehouse=place, quantity="10", reason="opening")
    older, younger = (trade.order(trade.customer(), line(quantity, product=goods)) for quantity in (8, 5))
    late, soon = to("orders", "deliver", younger), to("orders", "deliver", older)
    for note in (late, soon):
        run("deliveries", "change", note, warehouse=place)
    with pytest.raises(trade.Invalid) as caught:
        run("deliveries", "issue", late)
    (found,) = caught.value.fields["confirm"].args["found"]
    assert (str(found.args["free"]), str(found.args["promised"])) == ("2", "8")
    direct = trade.document("deliveries", trade.customer(), line(3, product=goods), warehouse=place)
    assert list(faults(lambda: run("deliveries", "issue", direct, confirm=False))) == ["confirm"]
    run("deliveries", "issue", soon)
    assert list(faults(lambda: run("deliveries", "issue", late, confirm=True))) == ["lines.0.quantity"]
    trade.make("stock-moves", product=goods, warehouse=place, quantity="3", reason="adjustment")
    run("deliveries", "issue", late)
    assert list(faults(lambda: run("deliveries", "issue", direct))) == ["lines.0.quantity"]


def _overdelivered(source="orders"):
    """An order (of a quote) of 10 and 4, of which 12 and 2 have left; the document that it began with, the order, its note."""
    account = trade.customer()
    if source == "quotes":
        first = trade.document("quotes", account, line(10, 5), line(4, 20))
        order = to("quotes", "order", first)
        run("orders", "confirm", order)
    else:
        first = order = trade.order(account, line(10, 5), line(4, 20))
    note = to("orders", "deliver", order)
    rows = of("deliveries", note).lines
    run("deliveries", "change", note, lines=[{"id": rows[0].id, "quantity": "12"}, {"id": rows[1].id, "quantity": "2"}])
    return first, order, note


@pytest.mark.parametrize("source", ["orders", "quotes"])
def test_what_was_handed_over_beyond_the_order_is_invoiced_with_it(source):
    first, order, note = _overdelivered(source)
    with Work(SYSTEM) as work:
        part = chain.left(work, source, "invoices", [first])
    assert [one.quantity for one in part] == [D(10), D(4)], "what is in a draft has not been handed over"
    run("deliveries", "issue", note, confirm=True)
    made = to(source, "invoice", first, lines=trade.picked(source, first, 10, 4), issue=True)
    for resource, key, told in ((source, first, "partly"), ("orders", order, "partly"), ("deliveries", note, "partly")):
        assert of(resource, key).invoiced == told, resource
    rest = to(source, "invoice", first, issue=True)
    assert rest != made
    assert [row.quantity for row in of("invoices", rest).lines] == [D(2)]
    for resource, key in ((source, first), ("orders", order), ("deliveries", note)):
        assert of(resource, key).invoiced == "all", resource
    assert to(source, "invoice", first) == rest, "nothing is left: the one made before"
    assert trade.disagreements() == []


def test_what_came_back_is_not_invoiced_as_handed_over():
    order, _, note = _overdelivered()
    run("deliveries", "issue", note, confirm=True)
    back = to("deliveries", "return", note, lines=trade.picked("deliveries", note, 1))
    run("deliveries", "issue", back)
    assert [row.quantity for row in of("invoices", to("orders", "invoice", order)).lines] == [D(11), D(4)]
