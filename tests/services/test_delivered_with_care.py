"""Before goods leave: more than was ordered, and what older orders wait for, goes with a word of confirmation only; nothing of a held order goes."""

import pytest

from tests.support import trade
from tests.support.trade import faults, line, of, run, to

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
