"""The filters of a list as chips, each changed where it stands."""

import dataclasses
from dataclasses import replace
from typing import Any, ClassVar

import reflex as rx

from crm_app.core.errors import Invalid
from crm_app.core.fields import Day, MomentKind, Number, Reference, Text
from crm_app.core.i18n import Message, Speech
from crm_app.core.query import NEGATIVE, Filter, Query, parted
from crm_app.core.resource import FieldSpec, Resource
from crm_app.services import merged, records
from crm_app.services.actors import Actor
from crm_app.services.filters import SEVERAL, conditions_of, days_from_today, is_me, whole_day, written
from crm_app.services.work import Work

from .guard import on, signed_in

SIGNS = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of",
    "lt": "less than",
    "le": "at most",
    "gt": "more than",
    "ge": "at least",
    "between": "between",
    "contains": "contains",
    "starts": "starts with",
    "empty": "is empty",
    "filled": "is not empty",
}
DAY_SIGNS = {"lt": "before", "le": "until", "gt": "after", "ge": "since"}
TEXT_SIGNS = {"lt": "before", "le": "up to", "gt": "after", "ge": "from"}


@dataclasses.dataclass
class Chip:
    """A filter that is on. `value` is what it asks for in short, `names` in full, `values` as a form edits it."""

    field: str = ""
    operator: str = ""
    label: str = ""
    sign: str = ""
    value: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    names: list[str] = dataclasses.field(default_factory=list)


class FilterState(rx.State, mixin=True):
    """A part of every list. `filter_answer` counts the answers to `set_filter`, `filter_error` is what the last one said."""

    resource: ClassVar[Resource]

    chips: list[Chip] = []
    filter_error: str = ""
    filter_answer: int = 0

    @on("read")
    async def set_filter(self, place: int, name: str, operator: str, values: list[Any]) -> Any:
        """Put a filter in the place of that chip, or with -1 beside them. What is wrong with it is said at its field."""
        actor = await signed_in(self)
        self.filter_answer += 1
        try:
            part = written(self.resource, name, operator, values, actor.speech)
            there = 0 <= place < len(self._query.filters)
            query = self._query.replacing(place, part) if there else self._query.adding(part)
            await self._show(actor, query, counted=False, steps="push")
        except Invalid as bad:
            self.filter_error = " ".join(actor.speech.say(text) for text in bad.fields.values())
        else:
            self.filter_error = ""

    @on("read")
    async def drop_filter(self, name: str, operator: str) -> Any:
        """Take one chip away."""
        actor = await signed_in(self)
        await self._show(actor, self._query.without(name, operator), counted=False, steps="push")

    @on("read")
    async def clear(self) -> Any:
        """The whole list again."""
        await self._show(await signed_in(self), Query(sort=self._query.sort), counted=False, steps="push")


def sound(actor: Actor, resource: Resource, query: Query) -> tuple[Query, list[str]]:
    """The query without the filters that this list does not have or cannot read, and in words what is wrong with these.

    Runs in a thread.
    """
    left, wrong = [], []
    with Work(actor) as work:
        for part in query.filters:
            try:
                conditions_of(work, resource, [part])
                left.append(part)
            except Invalid as bad:
                spec = resource.asked.get(part.field)
                why = " ".join(actor.speech.say(text) for text in bad.fields.values())
                told = spec is None or part.operator not in spec.kind.operators  # such a sentence names the field
                wrong.append(why if told else f"{actor.speech.say(spec.label)}: {why}")
    return replace(query, filters=tuple(left)), wrong


def readable_part(params: list[tuple[str, str]], speech: Speech) -> tuple[Query, list[str]]:
    """The query of an address without what cannot be read in it, and in words what that is. Raises Invalid where nothing helps."""
    try:
        return Query.from_params(params), []
    except Invalid as bad:
        query = Query.from_params((name, value) for name, value in params if name not in bad.fields)
        return query, [f"{name[:60]}: {speech.say(text)}" for name, text in bad.fields.items()]


