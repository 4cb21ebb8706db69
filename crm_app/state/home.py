"""The first page as one browser sees it."""

import asyncio
import dataclasses
from typing import Any

import reflex as rx

from crm_app.core import clock
from crm_app.core.i18n import Speech
from crm_app.core.resource import RESOURCES
from crm_app.services import actions, today
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import SIGNED_IN, on, signed_in
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


class Today(rx.State):
    """What the first page shows, read anew at each visit."""

    day: str = ""
    mine: list[Trace] = []
    others: list[Trace] = []
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
        self.mine, self.others, self.tiles = found
        self.day = actor.speech.weekday(clock.today(actor.speech.zone))
        self.begun = any(tile.total != "0" for tile in self.tiles) or not self.tiles
        self.loaded = True


def read(actor: Actor) -> tuple[list[Trace], list[Trace], list[Tile]]:
    """The page's three parts as text. Runs in a thread."""
    speech = actor.speech
    with Work(actor) as work:
        mine = [trace_of(speech, one) for one in today.mine(work)]
        others = [trace_of(speech, one) for one in today.others(work)]
        tiles = [tile_of(speech, one) for one in today.counts(work, today.month_began(speech.zone))]
    return mine, others, tiles


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
