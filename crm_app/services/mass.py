"""Change or remove many records as one act that one undo takes back.

Up to SMALL records at once; more are a job that goes through them CHUNK by CHUNK, each a transaction and a ChangeSet of its
own with the batch in common: on SQLite whoever writes keeps all others from writing, so nobody waits longer than for one
chunk. Records that refuse are left as they are, counted and named.
"""

import csv
import io
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from crm_app.core import words
from crm_app.core.errors import Invalid, Missing, NotAllowed, Refusal, Unavailable
from crm_app.core.fields import BadValue, Choices, Kind, Tags
from crm_app.core.i18n import Message, Speech
from crm_app.core.query import Query
from crm_app.core.resource import Resource
from crm_app.models.history import Change, ChangeSet

from . import actions, doubles, exchange, identity, jobs, many, records, references, rules
from .actors import SYSTEM, Actor
from .refusals import REFERRED
from .search import tested
from .work import Work, column_of

SMALL = 200
CHUNK = 2_000
NAMED = 20
LISTED = 1_000
MOST_IDS = 500
_LABELS = {"change": "Change many", "remove": "Remove many"}


@dataclass(frozen=True)
class Selection:
    """Records picked one by one, or (`ids` None) everything that the query finds."""

    query: Query = field(default_factory=Query)
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Deed:
    """What is to be done to every record: fields that get these `values`, words that fields of several are given or lose."""

    values: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Any] = field(default_factory=dict)
    take: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"values": dict(self.values), "add": dict(self.add), "take": dict(self.take)}

    @property
    def several(self) -> tuple[str, ...]:
        """The fields that are given words or lose some."""
        return (*self.add, *(name for name in self.take if name not in self.add))

    @property
    def names(self) -> set[str]:
        """The fields that are changed."""
        return {*self.values, *self.several}

    def fitting(self, resource: Resource, held: Mapping[str, Any]) -> dict[str, Any]:
        """The new values of a record that holds these in the fields of `several`. Raises Invalid where they would be too many."""
        found = dict(self.values)
        for name in self.several:
            kept = [word for word in held[name] or () if word not in self.take.get(name, ())]
            try:
                value = resource.fields[name].kind.parse([*kept, *self.add.get(name, ())])
            except BadValue as bad:
                raise Invalid({name: bad.message}) from None
            found[name] = value if value != (held[name] or ()) else held[name]
        return found


@dataclass
class Refused:
    """Records that were left as they were: how many, and the first LISTED of them as (id, name, sentence)."""

    count: int = 0
    first: list[tuple[int, str, str]] = field(default_factory=list)
    keys: set[int] = field(default_factory=set)

    def add(self, key: int, name: str, text: str) -> None:
        """One more."""
        self.count += 1
        self.keys.add(key)
        if len(self.first) < LISTED:
            self.first.append((key, name, text))

    def plain(self, most: int = NAMED) -> list[dict[str, Any]]:
        """The first of them as JSON."""
        return [{"id": key, "name": name, "detail": text} for key, name, text in self.first[:most]]


def picked(ids: object) -> Selection:
    """A selection of these ids, as a stranger sent them. Raises Invalid."""
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST_IDS:
        raise Invalid({"ids": Message("Send 1 to {count} ids.", count=MOST_IDS)})
    if not all(isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**63 for key in ids):
        raise Invalid({"ids": Message("Send 1 to {count} ids.", count=MOST_IDS)})
    return Selection(ids=tuple(sorted(set(ids))))


def count(work: Work, resource: Resource, selection: Selection) -> int:
    """How many records the selection holds that the actor may read."""
    found = sa.select(sa.func.count()).select_from(resource.table).where(*conditions(work, resource, selection))
    return work.session.scalar(found) or 0


def conditions(work: Work, resource: Resource, selection: Selection) -> list[sa.ColumnElement[bool]]:
    """What holds for the selected records that the actor may read."""
    if selection.ids is None:
        return records.matching(work, resource, selection.query)
    return [*records.readable(work, resource), column_of(resource.table, "id").in_(selection.ids)]


