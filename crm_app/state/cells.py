"""Cells of a list that are edited where they stand, stored like a form of one field."""

import asyncio
import dataclasses
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import Conflict, Invalid, NotSignedIn, Refusal
from crm_app.core.resource import Resource
from crm_app.services import actions, records, timeline
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import on, signed_in
from .session import tell


@dataclasses.dataclass
class OpenRow:
    """The row that is being edited: what its inputs hold, and the names of what it refers to."""

    id: int = 0
    version: int = 0
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    texts: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class CellAnswer:
    """What came of a save: nothing amiss, an error, or `who` has set the field meanwhile, to `theirs`."""

    number: int = 0
    row: int = 0
    name: str = ""
    error: str = ""
    who: str = ""
    theirs: str = ""


class CellState(rx.State, mixin=True):
    """A part of every list. `heads` and `_refresh_row` are the list's."""

    resource: ClassVar[Resource]

    open_row: OpenRow = OpenRow()
    cell_answer: CellAnswer = CellAnswer()

    @on("change")
    async def open_cells(self, row: int) -> Any:
        """Read what the cells of that row hold. A record that may not be changed says so."""
        actor = await signed_in(self)
        self.open_row = await asyncio.to_thread(read_cells, actor, self.resource, row, self._cell_names())

    def _cell_names(self) -> list[str]:
        writable = self.resource.writable
        return [head.name for head in self.heads if head.name in writable]  # type: ignore[attr-defined]

    @on("change")
    async def save_cell(self, row: int, name: str, text: str, version: int) -> Any:
        """Store one cell. What is refused comes back as the answer, and stays typed in the page."""
        if name not in self.resource.writable:
            return
        actor = await signed_in(self)
        answer = CellAnswer(self.cell_answer.number + 1, row, name)
        try:
            outcome = await asyncio.to_thread(
                actions.run, actor, self.resource.name, "change", row, {name: text[:100_000]}, version=version
            )
        except NotSignedIn:
            raise
        except Conflict as clash:
            told = await asyncio.to_thread(who_changed, actor, self.resource, row, name, clash.theirs.get(name))
            answer = dataclasses.replace(answer, who=told[0], theirs=told[1])
        except Refusal as refusal:
            texts = refusal.fields.values() if isinstance(refusal, Invalid) else [refusal.message]
            self.cell_answer = dataclasses.replace(answer, error=" ".join(map(actor.speech.say, texts)))
            return
        await self._refresh_row(actor, row)  # type: ignore[attr-defined]
        if self.open_row.id == row and any(one.id == row for one in self.rows):  # type: ignore[attr-defined]
            self.open_row = await asyncio.to_thread(read_cells, actor, self.resource, row, self._cell_names())
        self.cell_answer = answer
        if not answer.who and outcome.change_set:
            await tell(self, "Saved.", undo=outcome.change_set)


def read_cells(actor: Actor, resource: Resource, key: int, names: list[str]) -> OpenRow:
    """What the inputs of that row hold. Raises Missing for a record that the actor may not change. Runs in a thread."""
    with Work(actor) as work:
        item = records.one(work, resource, key, "change")
        values = {name: resource.fields[name].kind.edit(item.values[name], actor.speech) for name in names}
        texts = {name: records.shown(work, resource, item, name) for name in names}
    return OpenRow(item.id, item.version, values, texts)


def who_changed(actor: Actor, resource: Resource, key: int, name: str, value: object) -> tuple[str, str]:
    """Who set that field last, and what it shows now. Runs in a thread."""
    label = resource.fields[name].label
    with Work(actor) as work:
        entries = timeline.of(work, resource, key)
        who = next((entry.who for entry in entries if any(step.label == label for step in entry.steps)), "")
        shown = records.shown(work, resource, records.one(work, resource, key), name) if value is not None else ""
    return who or actor.speech.say("Somebody else"), shown
