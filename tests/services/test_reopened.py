"""A confirmed order that is changed: number, customer and reservation stay, and so does what was delivered or invoiced of it."""

from decimal import Decimal

import pytest

from crm_app.core.errors import Conflict, IllegalMove, Invalid, NotAllowed
from crm_app.models.orders import ORDERS
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.services import actions, files, papers, standings, stock, timeline
from crm_app.services import trade as rules
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, kernel, trade
from tests.support.trade import faults, line, of, picked, run, to

D = Decimal
pytestmark = pytest.mark.usefixtures("trading")


def reserved(product):
    with Work(SYSTEM) as work:
        return int(stock.levels(work, [product])[product].reserved)


def change(order, *lines, **values):
    """The order's lines as they shall be: a dictionary changes the line in its place, None takes it away, a new one comes."""
    rows = of("orders", order).lines
    known = [{"id": row.id} | asked for row, asked in zip(rows, lines, strict=False) if asked is not None]
    return run("orders", "change", order, lines=[*known, *lines[len(rows) :]], **values)


def snapshot(order):
    rows = trade.columns(DocumentSnapshot, "entity", "record", "content")
    (found,) = [content for entity, key, content in rows if (entity, key) == ("sales_order", order)]
    return found


def standing(order):
    with Work(SYSTEM) as work:
        day = rules.today(work)
    values = vars(of("orders", order))
    return [one.text for one in standings.of(ORDERS, values, day)], standings.next_step(ORDERS, values, day)


def test_an_order_is_changed_under_its_number_and_keeps_what_it_has_reserved():
    thing = trade.product("10", stocked=True)
    order = trade.order(trade.customer(), line(5, product=thing), line(1, 100))
    number, day = of("orders", order).number, of("orders", order).date
    assert snapshot(order)["total"] == "181.5000"
    run("orders", "reopen", order)
    assert standing(order) == (["Draft", "Being changed"], "confirm")
    assert reserved(thing) == 5
    change(order, {"quantity": "8"}, None, line(2, 30))
    assert (reserved(thing), of("orders", order).net) == (8, D(140))
    assert trade.disagreements() == []
    run("orders", "confirm", order)
    found = of("orders", order)
    assert (found.number, found.date, found.status, found.total) == (number, day, "confirmed", D("169.4"))
    assert [row["quantity"] for row in snapshot(order)["lines"]] == ["8.000000", "2.000000"]
    assert trade.disagreements() == []
    note = to("orders", "deliver", order, issue=True)
    assert [row.quantity for row in of("deliveries", note).lines] == [8, 2]


def test_the_paper_that_somebody_may_have_stays_among_the_files():
    order = trade.order(trade.customer(), line(1, 100))
    number, before = of("orders", order).number, papers.paper(SYSTEM, ORDERS, order)
    run("orders", "reopen", order)
    assert papers.paper(SYSTEM, ORDERS, order).sha256 == "", "a draft's paper is not kept"
    change(order, {"quantity": "2"})
    run("orders", "confirm", order)
    after = papers.paper(SYSTEM, ORDERS, order)
    assert after.content != before.content
    with Work(SYSTEM) as work:
        (kept,) = files.of_record(work, ORDERS, order)
        day = rules.today(work)
    assert (kept.name, kept.sha256, kept.size) == (f"{number} ({day}).pdf", before.sha256, len(before.content))
    run("orders", "reopen", order)
    run("orders", "confirm", order)
    assert papers.paper(SYSTEM, ORDERS, order).content == after.content, "nothing was changed"