def start(
    actor: Actor,
    resource: Resource,
    selection: Selection,
    verb: str,
    deed: Deed,
    once: str | None = None,
) -> actions.Outcome:
    """Change (so) or remove what is selected: its `result` holds `count`, `refused` and, for many, the `job`.

    Raises Missing for another verb, NotAllowed, and Invalid for values that no record can take.
    """
    if verb not in _LABELS or verb not in resource.verbs:
        raise Missing("verb", verb[:40])

    def run(
        work: Work, _resource: Resource, _key: Any, _values: Mapping[str, object], _version: int | None
    ) -> actions.Outcome:
        return _start(work, resource, selection, verb, deed)

    found = actions.Action(resource.name, verb, _LABELS[verb], run)
    asked = {"params": selection.query.params(), "ids": selection.ids, "many": True} | deed.plain()
    with Work(actor, resource.permission(verb), label=found.label, batch=secrets.token_hex(16)) as work:
        return actions.run_in(work, found, None, asked, once=once)


def _start(work: Work, resource: Resource, selection: Selection, verb: str, deed: Deed) -> actions.Outcome:
    work.require(resource.permission(verb))
    parsed = _parsed(work, resource, deed) if verb == "change" else Deed()
    total = count(work, resource, selection)
    if total <= SMALL:
        refused = Refused()
        ids = _next(work, resource, selection, None)
        _apply(work, resource, ids, verb, parsed, refused)
        changed = [key for key in ids if key not in refused.keys]
        result = {"count": len(changed), "refused": refused.count, "first": refused.plain(), "job": None}
        result["warnings"] = _warned(work, resource, parsed, changed, len(changed))
        return actions.Outcome(None, None, result, work.change_set)
    args = {
        "resource": resource.name,
        "verb": verb,
        "params": [list(pair) for pair in selection.query.params()],
        "ids": list(selection.ids) if selection.ids is not None else None,
        "deed": _written(resource, parsed).plain(),
        "batch": work.batch,
        "limits": list(work.actor.limits),
    }
    key = jobs.enqueue(work, "mass", args)
    return actions.Outcome(None, None, {"count": total, "refused": 0, "first": [], "job": key, "warnings": []})


def _warned(work: Work, resource: Resource, deed: Deed, changed: Sequence[int], count: int) -> list[dict[str, Any]]:
    """What so many records, these among them, have in common now that should tell one from another, in the actor's words."""
    given = [name for name, value in deed.values.items() if value]
    several = doubles.in_common(resource, given, count) if count > 1 else []
    found = doubles.of_record(work, resource, changed[0], given) if count == 1 and changed else several
    return [{"field": one.field, "message": work.actor.speech.say(one.text), "id": one.id} for one in found]


def _parsed(work: Work, resource: Resource, deed: Deed) -> Deed:
    """The same with parsed values, as far as they are the same question for every record. Raises Invalid."""
    if not (deed.values or deed.add or deed.take):
        raise Invalid({"values": Message("Choose at least one field.")})
    parsed = records.parse(work, resource, deed.values, creating=False)
    own = {
        name: Message("No two records have the same value here: it cannot be set in many at once.")
        for name in parsed
        if resource.fields[name].unique
    }
    if own:
        raise Invalid(own)
    if resource.reach & parsed.keys():
        _may_hand_over(work, resource, parsed)
    add, take = ({name: _words(resource, deed, name, raw) for name, raw in of.items()} for of in (deed.add, deed.take))
    return Deed(parsed, add, take)


def _words(resource: Resource, deed: Deed, name: str, raw: object) -> tuple[str, ...]:
    """The words that are to be added to a field or taken from it. Raises Invalid."""
    kind = resource.fields[name].kind if name in resource.writable else Kind()
    if not isinstance(kind, Choices | Tags) or name in deed.values:
        raise Invalid(
            {
                name[:60]: Message(
                    "Only of a list of words can some be added or taken away, and not while all of it is set."
                )
            }
        )
    try:
        words: tuple[str, ...] | None = kind.parse(raw)
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None
    if not words:
        raise Invalid({name: Message("This is needed.")})
    return words


def _written(resource: Resource, deed: Deed) -> Deed:
    """The same with values as the API writes them."""
    parts = (deed.values, deed.add, deed.take)
    return Deed(*({name: resource.fields[name].kind.json(value) for name, value in part.items()} for part in parts))


