"""What stands beside a record's form: notes in its timeline, its files, what is related to it."""

import asyncio
import dataclasses
import hashlib
import secrets
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import Resource
from crm_app.models.notes import NOTES
from crm_app.services import actions, files, notes, records, related
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import SIGNED_IN, on, signed_in
from .session import tell

_LINES = "lines"


@dataclasses.dataclass
class FileRow:
    """A file of the record, as its reader sees it."""

    id: str = ""
    name: str = ""
    more: str = ""
    address: str = ""
    image: bool = False


@dataclasses.dataclass
class LinkRow:
    """A related record."""

    text: str = ""
    more: str = ""
    address: str = ""
    level: int = 0
    here: bool = False
    badges: str = ""


@dataclasses.dataclass
class GroupRow:
    """Related records of one kind, on the tab `name`; `address` is the list that holds them all."""

    name: str = ""
    title: str = ""
    icon: str = ""
    count: str = ""
    address: str = ""
    links: list[LinkRow] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class TabRow:
    """A tab of related records."""

    name: str = ""
    title: str = ""
    count: str = ""


@dataclasses.dataclass
class Around:
    """All of it, from one reading."""

    files: list[FileRow]
    groups: list[GroupRow]
    tabs: list[TabRow]
    picture: str
    may_note: bool
    has_below: bool = False


class BesideState(rx.State, mixin=True):
    """The part of a record's state that its form does not hold. `record` and `_refresh` are the record's.

    `pane` is the tab that is shown: "details", "history", "files", or a group of what is related by its name.
    """

    resource: ClassVar[Resource]

    files: list[FileRow] = []
    groups: list[GroupRow] = []
    tabs: list[TabRow] = []
    picture: str = ""
    may_note: bool = False
    note_fault: str = ""
    notes_written: int = 0
    note_once: str = ""
    editing: str = ""
    has_below: bool = False
    with_below: bool = False
    pane: str = "details"

    def _take_around(self, found: Around) -> None:
        self.files, self.groups, self.tabs = found.files, found.groups, found.tabs
        self.picture, self.may_note = found.picture, found.may_note
        self.note_fault, self.editing, self.has_below = "", "", found.has_below
        self.note_once = secrets.token_hex(12)
        self.pane = self.pane if self.pane in self._panes() else "details"

    def _panes(self) -> list[str]:
        return ["details", "history", "files", *(tab.name for tab in self.tabs)]

    def _bare(self) -> None:
        """A record that is being made has nothing beside it."""
        self._take_around(Around([], [], [], "", may_note=False))

    @on(SIGNED_IN)
    async def show_pane(self, pane: str) -> Any:
        """Another tab of the record."""
        self.pane = pane if pane in self._panes() else "details"

    @on("read")
    async def show_below(self, shown: bool) -> Any:
        """Contacts, notes and files of the records below this one too, or of this one alone."""
        self.with_below = shown
        await self._refresh(await signed_in(self))  # type: ignore[attr-defined]

    @on(SIGNED_IN)
    async def write_note(self, once: str, form: dict[str, Any]) -> Any:
        """A new note on the record; what was typed stays in the box until it is stored.

        `once` was made with the box that was shown: a second click stores the same note, another text is another one.
        """
        actor = await signed_in(self)
        text = str(form.get("text", ""))
        try:
            outcome = await asyncio.to_thread(_write, actor, self.resource, self.record, text, once[:80])
        except Invalid as bad:
            self.note_fault = actor.speech.say(bad.fields.get("text", bad.message))
            return
        if once != self.note_once:
            return  # the box has been emptied since
        self.notes_written += 1
        await self._refresh(actor)  # type: ignore[attr-defined]
        await tell(self, "Saved.", undo=outcome)

    @on(SIGNED_IN)
    async def edit_note(self, note: str) -> Any:
        """Open the box of a note of mine; "" closes it."""
        self.editing = str(_number(note) or "")

    @on(SIGNED_IN)
    async def change_note(self, form: dict[str, Any]) -> Any:
        """Another text for the note that is open."""
        actor = await signed_in(self)
        key = _number(self.editing)
        try:
            made = await asyncio.to_thread(
                _act, actor, "notes.change", "Change a note", lambda work: notes.change(work, key, form.get("text", ""))
            )
        except Invalid as bad:
            self.note_fault = actor.speech.say(bad.fields.get("text", bad.message))
            return
        await self._refresh(actor)  # type: ignore[attr-defined]
        await tell(self, "Saved.", undo=made)

    @on(SIGNED_IN)
    async def remove_note(self, note: str) -> Any:
        """Take a note of mine away; the toast offers to undo it."""
        actor = await signed_in(self)
        made = await asyncio.to_thread(
            _act, actor, "notes.remove", "Remove a note", lambda work: notes.remove(work, _number(note))
        )
        await self._refresh(actor)  # type: ignore[attr-defined]
        await tell(self, "Note removed.", undo=made)

    @on(SIGNED_IN)
    async def files_came(self) -> Any:
        """Files have been sent over HTTP: show them."""
        await self._refresh(await signed_in(self))  # type: ignore[attr-defined]

    @on(SIGNED_IN)
    async def remove_file(self, file: str) -> Any:
        """Take a file off the record; the toast offers to undo it."""
        actor = await signed_in(self)
        name = next((row.name for row in self.files if row.id == file), "")
        verb = self.resource.permission("change")
        made = await asyncio.to_thread(
            _act, actor, verb, "Remove a file", lambda work: files.remove(work, _number(file))
        )
        await self._refresh(actor)  # type: ignore[attr-defined]
        await tell(self, Message("{name} removed.", name=name), undo=made)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _act(actor: Actor, verb: str, label: str, act: Any) -> int | None:
    """Do it in a transaction of its own; the ChangeSet. Runs in a thread."""
    with Work(actor, verb, label=label) as work:
        act(work)
    return work.change_set


