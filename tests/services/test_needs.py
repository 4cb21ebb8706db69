"""What needs somebody today: each number is that of the list it opens, and only of what one may read."""

from datetime import timedelta
from urllib.parse import parse_qsl

from crm_app.core import clock
from crm_app.core.query import Query
from crm_app.services import needs, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import kernel, trade
from tests.support.trade import line, run, to

TODAY = clock.today("Europe/Madrid")


def asked(who=SYSTEM, day=TODAY):
    with Work(who) as work:
        return {one.question.title.text: one for one in needs.found(work, day)}


def test_what_presses_is_told_and_its_number_is_that_of_its_list(trading):
    assert asked() == {}
    buyer = trade.customer()
    sent = trade.make(
        "quotes", account=buyer, lines=[line(price=10)], valid_until=(TODAY + timedelta(days=3)).isoformat()
    )
    run("quotes", "send", sent)
    later = trade.make(
        "quotes", account=buyer, lines=[line(price=10)], valid_until=(TODAY + timedelta(days=90)).isoformat()
    )
    run("quotes", "send", later)
    superseded = trade.make(
        "quotes", account=buyer, lines=[line(price=10)], valid_until=(TODAY + timedelta(days=5)).isoformat()
    )
    run("quotes", "send", superseded)
    to("quotes", "revise", superseded)
    order, owed = trade.order(buyer, line(price=10)), trade.invoice(buyer, line(price=10))
    trade.make("invoices", account=buyer, lines=[line(price=10)])
    month = TODAY + timedelta(days=400)
    found = asked() | {name: one for name, one in asked(day=month).items() if name == "Overdue invoices"}
    firsts = {name: [item.id for item in one.first] for name, one in found.items()}
    assert firsts["Overdue invoices"] == [owed]
    assert firsts["Quotes about to expire"] == [sent]
    assert firsts["Orders to deliver"] == [order]
    assert "Orders to invoice" not in firsts
    assert len(firsts["Draft invoices"]) == 1
    with Work(SYSTEM) as work:
        for one in found.values():
            resource = records.resource_of(one.question.resource)
            opened = Query.from_params(parse_qsl(one.question.query.url(), keep_blank_values=True))
            assert records.page(work, resource, opened).total == one.total
    to("orders", "deliver", order, issue=True)
    assert [item.id for item in asked()["Orders to invoice"].first] == [order]
    assert "Orders to deliver" not in asked()


def test_nobody_is_told_of_what_they_may_not_read(trading):
    buyer = trade.customer()
    trade.make("quotes", account=buyer, lines=[line(price=10)])
    trade.make("invoices", account=buyer, lines=[line(price=10)])
    assert set(asked(kernel.user_with({"quotes.read": "all"}))) == {"Draft quotes", "Quotes about to expire"}
    assert asked(kernel.user_with({"quotes.read": "own"})) == {}
