"""Versions of a quote: only the newest is agreed on, each knows the others, and what differs can be read."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.models.quotes import QUOTES
from crm_app.services import actions, records, standings, versions
from crm_app.services import trade as rules
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import trade
from tests.support.trade import faults, line, of, run, to

D = Decimal
pytestmark = pytest.mark.usefixtures("trading")


def revised(*lines):
    quote = trade.document("quotes", trade.customer(), *(lines or (line(2, 50),)))
    run("quotes", "send", quote)
    return quote, to("quotes", "revise", quote)


def standing(key):
    with Work(SYSTEM) as work:
        return [
            str(one.text).split("\x04")[0]
            for one in standings.of(QUOTES, records.one(work, QUOTES, key).values, rules.today(work))
        ]


def offered(key):
    """The next step of the quote, and the other verbs that are open."""
    flow = QUOTES.workflow
    with Work(SYSTEM) as work:
        values, today = records.one(work, QUOTES, key).values, rules.today(work)
    first = standings.next_step(QUOTES, values, today)
    verbs = set(flow.open_moves(values["status"])) - standings.pointless(QUOTES, values)
    return first, sorted(verbs - {first})


def test_a_superseded_quote_is_neither_accepted_declined_cancelled_ordered_nor_invoiced():
    quote, newer = revised()
    for state in ("Draft", "Sent"):
        if state == "Sent":
            run("quotes", "send", newer)
        name = of("quotes", newer).number or 2
        told = f"Version {name} ({{state}}) has superseded this one. Go on with that version, or cancel it first."
        for verb in ("accept", "decline", "cancel", "order", "invoice"):
            with pytest.raises(Invalid) as caught:
                run("quotes", verb, quote)
            message = caught.value.fields[""]
            assert message.text.replace("{version}", str(name)) == told
            assert message.args["state"].text == state
    assert of("quotes", quote).status == "sent", "it stays as it was sent"
    assert standing(quote) == ["Sent", "Superseded"]
    assert offered(quote) == ("", [])
    run("quotes", "order", newer)


def test_a_quote_stands_again_once_the_newer_version_is_cancelled_or_undone():
    quote, newer = revised()
    assert of("quotes", quote).superseded
    run("quotes", "cancel", newer)
    assert not of("quotes", quote).superseded
    outcome = run("quotes", "revise", quote)
    assert of("quotes", quote).superseded
    actions.undo(SYSTEM, outcome.change_set)
    assert not of("quotes", quote).superseded
    run("quotes", "accept", quote)


def test_what_has_been_ordered_or_invoiced_is_not_sold_a_second_time_by_another_version():
    told = {"": "Something of this quote has been ordered or invoiced. Make a new quote of what changes."}
    for verb, values in (("order", {}), ("invoice", {}), ("invoice", {"deposit": "30"})):
        quote = trade.document("quotes", trade.customer(), line(2, 50))
        run("quotes", verb, quote, **values)
        assert faults(lambda quote=quote: run("quotes", "revise", quote)) == told


def test_the_versions_name_each_other_and_what_changed_from_one_to_the_next():
    goods = trade.product("20", unit="box")
    quote, newer = revised(line(10, product=goods), line(1, 5, description="Travel"), line(1, 9, description="Manual"))
    rows = of("quotes", newer).lines
    run(
        "quotes", "change", newer, terms="30 days",
        lines=[{"id": rows[0].id, "price": "18"}, {"id": rows[1].id, "description": "Travel, two days"}, line(2, 7, description="Help")],
    )  # fmt: skip
    with Work(SYSTEM) as work:
        found = versions.versions_of(work, newer)
        assert [item.id for item in found] == [item.id for item in versions.versions_of(work, quote)] == [quote, newer]
        whole = [records.one(work, QUOTES, item.id) for item in found]
        told = [(one.line, one.label, one.before, one.after) for one in versions.differences(work, QUOTES, *whole)]
    name = rows[0].description
    assert [one for one in told if one[1] != "Taxes"] == [
        ("", "Terms", "", "30 days"),
        ("", "Net", "214,00", "199,00"),
        ("", "Total", "258,94", "240,79"),
        (name, "Price", "20,00", "18,00"),
        (name, "Net", "200,00", "180,00"),
        ("Travel, two days", "Description", "Travel", "Travel, two days"),
        ("Help", "", "", "2 \u00d7 7,00"),
        ("Manual", "", "1 \u00d7 9,00", ""),
    ]


def test_many_versions_are_read_in_as_many_statements_as_two_and_from_each_of_them_alike():
    quote, newer = revised(*(line(1, 5) for _ in range(20)))
    keys = [quote, newer]

    def asked(key):
        with Work(SYSTEM) as work:
            heard = []
            listen = lambda *_: heard.append(1)  # noqa: E731
            engine = work.session.get_bind()
            sa.event.listen(engine, "before_cursor_execute", listen)
            found = versions.versions_of(work, key)
            sa.event.remove(engine, "before_cursor_execute", listen)
        return [item.id for item in found], len(heard)

    two = asked(quote)
    assert two[0] == keys
    run("quotes", "cancel", newer)
    for _ in range(4):
        keys.append(to("quotes", "revise", quote))
        run("quotes", "cancel" if len(keys) < 5 else "send", keys[-1])
        if len(keys) >= 5:
            quote = keys[-1]
    assert [asked(key) for key in keys] == [(keys, two[1])] * len(keys)


def test_an_expired_quote_is_offered_anew_before_it_is_accepted_late():
    with trade.on(2027, 9, 1):
        quote = trade.document("quotes", trade.customer(), line(2, 50), valid_until="2027-09-30")
        run("quotes", "send", quote)
        assert offered(quote) == ("accept", ["cancel", "decline", "invoice", "order", "revise"])
    with trade.on(2027, 10, 1):
        assert offered(quote) == ("revise", ["accept", "cancel", "decline", "invoice", "order"])
        newer = to("quotes", "revise", quote)
        assert of("quotes", newer).valid_until == date(2027, 10, 31)
        run("quotes", "cancel", newer)
        run("quotes", "accept", quote)
