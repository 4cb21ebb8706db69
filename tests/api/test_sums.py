"""What a list comes to, over HTTP: the same as under its rows."""

import pytest

from crm_app.core.query import Query
from crm_app.core.resource import RESOURCES
from crm_app.services import sums
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.sums import read_sums, told
from tests.support import crm, kernel, trade


@pytest.fixture(scope="module")
def api(trading):
    """Invoices of two customers, one in dollars, one credited; the administrator's program."""
    for name, price in (("One", "10.10"), ("Two", "0.07")):
        account = trade.customer(name=name)
        trade.invoice(account, trade.line(3, price))
    trade.invoice(account, trade.line(1, "5"), currency="USD", rate="1.1")
    trade.run("invoices", "issue", trade.to("invoices", "credit", trade.invoice(account, trade.line(1, "2.50"))))
    return crm.client(trading)


def foot(params):
    """What the list shows under its rows."""
    resource = RESOURCES.get("invoices")
    with Work(SYSTEM) as work:
        return told(SYSTEM, resource, sums.of(work, resource, Query.from_params(params)))


@pytest.mark.parametrize("params", [[], [("filter[standing]", "open")], [("q", "two"), ("filter[currency]", "EUR")]])
def test_the_sums_are_those_under_the_rows_for_the_same_question(api, params):
    items = api.get("/api/v1/invoices/sums", params=params).json()["items"]
    for name, text in foot(params).items():
        shown = [
            line.rpartition(" ")[0].replace(".", "").replace(",", ".").replace("\u2212", "-")
            for line in text.split("\n")
        ]
        assert [item[name] for item in items] == shown
    assert sum(item["count"] for item in items) == api.get("/api/v1/invoices", params=params).json()["total"]


def test_money_is_text_and_a_credit_note_is_taken_away(api):
    [euros, dollars] = api.get("/api/v1/invoices/sums").json()["items"]
    assert (euros["currency"], euros["count"], euros["net"]) == ("EUR", 4, "30.51")
    assert (dollars["currency"], dollars["count"], dollars["net"]) == ("USD", 1, "5.00")


def test_a_list_without_amounts_has_no_sums_and_a_wrong_question_is_refused(api):
    assert api.get("/api/v1/accounts/sums").status_code == 404
    answer = api.get("/api/v1/invoices/sums?filter[nope]=1")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["filter[nope]"])


def test_who_reads_their_own_adds_up_their_own(api):
    mine = kernel.user_with({"invoices.read": "own"})
    assert crm.client(mine.user).get("/api/v1/invoices/sums").json() == {"items": []}
    nobody = kernel.user_with({"accounts.read": "all"})
    assert crm.client(nobody.user).get("/api/v1/invoices/sums").status_code == 403


def test_the_taxes_of_a_document_are_told_by_their_rates_to_who_may_read_it(trading):
    lines = [trade.line(1, 100), trade.line(2, 50, tax_class="reduced")]
    invoice = trade.invoice(trade.customer(), *lines)
    program = crm.client(trading)
    rows = program.get(f"/api/v1/invoices/{invoice}/taxes").json()["items"]
    assert [(row["value"], row["base"], row["amount"], row["withheld"]) for row in rows] == [
        ("21", "100.00", "21.00", False),
        ("10", "100.00", "10.00", False),
    ]
    mine = kernel.user_with({"invoices.read": "own"})
    assert crm.client(mine.user).get(f"/api/v1/invoices/{invoice}/taxes").status_code == 404
    assert program.get("/api/v1/payments/1/taxes").status_code == 405, "a payment has none"


def test_a_version_that_a_newer_one_supersedes_does_not_count_unless_it_is_asked_for(trading):
    account = trade.customer(name="Versions")
    quote = trade.document("quotes", account, trade.line(1, "150"))
    trade.run("quotes", "send", quote)
    trade.to("quotes", "revise", quote)
    trade.document("quotes", account, trade.line(1, "10"))
    program = crm.client(trading)

    def summed(**asked):
        found = program.get("/api/v1/quotes/sums", params={"filter[account]": str(account)} | asked).json()["items"]
        return [(row["count"], row["total"]) for row in found]

    assert summed() == [(2, "193.60")]
    assert summed(**{"filter[status]": "sent"}) == []
    assert summed(**{"filter[superseded]": "true"}) == summed(**{"filter[standing]": "superseded"}) == [(1, "181.50")]
    assert summed(**{"filter[superseded]": "false"}) == [(2, "193.60")]

    def partly(**asked):
        query = Query.from_params([("filter[account]", str(account)), *asked.items()])
        return read_sums(kernel.actor(trading), RESOURCES.get("quotes"), query, None)[1]

    assert partly() is True
    assert partly(**{"filter[superseded]": "false"}) is False
    assert partly(**{"filter[status]": "draft"}) is False
