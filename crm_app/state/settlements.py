"""What settles an invoice, or what a credit note settles: payments, credit notes and deposits, in the reader's words."""

import asyncio
import dataclasses
from typing import Any, ClassVar

from crm_app.core.errors import Invalid
from crm_app.core.resource import Resource
from crm_app.services import actions, allocation_sheet, means, records
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .allocations import money_text
from .forms import Also, Read, RecordState
from .guard import SIGNED_IN, on, signed_in
from .session import tell

_SHOWN = 3  # of what an invoice could be settled with
_VERBS = {"payments": "unallocate", "invoices": "unapply"}
_FREE = {"payments": "Payment received", "invoices": "Credit note"}
_WORDS = {"payments": "Payment", "invoices": "Credit note"}


@dataclasses.dataclass
class SettlementRow:
    """A document that settles this one, or is settled by it; `allocation` 0 is a deposit. `source` holds what takes it back."""

    allocation: int = 0
    what: str = ""
    address: str = ""
    number: str = ""
    day: str = ""
    amount: str = ""
    exchange: str = ""
    source: str = ""
    source_id: int = 0
    takes_back: bool = False


@dataclasses.dataclass
class MeansRow:
    """What the invoice could be settled with; `settles` is "" where one click cannot."""

    what: str = ""
    resource: str = ""
    id: int = 0
    address: str = ""
    number: str = ""
    day: str = ""
    left: str = ""
    settles: str = ""


class SettlementState(RecordState, mixin=True):
    """An invoice beside what settles it, and what could."""

    resource: ClassVar[Resource]

    settlements: list[SettlementRow] = []
    settlements_exchanged: bool = False
    free: list[MeansRow] = []
    free_more: bool = False

    def _also(self) -> dict[str, Also]:
        return super()._also() | {"settlements": settlements_of, "free": free_of}

    def _take(self, key: int, found: Read) -> None:
        super()._take(key, found)
        self.settlements = found.also["settlements"]
        self.free, self.free_more = found.also["free"][:_SHOWN], len(found.also["free"]) > _SHOWN
        self.settlements_exchanged = any(row.exchange for row in self.settlements)

    def _blank(self, actor: Actor) -> None:
        super()._blank(actor)
        self.settlements, self.settlements_exchanged, self.free, self.free_more = [], False, [], False

    @on(SIGNED_IN)
    async def settle_with(self, resource: str, document: int) -> Any:
        """Set a payment or a credit note against this invoice, as far as both go."""
        actor = await signed_in(self)
        try:
            await asyncio.to_thread(means.settle, actor, self.record, resource, document)
        except Invalid:
            pass  # somebody was quicker, or it was clicked twice: the page shows it
        else:
            await tell(self, "Allocated.")
        return type(self).load

    @on(SIGNED_IN)
    async def take_back(self, allocation: int) -> Any:
        """One allocation counts no more. It is taken back from the payment or the credit note that it is of."""
        row = next((row for row in self.settlements if row.allocation == allocation and row.takes_back), None)
        if row is None:
            return None
        actor = await signed_in(self)
        given = {"allocations": [allocation]}
        try:
            await asyncio.to_thread(actions.run, actor, row.source, _VERBS[row.source], row.source_id, given)
        except Invalid:
            pass  # somebody has taken it back already: the page shows it
        else:
            await tell(self, "Taken back.")
        return type(self).load


def free_of(work: Work, _resource: Resource, item: records.Item) -> list[MeansRow]:
    """Money first, then credit notes."""
    speech = work.actor.speech
    return [
        MeansRow(
            _FREE[one.resource], one.resource, one.id, f"/{one.resource}/{one.id}", one.number, speech.day(one.day),
            money_text(speech, one.left, one.currency),
            money_text(speech, one.settles, one.currency)
            if one.settles and work.actor.may(f"{one.resource}.{means.VERBS[one.resource]}")
            else "",
        )
        for one in means.of_invoice(work, item.id)
    ]  # fmt: skip


def settlements_of(work: Work, _resource: Resource, item: records.Item) -> list[SettlementRow]:
    """Allocations that count, then deposits that are set off."""
    actor, speech = work.actor, work.actor.speech
    rows = []
    for part in allocation_sheet.of_invoice(work, item.id):
        sums = (part.taken, part.taken_currency) if part.gives else (part.amount, part.currency)
        source = ("invoices", item.id) if part.gives else (part.resource, part.id)
        rows.append(
            SettlementRow(
                part.allocation, "Invoice" if part.gives else _WORDS[part.resource],
                f"/{part.resource}/{part.id}", part.number, speech.day(part.day), money_text(speech, *sums),
                money_text(speech, part.difference, part.company_currency) if part.exchanged else "", *source,
                actor.may(f"{source[0]}.{_VERBS[source[0]]}"),
            )
        )  # fmt: skip
    what = "Invoice" if item.values["kind"] == "deposit" else "Deposit, net"
    for one in allocation_sheet.set_off(work, item.id):
        told = (
            f"/invoices/{one.id}",
            one.number or f"#{one.id}",
            speech.day(one.day),
            money_text(speech, one.net, one.currency),
        )
        rows.append(SettlementRow(0, what, *told))
    return rows