def _write(actor: Actor, resource: Resource, record: int, text: str, box: str) -> int | None:
    once = f"note:{box}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
    with Work(actor, NOTES.permission("create"), label="Write a note") as work:
        return actions.run_in(work, notes.action_of(resource), record, {"text": text}, once=once).change_set


def around(work: Work, resource: Resource, item: records.Item, *, below: bool = False) -> Around:
    """What stands beside the record; with `below` also what stands beside those below it in its tree."""
    speech = work.actor.speech
    found = files.of_record(work, resource, item.id, below=below)
    holders = records.names_of(work, resource, {file.record for file in found} - {item.id})
    users = records.resource_of("users")
    who = records.names_of(work, users, {file.author for file in found if file.author})
    rows = [
        FileRow(
            str(file.id),
            file.name,
            " \u00b7 ".join(
                part
                for part in (
                    holders.get(file.record, ""),
                    size_text(file.size, speech),
                    who.get(file.author or 0, ""),
                    speech.moment(file.created_at),
                )
                if part
            ),
            f"/api/v1/attachments/{file.id}/content",
            file.media_type in files.PICTURES,
        )
        for file in found
    ]
    own = [row for row, file in zip(rows, found, strict=True) if file.record == item.id]
    picture = next((f"{row.address}?size=128" for row in own if row.image), "")
    around_it = related.of_record(work, resource, item, below=below)
    groups = [_group_row(group, speech) for group in around_it]
    may_note = work.actor.may(NOTES.permission("create")) or work.actor.may(resource.permission("change"))
    return Around(
        rows, groups, _tab_rows(around_it, speech), picture, may_note, related.has_below(work, resource, item.id)
    )


def _group_row(group: related.Group, speech: Speech) -> GroupRow:
    links = [
        LinkRow(
            link.text or speech.say("Draft"),
            link.more,
            f"/{link.resource}/{link.id}",
            link.level,
            link.here,
            _badges(link, speech),
        )
        for link in group.links
    ]
    return GroupRow(_tab_of(group), speech.say(group.title), group.icon, _count([group], speech), group.address, links)


def _tab_rows(groups: list[related.Group], speech: Speech) -> list[TabRow]:
    """A tab for each group, one for all lines of documents."""
    found: dict[str, list[related.Group]] = {}
    for group in groups:
        found.setdefault(_tab_of(group), []).append(group)
    lines = speech.say("Lines")
    return [
        TabRow(name, lines if name == _LINES else speech.say(several[0].title), _count(several, speech))
        for name, several in found.items()
    ]


def _tab_of(group: related.Group) -> str:
    return _LINES if group.inside else group.name


def _count(groups: list[related.Group], speech: Speech) -> str:
    total = sum(group.total for group in groups)
    return (speech.number(total) + ("+" if any(group.capped for group in groups) else "")) if total else ""


def _badges(link: related.Link, speech: Speech) -> str:
    """How it stands, as a cell draws it."""
    return "\n".join(f"{one.look}:{speech.say(one.text)}" for one in link.standing)


def size_text(size: int, speech: Speech) -> str:
    """A number of bytes as people read it, in decimal units."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= factor:
            return f"{speech.number(round(size / factor, 1 if size < 10 * factor else 0))} {unit}"
    return f"{speech.number(size)} B"
