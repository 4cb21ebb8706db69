"""What customers owe by days overdue, as one browser sees it: each of them, or the sums by salesperson or by zone."""

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from crm_app.core.fields import Day, fold
from crm_app.core.i18n import Speech
from crm_app.core.plain import storable
from crm_app.core.resource import Resource
from crm_app.models.accounts import ZONES
from crm_app.models.invoices import INVOICES
from crm_app.models.users import USERS
from crm_app.services import ageing, records, trade, whole
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .dated import Dated, amount_of, day_of
from .guard import on, signed_in
from .paged import Cut, PagedState, cut
from .reading import reading
from .session import greet

_LISTS = {"salesperson": USERS, "zone": ZONES}


@dataclasses.dataclass
class AgedRow:
    """What an account, or those of a salesperson or zone, owe in one currency. `amounts` stand in the order of the heads; "" is nothing.

    `address` opens what the row sums up.
    """

    address: str = ""
    name: str = ""
    currency: str = ""
    amounts: list[str] = dataclasses.field(default_factory=list)
    total: str = ""


@dataclasses.dataclass(frozen=True)
class Asked:
    """What the page asks for; `day` None is today."""

    day: date | None = None
    which: ageing.Which = ageing.ALL
    group: str = ageing.GROUPS[0]
    text: str = ""
    sort: str = ""
    page: int = 1

    def named(self, **other: str) -> dict[str, str]:
        """As the address names it, but the text and the page."""
        which = self.which
        found = {
            "date": self.day.isoformat() if self.day else "",
            "salesperson": which.salesperson,
            "zone": which.zone,
            "itself": "1" if which.itself and which.zone else "",
            "group": self.group if self.group != ageing.GROUPS[0] else "",
        }
        return {name: value for name, value in (found | other).items() if value}


@dataclasses.dataclass
class AgedPage:
    """What one reading of the ageing brings: the day, a page of the rows, the sums of them all, how they are sorted.

    `names` are those of the salesperson and the zone that were asked for.
    """

    at: date
    page: Cut[ageing.Aged]
    sums: list[AgedRow]
    sort: str
    names: dict[str, str]


class Ageing(PagedState, Dated, rx.State):
    """Everything open, by days overdue. `sort` is "name", "total" or a bucket, with "-" from the greatest down.

    `salesperson` and `zone` are ids, "me" or "none"; `sheet` is the address of the same as a workbook. `partial` says that customers
    may be missing.
    """

    resource: ClassVar[Resource] = INVOICES

    rows: list[AgedRow] = []
    sums: list[AgedRow] = []
    day: str = ""
    sort: str = "name"
    group: str = ageing.GROUPS[0]
    salesperson: str = ""
    salesperson_name: str = ""
    zone: str = ""
    zone_name: str = ""
    itself: bool = False
    partial: bool = False
    sheet: str = ""
    _at: date | None = None

    @on("read")
    async def load(self) -> Any:
        """Read the page for what the address asks; today without a day."""
        actor, asked = await greet(self), self._days()
        self._begin(asked)
        self.sort, self.itself = asked.get("sort", ""), asked.get("itself", "") == "1"
        self.salesperson, self.zone = (storable(asked.get(name, ""))[:20] for name in ("salesperson", "zone"))
        group = asked.get("group", "")
        self.group = group if group in ageing.GROUPS else ageing.GROUPS[0]
        self._at = day_of(actor, asked.get("date", ""), "date")
        await self._show(actor)

    @on("read")
    async def choose(self, form: dict[str, Any]) -> Any:
        """Another day."""
        actor = await signed_in(self)
        self._at = day_of(actor, str(form.get("date", "")), "date")
        await self._show(actor)

    @on("read")
    async def sort_by(self, name: str, _extend: bool) -> Any:
        """Sort by that column, amounts from the greatest down; again turns it round."""
        usual = name if name == "name" else f"-{name}"
        turned = name if usual.startswith("-") else f"-{name}"
        self.sort, self.page_number = turned if self.sort == usual else usual, 1
        await self._show(await signed_in(self))

    @on("read")
    async def sum_by(self, group: str) -> Any:
        """Each customer, or the sums by salesperson or zone."""
        if group in ageing.GROUPS:
            self.group, self.page_number, self.text = group, 1, ""
            await self._show(await signed_in(self))

    @on("read")
    async def of_salesperson(self, key: str, _name: str) -> Any:
        """The customers of that salesperson; "" is all."""
        self.salesperson, self.page_number = storable(key)[:20], 1
        await self._show(await signed_in(self))

    @on("read")
    async def of_zone(self, key: str, _name: str) -> Any:
        """The customers in that zone and below it; "" is all."""
        self.zone, self.itself, self.page_number = storable(key)[:20], False, 1
        await self._show(await signed_in(self))

    async def _show(self, actor: Actor) -> None:
        which = ageing.Which(self.salesperson, self.zone, self.itself)
        asked = Asked(self._at, which, self.group, self.text, self.sort, self.page_number)
        found = await reading(read_ageing, actor, asked)
        self.rows = [aged_row(actor.speech, row, asked) for row in found.page.rows]
        self.sums, self.sort = found.sums, found.sort
        self.salesperson_name, self.zone_name = found.names["salesperson"], found.names["zone"]
        self.day, self.loaded, self.failure = Day().edit(found.at, actor.speech), True, ""
        self.partial = whole.partial(actor, "ageing.read")
        self._tell_page(found.page, actor.speech)
        more = {
            name: value for name, value in (self._asked() | {"sort": found.sort}).items() if value not in ("", "name")
        }
        self.address = urlencode(asked.named() | more)
        self.sheet = "/api/v1/ageing.xlsx?" + urlencode(asked.named(date=found.at.isoformat(), q=self.text))


