"""One click does what is left: quotes, orders, delivery notes, invoices and credit notes, in parts, never twice."""

from decimal import Decimal

import pytest

from crm_app.core.errors import IllegalMove
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.services import actions, chain, ledger
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import trade
from tests.support.trade import line, of, picked, run, to

D = Decimal


def progress(resource, key):
    found = of(resource, key)
    return tuple(getattr(found, name) for name in ("ordered", "delivered", "invoiced") if hasattr(found, name))


def sums(resource, key):
    """The ledger of each line of the document, as plain numbers."""
    with Work(SYSTEM) as work:
        keys = [row.id for row in of(resource, key).lines]
        found = ledger.sums(work, resource, keys)
    return [{name: int(value) for name, value in sorted(found[row].items())} for row in keys]


def kept(table, key):
    """The snapshot of an issued document."""
    rows = trade.columns(DocumentSnapshot, "entity", "record", "content")
    return next(content for entity, record, content in rows if (entity, record) == (table, key))


def test_the_whole_chain_keeps_its_quantities_and_its_words(trading):
    account = trade.customer(street="Calle Real 1", city="Ágreda", region="Soria")
    goods, work = trade.product("20", unit="box"), trade.product("60", kind="service")
    quote = trade.document(
        "quotes", account, line(10, product=goods, group="Stage one"), line(2, product=work, discount="25"), line(1, 5, choice="optional"),
        reference="PO-77", notes="Thank you", terms="Terms of sale",
    )  # fmt: skip
    order = to("quotes", "order", quote)
    assert progress("quotes", quote) == ("all", "none")
    run("orders", "confirm", order)
    note = to("orders", "deliver", order)
    run("deliveries", "issue", note)
    invoice = to("deliveries", "invoice", note)
    run("invoices", "issue", invoice)
    said = ("description", "unit", "quantity", "price", "discount", "tax_class", "group", "product", "net", "cost")
    heads = (
        "account",
        "account_name",
        "reference",
        "notes",
        "terms",
        "currency",
        "rate",
        "ship_name",
        "ship_region",
        "net",
        "tax",
        "total",
    )
    first = of("quotes", quote)
    assert first.ship_region == kept("delivery_note", note)["delivery_address"]["region"] == "Soria"
    for resource, key in (("orders", order), ("deliveries", note), ("invoices", invoice)):
        found = of(resource, key)
        assert [[getattr(row, name) for name in said] for row in found.lines] == [
            [getattr(row, name) for name in said] for row in first.lines[:2]
        ]
        assert [getattr(found, name) for name in heads] == [getattr(first, name) for name in heads]
    last = of("invoices", invoice)
    assert (last.quote, last.order, last.delivery) == (quote, order, note)
    assert sums("quotes", quote) == [
        {"delivered": 10, "invoiced": 10, "ordered": 10}, {"delivered": 2, "invoiced": 2, "ordered": 2}, {},
    ]  # fmt: skip
    assert progress("quotes", quote) == ("all", "all")
    assert progress("orders", order) == ("all", "all")
    assert progress("deliveries", note) == ("all",)


def test_a_second_click_gets_the_first_ones_document(trading):
    quote = trade.document("quotes", trade.customer(), line(1, 100))
    invoice = to("quotes", "invoice", quote)
    before = trade.count("invoices")
    assert to("quotes", "invoice", quote) == invoice
    assert to("quotes", "invoice", quote, issue=True) == invoice
    assert trade.count("invoices") == before
    order = trade.order(trade.customer(), line(1, 100))
    assert to("orders", "deliver", order) == to("orders", "deliver", order)


def test_a_cancelled_or_removed_draft_leaves_everything_to_be_done_again(trading):
    order = trade.order(trade.customer(), line(3, 100))
    first = to("orders", "invoice", order)
    run("invoices", "cancel", first)
    assert progress("orders", order) == ("none", "none")
    second = to("orders", "invoice", order)
    assert second != first
    assert progress("orders", order) == ("none", "none"), "a draft has charged nothing yet"
    assert to("orders", "invoice", order) == second, "and what stands in it is not left to another"
    run("invoices", "remove", second)
    assert progress("orders", order) == ("none", "none")


