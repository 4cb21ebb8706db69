"""The statement of one account: who is told, and what of it is still open at any day."""

from decimal import Decimal

import pytest

from crm_app.core.errors import Missing, NotAllowed
from crm_app.services import statements
from crm_app.services import trade as dates
from crm_app.services.work import Work
from tests.support import crm, kernel, trade
from tests.support.trade import line


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
        assert stated(me, account) == [("EUR", Decimal("133.10"))]
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
