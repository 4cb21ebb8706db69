"""What is told at a line: past prices, lost quotes, stock, margin; and documents shared between salespeople."""

from decimal import Decimal

import pytest

from crm_app.core.errors import IllegalMove, Invalid, Refusal
from crm_app.services import line_facts, previews, records
from crm_app.services.actors import SYSTEM, Actor
from crm_app.services.work import Work
from tests.support import crm, trade
from tests.support.trade import customer, document, faults, invoice, line, product, run, to


def facts(key, account=None, who=SYSTEM):
    with Work(who) as work:
        return line_facts.of_product(work, key, account)


def seen(head, rows, who=SYSTEM):
    with Work(who) as work:
        return previews.preview(work, records.resource_of("quotes"), head, rows).lines


def test_the_last_prices_come_newest_first_to_this_customer_and_to_anyone(trading):
    anna, other, screw = customer(), customer(), product("10")
    days = [f"2026-0{month}-10" for month in range(1, 8)]
    for number, day in enumerate(days):
        document("invoices", anna, line(1, str(number + 1), screw), date=day)  # a draft says nothing
        invoice(anna, line(2, str(number + 1), screw), date=day)
    invoice(other, line(1, "99", screw, discount="5"), date="2026-07-11")
    found = facts(screw, anna)
    assert [row.price for row in found.to_customer] == trade.money("7", "6", "5", "4", "3")
    assert [row.price for row in found.to_anyone] == trade.money("99", "7", "6", "5", "4")
    assert (found.to_anyone[0].discount, found.to_customer[0].quantity) == (Decimal(5), Decimal(2))
    assert facts(screw).to_customer == []
    assert found.level is None


def test_a_line_that_is_opened_before_it_has_a_product_or_a_customer_tells_nothing(trading):
    for row in ({"quantity": "1", "open": True}, {"product": "", "open": True}, {"id": 2**63, "open": True}):
        (told,) = seen({}, [row])
        assert (told.margin, told.found) == (None, None)


def test_what_was_quoted_and_lost_says_why(trading):
    anna, screw = customer(), product("10")
    lost = document("quotes", anna, line(3, "8", screw))
    kept = document("quotes", anna, line(3, "7", screw))
    run("quotes", "send", lost)
    run("quotes", "send", kept)
    run("quotes", "decline", lost, reason="Too dear")
    assert [(row.document, row.price, row.reason) for row in facts(screw, anna).lost] == [
        (lost, Decimal(8), "Too dear")
    ]


def test_stock_is_told_where_it_is_kept_and_may_be_read(trading):
    screw = product("10", stocked=True)
    run("stock-moves", "create", product=screw, warehouse=trade.make("warehouses", name=f"W{screw}"), quantity="12")
    trade.order(customer(), line(5, None, screw))
    level = facts(screw).level
    assert (level.on_hand, level.reserved, level.available) == tuple(trade.money("12", "5", "7"))
    seller = Actor(user=trading, name="Seller", grants={"products.read": "all", "quotes.create": "all"})
    found = facts(screw, None, seller)
    assert (found.level, found.to_anyone, found.lost) == (None, [], [])


def test_who_may_not_read_the_product_learns_nothing(trading):
    screw = product("10")
    with pytest.raises(Refusal):
        facts(screw, None, Actor(user=trading, name="Nobody", grants={"quotes.create": "all"}))


def test_the_margin_is_told_of_an_opened_line_only(trading):
    anna, screw = customer(), product("10", cost="6", currency="EUR")
    rows = [{"product": screw, "quantity": "2", "open": True}, {"product": screw, "quantity": "2"}]
    assert [one.margin for one in seen({"account": anna}, rows)] == [(Decimal(6), Decimal(40)), None]


def test_a_barcode_finds_its_product_unless_two_bear_it(trading):
    one = product("10", barcode="8412345678905", code="BAR-one")
    for _ in range(2):
        product("10", barcode="8412345678912")
    found = seen({"account": customer()}, [{"find": "8412345678905"}, {"find": "bar-ONE"}, {"find": "8412345678912"}])
    assert [row.found.product and row.found.product[0] for row in found] == [one, one, None]


