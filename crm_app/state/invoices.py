"""Invoices."""

import dataclasses
from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.invoices import INVOICES, InvoiceStatus
from crm_app.services import readiness, records, strip, trade
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .forms import Also, Read
from .heads import amount_text
from .lists import ListState
from .paper import PaperState
from .settlements import SettlementState


@dataclasses.dataclass
class PartRow:
    """A part of an invoice: when how much of it is due, what is open of it, how it stands."""

    due: str = ""
    amount: str = ""
    open: str = ""
    text: str = ""
    look: str = ""


class InvoiceList(ListState, rx.State):
    """The list of invoices."""

    resource: ClassVar[Resource] = INVOICES


class InvoiceRecord(SettlementState, PaperState, rx.State):
    """One of them. `parts` are those of an issued invoice that is due in several; `nameless` says of a draft that it would go
    out without the company's tax identifier, `anonymous` that it lacks what it has to say of its customer, `unreasoned`
    that it corrects and does not say why.
    """

    resource: ClassVar[Resource] = INVOICES

    parts: list[PartRow] = []
    nameless: bool = False
    anonymous: bool = False
    unreasoned: bool = False

    def _also(self) -> dict[str, Also]:
        also: dict[str, Also] = {
            "parts": parts_of,
            "nameless": nameless,
            "anonymous": anonymous,
            "unreasoned": unreasoned,
        }
        return super()._also() | also

    def _take(self, key: int, found: Read) -> None:
        super()._take(key, found)
        self.parts, self.nameless = found.also["parts"], found.also["nameless"]
        self.anonymous, self.unreasoned = found.also["anonymous"], found.also["unreasoned"]

    def _blank(self, actor: Actor) -> None:
        super()._blank(actor)
        self.parts, self.nameless, self.anonymous, self.unreasoned = [], False, False, False


def nameless(work: Work, resource: Resource, item: records.Item) -> bool:
    """Told to who may issue the draft."""
    return _issuable(work, resource, item) and readiness.nameless(work)


def anonymous(work: Work, resource: Resource, item: records.Item) -> bool:
    """Told to the same."""
    account, total = item.values["account"], item.values["total_company"]
    return _issuable(work, resource, item) and readiness.anonymous(work, account, total)


def unreasoned(work: Work, resource: Resource, item: records.Item) -> bool:
    """Told to the same."""
    return _issuable(work, resource, item) and readiness.unreasoned(work, item.values["kind"], item.values["reason"])


def _issuable(work: Work, resource: Resource, item: records.Item) -> bool:
    draft = item.values["status"] == InvoiceStatus.DRAFT.value
    return draft and work.actor.may(resource.permission("issue"))


def parts_of(work: Work, _resource: Resource, item: records.Item) -> list[PartRow]:
    """The parts in words; none where the whole is due on one day."""
    speech, today = work.actor.speech, trade.today(work)
    found = strip.parts_of(work, item.id)
    return [
        PartRow(
            speech.day(part.due),
            amount_text(part.amount, part.currency, speech),
            amount_text(part.open, part.currency, speech),
            *_standing(part, late=part.due < today),
        )
        for part in (found if len(found) > 1 else ())
    ]


def _standing(part: strip.Part, *, late: bool) -> tuple[str, str]:
    """The word (an English key) and its colour."""
    if not part.open:
        return "Paid", "done"
    if late:
        return "Overdue", "late"
    return ("Partly paid", "wait") if part.open < part.amount else ("Not yet due", "open")
