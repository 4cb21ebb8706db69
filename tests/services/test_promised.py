"""What is still promised of each line: offered by open quotes, awaited by confirmed orders."""

import sqlalchemy as sa

from crm_app.services import strip
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import trade
from tests.support.trade import line, picked, run, to


def shown(resource, key):
    """What the strip of the document shows of each line, as plain numbers."""
    with Work(SYSTEM) as work:
        return [
            {name: int(value) for name, value in sorted(found.sums.items())}
            for found in strip.lines_of(work, resource, key)
        ]


def test_the_strip_tells_what_is_still_offered_and_what_orders_still_wait_for(trading):
    account = trade.customer()
    quote = trade.document("quotes", account, line(10, 5), line(4, 1), line(7, 1, choice="optional"))
    assert shown("quotes", quote) == [{}, {}, {}], "a draft offers nothing"
    run("quotes", "send", quote)
    assert shown("quotes", quote) == [{"quoted": 10}, {"quoted": 4}, {}], "what is optional is not counted on"
    run("quotes", "accept", quote)
    order = to("quotes", "order", quote, lines=picked("quotes", quote, 6, 4))
    assert shown("quotes", quote) == [{"ordered": 6, "quoted": 4}, {"ordered": 4}, {}]
    assert shown("orders", order) == [{}, {}], "an order that is not confirmed reserves nothing"
    run("orders", "confirm", order)
    assert shown("orders", order) == [{"reserved": 6}, {"reserved": 4}]
    assert shown("quotes", quote) == [
        {"ordered": 6, "quoted": 4, "reserved": 6}, {"ordered": 4, "reserved": 4}, {},
    ]  # fmt: skip
    note = to("orders", "deliver", order, lines=picked("orders", order, 2, 4))
    assert shown("orders", order) == [{"reserved": 6}, {"reserved": 4}], "nothing has been handed over"
    run("deliveries", "issue", note)
    assert shown("orders", order) == [{"delivered": 2, "reserved": 4}, {"delivered": 4}]
    back = to("deliveries", "return", note, lines=picked("deliveries", note, 1))
    run("deliveries", "issue", back)
    assert shown("orders", order) == [{"delivered": 2, "reserved": 5, "returned": 1}, {"delivered": 4}]
    second = to("quotes", "order", quote)
    run("orders", "confirm", second)
    assert shown("quotes", quote)[0] == {"delivered": 2, "ordered": 10, "reserved": 9, "returned": 1}
    run("orders", "hold", second)
    assert shown("orders", second) == [{"reserved": 4}], "who is held has the goods reserved still"
    run("orders", "cancel", second)
    run("orders", "close", order)
    assert shown("quotes", quote)[0] == {"delivered": 2, "ordered": 6, "quoted": 4, "returned": 1}


def test_what_was_invoiced_of_a_quote_is_offered_no_more(trading):
    quote = trade.document("quotes", trade.customer(), line(3, 5))
    run("quotes", "send", quote)
    run("quotes", "accept", quote)
    to("quotes", "invoice", quote, lines=picked("quotes", quote, 1), issue=True)
    assert shown("quotes", quote) == [{"invoiced": 1, "quoted": 2}]


def test_the_strip_asks_as_often_of_one_line_as_of_fifty(trading):
    def asked(count):
        quote = trade.document("quotes", trade.customer(), *(line(1, 5) for _ in range(count)))
        with Work(SYSTEM) as work:
            heard = []
            listen = lambda *_: heard.append(1)  # noqa: E731
            engine = work.session.get_bind()
            sa.event.listen(engine, "before_cursor_execute", listen)
            strip.lines_of(work, "quotes", quote)
            sa.event.remove(engine, "before_cursor_execute", listen)
        return len(heard)

    assert asked(50) == asked(1)


def test_what_expired_was_declined_or_has_a_newer_version_is_offered_no_more(trading):
    with trade.on(2027, 9, 1):
        quotes = [trade.document("quotes", trade.customer(), line(3, 5), valid_until="2027-09-30") for _ in range(4)]
        for quote in quotes:
            run("quotes", "send", quote)
        late, accepted, declined, old = quotes
        run("quotes", "accept", accepted)
        run("quotes", "decline", declined, reason="Too dear")
        to("quotes", "revise", old)
        assert [shown("quotes", quote) for quote in quotes] == [[{"quoted": 3}], [{"quoted": 3}], [{}], [{}]]
    with trade.on(2027, 10, 1):
        assert (shown("quotes", late), shown("quotes", accepted)) == ([{}], [{"quoted": 3}])
