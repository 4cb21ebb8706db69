"""The statement of one account: who is told, and what of it is still open at any day."""

from datetime import date
from decimal import Decimal

import pytest

from crm_app.core.errors import Missing, NotAllowed
from crm_app.services import statements, unsettled
from crm_app.services import trade as dates
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.receivables import read_unsettled, unsettled_of
from tests.support import crm, kernel, trade
from tests.support.trade import line

D = Decimal


def stated(who, account):
    with Work(who) as work:
        today = dates.today(work)
        return [(row.currency, row.closing) for row in statements.statement(work, account, today, today)]


@pytest.mark.parametrize("scope", ["own", "team"])
def test_a_salesperson_reads_the_statement_of_an_account_all_of_whose_documents_they_may_read(trading, scope):
    team = kernel.team()
    grants = {f"{name}.read": scope for name in ("accounts", "invoices", "payments")}
    me = kernel.user_with(grants, team=team)
    mate, stranger = kernel.user_with({}, team=team), kernel.user_with({})
    account = trade.customer(owner=me.user)
    trade.invoice(account, line(1, 100), owner=me.user)
    trade.document("invoices", account, line(1, 5), owner=stranger.user)  # a draft counts in no statement
    assert stated(me, account) == [("EUR", 121)]
    assert crm.client(me.user).get(f"/api/v1/accounts/{account}/statement").status_code == 200
    trade.invoice(account, line(1, 10), owner=mate.user)
    if scope == "team":
        assert stated(me, account) == [("EUR", D("133.10"))]
    else:
        with pytest.raises(NotAllowed):
            stated(me, account)
    payment = trade.make("payments", account=account, amount="1", owner=stranger.user)
    trade.run("payments", "post", payment)
    with pytest.raises(NotAllowed) as refusal:
        stated(me, account)
    assert scope == "own" or refusal.value.permission == "payments.read"
    with pytest.raises(Missing):
        stated(me, trade.customer(owner=stranger.user))
    assert crm.client(me.user).get(f"/api/v1/accounts/{account}/statement.xlsx").status_code == 403


def unsettled_at(account, day=None):
    """The account's open items, which together are what its statement closes with."""
    with Work(SYSTEM) as work:
        found = unsettled.open_items(work, account, day or dates.today(work))
    assert {part.currency: part.total for part in found if part.total} == trade.owed(account, day)
    return {
        part.currency: [(row.id, row.kind, row.balance, row.overdue, row.part) for row in part.items] for part in found
    }


def test_open_items_are_what_is_not_settled_at_that_day_and_come_to_what_the_statement_closes_with(trading):
    account = trade.customer()
    with trade.on(2027, 3, 1) as first:
        late = trade.invoice(account, line(1, 100), payment_days=10)
        whole = trade.invoice(account, line(1, 10), payment_days=0)
        other = trade.invoice(account, line(1, 200), payment_days=90)
        note = trade.to("invoices", "credit", other, issue=True)
        trade.run("invoices", "unapply", note)  # so both stand open
    with trade.on(2027, 4, 1) as second:
        trade.to("invoices", "pay", whole)
        part = trade.to("invoices", "pay", late, amount="21")
        over = trade.make("payments", account=account, amount="50")
        trade.run("payments", "post", over)
        assert unsettled_at(account) == {
            "EUR": [
                (note, "credit_note", D(-242), 0, ""),
                (late, "invoice", D(100), 21, ""),
                (over, "received", D(-50), 0, ""),
                (other, "invoice", D(242), 0, ""),
            ]
        }
    with trade.on(2027, 5, 1):
        trade.run("payments", "reverse", part)
        trade.run("payments", "reverse", over)
        assert unsettled_at(account)["EUR"] == [
            (note, "credit_note", D(-242), 0, ""), (late, "invoice", D(121), 51, ""), (other, "invoice", D(242), 0, "")
        ]  # fmt: skip
        assert unsettled_at(account, second)["EUR"][1:3] == [
            (late, "invoice", D(100), 21, ""),
            (over, "received", D(-50), 0, ""),
        ]
        before = unsettled_at(account, first)["EUR"]
    assert [row[:3] for row in before] == [
        (whole, "invoice", D("12.10")), (note, "credit_note", D(-242)), (late, "invoice", D(121)), (other, "invoice", D(242))
    ]  # fmt: skip


def test_open_items_of_two_currencies_and_of_parts_are_told_to_programs_and_in_a_workbook(trading):
    account = trade.customer()
    with trade.on(2027, 3, 1):
        key = trade.invoice(account, line(1, 100), payment_days=5)
        trade.invoice(account, line(1, 10), currency="USD", rate="0.9")
    program = crm.client(trading)
    told = program.get(f"/api/v1/accounts/{account}/open-items?date=2027-03-16").json()
    assert (told["date"], [part["currency"] for part in told["items"]]) == ("2027-03-16", ["EUR", "USD"])
    assert told["items"][0] == {
        "currency": "EUR", "total": "121", "overdue": "121",
        "items": [{
            "date": "2027-03-01", "resource": "invoices", "id": key, "number": trade.of("invoices", key).number,
            "kind": "invoice", "part": "", "due": "2027-03-06", "days_overdue": 10, "amount": "121", "balance": "121",
        }],
    }  # fmt: skip
    assert program.get(f"/api/v1/accounts/{account}/open-items?date=nonsense").status_code == 422
    book = program.get(f"/api/v1/accounts/{account}/open-items.xlsx?date=2027-03-16")
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    _, _, (eur, _) = read_unsettled(SYSTEM, account, date(2027, 3, 16))
    assert (eur.late, unsettled_of(SYSTEM.speech, eur).rows[0].late) == (D(121), "10")
