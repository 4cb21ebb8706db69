"""Money against invoices: what is settled, what is left, what comes back; and who may still buy on credit."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_app.core import clock
from crm_app.core.errors import IllegalMove, Invalid, NotAllowed
from crm_app.core.i18n import Speech
from crm_app.models.notes import Note
from crm_app.models.payments import Allocation
from crm_app.services import allocation_sheet, credit, exposure
from crm_app.services import instalments as service
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.allocations import OpenRow, excess, read_allocations
from tests.support import crm, kernel, trade
from tests.support.trade import line, of, run, to

D = Decimal


def settled(key):
    found = of("invoices", key)
    return found.paid, found.balance


def paid_in(account, amount, **values):
    """A posted payment."""
    key = trade.make("payments", account=account, amount=str(amount), **values)
    run("payments", "post", key)
    return key


def free(key):
    return of("payments", key).unallocated


def owed(account):
    with Work(SYSTEM) as work:
        return credit.owed(work, account)


def test_paid_in_parts_and_beyond(trading):
    account = trade.customer()
    invoice = trade.invoice(account, line(1, 100))
    assert settled(invoice) == (D(0), D(121))
    first = to("invoices", "pay", invoice, amount="21", method="cash", reference="R-1")
    assert (settled(invoice), owed(account)) == ((D(21), D(100)), D(100))
    found = of("payments", first)
    assert (found.amount, found.method, found.reference, found.status, found.unallocated) == (
        D(21),
        "cash",
        "R-1",
        "posted",
        D(0),
    )
    over = to("invoices", "pay", invoice, amount="150")
    assert (settled(invoice), free(over), owed(account)) == ((D(121), D(0)), D(50), D(-50))
    for given in ({}, {"amount": "121"}):
        assert trade.faults(lambda given=given: run("invoices", "pay", invoice, **given)) == {
            "amount": "Nothing is left to be paid."
        }
    second = trade.invoice(account, line(1, 40))
    run("payments", "allocate", over, oldest=True)
    assert (settled(second), free(over), owed(account)) == ((D("48.40"), D(0)), D("1.60"), D("-1.60"))


def test_what_was_typed_on_an_old_page_is_no_money_too_much(trading):
    """The balance that the page showed comes along: more than is open by now, and no more than that, is refused."""
    account = trade.customer()
    invoice = trade.invoice(account, line(1, 100))
    assert list(trade.faults(lambda: run("invoices", "pay", invoice, balance="much"))) == ["balance"]
    to("invoices", "pay", invoice, amount="21", balance="121")
    told = {"amount": "Only 100.00 is open by now: somebody has settled a part meanwhile."}
    for amount in ("121", "100.01"):
        given = {"amount": amount, "balance": "121"}
        assert trade.faults(lambda given=given: run("invoices", "pay", invoice, **given)) == told
    assert (settled(invoice), owed(account)) == ((D(21), D(100)), D(100))
    to("invoices", "pay", invoice, amount="40", balance="121")
    over = to("invoices", "pay", invoice, amount="122", balance="121")
    assert (settled(invoice), free(over)) == ((D(121), D(0)), D(62)), "meant as more than all"


def test_one_payment_for_several_invoices_the_oldest_first_or_as_said(trading):
    account = trade.customer()
    old, new = (trade.invoice(account, line(1, 100), payment_days=days) for days in (5, 30))
    payment = paid_in(account, 150)
    run("payments", "allocate", payment)
    assert (settled(old), settled(new), free(payment)) == ((D(121), D(0)), (D(29), D(92)), D(0))
    run("payments", "unallocate", payment)
    assert (settled(old), settled(new), free(payment)) == ((D(0), D(121)), (D(0), D(121)), D(150))
    said = [{"invoice": old, "amount": "50"}, {"invoice": new, "amount": "100"}]
    run("payments", "allocate", payment, allocations=said)
    assert (settled(old), settled(new), free(payment)) == ((D(50), D(71)), (D(100), D(21)), D(0))
    keys = [
        key
        for key, of_payment, until in trade.columns(Allocation, "id", "payment", "until")
        if of_payment == payment and until is None
    ]
    run("payments", "unallocate", payment, allocations=keys[:1])
    assert (settled(old), settled(new), free(payment)) == ((D(0), D(121)), (D(100), D(21)), D(50))
    for bad in ([keys[0]], [10**9], "all", ["1"]):
        assert list(trade.faults(lambda bad=bad: run("payments", "unallocate", payment, allocations=bad))) == [
            "allocations"
        ]


def test_what_cannot_be_allocated_says_why_and_leaves_nothing_half_done(trading):
    account = trade.customer()
    invoice, strange = trade.invoice(account, line(1, 100)), trade.invoice(trade.customer(), line(1, 100))
    draft = trade.document("invoices", account, line(1, 1))
    payment = paid_in(account, 100)

    def refused(*rows):
        return trade.faults(lambda: run("payments", "allocate", payment, allocations=list(rows)))

    good = {"invoice": invoice, "amount": "50"}
    assert refused(good, {"invoice": invoice, "amount": "80"}) == {"allocations.1.amount": "At most 71.00 is left."}
    assert refused(good, {"invoice": invoice, "amount": "60"}) == {"allocations.1.amount": "At most 50.00 is left."}
    assert refused(good, {"invoice": invoice, "amount": "0.001"}) == {
        "allocations.1.amount": "This currency has fewer decimals."
    }
    for amount in ("0", "-1"):
        assert refused({"invoice": invoice, "amount": amount}) == {"allocations.0.amount": "Write a number above zero."}
    assert [list(refused({"invoice": invoice, "amount": amount})) for amount in ("x", "", None)] == [
        ["allocations.0.amount"]
    ] * 3
    for key in (strange, draft, 10**9, "1", None):
        assert list(refused({"invoice": key, "amount": "1"})) == ["allocations.0.invoice"]
    assert (settled(invoice), free(payment)) == ((D(0), D(121)), D(100))


def test_a_reversed_payment_settles_nothing_any_more(trading):
    account = trade.customer()
    invoice = trade.invoice(account, line(1, 100))
    payment = to("invoices", "pay", invoice)
    assert (settled(invoice), owed(account)) == ((D(121), D(0)), D(0))
    run("payments", "reverse", payment)
    found = of("payments", payment)
    assert (found.status, found.unallocated, found.reversed_on) == ("reversed", D(0), clock.today("Europe/Madrid"))
    assert (settled(invoice), owed(account)) == ((D(0), D(121)), D(121))
    for verb in ("allocate", "unallocate", "reverse"):
        with pytest.raises(IllegalMove):
            run("payments", verb, payment)


def test_a_credit_note_settles_what_it_corrects_and_then_others(trading):
    account = trade.customer()
    first, second = (trade.invoice(account, line(1, 100)) for _ in range(2))
    to("invoices", "pay", first, amount="100")
    note = to("invoices", "credit", first, issue=True)
    assert (settled(first), settled(note)) == ((D(121), D(0)), (D(21), D(100)))
    assert owed(account) == D(21)
    assert list(trade.faults(lambda: run("invoices", "apply", second))) == [""]
    run("invoices", "apply", note, allocations=[{"invoice": second, "amount": "60"}])
    assert (settled(second), settled(note)) == ((D(60), D(61)), (D(81), D(40)))
    refund = to("invoices", "pay", note)
    assert (of("payments", refund).direction, of("payments", refund).amount) == ("paid", D(40))
    assert (settled(note), owed(account)) == ((D(121), D(0)), D(61))


def test_money_in_another_currency_books_the_difference(trading):
    today = clock.today("Europe/Madrid")
    for ago, rate in ((40, "0.90"), (0, "0.80")):
        trade.make("exchange-rates", currency="USD", day=(today - timedelta(days=ago)).isoformat(), rate=rate)
    account = trade.customer(currency="USD", country="CO")
    invoice = trade.invoice(account, line(1, 100), rate="0.90")
    assert (of("invoices", invoice).total_company, owed(account)) == (D(90), D(90))
    to("invoices", "pay", invoice, amount="60")
    euros = paid_in(account, 40, currency="EUR")
    run("payments", "allocate", euros, allocations=[{"invoice": invoice, "amount": "40"}])
    mine = [row for row in trade.columns(Allocation, "invoice", "amount", "taken", "difference") if row[0] == invoice]
    assert mine == [(invoice, D(60), D(60), D("-6")), (invoice, D(40), D(32), D("-4"))], (
        "60 x (0.80 - 0.90); 32 against 40 x 0.90"
    )
    assert (settled(invoice), free(euros)) == ((D(100), D(0)), D(8))
    other = trade.invoice(account, line(1, 10), rate="0.90")
    run("payments", "allocate", euros, allocations=[{"invoice": other, "amount": "10", "taken": "8"}])
    assert (settled(other), free(euros)) == ((D(10), D(0)), D(0))
    assert list(
        trade.faults(
            lambda: run("payments", "allocate", euros, oldest=False, allocations=[{"invoice": other, "amount": "1"}])
        )
    ) == ["allocations.0.amount"]


def test_what_a_payment_may_not_be(trading):
    account = trade.customer()
    tomorrow = (clock.today("Europe/Madrid") + timedelta(days=2)).isoformat()
    for values, field in (
        ({"amount": "0"}, "amount"), ({"amount": "-5"}, "amount"), ({"amount": "1.001"}, "amount"), ({"amount": "many"}, "amount"),
        ({"amount": "1", "currency": "XDR"}, "currency"), ({"amount": "1", "currency": "TND"}, "currency"),
        ({"amount": "1", "currency": "TND", "rate": "-1"}, "rate"),
    ):  # fmt: skip
        assert list(trade.faults(lambda values=values: trade.make("payments", account=account, **values))) == [field], (
            values
        )
    ahead = trade.make("payments", account=account, amount="1", date=tomorrow)
    assert list(trade.faults(lambda: run("payments", "post", ahead))) == ["date"]
    invoice = trade.invoice(account, line(1, 1))
    for values, field in (
        ({"amount": "0"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"date": tomorrow}, "date"),
        ({"method": "shells"}, "method"),
    ):
        assert list(trade.faults(lambda values=values: run("invoices", "pay", invoice, **values))) == [field], values
    assert settled(invoice)[0] == D(0)


def test_money_that_came_before_what_was_recorded_yesterday_can_be_recorded(trading):
    account = trade.customer()
    paid_in(account, 5)
    late = paid_in(account, 7, date="2024-03-05")
    assert (of("payments", late).date, of("payments", late).number[:6]) == (
        date(2024, 3, 5),
        f"C-{clock.today('Europe/Madrid').year}",
    )


def test_the_credit_limit_holds_orders_and_paying_lifts_it(trading):
    account = trade.customer(credit_limit="200")
    invoice = trade.invoice(account, line(1, 100))
    order = trade.document("orders", account, line(1, 100))
    text = {"account": "The credit limit is 200.00; with this the customer would owe 242.00."}
    assert trade.faults(lambda: run("orders", "confirm", order)) == text
    assert of("orders", order).number is None
    to("invoices", "pay", invoice, amount="42")
    run("orders", "confirm", order)
    to("orders", "deliver", order, issue=True)
    assert to("orders", "invoice", order, issue=True), "what was handed over is invoiced"


@pytest.mark.parametrize(
    ("effect", "confirmed", "delivered"),
    [
        ("warn", True, True),
        ("prepay", True, False),
        ("hold_orders", False, True),
        ("hold_deliveries", False, False),
        ("suspend", False, False),
    ],
)
def test_each_level_of_a_policy_holds_what_it_says(trading, effect, confirmed, delivered):
    if effect == "warn":
        trade.make(
            "credit-policies", name="Levels", levels=[{"days": -3, "effect": "warn"}, {"days": 5, "effect": "warn"}]
        )
    policy = trade.make(
        "credit-policies",
        name=f"Policy {effect}",
        levels=[{"days": -10, "effect": "warn"}, {"days": 0, "effect": effect}],
    )
    account = trade.customer(credit_policy=policy)
    order, note = trade.document("orders", account, line(1, 1)), trade.order(account, line(1, 1))
    note = to("orders", "deliver", note)
    invoice = trade.invoice(account, line(1, 100), payment_days=0)

    def allowed(call):
        with suppress(Invalid):
            call()
            return True
        (text,) = trade.faults(call).values()
        late = f"The oldest open invoice is due today (Policy {effect})."
        assert text == ("This customer pays in advance: 1.21 is missing." if effect == "prepay" else late)
        return False

    assert allowed(lambda: run("orders", "confirm", order)) is confirmed
    assert allowed(lambda: run("deliveries", "issue", note)) is delivered
    to("invoices", "pay", invoice)
    for resource, verb, key, done in (
        ("orders", "confirm", order, confirmed),
        ("deliveries", "issue", note, delivered),
    ):
        assert done or run(resource, verb, key), "paying lifts it by itself"


def test_a_hold_by_hand_stops_orders_and_deliveries(trading):
    account = trade.customer()
    order, note = (
        trade.document("orders", account, line(1, 1)),
        to("orders", "deliver", trade.order(account, line(1, 1))),
    )
    run("accounts", "change", account, held=True)
    for resource, verb, key in (("orders", "confirm", order), ("deliveries", "issue", note)):
        assert trade.faults(lambda resource=resource, verb=verb, key=key: run(resource, verb, key)) == {
            "account": "This customer is on hold."
        }
    run("accounts", "change", account, held=False)
    run("orders", "confirm", order)
    run("deliveries", "issue", note)


def test_parts_of_a_payment_term_lose_no_cent(trading):
    parts = [{"percent": "33.3333", "days": days, "month_end": days == 90} for days in (30, 60, 90)]
    terms = trade.make("payment-terms", name="Three parts", parts=parts)
    invoice = of("invoices", trade.invoice(trade.customer(payment_terms=terms), line(1, "82.65")))
    with Work(SYSTEM) as work:
        head = {
            name: getattr(invoice, name)
            for name in ("date", "due", "kind", "payable", "payment_terms", "payment_days", "currency")
        }
        dated = service.planned(work, head)
    assert [amount for _, amount in dated] == trade.money("33.34", "33.34", "33.33")
    assert invoice.due == max(day for day, _ in dated)


def held_by(account):
    """What holds the account: (effect, why) of each."""
    with Work(SYSTEM) as work:
        return [
            (hold.effect.value, hold.why.text.format(**hold.why.args))
            for one in credit.held(work)
            if one.account == account
            for hold in one.holds
        ]


def exposed(account):
    with Work(SYSTEM) as work:
        return credit.exposed(work, account)


def test_what_is_ordered_or_handed_over_and_not_invoiced_is_on_credit_too(trading):
    account = trade.customer()
    order = trade.order(account, line(4, 100))
    assert (exposed(account), owed(account)) == (D(484), D(0))
    draft = to("orders", "invoice", order, percent="25")
    assert exposed(account) == D(484), "a draft charges nothing"
    run("invoices", "issue", draft)
    assert (exposed(account), owed(account)) == (D(484), D(121))
    note = to("orders", "deliver", order, issue=True)
    assert exposed(account) == D(484), "what was ordered and handed over counts once"
    run("orders", "close", order)
    assert exposed(account) == D(484), "what was handed over is owed, though the order is closed"
    back = to("deliveries", "return", note)
    assert exposed(account) == D(484), "a draft brings nothing back"
    run("deliveries", "cancel", back)
    to("invoices", "pay", draft)
    assert exposed(account) == D(363)
    to("deliveries", "invoice", note, issue=True)
    assert (exposed(account), owed(account)) == (D(363), D(363))
    bare = trade.document("deliveries", account, line(1, 50))
    run("deliveries", "issue", bare)
    assert exposed(account) == D("423.50")


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_handed_over_beyond_an_order_is_on_credit_until_it_is_invoiced(trading, closed):
    account = trade.customer(credit_limit="100000")
    order = trade.order(account, line(10, 5), line(4, 20))
    note = to("orders", "deliver", order)
    rows = of("deliveries", note).lines
    run("deliveries", "change", note, lines=[{"id": rows[0].id, "quantity": "12"}, {"id": rows[1].id, "quantity": "4"}])
    assert exposed(account) == D("157.30"), "a draft hands nothing over"
    run("deliveries", "issue", note, confirm=True)
    assert exposed(account) == D("169.40")
    invoice = to("orders", "invoice", order, lines=trade.picked("orders", order, 10, 4), issue=True)
    assert (owed(account), exposed(account)) == (D("157.30"), D("169.40"))
    to("invoices", "pay", invoice)
    if closed:
        run("orders", "close", order)
    for limit, is_over in (("12.09", True), ("13.20", False)):
        run("accounts", "change", account, credit_limit=limit)
        with Work(SYSTEM) as work:
            assert (account in set(work.session.scalars(exposure.over_limit()))) is is_over
    run("accounts", "change", account, credit_limit="100000")
    back = to("deliveries", "return", note, lines=trade.picked("deliveries", note, 1))
    run("deliveries", "issue", back)
    assert exposed(account) == D("6.05"), "what came back is not charged"
    to("deliveries", "invoice", note, issue=True)
    assert (owed(account), exposed(account)) == (D("6.05"), D("6.05"))


def test_a_deposit_is_not_counted_twice(trading):
    account = trade.customer()
    order = trade.order(account, line(1, 1000))
    deposit = to("orders", "invoice", order, deposit="30", issue=True)
    assert (exposed(account), owed(account)) == (D(1210), D(363))
    to("invoices", "pay", deposit)
    assert (exposed(account), owed(account)) == (D(847), D(0))
    to("orders", "invoice", order, issue=True)
    assert (exposed(account), owed(account)) == (D(847), D(847))


def test_the_limit_is_asked_where_an_order_is_confirmed_and_where_goods_leave(trading):
    account = trade.customer(credit_limit="200")
    trade.order(account, line(1, 100))
    second = trade.document("orders", account, line(1, 100))
    over = {"account": "The credit limit is 200.00; with this the customer would owe 242.00."}
    assert trade.faults(lambda: run("orders", "confirm", second)) == over
    note = trade.document("deliveries", account, line(1, 100))
    assert trade.faults(lambda: run("deliveries", "issue", note)) == over
    assert held_by(account) == []
    trade.invoice(account, line(1, 100))
    assert held_by(account) == [("hold_deliveries", over["account"])]


def test_who_pays_in_advance_gets_what_is_paid(trading):
    policy = trade.make("credit-policies", name="In advance", levels=[{"days": 0, "effect": "prepay"}])
    account = trade.customer(credit_policy=policy)
    order = trade.order(account, line(1, 100))
    trade.invoice(account, line(1, 10), payment_days=0)
    note = to("orders", "deliver", order)
    text = {"account": "This customer pays in advance: 121.00 is missing."}
    assert trade.faults(lambda: run("deliveries", "issue", note)) == text
    first = paid_in(account, 21)
    assert trade.faults(lambda: run("deliveries", "issue", note)) == {
        "account": "This customer pays in advance: 100.00 is missing."
    }
    assert free(first) == D(21)
    paid_in(account, 100)
    run("deliveries", "issue", note)
    texts = [
        text
        for resource, key, text in trade.columns(Note, "resource", "record", "text")
        if (resource, key) == ("accounts", account)
    ]
    assert texts == [
        f"Delivery note #{note} cannot go on: Prepayment only. What lifts it: A payment of what is missing."
    ], "no sums of invoices that its reader may not read"


def test_who_is_held_and_why_is_told_to_who_may_read_it(trading):
    policy = trade.make("credit-policies", name="Fifteen", levels=[{"days": 15, "effect": "hold_orders"}])
    account = trade.customer(credit_policy=policy, credit_limit="50", name="Held & Sons")
    invoice = trade.invoice(account, line(1, 100), payment_days=0)
    run("accounts", "change", account, held=True)
    with clock.frozen(clock.now() + timedelta(days=20)), Work(SYSTEM) as work:
        (one,) = [one for one in credit.held(work) if one.account == account]
    assert (one.name, one.effect.value, one.overdue, one.days, one.limit, one.exposed) == (
        "Held & Sons", "suspend", D(121), 20, D(50), D(121),
    )  # fmt: skip
    assert [hold.effect.value for hold in one.holds] == ["suspend", "hold_deliveries", "hold_orders"]
    program = crm.client(trading)
    told = [row for row in program.get("/api/v1/held").json()["items"] if row["account"] == account]
    assert [(row["effect"], row["limit"], row["exposed"]) for row in told] == [("suspend", "50", "121")]
    assert [hold["lift"] for hold in told[0]["holds"]][1] == "A payment of 71,00, or a higher limit."
    assert program.get("/api/v1/held.xlsx").content[:2] == b"PK"
    to("invoices", "pay", invoice)
    assert [effect for effect, _ in held_by(account)] == ["suspend"], "paying lifts what money holds"
    run("accounts", "change", account, held=False)
    assert held_by(account) == []
    grants = {f"{name}.read": "all" for name in ("accounts", "invoices", "payments", "orders", "deliveries")}
    with Work(kernel.user_with(grants)) as work:
        credit.held(work)
    for missing in ("invoices.read", "orders.read"):
        some = {name: scope for name, scope in grants.items() if name != missing}
        with Work(kernel.user_with(some)) as work, pytest.raises(NotAllowed):
            credit.held(work)


def test_a_credit_note_is_taken_back_from_what_it_settled(trading):
    account = trade.customer()
    first, second = (trade.invoice(account, line(1, 100)) for _ in range(2))
    note = to("invoices", "credit", first, issue=True)
    assert (settled(first), settled(note)) == ((D(121), D(0)), (D(121), D(0)))
    undone = run("invoices", "unapply", note)
    assert (settled(first), settled(note)) == ((D(0), D(121)), (D(0), D(121)))
    assert trade.owed(account) == {"EUR": D(121)}
    run("invoices", "apply", note, allocations=[{"invoice": second, "amount": "100"}])
    assert (settled(second), settled(note)) == ((D(100), D(21)), (D(100), D(21)))
    assert list(trade.faults(lambda: run("invoices", "unapply", second))) == [""]
    run("invoices", "unapply", note)
    assert settled(second) == (D(0), D(121))
    assert undone.change_set
    assert trade.disagreements() == []


def test_open_items_of_others_are_neither_shown_nor_settled(trading):
    account = trade.customer()
    verbs = ("payments.read", "payments.create", "payments.allocate", "payments.change")
    me = kernel.user_with({**dict.fromkeys(verbs, "all"), "invoices.read": "own", "accounts.read": "all"})
    theirs = trade.invoice(account, line(1, 100), payment_days=0)
    mine = trade.invoice(account, line(1, 10), owner=me.user)
    payment = paid_in(account, 50)
    with Work(me) as work:
        assert [item.id for item in allocation_sheet.sheet(work, payment).open_items] == [mine]
    said = [{"invoice": theirs, "amount": "1"}]
    assert trade.faults(lambda: run("payments", "allocate", payment, me, allocations=said)) == {
        "allocations.0.invoice": "Choose one from the list."
    }
    run("payments", "allocate", payment, me)
    assert (settled(mine), settled(theirs), free(payment)) == ((D("12.10"), D(0)), (D(0), D(121)), D("37.90"))
    run("payments", "allocate", payment)
    with Work(me) as work:
        found = allocation_sheet.sheet(work, payment)
    assert ([(part.resource, part.id) for part in found.settled], found.free) == ([("invoices", mine)], D(0))
    program = crm.client(me.user)
    assert program.get(f"/api/v1/accounts/{account}/statement").status_code == 403
    told = program.get("/api/v1/ageing").json()
    assert (told["partial"], account in {row["account"] for row in told["items"]}) == (True, False)
    assert program.get("/api/v1/held").status_code == 403


def test_what_is_left_is_told_with_the_decimals_of_its_currency(trading):
    today = clock.today("Europe/Madrid").isoformat()
    for currency, price, left in (("TND", "1.234", "1,493"), ("JPY", "1234", "1.493")):
        trade.make("exchange-rates", currency=currency, day=today, rate="0.5")
        account = trade.customer(currency=currency)
        invoice = trade.invoice(account, line(1, price))
        payment = trade.make("payments", account=account, amount="9000")
        run("payments", "post", payment)
        with pytest.raises(Invalid) as refused:
            run("payments", "allocate", payment, allocations=[{"invoice": invoice, "amount": "8000"}])
        assert SYSTEM.speech.say(refused.value.fields["allocations.0.amount"]) == f"Quedan como máximo {left}."


def test_more_than_is_open_or_left_is_told_while_it_is_typed():
    def told(text, left, currency="EUR"):
        return excess(Speech("en"), OpenRow(currency="EUR", most="121"), text, D(left), currency)

    assert [told(text, 200) for text in ("", "x", "0", "121", "121.01")] == ["", "", "", "", "At most 121.00 is left."]
    assert (told("50", 50), told("50.5", 50), told("1", -3)) == ("", "At most 50.00 is left.", "At most 0.00 is left.")
    assert told("121", 50, "USD") == "", "what another currency makes of it is for the rate to say"
    other = OpenRow(currency="EUR", most="121", other=True, taken="50.01")
    assert excess(Speech("en"), other, "121", D("50.01"), "USD") == ""
    assert excess(Speech("en"), other, "121", D(50), "USD") == "At most 50.00 is left."


def test_the_allocation_screen_knows_what_the_oldest_first_would_settle_and_what_other_money_takes(trading):
    account = trade.customer()
    late, later = (trade.invoice(account, line(1, 100), payment_days=days) for days in (30, 5))
    dollars = trade.invoice(account, line(1, 100), currency="CHF", rate="0.9")
    trade.make("exchange-rates", currency="CHF", day=clock.today("Europe/Madrid").isoformat(), rate="0.8")
    payment = paid_in(account, 200)
    with Work(SYSTEM) as work:
        found = allocation_sheet.sheet(work, payment)
    assert found.oldest == {("invoices", later): D(121), ("invoices", late): D(79)}
    assert found.worth == {"CHF": D("0.8"), "EUR": D(1)}
    assert {row.address: (row.other, row.typed) for row in read_allocations(SYSTEM, payment).open_rows} == {
        f"/invoices/{later}": (False, ""),
        f"/invoices/{late}": (False, ""),
        f"/invoices/{dollars}": (True, ""),
    }
    run("payments", "allocate", payment)
    assert [settled(key)[1] for key in (later, late, dollars)] == trade.money("0", "42", "121")


@pytest.mark.parametrize("scope", ["own", "team", "all", ""])
def test_money_is_allocated_to_what_its_reader_may_read_and_to_nothing_else(trading, scope):
    team = kernel.team()
    grants = {f"payments.{verb}": "all" for verb in ("read", "allocate", "unallocate")}
    who = kernel.user_with(grants | ({"invoices.read": scope} if scope else {}), team=team)
    mate, account = kernel.user_with({}, team=team), trade.customer()
    others, mates, mine = (
        trade.invoice(account, line(1, 100), owner=owner, payment_days=days)
        for owner, days in ((kernel.user_with({}).user, 5), (mate.user, 10), (who.user, 30))
    )
    seen = {"own": [mine], "team": [mates, mine], "all": [others, mates, mine], "": []}[scope]
    payment = paid_in(account, 400)
    if not scope:
        for refused in (lambda: read_allocations(who, payment), lambda: run("payments", "allocate", payment, who)):
            with pytest.raises(NotAllowed):
                refused()
        return
    assert [row.address for row in read_allocations(who, payment).open_rows] == [f"/invoices/{key}" for key in seen]
    for hidden in {others, mates, mine} - set(seen):
        said = [{"invoice": hidden, "amount": "1000"}]
        found = trade.faults(lambda said=said: run("payments", "allocate", payment, who, allocations=said))
        assert list(found) == ["allocations.0.invoice"]
    run("payments", "allocate", payment, who)
    assert [settled(key)[0] for key in (others, mates, mine)] == [
        D(121) * (key in seen) for key in (others, mates, mine)
    ]
    run("payments", "allocate", payment)
    found = read_allocations(who, payment)
    assert (found.open_rows, {row.number for row in found.settled_rows}, found.sheet.free) == (
        [],
        {of("invoices", key).number for key in seen},
        D(37),
    )


def test_a_payment_of_which_nothing_is_left_offers_no_open_invoices(trading):
    account = trade.customer()
    first, payment = trade.invoice(account, line(1, 100)), paid_in(account, 121)
    trade.invoice(account, line(1, 50))
    assert len(read_allocations(SYSTEM, payment).open_rows) == 2
    run("payments", "allocate", payment, allocations=[{"invoice": first, "amount": "121"}])
    found = read_allocations(SYSTEM, payment)
    assert (found.open_rows, [row.number for row in found.settled_rows]) == ([], [of("invoices", first).number])


def test_only_what_its_reader_may_read_is_taken_back(trading):
    account = trade.customer()
    grants = dict.fromkeys(("payments.read", "payments.unallocate", "invoices.unapply"), "all")
    who = kernel.user_with(grants | {"invoices.read": "own"})
    theirs, mine = (trade.invoice(account, line(1, 100), **more) for more in ({}, {"owner": who.user}))
    payment = paid_in(account, 242)
    run("payments", "allocate", payment)
    hidden = [key for key, invoice in trade.columns(Allocation, "id", "invoice") if invoice == theirs]
    assert trade.faults(lambda: run("payments", "unallocate", payment, who, allocations=hidden)) == {
        "allocations": "Choose one from the list."
    }
    run("payments", "unallocate", payment, who)
    assert (settled(mine)[0], settled(theirs)[0], free(payment)) == (D(0), D(121), D(121))
    blind = kernel.user_with({"payments.read": "all", "payments.unallocate": "all"})
    with pytest.raises(NotAllowed):
        run("payments", "unallocate", payment, blind)
    run("payments", "unallocate", payment)
    assert (settled(theirs)[0], free(payment)) == (D(0), D(242))
    run("payments", "allocate", payment)
    back = kernel.user_with({"payments.read": "all", "payments.reverse": "all", "invoices.read": "own"})
    run("payments", "reverse", payment, back)
    assert [settled(key)[0] for key in (mine, theirs)] == [D(0), D(0)], (
        "money that went back settles nothing, whoever says so"
    )


def test_a_rate_of_nothing_is_refused_and_none_is_that_of_the_day(trading):
    trade.make("exchange-rates", currency="NOK", day="2020-01-01", rate="0.09")
    account = trade.customer()
    wrong = trade.faults(lambda: trade.make("payments", account=account, amount="10", currency="NOK", rate="0"))
    assert wrong == {"rate": "Write a number above zero."}
    assert of("payments", trade.make("payments", account=account, amount="10", currency="NOK")).rate == D("0.09")
