"""Sales for the demo company: quotes that become orders, deliveries, invoices and payments, by the verbs that everybody uses.

Each happens at its own time, by whose work it is. What happens is queued by its day, because numbers never go back in time.
"""

import heapq
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.query import Filter
from crm_app.models.accounts import ACCOUNTS, Account
from crm_app.models.invoices import Invoice
from crm_app.models.prices import PaymentTerms
from crm_app.models.products import Product

from . import actions, demo_more, trade
from .actors import SYSTEM, Actor
from .filters import conditions_of
from .work import Work, column_of

SALES = 60
REGULARS = 20  # customers that come again and again
_DAYS = 170
UNDECIDED = 12  # days for which a quote may stay a draft
_OPENS, _CLOSES = time(8, 20), time(18, 50)
# up to which price how many are bought at once: washers by the thousand, drills by the piece
_USUAL = (
    (Decimal("0.30"), (500, 1000, 2000, 5000)),
    (Decimal(2), (50, 100, 200, 500)),
    (Decimal(12), (12, 24, 48, 60, 120)),
    (Decimal(60), (4, 6, 10, 12, 24)),
    (Decimal(10**9), (1, 2, 3, 5)),
)
_STORED = (8, 12, 20, 30)  # times the largest order
_WAREHOUSE = {
    "name": "Almacén de Rivas",
    "street": "Calle de la Fundición, 18",
    "postcode": "28522",
    "city": "Rivas-Vaciamadrid",
}
_WHOLESALE = {"name": "Mayoristas", "rules": [{"value": "5"}, {"value": "12", "least": "20"}]}
_POLICY = {
    "name": "Habitual",
    "levels": [
        {"days": 5, "effect": "warn"},
        {"days": 30, "effect": "hold_orders"},
        {"days": 60, "effect": "hold_deliveries"},
    ],
}
_LOST = ("Demasiado caro", "Eligieron a otro proveedor", "Lo dejan para el año que viene")


@dataclass(order=True)
class _Event:
    """Something that happens on a day; `act` gets the day and may queue what follows."""

    day: date
    place: int
    act: Callable[[date], object] = field(compare=False)


@dataclass(frozen=True)
class _Sold:
    """A product, and how many of it are bought at once."""

    id: int
    packs: tuple[int, ...]
    stocked: bool


class _Year:
    """The queue of what happens, and the clock on the company's wall."""

    def __init__(self, chance: random.Random, people: Mapping[str, Actor], zone: str) -> None:
        self._chance, self._zone = chance, ZoneInfo(zone)
        self._now, self.today = clock.now(), clock.today(zone)
        self._queue: list[_Event] = []
        self._count = 0
        self._last = datetime.min.replace(tzinfo=self._zone)
        self._sellers = {actor.user: actor for actor in people.values()}
        self._office, self._warehouse = people[demo_more.BACK_OFFICE], people[demo_more.WAREHOUSE]

    def after(self, day: date, days: int, act: Callable[[date], object]) -> None:
        """Queue an act for a working day; what lies in the future does not happen."""
        when = day + timedelta(days=days)
        when += timedelta(days=max(0, 8 - when.isoweekday()) if when.isoweekday() > 5 else 0)
        self._count += 1
        if when <= self.today:
            heapq.heappush(self._queue, _Event(when, self._count, act))

    def live(self) -> None:
        """Let everything happen in the order of days."""
        while self._queue:
            event = heapq.heappop(self._queue)
            event.act(event.day)

    @contextmanager
    def _at_work(self, day: date) -> Any:
        """It is that day, some minutes after what happened before."""
        opens = datetime.combine(day, _OPENS, self._zone)
        later = max(self._last, opens) + timedelta(minutes=self._chance.randint(2, 25))
        closes = datetime.combine(day, _CLOSES, self._zone)
        self._last = max(self._last, min(later, closes, self._now))
        with clock.at(self._last.astimezone(self._now.tzinfo)):
            yield

    def do(self, day: date, actor: Actor, resource: str, verb: str, key: int | None, values: Any = None) -> int:
        """A verb on that day; the id of what it made, else of its own record."""
        with self._at_work(day):
            outcome = actions.run(actor, resource, verb, key, values or {})
        return int((outcome.result or {}).get("id") or outcome.id or 0)

    def store(self, products: Iterable[_Sold]) -> Callable[[date], None]:
        """The warehouse, and what lay in it when the company began to count."""

        def act(day: date) -> None:
            place = self.do(day, self._warehouse, "warehouses", "create", None, _WAREHOUSE)
            for one in products:
                if one.stocked:
                    there = one.packs[-1] * self._chance.choice(_STORED)
                    values = {"product": one.id, "warehouse": place, "quantity": str(there), "day": day.isoformat()}
                    self.do(day, self._warehouse, "stock-moves", "create", None, values | {"reason": "opening"})

        return act

    def agree(self, accounts: Iterable[int], name: str, choice: Iterable[int]) -> Callable[[date], None]:
        """With each of these customers one of these terms or price lists is agreed."""
        offered = tuple(choice)

        def act(day: date) -> None:
            for account in sorted(set(accounts)):
                self.do(day, self._office, "accounts", "change", account, {name: self._chance.choice(offered)})

        return act

    def promise(
        self, buyers: Iterable[tuple[int, int]], name: str, resource: str, values: dict[str, Any]
    ) -> Callable[[date], None]:
        """What these values make holds for each of these customers."""

        def act(day: date) -> None:
            made = self.do(day, self._office, resource, "create", None, values)
            self.agree([account for account, _ in buyers], name, [made])(day)

        return act

    def offer(self, account: int, seller: int, products: list[_Sold]) -> Callable[[date], None]:
        """A quote to that customer."""

        def act(day: date) -> None:
            lines = [
                {"product": one.id, "quantity": str(self._chance.choice(one.packs)), "discount": self._discount()}
                for one in self._chance.sample(products, self._chance.randint(1, min(6, len(products))))
            ]
            who = self._sellers[seller]
            quote = self.do(day, who, "quotes", "create", None, {"account": account, "lines": lines})
            fate = self._chance.random()
            if fate < 0.3 and self.today - day < timedelta(days=UNDECIDED):
                return
            self.do(day, who, "quotes", "send", quote)
            if fate < 0.16:
                reason = {"reason": self._chance.choice(_LOST)}
                self.after(day, 9, lambda when: self.do(when, who, "quotes", "decline", quote, reason))
            elif fate < 0.86:
                self.after(day, self._chance.randint(1, 12), lambda when: self._order(who, quote, when))

        return act

    def _discount(self) -> str:
        return self._chance.choice(("0", "0", "0", "5", "10"))

    def _order(self, who: Actor, quote: int, day: date) -> None:
        order = self.do(day, who, "quotes", "order", quote)
        self.do(day, who, "orders", "confirm", order)
        self.after(day, self._chance.randint(2, 9), lambda when: self._deliver(order, when))

    def _deliver(self, order: int, day: date) -> None:
        note = self.do(day, self._warehouse, "orders", "deliver", order, {"issue": True})
        self.after(day, self._chance.randint(0, 6), lambda when: self._invoice(note, when))

    def _invoice(self, note: int, day: date) -> None:
        invoice = self.do(day, self._office, "deliveries", "invoice", note, {"issue": True})
        with Work(SYSTEM) as work:
            found = work.row(Invoice, invoice)
            due, owed = found.due or day, found.payable
        fate = self._chance.random()
        if fate < 0.84:
            late = max(0, (due - day).days + self._chance.choice((-12, -4, -1, 0, 0, 1, 3, 8, 21)))
            part = {"amount": f"{owed / 2:.2f}"} if fate < 0.06 else {}
            pays = part | {"method": self._chance.choice(("transfer", "transfer", "card", "debit"))}
            self.after(day, late, lambda when: self.do(when, self._office, "invoices", "pay", invoice, pays))
        elif fate < 0.88:
            self.after(day, 6, lambda when: self.do(when, self._office, "invoices", "credit", invoice, {"issue": True}))


