"""Filters of a list as conditions on its table: the same rows on either database."""

import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm_app.core import clock, days
from crm_app.core.errors import Invalid
from crm_app.core.fields import (
    BadValue,
    Boolean,
    Choices,
    Computed,
    Day,
    Itself,
    MomentKind,
    Reference,
    Tags,
    Text,
    fold,
)
from crm_app.core.i18n import Message, Speech
from crm_app.core.plain import storable
from crm_app.core.query import MAX_TEXT, Filter, joined, parted
from crm_app.core.resource import ID, RESOURCES, FieldSpec, Resource
from crm_app.models.base import ChoiceSet

from . import columns, merged, rules, search, trees
from .values import on_column
from .work import Work, column_of

SEVERAL = ("in", "between")  # operators of several values
MOST = 500
_ORDERED = ("lt", "le", "gt", "ge", "between")
NARROWED = 20  # values of one filter that are looked up in the search index first
Held = Mapping[str, Mapping[str, sa.ColumnElement[bool] | None]]
_FROM_TODAY = re.compile(r"today([+-]\d{1,4})?", re.ASCII)


@dataclass(frozen=True)
class _Whole:
    """A day as points in time: from its beginning to the next one's."""

    begins: datetime
    ends: datetime


def conditions_of(work: Work, resource: Resource, filters: Iterable[Filter]) -> list[sa.ColumnElement[bool]]:
    """One condition on the table per filter. Raises Invalid, naming each that this list does not have."""
    errors: dict[str, Message] = {}
    fitting: list[tuple[FieldSpec, Filter]] = []
    for part in filters:
        spec = resource.asked.get(part.field)
        if spec is None or part.operator not in spec.kind.operators:
            errors[f"filter[{part.field}]"] = _unfit(spec, part.field)
        else:
            fitting.append((spec, part))
    held = _held(work, resource, fitting)
    found = []
    for spec, part in fitting:
        try:
            found.append(_condition(work, resource, spec, part, held))
        except BadValue as bad:
            errors[f"filter[{part.field}]"] = bad.message
    if errors:
        raise Invalid(errors)
    return found


def written(resource: Resource, name: str, how: str, given: Sequence[object], speech: Speech) -> Filter:
    """A filter of values that a person typed in their own notation, as every reader's address holds it.

    Raises Invalid; what is wrong with a value stands at "value".
    """
    spec = resource.asked.get(name)
    if spec is None or how not in spec.kind.operators:
        raise Invalid({f"filter[{name[:60]}]": _unfit(spec, name)})
    if how == "empty":
        return Filter(name, how, "false" if "false" in given else "true")
    texts = [storable(text[:2000]).strip() for text in given[: MOST + 1] if isinstance(text, str)]
    try:
        values = list(dict.fromkeys(_plain(spec, how, text, speech) for text in texts if text))
    except BadValue as bad:
        raise Invalid({"value": bad.message}) from None
    if how == "between" and len(values) == 1 and len(texts) == 2 and all(texts):
        values *= 2
    if not values or (how == "between" and len(values) != 2):
        raise Invalid({"value": Message("Write both values." if how == "between" else "This is needed.")})
    if len(values) > MOST:
        raise Invalid({"value": Message("At most {count} values.", count=MOST)})
    return Filter(name, how, joined(values) if how in SEVERAL else values[0])


def _unfit(spec: FieldSpec | None, name: str) -> Message:
    """Why there is no such filter, with the field as people know it and the operators that it has."""
    if spec is None:
        return Message("This list has no field \u201c{name}\u201d to filter by.", name=name[:60])
    text = "{field} cannot be filtered in that way. Possible operators: {options}."
    return Message(text, field=Message(spec.label), options=", ".join(spec.kind.operators))


