"""Money left, open items right: which invoices a payment settles, with what is left of it shown before anything is saved."""

import asyncio
import dataclasses
from collections.abc import Callable
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
_WORDS = {
    ("invoices", False): "Invoice", ("invoices", True): "Credit note",
    ("payments", False): "Payment made", ("payments", True): "Payment received",
}  # fmt: skip
KINDS = tuple(_WORDS.values())
_SIDES = {"invoices": "invoice", "payments": "payment"}  # what an allocation that is sent names


@dataclasses.dataclass
class OpenRow:
    """An open item at its `address`, of which `most` is open. `typed` is what of it is to be settled, `fault` what is wrong with that.

    `taken` is what that takes of the payment, where it is in `other` money; `told` counts how often the program wrote it.
    """

    address: str = ""
    what: str = ""
    number: str = ""
    due: str = ""
    balance: str = ""
    currency: str = ""
    typed: str = ""
    fault: str = ""
    most: str = "0"
    other: bool = False
    taken: str = ""
    told: int = 0


@dataclasses.dataclass
class SettledRow:
    """An allocation that counts; `exchange` is the exchange difference, "" where all is in the company's currency."""

    id: int = 0
    address: str = ""
    what: str = ""
    number: str = ""
    amount: str = ""
    day: str = ""
    exchange: str = ""


class AllocationState(rx.State, mixin=True):
    """The part of a payment's state that its form does not hold. `record` and `load` are the record's. With `mixed` there is
    more than invoices.
    """

    resource: ClassVar[Resource]

    open_rows: list[OpenRow] = []
    settled_rows: list[SettledRow] = []
    free: str = ""
    rest: str = ""
    may_allocate: bool = False
    exchanged: bool = False
    mixed: bool = False
    filled: int = 0
    _free: Decimal = Decimal(0)
    of_currency: str = ""
    _oldest: dict[str, Decimal] = {}
    _worth: dict[str, Decimal] = {}

    @on("read")
    async def load_allocations(self) -> Any:
        """Read what is open and what is settled already; a payment that is being made has neither."""
        actor = await signed_in(self)
        if self.record:
            await self._read_open(actor)

    @on(SIGNED_IN)
    async def weigh(self, address: str, text: str) -> Any:
        """An amount was typed: what it takes of the payment, and what would be left."""
        actor = await signed_in(self)

        def typed(row: OpenRow) -> OpenRow:
            found = dataclasses.replace(row, typed=text[:40])
            if not row.other:
                return found
            worth = self._worth.get(row.currency)
            amount = _typed(actor.speech, text[:40]) * worth if worth else Decimal(0)
            taken = plain_text(actor.speech, amount, self.of_currency) if amount else ""
            return dataclasses.replace(found, taken=taken, told=row.told + 1)

        self._weigh(actor.speech, address, typed)

    @on(SIGNED_IN)
    async def weigh_taken(self, address: str, text: str) -> Any:
        """What of the payment settles an item in another currency was typed, such as the bank reckoned it."""
        actor = await signed_in(self)
        self._weigh(actor.speech, address, lambda row: dataclasses.replace(row, taken=text[:40]))

    def _weigh(self, speech: Speech, address: str, change: Callable[[OpenRow], OpenRow]) -> None:
        left = self._free - sum(_takes(speech, row) for row in self.open_rows if row.address != address)
        rows = [change(row) if row.address == address else row for row in self.open_rows]
        for row in rows:
            if row.address == address:
                row.fault = excess(speech, row, row.typed, left, self.of_currency)
        self.open_rows = rows
        self._tell_rest(speech)

    def _tell_rest(self, speech: Speech) -> None:
        left = self._free - sum(_takes(speech, row) for row in self.open_rows)
        self.rest = money_text(speech, left, self.of_currency)

    @on(SIGNED_IN)
    async def allocate(self) -> Any:
        """Settle what was typed, all or nothing."""
        actor = await signed_in(self)
        chosen = [row for row in self.open_rows if row.typed.strip()]
        wanted: list[dict[str, Any]] = []
        for row in chosen:
            try:
                asked = _named(row.address) | {"amount": str(_AMOUNT.parse(row.typed, actor.speech))}
                if row.other and row.taken.strip():
                    asked["taken"] = str(_AMOUNT.parse(row.taken, actor.speech))
            except BadValue as bad:
                row.fault = actor.speech.say(bad.message)
                continue
            wanted.append(asked)
        self.open_rows = [*self.open_rows]
        self.answers += 1
        if len(wanted) == len(chosen) and wanted:
            return await self._run(actor, chosen, {"allocations": wanted})
        return None

    @on(SIGNED_IN)
    async def fill_oldest(self) -> Any:
        """Write what would be settled were the oldest first, as far as the money goes; nothing is saved yet."""
        speech = (await signed_in(self)).speech
        self.open_rows = [
            dataclasses.replace(
                row, typed=plain_text(speech, amount, row.currency) if amount else "", taken="", fault=""
            )
            for row in self.open_rows
            for amount in (self._oldest.get(row.address),)
        ]
        self.filled += 1
        self._tell_rest(speech)

    def _instead(self, verb: str) -> Any:
        """What was typed counts, also where the button in the head is pressed."""
        typed = verb == "allocate" and any(row.typed.strip() for row in self.open_rows)
        return type(self).allocate if typed else super()._instead(verb)  # type: ignore[misc]

    @on(SIGNED_IN)
    async def take_back(self, allocation: int) -> Any:
        """One allocation counts no more."""
        actor = await signed_in(self)
        values = {"allocations": [allocation]}
        await asyncio.to_thread(actions.run, actor, self.resource.name, "unallocate", self.record, values)
        await tell(self, "Taken back.")
        await self._read_open(actor)
        return type(self).load

    async def _run(self, actor: Actor, chosen: list[OpenRow], values: dict[str, Any]) -> Any:
        """The page is read anew, since what is left of the payment stands in its head and its history too."""
        try:
            outcome = await asyncio.to_thread(actions.run, actor, self.resource.name, "allocate", self.record, values)
        except Invalid as bad:
            faults = {name: actor.speech.say(text) for name, text in bad.fields.items()}
            for number, row in enumerate(chosen):
                places = (f"allocations.{number}.{name}" for name in ("amount", "taken", *_SIDES.values()))
                row.fault = next((faults[place] for place in places if place in faults), "")
            self.open_rows = [*self.open_rows]
            return None
        if outcome.change_set is not None:
            await tell(self, "Allocated.")
        await self._read_open(actor)
        return type(self).load

    async def _read_open(self, actor: Actor) -> None:
        found = await asyncio.to_thread(read_allocations, actor, self.record)
        self.open_rows, self.settled_rows, self.may_allocate = found.open_rows, found.settled_rows, found.may_allocate
        self._free, self.of_currency = found.sheet.free, found.sheet.currency
        self._oldest = {address_of(*target): amount for target, amount in found.sheet.oldest.items()}
        self._worth = dict(found.sheet.worth)
        self.exchanged = any(row.exchange for row in self.settled_rows)
        self.mixed = any(row.what != "Invoice" for row in (*self.open_rows, *self.settled_rows))
        self.filled += 1
        self.free = self.rest = money_text(actor.speech, self._free, self.of_currency)


