"""Sales for the demo company: quotes that become orders, deliveries, invoices and payments, by the verbs that everybody uses.

What happens is queued by its day, because numbers never go back in time.
"""

import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from crm_app.core.query import Filter
from crm_app.models.accounts import ACCOUNTS, Account
from crm_app.models.products import Product

from . import actions, trade
from .actors import SYSTEM
from .filters import conditions_of
from .work import Work, column_of

SALES = 48
_DAYS = 150
_WHOLESALE = {"name": "Mayoristas", "rules": [{"value": "5"}, {"value": "12", "least": "20"}]}
_POLICY = {
    "name": "Habitual",
    "levels": [
        {"days": 5, "effect": "warn"},
        {"days": 30, "effect": "hold_orders"},
        {"days": 60, "effect": "hold_deliveries"},
    ],
}
_WAREHOUSE = "Almacén central"
_LOST = ("Demasiado caro", "Eligieron a otro proveedor", "Lo dejan para el año que viene")


@dataclass(order=True)
class _Event:
    """Something that happens on a day; `act` gets the day and may queue what follows."""

    day: date
    place: int
    act: Callable[[date], object] = field(compare=False)


class _Year:
    """The queue of what happens."""

    def __init__(self, chance: random.Random, today: date) -> None:
        self._chance, self._today = chance, today
        self._queue: list[_Event] = []
        self._count = 0

    def after(self, day: date, days: int, act: Callable[[date], object]) -> None:
        """Queue an act; what lies in the future does not happen."""
        self._count += 1
        when = day + timedelta(days=days)
        if when <= self._today:
            heapq.heappush(self._queue, _Event(when, self._count, act))

    def live(self) -> None:
        """Let everything happen in the order of days."""
        while self._queue:
            event = heapq.heappop(self._queue)
            event.act(event.day)

    def offer(self, account: int, products: list[int]) -> Callable[[date], None]:
        """A quote to that customer."""

        def act(day: date) -> None:
            lines = [
                {
                    "product": key,
                    "quantity": str(self._chance.choice((1, 2, 5, 10, 12, 24, 50))),
                    "discount": self._discount(),
                }
                for key in self._chance.sample(products, self._chance.randint(1, min(6, len(products))))
            ]
            quote = _run("quotes", "create", None, {"account": account, "date": day.isoformat(), "lines": lines}).id
            _run("quotes", "send", quote)
            fate = self._chance.random()
            if fate < 0.12:
                reason = self._chance.choice(_LOST)
                self.after(day, 9, lambda _day: _run("quotes", "decline", quote, {"reason": reason}))
            elif fate < 0.8:
                self.after(day, self._chance.randint(1, 12), lambda when: self._order(quote, when))

        return act

    def _discount(self) -> str:
        return self._chance.choice(("0", "0", "0", "5", "10"))

    def _order(self, quote: int | None, day: date) -> None:
        order = _made(_run("quotes", "order", quote, {"date": day.isoformat()}))
        _run("orders", "confirm", order)
        self.after(day, self._chance.randint(2, 9), lambda when: self._deliver(order, when))

    def _deliver(self, order: int, day: date) -> None:
        note = _made(_run("orders", "deliver", order, {"date": day.isoformat(), "issue": True}))
        self.after(day, self._chance.randint(0, 6), lambda when: self._invoice(note, when))

    def _invoice(self, note: int, day: date) -> None:
        invoice = _made(_run("deliveries", "invoice", note, {"date": day.isoformat(), "issue": True}))
        if self._chance.random() < 0.75:
            pays = {"date": "", "method": self._chance.choice(("transfer", "card", "debit"))}
            late = self._chance.randint(5, 50)
            self.after(day, late, lambda when: _pay(invoice, pays | {"date": when.isoformat()}))


def _run(resource: str, verb: str, key: int | None, values: dict[str, Any] | None = None) -> actions.Outcome:
    return actions.run(SYSTEM, resource, verb, key, values or {})


def _made(outcome: actions.Outcome) -> int:
    return int((outcome.result or {})["id"])


def _pay(invoice: int, values: dict[str, str]) -> None:
    _run("invoices", "pay", invoice, values)


def make(seed: int, sales: int = SALES) -> int:
    """Sell to some of the customers; how many quotes were made."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    with Work(SYSTEM) as work:
        today = trade.today(work)
        customers = conditions_of(work, ACCOUNTS, (Filter("roles", "in", "customer"), Filter("active", "eq", "true")))
        accounts = list(
            work.session.scalars(
                sa.select(column_of(Account, "id")).where(*customers).order_by(column_of(Account, "id")).limit(200)
            )
        )
        sold = (
            column_of(Product, "active").is_(True),
            column_of(Product, "sold").is_(True),
            column_of(Product, "price").is_not(None),
        )
        products = list(
            work.session.scalars(
                sa.select(column_of(Product, "id")).where(*sold).order_by(column_of(Product, "id")).limit(80)
            )
        )
    if not accounts or not products:
        return 0
    _stock(random.Random(seed + 1), products, today - timedelta(days=_DAYS))  # noqa: S311 - nothing secret
    buyers = [chance.choice(accounts) for _ in range(sales)]
    _give(buyers[::4], "price_list", _run("price-lists", "create", None, _WHOLESALE).id)
    year = _Year(chance, today)
    for buyer in buyers:
        year.after(today - timedelta(days=chance.randint(1, _DAYS)), 0, year.offer(buyer, products))
    year.live()
    _give(buyers, "credit_policy", _run("credit-policies", "create", None, _POLICY).id)  # it might have held the sales
    return sales


def _stock(chance: random.Random, products: list[int], day: date) -> None:
    """A warehouse in which something lies of each of these products that are kept in stock."""
    with Work(SYSTEM) as work:
        number, stocked = column_of(Product, "id"), column_of(Product, "stocked")
        mine = sa.select(number).where(number.in_(products), stocked.is_(True)).order_by(number)
        kept, city = list(work.session.scalars(mine)), trade.company(work).city
    place = _run("warehouses", "create", None, {"name": _WAREHOUSE, "city": city}).id
    for product in kept:
        opening = {"product": product, "warehouse": place, "reason": "opening", "day": day.isoformat()}
        _run("stock-moves", "create", None, opening | {"quantity": str(chance.randrange(300, 1500, 20))})


def _give(accounts: Iterable[int], name: str, value: int | None) -> None:
    for account in sorted(set(accounts)):
        _run("accounts", "change", account, {name: value})