def _may_hand_over(work: Work, resource: Resource, parsed: Mapping[str, Any]) -> None:
    """Nobody may hand records to where their own scope does not reach."""
    scope = work.require(resource.permission("change"))
    if scope == "all":
        return
    if scope == "team" and parsed.get(resource.team, work.actor.team) != work.actor.team:
        records.refuse_reach(resource)
    if resource.owner in parsed:
        owner = sa.literal(parsed[resource.owner], sa.BigInteger())
        if parsed[resource.owner] is None or not work.session.scalar(sa.select(records.belongs(work, owner, scope))):
            records.refuse_reach(resource)


def _next(work: Work, resource: Resource, selection: Selection, last: int | None) -> list[int]:
    """The next ids, from the highest down: what refers to another record is mostly newer than that."""
    number = column_of(resource.table, "id")
    found = [*conditions(work, resource, selection), *([number < last] if last is not None else [])]
    return list(work.session.scalars(sa.select(number).where(*found).order_by(number.desc()).limit(CHUNK)))


def _apply(work: Work, resource: Resource, ids: list[int], verb: str, deed: Deed, refused: Refused) -> None:
    say = work.actor.speech.say
    if not many.free(resource) or deed.names & rules.looks_at(resource):
        _one_by_one(work, resource, ids, verb, deed, refused)
        return
    rows = many.load(work, resource, ids, *records.readable(work, resource, verb))
    names = {row.id: str(getattr(row, resource.label) or f"#{row.id}") for row in rows}
    others = sorted(set(ids) - names.keys(), reverse=True)
    seen = records.names_of(work, resource, others)
    for key in others:
        refused.add(key, seen.get(key, f"#{key}"), say(NotAllowed(resource.permission(verb)).message))
    if verb == "change":
        wanted = []
        for row in rows:
            try:
                wanted.append((row, deed.fitting(resource, {name: getattr(row, name) for name in deed.several})))
            except Invalid as bad:
                refused.add(row.id, names[row.id], " ".join(say(message) for message in bad.fields.values()))
        for key, faults in many.change(work, resource, wanted).items():
            refused.add(key, names[key], " ".join(say(message) for message in faults.values()))
    else:
        for key in sorted(many.remove(work, resource, rows)):
            few = len(refused.first) < NAMED
            refused.add(key, names[key], say(references.told(work, resource, key) if few else REFERRED))


def _one_by_one(work: Work, resource: Resource, ids: list[int], verb: str, deed: Deed, refused: Refused) -> None:
    """Through the session, where the rules of this table are; each record in a savepoint."""
    say = work.actor.speech.say
    names = records.names_of(work, resource, ids)
    for key in ids:
        try:
            with work.attempt():
                if verb == "change":
                    held = records.one(work, resource, key).values if deed.several else {}
                    values = deed.fitting(resource, held)
                    records.change(work, resource, key, _written(resource, Deed(values)).values)
                else:
                    records.remove(work, resource, key)
        except Unavailable:
            raise
        except Invalid as bad:
            found = " ".join(say(message) for message in bad.fields.values())
            refused.add(key, names.get(key, f"#{key}"), found or say(bad.message))
        except Refusal as refusal:
            refused.add(key, names.get(key, f"#{key}"), say(refusal.message))


_TOLD = {"change": "{count} records changed.", "remove": "{count} records removed."}
_TOLD_ONE = {"change": "1 record changed.", "remove": "1 record removed."}


def told(verb: str, result: Mapping[str, Any], speech: Speech) -> str:
    """What came of it, as a sentence: how many were changed or removed, how many left alone, the first of them by name, and why."""
    number = speech.number
    words = _TOLD_ONE[verb] if result["count"] == 1 else _TOLD[verb]
    text = speech.say(Message(words, count=number(result["count"])))
    if not result["refused"]:
        return text
    names = ", ".join(one["name"] for one in result["first"][:3])
    left = Message("{count} were left as they were: {names}", count=number(result["refused"]), names=names)
    if result["refused"] == 1:
        left = Message("1 was left as it was: {name}", name=names)
    why = ("" if result["refused"] == 1 else result["first"][0]["name"] + ": ") + result["first"][0]["detail"]
    return f"{text} {speech.say(left)}{' …' if result['refused'] > 3 else '.'} {why}"


