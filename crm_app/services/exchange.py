"""Records as tables, for files that people open elsewhere: CSV as programs read it, XLSX as the reader sees it."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_app.core.fields import Boolean, Choice, Choices, Day, MomentKind, Number, Reference, Tags, Text, Whole
from crm_app.core.query import Query
from crm_app.core.resource import FieldSpec, Resource
from crm_app.documents import sheets

from . import columns, records
from .work import Work, column_of

BATCH = 2_000
# what a spreadsheet takes for the beginning of a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TELEPHONE = re.compile(r"\+\d[\d ().\-/]*", re.ASCII)
Labels = dict[str, dict[int, str]]


def export_csv(
    work: Work,
    resource: Resource,
    target: Path,
    query: Query | None = None,
    ids: Sequence[int] | None = None,
    *,
    heads: bool = False,
) -> int:
    """Write the records that the query finds and the actor may read, a heading first; how many.

    Without a query: all, with all their fields. The heads are the names of the fields, as programs take them, with `heads`
    their labels in the actor's language. Nothing but a whole file appears at `target`.
    """
    names = list(records.columns_of(resource, query) if query else resource.fields)
    part = target.with_name(target.name + ".part")
    count = 0
    try:
        with part.open(
            "w", encoding="utf-8-sig", newline=""
        ) as file:  # the mark lets spreadsheets see that it is UTF-8
            sheet = csv.writer(file)
            say = work.actor.speech.say
            sheet.writerow(["id", *(say(resource.shown[name].label) if heads else name for name in names)])
            cells = [_csv_cell(resource, name) for name in names]
            for found, labels in _batches(work, resource, names, query or Query(), ids):
                known = [labels.get(name) for name in names]
                sheet.writerows(
                    [row[0], *(cell(value, held) for cell, value, held in zip(cells, row[1:], known, strict=True))]
                    for row in found
                )
                count += len(found)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return count


def export_xlsx(work: Work, resource: Resource, target: Path, query: Query, ids: Sequence[int] | None = None) -> int:
    """The same as a workbook, its heads and choices in the actor's language, numbers and dates as such."""
    names = records.columns_of(resource, query)
    say = work.actor.speech.say
    specs = [resource.shown[name] for name in names]
    heads = [_head(spec, say(spec.label)) for spec in specs]
    cells = [_sheet_cell(work, resource, name) for name in names]

    def rows() -> Iterator[list[Any]]:
        for found, labels in _batches(work, resource, names, query, ids):
            known = [labels.get(name) for name in names]
            for row in found:
                yield [cell(value, held) for cell, value, held in zip(cells, row[1:], known, strict=True)]

    return sheets.write(target, say(resource.many), heads, rows())


def _batches(
    work: Work, resource: Resource, names: Sequence[str], query: Query, ids: Sequence[int] | None
) -> Iterator[tuple[Sequence[Any], Labels]]:
    """The rows in the query's order, never more than a batch in memory, with the names of what they refer to."""
    table = resource.table
    number = column_of(table, "id")
    references = {name: kind.resource for name in names if isinstance(kind := resource.shown[name].kind, Reference)}
    keep = (
        records.matching(work, resource, query) if ids is None else [*records.readable(work, resource), number.in_(ids)]
    )
    statement = (
        sa.select(number, *(number if name in resource.told else column_of(table, name) for name in names))
        .where(*keep)
        .order_by(*records.order(resource, query))
    )
    known: Labels = {name: {} for name in references}
    for found in work.session.execute(statement.execution_options(yield_per=BATCH)).partitions():
        for name, other in references.items():
            at = names.index(name) + 1
            lacking = {row[at] for row in found} - known[name].keys() - {None}
            if len(known[name]) > 10 * BATCH:
                known[name].clear()
                lacking = {row[at] for row in found} - {None}
            known[name].update(records.names_of(work, records.resource_of(other), lacking))
        yield found, known | columns.texts(work, resource, names, [row[0] for row in found])


def _csv_cell(resource: Resource, name: str) -> Any:
    """How a value of that field is written; a reference as the name it stands for."""
    kind = resource.shown[name].kind
    if isinstance(kind, Reference) or name in resource.told:
        return lambda value, known: defused(known.get(value, "")) if value is not None else ""
    if isinstance(kind, Number):
        return lambda value, _known: kind.write(value)
    if isinstance(kind, Text | Tags | Choices):
        return lambda value, _known: defused(kind.write(kind.json(value)))
    return lambda value, _known: kind.write(kind.json(value))


def _head(spec: FieldSpec, title: str) -> sheets.Head:
    kind = spec.kind
    if isinstance(kind, Number):
        return sheets.Head(title, "number", 2)
    if isinstance(kind, Whole):
        return sheets.Head(title, "number")
    return sheets.Head(title, "day" if isinstance(kind, Day) else "moment" if isinstance(kind, MomentKind) else "text")


def _sheet_cell(work: Work, resource: Resource, name: str) -> Any:
    kind, speech = resource.shown[name].kind, work.actor.speech
    if isinstance(kind, Reference) or name in resource.told:
        return lambda value, known: known.get(value, "") if value is not None else None
    if isinstance(kind, MomentKind):
        return lambda value, _known: value and speech.local(value).replace(tzinfo=None)
    if isinstance(kind, Choice | Choices | Boolean):
        shown: dict[Any, str] = {}

        def remembered(value: Any, _known: Any) -> str:
            if value not in shown:
                shown[value] = kind.show(value, speech)
            return shown[value]

        return remembered
    if isinstance(kind, Tags):
        return lambda value, _known: kind.write(value)
    return lambda value, _known: value


def defused(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before what looks like a formula. A telephone number is none."""
    return f"'{text}" if text.startswith(_FORMULA) and not _TELEPHONE.fullmatch(text) else text
