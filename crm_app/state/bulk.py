"""The selection of a list: picked rows or everything that is filtered, and what is done to all of it at once."""

import asyncio
import secrets
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import Invalid, Missing, Refusal
from crm_app.core.fields import Choices, Tags
from crm_app.core.query import Query
from crm_app.core.resource import Resource
from crm_app.services import actions, bundles, jobs, mass, papers
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .changes import assign
from .guard import on, signed_in
from .session import tell


class BulkState(rx.State, mixin=True):
    """A part of every list. `picked` are ids of rows; with `everything` it is all that the list's question finds."""

    resource: ClassVar[Resource]

    picked: list[int] = []
    everything: bool = False
    picked_count: str = ""
    page_picked: bool = False
    asked: str = ""
    changing: str = ""
    changing_how: str = "set"
    bulk_error: str = ""
    running: bool = False
    run_text: str = ""
    run_part: int = 0
    _anchor: int = 0
    _job: int = 0
    _verb: str = ""
    _together: str = ""

    @on("read")
    async def pick(self, key: int, chosen: bool, extend: bool) -> Any:
        """Take a row into the selection or out of it; with `extend` all rows from the one before to this one."""
        here = [row.id for row in self.rows]
        keys = [key]
        if extend and self._anchor in here and key in here:
            first, last = sorted((here.index(self._anchor), here.index(key)))
            keys = here[first : last + 1]
        self._anchor = key
        await self._pick([one for one in keys if one in here], chosen)

    @on("read")
    async def pick_page(self, chosen: bool) -> Any:
        """All rows of this page, or none of them."""
        await self._pick([row.id for row in self.rows], chosen)

    async def _pick(self, keys: list[int], chosen: bool) -> None:
        before = [row.id for row in self.rows] if self.everything else self.picked
        kept = [key for key in before if key not in keys]
        self.everything = False
        self.picked = [*kept, *keys][: mass.MOST_IDS] if chosen else kept
        await self._tell_picked()

    @on("read")
    async def pick_everything(self) -> Any:
        """All that the list's question finds, on this page or not."""
        self.everything, self.picked = True, []
        await self._tell_picked()

    @on("read")
    async def unpick(self) -> Any:
        """No selection."""
        self._unpick()

    def _unpick(self) -> None:
        assign(self, picked=[], everything=False, page_picked=False, picked_count="")
        assign(self, asked="", changing="", bulk_error="")

    async def _tell_picked(self) -> None:
        actor = await signed_in(self)
        self._together = secrets.token_hex(12)
        self.page_picked = self.everything or (bool(self.rows) and all(row.id in self.picked for row in self.rows))
        self.picked_count = self.count if self.everything else actor.speech.number(len(self.picked))
        await self._tell_export()

    @on("read")
    async def ask(self, verb: str) -> Any:
        """Open the question before all that is selected is changed, tagged or removed; "" closes it."""
        self.asked, self.changing, self.changing_how, self.bulk_error = "", "", "set", ""
        tags = tags_of(self.resource)
        if verb not in ("change", "remove", "tag" if tags else "change") or not (self.picked or self.everything):
            return
        actor = await signed_in(self)
        total = await asyncio.to_thread(counted, actor, self.resource, self._selection())
        self.picked_count, self.asked = actor.speech.number(total), verb
        if verb == "tag":
            self.asked, self.changing, self.changing_how = "change", tags, "add"

    @on("read")
    async def choose_field(self, name: str) -> Any:
        """The field that is to be set in all of them."""
        self.changing = name if name in self.resource.writable else ""
        self.changing_how, self.bulk_error = "set", ""

    @on("change")
    async def change_picked(self, form: dict[str, Any]) -> Any:
        """Give the field its value in all that is selected; a field of several words may be given one or lose one instead."""
        if self.changing not in self.resource.writable or self.asked != "change":
            return
        kind = self.resource.fields[self.changing].kind
        value: Any = str(form.get("value", ""))[:20_000]
        if isinstance(kind, Choices):
            value = [name for name in kind.options if form.get(f"value-{name}")]
        how = form.get("how") if isinstance(kind, Choices | Tags) else "set"
        part = {self.changing: value}
        await self._start(
            "change", mass.Deed(*({}, part) if how == "add" else ({}, {}, part) if how == "take" else (part,))
        )

    @on("remove")
    async def remove_picked(self) -> Any:
        """Take all that is selected away."""
        if self.asked == "remove":
            await self._start("remove", mass.Deed())

    @on("read")
    async def gather(self) -> Any:
        """Let the papers of all that is picked be drawn. Of a few it is only said that they are on their way."""
        if not papers.drawn(self.resource) or self.running or not (self.picked or self.everything):
            return
        if not self.everything and len(self.picked) <= bundles.FEW:
            await tell(self, "The PDFs are being prepared and come as one ZIP file.")
            return
        actor = await signed_in(self)
        try:
            outcome = await asyncio.to_thread(bundles.start, actor, self.resource, self._selection())
        except Invalid as bad:
            text = next(iter(bad.fields.values()), bad.message)
            await tell(self, text, kind="late")
            return
        self._begun("papers", actor, dict(outcome.result or {}))

    @on("read")
    async def join(self, verb: str) -> Any:
        """Carry all that is picked on into one document; a second press finds the same one."""
        if not self.picked or self.everything or verb not in [found.verb for found in joining(self.resource)]:
            return None
        actor = await signed_in(self)
        first, *also = sorted(self.picked)
        once = f"{self._together}:{verb}"
        try:
            outcome = await asyncio.to_thread(
                actions.run, actor, self.resource.name, verb, first, {"also": also}, once=once
            )
        except Invalid as bad:
            text = next(iter(bad.fields.values()), bad.message)
            await tell(self, text, kind="late")
            return None
        except Refusal as refusal:
            await tell(self, refusal.message, kind="late")
            return None
        return rx.redirect(f"/{outcome.result['resource']}/{outcome.result['id']}")  # type: ignore[index]

    async def _start(self, verb: str, deed: mass.Deed) -> None:
        actor = await signed_in(self)
        try:
            outcome = await asyncio.to_thread(mass.start, actor, self.resource, self._selection(), verb, deed)
        except Invalid as bad:
            self.bulk_error = " ".join(actor.speech.say(text) for text in bad.fields.values()) or actor.speech.say(
                bad.message
            )
            return
        self._unpick()
        result = dict(outcome.result or {})
        if result["job"]:
            self._begun(verb, actor, result)
        else:
            await self._done(actor, verb, result, outcome.change_set)

    def _begun(self, verb: str, actor: Actor, result: dict[str, Any]) -> None:
        self._job, self._verb = result["job"], verb
        self.running, self.run_part, self.run_text = True, 0, actor.speech.number(result["count"])

    async def _done(self, actor: Actor, verb: str, result: dict[str, Any], change_set: int | None) -> None:
        text = mass.told(verb, result, actor.speech)
        text += "".join(f" {one['message']}" for one in result.get("warnings", ()))
        await tell(self, text, kind="late" if result["refused"] and not result["count"] else "done", undo=change_set)
        await self._show(actor, self._query, counted=False)
        await self._read_views()  # the tabs count anew

    @on("read")
    async def follow(self) -> Any:
        """How far the work is; asked again and again by the page while there is any."""
        if not self.running:
            return None
        actor = await signed_in(self)
        job, found = self._job, await asyncio.to_thread(seen, actor, self._job)
        if found["state"] in ("waiting", "running"):
            number = actor.speech.number
            self.run_part = 100 * found["done"] // max(1, found["total"])
            self.run_text = f"{number(found['done'])} / {number(found['total'])}" if found["total"] else self.run_text
            return None
        self.running, self._job = False, 0
        result = found["result"]
        if result is None or found["state"] == "failed":
            await tell(self, "The work could not be finished. The list of jobs says why.", kind="late")
        if result is not None and self._verb == "papers":
            text = bundles.told(result, actor.speech)
            await tell(self, text)
            return rx.download(url=f"/api/v1/jobs/{job}/papers.zip", filename=result["name"])
        if result is not None:
            await self._done(actor, self._verb, result, result["change_set"])
        return None

    @on("read")
    async def stop_work(self) -> Any:
        """Cancel: what is done by now stays, with its undo."""
        if self.running:
            await asyncio.to_thread(stop, await signed_in(self), self._job)

    def _selection(self) -> mass.Selection:
        return mass.Selection(self._query) if self.everything else mass.Selection(Query(), tuple(self.picked))


