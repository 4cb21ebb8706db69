"""What happened to a record, line by line: who, when, and from what to what."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_app.core.fields import Reference
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.base import decode
from crm_app.models.history import Change, ChangeSet
from crm_app.models.payments import Allocation

from . import merged, records
from .history import Beside, about, beside_of
from .work import Work, column_of


@dataclass(frozen=True)
class Step:
    """One field's part: its English label and the two values as the reader sees them."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A line of the timeline. `kind` is create, change or remove; `undone` says that a later ChangeSet took it back,
    `mine` that the actor may take it back, and the record's state lets it."""

    change_set: int
    at: datetime
    who: str
    verb: str
    kind: str
    label: str
    steps: tuple[Step, ...]
    undoes: int | None
    undone: bool
    mine: bool
    note: int | None = None
    text: str = ""


class _Told(NamedTuple):
    """What one Change says."""

    entity: str
    record: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class _Set(NamedTuple):
    """The ChangeSet around it; `undone` says that a later one took it back."""

    id: int
    at: datetime
    actor: int | None
    verb: str
    label: str
    undoes: int | None
    undone: bool


_Row = tuple[_Told, _Set]
_WIDTH = len(_Told._fields)
_UNDOING = sa.orm.aliased(ChangeSet)
_UNDONE = sa.exists().where(column_of(ChangeSet, "id") == _UNDOING.undoes)  # made once: it is costly to make


def of(work: Work, resource: Resource, key: object, *, before: int | None = None, size: int = 30) -> list[Entry]:
    """What happened to the record, newest first; `before` (a ChangeSet's id) pages on. Raises Missing."""
    number = records.reach(work, resource, key)
    given = {"entity": resource.table.__tablename__, "key": number, "size": size, "before": before}
    read = work.read(_recent(on=before is not None), given)
    rows: list[_Row] = [(_Told(*row[:_WIDTH]), _Set(*row[_WIDTH:])) for row in read]
    who = records.names_of(work, records.resource_of("users"), {row[1].actor for row in rows if row[1].actor})
    mine = _mine(work)
    inside = {lines.resource.table.__tablename__: lines.resource for lines in RESOURCES.lines(resource)}
    state = _frozen_in(work, resource, number)
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row[1].id))
    return [
        _entry(
            work, resource, inside, rows, who,
            mine=(mine is None or rows[0][1].actor in mine) and _goes_back(resource, inside, state, rows),
        )
        for rows in groups
    ]  # fmt: skip


def _frozen_in(work: Work, resource: Resource, key: int) -> str:
    """The state that freezes the record; "" where it may be changed."""
    flow = resource.workflow
    if flow is None:
        return ""
    stored = sa.select(column_of(resource.table, flow.state)).where(column_of(resource.table, "id") == key)
    state = str(work.session.scalar(stored))
    return "" if state in flow.editable else state


def _goes_back(resource: Resource, inside: dict[str, Resource], state: str, rows: list[_Row]) -> bool:
    """Whether a change can be taken back from a record that is frozen in that state: what is beside it, what is loose, and
    the move that led here from another frozen state and gave no number; what was settled has a verb of its own for that. From one
    that is not frozen (`state` is ""): all but moves.
    """
    flow: Any = resource.workflow
    if not state:
        own = [change for change, _ in rows if flow and change.entity == resource.table.__tablename__]
        return not any(change.before and flow.state in change.before for change in own)
    for change, _ in rows:
        before, after = change.before or {}, change.after or {}
        if change.entity in inside or change.entity == Allocation.__tablename__:
            return False
        if change.entity == resource.table.__tablename__:
            moved = after.get(flow.state) == state and before.get(flow.state) not in flow.editable
            if not (moved and resource.label not in after) and not (after and after.keys() <= flow.loose):
                return False
    return True


def _mine(work: Work) -> set[int] | None:
    """Whose changes the actor may take back; None for everybody's."""
    scope = work.actor.scope("changes.undo")
    if scope == "all":
        return None
    if scope == "team":
        number = column_of(records.resource_of("users").table, "id")
        return set(work.session.scalars(sa.select(number).where(records.belongs(work, number, scope))))
    return {work.actor.user} if scope and work.actor.user is not None else set()


@cache
def _recent(*, on: bool) -> Any:
    """The statement for the timeline, made once: the newest :size ChangeSets about :entity :key, with `on` those before :before."""
    mine = about(sa.bindparam("entity"), sa.bindparam("key"))  # type: ignore[arg-type]
    of_set = column_of(Change, "change_set")
    recent = sa.select(of_set).where(mine).group_by(of_set).order_by(of_set.desc()).limit(sa.bindparam("size"))
    if on:
        recent = recent.where(of_set < sa.bindparam("before"))
    told = [column_of(Change, name) for name in _Told._fields]
    around = [column_of(ChangeSet, name) for name in _Set._fields[:-1]]
    return (
        sa.select(*told, *around, _UNDONE)
        .join(ChangeSet, of_set == ChangeSet.id)
        .where(mine, of_set.in_(recent.subquery().select()))
        .order_by(of_set.desc(), column_of(Change, "id"))
    )