@dataclasses.dataclass(frozen=True)
class Allocations:
    """The sheet of a payment, and its rows in the words and numbers of who reads it."""

    open_rows: list[OpenRow]
    settled_rows: list[SettledRow]
    sheet: allocation_sheet.Sheet
    may_allocate: bool


def address_of(resource: str, key: int) -> str:
    """Where the page of that document is."""
    return f"/{resource}/{key}"


def _named(address: str) -> dict[str, Any]:
    """What an allocation to the document at that address is sent with."""
    _, resource, key = address.split("/")
    return {_SIDES[resource]: int(key)}


def _takes(speech: Speech, row: OpenRow) -> Decimal:
    """What the row takes of the payment, nothing where that cannot be read."""
    return _typed(speech, row.taken if row.other else row.typed)


def _typed(speech: Speech, text: str) -> Decimal:
    """The amount, nothing where it cannot be read."""
    try:
        return _AMOUNT.parse(text, speech) or Decimal(0)
    except BadValue:
        return Decimal(0)


def excess(speech: Speech, row: OpenRow, text: str, left: Decimal, currency: str) -> str:
    """That so much is more than is open of the row, or that it takes more of the money than is left; "" where it is not."""
    own = row.currency == currency
    most = min(Decimal(row.most), left) if own else Decimal(row.most)
    for typed, limit, of in ((text, most, row.currency), ("" if own else row.taken, left, currency)):
        if _typed(speech, typed) > limit and _typed(speech, typed):
            return speech.say(Message("At most {most} is left.", most=money.round_money(max(limit, Decimal(0)), of)))
    return ""


def plain_text(speech: Speech, value: Decimal, currency: str) -> str:
    """An amount as it is typed, in the currency's minor unit."""
    return _AMOUNT.edit(money.round_money(value, currency), speech)


def money_text(speech: Speech, value: Decimal, currency: str) -> str:
    """An amount with its currency, in the reader's notation."""
    places = money.minor_units(currency)
    return f"{speech.number(money.quantize(value, places), places)} {currency}"


def read_allocations(actor: Actor, payment: int) -> Allocations:
    """What the allocation screen of a payment shows, and whether the actor may allocate. Runs in a thread."""
    speech = actor.speech
    with Work(actor) as work:
        found = allocation_sheet.sheet(work, payment)
    rows = [
        OpenRow(
            address_of(item.resource, item.id),
            _WORDS[item.resource, found.back],
            item.number or f"#{item.id}",
            speech.day(item.due) if item.due else "",
            money_text(speech, item.balance, item.currency),
            item.currency,
            most=str(item.balance),
            other=item.currency != found.currency,
        )
        for item in found.open_items
    ]
    settled = [
        SettledRow(
            part.allocation,
            address_of(part.resource, part.id),
            _WORDS[part.resource, found.back],
            part.number,
            money_text(speech, part.amount, part.currency),
            speech.day(part.day),
            money_text(speech, part.difference, part.company_currency) if part.exchanged else "",
        )
        for part in found.settled
    ]
    return Allocations(rows, settled, found, actor.may("payments.allocate"))
