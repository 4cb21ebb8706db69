"""The first page as one browser sees it."""

import asyncio
import dataclasses
from typing import Any

import reflex as rx

from crm_app.core import clock
from crm_app.core.i18n import Speech
from crm_app.core.resource import RESOURCES
from crm_app.services import actions, needs, numbers, records, today
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import SIGNED_IN, on, signed_in
from .heads import amount_text
from .session import greet, tell


@dataclasses.dataclass
class Trace:
    """A record that somebody changed. `kind` is what it is, in words."""

    address: str = ""
    icon: str = ""
    label: str = ""
    kind: str = ""
    who: str = ""
    when: str = ""
    others: bool = False


@dataclasses.dataclass
class Tile:
    """How much there is of something. `new` is "" where nothing is."""

    address: str = ""
    label: str = ""
    total: str = ""
    new: str = ""


@dataclasses.dataclass
class NumberRow:
    """What a list comes to; `more` is what it comes to in other currencies. `look` says how it stands."""

    address: str = ""
    label: str = ""
    text: str = ""
    more: str = ""
    foot: str = ""
    look: str = ""


@dataclasses.dataclass
class Due:
    """A record that needs somebody."""

    address: str = ""
    label: str = ""
    account: str = ""
    money: str = ""
    day: str = ""


@dataclasses.dataclass
class NeedRow:
    """What needs somebody: how many, the list that shows them all, and the first of them. `look` colours their day."""

    title: str = ""
    count: str = ""
    address: str = ""
    icon: str = ""
    look: str = ""
    first: list[Due] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Board:
    """The page's parts as text. `counted` says that there are lists that could hold something: then no tile is an empty house."""

    needs: list[NeedRow]
    mine: list[Trace]
    others: list[Trace]
    numbers: list[NumberRow]
    tiles: list[Tile]
    counted: bool


class Today(rx.State):
    """What the first page shows, read anew at each visit."""

    day: str = ""
    needs: list[NeedRow] = []
    mine: list[Trace] = []
    others: list[Trace] = []
    numbers: list[NumberRow] = []
    tiles: list[Tile] = []
    loaded: bool = False
    begun: bool = True

    @on(SIGNED_IN)
    async def load(self) -> Any:
        """Read the page."""
        actor = await greet(self)
        await self._show(actor)

    @on(SIGNED_IN)
    async def undo(self, change_set: str) -> Any:
        """Take back what a toast speaks of."""
        actor = await signed_in(self)
        await asyncio.to_thread(actions.undo, actor, change_set)
        await tell(self, "Undone.")
        await self._show(actor)

    async def _show(self, actor: Actor) -> None:
        found = await asyncio.to_thread(read, actor)
        self.needs, self.mine, self.others, self.tiles = found.needs, found.mine, found.others, found.tiles
        self.numbers = found.numbers
        self.day = actor.speech.weekday(clock.today(actor.speech.zone))
        self.begun = bool(found.tiles) or not found.counted
        self.loaded = True


def read(actor: Actor) -> Board:
    """Runs in a thread."""
    speech = actor.speech
    day = clock.today(speech.zone)
    with Work(actor) as work:
        due = [need_of(work, one) for one in needs.found(work, day)]
        sums = [number_of(speech, one) for one in numbers.found(work, day)]
        mine = [trace_of(speech, one) for one in today.mine(work)]
        others = [trace_of(speech, one) for one in today.others(work)]
        counts = today.counts(work, today.month_began(speech.zone))
        tiles = [tile_of(speech, one) for one in counts if one.total]
    return Board(due, mine, others, sums, tiles, bool(counts))


def need_of(work: Work, need: needs.Need) -> NeedRow:
    """A need in words."""
    speech, asked = work.actor.speech, need.question
    resource = records.resource_of(asked.resource)
    shows = [records.showing(work, resource, name) for name in ("account", asked.money, asked.day)]

    def due(item: records.Item) -> Due:
        account, money, day = (show(item) for show in shows)
        label = str(item.values.get(resource.label) or speech.say("Draft"))
        currency = item.values.get("currency")
        return Due(f"/{asked.resource}/{item.id}", label, account, f"{money} {currency}" if currency else money, day)

    count = speech.number(need.total) + ("+" if need.capped else "")
    address = f"/{asked.resource}?{asked.query.url()}"
    return NeedRow(speech.say(asked.title), count, address, resource.icon, asked.look, [due(one) for one in need.first])


def number_of(speech: Speech, number: numbers.Number) -> NumberRow:
    """A number in words: the money, and of how many records it is; where there are too many of them, only how many."""
    asked = number.asked
    texts = [f"{amount_text(amount, currency, speech)}\u00a0{currency}" for amount, currency in number.amounts]
    count = speech.number(number.count) + "+"
    first, *more = [count] if number.capped else texts or ["0"]
    foot = "" if number.capped else speech.say(number.text)
    look = "is-late" if asked.late and (texts or number.capped) else "is-nothing" if not number.count else ""
    return NumberRow(
        f"/{asked.resource}?{asked.query.url()}", speech.say(asked.title), first, ", ".join(more), foot, look
    )


def trace_of(speech: Speech, found: today.Touched) -> Trace:
    """A changed record in words."""
    resource = RESOURCES.get(found.resource)
    kind, icon = (speech.say(resource.one), resource.icon) if resource else ("", "")
    return Trace(
        f"/{found.resource}/{found.id}", icon, found.label, kind, found.who, speech.lately(found.at), found.others
    )


def tile_of(speech: Speech, found: today.Count) -> Tile:
    """A count in words."""
    resource = RESOURCES.get(found.resource)
    count = speech.number(found.total) + ("+" if found.capped else "")
    new = speech.number(found.new) if found.new else ""
    return Tile(f"/{found.resource}", speech.say(resource.many) if resource else "", count, new)
