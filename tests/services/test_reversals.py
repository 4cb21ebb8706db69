"""Money that went back on the bank's day, rates of one's own currency, and differences that add up after all taking back."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm_app.models.payments import Allocation
from crm_app.services import actions, records, timeline
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import trade
from tests.support.trade import faults, line, of, run

D = Decimal


def paid_in(account, amount, **values):
    """A posted payment."""
    key = trade.make("payments", account=account, amount=str(amount), **values)
    run("payments", "post", key)
    return key


def settle(payment, *parts, verb="allocate"):
    return run("payments", verb, payment, allocations=[{"invoice": key, "amount": str(how)} for key, how in parts])


def test_a_cheque_bounces_on_the_day_of_the_bank(trading):
    with trade.on(2026, 1, 10):
        account = trade.customer()
        invoice = trade.invoice(account, line(1, 100))
        cheque = paid_in(account, 121)
        settle(cheque, (invoice, 121))
    with trade.on(2026, 1, 20):
        told = [
            faults(lambda day=day: run("payments", "reverse", cheque, date=day))
            for day in ("2026-01-21", "2026-01-09", "soon")
        ]
        assert told[:2] == [
            {"date": "This day is still to come."}, {"date": "The payment is of a later day: 2026-01-10."},
        ]  # fmt: skip
        assert list(told[2]) == ["date"]
        assert of("payments", cheque).status == "posted"
        run("payments", "reverse", cheque, date="2026-01-15")
        assert of("payments", cheque).reversed_on == date(2026, 1, 15)
        owing = [trade.owed(account, date(2026, 1, day)) for day in (10, 14, 15, 20)]
    assert owing == [{}, {}, {"EUR": D(121)}, {"EUR": D(121)}]
    assert trade.disagreements() == []


@pytest.mark.parametrize("key", [2**63, 10**30, -(2**63) - 1, 0, -1, True, 1.0, "1", None])
def test_what_can_be_no_record_settles_nothing_and_takes_nothing_back(trading, key):
    with trade.on(2026, 1, 10):
        account = trade.customer()
        invoice = trade.invoice(account, line(1, 100))
        payment = paid_in(account, 50)
        settle(payment, (invoice, 20))
        assert list(faults(lambda: settle(payment, (key, 10)))) == ["allocations.0.invoice"]
        assert list(faults(lambda: run("payments", "unallocate", payment, allocations=[key]))) == ["allocations"]
    assert of("payments", payment).unallocated == 30


def test_what_was_taken_back_after_the_day_ended_on_it_too(trading):
    with trade.on(2026, 1, 10):
        account = trade.customer()
        invoice = trade.invoice(account, line(1, 100))
        cheque = paid_in(account, 121)
        settle(cheque, (invoice, 121))
    with trade.on(2026, 1, 18):
        later = trade.invoice(account, line(1, 10))
        run("payments", "unallocate", cheque)
        settle(cheque, (later, "12.1"))
    with trade.on(2026, 1, 20):
        run("payments", "reverse", cheque, date="2026-01-12")
        owing = [trade.owed(account, date(2026, 1, day)) for day in (11, 12, 17, 18, 20)]
    assert owing == [{}, *[{"EUR": D(121)}] * 2, *[{"EUR": D("133.1")}] * 2]
    assert trade.disagreements() == []


@pytest.mark.parametrize("resource", ["quotes", "orders", "deliveries", "invoices", "payments"])
def test_a_rate_of_the_own_currency_is_one_or_refused(trading, resource):
    account = trade.customer()
    body = {"amount": "5"} if resource == "payments" else {"lines": [line(1, 5)]}

    def made(**more):
        return trade.make(resource, account=account, **body, **more)

    told = {"rate": "In the company's own currency the rate is 1."}
    for rate in ("2", "0", "-1", "1.00000001"):
        assert faults(lambda rate=rate: made(rate=rate)) == told
    assert faults(lambda: made(rate="2", currency="EUR")) == told
    key = made(rate="1")
    assert faults(lambda: run(resource, "change", key, rate="2")) == told
    assert [of(resource, made(rate=rate)).rate for rate in (None, "", "1.0")] == [D(1)] * 3


def cents(value):
    return value.quantize(D("0.01"), ROUND_HALF_UP)


@pytest.fixture(scope="module")
def foreign(trading):
    trade.make("exchange-rates", currency="USD", day="2020-01-01", rate="0.87654321")
    return trade.customer(currency="USD")


def live():
    """(payment, invoice, amount, difference) of what counts."""
    names = ("payment", "invoice", "amount", "difference", "until")
    return [row[:-1] for row in trade.columns(Allocation, *names) if row[-1] is None]


STEPS = st.lists(
    st.tuples(st.sampled_from(("give", "give", "give", "back")), st.integers(0, 2), st.integers(0, 1), st.integers(1, 9999)),
    min_size=3,
    max_size=8,
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
@example([("give", 2, 0, 2), ("give", 2, 0, 2), ("back", 2, 0, 2)])
def test_the_parts_of_a_difference_come_to_the_whole(foreign, steps):
    """Whatever was settled and taken back before: an invoice and payments that are used up differ by what each is worth."""
    invoices = [trade.invoice(foreign, line(1, 82.64), rate="0.91234567") for _ in range(2)]
    payments = [paid_in(foreign, "66.66", rate=rate) for rate in ("0.81234567", "1.0333333", "0.777")]
    for step, source, target, amount in steps:
        rows = trade.columns(Allocation, "id", "payment", "until")
        mine = [key for key, payment, until in rows if payment == payments[source] and until is None]
        if step == "give":
            most = min(of("payments", payments[source]).unallocated, of("invoices", invoices[target]).balance)
            if most > 0:
                settle(payments[source], (invoices[target], min(D(amount) / 100, most)))
        elif mine:
            run("payments", "unallocate", payments[source], allocations=mine[: 1 + amount % 2])
    for payment in payments:
        run("payments", "allocate", payment, oldest=True)
    mine = [row for row in live() if row[0] in payments]
    assert sum(row[2] for row in mine) == sum(cents(of("invoices", key).payable) for key in invoices) == D("199.98")
    worth = sum(cents(of("payments", key).amount * of("payments", key).rate) for key in payments)
    was = sum(cents(of("invoices", key).payable * of("invoices", key).rate) for key in invoices)
    assert sum(row[3] for row in mine) == worth - was
    assert trade.disagreements() == []


def test_a_reversal_is_undone_where_nothing_was_settled_and_allocations_are_taken_back_by_their_own_verb(trading):
    account = trade.customer()
    invoice, free, bound = trade.invoice(account, line(1, 100)), paid_in(account, 30), paid_in(account, 50)
    settled = settle(bound, (invoice, 50))
    back = run("payments", "reverse", free)
    actions.undo(SYSTEM, back.change_set)
    assert (of("payments", free).status, of("payments", free).unallocated) == ("posted", 30)
    assert (trade.owed(account), trade.disagreements()) == ({"EUR": D(41)}, [])
    run("payments", "reverse", bound)
    with Work(SYSTEM) as work:
        told = timeline.of(work, records.resource_of("payments"), bound)
    assert [entry.mine for entry in told if entry.change_set >= settled.change_set] == [False, False]
