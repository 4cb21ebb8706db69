"""Money received that is paid back: one payment settles the other, and every account of it stays right at any date."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm_app.core.errors import IllegalMove, NotAllowed, Refusal
from crm_app.models.payments import Allocation
from crm_app.services import allocation_sheet, strip
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.allocations import read_allocations
from tests.support import crm, kernel, trade
from tests.support.trade import faults, line, of, on, run, to

D = Decimal
_runs = count()


@pytest.fixture(autouse=True)
def begin(trading):
    """The first day of the test: each has days of its own, since numbers go forward only."""
    first = _first_day()
    with at(first):
        yield first


def _first_day():
    return date(2027, 1, 1) + timedelta(days=300 * next(_runs))


def at(first, after=0):
    """The clock stands at so many days after the first."""
    day = first + timedelta(days=after)
    return on(day.year, day.month, day.day)


def money(account, amount, direction="received", **values):
    """A posted payment."""
    key = trade.make("payments", account=account, amount=str(amount), direction=direction, **values)
    run("payments", "post", key)
    return key


def left(*keys):
    return [of("payments", key).unallocated for key in keys]


def give(paid, *parts):
    return run("payments", "allocate", paid, allocations=[{"payment": key, "amount": str(how)} for key, how in parts])


def live(paid):
    """(what it gives back, amount, taken, difference, day) of what counts of a payment that was paid out."""
    names = ("payment", "refunded", "amount", "taken", "difference", "day", "until")
    return [row[1:-1] for row in trade.columns(Allocation, *names) if row[0] == paid and row[-1] is None]


def test_what_is_left_of_a_payment_is_paid_back_by_one_verb(begin):
    account = trade.customer()
    invoice = trade.invoice(account, line(1, 100))
    came = to("invoices", "pay", invoice, amount="171")
    with at(begin, 8) as today:
        part = to("payments", "refund", came, amount="20", method="cash", reference="Desk")
        rest = to("payments", "refund", came)
        assert faults(lambda: run("payments", "refund", came)) == {"amount": "Nothing is left of this."}
        owing = [trade.owed(account, begin + timedelta(days=after)) for after in (0, 7, 8)]
    told = [
        (of("payments", key).direction, of("payments", key).amount, of("payments", key).method) for key in (part, rest)
    ]
    assert told == [("paid", D(20), "cash"), ("paid", D(30), "transfer")]
    assert (left(came, part, rest), owing) == ([0, 0, 0], [{"EUR": D(-50)}, {"EUR": D(-50)}, {}])
    assert live(rest) == [(came, D(30), D(30), D(0), today)]
    assert [row[0] for row in trade.moved(account, today)["EUR"]] == ["invoice", "received", "paid", "paid"]
    assert trade.disagreements() == []


def test_what_cannot_be_paid_back_says_why(begin):
    account = trade.customer()
    came = money(account, 50)
    day = {after: (begin + timedelta(days=after)).isoformat() for after in (-1, 0, 1)}
    for values, told in (
        ({"amount": "50.01"}, {"amount": "At most 50.00 is left."}),
        ({"amount": "0"}, {"amount": "Write a number above zero."}),
        ({"amount": "1.001"}, {"amount": "This currency has fewer decimals."}),
        ({"date": day[1]}, {"date": "This day is still to come."}),
        ({"date": day[-1]}, {"date": f"The payment is of a later day: {day[0]}."}),
    ):
        assert faults(lambda values=values: run("payments", "refund", came, **values)) == told
    out = money(account, 5, "paid")
    assert faults(lambda: run("payments", "refund", out)) == {"": "Only money received is paid back."}
    assert left(came, out) == [50, 5]
    draft = trade.make("payments", account=account, amount="5")
    with pytest.raises(IllegalMove):
        run("payments", "refund", draft)
    grants = dict.fromkeys(("payments.read", "payments.refund"), "all")
    with pytest.raises(NotAllowed):
        run("payments", "refund", came, kernel.user_with(grants))
    payer = kernel.user_with(grants | {"payments.create": "own"})
    assert of("payments", to("payments", "refund", came, payer)).owner == payer.user


def test_money_that_went_out_by_itself_gives_back_what_came_beside_open_credit_notes(begin):
    account = trade.customer()
    note = trade.invoice(account, line(1, 10), kind="credit_note")
    came = money(account, 100, date=(begin - timedelta(days=8)).isoformat())
    strange, other, out = money(trade.customer(), 7), money(account, 3, "paid"), money(account, 110, "paid")
    found = read_allocations(SYSTEM, out)
    assert [(row.address, row.what, row.balance) for row in found.open_rows] == [
        (f"/invoices/{note}", "Credit note", "12,10 EUR"),
        (f"/payments/{came}", "Payment received", "100,00 EUR"),
    ]
    assert found.sheet.oldest == {("payments", came): D(100), ("invoices", note): D(10)}
    for key in (strange, other, out, 10**9, "1", None):
        assert list(faults(lambda key=key: give(out, (key, 1)))) == ["allocations.0.payment"]
    assert list(faults(lambda: give(came, (strange, 1)))) == ["allocations.0.payment"]
    assert faults(lambda: give(out, (came, "100.01"))) == {"allocations.0.amount": "At most 100.00 is left."}
    both = [{"payment": came, "amount": "60"}, {"invoice": note, "amount": "12.10"}]
    run("payments", "allocate", out, allocations=both)
    assert (left(came, out, other), of("invoices", note).balance) == ([D(40), D("37.90"), D(3)], 0)
    assert [(row.address, row.what, row.amount) for row in read_allocations(SYSTEM, out).settled_rows] == [
        (f"/payments/{came}", "Payment received", "60,00 EUR"),
        (f"/invoices/{note}", "Credit note", "12,10 EUR"),
    ]
    (back,) = read_allocations(SYSTEM, came).settled_rows
    assert (back.address, back.what, back.amount) == (f"/payments/{out}", "Payment made", "60,00 EUR")
    run("payments", "allocate", out)
    assert (left(came, out), trade.owed(account)) == ([D("2.10"), D(0)], {"EUR": D("0.90")})
    with Work(SYSTEM) as work:
        chains = [{(node.kind, node.id) for node in strip.chain_of(work, "payments", key)} for key in (came, out)]
    assert chains == [
        {("Payment", came), ("Payment made", out)},
        {("Payment", came), ("Payment made", out), ("Credit note", note)},
    ]
    assert trade.disagreements() == []


@pytest.mark.parametrize("side", ["came", "out"])
@pytest.mark.parametrize(
    ("verb", "owing", "rest"),
    [
        ("unallocate", {"came": -20, "out": -20}, {"came": [50, 30], "out": [50, 30]}),
        ("reverse", {"came": 30, "out": -50}, {"came": [0, 30], "out": [50, 0]}),
    ],
)
def test_it_is_taken_back_or_reversed_from_either_side(begin, side, verb, owing, rest):
    account = trade.customer()
    keys = {"came": money(account, 50)}
    with at(begin, 8):
        keys["out"] = to("payments", "refund", keys["came"], amount="30")
    with at(begin, 20):
        run("payments", verb, keys[side])
        told = [trade.owed(account, begin + timedelta(days=after))["EUR"] for after in (0, 8, 20)]
        assert (told, left(*keys.values()), live(keys["out"])) == ([D(-50), D(-20), D(owing[side])], rest[side], [])
        assert trade.disagreements() == []


def test_only_what_its_reader_may_read_is_offered_given_back_and_taken_back():
    account = trade.customer()
    grants = {f"payments.{verb}": "all" for verb in ("allocate", "unallocate")} | {"invoices.read": "all"}
    who = kernel.user_with(grants | {"payments.read": "own"})
    hidden, mine = money(account, 50), money(account, 20, owner=who.user)
    out = money(account, 70, "paid", owner=who.user)
    assert [row.address for row in read_allocations(who, out).open_rows] == [f"/payments/{mine}"]
    said = [{"payment": hidden, "amount": "1"}]
    assert list(faults(lambda: run("payments", "allocate", out, who, allocations=said))) == ["allocations.0.payment"]
    run("payments", "allocate", out, who)
    give(out, (hidden, 50))
    assert left(hidden, mine, out) == [0, 0, 0]
    run("payments", "unallocate", out, who)
    assert left(hidden, mine, out) == [0, 20, 20]


def test_another_currency_books_the_difference(begin):
    trade.make("exchange-rates", currency="USD", day="2020-01-01", rate="0.9")
    account = trade.customer()
    came = money(account, 100, currency="USD", rate="0.8")
    with at(begin, 8):
        out = to("payments", "refund", came, amount="40")
        euros = money(account, 60, "paid")
        run("payments", "allocate", euros, allocations=[{"payment": came, "amount": "60", "taken": "55"}])
        assert [row[1:4] for row in (*live(out), *live(euros))] == [(D(40), D(40), D(-4)), (D(60), D(55), D(-7))]
        assert (left(came, out, euros), trade.owed(account)) == ([0, 0, 5], {"EUR": D(5)})
        told = [row for row in trade.moved(account)["USD"] if row[0] != "paid"]
        assert told == [("received", D(-100), D(-100)), ("exchange", D(60), D(-40))]
        run("payments", "unallocate", came)
        assert trade.owed(account) == {"EUR": D(60), "USD": D(-60)}
    assert trade.disagreements() == []


def test_eight_who_pay_back_at_once_pay_back_once():
    came, before = money(trade.customer(), 50), trade.count("payments")
    found = kernel.at_once(*[lambda: to("payments", "refund", came)] * 8)
    assert (sum(isinstance(one, int) for one in found), trade.count("payments")) == (1, before + 1)
    assert all(isinstance(one, int | Refusal) for one in found)


def test_who_allocates_and_who_takes_back_at_once_leave_the_books_right():
    """Money paid out and received, an invoice and what settles it: each verb from a thread of its own."""
    account = trade.customer()
    came, out = ([money(account, amount, way) for _ in range(2)] for amount, way in ((50, "received"), (60, "paid")))
    payer = trade.customer()
    invoice, first, second = trade.invoice(payer, line(1, 100)), money(payer, 50), money(payer, 90)
    run("payments", "allocate", first)
    calls = [
        *(lambda key=key: run("payments", "allocate", key) for key in (*out, second, *out)),
        *(lambda key=key: run("payments", "unallocate", key) for key in (*came, first, *out)),
        lambda: run("invoices", "pay", invoice, amount="10"),
    ]  # fmt: skip
    found = kernel.at_once(*calls)
    assert [one for one in found if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
    assert min(*left(*came, *out, first, second), of("invoices", invoice).balance) >= 0
    assert trade.disagreements() == []


def test_over_the_interface_it_is_done_and_told_as_its_neighbours_are(trading):
    program = crm.client(trading)
    came = money(trade.customer(), 50)
    headers = {"Idempotency-Key": f"refund-{came}"}
    first, second = (
        program.post(f"/api/v1/payments/{came}/refund", json={"amount": "20"}, headers=headers) for _ in range(2)
    )
    assert (first.status_code, second.json()) == (200, first.json())
    made = first.json()["result"]
    assert (made["resource"], first.json()["unallocated"]) == ("payments", "30.00")
    for here, there in ((came, made["id"]), (made["id"], came)):
        (row,) = program.get(f"/api/v1/payments/{here}/allocations").json()["items"]
        assert (row["resource"], row["document"], row["amount"], row["taken"]) == ("payments", there, "20", "20")
    refused = program.post(f"/api/v1/payments/{came}/refund", json={"amount": "31"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["amount"])
    taken = program.post(f"/api/v1/payments/{came}/unallocate", json={"allocations": [row["id"]]})
    assert (taken.status_code, left(came, made["id"])) == (200, [50, 20])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("come", "invoice", "credit", "refund", "refund", "out", "give", "give", "back", "reverse")),
        st.integers(0, 5), st.integers(1, 9999), st.integers(0, 20),
    ),
    min_size=4, max_size=12,
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
@example([("come", 0, 5000, 0), ("refund", 0, 3000, 3), ("reverse", 0, 1, 3), ("out", 0, 1000, 1), ("give", 2, 1, 2)])
@example([("come", 1, 5000, 0), ("out", 0, 4000, 3), ("give", 1, 1, 3), ("back", 0, 1, 4), ("give", 1, 1, 2)])
def test_statement_ledger_and_ageing_agree_at_any_date_whatever_was_paid_back(steps):
    """Money that comes in two currencies, is allocated, paid back, taken back and reversed, day after day."""
    begin = _first_day()
    trade.make("exchange-rates", currency="USD", day=begin.isoformat(), rate="0.9")
    account, day, keys = trade.customer(), begin, []
    for step, which, cents, later in steps:
        day += timedelta(days=later)
        with on(day.year, day.month, day.day):
            keys += moved(
                account, step, keys[which % len(keys)] if keys else 0, D(cents) / 100, ("EUR", "USD")[which % 2]
            )
            for ago in (0, later, 30):
                trade.owed(account, day - timedelta(days=ago))
    with on(day.year, day.month, day.day):
        for after in range(0, (day - begin).days + 1, 5):
            trade.owed(account, begin + timedelta(days=after))
        assert all(amount >= 0 for amount in left(*keys))
        assert trade.disagreements() == []


def moved(account, step, payment, amount, currency):
    """The payments that the step makes; one that is refused makes none and changes nothing."""
    if step in ("invoice", "credit"):
        trade.invoice(account, line(1, amount), kind="credit_note" if step == "credit" else "invoice")
    if step in ("come", "out"):
        return [money(account, amount, "paid" if step == "out" else "received", currency=currency)]
    verb = {"refund": "refund", "give": "allocate", "back": "unallocate", "reverse": "reverse"}.get(step)
    if verb is None or not payment:
        return []
    values = {"amount": str(min(amount, of("payments", payment).unallocated))} if verb == "refund" else {}
    try:
        outcome = run("payments", verb, payment, **values)
    except Refusal:
        return []
    return [outcome.result["id"]] if outcome.result else []


def test_the_sheet_of_what_was_paid_out_tells_what_other_money_takes():
    trade.make("exchange-rates", currency="CHF", day="2020-01-01", rate="0.8")
    account = trade.customer()
    came, out = money(account, 10, currency="CHF"), money(account, 20, "paid")
    with Work(SYSTEM) as work:
        sheet = allocation_sheet.sheet(work, out)
    assert (sheet.back, sheet.worth["CHF"], [item.id for item in sheet.open_items]) == (True, D("0.8"), [came])
