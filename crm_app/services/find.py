"""The global search: the best few records of every list that the actor may read, whatever they are.

Of each list first those whose name begins with the text, then those where every word begins a word, then those that hold
every word somewhere. Each step asks an index for a limited number of rows, so that it stays quick however many there are. What
looks like a telephone, an address or a code is sought inside the records at last, where nothing else has it: a further telephone,
a supplier's code. That step reads their lines: 0.2 s where there are 200,000 further telephones.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_app.core.fields import Choice, Email, Kind, Phone, Text, fold
from crm_app.core.plain import storable
from crm_app.core.query import MAX_TEXT
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.base import Searchable

from . import columns, records, search
from .work import Work, column_of

MOST = 5
RECENT = 10
_LOOKED_AT = 100  # of the rows that hold the words, how many are compared with each other
_WALKED = 1_000  # of the names that begin so, how many are looked through for those that the actor may read
_FIGURES, _CODE = 5, 3  # of a telephone and a code, the fewest that are sought inside records
_BETWEEN = " .-/()+"  # what may stand between the figures of a telephone
_AFTER = "\U0010ffff"  # sorts behind every text that may follow


@dataclass(frozen=True)
class Hit:
    """One record found. `hint` tells it from its namesakes: what matched beside the name, else what its lines tell in its list (of a
    person the account and job title), else where it is or the like, else of which kind it is.
    """

    resource: str
    id: int
    label: str
    hint: str


def lists(work: Work) -> list[Resource]:
    """What can be searched: every list with pages of its own that the actor may read."""
    may = work.actor.may
    return [
        found
        for found in RESOURCES
        if found.nav and issubclass(found.table, Searchable) and may(found.permission("read"))
    ]


def find(work: Work, text: str, most: int = MOST) -> list[Hit]:
    """The best `most` records of each list, in the order of the lists; none for an empty text."""
    text = storable(text[:MAX_TEXT])
    words = fold(text).split()[:8]
    if not words:
        return []
    found = _candidates(work, text, words, most)
    return [
        hit for resource in lists(work) for hit in _best(work, resource, found.get(resource.name, set()), words, most)
    ]


def recall(work: Work, keys: Iterable[tuple[str, int]]) -> list[Hit]:
    """Those of the records that are still there and that the actor may read, in the order given, at most RECENT."""
    wanted = list(dict.fromkeys(keys))[:RECENT]
    found: dict[tuple[str, int], Hit] = {}
    for resource in lists(work):
        numbers = [number for name, number in wanted if name == resource.name]
        if numbers:
            found |= {(resource.name, hit.id): hit for hit in _hits(work, resource, _read(work, resource, numbers), [])}
    return [found[key] for key in wanted if key in found]


def _candidates(work: Work, text: str, words: list[str], most: int) -> dict[str, set[int]]:
    """Ids by list: one question to the database for each of the three steps, about those lists that still lack some."""
    lacking = {resource.name: (resource, records.readable(work, resource)) for resource in lists(work)}
    found: dict[str, set[int]] = {name: set() for name in lacking}
    start = " ".join(words)[:100]

    def beginning(resource: Resource, conditions: list[Any]) -> Any:
        name, key = column_of(resource.table, "sort_key"), column_of(resource.table, "id")
        first = sa.select(key).where(name >= start, name < start + _AFTER).order_by(name, key)
        if not conditions:
            return first.limit(most)
        walked = first.limit(_WALKED).cte()
        return (
            sa.select(key)
            .where(key.in_(sa.select(walked.c[0])), *search.tested(conditions))
            .order_by(name, key)
            .limit(most)
        )

    def holding(patterns: list[str]) -> Callable[[Resource, list[Any]], Any]:
        return lambda resource, conditions: search.some(work, resource.table, patterns, conditions, _LOOKED_AT)

    def inside(resource: Resource, conditions: list[Any]) -> Any:
        return _inside(resource, text, conditions)

    for step in (beginning, holding(search.beginnings_of(text)), holding(search.words_of(text)), inside):
        steps = ((name, step(*asked)) for name, asked in lacking.items())
        parts = [(name, made.subquery()) for name, made in steps if made is not None]
        if parts:
            named = [sa.select(sa.literal(name), part.c[0]) for name, part in parts]
            for name, number in work.session.execute(sa.union_all(*named)):
                found[name].add(number)
        lacking = {name: asked for name, asked in lacking.items() if len(found[name]) < most}
    return found


def _inside(resource: Resource, text: str, conditions: list[Any]) -> Any:
    """The ids of records in which there is a line with that telephone, address or code; None where the text is none of these."""
    key, found = column_of(resource.table, "id"), []
    for part in RESOURCES.lines(resource):
        for name in part.sought:
            met = _sought(part.resource.fields[name].kind, column_of(part.resource.table, name), text.strip())
            if met is not None:
                found.append(key.in_(sa.select(column_of(part.resource.table, part.parent)).where(met)))
    return sa.select(key).where(sa.or_(*found), *search.tested(conditions)).limit(_LOOKED_AT) if found else None


def _sought(kind: Kind, column: Any, text: str) -> sa.ColumnElement[bool] | None:
    """Whether a line holds that telephone (whatever stands between its figures), address or code. A mere word asks nothing."""
    figures = "".join(char for char in text if char.isdigit() and char.isascii())
    if isinstance(kind, Phone):
        if len(figures) < _FIGURES or any(char not in _BETWEEN for char in text if char not in figures):
            return None
        for char in _BETWEEN:
            column = sa.func.replace(column, char, "")
        return column.contains(figures)  # type: ignore[no-any-return]
    told = "@" in text if isinstance(kind, Email) else figures != "" and len(text) >= _CODE
    return column.icontains(text, autoescape=True) if told and " " not in text else None


def _best(work: Work, resource: Resource, ids: set[int], words: list[str], most: int) -> list[Hit]:
    if not ids:
        return []
    rows = _read(work, resource, ids)
    rows.sort(key=lambda row: (_rank(row.sort_key, row.search, words), row.sort_key, row.id))
    return _hits(work, resource, rows[:most], words)


def _rank(name: str, everything: str, words: list[str]) -> int:
    """How well the words fit: 0 for the name's beginning, then words' beginnings (in the name, anywhere), then the rest."""
    if name.startswith(" ".join(words)):
        return 0
    if all(f" {word}" in f" {name}" for word in words):
        return 1
    if all(f" {word}" in everything for word in words):
        return 2
    return 3 if all(word in name for word in words) else 4


def _read(work: Work, resource: Resource, ids: Iterable[int]) -> list[Any]:
    """Those of the records that the actor may read, with what a Hit is made of."""
    table = resource.table
    names = dict.fromkeys(("id", "sort_key", "search", resource.label, *_told(resource), *_chosen(resource)))
    statement = sa.select(*(column_of(table, name) for name in names))
    return list(
        work.session.execute(statement.where(column_of(table, "id").in_(ids), *records.readable(work, resource)))
    )


def _told(resource: Resource) -> list[str]:
    """The fields that may stand beside a name: those that are searched and those of the head of its page, texts only."""
    names = dict.fromkeys((*resource.search, *resource.facts))
    return [name for name in names if name != resource.label and isinstance(resource.fields[name].kind, Text)]


def _chosen(resource: Resource) -> list[str]:
    """Those of the head that are chosen of a few: they tell apart what has no text beside its name."""
    return [name for name in resource.facts if isinstance(resource.fields[name].kind, Choice)]


def _hits(work: Work, resource: Resource, rows: list[Any], words: list[str]) -> list[Hit]:
    told = columns.texts(work, resource, resource.columns, [row.id for row in rows]).values()
    inside = {row.id: columns.BETWEEN.join(text for each in told if (text := each.get(row.id))) for row in rows}
    return [_hit(work, resource, row, words, inside[row.id]) for row in rows]


def _hit(work: Work, resource: Resource, row: Any, words: list[str], inside: str) -> Hit:
    label = str(getattr(row, resource.label) or f"#{row.id}")
    told = {name: str(value) for name in _told(resource) if (value := getattr(row, name)) and value != label}
    missing = [word for word in words if word not in fold(label)]
    why = [value for value in told.values() if any(word in fold(value) for word in missing)]
    usual = [inside] if inside else [told[name] for name in ("city", "code", "email") if name in told]
    kinds = {name: resource.fields[name].kind for name in _chosen(resource)}
    chosen = [kind.show(value, work.actor.speech) for name, kind in kinds.items() if (value := getattr(row, name))]
    return Hit(resource.name, row.id, label, ", ".join((why or usual[:1] or list(told.values())[:1] or chosen)[:2]))
