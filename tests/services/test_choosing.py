"""The choice before a document is carried on: what is left, what goes along, what it comes to; and nothing is left behind."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.errors import Missing
from crm_app.core.i18n import Speech
from crm_app.models.accounts import Account
from crm_app.models.deliveries import DELIVERIES
from crm_app.models.invoices import INVOICES
from crm_app.models.orders import ORDERS
from crm_app.models.quotes import QUOTES
from crm_app.services import carried, choosing
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.choosing import share_text, typed
from tests.support import trade
from tests.support.trade import faults, line, of, run, to

D = Decimal


def left(resource, verb, *keys):
    with Work(SYSTEM) as work:
        return [(one.text, one.left) for one in choosing.offers(work, resource, verb, keys)]


def beside(resource, verb, key):
    with Work(SYSTEM) as work:
        return [one.id for one in choosing.others(work, resource, verb, key)]


def issued(account, *lines):
    """A delivery note that went out."""
    note = to("orders", "deliver", trade.order(account, *lines))
    run("deliveries", "issue", note)
    return note


def test_what_is_left_is_offered_line_by_line_of_every_verb(trading):
    account = trade.customer()
    order = trade.order(account, line(5, 10, description="Bolts"), line(2, 40, description="Hours"))
    lines = of("orders", order).lines
    run("orders", "deliver", order, lines=[{"line": lines[0].id, "quantity": "3"}])
    assert left(ORDERS, "deliver", order) == [("Bolts", D(2)), ("Hours", D(2))]
    assert left(ORDERS, "invoice", order) == [("Bolts", D(5)), ("Hours", D(2))]
    invoice = trade.invoice(account, line(4, 10, description="Bolts"))
    run("invoices", "credit", invoice, lines=[{"line": of("invoices", invoice).lines[0].id, "quantity": "1"}])
    assert left(INVOICES, "credit", invoice) == [("Bolts", D(3))]
    note = issued(account, line(6, 1, description="Boxes"))
    run("deliveries", "return", note, percent="50")
    assert left(DELIVERIES, "return", note) == [("Boxes", D(3))]


def test_the_sum_of_a_choice_is_that_of_the_document_and_leaves_nothing_behind(trading):
    account = trade.customer()
    order = trade.order(account, line(5, 10), line(2, 40))
    first = of("orders", order).lines[0].id
    before = trade.count("invoices"), of("orders", order).invoiced
    chosen = {"lines": [{"line": first, "quantity": "3"}]}
    assert choosing.weigh(SYSTEM, ORDERS, "invoice", order, chosen) == choosing.Sum(D(30), D("6.3"), D("36.3"), "EUR")
    assert choosing.weigh(SYSTEM, ORDERS, "invoice", order, {"percent": "50"}).net == D(65)
    assert choosing.weigh(SYSTEM, ORDERS, "invoice", order, {"deposit": "30"}).net == D(39)
    assert (trade.count("invoices"), of("orders", order).invoiced) == before
    assert of("invoices", to("orders", "invoice", order, **chosen)).total == D("36.3")


def test_a_draft_quote_that_is_weighed_draws_no_number(trading):
    quote = trade.document("quotes", trade.customer(), line(1, 100))
    run("quotes", "send", quote)
    number = of("quotes", quote).number
    revised = to("quotes", "revise", quote)
    assert choosing.weigh(SYSTEM, QUOTES, "order", revised, {}).net == D(100)
    assert (of("quotes", quote).number, of("quotes", revised).number) == (number, None)


def test_a_wrong_quantity_is_refused_at_its_line_before_anything_is_made(trading):
    order = trade.order(trade.customer(), line(5, 10), line(2, 40))
    lines = [row.id for row in of("orders", order).lines]
    for text, told in (
        ("6", "At most 5 is left."),
        ("0", "Write a number above zero."),
        ("-1", "Write a number above zero."),
        ("x", "Write a number such as 1234.56."),
    ):
        chosen = {"lines": [{"line": lines[1], "quantity": "1"}, {"line": lines[0], "quantity": text}]}
        assert faults(lambda chosen=chosen: choosing.weigh(SYSTEM, ORDERS, "invoice", order, chosen)) == {
            "lines.1.quantity": told
        }
    both = [{"line": key, "quantity": "9"} for key in lines]
    assert list(faults(lambda: choosing.weigh(SYSTEM, ORDERS, "invoice", order, {"lines": both}))) == [
        "lines.0.quantity", "lines.1.quantity",
    ]  # fmt: skip
    assert of("orders", order).invoiced == "none"


@pytest.mark.parametrize(
    ("language", "text"), [("es", "1,125"), ("es", "1.000,125"), ("es", "2.500"), ("en", "1.125"), ("en", "1,000.125")]
)
def test_a_share_is_typed_with_the_decimal_mark_that_is_shown(language, text):
    whole = {"1,125": "1.125", "1.125": "1.125", "2.500": "2500"}.get(text, "1000.125")
    assert typed(text, Speech(language)) == whole
    offer = choosing.Offer(1, "", "", "", D(5), D("1.1250"))
    assert typed(share_text(offer, Speech(language)), Speech(language)) == "1.125"


def test_what_is_weighed_is_never_issued(trading):
    """A date before the last number stands against issuing, not against asking what a draft would come to."""
    account = trade.customer()
    trade.invoice(account, line(1, 1))
    quote, invoices = trade.document("quotes", account, line(1, 100)), trade.count("invoices")
    chosen = {"percent": "50", "issue": True, "date": "1999-01-01"}
    assert choosing.weigh(SYSTEM, QUOTES, "invoice", quote, chosen).net == D(50)
    assert (trade.count("invoices"), of("quotes", quote).number) == (invoices, None)


def test_open_documents_of_the_same_customer_and_currency_are_offered_beside(trading):
    account = trade.customer()
    note, other = issued(account, line(1, 10)), issued(account, line(2, 20))
    done = issued(account, line(1, 5))
    run("deliveries", "invoice", done)
    issued(trade.customer(), line(1, 10))
    run("deliveries", "return", note, percent="100")
    assert beside(DELIVERIES, "invoice", note) == [other]
    assert beside(DELIVERIES, "return", note) == []
    assert [text for text, _ in left(DELIVERIES, "invoice", note, other)] == ["Work"]
    assert choosing.weigh(SYSTEM, DELIVERIES, "invoice", other, {}).net == D(40)


def test_documents_of_two_customers_do_not_go_into_one(trading):
    note, stranger = issued(trade.customer(), line(1, 10)), issued(trade.customer(), line(1, 10))
    before = trade.count("invoices")
    refused = faults(lambda: run("deliveries", "invoice", note, also=[stranger]))
    assert refused == {"": "Only documents of one customer in one currency go into one."}
    assert trade.count("invoices") == before


def test_a_verb_that_carries_nothing_on_offers_no_lines(trading):
    order = trade.order(trade.customer(), line(1, 10))
    with pytest.raises(Missing):
        left(ORDERS, "close", order)
    with pytest.raises(Missing):
        choosing.weigh(SYSTEM, ORDERS, "close", order, {})
    with pytest.raises(Missing):
        left(ORDERS, "invoice", 2**40)


def test_a_deposit_can_be_an_amount_that_falls_to_the_tax_classes_without_losing_a_cent(trading):
    order = trade.order(trade.customer(), line(3, "33.33"), line(1, "50", tax_class="reduced"))
    weighed = choosing.weigh(SYSTEM, ORDERS, "invoice", order, {"deposit_amount": "100"})
    assert weighed.net == D(100)
    deposit = of("invoices", to("orders", "invoice", order, deposit_amount="100.01", issue=True))
    number = of("orders", order).number
    assert [(row.description, row.net) for row in deposit.lines] == [
        (f"Deposit on {number}", D("66.67")),
        (f"Deposit on {number}", D("33.34")),
    ]
    rest = of("invoices", to("orders", "invoice", order, issue=True))
    assert (deposit.net + rest.net, rest.net) == (D("149.99"), D("49.98"))
    with_taxes = trade.order(trade.customer(), line(1, "121"), included=True)
    assert of("invoices", to("orders", "invoice", with_taxes, deposit_amount="60.50")).total == D("60.50")


def test_a_deposit_that_cannot_be_says_why(trading):
    order = trade.order(trade.customer(), line(1, 100))
    for values, told in (
        ({"deposit_amount": "0"}, {"deposit_amount": "Write a number above zero."}),
        ({"deposit_amount": "-5"}, {"deposit_amount": "Write a number above zero."}),
        ({"deposit_amount": "100.01"}, {"deposit_amount": "At most 100.00 is left."}),
        ({"deposit_amount": "1.001"}, {"deposit_amount": "This currency has fewer decimals."}),
        ({"deposit_amount": "x"}, {"deposit_amount": "Write a number such as 1234.56."}),
        (
            {"deposit": "10", "deposit_amount": "10"},
            {"deposit": "A deposit is a percentage or an amount of a quote or a sales order."},
        ),
    ):
        assert faults(lambda values=values: run("orders", "invoice", order, **values)) == told, values
    quote = trade.document("quotes", trade.customer(), line(1, "100.01"))
    run("quotes", "accept", quote)
    first = to("quotes", "invoice", quote, deposit="50", issue=True)
    order = to("quotes", "order", quote)
    run("orders", "confirm", order)
    assert faults(lambda: run("orders", "invoice", order, deposit="60")) == {"deposit": "At most 50.00 is left."}
    second = to("orders", "invoice", order, deposit="50")
    assert [of("invoices", key).net for key in (first, second)] == trade.money("50.01", "50.00")
    more = {"deposit_amount": "0.01"}
    assert faults(lambda: run("orders", "invoice", order, **more)) == {"deposit_amount": "At most 0.00 is left."}
    run("invoices", "cancel", second)
    to("invoices", "credit", first, issue=True)
    assert of("invoices", to("orders", "invoice", order, deposit="100")).net == D("100.01")

    order = trade.order(trade.customer(), line(1, 100))
    other = trade.order(trade.customer(), line(1, 100))
    assert list(faults(lambda: run("orders", "invoice", order, also=[other], deposit_amount="1"))) == ["deposit_amount"]
    note = issued(trade.customer(), line(1, 10))
    assert list(faults(lambda: run("deliveries", "invoice", note, deposit_amount="1"))) == ["deposit_amount"]


def test_what_a_choice_comes_to_is_told_while_somebody_else_saves(trading):
    account = trade.customer()
    quote = trade.document("quotes", account, line(2, 100))
    run("quotes", "send", quote)
    order, note = trade.order(account, line(5, 10)), issued(account, line(3, 7))
    deposited = trade.order(account, line(1, 100))
    to("orders", "invoice", deposited, deposit="30", issue=True)
    invoice = trade.invoice(account, line(4, 9))
    asked = [
        (QUOTES, "order", quote, {}, D(200)),
        (QUOTES, "invoice", quote, {"percent": "50"}, D(100)),
        (ORDERS, "deliver", order, {"percent": "40"}, D(20)),
        (ORDERS, "invoice", order, {"deposit_amount": "12"}, D(12)),
        (DELIVERIES, "invoice", note, {}, D(21)),
        (DELIVERIES, "return", note, {}, D(21)),
    ]
    with Work(SYSTEM, "accounts.change") as saving:
        saving.session.get(Account, account).notes = "Calls on Mondays"
        saving.session.flush()
        for resource, verb, key, values, net in asked:
            assert choosing.weigh(SYSTEM, resource, verb, key, values).net == net, (resource.name, verb)
    locks = []

    def seen(_connection, _cursor, statement, *_more):
        locks.append("FOR UPDATE" in statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", seen)
    for resource, verb, key, values, net in asked:
        assert choosing.weigh(SYSTEM, resource, verb, key, values).net == net
    sa.event.remove(sa.Engine, "before_cursor_execute", seen)
    assert locks
    assert not any(locks), "nobody who changes these documents waits for who asks"
    # what it comes to follows from what is written first
    assert choosing.weigh(SYSTEM, ORDERS, "invoice", deposited, {}).net == D(70)
    assert choosing.weigh(SYSTEM, INVOICES, "credit", invoice, {"percent": "25"}).net == D(9)


def test_an_option_is_offered_and_goes_along_where_it_is_chosen(trading):
    account = trade.customer()
    quote = trade.document(
        "quotes", account, line(5, 10, description="Bolts"), line(2, 40, description="Setup", choice="optional"),
        line(5, 12, description="Better bolts", choice="alternative"),
    )  # fmt: skip
    with Work(SYSTEM) as work:
        for verb in ("order", "invoice"):
            found = choosing.offers(work, QUOTES, verb, [quote])
            assert [(one.text, one.choice) for one in found] == [
                ("Bolts", "firm"), ("Setup", "optional"), ("Better bolts", "alternative"),
            ]  # fmt: skip
    setup = of("quotes", quote).lines[1].id
    chosen = {"lines": [{"line": setup, "quantity": "2"}]}
    assert choosing.weigh(SYSTEM, QUOTES, "order", quote, chosen).net == D(80)
    first = to("quotes", "order", quote, **chosen)
    assert [(row.description, row.quantity) for row in of("orders", first).lines] == [("Setup", D(2))]
    run("orders", "confirm", first)
    assert of("quotes", quote).ordered == "partly", "what was taken counts, and the rest is still to be ordered"
    rest = to("quotes", "order", quote)
    assert [row.description for row in of("orders", rest).lines] == ["Bolts"], "an option goes along by name only"
    run("orders", "confirm", rest)
    assert of("quotes", quote).ordered == "all"
    assert faults(lambda: run("quotes", "order", quote, **chosen)) == {"lines.0.line": "Nothing of this line is left."}
    to("orders", "invoice", first, issue=True)
    assert of("quotes", quote).invoiced == "partly"
    to("orders", "invoice", rest, issue=True)
    assert of("quotes", quote).invoiced == "all"
    with Work(SYSTEM) as work:
        assert carried.wrong(work) == 0