def test_what_was_delivered_or_invoiced_of_a_line_stays_as_it_was_agreed():
    thing = trade.product("10")
    order = trade.order(trade.customer(), line(10, product=thing), line(10, 5), line(10, 7))
    to("orders", "deliver", order, lines=picked("orders", order, 4, None, None), issue=True)
    draft = to("orders", "invoice", order, lines=picked("orders", order, None, 3, None))
    run("orders", "reopen", order)
    assert faults(lambda: change(order, {"quantity": "3.5"}, {"quantity": "2"}, {})) == {
        "lines.0.quantity": "At least 4: so much has been delivered or invoiced, drafts included.",
        "lines.1.quantity": "At least 3: so much has been delivered or invoiced, drafts included.",
    }
    begun = (
        "{} of this line stand on delivery notes or invoices as they were agreed. Put the rest in a line of its own."
    )
    assert faults(lambda: change(order, {"price": "9"}, {"discount": "10"}, {"price": "1"})) == {
        "lines.0.price": begun.format(4),
        "lines.1.discount": begun.format(3),
    }
    stays = "Work: it stands on delivery notes or invoices. The line stays."
    assert faults(lambda: change(order, {}, None, {})) == {"lines": stays}
    change(order, {"quantity": "4"}, {"quantity": "3"}, None, line(6, 4, product=thing))
    run("orders", "confirm", order)
    found = of("orders", order)
    assert [(row.quantity, row.price) for row in found.lines] == [(4, 10), (3, 5), (6, 4)]
    assert (found.delivered, found.invoiced) == ("partly", "none")
    run("invoices", "issue", draft)
    rest = to("orders", "invoice", order, issue=True)
    assert [(row.quantity, row.price) for row in of("invoices", rest).lines] == [(4, 10), (6, 4)]
    assert (of("orders", order).invoiced, trade.disagreements()) == ("all", [])


def test_a_line_of_cancelled_drafts_alone_may_go():
    order = trade.order(trade.customer(), line(2, 5), line(1, 7))
    run("deliveries", "cancel", to("orders", "deliver", order))
    run("invoices", "cancel", to("orders", "invoice", order))
    run("orders", "reopen", order)
    change(order, None, {})
    run("orders", "confirm", order)
    assert [row.price for row in of("orders", order).lines] == [7]
    assert trade.disagreements() == []


def test_whose_order_it_is_stays_and_it_is_neither_removed_nor_left_without_its_number():
    account = trade.customer()
    made = run("orders", "create", account=account, lines=[line(1, 5)])
    order = made.id
    confirmed = run("orders", "confirm", order).change_set
    reopened = run("orders", "reopen", order).change_set
    before = vars(of("orders", order))
    kept = "A sales order that has been confirmed keeps this. Make a new one for something else."
    for field, value in (("account", trade.customer()), ("date", "2020-01-01"), ("included", "true")):
        assert faults(lambda field=field, value=value: run("orders", "change", order, **{field: value})) == {
            field: kept
        }
    for call in (
        lambda: run("orders", "remove", order),
        lambda: run("orders", "deliver", order),
        lambda: run("orders", "invoice", order),
        lambda: actions.undo(SYSTEM, made.change_set),
        lambda: actions.undo(SYSTEM, confirmed),
        lambda: actions.undo(SYSTEM, reopened),
    ):
        with pytest.raises((IllegalMove, Conflict, NotAllowed)):
            call()
    assert vars(of("orders", order)) == before
    with Work(SYSTEM) as work:
        entries = timeline.of(work, ORDERS, order)
    assert [entry.mine for entry in entries] == [False, False, True], "only that it was made, which is not offered"
    run("orders", "cancel", order)
    assert of("orders", order).status == "cancelled"


def test_an_undo_does_not_take_away_what_was_delivered():
    order = trade.document("orders", trade.customer(), line(2, 5))
    grown = change(order, {"quantity": "6"}).change_set
    run("orders", "confirm", order)
    to("orders", "deliver", order, lines=picked("orders", order, 5), issue=True)
    run("orders", "reopen", order)
    told = {"lines.0.quantity": "At least 5: so much has been delivered or invoiced, drafts included."}
    assert faults(lambda: actions.undo(SYSTEM, grown)) == told
    assert of("orders", order).lines[0].quantity == 6