def test_parts_by_lines_and_by_percent_until_nothing_is_left(trading):
    order = trade.order(trade.customer(), line(10, 7), line(4, 100))
    note = to("orders", "deliver", order, lines=picked("orders", order, "2.5"), issue=True)
    assert [row.quantity for row in of("deliveries", note).lines] == [D("2.5")]
    assert progress("orders", order) == ("partly", "none")
    half = to("orders", "invoice", order, percent="50")
    assert [row.quantity for row in of("invoices", half).lines] == trade.money("5", "2")
    third = to("orders", "invoice", order, percent="33.3333")
    assert [row.quantity for row in of("invoices", third).lines] == trade.money("3.33333", "1.333332")
    last = to("orders", "invoice", order)
    assert [row.quantity for row in of("invoices", last).lines] == trade.money("1.66667", "0.666668")
    for key in (half, third, last):
        run("invoices", "issue", key)
    assert progress("orders", order) == ("partly", "all")
    assert sum(of("invoices", key).net for key in (half, third, last)) == of("orders", order).net


def test_more_than_is_left_is_refused_at_its_line(trading):
    order = trade.order(trade.customer(), line(10, 7), line(1, 100))
    to("orders", "invoice", order, lines=picked("orders", order, 8))
    before = trade.count("invoices")

    def refused(**values):
        return trade.faults(lambda: run("orders", "invoice", order, **values))

    assert refused(lines=picked("orders", order, 3)) == {"lines.0.quantity": "At most 2 is left."}
    assert list(refused(lines=picked("orders", order, 0))) == ["lines.0.quantity"]
    assert list(refused(lines=picked("orders", order, -1))) == ["lines.0.quantity"]
    assert list(refused(lines=picked("orders", order, "many"))) == ["lines.0.quantity"]
    assert list(refused(lines=[{"line": 10**9, "quantity": "1"}])) == ["lines.0.line"]
    assert list(refused(lines=picked("orders", order, 1) * 2)) == ["lines.1.line"]
    assert list(refused(lines="all")) == ["lines"]
    assert refused(lines=[]) == {"": "Nothing is left of this."}
    assert [list(refused(percent=value)) for value in ("0", "-5", "101", "x")] == [["percent"]] * 4
    assert trade.count("invoices") == before
    assert sums("orders", order) == [{"invoiced": 8}, {}]


def test_a_draft_that_grows_over_what_is_left_is_not_issued(trading):
    order = trade.order(trade.customer(), line(10, 7))
    first = to("orders", "invoice", order, lines=picked("orders", order, 4))
    second = to("orders", "invoice", order)
    run("invoices", "issue", second)
    key = of("invoices", first).lines[0].id
    run("invoices", "change", first, lines=[{"id": key, "quantity": "5"}])
    assert trade.faults(lambda: run("invoices", "issue", first)) == {"lines.0.quantity": "At most 4 is left."}
    run("invoices", "change", first, lines=[{"id": key, "quantity": "4"}])
    assert of("invoices", run("invoices", "issue", first).id).number


def test_what_the_order_invoiced_is_not_invoiced_again_by_its_notes_nor_by_its_quote(trading):
    quote = trade.document("quotes", trade.customer(), line(10, 7))
    order = to("quotes", "order", quote)
    run("orders", "confirm", order)
    note = to("orders", "deliver", order, lines=picked("orders", order, 6), issue=True)
    to("orders", "invoice", order, lines=picked("orders", order, 7), issue=True)
    assert progress("deliveries", note) == ("partly",)
    assert [row.quantity for row in of("invoices", to("deliveries", "invoice", note, issue=True)).lines] == [D(3)]
    assert (progress("orders", order), progress("deliveries", note), progress("quotes", quote)) == (
        ("partly", "all"),
        ("all",),
        ("all", "all"),
    )
    assert of("quotes", quote).invoiced == "all"
    another = trade.document("quotes", trade.customer(), line(5, 7))
    ordered = to("quotes", "order", another)
    run("orders", "confirm", ordered)
    rest = to("quotes", "invoice", another)
    assert trade.faults(lambda: run("orders", "invoice", ordered)) == {"": "Nothing is left of this."}
    run("invoices", "issue", rest)
    assert progress("orders", ordered) == ("none", "all")


def test_more_delivered_than_ordered_is_invoiced_as_it_was_delivered(trading):
    order = trade.order(trade.customer(), line(10, 7))
    note = to("orders", "deliver", order)
    key = of("deliveries", note).lines[0].id
    run("deliveries", "change", note, lines=[{"id": key, "quantity": "10.4"}])
    run("deliveries", "issue", note, confirm=True)
    invoice = to("deliveries", "invoice", note, issue=True)
    assert [row.quantity for row in of("invoices", invoice).lines] == [D("10.4")]


