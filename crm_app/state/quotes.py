"""Quotes."""

import asyncio
import dataclasses
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import Resource
from crm_app.models.quotes import QUOTES, STATUS
from crm_app.services import records, standings, versions
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .forms import Also, Read
from .guard import on, signed_in
from .lists import ListState
from .paper import PaperState
from .trade import amount_text


@dataclasses.dataclass
class VersionRow:
    """A version of the quote."""

    id: str = ""
    address: str = ""
    name: str = ""
    text: str = ""
    look: str = "draft"
    date: str = ""
    money: str = ""
    here: bool = False


@dataclasses.dataclass
class DifferenceRow:
    """What differs from another version, in the reader's words. Without `label` the whole line is new or gone."""

    line: str = ""
    label: str = ""
    before: str = ""
    after: str = ""


@dataclasses.dataclass
class Compared:
    """The versions, and how the one that is shown differs from another."""

    versions: list[VersionRow]
    older: str = ""
    newer: str = ""
    other: str = ""
    rows: list[DifferenceRow] = dataclasses.field(default_factory=list)


class QuoteList(ListState, rx.State):
    """The list of quotes."""

    resource: ClassVar[Resource] = QUOTES


class QuoteRecord(PaperState, rx.State):
    """One of them, beside its other versions."""

    resource: ClassVar[Resource] = QUOTES

    versions: list[VersionRow] = []
    differences: list[DifferenceRow] = []
    other: str = ""
    older_version: str = ""
    newer_version: str = ""

    def _also(self) -> dict[str, Also]:
        return super()._also() | {"versions": compared}

    def _take(self, key: int, found: Read) -> None:
        super()._take(key, found)
        self._show(found.also["versions"])

    def _blank(self, actor: Actor) -> None:
        super()._blank(actor)
        self._show(Compared([]))

    def _show(self, found: Compared) -> None:
        self.versions, self.differences, self.other = found.versions, found.rows, found.other
        self.older_version, self.newer_version = found.older, found.newer

    @on("read")
    async def compare(self, other: str) -> Any:
        """Show what differs between the version that is open and that one."""
        actor = await signed_in(self)
        self._show(await asyncio.to_thread(_compare, actor, self.record, other))


def _compare(actor: Actor, key: int, other: str) -> Compared:
    with Work(actor) as work:
        return compared(work, QUOTES, records.one(work, QUOTES, key), other)


def compared(work: Work, resource: Resource, item: records.Item, other: str = "") -> Compared:
    """The versions of a quote with what differs from `other`, else from the one before, else from the next; alone it has none."""
    found = versions.versions_of(work, item.id)
    if len(found) < 2:
        return Compared([])
    speech = work.actor.speech
    place = next(number for number, one in enumerate(found) if one.id == item.id)
    beside = next((one for one in found if str(one.id) == other and one.id != item.id), None)
    beside = beside or found[place - 1 if place else 1]
    older, newer = sorted((item, records.one(work, resource, beside.id)), key=lambda one: one.id)
    rows = [
        DifferenceRow(one.line, speech.say(one.label), one.before, one.after)
        for one in versions.differences(work, resource, older, newer)
    ]
    listed = [_version(one, item.id, speech) for one in found]
    return Compared(listed, _name(older, speech), _name(newer, speech), str(beside.id), rows)


def _name(item: records.Item, speech: Speech) -> str:
    return item.values["number"] or speech.say(Message("Version {number}", number=item.values["revision"]))


def _version(item: records.Item, here: int, speech: Speech) -> VersionRow:
    values = item.values
    return VersionRow(
        str(item.id),
        f"/quotes/{item.id}",
        _name(item, speech),
        speech.say(STATUS.label(values["status"])),
        standings.look_of(values["status"]),
        speech.day(values["date"]),
        f"{amount_text(values['total'], values['currency'], speech)} {values['currency']}",
        item.id == here,
    )