def _plain(spec: FieldSpec, how: str, text: str, speech: Speech) -> str:
    """One value as a program writes it."""
    if how in ("contains", "starts"):
        return text[:200]
    kind = spec.kind
    if speech.typed and isinstance(kind, Day | MomentKind):
        away = days.distance(text)
        if away is not None:
            return f"today{away:+}" if away else "today"
        if isinstance(kind, MomentKind) and (day := days.read(text, speech)):
            return day.isoformat()
    value = kind.parse(text, speech)
    if isinstance(kind, Choices | Tags):
        if len(value) != 1:
            raise BadValue("Write one value.")
        return str(value[0])
    plain = kind.json(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def days_from_today(spec: FieldSpec, text: str) -> int | None:
    """Of a day that is told from today ("today", "today+7", "today-7"): how many days from it; None for any other value."""
    found = _FROM_TODAY.fullmatch(text) if isinstance(spec.kind, Day | MomentKind) else None
    return int(found[1] or 0) if found else None


def whole_day(spec: FieldSpec, text: str) -> date | None:
    """Of a point in time that is told by its day alone ("2026-11-27"): that day, all of which is meant."""
    if not isinstance(spec.kind, MomentKind):
        return None
    with suppress(BadValue):
        return Day().parse(text)
    return None


def is_me(spec: FieldSpec, text: str) -> bool:
    """Whether a person is told as "me": whoever asks. So one view serves everybody."""
    return text == "me" and isinstance(spec.kind, Reference) and spec.kind.person


def _mine(work: Work, spec: FieldSpec, text: str) -> int | None:
    return (work.actor.user or 0) if is_me(spec, text) else None  # nobody has that number


def _value_of(work: Work, spec: FieldSpec, text: str, speech: Speech) -> Any:
    """One value of an address, as it is stored; of a point in time a whole day, too. Today and when a day begins are the
    company's, whoever asks. Raises BadValue.
    """
    away, day = days_from_today(spec, text), whole_day(spec, text)
    zone = rules.company(work, "time_zone") or speech.zone
    if away is not None:
        day = clock.today(zone) + timedelta(days=away)
    if day is None:
        return spec.kind.parse(text, speech)
    return _Whole(_midnight(day, zone), _midnight(day + timedelta(days=1), zone)) if _timed(spec) else day


def _timed(spec: FieldSpec) -> bool:
    return isinstance(spec.kind, MomentKind)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _condition(work: Work, resource: Resource, spec: FieldSpec, part: Filter, held: Held) -> sa.ColumnElement[bool]:
    if isinstance(spec.kind, Computed):
        return _stands(work, resource, spec.kind, part)
    if spec.name in resource.told:
        return _told(work, resource, spec, part)
    if isinstance(spec.kind, Itself):
        return _itself(work, resource, spec, part)
    if spec.name not in resource.fields:
        return _named(work, resource, spec, part)
    if part.operator in ("eq", "in"):
        return on_column(resource, spec.name, lambda column: _of_column(work, spec, part, column, held))
    return _of_column(work, spec, part, column_of(resource.table, spec.name), held)


def _of_column(work: Work, spec: FieldSpec, part: Filter, target: Any, held: Held) -> sa.ColumnElement[bool]:
    if part.operator == "empty":
        bits = sa.cast(target, sa.Integer) == 0 if isinstance(spec.kind, Choices) else sa.false()
        empty = sa.or_(target.is_(None), bits)
        return empty if _is_wanted(part) else sa.not_(empty)
    if isinstance(spec.kind, Text) and part.operator in _ORDERED:
        return _in_order(spec, part, target)
    if isinstance(spec.kind, Text) and spec.kind.folds:
        return _alike(spec, part, target, held)
    if part.operator in ("contains", "starts"):
        pattern = target.icontains if part.operator == "contains" else target.istartswith
        return pattern(storable(part.value)[:200], autoescape=True)  # type: ignore[no-any-return]
    raw = _raw(part)
    if isinstance(spec.kind, Choices):
        return _has_choices(target, spec.kind, part, raw)
    if isinstance(spec.kind, Tags):
        return _has_tags(target, spec.kind, part, raw)
    speech = replace(work.actor.speech, typed=False)  # an address means the same whoever opens it
    mine = [_mine(work, spec, text) for text in raw]
    values = [_value_of(work, spec, text, speech) if me is None else me for text, me in zip(raw, mine, strict=True)]
    values = _left(work, spec, values)
    return _compared(target, spec, part.operator, values)  # type: ignore[no-any-return]


def _is_wanted(part: Filter) -> bool:
    """Of "empty": whether what is empty is asked for, or what is not. Raises BadValue."""
    return bool(Boolean().parse(part.value or "true"))


def _raw(part: Filter) -> list[str]:
    """The filter's value, or its values. Raises BadValue."""
    raw = parted(part.value) if part.operator in SEVERAL else [part.value]
    if len(raw) > MOST:
        raise BadValue("At most {count} values.", count=MOST)
    return raw


def _alike(spec: FieldSpec, part: Filter, target: sa.ColumnElement[str], held: Held) -> sa.ColumnElement[bool]:
    """Texts compared without accents and case."""
    folded, texts = search.Folded(target), _folded(spec, part)
    if part.operator in ("contains", "starts"):
        made = folded.contains if part.operator == "contains" else folded.startswith
        met: sa.ColumnElement[bool] = made(texts[0], autoescape=True)
    else:
        if part.operator == "ne":
            return sa.or_(folded != texts[0], target.is_(None)) if texts else target.is_not(None)
        if not texts and part.operator == "eq":
            return target.is_(None)
        met = folded.in_(texts)
    known = [one for one in (held.get(spec.name, {}).get(text) for text in texts) if one is not None]
    return sa.and_(met, sa.or_(*known)) if known and len(known) == len(texts) else met


def _in_order(spec: FieldSpec, part: Filter, target: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Texts before or after others, in the order of their letters without accents and case. Raises BadValue."""
    values = [fold(text) for text in (spec.kind.parse(raw) for raw in _raw(part)) if text]
    if not values:
        raise BadValue("This is needed.")
    return _compared(search.Folded(target), spec, part.operator, values)  # type: ignore[no-any-return]


def _folded(spec: FieldSpec, part: Filter) -> list[str]:
    """The texts that a filter asks for, without accents and case. Raises BadValue."""
    if part.operator in ("contains", "starts"):
        return [fold(storable(part.value)[:MAX_TEXT])]
    return [fold(text) for text in (spec.kind.parse(raw) for raw in _raw(part)) if text]


def _held(work: Work, resource: Resource, parts: Iterable[tuple[FieldSpec, Filter]]) -> Held:
    """What the search index tells of the texts of all filters, by their fields: read at once. Of a wrong filter, nothing."""
    wanted: dict[str, list[str]] = {}
    for spec, part in parts:
        if isinstance(spec.kind, Text) and spec.kind.folds and part.operator not in ("ne", "empty", *_ORDERED):
            with suppress(BadValue):
                texts = _folded(spec, part)
                wanted.setdefault(spec.name, []).extend(texts if _indexed(resource, spec, texts) else ())
    every = search.holds(work, resource.table, dict.fromkeys(text for texts in wanted.values() for text in texts))
    return {name: {text: every[text] for text in texts} for name, texts in wanted.items()}


def _left(work: Work, spec: FieldSpec, values: list[Any]) -> list[Any]:
    """The same with records that are left in place of those that were merged into them."""
    if isinstance(spec.kind, Reference) and merged.happens(spec.kind.resource):
        return merged.follow(work, spec.kind.resource, values)
    return values


def _indexed(resource: Resource, spec: FieldSpec, texts: list[str]) -> bool:
    """Whether the search text of a record tells something about this field."""
    searched = "search" in resource.table.__table__.columns and spec.name in resource.search
    return searched and len(texts) <= NARROWED


def _stands(work: Work, resource: Resource, kind: Computed, part: Filter) -> sa.ColumnElement[bool]:
    """Records that stand in one of these ways; with "ne" those that do not."""
    wanted = [kind.parse(text) for text in (parted(part.value) if part.operator == "in" else [part.value])]
    chosen = [stand for stand in resource.stands if stand.value in wanted]
    ways = [sa.and_(sa.true(), *conditions_of(work, resource, stand.filters)) for stand in chosen]
    held = sa.or_(sa.false(), *ways)
    return held if part.operator != "ne" else sa.case((held, 1), else_=0) == 0  # what is unknown is not held either


def _itself(work: Work, resource: Resource, spec: FieldSpec, part: Filter) -> sa.ColumnElement[bool]:
    """These records; none of those that lie below them in their tree."""
    keys = [key for text in _raw(part) if (key := spec.kind.parse(text)) is not None]
    found: sa.ColumnElement[bool] = column_of(resource.table, ID).in_(_left(work, spec, keys))
    return sa.not_(found) if part.operator == "ne" else found


def _named(work: Work, resource: Resource, spec: FieldSpec, part: Filter) -> sa.ColumnElement[bool]:
    """Records whose lines of that kind name one of these records; or with "empty" none at all, with "ne" not that one."""
    lines = next(lines for lines in RESOURCES.lines(resource) if lines.name == spec.name)
    named, holder = (column_of(lines.resource.table, name) for name in (lines.resource.label, lines.parent))
    wanted = [spec.kind.parse(text) for text in ([] if part.operator == "empty" else _raw(part))]
    keys = _left(work, spec, [key for key in wanted if key is not None])
    one = _compared(named, spec, "in", keys) if keys else named.is_not(None)
    held: sa.ColumnElement[bool] = column_of(resource.table, "id").in_(sa.select(holder).where(one))
    without = _is_wanted(part) if part.operator == "empty" else (part.operator == "ne") == bool(keys)
    return sa.not_(held) if without else held


def _told(work: Work, resource: Resource, spec: FieldSpec, part: Filter) -> sa.ColumnElement[bool]:
    """Records of whose lines that count today one says so; with "ne" and "empty" none of them does."""
    empty, told = part.operator == "empty", resource.told[spec.name]
    denied = part.operator == "ne" or (empty and _is_wanted(part))
    asked = Filter(spec.name, "eq" if part.operator == "ne" else part.operator, "false" if empty else part.value)
    lines = resource.part(told)
    says = _condition(work, lines.resource, lines.resource.fields[told.field], asked, {})
    holder = column_of(lines.resource.table, lines.parent)
    telling = sa.select(holder).where(says, *columns.current(lines, clock.today()))
    held: sa.ColumnElement[bool] = column_of(resource.table, "id").in_(telling)
    return sa.not_(held) if denied else held


def _compared(target: Any, spec: FieldSpec, how: str, values: list[Any]) -> Any:
    if how == "between" and (len(values) != 2 or None in values):
        raise BadValue("Write two values separated by a comma.")
    if any(isinstance(value, _Whole) for value in values):
        return _within(target, spec, how, values)
    if how == "between":
        return target.between(*values)
    tree = RESOURCES.get(spec.kind.resource) if isinstance(spec.kind, Reference) else None
    if tree is not None and tree.tree and how in ("eq", "in") and None not in values:
        return target.in_(trees.below(tree, values))
    if how == "in":
        return target.in_([value for value in values if value is not None])
    value = values[0]
    if value is None:
        return target.is_(None) if how == "eq" else target.is_not(None)
    if how == "ne":
        return sa.or_(target != value, target.is_(None))
    return getattr(operator, how)(target, value)


def _within(target: Any, spec: FieldSpec, how: str, values: list[Any]) -> Any:
    """Points in time compared with whole days, and with what else stands beside these."""
    if how == "between":
        ends = zip(("ge", "le"), values, strict=True)
        return sa.and_(*(_compared(target, spec, end, [value]) for end, value in ends))
    if how == "in":
        return sa.or_(*(_compared(target, spec, "eq", [value]) for value in values if value is not None))
    begins, ends = values[0].begins, values[0].ends
    met = {
        "eq": sa.and_(target >= begins, target < ends),
        "ne": sa.or_(target < begins, target >= ends, target.is_(None)),
        "lt": target < begins,
        "le": target < ends,
        "gt": target >= ends,
        "ge": target >= begins,
    }
    return met[how]


def _has_tags(target: Any, kind: Tags, part: Filter, raw: list[str]) -> sa.ColumnElement[bool]:
    text = sa.cast(target, sa.String)
    held = sa.or_(sa.false(), *(text.contains(f",{word},", autoescape=True) for word in kind.parse(raw) or ()))
    return sa.or_(sa.not_(held), target.is_(None)) if part.operator == "ne" else held


def _has_choices(target: Any, kind: Choices, part: Filter, raw: list[str]) -> sa.ColumnElement[bool]:
    bits = ChoiceSet(kind.options).mask(kind.parse(raw) or ())
    mask = sa.cast(target, sa.Integer)
    held = mask.op("&")(bits) != 0 if bits else mask == 0
    return sa.not_(held) if part.operator == "ne" else held
