"""Views that a list has by itself say the same as the badges; its sums are exact, and nobody's who may not read them."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.errors import IllegalMove, Invalid
from crm_app.core.i18n import feminine, translate
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.models.deliveries import DeliveryNote
from crm_app.models.invoices import Invoice
from crm_app.models.orders import SalesOrder
from crm_app.models.quotes import Quote
from crm_app.services import boards, carried, records, standings, sums, views
from crm_app.services import trade as rules
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work, column_of
from tests.support import crm, kernel, trade

pytestmark = pytest.mark.usefixtures("trading")
_titles = {"Overdue": "Overdue", "Partly paid": "Partly paid", "Paid": "Paid"}


def today():
    with Work(SYSTEM) as work:
        return rules.today(work)


@pytest.fixture(scope="module")
def invoices(trading):
    """Of one customer: open, overdue, partly paid and overdue, paid, draft, a credit note that was not set off, dollars."""
    account, late = trade.customer(), today() - timedelta(days=40)
    old = {"date": late.isoformat(), "due": (late + timedelta(days=1)).isoformat()}
    keys = {
        "overdue": trade.invoice(account, trade.line(3, "33.33"), **old),
        "open": trade.invoice(account, trade.line(1, "100")),
        "draft": trade.document("invoices", account, trade.line(1, "7")),
        "partly": trade.invoice(account, trade.line(1, "50")),
        "paid": trade.invoice(account, trade.line(1, "20")),
        "dollars": trade.invoice(account, trade.line(1, "10.01"), currency="USD", rate="1.1"),
    }
    trade.run("invoices", "pay", keys["partly"], amount="10")
    trade.run("invoices", "pay", keys["paid"])
    return account, keys


def found(resource, title, *filters):
    """The ids that the view of that title finds."""
    kind = RESOURCES.get(resource)
    view = next(one for one in kind.views if one.title.partition("\x04")[0] == title)
    query = Query(filters=(*view.query.filters, *filters), size=500)
    with Work(kernel.actor(crm.FOUNDER)) as work:  # whose today is the company's
        return {item.id for item in records.page(work, kind, query).items}


def test_every_view_of_every_list_can_be_read_and_counted(trading):
    seen = 0
    with Work(SYSTEM) as work:
        for resource in RESOURCES:
            own = views.ready(work, resource)
            assert views.counts(work, resource, own).keys() == {-place for place in range(1, len(own) + 1)}
            for view in own:
                records.page(work, resource, RESOURCES.get(resource.name).views[-view.id - 1].query)
            seen += len(own)
    assert seen >= 18


def test_a_view_of_invoices_finds_those_that_wear_its_badge(invoices):
    account, _ = invoices
    kind, day = RESOURCES.get("invoices"), today()
    with Work(SYSTEM) as work:
        page = records.page(
            work, kind, Query(filters=(Filter("account", "eq", str(account)),)), columns=tuple(kind.fields)
        )
    worn = {item.id: {one.text for one in standings.of(kind, item.values, day)} for item in page.items}
    for title, badge in _titles.items():
        wearing = {key for key, words in worn.items() if badge in words}
        assert found("invoices", title, Filter("account", "eq", str(account))) == wearing, title
        assert wearing


def test_an_expired_quote_is_found_on_the_day_after_and_not_before(trading):
    account = trade.customer()
    key = trade.document("quotes", account, trade.line(1, "5"), date=(today() - timedelta(days=9)).isoformat(),
                         valid_until=today().isoformat())  # fmt: skip
    trade.run("quotes", "send", key)
    mine = Filter("account", "eq", str(account))
    assert (found("quotes", "Expiring in 7 days", mine), found("quotes", "Expired", mine)) == ({key}, set())
    with trade.on(*(today() + timedelta(days=1)).timetuple()[:3]):
        assert (found("quotes", "Expiring in 7 days", mine), found("quotes", "Expired", mine)) == (set(), {key})


def test_an_order_that_waits_for_more_than_a_week_is_found_until_it_is_delivered(trading):
    account, product = trade.customer(), trade.product("10")
    day = (today() - timedelta(days=8)).isoformat()
    key = trade.order(account, trade.line(2, product=product), date=day)
    mine = Filter("account", "eq", str(account))
    titles = ("Not delivered for 7 days", "To deliver", "To invoice")
    assert [found("orders", title, mine) for title in titles] == [{key}] * 3
    trade.run("deliveries", "issue", trade.to("orders", "deliver", key))
    assert [found("orders", title, mine) for title in titles] == [set(), set(), {key}]


def test_sums_are_exact_per_currency_and_credit_notes_are_taken_away(invoices):
    account, keys = invoices
    kind = RESOURCES.get("invoices")
    query = Query(filters=(Filter("account", "eq", str(account)), Filter("status", "eq", "issued")))
    with Work(SYSTEM) as work:
        before = {one.currency: one for one in sums.of(work, kind, query)}
    assert before["USD"].amounts["net"] == Decimal("10.0100")
    assert before["EUR"].count == 4
    assert before["EUR"].amounts["net"] == Decimal("269.9900")
    assert before["EUR"].amounts["paid"] == Decimal(10) + trade.of("invoices", keys["paid"]).total
    credit = trade.to("invoices", "credit", keys["open"])
    trade.run("invoices", "issue", credit)
    with Work(SYSTEM) as work:
        after = {one.currency: one for one in sums.of(work, kind, query)}
    assert after["EUR"].amounts["net"] == Decimal("169.9900")


def test_more_records_than_are_added_up_in_passing_wait_until_they_are_asked_for(invoices):
    kind = RESOURCES.get("invoices")
    with Work(SYSTEM) as work:
        assert sums.of(work, kind, Query(), cap=3) is None
        whole = sums.of(work, kind, Query(), cap=None)
        assert sum(one.count for one in whole) == records.page(work, kind, Query()).total


def test_a_seller_adds_up_no_more_than_their_own(invoices):
    mine = kernel.user_with({"invoices.read": "own"})
    with Work(mine) as work:
        assert sums.of(work, RESOURCES.get("invoices"), Query()) == []


def test_a_board_has_a_lane_per_state_and_knows_the_verb_between_two(trading):
    account, kind = trade.customer(), RESOURCES.get("quotes")
    keys = [trade.document("quotes", account, trade.line(1, "12.5")) for _ in range(3)]
    trade.run("quotes", "send", keys[0])
    query = Query(filters=(Filter("account", "eq", str(account)),))
    with Work(SYSTEM) as work:
        lanes = {lane.state: lane for lane in boards.of(work, kind, query, {"draft": 1})}
        assert [lane.total for lane in lanes.values()] == [2, 1, 0, 0, 0]
        assert [len(lane.items) for lane in lanes.values()] == [1, 1, 0, 0, 0]
        assert [one.amounts["net"] for one in lanes["draft"].sums] == [Decimal(25)]
        assert boards.verb_to(work, kind, keys[0], "accepted") == "accept"
        assert boards.verb_to(work, kind, keys[0], "sent") == ""
        with pytest.raises(IllegalMove) as refused:
            boards.verb_to(work, kind, keys[0], "draft")
        assert set(refused.value.open_moves) >= {"accept", "decline"}
        assert (boards.asks(kind, "accept"), boards.asks(kind, "cancel"), boards.asks(kind, "decline")) == (
            (False, False), (True, False), (True, True))  # fmt: skip


def test_a_board_shows_and_counts_no_version_that_a_newer_one_supersedes(trading):
    account, kind = trade.customer(), RESOURCES.get("quotes")
    quote = trade.document("quotes", account, trade.line(1, "12.5"))
    trade.run("quotes", "send", quote)
    newer = trade.to("quotes", "revise", quote)
    mine = Filter("account", "eq", str(account))
    for more, drafts, sent in (((), [newer], []), ((Filter("superseded", "eq", "true"),), [], [quote])):
        with Work(SYSTEM) as work:
            lanes = {lane.state: lane for lane in boards.of(work, kind, Query(filters=(mine, *more)), {})}
        assert [[item.id for item in lanes[state].items] for state in ("draft", "sent")] == [drafts, sent]
        assert [lanes[state].total for state in ("draft", "sent")] == [len(drafts), len(sent)]


def test_every_lane_of_every_board_is_reached_by_a_verb(trading):
    for resource in RESOURCES:
        if resource.board:
            states = [value for value, _ in boards.states_of(resource)]
            reached = {b for a, b in itertools.permutations(states, 2) if resource.workflow.verb_to(a, b)}
            assert reached == set(states[1:]) | (reached & set(states[:1]))


def standing(resource, how, value, *filters):
    query = Query(filters=(Filter("standing", how, value), *filters), size=500)
    with Work(kernel.actor(crm.FOUNDER)) as work:
        return {item.id for item in records.page(work, RESOURCES.get(resource), query).items}


def test_how_invoices_stand_is_a_filter_with_operators(invoices):
    account, keys = invoices
    mine = Filter("account", "eq", str(account))
    everything = standing("invoices", "ne", "partly_paid", mine) | {keys["partly"]}
    assert standing("invoices", "eq", "overdue", mine) == {keys["overdue"]} == found("invoices", "Overdue", mine)
    assert standing("invoices", "eq", "paid", mine) >= {keys["paid"]}
    assert standing("invoices", "in", "overdue,partly_paid", mine) == {keys["overdue"], keys["partly"]}
    assert standing("invoices", "ne", "overdue", mine) == everything - {keys["overdue"]}
    assert keys["draft"] in standing("invoices", "ne", "open", mine)  # nothing that is unknown falls through
    assert standing("invoices", "eq", "not_sent", mine) <= everything - {keys["draft"]}


def test_accepted_and_not_delivered_for_a_week_is_asked_for_together(trading):
    account, product = trade.customer(), trade.product("10")
    mine, old = Filter("account", "eq", str(account)), Filter("date", "lt", "today-7")
    date = (today() - timedelta(days=8)).isoformat()
    goods = trade.line(2, product=product)
    late, fresh = trade.order(account, goods, date=date), trade.order(account, goods)
    assert standing("orders", "eq", "not_delivered", mine) == {late, fresh}
    assert standing("orders", "eq", "not_delivered", mine, old) == {late}
    trade.run("deliveries", "issue", trade.to("orders", "deliver", late))
    assert standing("orders", "eq", "delivered", mine) == {late}
    assert standing("orders", "eq", "not_delivered", mine, old) == set()


@pytest.mark.parametrize("resource", ["quotes", "orders", "deliveries", "invoices"])
def test_every_standing_is_found_on_both_databases_and_others_are_refused(trading, resource):
    kind = RESOURCES.get(resource)
    for stand in kind.stands:
        with Work(SYSTEM) as work:
            whole = records.page(work, kind, Query(size=500)).total
            held = records.page(work, kind, Query(filters=(Filter("standing", "eq", stand.value),))).total
            others = records.page(work, kind, Query(filters=(Filter("standing", "ne", stand.value),))).total
            assert held + others == whole
    for how, value in (("eq", "nonsense"), ("lt", "open"), ("empty", "true")):
        with Work(SYSTEM) as work, pytest.raises(Invalid) as refused:
            records.page(work, kind, Query(filters=(Filter("standing", how, value),)))
        assert list(refused.value.fields) == ["filter[standing]"]


def test_words_about_a_document_agree_with_it_in_spanish(trading):
    account = trade.customer()
    order = trade.order(account, trade.line(2, "10"))
    trade.to("orders", "invoice", order, percent="50", issue=True)
    quote = trade.document("quotes", account, trade.line(2, "10"))
    trade.to("quotes", "invoice", quote, percent="50", issue=True)
    said = [
        [translate(one.text, "es") for one in standings.of(RESOURCES.get(name), vars(trade.of(name, key)), today())]
        for name, key in (("orders", order), ("quotes", quote))
    ]
    assert said == [["Confirmado", "Facturado en parte"], ["Aceptada", "Facturada en parte"]]
    words = {
        name: translate(RESOURCES.get(name).fields["status"].kind.label("cancelled"), "es")
        for name in ("quotes", "orders", "deliveries", "invoices")
    }
    assert words == {"quotes": "Cancelada", "orders": "Cancelado", "deliveries": "Cancelada", "invoices": "Cancelada"}
    assert translate(RESOURCES.get("quotes").fields["status"].kind.label("cancelled"), "en") == "Cancelled"


def test_a_payment_says_how_far_it_settles_something(trading):
    account = trade.customer()
    first, second = (trade.invoice(account, trade.line(1, "100")) for _ in "12")
    kind, mine = RESOURCES.get("payments"), Filter("account", "eq", str(account))

    def worn():
        with Work(SYSTEM) as work:
            page = records.page(work, kind, Query(filters=(mine,), sort="date"), columns=tuple(kind.fields))
            return [(item.id, standings.brief(kind, item.values, today())[0]) for item in page.items]

    def standing_of(stand):
        with Work(SYSTEM) as work:
            query = Query(filters=(mine, Filter("standing", "eq", stand)))
            return [item.id for item in records.page(work, kind, query).items]

    payment = trade.make("payments", account=account, amount="200")
    assert worn() == [(payment, standings.Standing("Draft", "draft"))]
    assert standing_of("free") == standing_of("allocated") == []
    trade.run("payments", "post", payment)
    assert (worn(), standing_of("free")) == ([(payment, standings.Standing("Not allocated", "open"))], [payment])
    trade.run("payments", "allocate", payment, allocations=[{"invoice": first, "amount": "121"}])
    assert (worn(), standing_of("free")) == ([(payment, standings.Standing("Partly allocated", "wait"))], [payment])
    trade.run("payments", "allocate", payment, allocations=[{"invoice": second, "amount": "79"}])
    assert (worn(), standing_of("free")) == ([(payment, standings.Standing("Allocated", "done"))], [])
    assert standing_of("allocated") == [payment]
    trade.run("payments", "reverse", payment)
    assert (worn(), standing_of("allocated")) == ([(payment, standings.Standing("Reversed", "late"))], [])


def stood(resource, key):
    """Its badges beside the state, what a list shows of it, and the standings that find it."""
    kind, one = RESOURCES.get(resource), trade.of(resource, key)
    with Work(SYSTEM) as work:
        finding = []
        for stand in kind.stands:
            query = Query(filters=(Filter("standing", "eq", stand.value), Filter("account", "eq", str(one.account))))
            if key in {item.id for item in records.page(work, kind, query).items}:
                finding.append(stand.value)
    badges, brief = (
        [found.text for found in which(kind, vars(one), today())] for which in (standings.of, standings.brief)
    )
    return badges[1:], brief, finding


def test_an_invoice_says_how_much_of_it_was_credited_when_the_note_is_issued(trading):
    key = trade.invoice(trade.customer(), trade.line(3, "10"))
    kind = RESOURCES.get("invoices")
    trade.run("invoices", "send", key)
    first = trade.to(
        "invoices", "credit", key, lines=[{"line": trade.of("invoices", key).lines[0].id, "quantity": "1"}]
    )
    assert (trade.of("invoices", key).credited, stood("invoices", key)) == ("none", ([], ["Issued"], ["open"]))
    before = trade.of("invoices", key).version
    trade.run("invoices", "issue", first)
    assert stood("invoices", key) == (
        [feminine("Partly credited"), "Partly paid"],
        ["Partly paid"],
        ["open", "partly_paid", "partly_credited"],
    )
    assert "credit" not in standings.pointless(kind, vars(trade.of("invoices", key)))
    second = trade.to("invoices", "credit", key)
    trade.run("invoices", "cancel", second)
    assert trade.of("invoices", key).credited == "partly"
    trade.to("invoices", "credit", key, issue=True)
    assert stood("invoices", key) == ([feminine("Credited")], [feminine("Credited")], ["credited"])
    assert "credit" in standings.pointless(kind, vars(trade.of("invoices", key)))
    assert trade.of("invoices", key).version == before
    assert trade.disagreements() == []


def test_a_credit_note_of_another_price_takes_a_part(trading):
    key = trade.invoice(trade.customer(), trade.line(2, "10"))
    note = trade.to("invoices", "credit", key)
    trade.run("invoices", "change", note, lines=[{"id": trade.of("invoices", note).lines[0].id, "price": "1"}])
    trade.run("invoices", "issue", note)
    assert trade.of("invoices", key).credited == "partly"
    free = trade.document("invoices", trade.of("invoices", key).account, trade.line(1, "18"),
                          kind="credit_note", corrects=key)  # fmt: skip
    trade.run("invoices", "issue", free)
    assert (trade.of("invoices", key).credited, trade.disagreements()) == ("all", [])


def test_a_delivery_note_says_how_much_of_it_came_back_when_the_return_is_issued(trading):
    key = trade.document("deliveries", trade.customer(), trade.line(3, "10"), trade.line(1, "5"))
    kind = RESOURCES.get("deliveries")
    trade.run("deliveries", "issue", key)
    trade.run("deliveries", "sign", key, name="Ana")
    some = trade.to("deliveries", "return", key, percent="50")
    assert stood("deliveries", key) == ([], ["Signed"], ["not_invoiced"])
    trade.run("deliveries", "issue", some)
    assert stood("deliveries", key) == (
        [feminine("Partly returned")], ["Signed"], ["not_invoiced", "partly_returned"],
    )  # fmt: skip
    rest = trade.to("deliveries", "return", key)
    assert trade.of("deliveries", key).returned == "partly"
    trade.run("deliveries", "issue", rest)
    assert stood("deliveries", key)[:2] == ([feminine("Returned")], [feminine("Returned")])
    assert "returned" in stood("deliveries", key)[2]
    assert "return" in standings.pointless(kind, vars(trade.of("deliveries", key)))
    assert (trade.of("deliveries", some).returned, trade.disagreements()) == ("none", [])


def test_the_check_finds_a_document_that_does_not_say_how_far_it_is(trading):
    account = trade.customer()
    order = trade.order(account, trade.line(2, "10"))
    note = trade.to("orders", "deliver", order, issue=True)
    invoice = trade.to("deliveries", "invoice", note, issue=True)
    quote = trade.document("quotes", account, trade.line(1, "10"))
    stored = (
        (Quote, quote, "ordered"),
        (SalesOrder, order, "delivered"),
        (DeliveryNote, note, "invoiced"),
        (DeliveryNote, note, "returned"),
        (Invoice, invoice, "credited"),
    )
    assert trade.disagreements() == []
    for table, key, name in stored:
        with Work(SYSTEM, verb="settings.change") as work:
            work.session.execute(sa.update(table).where(column_of(table, "id") == key).values({name: "partly"}))
            assert carried.wrong(work) == 1, name
            work.session.rollback()
