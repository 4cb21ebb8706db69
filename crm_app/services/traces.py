"""A document that a credit policy has refused leaves a note on itself and on its customer, so that their histories tell it.

What is refused is taken back with all that it wrote: the note is written in a transaction of its own once that has ended, by
nobody, so that nobody changes it; the same effect on the same document once a day.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm_app.core.i18n import DEFAULT_LANGUAGE, Message, Speech
from crm_app.core.resource import Resource
from crm_app.models.accounts import ACCOUNTS, Account
from crm_app.models.deliveries import DeliveryLine
from crm_app.models.notes import NOTES, Note
from crm_app.models.orders import ORDERS, OrderLine

from . import rules, trade
from .actors import Actor
from .values import resource_of
from .work import Work, column_of

Place = tuple[str, int]


@dataclass(frozen=True)
class Told:
    """What the refusal comes to, and what ends it; no figures: who reads the histories may not read the documents behind those."""

    effect: Message
    lift: Message


def refused(work: Work, document: Any, told: Told) -> None:
    """The document is about to be refused. One that this Work has made goes with it: that is told on the orders behind it."""
    actor, account = work.actor, (ACCOUNTS.name, document.account)
    for resource, key in _stored(work, document):
        what = Message("{what} #{key}", what=Message(resource.one), key=str(key))
        places = ((resource.name, key), account)
        work.whatever_comes(partial(_write, actor, places, what, told))


def _stored(work: Work, document: Any) -> list[tuple[Resource, int]]:
    """The documents that stay when the Work is taken back."""
    made = (document.__tablename__, document.id, None)
    if all((row["entity"], row["record"], row["before"]) != made for row in work.changes):
        return [(document.RESOURCE, document.id)]
    order = column_of(OrderLine, OrderLine.PARENT)
    behind = (
        sa.select(order)
        .join(DeliveryLine, column_of(DeliveryLine, "order_line") == column_of(OrderLine, "id"))
        .where(column_of(DeliveryLine, DeliveryLine.PARENT) == document.id)
    )
    found = work.session.scalars(behind.distinct().order_by(order)) if document.RESOURCE.name == "deliveries" else ()
    return [(ORDERS, key) for key in found]


def _write(actor: Actor, places: tuple[Place, ...], document: Message, told: Told) -> None:
    with Work(actor, NOTES.permission("create"), label="Note") as work:
        work.locked(Account, places[-1][1])  # whoever presses twice is told once
        places = tuple(place for place in places if work.row(resource_of(place[0]).table, place[1]) is not None)
        speech = replace(actor.speech, language=rules.company(work, "language") or DEFAULT_LANGUAGE)
        head = speech.say(Message("{document} cannot go on: {effect}.", document=document, effect=told.effect))
        if places and not _told_today(work, places[0], head, speech):
            rest = f"{speech.say('What lifts it')}: {speech.say(told.lift)}"
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
