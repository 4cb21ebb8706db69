"""The lines inside merged records come together: what two of them say alike stands once, one of a kind is the usual one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.fields import fold
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Lines, Resource
from crm_app.models.base import Line

from . import lines, rebinding
from .merge_ways import Spare, way_of
from .rebinding import Roots, Step
from .work import Work, column_of, kept

_EMPTY = (None, "", False)


@dataclass
class Joining:
    """The lines of one kind that the record will have, and what is written for it. `moved` are the ids of those that go over; of
    the others, those are changed that learn something from a line that says the same.
    """

    part: Lines
    rows: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[int, Step] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)

    def put(self, row: dict[str, Any], after: Mapping[str, Any], root: int) -> None:
        """Other values for that line, inside the record of that id."""
        table = self.part.resource.table
        changed = {name: value for name, value in after.items() if row[name] != value}
        earlier = self.steps.get(row["id"])
        before = {name: row[name] for name in changed} | (dict(earlier.before) if earlier else {})
        around = str(next(iter(column_of(table, table.PARENT).foreign_keys)).column.table.name)
        values = (dict(earlier.after) if earlier else {}) | changed
        self.steps[row["id"]] = Step(row["id"], row["version"] + 1, before, values, (around, root))
        row.update(after)


def joining(work: Work, resource: Resource, key: int, gone: Sequence[int]) -> list[Joining]:
    """What becomes of the lines inside these records; nothing is written. Raises Invalid where they are too many for one."""
    found = [_join(work, part, key, gone) for part in RESOURCES.lines(resource)]
    errors = {
        one.part.name: Message(
            "{what}: at most {count} in one record.", what=Message(one.part.resource.many), count=one.part.limit
        )
        for one in found
        if len(one.rows) > one.part.limit and one.moved
    }
    if errors:
        raise Invalid(errors)
    return found


def store(work: Work, found: Iterable[Joining], roots: Roots) -> None:
    """Write it."""
    for one in found:
        rebinding.write(work, one.part.resource.table, list(one.steps.values()), roots)


def _join(work: Work, part: Lines, key: int, gone: Sequence[int]) -> Joining:
    table: type[Line] = part.resource.table
    found = Joining(part)
    known: dict[tuple[str, ...], dict[str, Any]] = {}
    alone: set[tuple[Any, ...]] = set()
    for row in _read(work, part, (key, *gone)):
        said = _said(row, table, part.parent)
        own = row[part.parent] == key
        if not own and said is not None and said in known:
            _learn(found, known[said], row, alone)
            continue
        if not own:
            _take_over(found, row, key, alone)
        found.rows.append(row)
        if said is not None:
            known.setdefault(said, row)
        if _flagged(table, part, row):
            alone.add(_among(table, row))
    return found


def _read(work: Work, part: Lines, keys: Sequence[int]) -> list[dict[str, Any]]:
    """The lines of each of these records, in this order of the records and then in their own."""
    table = part.resource.table
    names = ["id", "version", *(column.name for column in kept(table))]
    columns = [column_of(table, name) for name in names]
    statement = sa.select(*columns).where(column_of(table, part.parent).in_(keys))
    found = work.session.execute(statement.with_for_update() if work.verb else statement)
    rows = [dict(zip(names, row, strict=True)) for row in found]
    places = {key: place for place, key in enumerate(keys)}
    return sorted(rows, key=lambda row: (places[row[part.parent]], row["position"], row["id"]))


def _said(row: Mapping[str, Any], table: type[Line], parent: str) -> tuple[str, ...] | None:
    """What a line says; None for lines of which every one stands for itself."""
    return tuple(bare(row[name]) for name in table.SAME if name != parent) if table.SAME else None


def bare(value: Any) -> str:
    """A value without what two ways of writing the same differ in: accents, case, punctuation."""
    return "" if value is None else "".join(char for char in fold(str(value)) if char.isalnum())


def _flag(table: type[Line], part: Lines) -> str:
    """The flag that one line has among those of a record; of links between two records the record is the first of them."""
    return table.ALONE[0] if table.ALONE and part.parent == table.PARENT else ""


def _among(table: type[Line], row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in table.ALONE[1]) if table.ALONE else ()


def _flagged(table: type[Line], part: Lines, row: Mapping[str, Any]) -> bool:
    return bool(_flag(table, part) and row[_flag(table, part)])


def _take_over(found: Joining, row: dict[str, Any], key: int, alone: set[tuple[Any, ...]]) -> None:
    """The line becomes one of the record that is left, at the end."""
    part, table = found.part, found.part.resource.table
    last = max((one["position"] for one in found.rows), default=-1)
    after = {part.parent: key, "position": last + 1}
    if _flagged(table, part, row) and _among(table, row) in alone:
        after[_flag(table, part)] = False
    found.moved.add(row["id"])
    found.put(row, after, key if part.parent == table.PARENT else row[table.PARENT])


def _learn(found: Joining, there: dict[str, Any], row: Mapping[str, Any], alone: set[tuple[Any, ...]]) -> None:
    """The line that stays takes what only the other one says; when it began and ended is its own."""
    part, table = found.part, found.part.resource.table
    own = {"id", "version", "position", part.parent, table.PARENT, *table.SAME, *(table.PERIOD or ())}
    if _among(table, there) in alone:
        own.add(_flag(table, part))
    said = {name: value for name, value in row.items() if name not in own and value not in _EMPTY}
    after = {name: value for name, value in said.items() if there[name] in _EMPTY}
    if after:
        found.put(there, after, there[table.PARENT])
    if _flagged(table, part, there):
        alone.add(_among(table, there))


# ---- what the fields of one record cannot hold


def keep_spare(
    work: Work,
    resource: Resource,
    key: int,
    records: Sequence[Mapping[str, Any]],
    left: Mapping[str, Any],
    found: Iterable[Joining],
) -> None:
    """Telephones, e-mails and addresses of the records that are in none of the fields any more become lines.

    `records` are the values of all of them as they were, `left` those of the one that is left.
    """
    spares = way_of(resource.name).spare
    for one in found:
        part = one.part
        mine = [spare for spare in spares if spare.lines == part.name]
        names = list(mine[0].fields) if mine else []
        known = {tuple(bare(row[name]) for name in names) for row in one.rows}
        known |= {_written(spare, left) for spare in mine}
        last = max((row["position"] for row in one.rows), default=-1)
        new: list[dict[str, Any]] = []
        for spare, values in ((spare, values) for values in records for spare in mine):
            said = _written(spare, values)
            needed = next(name for name in spare.fields if part.resource.fields[name].required)
            if values[spare.fields[needed]] and said not in known and len(one.rows) + len(new) < part.limit:
                known.add(said)
                fields = {name: values[source] for name, source in spare.fields.items()}
                new.append({part.parent: key, "position": last + 1 + len(new)} | dict(spare.says) | fields)
        lines.insert_many(work, part, new)


def _written(spare: Spare, values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(bare(values[source]) for source in spare.fields.values())
