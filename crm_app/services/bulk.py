"""Many records in one transaction, all or none, with the faults of every row."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, Missing
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Resource

from . import actions, lines, records, rules
from .work import Work, all_or_nothing, column_of

LIMIT = 5_000
_BATCH = 1_000
Faults = dict[int, dict[str, Message]]


class RowsInvalid(Invalid):
    """Some of the rows cannot be taken. `rows` maps a row's number, from 0, to its faults."""

    def __init__(self, rows: Faults) -> None:
        super().__init__({}, Message("Rows to correct: {count}. Nothing was saved.", count=len(rows)))
        self.rows = rows


@all_or_nothing
def create(work: Work, resource: Resource, given: Sequence[object]) -> list[int]:
    """The new records' ids, in order. Raises RowsInvalid, NotAllowed; Invalid for none or more than 5,000."""
    scope = work.require(resource.permission("create"))
    if not 0 < len(given) <= LIMIT:
        raise Invalid({"items": Message("Send 1 to {count} records.", count=LIMIT)})
    faults: Faults = {}
    both = [_parsed(work, resource, number, row, faults) for number, row in enumerate(given)]
    rows = [values for values, _ in both]
    _refuse_repeats(work, resource, rows, faults)
    if faults:
        raise RowsInvalid(faults)
    ids = records.insert_many(work, resource, rows)
    for part in RESOURCES.lines(resource):
        inside = zip(ids, (found.get(part.name, []) for _, found in both), strict=True)
        lines.insert_many(
            work,
            part,
            [
                {part.parent: key, "position": place} | line
                for key, new in inside
                for place, (_, line) in enumerate(new)
            ],
        )
    if scope != "all" and resource.owner:
        _refuse_out_of_reach(work, resource, ids)
    return ids


def _parsed(
    work: Work, resource: Resource, number: int, given: object, faults: Faults
) -> tuple[dict[str, Any], lines.Parsed]:
    """The record's values and its lines, complete; what is wrong with them goes to `faults`."""
    if not isinstance(given, Mapping):
        faults[number] = {"": Message("Send a JSON object.")}
        return {}, {}
    own, inside = lines.split(resource, given)
    try:
        values, parsed = lines.together(
            lambda: records.parse(work, resource, own, creating=True), lambda: lines.parse(work, resource, inside)
        )
        if resource.owner and values.get(resource.owner) is None:
            values[resource.owner] = work.actor.user
        values = rules.complete(work, resource, None, values, parsed)
    except Invalid as invalid:
        faults[number] = dict(invalid.fields)
        return {}, {}
    wrong = dict(resource.table(**values).check())
    for part in RESOURCES.lines(resource):
        wrong |= lines.faults(part, parsed.get(part.name, []))
    if wrong:
        faults[number] = wrong
    return values, parsed


def _refuse_repeats(work: Work, resource: Resource, rows: Sequence[Mapping[str, Any]], faults: Faults) -> None:
    """A value that must be different stands twice among the rows, or another record has it."""
    for name in (
        column.name for column in resource.table.__table__.columns if column.unique and column.name in resource.fields
    ):
        target = column_of(resource.table, name)
        values = [row[name] for row in rows if row.get(name) is not None]
        taken: set[Any] = set()
        for start in range(0, len(values), _BATCH):
            taken.update(work.session.scalars(sa.select(target).where(target.in_(values[start : start + _BATCH]))))
        for number, row in enumerate(rows):
            value = row.get(name)
            if value is not None and value in taken:
                faults.setdefault(number, {})[name] = Message(
                    "Another record has this value already. It must be different."
                )
            taken.add(value)


def _refuse_out_of_reach(work: Work, resource: Resource, ids: list[int]) -> None:
    number = column_of(resource.table, "id")
    reached: set[int] = set()
    keep = records.readable(work, resource, "create")
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        reached.update(work.session.scalars(sa.select(number).where(number.in_(batch), *keep)))
    fault = Message("Your role lets you keep this only with yourself or your team.")
    faults: Faults = {row: {resource.owner: fault} for row, key in enumerate(ids) if key not in reached}
    if faults:
        raise RowsInvalid(faults)


def _run(work: Work, resource: Resource, _key: Any, values: Mapping[str, Any], _version: int | None) -> actions.Outcome:
    return actions.Outcome(None, None, {"ids": create(work, resource, values["items"])})


def action_of(resource: Resource) -> actions.Action:
    """The verb that creates many, for `actions.run_in` and its idempotency keys. Raises Missing where none can be created."""
    if "create" not in resource.verbs:
        raise Missing("verb", f"{resource.name}.create")
    return actions.Action(resource.name, "create", "Create many", _run)