def test_many_orders_and_many_notes_become_one_invoice(trading):
    account = trade.customer()
    orders = [trade.order(account, line(number, 10), line(1, 1)) for number in (1, 2, 3)]
    first, *rest = orders
    invoice = to("orders", "invoice", first, also=rest, issue=True)
    found = of("invoices", invoice)
    assert [row.quantity for row in found.lines] == trade.money("1", "1", "2", "1", "3", "1")
    assert (found.net, found.order) == (D(63), None)
    assert {progress("orders", key) for key in orders} == {("none", "all")}
    notes = [to("orders", "deliver", key, issue=True) for key in orders]
    assert trade.faults(lambda: run("deliveries", "invoice", notes[0], also=notes[1:])) == {
        "": "Nothing is left of this."
    }
    more = [trade.order(account, line(2, 5)) for _ in range(2)]
    note = to("orders", "deliver", more[0], also=[more[1]])
    assert len(of("deliveries", note).lines) == 2


def test_documents_of_two_customers_or_currencies_do_not_go_together(trading):
    trade.make("exchange-rates", currency="USD", day="2020-01-01", rate="0.9")
    account = trade.customer()
    euros, dollars = trade.order(account, line(1, 1)), trade.order(account, line(1, 1), currency="USD")
    stranger, draft = trade.order(trade.customer(), line(1, 1)), trade.document("orders", account, line(1, 1))
    text = {"": "Only documents of one customer in one currency go into one."}
    for other in (dollars, stranger):
        assert trade.faults(lambda other=other: run("orders", "invoice", euros, also=[other])) == text
    with pytest.raises(IllegalMove):
        run("orders", "invoice", euros, also=[draft])
    for bad in ("all", [True], ["1"], list(range(1, 300))):
        assert list(trade.faults(lambda bad=bad: run("orders", "invoice", euros, also=bad))) == ["also"]


def test_a_return_is_not_invoiced_and_a_credit_note_gives_the_quantity_back(trading):
    order = trade.order(trade.customer(), line(10, 7))
    note = to("orders", "deliver", order, issue=True)
    back = to("deliveries", "return", note, lines=picked("deliveries", note, 4))
    run("deliveries", "issue", back)
    assert of("deliveries", back).kind == "return"
    assert kept("delivery_note", back)["kind"] == "return"
    assert [one["kind"] for one in kept("delivery_note", back)["origins"]] == ["order", "delivery"]
    assert sums("orders", order) == [{"delivered": 10, "returned": 4}]
    assert progress("orders", order) == ("partly", "none")
    assert list(trade.faults(lambda: run("deliveries", "invoice", back))) == [""]
    invoice = to("deliveries", "invoice", note, issue=True)
    assert of("invoices", invoice).net == D(42)
    assert progress("deliveries", note) == ("all",)
    assert trade.faults(lambda: run("deliveries", "return", note, lines=picked("deliveries", note, 7))) == {
        "lines.0.quantity": "At most 6 is left."
    }
    credit = to("invoices", "credit", invoice, lines=picked("invoices", invoice, 2), issue=True)
    assert (of("invoices", credit).kind, of("invoices", credit).net, of("invoices", credit).corrects) == (
        "credit_note",
        D(14),
        invoice,
    )
    assert sums("invoices", invoice) == [{"credited": 2}]
    assert progress("deliveries", note) == ("partly",)
    rest = to("invoices", "credit", invoice, issue=True)
    assert of("invoices", rest).lines[0].quantity == D(4)
    assert to("invoices", "credit", invoice) == rest, "nothing is left: the one made before"
    assert list(trade.faults(lambda: run("invoices", "credit", rest))) == [""]


def test_a_return_or_credit_that_grows_over_the_original_is_not_issued(trading):
    order = trade.order(trade.customer(), line(3, 7))
    note = to("orders", "deliver", order, issue=True)
    back = to("deliveries", "return", note)
    run("deliveries", "change", back, lines=[{"id": of("deliveries", back).lines[0].id, "quantity": "4"}])
    assert trade.faults(lambda: run("deliveries", "issue", back)) == {"lines.0.quantity": "At most 3 is left."}
    invoice = trade.invoice(trade.customer(), line(3, 7))
    credit = to("invoices", "credit", invoice)
    run("invoices", "change", credit, lines=[{"id": of("invoices", credit).lines[0].id, "quantity": "4"}])
    assert trade.faults(lambda: run("invoices", "issue", credit)) == {"lines.0.quantity": "At most 3 is left."}