def read_ageing(actor: Actor, asked: Asked) -> AgedPage:
    """What is owed at the end of the day. Raises NotAllowed, Invalid. Runs in a thread."""
    with Work(actor) as work:
        at = asked.day or trade.today(work)
        everybody = ageing.grouped(ageing.ageing(work, at, asked.which), asked.group)
        names = {name: _name(work, name, getattr(asked.which, name)) for name in _LISTS}
    found = ageing.narrowed(actor.speech, everybody, asked.group, asked.text)
    sort = asked.sort
    column = sort.removeprefix("-")
    if column not in _SORTS:
        sort = column = "name"
    if sort != "name":
        found = sorted(found, key=_SORTS[column], reverse=sort.startswith("-"))
    sums = sorted(ageing.summed(found), key=lambda row: row.currency)
    return AgedPage(at, cut(found, asked.page), [_row(actor.speech, row) for row in sums], sort, names)


def _name(work: Work, group: str, key: str) -> str:
    """What the salesperson or the zone that was asked for is called."""
    if key in ("", ageing.NONE):
        return work.actor.speech.say(ageing.NOBODY[group]) if key else ""
    if key == "me":
        return work.actor.name
    number = records.key_of(_LISTS[group], key)
    return records.names_readable(work, _LISTS[group], [number]).get(number, f"#{number}")


def _bucket(name: str) -> Callable[[ageing.Aged], Any]:
    return lambda row: row.buckets[name]


_SORTS: dict[str, Callable[[ageing.Aged], Any]] = {
    "name": lambda row: fold(row.name),
    "total": lambda row: row.total,
    "credit": lambda row: row.credit,
    **{name: _bucket(name) for name in ageing.BUCKETS},
}


def aged_row(speech: Speech, row: ageing.Aged, asked: Asked) -> AgedRow:
    """A line in words. It leads to the open items of a customer, or to the customers that a sum is of."""
    if asked.group == ageing.GROUPS[0]:
        query = {"show": "open"} | ({"date": asked.day.isoformat()} if asked.day else {})
        return _row(speech, row, row.name, f"/accounts/{row.account}/statement?{urlencode(query)}")
    tag = getattr(row, asked.group)
    of = {asked.group: str(tag[0]) if tag else ageing.NONE, "group": ""}
    if asked.group == "zone":
        of["itself"] = "1" if tag else ""
    return _row(speech, row, ageing.label_of(speech, row, asked.group), f"/ageing?{urlencode(asked.named(**of))}")


def _row(speech: Speech, row: ageing.Aged, name: str = "", address: str = "") -> AgedRow:
    amounts = [amount_of(speech, row.buckets[bucket], row.currency) for bucket in ageing.BUCKETS]
    credit = amount_of(speech, -row.credit, row.currency)
    return AgedRow(address, name, row.currency, [*amounts, credit], amount_of(speech, row.total, row.currency) or "0")