def _title(args: Mapping[str, Any]) -> Message:
    return words.of_permission(f"{args['resource']}.{args['verb']}")


@jobs.job("mass", _title, lambda args, result, speech: told(args["verb"], result, speech))
def mass(
    task: jobs.Task,
    resource: str,
    verb: str,
    params: list[list[str]],
    ids: list[int] | None,
    deed: dict[str, dict[str, Any]],
    batch: str,
    limits: list[str],
) -> None:
    """Run what `start` has put off. What is done and how far that is are kept in one transaction: cut off anywhere, it goes on there."""
    found = records.resource_of(resource)
    query = Query.from_params([(name, value) for name, value in params])
    selection = Selection(query, tuple(ids) if ids is not None else None)
    who = partial(asker, task, found.permission(verb), tuple(limits))
    refused, (last, done, total), wanted = _so_far(task.found), task.found.get(jobs.REACHED, (None, 0, 0)), Deed()
    if last is None:
        with Work(who()) as reading:
            total = count(reading, found, selection)
    while True:
        task.progress(min(done, total), total)
        actor = who()  # a role that was taken away meanwhile ends it here
        with Work(actor, found.permission(verb), label=_LABELS[verb], batch=batch) as work:
            part = _next(work, found, selection, last)
            if part:
                wanted = _parsed(work, found, Deed(**deed)) if verb == "change" else wanted
                _apply(work, found, part, verb, wanted, refused)
                last, done = part[-1], done + len(part)
                so_far = _result(work, found, batch, refused) | {jobs.REACHED: [last, done, total]}
                task.keep(work, min(done, total), total, so_far)
        if not part:
            break
    task.progress(done, done)
    with Work(SYSTEM) as reading:
        result = _result(reading, found, batch, refused)
    with Work(actor) as reading:
        result["warnings"] = _warned(reading, found, wanted, [], result["count"])
    task.report(result)


def asker(task: jobs.Task, permission: str, limits: tuple[str, ...]) -> Actor:
    """Who asked for it, as they are now. Raises NotAllowed for somebody who is gone."""
    with Work(SYSTEM) as work:
        actor = identity.actor_of(work, task.actor) if task.actor else SYSTEM
    if actor is None:
        raise NotAllowed(permission)
    return actor.limited(limits) if limits else actor


def _so_far(result: Mapping[str, Any]) -> Refused:
    """What an attempt that was cut off had left as it was."""
    if jobs.REACHED not in result:
        return Refused()
    first = [(one["id"], one["name"], one["detail"]) for one in result["left"]]
    return Refused(result["refused"], first, {key for key, _name, _text in first})


def _result(work: Work, resource: Resource, batch: str, refused: Refused) -> dict[str, Any]:
    """What the batch has done so far, by its history: each record once, also of a job that was cut off and begun again."""
    work.session.flush()
    of_batch = sa.select(column_of(ChangeSet, "id")).where(column_of(ChangeSet, "batch") == batch)
    records_of_batch = sa.func.count(sa.distinct(column_of(Change, "record")))
    mine = tested([column_of(Change, "entity") == resource.table.__tablename__])
    within = column_of(Change, "change_set")
    rows = sa.select(records_of_batch, sa.func.max(within)).where(within.in_(of_batch), *mine)
    done, change_set = work.session.execute(rows).one()
    told = {"count": done, "refused": refused.count, "first": refused.plain(), "change_set": change_set}
    return told | {"left": refused.plain(LISTED)}


def refused_csv(work: Work, job: int) -> bytes:
    """The first LISTED records that the job left as they were: id, name, detail (why). Raises Missing where there is none."""
    left = (jobs.one(work, job).result or {}).get("left")
    if not left:
        raise Missing("file", job)
    written = io.StringIO(newline="")
    sheet = csv.writer(written)
    sheet.writerow(["id", "name", "detail"])
    sheet.writerows([one["id"], exchange.defused(one["name"]), exchange.defused(one["detail"])] for one in left)
    return written.getvalue().encode("utf-8-sig", "replace")  # the mark lets spreadsheets see that it is UTF-8
