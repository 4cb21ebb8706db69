"""Jobs as one browser sees them: one's own, for administrators all; how far they are and what came of them."""

import asyncio
import dataclasses
from typing import Any
from urllib.parse import parse_qsl, urlencode

import reflex as rx

from crm_app.core.errors import Missing
from crm_app.core.i18n import Speech
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.services import actions, bundles, history, jobs, records
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import SIGNED_IN, on, signed_in
from .paged import SIZE, Cut, Foot
from .reading import reading
from .session import greet, tell

GOING = ("waiting", "running")
# the tabs: those that go on are one
_TABS = {"going": GOING, "done": ("done",), "failed": ("failed",), "cancelled": ("cancelled",)}


@dataclasses.dataclass
class JobRow:
    """A job in words. `part` is how much of it is done, of 100; `undo` the change that takes it back, "" where nothing does any more;
    `file` the name of what the reader may save of it.
    """

    id: int = 0
    title: str = ""
    who: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    part: int = 0
    progress: str = ""
    text: str = ""
    refused: bool = False
    undo: str = ""
    may_retry: bool = False
    file: str = ""


@dataclasses.dataclass
class Shown:
    """What one reading brings: a page of the jobs, how many each tab has, and whether to look again soon."""

    page: Cut[JobRow]
    counts: dict[str, str]
    going: bool


class JobList(Foot, rx.State):
    """The jobs, narrowed by how they stand; read again and again while any goes on."""

    rows: list[JobRow] = []
    counts: dict[str, str] = {}
    standing: str = ""
    going: bool = False
    whose: bool = False
    loaded: bool = False
    address: str = ""

    @on(SIGNED_IN)
    async def load(self) -> Any:
        """Read the jobs, narrowed as the address says."""
        actor = await greet(self)
        asked = dict(parse_qsl(self.router.url.query))
        self._begin_page(asked)
        self.standing = asked.get("state", "") if asked.get("state", "") in _TABS else ""
        await self._show(actor)

    @on(SIGNED_IN)
    async def choose(self, standing: str) -> Any:
        """The jobs that stand so; "" shows all."""
        self.standing, self.page_number = standing if standing in _TABS else "", 1
        await self._show(await signed_in(self))

    @on(SIGNED_IN)
    async def turn_to(self, page: int) -> Any:
        """Another page."""
        self.page_number = min(max(page, 1), 1_000_000)
        await self._show(await signed_in(self))

    @on(SIGNED_IN)
    async def follow(self) -> Any:
        """How far they are; asked again and again by the page while any goes on."""
        await self._show(await signed_in(self))

    @on(SIGNED_IN)
    async def cancel(self, job: int) -> Any:
        """Let a job stop: what is done by then stays, with its undo."""
        await self._act(jobs.cancel, "jobs.cancel", job)

    @on(SIGNED_IN)
    async def retry(self, job: int) -> Any:
        """Let a job that failed or was cancelled run again."""
        await self._act(jobs.retry, "jobs.retry", job)

    @on(SIGNED_IN)
    async def undo(self, change_set: str) -> Any:
        """Take back what a job has done."""
        await asyncio.to_thread(actions.undo, await signed_in(self), change_set)
        await tell(self, "Undone.")
        await self._show(await signed_in(self))

    async def _act(self, act: Any, verb: str, job: int) -> None:
        actor = await signed_in(self)
        await asyncio.to_thread(acted, actor, act, verb, job)
        await self._show(actor)

    async def _show(self, actor: Actor) -> None:
        found = await reading(read, actor, self.standing, self.page_number)
        self.loaded = True
        if self.rows != found.page.rows:
            self.rows = found.page.rows
        self.counts, self.going, self.whose = found.counts, found.going, actor.may("jobs.read")
        self._tell_page(found.page, actor.speech)
        asked = {"state": self.standing, "page": str(self.page_number) if self.page_number > 1 else ""}
        self.address = urlencode({name: value for name, value in asked.items() if value})


def acted(actor: Actor, act: Any, verb: str, job: int) -> None:
    """Cancel or retry. Raises Missing, NotAllowed. Runs in a thread."""
    if not 0 < job < 2**63:
        raise Missing("job", job)
    with Work(actor, verb) as work:
        act(work, job)


def read(actor: Actor, standing: str, page: int) -> Shown:
    """A page of the jobs that the actor sees. Runs in a thread."""
    filters = (Filter("state", "in", ",".join(_TABS[standing])),) if standing else ()
    with Work(actor) as work:
        found, total = jobs.page(work, Query(filters=filters, page=page, size=SIZE))
        counted, going = jobs.counts(work), jobs.going(work)
        users = RESOURCES.get("users")
        sets = {one.id: key for one in found if (key := (one.result or {}).get("change_set"))}
        undone = history.undone(work, sets.values())
        who = records.names_of(work, users, {one.actor for one in found if one.actor}) if users else {}
    back = {job: key for job, key in sets.items() if key not in undone}
    rows = [_row(one, who.get(one.actor or 0, ""), actor, back.get(one.id)) for one in found]
    number = actor.speech.number
    counts = {tab: number(sum(counted.get(state, 0) for state in states)) for tab, states in _TABS.items()}
    return Shown(Cut(rows, page, total), counts, going)


def _row(one: Any, who: str, actor: Actor, change_set: object) -> JobRow:
    """`change_set` is what may be taken back of it."""
    speech, result = actor.speech, one.result or {}
    return JobRow(
        one.id, jobs.title(one, speech), who, one.state, speech.moment(one.created_at),
        speech.moment(one.finished_at) if one.finished_at else "", *_progress(one, speech), _text(one, speech),
        bool(result.get("left")),
        str(change_set) if change_set and one.state not in GOING and actor.may("changes.undo") else "",
        actor.may("jobs.retry"), result["name"] if bundles.FILE in result and jobs.own(actor, one) else "",
    )  # fmt: skip


def _progress(one: Any, speech: Speech) -> tuple[int, str]:
    if one.state == "done":
        return 100, ""
    if not one.total:
        return 0, ""
    return 100 * one.done // one.total, f"{speech.number(one.done)} / {speech.number(one.total)}"


def _text(one: Any, speech: Speech) -> str:
    """Why it failed, and what came of it so far."""
    return " ".join(part for part in (jobs.reason(one, speech), jobs.told(one, speech)) if part)