def test_undo_of_a_conversion_leaves_everything_to_be_done_again(trading):
    order = trade.order(trade.customer(), line(3, 7))
    made = run("orders", "deliver", order)
    assert sums("orders", order) == [{"delivered": 3}]
    actions.undo(SYSTEM, made.change_set)
    assert sums("orders", order) == [{}]
    assert progress("orders", order) == ("none", "none")
    made = run("orders", "deliver", order)
    run("deliveries", "issue", made.result["id"])
    again = run("deliveries", "invoice", made.result["id"])
    assert (progress("orders", order), sums("orders", order)) == (("all", "none"), [{"delivered": 3, "invoiced": 3}])
    actions.undo(SYSTEM, again.change_set)
    assert progress("orders", order) == ("all", "none")
    issued = run("orders", "invoice", order, issue=True)
    with pytest.raises(IllegalMove):
        actions.undo(SYSTEM, issued.change_set)
    assert of("invoices", issued.result["id"]).number, "what has a number is credited, not undone"


def test_undo_takes_a_decision_back_but_no_number(trading):
    quote = trade.document("quotes", trade.customer(), line(3, 7))
    sent = run("quotes", "send", quote)
    with pytest.raises(IllegalMove):
        actions.undo(SYSTEM, sent.change_set)
    ordered = run("quotes", "order", quote)
    confirmed = run("orders", "confirm", ordered.result["id"])
    with pytest.raises(IllegalMove):
        actions.undo(SYSTEM, confirmed.change_set)
    held = run("orders", "hold", ordered.result["id"])
    actions.undo(SYSTEM, held.change_set)
    assert of("orders", ordered.result["id"]).status == "confirmed"
    second = trade.document("quotes", trade.customer(), line(3, 7))
    run("quotes", "send", second)
    made = run("quotes", "order", second)
    actions.undo(SYSTEM, made.change_set)
    assert (of("quotes", second).status, progress("quotes", second)) == ("sent", ("none", "none"))
    assert to("quotes", "order", second)


def test_an_accepted_quote_stays_as_it_was_sent(trading):
    account = trade.customer(street="Old street 1")
    quote = trade.document("quotes", account, line(2, 50))
    run("quotes", "send", quote)
    run("accounts", "change", account, street="New street 2", name="New name")
    order = to("quotes", "order", quote)
    snapshots = [
        content for entity, record, content in trade.columns(DocumentSnapshot, "entity", "record", "content")
        if (entity, record) == ("quote", quote)
    ]  # fmt: skip
    assert [content["customer"]["street"] for content in snapshots] == ["Old street 1"]
    assert of("orders", order).account_name == of("quotes", quote).account_name != "New name"


def test_a_revision_keeps_the_number_and_the_one_before(trading):
    quote = trade.document("quotes", trade.customer(), line(2, 50), line(1, 9, choice="optional"))
    run("quotes", "send", quote)
    second = to("quotes", "revise", quote)
    assert to("quotes", "revise", quote) == second, "one next version"
    run("quotes", "change", second, lines=[{"id": of("quotes", second).lines[0].id, "price": "45"}])
    run("quotes", "send", second)
    third = to("quotes", "revise", second)
    run("quotes", "accept", third)
    number = of("quotes", quote).number
    assert [of("quotes", key).number for key in (second, third)] == [f"{number}-v2", f"{number}-v3"]
    assert [(of("quotes", key).revision, of("quotes", key).net) for key in (quote, second, third)] == [
        (1, D(100)),
        (2, D(90)),
        (3, D(90)),
    ]
    assert of("quotes", third).before == second


def test_states_that_do_not_allow_a_verb_refuse_it_by_name(trading):
    account = trade.customer()
    order = trade.document("orders", account, line(1, 1))
    with pytest.raises(IllegalMove) as caught:
        run("orders", "invoice", order)
    assert caught.value.open_moves == ("confirm", "cancel")
    run("orders", "confirm", order)
    note = to("orders", "deliver", order)
    run("orders", "hold", order)
    for verb in ("deliver", "invoice"):
        with pytest.raises(IllegalMove):
            run("orders", verb, order)
    assert list(trade.faults(lambda: run("deliveries", "issue", note))) == [""]
    run("orders", "release", order)
    run("deliveries", "issue", note)
    assert "delivered or invoiced" in trade.faults(lambda: run("orders", "cancel", order))[""]
    run("deliveries", "sign", note, name="Marta")
    assert of("deliveries", note).signed_by == "Marta"
    run("orders", "close", order)
    assert to("deliveries", "invoice", note)


def test_rows_are_locked_once_and_in_order(trading):
    account = trade.customer()
    keys = [trade.order(account, line(1, 1)) for _ in range(3)]
    with Work(SYSTEM, "orders.invoice") as work:
        assert [row.id for row in chain.rows_of(work, "orders", "invoice", [keys[2], keys[0], keys[2]])] == [
            keys[0],
            keys[2],
        ]
