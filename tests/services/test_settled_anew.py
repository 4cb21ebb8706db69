"""Money that is set against another invoice, and invoices that are settled anew: the past stays as it was."""

from datetime import date
from decimal import Decimal

from crm_app.services import statements, unsettled
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import trade
from tests.support.trade import line, run, to

D = Decimal


def paid_in(account, **values):
    """A posted payment of 121."""
    key = trade.make("payments", account=account, amount="121", **values)
    run("payments", "post", key)
    return key


def test_what_is_settled_anew_counts_from_the_day_on_which_it_was_free_again(trading):
    with trade.on(2025, 1, 10):
        account, second = trade.customer(), trade.customer()
        invoice, other = (trade.invoice(account, line(1, 100)) for _ in range(2))
        early, late = paid_in(account), paid_in(account)
        run("payments", "allocate", early, allocations=[{"invoice": invoice, "amount": "121"}])
    with trade.on(2025, 3, 1):
        run("payments", "unallocate", early)
        run("payments", "allocate", late, allocations=[{"invoice": invoice, "amount": "121"}])
        run("payments", "allocate", early, allocations=[{"invoice": other, "amount": "121"}])
        note = to("invoices", "credit", trade.invoice(second, line(1, 100)), issue=True)
        run("invoices", "unapply", note)
    with trade.on(2025, 3, 9):
        refund = paid_in(second, direction="paid")
        run("payments", "allocate", refund, allocations=[{"invoice": note, "amount": "121"}])
        assert open_at(account, date(2025, 2, 1)) == {("invoices", other): D(121), ("payments", late): D(-121)}
        assert open_at(account, date(2025, 3, 1)) == {}
        for day in (date(2025, 2, 1), date(2025, 3, 1), date(2025, 3, 9)):
            assert sum(open_at(account, day).values()) == trade.moved(account, day)["EUR"][-1][-1] == 0
        assert list(open_at(second, date(2025, 3, 9)).values()) == [D(121)]


def open_at(account, day):
    """What of each document is open at the end of that day."""
    with Work(SYSTEM) as work:
        found = unsettled.open_items(work, account, day)
    return {(item.resource, item.id): item.balance for items in found for item in items.items}


def test_a_statement_begins_with_what_everything_before_it_came_to(trading):
    """A payment that went back later, and money of another currency, on either side of the first day."""
    with trade.on(2026, 1, 10):
        trade.make("exchange-rates", currency="USD", day="2026-01-01", rate="0.5")
        account = trade.customer()
        invoice = trade.invoice(account, line(1, 100))
        back, dollars = paid_in(account), paid_in(account, currency="USD")
        run("payments", "allocate", dollars, allocations=[{"invoice": invoice, "amount": "50", "taken": "100"}])
    with trade.on(2026, 2, 10):
        run("payments", "reverse", back)
        run("payments", "unallocate", dollars)
    for begin, opening, moved in (
        (date(2026, 1, 1), {"EUR": 0, "USD": 0}, {"EUR": [121, -121, -50, 50, 121], "USD": [-121, 100, -100]}),
        (date(2026, 1, 11), {"EUR": -50, "USD": -21}, {"EUR": [50, 121], "USD": [-100]}),
        (date(2026, 2, 11), {"EUR": 121, "USD": -121}, {"EUR": [], "USD": []}),
    ):
        with Work(SYSTEM) as work:
            found = statements.statement(work, account, begin, date(2026, 3, 1))
        assert {one.currency: one.opening for one in found} == opening
        assert {one.currency: sorted(row.amount for row in one.movements) for one in found} == {
            currency: sorted(amounts) for currency, amounts in moved.items()
        }
        assert {one.currency: one.closing for one in found} == {"EUR": 121, "USD": -121}
    assert trade.disagreements() == []
