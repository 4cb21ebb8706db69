"""What records that are to be one say differently, which value is kept of each field, and how much goes over with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.fields import Choices, LongText, Tags
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.base import Line

from . import merge_lines, rebinding, records, trees
from .merge_ways import way_of
from .work import Work, column_of

_SEVERAL = (Choices, Tags)
BOTH = ""  # stands for no record: what all of them say, together
SIZE = 5_000


@dataclass(frozen=True)
class Option:
    """What a record says in a field, or what all of them do together (`record` is BOTH)."""

    record: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A field, or several that go together, in which the records differ; `chosen` is the option that counts unless another is chosen."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: str


@dataclass(frozen=True)
class Amount:
    """So many of a kind go over; `one` and `many` are the English words for it."""

    count: int
    one: str
    many: str


@dataclass(frozen=True)
class Plan:
    """All that one has to know before. `why` they may be two and not one has to be confirmed."""

    sides: tuple[records.Item, ...]
    differences: tuple[Difference, ...]
    moved: tuple[Amount, ...]
    why: Message | None = None


@dataclass
class Weighing:
    """The records to be merged, the one that is left first. `parents` are where each of them would stand in the tree."""

    resource: Resource
    sides: Sequence[records.Item]
    keep: Mapping[str, int] = field(default_factory=dict)
    parents: Mapping[int, int | None] = field(default_factory=dict)

    def values(self, name: str) -> list[Any]:
        """What each of them says in that field."""
        if name == self.resource.tree:
            return [self.parents[side.id] for side in self.sides]
        return [side.values[name] for side in self.sides]


def compared(work: Work, resource: Resource, sides: Sequence[records.Item], keep: Mapping[str, int]) -> Weighing:
    """The records, ready to be compared."""
    found = Weighing(resource, sides, keep)
    if resource.tree:
        found.parents = {side.id: _place_in_tree(work, resource, side.id, {one.id for one in sides}) for side in sides}
    return found


def _place_in_tree(work: Work, resource: Resource, key: int, group: set[int]) -> int | None:
    """What lies right above the record and above all of the group that lies above it: so no circle comes about."""
    number, parent = column_of(resource.table, "id"), column_of(resource.table, resource.tree)
    chain: list[int | None] = []
    at: int | None = key
    while at is not None and len(chain) <= trees.DEPTH:
        at = work.session.scalar(sa.select(parent).where(number == at))
        chain.append(at)
    above = [place for place, one in enumerate(chain) if one in group]
    return chain[above[-1] + 1] if above else chain[0]


def units(resource: Resource) -> list[tuple[str, ...]]:
    """The fields that are chosen, those that go together as one, in the order of the form."""
    groups = way_of(resource.name).together
    first = {group[0]: group for group in groups}
    inside = {name for group in groups for name in group}
    order = [name for section in resource.form for name in section.fields if name in resource.writable]
    names = dict.fromkeys((*order, *resource.writable))
    return [first.get(name, (name,)) for name in names if name not in inside or name in first]


def resolved(found: Weighing) -> dict[str, Any]:
    """The values of the record that is left, by field."""
    return {name: value for unit in units(found.resource) for name, value in _resolve(found, unit).items()}


def _resolve(found: Weighing, unit: tuple[str, ...]) -> dict[str, Any]:
    picked = [found.keep[name] for name in unit if name in found.keep]
    rows = [dict(zip(unit, values, strict=True)) for values in zip(*map(found.values, unit), strict=True)]
    if not picked:
        return _usual(found.resource, unit, rows)
    by_id = dict(zip((side.id for side in found.sides), rows, strict=True))
    return {name: by_id[found.keep.get(name, picked[0])][name] for name in unit}


def _usual(resource: Resource, unit: tuple[str, ...], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What counts where nobody chooses: what must not get lost; else of several words all; else the first that says something."""
    wins = way_of(resource.name).wins or {}
    for name in unit:
        strict = next((row for row in rows if name in wins and row[name] == wins[name]), None)
        if strict is not None:
            return strict
    if len(unit) == 1:
        return {unit[0]: _together(resource, unit[0], [row[unit[0]] for row in rows])}
    said = [row for row in rows if any(not _empty(value) for value in row.values())]
    if any(len({repr(row[name]) for row in said if not _empty(row[name])}) > 1 for name in unit):
        return said[0]
    return {name: next((row[name] for row in said if not _empty(row[name])), None) for name in unit}


def _together(resource: Resource, name: str, values: list[Any]) -> Any:
    said = [value for value in values if not _empty(value)]
    kind = resource.fields[name].kind
    if isinstance(kind, _SEVERAL):
        found = tuple(dict.fromkeys(word for value in said for word in value))
        return found or values[0]
    if isinstance(kind, LongText):
        text = "\n\n".join(dict.fromkeys(said))
        return (text if len(text) <= getattr(kind, "size", SIZE) else said[0]) if said else None
    return said[0] if said else values[0]


def _empty(value: Any) -> bool:
    return value is None or value in ("", ())