def chip_of(work: Work, resource: Resource, part: Filter) -> Chip:
    """A filter in words."""
    spec, say = resource.asked[part.field], work.actor.speech.say
    values = parted(part.value) if part.operator in SEVERAL else [part.value]
    return Chip(part.field, part.operator, say(spec.label), say(sign_of(spec, part)), *_told(work, spec, part, values))


def sign_of(spec: FieldSpec, part: Filter) -> str:
    """The operator as a word; of dates another than of numbers."""
    if part.operator == "empty" and part.value in NEGATIVE:
        return SIGNS["filled"]
    if part.operator == "in" and len(parted(part.value)) == 1:
        return SIGNS["eq"]
    return signs_of(spec)[part.operator]


def signs_of(spec: FieldSpec) -> dict[str, str]:
    """The operators as words about a value of that kind."""
    if isinstance(spec.kind, Day | MomentKind):
        return SIGNS | DAY_SIGNS
    return SIGNS | TEXT_SIGNS if isinstance(spec.kind, Text) else SIGNS


def _told(work: Work, spec: FieldSpec, part: Filter, values: list[str]) -> tuple[str, list[str], list[str]]:
    """What it asks for: in short, as a form edits it, in full."""
    if part.operator == "empty":
        return "", ["false" if part.value in NEGATIVE else "true"], []
    if part.operator in ("contains", "starts"):
        return part.value, values, values
    if isinstance(spec.kind, Reference):
        values = [str(work.actor.user or "") if is_me(spec, value) else value for value in values]
        names = _names(work, spec.kind.resource, values)
        return short(names), values, names
    names = [_shown(work, spec, value) for value in values]
    if part.operator == "between":
        return " \u2013 ".join(names), [_edited(work, spec, value) for value in values], names
    return short(names), [_edited(work, spec, value) for value in values], names


def short(names: list[str]) -> str:
    """The first of them, and how many more."""
    return ", ".join(names) if len(names) < 3 else f"{names[0]} +{len(names) - 1}"


def _names(work: Work, target: str, keys: list[str]) -> list[str]:
    """The labels of what a filter refers to, of what was merged that of the record it finds. What is gone, or nobody the reader may
    see, is told by its number.
    """
    resource, numbers = records.resource_of(target), [int(key) for key in keys if key]
    left = dict(zip(numbers, merged.follow(work, target, numbers), strict=True)) if merged.happens(target) else {}
    labels = records.names_readable(work, resource, {*numbers, *left.values()})

    def named(key: int) -> str:
        return labels.get(left.get(key, key)) or work.actor.speech.say(Message("Not found: #{key}", key=str(key)))

    return [named(int(key)) if key else "" for key in keys]


def _shown(work: Work, spec: FieldSpec, value: str) -> str:
    speech = replace(work.actor.speech, typed=False)
    away = days_from_today(spec, value)
    if away is not None:
        return _from_today(speech, away)
    day = whole_day(spec, value)
    if day is not None:
        return speech.day(day)
    parsed = spec.kind.parse(value, speech)
    return spec.kind.show(parsed, speech) if parsed is not None else ""


def _from_today(speech: Speech, days: int) -> str:
    if days == 0:
        return speech.say("today")
    if abs(days) == 1:
        return speech.say("tomorrow" if days > 0 else "yesterday")
    if days > 0:
        return speech.say(Message("{count} days from today", count=days))
    return speech.say(Message("{count} days ago", count=-days))


def _edited(work: Work, spec: FieldSpec, value: str) -> str:
    """A value of the address in the reader's own notation."""
    kind, speech = spec.kind, replace(work.actor.speech, typed=False)
    away = days_from_today(spec, value)
    if away is not None:
        return f"{away:+}" if away else speech.say("today")
    day = whole_day(spec, value)
    if day is not None:
        return Day().edit(day, speech)
    parsed = kind.parse(value, speech) if isinstance(kind, Number | Day | MomentKind) else None
    return value if parsed is None else kind.edit(parsed, speech)
