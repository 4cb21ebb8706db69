"""Documents over HTTP, where they differ from other records."""

import pytest

from tests.support import crm, trade
from tests.support.trade import line, run, to


@pytest.fixture(scope="module")
def program(trading):
    return crm.client(trading)


def test_a_document_is_sent_again_though_only_what_follows_from_others_has_changed(program):
    order = trade.order(trade.customer(), line(1, 100))
    invoice = to("orders", "invoice", order, issue=True)
    payment = trade.make("payments", account=trade.of("orders", order).account, amount="121")
    run("payments", "post", payment)
    paths = [f"/api/v1/{name}/{key}" for name, key in (("orders", order), ("invoices", invoice), ("payments", payment))]
    tags = [program.get(path).headers["etag"] for path in paths]
    run("payments", "allocate", payment)
    found = [program.get(path, headers={"If-None-Match": tag}) for path, tag in zip(paths, tags, strict=True)]
    assert [answer.status_code for answer in found] == [200, 200, 200]
    order_, invoice_, payment_ = (answer.json() for answer in found)
    assert (order_["invoiced"], invoice_["balance"], payment_["unallocated"]) == ("all", "0.00", "0.00")


@pytest.mark.parametrize("verb", ["issue", "pay", "credit", "send"])
def test_a_value_that_a_verb_does_not_know_is_refused_and_nothing_is_done(program, verb):
    make = trade.document if verb == "issue" else trade.invoice
    draft = make("invoices", trade.customer(), line(1, 1)) if verb == "issue" else make(trade.customer(), line(1, 1))
    before = program.get(f"/api/v1/invoices/{draft}").json()
    answer = program.post(f"/api/v1/invoices/{draft}/{verb}", json={"dat": "2026-11-01"})
    assert (answer.status_code, answer.json()["fields"]) == (422, {"dat": "There is no field of this name here."})
    assert program.get(f"/api/v1/invoices/{draft}").json() == before
