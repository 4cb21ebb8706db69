"""The printed page of a document beside it, while somebody writes it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from crm_app.core.i18n import Speech
from crm_app.core.resource import Resource
from crm_app.services import papers
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .choosing import ChooseState
from .forms import Read
from .guard import SIGNED_IN, on, signed_in
from .heads import FigureRow, figure_row
from .reading import drawing
from .trade import parsed_rows

PAGES = 5  # are drawn; of the rest the number is told
_STRANGE = 24  # characters are told


class PaperState(ChooseState, mixin=True):
    """A document with its paper. `paper` holds the marks of each page (see documents/canvas), `paper_more` counts the pages
    that are left out, `told` is what its writer wants to know; `side` is what stands beside the document: "paper" or "history".
    """

    resource: ClassVar[Resource]

    paper: list[Any] = []
    paper_more: int = 0
    told: list[FigureRow] = []
    side: str = "paper"

    def _take(self, key: int, found: Read) -> None:
        opened = key != self.record
        super()._take(key, found)
        if opened:
            self.paper, self.paper_more, self.told = [], 0, []
            self.side = "paper" if self.may_change else "history"

    def _blank(self, actor: Actor) -> None:
        super()._blank(actor)
        self.paper, self.paper_more, self.told, self.side = [], 0, [], "paper"

    @on(SIGNED_IN)
    async def show_side(self, side: str) -> Any:
        """The paper or the history beside the document."""
        self.side, self.pane = "paper" if side == "paper" else "history", "details"

    @on(SIGNED_IN, supersedes=True)
    async def draw(self, lines: str, head: dict[str, Any]) -> Any:
        """Draw the pages of what is typed; of a document that cannot be changed those that it has."""
        actor = await signed_in(self)
        key = self.record if not self.may_change else 0
        if not key and not lines:
            return
        rows = parsed_rows(lines)
        found, strange, pages, count = await drawing(sketch_of, actor, self.resource, key, self.record, head, rows)
        self.paper, self.paper_more = pages, count - len(pages)
        self.told = told_of(found, strange, actor.speech)


def sketch_of(
    actor: Actor, resource: Resource, key: int, document: int, head: Mapping[str, Any], rows: list[dict[str, Any]]
) -> tuple[papers.Sketch, str, list[papers.Marks], int]:
    """Of the stored document `key`, or of what is typed where there is none: what it says, which characters of that cannot be printed,
    its first pages, and how many there are.
    """
    given = {name: value for name, value in head.items() if isinstance(value, str)}
    with Work(actor) as work:
        typed = None if key else papers.sketch_typed(work, resource, given, rows, document=document)
        found = typed or papers.sketch(work, resource, key)
    return found, papers.unprinted(found), *papers.pages_of(found, PAGES)


def told_of(found: papers.Sketch, strange: str, speech: Speech) -> list[FigureRow]:
    """What the paper cannot show, the margin and what the customer owes, in words."""
    rows = [figure_row(one, speech) for one in found.owing]
    if strange:
        shown = strange if len(strange) <= _STRANGE else f"{strange[:_STRANGE]}…"
        rows = [FigureRow(speech.say("Printed as a question mark"), shown, "", late=True), *rows]
    if found.margin is None:
        return rows
    return [FigureRow(speech.say("Margin"), f"{speech.number(found.margin, 1)} %", "", found.margin < 0), *rows]