def tags_of(resource: Resource) -> str:
    """The field of free words that a selection can be tagged by, "" for none."""
    return next((name for name in resource.writable if isinstance(resource.fields[name].kind, Tags)), "")


def few_papers(resource: Resource) -> int:
    """How many PDFs of such records come at once; 0 where none are drawn."""
    return bundles.FEW if papers.drawn(resource) else 0


def joining(resource: Resource) -> list[actions.Action]:
    """The verbs that make one document of several."""
    return [found for found in actions.of(resource.name) if "also" in found.fields]


def counted(actor: Actor, resource: Resource, selection: mass.Selection) -> int:
    """How many records are selected, to the last one. Runs in a thread."""
    with Work(actor) as work:
        return mass.count(work, resource, selection)


def seen(actor: Actor, job: int) -> dict[str, Any]:
    """How far that job is. Runs in a thread."""
    try:
        with Work(actor) as work:
            found = jobs.one(work, job)
            return {"state": found.state, "done": found.done, "total": found.total, "result": found.result}
    except Missing:
        return {"state": "failed", "done": 0, "total": 0, "result": None}


def stop(actor: Actor, job: int) -> None:
    """Cancel that job. Runs in a thread."""
    with Work(actor, "jobs.cancel") as work:
        jobs.cancel(work, job)
