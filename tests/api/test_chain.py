"""Where lines come from, the chain around a document and what became of its lines, over HTTP; several papers in one file."""

import io
import zipfile

import pytest

from crm_app.services import jobs, papers
from tests.support import crm, kernel, trade
from tests.support.trade import line, to


@pytest.fixture(scope="module")
def program(trading):
    return crm.client(trading)


@pytest.fixture
def stranger(trading):
    """Reads quotes and orders, no invoices."""
    return crm.client(kernel.user_with({"quotes.read": "all", "orders.read": "all"}).user)


@pytest.fixture
def sold():
    """A quote of 5, ordered whole, of which 2 were delivered and 2 invoiced: their ids."""
    quote = trade.document("quotes", trade.customer(), line(5, 100))
    order = to("quotes", "order", quote)
    trade.run("orders", "confirm", order)
    (first,) = trade.of("orders", order).lines
    note = to("orders", "deliver", order, lines=[{"line": first.id, "quantity": "2"}])
    trade.run("deliveries", "issue", note)
    invoice = to("deliveries", "invoice", note, issue=True)
    return {"quotes": quote, "orders": order, "deliveries": note, "invoices": invoice}


def got(program, path):
    answer = program.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_line_says_which_lines_it_was_made_from(program, sold):
    lines = {name: got(program, f"{name}/{key}")["lines"][0] for name, key in sold.items()}
    origins = {name: {key: value for key, value in one.items() if key.endswith("_line")} for name, one in lines.items()}
    quote, order, note = (lines[name]["id"] for name in ("quotes", "orders", "deliveries"))
    assert origins == {
        "quotes": {},
        "orders": {"quote_line": quote},
        "deliveries": {"quote_line": quote, "order_line": order, "returned_line": None},
        "invoices": {
            "quote_line": quote,
            "order_line": order,
            "delivery_line": note,
            "credited_line": None,
            "deposit_line": None,
        },
    }


def test_what_a_line_was_made_from_may_be_sent_back_and_is_not_written(program, sold):
    draft = to("orders", "invoice", sold["orders"])
    lines = got(program, f"invoices/{draft}")["lines"]
    asked = [one | {"quote_line": None, "credited_line": 1, "description": "Sent back"} for one in lines]
    answer = program.patch(f"/api/v1/invoices/{draft}", json={"lines": asked})
    assert answer.status_code == 200, answer.text
    (after,) = got(program, f"invoices/{draft}")["lines"]
    assert (after["description"], after["quote_line"], after["credited_line"]) == (
        "Sent back",
        lines[0]["quote_line"],
        None,
    )


def test_the_chain_around_a_document_is_read(program, sold):
    items = got(program, f"orders/{sold['orders']}/chain")["items"]
    assert [(one["resource"], one["id"], one["here"]) for one in items] == [
        (name, key, name == "orders") for name, key in sold.items()
    ]
    invoice = trade.of("invoices", sold["invoices"])
    assert (items[3]["number"], items[3]["money"], items[3]["currency"]) == (invoice.number, "242.00", "EUR")
    assert got(program, f"quotes/{sold['quotes']}/chain")["items"][1]["id"] == sold["orders"]


def test_the_chain_tells_only_what_the_caller_may_read(stranger, sold):
    items = got(stranger, f"orders/{sold['orders']}/chain")["items"]
    assert [one["resource"] for one in items] == ["quotes", "orders"]
    assert stranger.get(f"/api/v1/invoices/{sold['invoices']}/chain").status_code in (403, 404)
    assert stranger.get(f"/api/v1/deliveries/{sold['deliveries']}/ledger").status_code in (403, 404)


def test_what_became_of_each_line_is_read(program, sold):
    (row,) = got(program, f"orders/{sold['orders']}/ledger")["items"]
    (first,) = trade.of("orders", sold["orders"]).lines
    assert row == {
        "line": first.id, "description": "Work", "unit": first.unit or "", "quantity": "5", "quoted": "0", "ordered": "0",
        "reserved": "3", "delivered": "2", "returned": "0", "invoiced": "2", "credited": "0",
    }  # fmt: skip
    assert program.get("/api/v1/orders/999999/ledger").status_code == 404


def test_several_papers_come_in_one_file_under_names_of_their_own(program):
    account = trade.customer()
    quote = trade.document("quotes", account, line(1, 100))
    trade.run("quotes", "send", quote)
    newer = to("quotes", "revise", quote)
    trade.run("quotes", "send", newer)
    number = trade.of("quotes", quote).number
    answer = program.get(f"/api/v1/quotes/papers.zip?ids={quote},{newer},{quote}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as whole:
        stem = number.replace("/", "-")
        assert whole.namelist() == [f"{stem}.pdf", f"{stem}-v2.pdf"]
        alone = program.get(f"/api/v1/quotes/{quote}/files/pdf").content
        assert whole.read(f"{stem}.pdf") == alone
    asked = program.post("/api/v1/bulk/quotes/papers", json={"ids": [quote, newer]})
    assert (asked.status_code, asked.json()["count"]) == (202, 2)
    job = f"/api/v1/jobs/{asked.json()['job']}"
    assert program.get(f"{job}/papers.zip").status_code == 404  # it waits
    while jobs.run_once():
        pass
    assert "file" not in got(program, job.removeprefix("/api/v1/"))["result"]
    answer = program.get(f"{job}/papers.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as whole:
        assert (len(whole.namelist()), whole.read(f"{stem}.pdf")) == (2, alone)


def test_names_that_are_the_same_are_numbered():
    names = set()
    told = [papers.apart("A-1.pdf", names) for _ in range(3)]
    assert (told, papers.apart("A-2.pdf", names)) == (["A-1.pdf", "A-1 (2).pdf", "A-1 (3).pdf"], "A-2.pdf")


def test_papers_that_may_not_be_read_or_are_too_many_are_refused(program, stranger, sold):
    quote, invoice = sold["quotes"], sold["invoices"]
    assert stranger.get(f"/api/v1/invoices/papers.zip?ids={invoice}").status_code == 403
    assert program.get(f"/api/v1/quotes/papers.zip?ids={quote},999999").status_code == 404
    assert program.get("/api/v1/accounts/papers.zip?ids=1").status_code == 404
    assert stranger.post("/api/v1/bulk/invoices/papers", json={"ids": [invoice]}).status_code == 403
    assert program.post("/api/v1/bulk/accounts/papers", json={"filter": {}}).status_code == 404
    assert program.post("/api/v1/bulk/quotes/papers", json={}).status_code == 422
    for ids in ("", "x", ",".join(map(str, range(1, 102)))):
        answer = program.get(f"/api/v1/quotes/papers.zip?ids={ids}")
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["ids"])
