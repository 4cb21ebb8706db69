"""What the head of an account tells in figures, and whom."""

import re
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.i18n import Speech
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.services import figures, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.heads import figures_of
from tests.support import kernel, trade
from tests.support.trade import line

D = Decimal
ACCOUNTS = RESOURCES.get("accounts")


def told(account, who=SYSTEM):
    with Work(who) as work:
        found = figures.of_record(work, ACCOUNTS, records.one(work, ACCOUNTS, account))
    return [(one.label.text, one.amounts, one.of, one.late) for one in found]


def test_a_customer_who_owes_nothing_owes_nought(trading):
    assert told(trade.customer()) == [
        ("Balance", ((D(0), "EUR"),), None, False),
        ("Overdue balance", ((D(0), "EUR"),), None, False),
    ]


def test_who_may_read_only_their_own_documents_is_told_no_sums_that_others_are_in(trading):
    account = trade.customer(credit_limit="500")
    trade.invoice(account, line(1, 10))
    own = kernel.user_with({"accounts.read": "all", "invoices.read": "own", "payments.read": "all"})
    money = kernel.user_with({"accounts.read": "all", "invoices.read": "all", "payments.read": "all"})
    assert told(account, own) == []
    assert [label for label, *_ in told(account, money)] == ["Balance", "Overdue balance", "Sales, 12 months"]
    mine = trade.customer()
    trade.invoice(mine, line(1, 10), owner=own.user)
    assert told(mine, own)[0] == ("Balance", ((D("12.10"), "EUR"),), None, False)


def test_what_is_owed_and_what_is_overdue_stand_by_currency_and_the_credit_that_is_left_beside(trading):
    account = trade.customer(credit_limit="500")
    trade.invoice(account, line(1, 100))
    assert told(account) == [
        ("Balance", ((D("121"), "EUR"),), None, False),
        ("Overdue balance", ((D(0), "EUR"),), None, False),
        ("Credit left", ((D("379"), "EUR"),), (D("500"), "EUR"), False),
        ("Sales, 12 months", ((D("100"), "EUR"),), None, False),
    ]
    with Work(SYSTEM) as work:
        rows = figures_of(work, ACCOUNTS, records.one(work, ACCOUNTS, account))
    assert [row.more for row in rows] == ["1 factura abierta", "", "de 500,00 EUR", ""]


def test_more_than_the_limit_is_late(trading):
    account = trade.customer(credit_limit="130")
    trade.order(account, line(1, 100))
    trade.make("accounts", name="Nobody")
    trade.run("accounts", "change", account, credit_limit="100")
    assert told(account)[2] == ("Credit left", ((D("-21"), "EUR"),), (D("100"), "EUR"), True)


def test_quotes_that_wait_for_an_answer_and_what_was_sold_within_a_year_stand_in_the_companys_currency(trading):
    account = trade.customer()
    sent, old = (trade.document("quotes", account, line(1, price)) for price in (50, 70))
    trade.document("quotes", account, line(1, 1000))
    for quote in (sent, old):
        trade.run("quotes", "send", quote)
    trade.run("quotes", "decline", old, reason="Dear")
    note = trade.to("invoices", "credit", trade.invoice(account, line(1, 100)))
    trade.run("invoices", "issue", note)
    trade.invoice(account, line(1, 20))
    assert told(account)[2:] == [
        ("Open quotes", ((D("60.50"), "EUR"),), None, False),
        ("Sales, 12 months", ((D("20"), "EUR"),), None, False),
    ]
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert [label for label, *_ in told(account)] == ["Balance", "Overdue balance", "Open quotes"]


def more(account, who=SYSTEM):
    with Work(who) as work:
        found = figures.of_record(work, ACCOUNTS, records.one(work, ACCOUNTS, account))
    return {one.label.text: Speech("en").say(one.why) if one.why else "" for one in found}


