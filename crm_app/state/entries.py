"""The timeline of a record in its reader's words."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime

from crm_app.core import clock
from crm_app.core.i18n import Speech
from crm_app.core.resource import Resource
from crm_app.services import notes, timeline
from crm_app.services.actors import Actor
from crm_app.services.work import Work

_TIMELINE = 30


@dataclasses.dataclass
class StepRow:
    """A field's change in the timeline."""

    label: str = ""
    before: str = ""
    after: str = ""


@dataclasses.dataclass
class EntryRow:
    """A line of the timeline. `day` is filled at the first line of each day."""

    change_set: str = ""
    day: str = ""
    time: str = ""
    who: str = ""
    text: str = ""
    kind: str = "change"
    steps: list[StepRow] = dataclasses.field(default_factory=list)
    can_undo: bool = False
    undone: bool = False
    note: str = ""
    note_text: str = ""
    own: bool = False


def older_entries(actor: Actor, resource: Resource, key: int, before: int | None) -> tuple[list[EntryRow], bool]:
    """More of the timeline, and whether there is still more. Runs in a thread."""
    with Work(actor) as work:
        return entries_of(work, resource, key, before)


def entries_of(work: Work, resource: Resource, key: int, before: int | None) -> tuple[list[EntryRow], bool]:
    """The newest entries of a record's timeline, or those before one, and whether there are older ones."""
    entries = timeline.of(work, resource, key, before=before, size=_TIMELINE + 1)
    there = notes.there(work, [entry.note for entry in entries if entry.note is not None])
    return entry_rows(work.actor, entries[:_TIMELINE], there), len(entries) > _TIMELINE


_DID = {"note": "wrote a note", "create": "created it", "change": "changed it", "remove": "removed it"}


def entry_rows(actor: Actor, entries: list[timeline.Entry], there: Mapping[int, notes.Note]) -> list[EntryRow]:
    """The timeline in the actor's words and time zone. A note is shown as it is now, where it is still there."""
    say = actor.speech.say
    rows: list[EntryRow] = []
    last = ""
    for entry in entries:
        day = day_name(entry.at, actor.speech)
        note = there.get(entry.note or 0)
        text = say("undid a change") if entry.undoes else say(_DID[entry.kind])
        rows.append(
            EntryRow(
                change_set=str(entry.change_set),
                day=day if day != last else "",
                time=f"{actor.speech.local(entry.at):%H:%M}",
                who=entry.who,
                text=text,
                kind=entry.kind,
                steps=[StepRow(say(step.label), step.before, step.after) for step in entry.steps],
                can_undo=entry.kind == "change" and not entry.undone and entry.mine,
                undone=entry.undone,
                note=str(note.id) if note else "",
                note_text=note.text if note else "",
                own=note is not None and note.author == actor.user,
            )
        )
        last = day
    return rows


def day_name(moment: datetime, speech: Speech) -> str:
    """Today, Yesterday, or the date, on the reader's calendar."""
    day = speech.local(moment).date()
    gap = (clock.today(speech.zone) - day).days
    if gap in (0, 1):
        return speech.say("Today" if gap == 0 else "Yesterday")
    return speech.day(day)
