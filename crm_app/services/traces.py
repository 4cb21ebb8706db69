"""A document that a credit policy has refused leaves a note on itself and on its customer, so that their histories tell it.

What is refused is taken back with all that it wrote: the note is written in a transaction of its own once that has ended, by
nobody, so that nobody changes it; the same effect on the same document once a day.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm_app.core.i18n import DEFAULT_LANGUAGE, Message, Speech
from crm_app.core.resource import Resource
from crm_app.models.accounts import ACCOUNTS, Account
from crm_app.models.notes import NOTES, Note

from . import rules, trade
from .actors import Actor
from .work import Work, column_of

Place = tuple[str, int]


@dataclass(frozen=True)
class Told:
    """What the refusal comes to, why it is, and what ends it."""

    effect: Message
    why: Message
    lift: Message


def refused(work: Work, resource: Resource, key: int, account: int, told: Told) -> None:
    """The document of that `key` is about to be refused."""
    actor, document = work.actor, Message("{what} #{key}", what=Message(resource.one), key=str(key))
    work.whatever_comes(lambda: _write(actor, ((resource.name, key), (ACCOUNTS.name, account)), document, told))


def _write(actor: Actor, places: tuple[Place, ...], document: Message, told: Told) -> None:
    with Work(actor, NOTES.permission("create"), label="Note") as work:
        work.locked(Account, places[-1][1])  # whoever presses twice is told once
        speech = replace(actor.speech, language=rules.company(work, "language") or DEFAULT_LANGUAGE)
        head = speech.say(Message("{document} cannot go on: {effect}.", document=document, effect=told.effect))
        if not _told_today(work, places[0], head, speech):
            rest = f"{speech.say(told.why)} {speech.say('What lifts it')}: {speech.say(told.lift)}"
            work.session.add_all(Note(resource=name, record=key, text=f"{head} {rest}") for name, key in places)


def _told_today(work: Work, place: Place, head: str, speech: Speech) -> bool:
    since = datetime.combine(trade.today(work), time(), ZoneInfo(rules.company(work, "time_zone") or speech.zone))
    resource, record, text, author, at = (
        column_of(Note, name) for name in ("resource", "record", "text", "author", "created_at")
    )
    there = sa.select(column_of(Note, "id")).where(
        resource == place[0], record == place[1], author.is_(None), at >= since, text.startswith(head, autoescape=True)
    )
    return work.session.scalar(there.limit(1)) is not None
