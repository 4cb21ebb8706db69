"""Who is held and why: computed where the data is, shown as a page, and told where an order or a delivery is made."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import NotAllowed
from crm_app.models.deliveries import DeliveryNote
from crm_app.models.notes import Note
from crm_app.services import actions, ageing, credit, exposure, notes, records, timeline, whole
from crm_app.services.actors import SYSTEM
from crm_app.services.figures import of_record
from crm_app.services.work import Work
from crm_app.state.held import read
from crm_app.state.trade import beside, notices_of
from tests.support import crm, kernel, trade
from tests.support.trade import line, run, to

D = Decimal
ORDERS, DELIVERIES, QUOTES = (kernel.RESOURCES.get(name) for name in ("orders", "deliveries", "quotes"))


def rough():
    with Work(SYSTEM) as work:
        return set(work.session.scalars(exposure.over_limit()))


def shown_beside(resource, key):
    """The effects that the page of a document tells."""
    with Work(SYSTEM) as work:
        return [row.effect for row in beside(work, resource, records.one(work, resource, key)).notices]


def told(resource, account, key=0, who=SYSTEM):
    with Work(who) as work:
        return [
            (hold.effect.value, hold.why.text.format(**hold.why.args))
            for hold in credit.notices(work, resource, account, key)
        ]


def test_who_may_be_over_the_limit_is_found_by_the_database_and_nobody_is_missing(trading):
    today = clock.today("Europe/Madrid").isoformat()
    trade.make("exchange-rates", currency="USD", day=today, rate="0.5")
    people = {}
    for limit in ("120.99", "121", "121.01", "5000"):
        for way in ("invoice", "order", "note", "dollars", "paid", "part"):
            account = people[limit, way] = trade.customer(
                credit_limit="1000000", currency="USD" if way == "dollars" else "EUR"
            )
            if way == "order":
                trade.order(account, line(4, 25))
            elif way == "note":
                run("deliveries", "issue", trade.document("deliveries", account, line(4, 25)))
            elif way == "part":
                to("orders", "invoice", trade.order(account, line(4, 25)), percent="25", issue=True)
            else:
                key = trade.invoice(account, line(1, 200 if way == "dollars" else 100))
                if way == "paid":
                    to("invoices", "pay", key, amount="130")
            run("accounts", "change", account, credit_limit=limit)
    with Work(SYSTEM) as work:
        over = {one.account for one in credit.held(work)}
        exact = {key for key, account in people.items() if credit.exposed(work, account) > D(key[0])}
    assert {key for key, account in people.items() if account in over} == exact
    assert exact == {("120.99", way) for way in ("invoice", "order", "note", "dollars", "part")}
    assert rough() & set(people.values()) >= {people[key] for key in exact}
    assert not rough() & {account for (limit, way), account in people.items() if limit == "5000" or way == "paid"}


def test_the_page_tells_who_is_held_and_narrows_by_effect_and_name(trading):
    policy = trade.make("credit-policies", name="Gently", levels=[{"days": 3, "effect": "warn"}])
    late = trade.customer(name="Ñandú & Sons", credit_policy=policy)
    stopped = trade.customer(name="Stopped Ltd", held=True)
    trade.invoice(late, line(1, 100), payment_days=0)
    actor = kernel.actor(trading)

    def page(effect="", text="", number=1):
        with clock.frozen(clock.now() + timedelta(days=5)):
            return read(actor, effect, text, number)

    def accounts(shown):
        return [row.account for row in shown.page.rows]

    found = page(text="nandu")
    assert (accounts(found), found.page.total, [(tab.effect, tab.count) for tab in found.tabs][-1]) == (
        [late],
        1,
        ("warn", "1"),
    )
    (mine,) = found.page.rows
    assert (mine.overdue, mine.days, mine.limit) == ("121,00", "5", "")
    assert [(one.effect, one.why, one.look) for one in mine.reasons] == [
        ("Notice", "The oldest open invoice is 5 days overdue (Gently).", "wait")
    ]
    assert (
        mine.open_items
        == f"/invoices?filter%5Bstatus%5D=issued&filter%5Bbalance%5D%5Bgt%5D=0&filter%5Baccount%5D={late}"
    )
    assert (accounts(page("suspend", "stopped ltd")), accounts(page("suspend", "nandu"))) == ([stopped], [])
    assert page("<script>").effect == "", "an effect that nobody has is none"
    assert page("", "", 10**8).page.page == 1, "a page that is not there is the last one"


def test_one_day_is_told_as_one_and_a_day_to_come_as_such(trading):
    policy = trade.make("credit-policies", name="Prompt", levels=[{"days": -5, "effect": "warn"}])
    account = trade.customer(credit_policy=policy)
    trade.invoice(account, line(1, 100), payment_days=6)
    said = []
    for days in (0, 1, 5, 6, 7):
        with clock.frozen(clock.now() + timedelta(days=days)):
            said += [why.removeprefix("The oldest open invoice is ") for _, why in told("orders", account)]
    assert said == [
        "due in 5 days (Prompt).", "due tomorrow (Prompt).", "due today (Prompt).", "1 day overdue (Prompt).",
    ]  # fmt: skip


def test_an_order_and_a_delivery_say_what_stands_against_their_customer(trading):
    policy = trade.make("credit-policies", name="Warned", levels=[{"days": 0, "effect": "warn"}])
    account = trade.customer(credit_policy=policy, credit_limit="200")
    trade.invoice(account, line(1, 100), payment_days=0)
    warned = ("warn", "The oldest open invoice is due today (Warned).")
    over = ("hold_deliveries", "The credit limit is 200.00; with this the customer would owe 242.00.")
    order, note = trade.document("orders", account, line(1, 100)), trade.document("deliveries", account, line(1, 100))
    assert told("orders", account) == [warned]
    assert told("orders", account, order) == [over, warned]
    assert told("deliveries", account, note) == [over, warned]
    assert told("quotes", account) == told("invoices", account) == []
    assert shown_beside(ORDERS, order) == ["Entregas retenidas", "Aviso"]
    assert shown_beside(QUOTES, trade.document("quotes", account, line(1, 1))) == []
    run("accounts", "change", account, credit_limit="1000")
    run("orders", "confirm", order)
    assert told("orders", account, order) == [warned], "it is told where it has gone through, too"
    run("orders", "close", order)
    assert told("orders", account, order) == []
    assert told("orders", 10**9) == []


def test_only_who_makes_such_documents_is_told_what_stands_against_a_customer(trading):
    account = trade.customer(held=True)
    grants = {"orders.read": "all", "accounts.read": "all"}
    reader, maker = kernel.user_with(grants), kernel.user_with(grants | {"orders.create": "own"})
    assert told("orders", account, who=reader) == []
    assert told("orders", account, who=maker) == [("suspend", "This customer is on hold.")]
    stranger = kernel.user_with({"orders.create": "own", "accounts.read": "own"})
    assert notices_of(stranger, ORDERS, account, 0) == [], "of a customer whom they may not see"
    assert [row.why for row in notices_of(maker, ORDERS, account, 0)] == ["Este cliente está retenido."]


def test_who_may_read_some_documents_may_ask_and_who_may_read_none_of_a_kind_may_not(trading):
    some = {"invoices.read": "all", "payments.read": "own", "orders.read": "team", "deliveries.read": "own"}
    for grants, offered in (
        (dict.fromkeys(some, "all"), ["ageing.read", "held.read", "statement.read"]),
        (some, ["ageing.read", "held.read", "statement.read"]),
        ({name: scope for name, scope in some.items() if name != "orders.read"}, ["ageing.read", "statement.read"]),
        ({"invoices.read": "all"}, []),
        ({}, []),
    ):
        who = kernel.user_with({"accounts.read": "all", **grants})
        assert whole.may(who) == offered
        with Work(who) as work:
            for name, ask in (
                ("held.read", credit.held),
                ("ageing.read", lambda work: ageing.ageing(work, clock.now().date())),
            ):
                if name in offered:
                    ask(work)
                else:
                    with pytest.raises(NotAllowed):
                        ask(work)


@pytest.mark.parametrize("hide", ["invoices", "payments", "orders", "deliveries", ""])
def test_a_salesperson_sees_which_of_their_customers_are_held_where_nothing_that_counts_is_hidden(trading, hide):
    reads = ("accounts", "invoices", "payments", "orders", "deliveries")
    me = kernel.user_with({f"{name}.read": "own" for name in reads})
    theirs = kernel.user_with({}).user
    account = trade.customer(owner=me.user, credit_limit="100")
    trade.invoice(account, line(1, 100), owner=me.user)
    paid = trade.invoice(account, line(1, 7), owner=theirs)
    to("invoices", "pay", paid)  # the money, and what it has settled, count no more
    owner = {name: theirs if name == hide else me.user for name in reads}
    trade.invoice(account, line(1, 10), owner=owner["invoices"])
    run("payments", "post", trade.make("payments", account=account, amount="1", owner=owner["payments"]))
    trade.make("payments", account=account, amount="1", owner=theirs)  # a draft
    run("accounts", "change", account, credit_limit="10000")
    order = trade.document("orders", account, line(1, 20), owner=owner["orders"])
    run("orders", "confirm", order)
    run("deliveries", "issue", trade.document("deliveries", account, line(1, 30), owner=owner["deliveries"]))
    run("accounts", "change", account, credit_limit="100")
    stranger = trade.customer(owner=theirs, held=True)
    with Work(me) as work:
        found = {one.account: (one.limit, one.exposed) for one in credit.held(work)}
    whole_sum = D("121") + D("12.10") - 1 + D("24.20") + D("36.30")
    assert found == ({} if hide else {account: (D(100), whole_sum)})
    assert stranger not in found
    told = crm.client(me.user).get("/api/v1/held").json()
    assert (told["partial"], [one["account"] for one in told["items"]]) == (True, [account] if not hide else [])
    assert read(me, "", "", 1).page.total == len(found)
    figures = {figure.label.text for figure in _figures(me, account)}
    assert ("Credit left" in figures) is (not hide)
    assert ("Balance" in figures) is (hide not in ("invoices", "payments"))


def test_a_closed_order_hides_its_customer_only_while_something_of_it_is_to_be_invoiced(trading):
    reads = ("accounts", "invoices", "payments", "orders", "deliveries")
    me = kernel.user_with({f"{name}.read": "own" for name in reads})
    theirs = kernel.user_with({}).user
    account = trade.customer(owner=me.user, held=True)
    run("accounts", "change", account, held=False)
    order = trade.order(account, line(4, 10), owner=theirs)
    note = to("orders", "deliver", order, percent="50", issue=True)
    first = to("orders", "invoice", order, percent="25", issue=True)
    run("accounts", "change", account, held=True)

    def shown():
        with Work(me) as work:
            return account in {one.account for one in credit.held(work)}

    run("orders", "close", order)
    to("invoices", "pay", first)
    with Work(SYSTEM, "deliveries.change") as work:
        mine = sa.update(DeliveryNote).where(DeliveryNote.id == note).values(owner=me.user)
        work.session.execute(mine.execution_options(synchronize_session=False))
    assert not shown(), "one of two that left is not invoiced"
    rest = to("deliveries", "invoice", note, issue=True)
    to("invoices", "pay", rest)
    assert (trade.of("orders", order).invoiced, shown()) == ("partly", True)


def _told_in(name, key):
    """The notes in the history of that record, by who pressed and what stands in them, the oldest first."""
    resource = kernel.RESOURCES.get(name)
    with Work(SYSTEM) as work:
        return [(row.who, row.text) for row in reversed(timeline.of(work, resource, key)) if row.kind == "note"]


def test_who_may_not_read_all_that_counts_is_told_why_without_figures(trading):
    reads = {f"{name}.read": "own" for name in ("invoices", "payments", "orders", "deliveries")}
    rest = {"accounts.read": "all", "orders.create": "own"}
    sol, packer = kernel.user_with(reads | rest), kernel.user_with(rest | {"orders.read": "all"})
    policy = trade.make("credit-policies", name="Told", levels=[{"days": 0, "effect": "warn"}])
    account = trade.customer(credit_limit="100", credit_policy=policy)
    trade.invoice(account, line(1, 100), owner=sol.user)
    figures = [
        ("hold_deliveries", "The credit limit is 100.00; with this the customer would owe 121.00."),
        ("warn", "The oldest open invoice is due today (Told)."),
    ]
    none = [
        ("hold_deliveries", "With this the customer would owe more than the credit limit allows."),
        ("warn", "An open invoice is due, or will be soon (Told)."),
    ]
    assert told("orders", account, who=sol) == told("orders", account) == figures
    assert told("orders", account, who=packer) == none
    with Work(packer) as work:
        assert [hold.lift.text for hold in credit.notices(work, "orders", account)] == [
            "A payment, or a higher limit.",
            "Payment of the oldest open invoice.",
        ]
    trade.invoice(account, line(1, 1), owner=packer.user)  # one that counts, and that sol must not read
    assert told("orders", account, who=sol) == none


def test_what_a_hold_has_refused_stands_in_the_history_once_a_day_and_nobody_takes_it_back(trading):
    account = trade.customer(credit_limit="100")
    order = trade.document("orders", account, line(1, 100))
    grants = {f"{name}.{verb}": "all" for name in ("orders", "accounts") for verb in ("read", "change", "confirm")}
    sol = kernel.user_with(grants | {"changes.undo": "all"})
    with Work(SYSTEM) as work:
        name = records.one(work, kernel.RESOURCES.get("users"), sol.user).values["name"]
    why = "With this the customer would owe more than the credit limit allows."
    version = trade.of("orders", order).version
    for _ in range(3):
        assert trade.faults(lambda: run("orders", "confirm", order, sol)) == {"account": why}
    text = f"Sales order #{order} cannot go on: Deliveries on hold. What lifts it: A payment, or a higher limit."
    whole = "The credit limit is 100.00; with this the customer would owe 121.00."
    assert trade.faults(lambda: run("orders", "confirm", order)) == {"account": whole}
    assert _told_in("orders", order) == [(name, text)] == _told_in("accounts", account)
    assert (trade.of("orders", order).status, trade.of("orders", order).version) == ("draft", version)
    with Work(sol) as work:
        (entry,) = [row for row in timeline.of(work, kernel.RESOURCES.get("orders"), order) if row.kind == "note"]
    for refused in (
        lambda: actions.undo(sol, entry.change_set),
        lambda: _changed(sol, entry.note, None),
        lambda: _changed(sol, entry.note, "Nothing happened"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    run("accounts", "change", account, held=True)
    assert trade.faults(lambda: run("orders", "confirm", order)) == {"account": "This customer is on hold."}
    assert len(_told_in("orders", order)) == 2, "another effect is told too"
    run("accounts", "change", account, held=False, credit_limit="1000")
    run("orders", "confirm", order)
    assert len(_told_in("orders", order)) == 2
    note = trade.document("deliveries", account, line(1, 1000))
    assert set(trade.faults(lambda: run("deliveries", "issue", note))) == {"account"}
    assert len(_told_in("deliveries", note)) == 1


def test_what_is_made_and_refused_at_once_is_told_on_its_orders_and_never_on_the_next_document(trading):
    account = trade.customer()
    orders = [trade.order(account, line(1, 100)) for _ in range(2)]
    run("accounts", "change", account, held=True)
    before = trade.count("deliveries")
    for more in ({}, {"also": [orders[1]]}):
        assert trade.faults(lambda more=more: to("orders", "deliver", orders[0], issue=True, **more)) == {
            "account": "This customer is on hold."
        }
    assert trade.count("deliveries") == before
    texts = [
        f"Sales order #{order} cannot go on: Services suspended. What lifts it: Somebody who may change the customer takes "
        "the hold off."
        for order in orders
    ]
    assert [[text for _, text in _told_in("orders", order)] for order in orders] == [[text] for text in texts]
    assert [text for _, text in _told_in("accounts", account)] == texts
    others = trade.document("deliveries", trade.customer(), line(1, 7))
    assert _told_in("deliveries", others) == []
    stored = set(trade.columns(DeliveryNote, "id"))
    assert {(key,) for name, key in trade.columns(Note, "resource", "record") if name == "deliveries"} <= stored


def _changed(who, note, text):
    with Work(who, "notes.create") as work:
        notes.remove(work, note) if text is None else notes.change(work, note, text)


def _figures(who, account):
    with Work(who) as work:
        accounts = kernel.RESOURCES.get("accounts")
        return of_record(work, accounts, records.one(work, accounts, account))