def test_goods_do_not_leave_while_their_order_is_being_changed():
    order = trade.order(trade.customer(), line(2, 5))
    number, note = of("orders", order).number, to("orders", "deliver", order)
    run("orders", "reopen", order)
    told = {"": f"Its order {number} is being changed. Confirm it first."}
    assert faults(lambda: run("deliveries", "issue", note)) == told
    run("orders", "confirm", order)
    run("deliveries", "issue", note)


def test_what_was_agreed_on_stays_whatever_the_lists_say_now():
    thing, other = (trade.product("10") for _ in range(2))
    rule = {"product": thing, "kind": "fixed", "value": "8", "least": "10"}
    cheap = trade.make("price-lists", name="From ten", currency="EUR", rules=[rule])
    order = trade.order(trade.customer(price_list=cheap), line(12, product=thing), line(1, product=other))
    assert [row.price for row in of("orders", order).lines] == [8, 10]
    run("products", "change", thing, price="99", active=False)
    run("orders", "reopen", order)
    change(order, {"quantity": "13"}, {}, line(1, product=other))
    assert [row.price for row in of("orders", order).lines] == [8, 10, 10]
    told = {"lines.0.product": "This product is not active."}
    assert faults(lambda: run("orders", "confirm", order)) == told, "more of it is sold now"
    change(order, {"quantity": "4"}, {}, {})
    run("orders", "confirm", order)
    assert [(row.quantity, row.price) for row in of("orders", order).lines] == [(4, 8), (1, 10), (1, 10)]


def test_credit_is_asked_for_anew_where_it_comes_to_more():
    account = trade.customer(credit_limit="150")
    order = trade.order(account, line(1, 100))
    run("orders", "reopen", order)
    change(order, {"quantity": "2"})
    told = {"account": "The credit limit is 150.00; with this the customer would owe 242.00."}
    assert faults(lambda: run("orders", "confirm", order)) == told
    more = {"account": "The credit limit is 150.00; with this the customer would owe 243.21."}
    assert faults(lambda: trade.order(account, line(1, 1))) == more, "it counts meanwhile"
    run("accounts", "change", account, credit_limit="50")
    change(order, {"quantity": "1", "price": "90"})
    run("orders", "confirm", order)
    assert of("orders", order).total == D("108.90")


def test_who_delivers_while_somebody_changes_the_order_never_hands_over_what_is_not_in_it():
    for _ in range(6):
        order = trade.order(trade.customer(), line(5, 1))

        def less(order=order):
            run("orders", "reopen", order)
            change(order, {"quantity": "2"})
            run("orders", "confirm", order)

        answers = kernel.at_once(less, lambda order=order: run("orders", "deliver", order, issue=True))
        assert all(isinstance(one, (Invalid, IllegalMove)) for one in answers if isinstance(one, Exception)), answers
        if of("orders", order).status == "draft":
            run("orders", "confirm", order)
        to("orders", "deliver", order, issue=True)
        found = of("orders", order)
        assert found.delivered == "all"
        handed = [
            key
            for key, of_order in trade.columns(rules.resource_of("deliveries").table, "id", "order")
            if of_order == order
        ]
        assert sum(row.quantity for key in handed for row in of("deliveries", key).lines) == found.lines[0].quantity
    assert trade.disagreements() == []


def test_an_order_is_reopened_over_rest_by_whoever_may(trading):
    order = trade.order(trade.customer(), line(1, 5))
    client = crm.client(trading)
    answer = client.post(f"/api/v1/orders/{order}/reopen", json={})
    assert (answer.status_code, answer.json()["status"]) == (200, "draft")
    row = of("orders", order).lines[0]
    answer = client.patch(f"/api/v1/orders/{order}", json={"lines": [{"id": row.id, "quantity": "3"}]})
    assert (answer.status_code, answer.json()["net"]) == (200, "15.00")
    assert client.delete(f"/api/v1/orders/{order}").status_code == 409
    assert client.post(f"/api/v1/orders/{order}/confirm", json={}).json()["status"] == "confirmed"
    reader = kernel.user_with({"orders.read": "all", "orders.change": "all"})
    with pytest.raises(NotAllowed):
        run("orders", "reopen", order, reader)
