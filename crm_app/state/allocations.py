"""Money left, open items right: which invoices a payment settles, with what is left of it shown before anything is saved."""

import asyncio
import dataclasses
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx

from crm_app.core import money
from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Number
from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import Resource
from crm_app.services import actions, allocation_sheet
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import SIGNED_IN, on, signed_in
from .session import tell

_AMOUNT = Number(4)


@dataclasses.dataclass
class OpenRow:
    """An open item, of which `most` is open. `typed` is what of it is to be settled, `fault` what is wrong with that."""

    id: int = 0
    number: str = ""
    due: str = ""
    balance: str = ""
    currency: str = ""
    typed: str = ""
    fault: str = ""
    most: str = "0"


@dataclasses.dataclass
class SettledRow:
    """An allocation that counts; `exchange` is the exchange difference, "" where all is in the company's currency."""

    id: int = 0
    address: str = ""
    number: str = ""
    amount: str = ""
    day: str = ""
    exchange: str = ""


class AllocationState(rx.State, mixin=True):
    """The part of a payment's state that its form does not hold. `record` and `load` are the record's."""

    resource: ClassVar[Resource]

    open_rows: list[OpenRow] = []
    settled_rows: list[SettledRow] = []
    free: str = ""
    rest: str = ""
    may_allocate: bool = False
    exchanged: bool = False
    _free: Decimal = Decimal(0)
    _currency: str = ""

    @on("read")
    async def load_allocations(self) -> Any:
        """Read what is open and what is settled already; a payment that is being made has neither."""
        actor = await signed_in(self)
        if self.record:
            await self._read_open(actor)

    @on(SIGNED_IN)
    async def weigh(self, invoice: int, text: str) -> Any:
        """An amount was typed: what would be left of the payment."""
        actor = await signed_in(self)
        speech, typed = actor.speech, text[:40]
        left = self._free - sum(_typed(speech, row.typed) for row in self.open_rows if row.id != invoice)
        self.open_rows = [
            dataclasses.replace(row, typed=typed, fault=excess(speech, row, typed, left, self._currency))
            if row.id == invoice
            else row
            for row in self.open_rows
        ]
        self.rest = money_text(speech, left - _typed(speech, typed), self._currency)

    @on(SIGNED_IN)
    async def allocate(self) -> Any:
        """Settle what was typed, all or nothing."""
        actor = await signed_in(self)
        chosen = [row for row in self.open_rows if row.typed.strip()]
        wanted: list[dict[str, Any]] = []
        for row in chosen:
            try:
                amount = _AMOUNT.parse(row.typed, actor.speech)
            except BadValue as bad:
                row.fault = actor.speech.say(bad.message)
                continue
            wanted.append({"invoice": row.id, "amount": str(amount)})
        self.open_rows = [*self.open_rows]
        if len(wanted) == len(chosen) and wanted:
            return await self._run(actor, chosen, {"allocations": wanted})
        return None

    @on(SIGNED_IN)
    async def allocate_oldest(self) -> Any:
        """Settle the oldest first, as far as the money goes."""
        return await self._run(await signed_in(self), [], {})

    @on(SIGNED_IN)
    async def take_back(self, allocation: int) -> Any:
        """One allocation counts no more."""
        actor = await signed_in(self)
        values = {"allocations": [allocation]}
        outcome = await asyncio.to_thread(actions.run, actor, self.resource.name, "unallocate", self.record, values)
        await tell(self, "Taken back.", undo=outcome.change_set)
        await self._read_open(actor)
        return type(self).load

    async def _run(self, actor: Actor, chosen: list[OpenRow], values: dict[str, Any]) -> Any:
        """The page is read anew, since what is left of the payment stands in its head and its history too."""
        try:
            outcome = await asyncio.to_thread(actions.run, actor, self.resource.name, "allocate", self.record, values)
        except Invalid as bad:
            faults = {name: actor.speech.say(text) for name, text in bad.fields.items()}
            for number, row in enumerate(chosen):
                row.fault = faults.get(f"allocations.{number}.amount", "") or faults.get(
                    f"allocations.{number}.invoice", ""
                )
            self.open_rows = [*self.open_rows]
            return None
        if outcome.change_set is not None:
            await tell(self, "Allocated.", undo=outcome.change_set)
        await self._read_open(actor)
        return type(self).load

    async def _read_open(self, actor: Actor) -> None:
        found = await asyncio.to_thread(read_allocations, actor, self.record)
        self.open_rows, self.settled_rows, self._free, self._currency, self.may_allocate = found
        self.exchanged = any(row.exchange for row in self.settled_rows)
        self.free = self.rest = money_text(actor.speech, self._free, self._currency)


def _typed(speech: Speech, text: str) -> Decimal:
    """The amount, nothing where it cannot be read."""
    try:
        return _AMOUNT.parse(text, speech) or Decimal(0)
    except BadValue:
        return Decimal(0)


def excess(speech: Speech, row: OpenRow, text: str, left: Decimal, currency: str) -> str:
    """That so much is more than is open of the row or, in the money's own currency, than is left of it; "" where it is not."""
    most = min(Decimal(row.most), left) if row.currency == currency else Decimal(row.most)
    if _typed(speech, text) <= most or not _typed(speech, text):
        return ""
    return speech.say(Message("At most {most} is left.", most=money.round_money(max(most, Decimal(0)), row.currency)))


def money_text(speech: Speech, value: Decimal, currency: str) -> str:
    """An amount with its currency, in the reader's notation."""
    places = money.minor_units(currency)
    return f"{speech.number(money.quantize(value, places), places)} {currency}"


def read_allocations(actor: Actor, payment: int) -> tuple[list[OpenRow], list[SettledRow], Decimal, str, bool]:
    """Open items, allocations, what is free, its currency, and whether the actor may allocate. Runs in a thread."""
    speech = actor.speech
    with Work(actor) as work:
        found = allocation_sheet.sheet(work, payment)
    rows = [
        OpenRow(
            item.id,
            item.number or f"#{item.id}",
            speech.day(item.due) if item.due else "",
            money_text(speech, item.balance, item.currency),
            item.currency,
            most=str(item.balance),
        )
        for item in found.open_items
    ]
    settled = [
        SettledRow(
            part.allocation,
            f"/{part.resource}/{part.id}",
            part.number,
            money_text(speech, part.amount, part.currency),
            speech.day(part.day),
            money_text(speech, part.difference, part.company_currency) if part.exchanged else "",
        )
        for part in found.settled
    ]
    return rows, settled, found.free, found.currency, actor.may("payments.allocate")