def test_what_confirmed_orders_have_still_to_deliver_stands_with_its_orders_and_lines(trading):
    account = trade.customer()
    first, second = trade.order(account, line(4, 100), line(2, 50)), trade.order(account, line(1, 10))
    trade.document("orders", account, line(1, 1000))
    assert told(account)[2:] == [("To deliver", ((D("617.10"), "EUR"),), None, False)]
    assert more(account)["To deliver"] == "2 orders, 3 lines"
    note = trade.to("orders", "deliver", first, lines=trade.picked("orders", first, 3, 2))
    assert told(account)[2][1] == ((D("617.10"), "EUR"),)  # nothing has been handed over yet
    trade.run("deliveries", "issue", note)
    assert told(account)[2:] == [("To deliver", ((D("133.10"), "EUR"),), None, False)]
    assert more(account)["To deliver"] == "2 orders, 2 lines"
    trade.run("orders", "close", second)
    assert more(account)["To deliver"] == "1 order, 1 line"
    query = Query(
        filters=(
            Filter("account", "eq", str(account)),
            Filter("status", "eq", "confirmed"),
            Filter("delivered", "ne", "all"),
        )
    )
    with Work(SYSTEM) as work:
        assert records.count(work, RESOURCES.get("orders"), query) == (1, False)
    sellers = [kernel.user_with({"accounts.read": "all"} | {"orders.read": scope}) for scope in ("own", "all")]
    assert [list(more(account, seller)) for seller in sellers] == [[], ["To deliver"]]


def test_under_a_figure_stands_of_how_many_documents_it_is_the_sum(trading):
    account = trade.customer()
    for price in (100, 200):
        trade.invoice(account, line(1, price))
    trade.run("quotes", "send", trade.document("quotes", account, line(1, 50)))
    assert more(account) == {
        "Balance": "2 open invoices", "Overdue balance": "", "Open quotes": "1 quote", "Sales, 12 months": "",
    }  # fmt: skip
    day = clock.now()
    with clock.frozen(day + timedelta(days=60)):
        late = more(account)["Overdue balance"]
        assert late.startswith("2 invoices, since "), late
    with clock.frozen(day + timedelta(days=400)):
        trade.invoice(account, line(1, 400))
        assert more(account)["Sales, 12 months"] == "33 % more than in the year before"
        trade.invoice(trade.customer(), line(1, 1))
    with clock.frozen(day + timedelta(days=800)):
        trade.invoice(account, line(1, 100))
        assert more(account)["Sales, 12 months"] == "75 % less than in the year before"


def test_they_are_found_by_indexes_however_many_documents_others_have(trading):
    account = trade.customer(credit_limit="500")
    trade.order(account, line(1, 100))
    plans = []

    def explain(connection, cursor, statement, values, *_):
        if statement.startswith("SELECT anon") or "account = " in statement:
            sqlite = connection.dialect.name == "sqlite"
            other = connection.connection.cursor()
            if not sqlite:
                other.execute("SET LOCAL enable_seqscan = off")
            other.execute(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", values)
            plans.append(" ".join(str(row) for row in other.fetchall()))

    with Work(SYSTEM) as work:
        item = records.one(work, ACCOUNTS, account)
        sa.event.listen(work.session.get_bind(), "before_cursor_execute", explain)
        try:
            figures.of_record(work, ACCOUNTS, item)
        finally:
            sa.event.remove(work.session.get_bind(), "before_cursor_execute", explain)
    assert len(plans) == 9
    for plan in plans:
        assert not re.search(r"SCAN (?!anon)|Seq Scan", plan), plan


def test_other_records_have_none_and_neither_has_who_is_no_customer(trading):
    supplier = trade.make("accounts", name="Supplies", roles=["supplier"])
    assert told(supplier) == []
    product = trade.product()
    products = RESOURCES.get("products")
    with Work(SYSTEM) as work:
        assert figures.of_record(work, products, records.one(work, products, product)) == ()
