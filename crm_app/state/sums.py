"""The sums under a list: what its amounts come to, read after the rows are there."""

import asyncio
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.fields import Amount
from crm_app.core.query import Query
from crm_app.core.resource import Resource
from crm_app.services import sums
from crm_app.services.actors import Actor
from crm_app.services.search import CAP
from crm_app.services.work import Work

from .guard import on, signed_in


class SumState(rx.State, mixin=True):
    """A part of every list. `sums` are texts by field, a line per currency; `sums_asked` counts the questions for them.

    `sums_partly` says that some of what the list shows does not count in them.
    """

    resource: ClassVar[Resource]

    sums: dict[str, str] = {}
    sums_many: bool = False
    sums_partly: bool = False
    sums_asked: int = 0

    @on("read", supersedes=True)
    async def load_sums(self) -> Any:
        """Add up what the list shows; more than can be done in passing waits until somebody asks for it."""
        await self._add_up(CAP)

    @on("read", supersedes=True)
    async def load_all_sums(self) -> Any:
        """Add up however many there are."""
        await self._add_up(None)

    def _ask_sums(self) -> None:
        """The list shows other records: the page asks for their sums when it has drawn them."""
        if self.resource.sums:
            self.sums, self.sums_many, self.sums_partly = {}, False, False
            self.sums_asked += 1

    async def _add_up(self, cap: int | None) -> None:
        asked = self.sums_asked
        found, partly = await asyncio.to_thread(read_sums, await signed_in(self), self.resource, self._query, cap)
        if asked == self.sums_asked:
            self.sums, self.sums_many, self.sums_partly = found or {}, found is None, partly


def read_sums(actor: Actor, resource: Resource, query: Query, cap: int | None) -> tuple[dict[str, str] | None, bool]:
    """The sums as text, None where there are more records than the cap; and whether they leave some out. Runs in a thread."""
    with Work(actor) as work:
        found = sums.of(work, resource, query, cap=cap)
        partly = found is not None and sums.leaves_out(work, resource, query)
    return None if found is None else told(actor, resource, found), partly


def told(actor: Actor, resource: Resource, found: list[sums.Sum]) -> dict[str, str]:
    """Sums as lines, one per currency."""
    texts = {}
    for name in resource.sums:
        kind = resource.fields[name].kind
        if isinstance(kind, Amount):
            lines = [
                f"{kind.show_in(one.amounts[name], one.currency, actor.speech, brief=True)} {one.currency}".strip()
                for one in found
            ]
            texts[name] = "\n".join(lines)
    return texts
