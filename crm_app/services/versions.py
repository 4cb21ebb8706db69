"""The versions of a quote, and what differs between two documents of one kind: head, terms, lines and prices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa

from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.quotes import QUOTES, Quote
from crm_app.models.trade import TOTALS

from . import records
from .values import Item, items_of, selecting
from .work import Work, column_of

_MOST = 200
_ALIKE = 0.5
_TRIED = 2_000  # pairs of lines whose texts are looked at; beyond, what is not the same came and went


@dataclass(frozen=True)
class Difference:
    """A field that differs, as the reader reads it; `label` is an English key. `line` says in which line, "" is the head.

    A line that is only in one of the two has no label: what it says stands in `before` or in `after`.
    """

    line: str
    label: str
    before: str
    after: str


def versions_of(work: Work, key: object) -> list[Item]:
    """The heads, without lines, of all versions of a quote that the actor may read, the first one first, however many in one
    statement. Raises Missing, NotAllowed.
    """
    number = column_of(Quote, "id")
    family = sa.select(_family(records.reach(work, QUOTES, key)).c.id).limit(_MOST)
    names = tuple(QUOTES.fields)
    mine = selecting(QUOTES, names).where(number.in_(family), *records.readable(work, QUOTES)).order_by(number)
    return items_of(QUOTES, names, work.session.execute(mine).all())


def _family(key: int) -> sa.CTE:
    """The ids of the quote, of those it was made from, and of all that were made from these."""
    number, before = column_of(Quote, "id"), column_of(Quote, "before")
    above = sa.select(number.label("id"), before.label("before")).where(number == key).cte("above", recursive=True)
    above = above.union(sa.select(number, before).join(above, number == above.c.before))
    below = sa.select(above.c.id).cte("below", recursive=True)
    return below.union(sa.select(number).join(below, before == below.c.id))


def differences(work: Work, resource: Resource, older: Item, newer: Item) -> list[Difference]:
    """What differs between two records of that Resource with lines, the head first, then line by line."""
    names = (*resource.writable, *(name for name in TOTALS if name in resource.fields))
    found = list(_fields(work, resource, "", names, older, newer))
    part = next(part for part in RESOURCES.lines(resource) if part.name == "lines")
    inside = (*(name for name in part.resource.writable if name != "listed"), "net")  # the price itself is told
    for one, other in _paired(older.lines["lines"], newer.lines["lines"]):
        if one is not None and other is not None:
            found += _fields(work, part.resource, _title(other), inside, one, other)
        else:
            there: Any = one or other
            told = _told(work, part.resource, there)
            found.append(Difference(_title(there), "", told if one else "", told if other else ""))
    return found


def _fields(
    work: Work, resource: Resource, line: str, names: tuple[str, ...], one: Item, other: Item
) -> Iterator[Difference]:
    for name in dict.fromkeys(names):
        if one.values[name] != other.values[name]:
            show = records.showing(work, resource, name)
            yield Difference(line, resource.fields[name].label, show(one), show(other))


def _paired(old: list[Item], new: list[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    """Lines of the same product, or of the same words, belong together; then texts that were only changed a little."""
    partner: dict[int, Item] = {}
    named: dict[tuple[Any, Any], list[Item]] = {}
    for one in old:
        named.setdefault(_name_of(one.values), []).append(one)
    for item in new:
        same = named.get(_name_of(item.values))
        if same:
            partner[item.id] = same.pop(0)
    taken = {one.id for one in partner.values()}
    waiting = [one for one in old if one.id not in taken]
    lone = [item for item in new if item.id not in partner]
    for item in lone if len(waiting) * len(lone) <= _TRIED else ():
        match = next((one for one in waiting if _alike(one.values, item.values)), None)
        if match is not None:
            waiting.remove(match)
            partner[item.id] = match
    yield from ((partner.get(item.id), item) for item in new)
    yield from ((one, None) for one in waiting)


def _name_of(values: Mapping[str, Any]) -> tuple[Any, Any]:
    return (values["product"], None) if values["product"] else (None, values["description"])


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one["product"] != other["product"]:
        return False
    old, new = (str(values["description"] or "")[:_MOST] for values in (one, other))
    match = SequenceMatcher(None, old, new)
    return all(ratio() > _ALIKE for ratio in (match.real_quick_ratio, match.quick_ratio, match.ratio))


def _title(item: Item) -> str:
    return (item.values["description"] or item.labels.get("product", "")).split("\n", 1)[0]


def _told(work: Work, resource: Resource, item: Item) -> str:
    """A whole line in short: "3 box \u00d7 45.00"."""
    quantity, unit, price = (records.shown(work, resource, item, name) for name in ("quantity", "unit", "price"))
    return f"{quantity} {unit}".strip() + f" \u00d7 {price}"
