"""What documents say of how far they are follows from what was made of them, whatever was done in whichever order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.core.errors import IllegalMove, Invalid
from tests.support import trade
from tests.support.trade import line, of, run, to

pytestmark = pytest.mark.usefixtures("trading")
_STEPS = (
    ("quotes", "order"), ("quotes", "invoice"), ("orders", "confirm"), ("orders", "deliver"), ("orders", "invoice"),
    ("orders", "cancel"), ("deliveries", "issue"), ("deliveries", "return"), ("deliveries", "invoice"),
    ("deliveries", "cancel"), ("invoices", "issue"), ("invoices", "credit"), ("invoices", "cancel"),
)  # fmt: skip


def test_a_note_of_an_order_that_was_invoiced_before_has_nothing_left_to_invoice():
    order = trade.order(trade.customer(), line(4, 10))
    to("orders", "invoice", order, issue=True)
    assert of("deliveries", to("orders", "deliver", order, issue=True)).invoiced == "all"


def test_a_return_is_never_invoiced():
    order = trade.order(trade.customer(), line(4, 10))
    note = to("orders", "deliver", order, issue=True)
    back = to("deliveries", "return", note, percent="50")
    run("deliveries", "issue", back)
    to("orders", "invoice", order, issue=True)
    assert [(of("deliveries", key).invoiced, of("deliveries", key).returned) for key in (note, back)] == [
        ("all", "partly"),
        ("none", "none"),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_STEPS), st.integers(0, 5), st.sampled_from(["", "50"])), max_size=14))
def test_the_check_agrees_after_any_steps_in_any_order(steps):
    lines = line(4, 10), line(2, 5)
    quote = trade.document("quotes", trade.customer(), *lines)
    made = {"quotes": [quote], "orders": [trade.order(trade.customer(), *lines)]}
    for (resource, verb), which, percent in steps:
        keys = made.get(resource, ())
        if not keys:
            continue
        values = {"percent": percent} if percent and verb not in ("confirm", "issue", "cancel") else {}
        if (resource, verb) == ("deliveries", "issue"):
            values = {"confirm": True}
        try:
            found = run(resource, verb, keys[which % len(keys)], **values).result
        except (Invalid, IllegalMove):
            continue
        if found:
            made.setdefault(found["resource"], []).append(found["id"])
    assert trade.disagreements() == []
