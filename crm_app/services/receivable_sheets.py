"""Ageing, statement of account, and who is held, as workbooks, in the reader's language."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from crm_app.documents.sheets import Head, write

from . import credit, files, statements, trade, unsettled, whole
from .actors import Actor
from .ageing import ALL, Aged, Which, grouped, narrowed
from .ageing import ageing as aged
from .work import Work

_GROUPS = {"customer": "Customer", "salesperson": "Salesperson", "zone": "Zone"}
_AGED = (
    "Currency",
    "Not yet due",
    "1-30 days",
    "31-60",
    "61-90",
    "91-120",
    "Older",
    "Not allocated",
    "Total",
)
_MOVED = ("Day", "Document", "Number", "Due", "Amount", "Balance", "Currency")
_OPEN = ("Day", "Document", "Number", "Due", "Days overdue", "Amount", "Balance", "Currency")
_OPEN_KINDS = ("day", "text", "text", "day", "number", "number", "number", "text")
_HELD = ("Customer", "Effect", "Why", "What lifts it", "Overdue", "Days", "Since", "Credit limit", "Exposure")
_HELD_KINDS = ("text", "text", "text", "text", "number", "number", "day", "number", "number")
_MOVED_KINDS = ("day", "text", "text", "day", "number", "number", "text")


def ageing(
    actor: Actor, day: date | None, which: Which = ALL, group: str = "customer", text: str = ""
) -> tuple[str, bytes]:
    """The file's name and content: what these accounts, salespeople or zones owe at the end of that day (today).

    With a `text` those whose names hold its words.
    """
    with Work(actor) as work:
        at = day or trade.today(work)
        found = narrowed(actor.speech, grouped(aged(work, at, which), group), group, text)
    say = actor.speech.say
    names = ("customer", "salesperson", "zone") if group == "customer" else (group,)
    rows: list[Sequence[object]] = [
        [*(_name_of(row, name) for name in names), row.currency, *row.buckets.values(), -row.credit, row.total]
        for row in found
    ]
    rows += _told_partial(actor, "ageing.read")
    heads = [Head(say(_GROUPS[name])) for name in names]
    heads += [Head(say(text), "number" if place else "text", 2) for place, text in enumerate(_AGED)]
    return f"{files.clean_name(say('Ageing'))} {at.isoformat()}.xlsx", _workbook(say("Ageing"), heads, rows)


def _name_of(row: Aged, group: str) -> str:
    named = getattr(row, group, None)
    return row.name if group == "customer" else named[1] if named else ""


def statement(actor: Actor, account: object, begin: date | None, end: date | None) -> tuple[str, bytes]:
    """The same of an account's movements between two days, both included; this year to today without them."""
    with Work(actor) as work:
        last = end or trade.today(work)
        found = statements.statement(work, account, begin or last.replace(month=1, day=1), last)
    say = actor.speech.say
    heads = [Head(say(text), kind, 2) for text, kind in zip(_MOVED, _MOVED_KINDS, strict=True)]
    rows: list[Sequence[object]] = []
    for part in found:
        rows.append([begin, say("Opening balance"), None, None, None, part.opening, part.currency])
        rows += [
            [
                row.day, say(statements.KIND_WORDS[row.kind]), " ".join(filter(None, (row.number, row.part))), row.due,
                row.amount, row.balance, part.currency,
            ]
            for row in part.movements
        ]  # fmt: skip
    name = f"{files.clean_name(say('Statement of account'))} {last.isoformat()}.xlsx"
    return name, _workbook(say("Statement"), heads, rows)


def open_items(actor: Actor, account: object, day: date | None) -> tuple[str, bytes]:
    """The same of what an account has not settled at the end of that day (today), with the sum of each currency."""
    with Work(actor) as work:
        at = day or trade.today(work)
        found = unsettled.open_items(work, account, at)
    say = actor.speech.say
    places = (0, 0, 0, 0, 0, 2, 2, 0)
    heads = [Head(say(text), kind, of) for text, kind, of in zip(_OPEN, _OPEN_KINDS, places, strict=True)]
    rows: list[Sequence[object]] = []
    for part in found:
        rows += [
            [
                row.day, say(statements.KIND_WORDS[row.kind]), " ".join(filter(None, (row.number, row.part))), row.due,
                row.overdue or None, row.amount, row.balance, part.currency,
            ]
            for row in part.items
        ]  # fmt: skip
        rows.append([None, say("Sum"), None, None, None, None, part.total, part.currency])
    return f"{files.clean_name(say('Open items'))} {at.isoformat()}.xlsx", _workbook(say("Open items"), heads, rows)


def held(actor: Actor) -> tuple[str, bytes]:
    """The file's name and content: who is held now and why, each reason on a line of its own."""
    with Work(actor) as work:
        found, day = credit.held(work), trade.today(work)
    say = actor.speech.say
    places = (0, 0, 0, 0, 2, 0, 0, 2, 2)
    heads = [Head(say(text), kind, of) for text, kind, of in zip(_HELD, _HELD_KINDS, places, strict=True)]
    rows: list[Sequence[object]] = [
        [
            one.name, say(hold.text), say(hold.why), say(hold.lift), one.overdue, one.days, one.since,
            one.limit, one.exposed,
        ]
        for one in found
        for hold in one.holds
    ]  # fmt: skip
    rows += _told_partial(actor, "held.read")
    return f"{files.clean_name(say('Customers on hold'))} {day.isoformat()}.xlsx", _workbook(
        say("On hold"), heads, rows
    )


def _told_partial(actor: Actor, name: str) -> list[list[str]]:
    """A last row that tells what the page tells, too, where the actor may not read all that is summed up under that name."""
    text = "Customers of whom you may not read everything that is open are left out."
    return [[actor.speech.say(text)]] if whole.partial(actor, name) else []


def _workbook(title: str, heads: Sequence[Head], rows: Sequence[Sequence[object]]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="crm-export-") as folder:
        target = Path(folder, "sheet.xlsx")
        write(target, title, heads, rows)
        return target.read_bytes()