def refuse_needs(work: Work, found: Weighing) -> None:
    """Where they differ in what needs a permission of its own, merging sets it: no customer gets off a hold that way. Raises Invalid."""
    resource = found.resource
    differing = [
        (name, spec.needs)
        for name, spec in resource.fields.items()
        if spec.needs and len({repr(value) for value in found.values(name)}) > 1
    ]
    errors = {
        name: NotAllowed(resource.permission(verb)).message
        for name, verb in differing
        if not work.actor.may(resource.permission(verb)) or not _all_reached(work, found, verb)
    }
    if errors:
        raise Invalid(errors)


def _all_reached(work: Work, found: Weighing, verb: str) -> bool:
    number = column_of(found.resource.table, "id")
    mine = sa.select(sa.func.count()).where(
        number.in_([side.id for side in found.sides]), *records.readable(work, found.resource, verb)
    )
    return work.session.scalar(mine) == len(found.sides)


def warning(work: Work, found: Weighing) -> Message | None:
    """What says that they may be two and not one; None for nothing."""
    resource = found.resource
    for name in way_of(resource.name).identity:
        said = [side for side in found.sides if side.values[name]]
        texts = list(dict.fromkeys(records.shown(work, resource, side, name) for side in said))
        if len({side.values[name] for side in said}) > 1:
            left = resolved(found)[name]
            kept = next((side for side in said if side.values[name] == left), said[0])
            text = "They have different values in {field}: {values}. If they are one all the same, {kept} stays."
            return Message(
                text,
                field=Message(resource.fields[name].label),
                values=", ".join(texts),
                kept=records.shown(work, resource, kept, name),
            )
    return None


# ---- for the page


def plan(work: Work, resource: Resource, sides: Sequence[records.Item]) -> Plan:
    """What would come of it. `sides` are the records, the one that is to be left first. Raises Invalid, NotAllowed."""
    found = compared(work, resource, sides, {})
    refuse_needs(work, found)
    differences = [_difference(work, found, unit) for unit in units(resource)]
    kept, *gone = (side.id for side in sides)
    return Plan(
        tuple(sides),
        tuple(one for one in differences if one is not None),
        _moved(work, resource, kept, gone),
        warning(work, found),
    )


def _difference(work: Work, found: Weighing, unit: tuple[str, ...]) -> Difference | None:
    resource = found.resource
    rows = [tuple(values) for values in zip(*map(found.values, unit), strict=True)]
    if len({repr(row) for row in rows}) == 1:
        return None
    usual = tuple(_resolve(found, unit)[name] for name in unit)
    options: dict[str, Option] = {}
    chosen = BOTH
    for side, row in zip(found.sides, rows, strict=True):
        if repr(row) not in options:
            options[repr(row)] = Option(str(side.id), _text(work, found, side, unit))
    if repr(usual) in options:
        chosen = options[repr(usual)].record
    else:
        values = dict(zip(unit, usual, strict=True))
        mixed = replace(found.sides[0], values=dict(found.sides[0].values) | values)
        options[repr(usual)] = Option(BOTH, _text(work, found, mixed, unit))
    return Difference(unit[0], _label(resource, unit), tuple(options.values()), chosen)


def _label(resource: Resource, unit: tuple[str, ...]) -> str:
    """What they are called in the form: together by the title over them, where there is one."""
    title = (section.title for section in resource.form if set(section.fields) == set(unit))
    return next(title, resource.fields[unit[0]].label) if len(unit) > 1 else resource.fields[unit[0]].label


def _text(work: Work, found: Weighing, side: records.Item, unit: tuple[str, ...]) -> str:
    resource = found.resource
    if unit == (resource.tree,):
        above = found.parents[side.id]
        return records.names_of(work, resource, [above])[above] if above is not None else ""
    return " \u00b7 ".join(filter(None, (records.shown(work, resource, side, name) for name in unit)))


def _moved(work: Work, resource: Resource, kept: int, gone: list[int]) -> tuple[Amount, ...]:
    """How many of each kind that the actor may read go over."""
    counts: dict[tuple[str, str], int] = {}
    for one in merge_lines.joining(work, resource, kept, gone):
        what = one.part.resource
        counts[what.one, what.many] = counts.get((what.one, what.many), 0) + len(one.moved)
    for place in rebinding.places(resource):
        found = RESOURCES.by_table(str(place.table.__tablename__))
        about = found[0] if found else None
        if found is not None and not place.kind and not work.actor.may(found[1].permission("read")):
            continue
        mine = _seen(work, place, found[1]) if found is not None and not place.kind else []
        words = (about.one, about.many) if about else ("File", "Files")
        statement = sa.select(sa.func.count()).select_from(place.table).where(rebinding.condition(place, gone), *mine)
        counts[words] = counts.get(words, 0) + (work.session.scalar(statement) or 0)
    return tuple(Amount(count, *words) for words, count in counts.items() if count)


def _seen(work: Work, place: rebinding.Place, around: Resource) -> list[sa.ColumnElement[bool]]:
    """The conditions that keep to what the actor may read there: the records themselves, or the lines inside them."""
    mine = records.readable(work, around)
    if not mine or place.table is around.table:
        return mine
    inside = sa.select(column_of(around.table, "id")).where(*mine)
    return [column_of(place.table, place.table.PARENT).in_(inside)] if issubclass(place.table, Line) else []