def test_of_many_pasted_names_some_are_looked_for_now_and_the_rest_the_next_time(trading):
    rows = [{"find": f"Nobody sells number {number} of these"} for number in range(60)]
    rows.append({"find": "BAR-late"})
    late = product("10", code="BAR-late")
    found = [row.found for row in seen({"account": customer()}, rows)]
    assert [one is None for one in found] == [False] * 50 + [True] * 10 + [False]
    assert (found[0], found[-1].product[0]) == (previews.Found(), late)
    again = [row.found for row in seen({"account": customer()}, rows[50:60])]
    assert again == [previews.Found()] * 10


def test_a_pasted_name_that_several_products_have_is_told_and_figures_are_no_name(trading):
    first, _ = (
        trade.make("products", name=f"Ambiguous clamp 60 x 60 {size}", price="10") for size in ("small", "large")
    )
    wanted = ("ambiguous clamp", "clamp small", "60", "Ambiguous clamp 60 x 60 small", "nothing of the kind")
    found = [row.found for row in seen({"account": customer()}, [{"find": text} for text in wanted])]
    told = [(one.product and one.product[0], one.several) for one in found]
    assert told == [(None, True), (first, False), (None, False), (first, False), (None, False)]


# ---- shares


def split(anna, luis, first="60", second="40"):
    return [{"person": anna, "percent": first}, {"person": luis, "percent": second}]


@pytest.fixture(scope="module")
def people(trading):
    return trading, crm.member("luis@example.com", "Sales")


def test_shares_travel_along_the_chain_and_are_exact_to_the_cent(trading, people):
    quote = document("quotes", customer(), line(1, "100.01"), shares=split(*people))
    amounts = lambda resource, key: [row.amount for row in shares(resource, key)]  # noqa: E731
    assert amounts("quotes", quote) == trade.money("60.01", "40.00")
    order = to("quotes", "order", quote)
    run("orders", "confirm", order)
    note = to("orders", "deliver", order, issue=True)
    bill = to("deliveries", "invoice", note, issue=True)
    credit = to("invoices", "credit", bill)
    for resource, key in (("orders", order), ("deliveries", note), ("invoices", bill), ("invoices", credit)):
        assert amounts(resource, key) == trade.money("60.01", "40.00")
    assert trade.disagreements() == []
    with pytest.raises((IllegalMove, Invalid)):
        run("invoices", "change", bill, shares=[])


def test_shares_follow_the_lines(trading, people):
    quote = document("quotes", customer(), line(1, "100"), shares=split(*people, "33.3333", "66.6667"))
    run("quotes", "change", quote, lines=[line(1, "0.10")])
    assert [row.amount for row in shares("quotes", quote)] == trade.money("0.03", "0.07")
    run("quotes", "change", quote, shares=split(*people, "50", "50"))
    assert [row.amount for row in shares("quotes", quote)] == trade.money("0.05", "0.05")


@pytest.mark.parametrize(
    ("percents", "where"),
    [(("60", "30"), "shares.1.percent"), (("0", "100"), "shares.0.percent"), (("-20", "120"), "shares.0.percent"),
     (("NaN", "40"), "shares.0.percent"), (("", "100"), "shares.0.percent")],
)  # fmt: skip
def test_shares_that_are_not_a_hundred_percent_are_refused_at_their_cell(trading, people, percents, where):
    given = split(*people, *percents)
    assert where in faults(lambda: document("quotes", customer(), line(1, "1"), shares=given))


def test_nobody_has_two_shares(trading, people):
    given = split(people[0], people[0])
    assert list(faults(lambda: document("quotes", customer(), line(1, "1"), shares=given))) == ["shares.1.person"]


def shares(resource, key):
    from types import SimpleNamespace

    with Work(SYSTEM) as work:
        item = records.one(work, records.resource_of(resource), key)
    return [SimpleNamespace(**row.values) for row in item.lines["shares"]]