def make(seed: int, people: Mapping[str, Actor], sales: int = SALES) -> int:
    """Sell to some of the customers; how many quotes were made. `people` are the demo users by their e-mail."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    with Work(SYSTEM) as work:
        zone = trade.company(work).time_zone
        accounts, products, terms = _customers(work), _products(work), _ids(work, PaymentTerms)
    if not accounts or not products:
        return 0
    year = _Year(chance, people, zone)
    begun = year.today - timedelta(days=_DAYS + 4)
    regulars = chance.sample(accounts, min(REGULARS, len(accounts)))
    buyers = [chance.choice(regulars) for _ in range(sales)]
    year.after(begun, 0, year.store(products))
    year.after(begun, 0, year.promise(buyers[::4], "price_list", "price-lists", _WHOLESALE))
    if terms:
        year.after(begun, 0, year.agree([account for account, _ in buyers], "payment_terms", terms))
    for account, seller in buyers:
        ago = int(_DAYS * chance.random() ** 1.3)  # the company grows
        year.after(year.today - timedelta(days=ago), 0, year.offer(account, seller, products))
    year.live()
    year.promise(buyers, "credit_policy", "credit-policies", _POLICY)(
        year.today
    )  # before, it might have held the sales
    return sales


def _customers(work: Work) -> list[tuple[int, int]]:
    """The ids of customers, and of who looks after them."""
    key, owner = column_of(Account, "id"), column_of(Account, "owner")
    wanted = conditions_of(work, ACCOUNTS, (Filter("roles", "in", "customer"), Filter("active", "eq", "true")))
    rows = work.session.execute(sa.select(key, owner).where(*wanted, owner.is_not(None)).order_by(key).limit(200))
    return [(row[0], row[1]) for row in rows]


def _products(work: Work) -> list[_Sold]:
    """What is sold."""
    key, price = column_of(Product, "id"), column_of(Product, "price")
    names = ("active", "sold")
    wanted = [column_of(Product, name).is_(True) for name in names]
    found = sa.select(key, price, column_of(Product, "stocked")).where(*wanted, price.is_not(None))
    return [
        _Sold(row[0], next(packs for most, packs in _USUAL if row[1] <= most), row[2])
        for row in work.session.execute(found.order_by(key).limit(80))
    ]


def _ids(work: Work, table: Any) -> list[int]:
    key = column_of(table, "id")
    return list(work.session.scalars(sa.select(key).order_by(key)))
