"""A list as a board of states: its lanes, and what becomes of a card that is moved to another one."""

import asyncio
import dataclasses
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import IllegalMove, Invalid, NotAllowed
from crm_app.core.fields import Amount
from crm_app.core.i18n import Message
from crm_app.core.query import MAX_SIZE, Query
from crm_app.core.resource import Resource
from crm_app.services import actions, boards, records, standings
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .badges import beside
from .changes import assign
from .guard import on, signed_in
from .session import Me, tell
from .sums import told


@dataclasses.dataclass
class CardRow:
    """A record as a card. `badges` are what is computed beside its state."""

    id: int = 0
    title: str = ""
    about: str = ""
    money: str = ""
    day: str = ""
    owner: str = ""
    badges: str = ""


@dataclasses.dataclass
class LaneRow:
    """A state with its first cards; `more` says that there are others."""

    state: str = ""
    look: str = ""
    count: str = ""
    sum: str = ""
    more: bool = False
    cards: list[CardRow] = dataclasses.field(default_factory=list)


class BoardState(rx.State, mixin=True):
    """A part of every list. `board_answer` counts the answers to moved cards: then the lanes are as the server has them."""

    resource: ClassVar[Resource]

    board: bool = False
    lanes: list[LaneRow] = []
    board_answer: int = 0
    board_asking: str = ""
    board_reason: bool = False
    board_card: str = ""
    _sizes: dict[str, int] = {}
    _moving: tuple[int, str, str] = (0, "", "")

    def _begin_board(self, params: list[tuple[str, str]]) -> None:
        """Whether the address asks for the board."""
        board = self.resource.board and ("view", "board") in params
        assign(self, board=board, _sizes={}, board_asking="", lanes=[])

    def _board_address(self, url: str) -> str:
        return "&".join(part for part in (url, "view=board") if part) if self.board else url

    @on("read")
    async def show_board(self, shown: bool) -> Any:
        """See the list as a board, or as a table again."""
        self.board = shown and self.resource.board
        self._sizes = {}
        self._unpick()
        await self._show(await signed_in(self), self._query, counted=True, steps="push")

    @on("read")
    async def more_cards(self, state: str) -> Any:
        """Some more cards of that lane."""
        if state in dict(boards.states_of(self.resource)):
            size = min(self._sizes.get(state, boards.SHOWN) + boards.SHOWN, MAX_SIZE)
            self._sizes = self._sizes | {state: size}
            await self._show_lanes(await signed_in(self), self._query)

    @on("read")
    async def move_card(self, key: int, state: str, once: str) -> Any:
        """Run the verb that leads that record to that state; where it cannot be taken back, after a question."""
        actor = await signed_in(self)
        try:
            verb, ask, reason, label, back = await asyncio.to_thread(read_move, actor, self.resource, key, state)
        except (IllegalMove, NotAllowed) as refusal:
            return await self._card_back(actor, actor.speech.say(refusal.message))
        if not verb:
            self.board_answer += 1
            return None
        self._moving = (key, verb, once[:80])
        if ask:
            self.board_asking, self.board_reason, self.board_card = verb, reason, label
            return None
        return await self._move(actor, {}, undoable=back)

    @on("read")
    async def answer_move(self, form: dict[str, Any]) -> Any:
        """Yes, move it."""
        if self.board_asking and self._moving[1] == self.board_asking:
            reason = str(form.get("reason", ""))[:500].strip()
            await self._move(await signed_in(self), {"reason": reason} if reason and self.board_reason else {})

    @on("read")
    async def leave_card(self) -> Any:
        """No, leave it where it was."""
        self.board_asking, self._moving = "", (0, "", "")
        self.board_answer += 1

    async def _move(self, actor: Actor, given: dict[str, str], *, undoable: bool = False) -> None:
        key, verb, once = self._moving
        self.board_asking, self._moving = "", (0, "", "")
        try:
            outcome = await asyncio.to_thread(
                actions.run, actor, self.resource.name, verb, key, given, once=f"{once}:{verb}" if once else None
            )
        except Invalid as bad:
            text = " ".join(actor.speech.say(message) for message in bad.fields.values())
            await self._card_back(actor, text or actor.speech.say(bad.message))
            return
        except (IllegalMove, NotAllowed) as refusal:
            await self._card_back(actor, actor.speech.say(refusal.message))
            return
        done = Message("{what}: done.", what=actions.find(self.resource.name, verb).label)
        await tell(self, done, undo=outcome.change_set if undoable else None)
        await self._show(actor, self._query, counted=False)
        self.board_answer += 1

    async def _card_back(self, actor: Actor, why: str) -> None:
        """What was refused says why, and the board is as it is now."""
        me = await self.get_state(Me)
        me._tell(why, "late")
        await self._show(actor, self._query, counted=False)
        self.board_answer += 1

    async def _show_lanes(self, actor: Actor, query: Query) -> None:
        self.lanes = await asyncio.to_thread(read_lanes, actor, self.resource, query, self._sizes)


def states_of(resource: Resource) -> list[tuple[str, str]]:
    """The lanes: states and their words."""
    return boards.states_of(resource)


def verbs_of(resource: Resource) -> list[tuple[str, str]]:
    """The Resource's verbs and their words."""
    return [(found.verb, found.label) for found in actions.of(resource.name)]


def read_move(actor: Actor, resource: Resource, key: int, state: str) -> tuple[str, bool, bool, str, bool]:
    """The verb that leads there, whether and for what it asks, the record's name, and whether the move can be undone.

    Runs in a thread.
    """
    with Work(actor) as work:
        verb = boards.verb_to(work, resource, key, state)
        item = records.one(work, resource, key)
    asks = boards.asks(resource, verb) if verb else (False, False)
    return verb, *asks, str(item.values[resource.label] or f"#{item.id}"), boards.undoable(resource, item, state)


def read_lanes(actor: Actor, resource: Resource, query: Query, sizes: dict[str, int]) -> list[LaneRow]:
    """The lanes as text. Runs in a thread."""
    with Work(actor) as work:
        return [_lane(work, resource, lane) for lane in boards.of(work, resource, query, sizes)]


def _lane(work: Work, resource: Resource, lane: boards.Lane) -> LaneRow:
    speech, card = work.actor.speech, boards.card_of(resource)
    cards = [_card(work, resource, card, item) for item in lane.items]
    amounts = told(work.actor, resource, lane.sums or [])
    count = speech.number(lane.total) + ("+" if lane.capped else "")
    more = lane.total > len(cards) and len(cards) < MAX_SIZE
    return LaneRow(lane.state, standings.look_of(lane.state), count, amounts.get(card.amount, ""), more, cards)


def _card(work: Work, resource: Resource, card: boards.Card, item: records.Item) -> CardRow:
    def text(name: str) -> str:
        return records.shown(work, resource, item, name) if name else ""

    kind = resource.fields[card.amount].kind if card.amount else None
    currency = str(item.values.get(kind.currency) or "") if isinstance(kind, Amount) else ""
    return CardRow(
        item.id,
        str(item.values[resource.label] or f"#{item.id}"),
        text(card.about),
        f"{text(card.amount)} {currency}".strip(),
        text(card.day),
        text(card.owner),
        beside(work.actor, resource, item.values),
    )