def _entry(
    work: Work, resource: Resource, inside: dict[str, Resource], rows: list[_Row], who: dict[int, str], *, mine: bool
) -> Entry:
    """All that one ChangeSet did to the record and to the lines inside it."""
    change_set = rows[0][1]
    made = any(change.entity == resource.table.__tablename__ and change.before is None for change, _ in rows)
    kind, note, text = "create" if made else "change", None, ""
    steps: list[Step] = []
    for change, _ in () if made else rows:  # of what is new, nothing is told one by one
        beside = beside_of(change.entity)
        if beside is not None:
            if change.entity == "note" and change.before is None and len(rows) == 1 and not change_set.undoes:
                kind, note, text = "note", change.record, str((change.after or {}).get("text", ""))
            else:
                steps += _beside_steps(beside, change)
        elif change.entity in inside:
            steps += _line_steps(work, inside[change.entity], change)
        elif change.entity == Allocation.__tablename__:
            steps.append(_allocation_step(work, change))
        elif change.after is None:
            kind = "remove"
        else:
            steps += _steps(work, resource, change)
    return Entry(
        change_set=change_set.id,
        at=change_set.at,
        who=who.get(change_set.actor or 0) or work.actor.speech.say("System"),
        verb=change_set.verb,
        kind=kind,
        label=change_set.label,
        steps=tuple(steps),
        undoes=change_set.undoes,
        undone=bool(change_set.undone),
        mine=mine,
        note=note,
        text=text,
    )


def _beside_steps(beside: Beside, change: _Told) -> list[Step]:
    before, after = (change.before or {}).get(beside.text, ""), (change.after or {}).get(beside.text, "")
    return [Step(beside.name, str(before), str(after))]


def _allocation_step(work: Work, change: _Told) -> Step:
    """Which invoice was settled, or which money given back, with how much in its currency; or is so no longer."""
    before, after = change.before or {}, change.after or {}
    row = work.session.get(Allocation, change.record)
    values = next((found for found in (after, before) if "invoice" in found), row.model_dump() if row else {})
    name, side, amount = (
        ("payments", "refunded", "amount") if values.get("refunded") else ("invoices", "invoice", "total")
    )
    found = records.resource_of(name)
    settled = Decimal(values.get("amount") or 0)
    told = f"{_name(work, found, values.get(side) or 0)}: {found.fields[amount].kind.show(settled, work.actor.speech)}"
    gone = change.after is None or bool(after.get("until"))
    return Step("Allocation", told, "") if gone else Step("Allocation", "", told)


def _line_steps(work: Work, resource: Resource, change: _Told) -> list[Step]:
    """A line that came or went is told by its name, one that changed by its fields."""
    if change.before is not None and change.after is not None:
        return _steps(work, resource, change)
    text = _show(work, resource, resource.label, change.after or change.before)
    return [Step(resource.one, "", text) if change.before is None else Step(resource.one, text, "")]


def _steps(work: Work, resource: Resource, change: _Told) -> list[Step]:
    before, after = change.before or {}, change.after or {}
    found: list[Step] = []
    for name in after:
        spec = resource.fields.get(name)
        if spec is not None:
            found.append(Step(spec.label, _show(work, resource, name, before), _show(work, resource, name, after)))
        elif name == "tax_lines":
            found.append(
                Step(resource.fields["tax"].label, *(_taxes(work, values.get(name)) for values in (before, after)))
            )
        elif name not in ("position", "why"):  # where a line stands and how it was priced is kept for undo, not told
            found += _inside(name, before.get(name), after.get(name))
    return found


def _taxes(work: Work, rows: Any) -> str:
    """The tax per rate in a line: "IVA 21 %: 21,00"."""
    number = work.actor.speech.number
    return "; ".join(f"{row['name']}: {number(Decimal(row['amount']))}" for row in rows or ())


def _inside(name: str, before: Any, after: Any) -> list[Step]:
    """A column that is no field of its own: a mapping (a role's grants) is told entry by entry, anything else as it is."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [Step(name, str(before or ""), str(after or ""))]
    keys = [key for key in sorted(before | after) if before.get(key) != after.get(key)]
    return [Step(key, str(before.get(key, "")), str(after.get(key, ""))) for key in keys]


def _show(work: Work, resource: Resource, name: str, values: dict[str, Any] | None) -> str:
    spec = resource.fields.get(name)
    value = (values or {}).get(name)
    if spec is None:
        return "" if value is None else str(value)
    value = decode(column_of(resource.table, name), value)
    if isinstance(spec.kind, Reference):
        target = RESOURCES.get(spec.kind.resource)
        return _name(work, target, value) if target and value is not None else ""
    return spec.kind.show(value, work.actor.speech)


def _name(work: Work, target: Resource, key: int) -> str:
    """What the record is called, or was before it was merged into another one."""
    name = records.names_of(work, target, [key]).get(key)
    went = merged.into(work, target, key) if name is None else None
    return name or (went[1] if went else f"#{key}")
