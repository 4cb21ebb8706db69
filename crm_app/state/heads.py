"""What stands at the head of a record: its figures, and the way to the ones before and after it in the list."""

import dataclasses
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx

from crm_app.core import money, units
from crm_app.core.fields import Number
from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import Resource
from crm_app.services import doubles, figures, merging, records
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .lists import ListState


@dataclasses.dataclass
class FigureRow:
    """A figure as its reader sees it."""

    label: str = ""
    text: str = ""
    more: str = ""
    late: bool = False


@dataclasses.dataclass
class DoubleRow:
    """Another record that holds the same; `way` is its address, "" where its reader may not see it, `id` 0 where they may not merge it."""

    text: str = ""
    way: str = ""
    id: int = 0


class HeadState(rx.State, mixin=True):
    """The part of a record's state that its head shows."""

    resource: ClassVar[Resource]

    figures: list[FigureRow] = []
    doubles: list[DoubleRow] = []
    earlier: str = ""
    later: str = ""
    may_merge: bool = False

    def _take_head(self, also: Mapping[str, Any]) -> None:
        """What was read beside the record."""
        self.figures, self.doubles = also["figures"], also["doubles"]
        self.may_merge = "merge" in also["reached"]

    async def _find_neighbours(self, key: int) -> None:
        """Those of the page of the list that was looked at last, where the record stands on it."""
        found = next((one for one in ListState.__subclasses__() if one.resource is self.resource), None)
        rows = (await self.get_state(found)).get_value("rows") if found else []  # type: ignore[type-var]
        ways = {row.id: f"/{self.resource.name}/{row.id}" for row in rows}
        keys = list(ways)
        at = keys.index(key) if key in ways else len(keys)
        self.earlier = ways[keys[at - 1]] if 0 < at < len(keys) else ""
        self.later = ways[keys[at + 1]] if at + 1 < len(keys) else ""


def figures_of(work: Work, resource: Resource, item: records.Item) -> list[FigureRow]:
    """The record's figures in words."""
    return [figure_row(one, work.actor.speech) for one in figures.of_record(work, resource, item)]


def figure_row(one: figures.Figure, speech: Speech) -> FigureRow:
    """A figure in words."""

    def told(part: tuple[Decimal, str]) -> str:
        value, unit = part
        if one.counted:
            return f"{plain(value, speech)} {units.in_language(unit, speech.language, value)}".rstrip()
        return f"{amount_text(value, unit, speech)} {unit}".rstrip()

    text = " \u00b7 ".join(map(told, one.amounts))
    why = speech.say(one.why) if one.why else ""
    more = speech.say(Message("of {limit}", limit=told(one.of))) if one.of else why
    return FigureRow(speech.say(one.label), text, more, one.late)


def reached_by(work: Work, resource: Resource, item: records.Item) -> list[str]:
    """With which verbs the actor reaches this very record: a role may let them see more records than they may change."""
    return [verb for verb in ("change", "remove", "merge") if records.reaches(work, resource, item.id, verb)]


def doubles_of(work: Work, resource: Resource, item: records.Item) -> list[DoubleRow]:
    """The records that hold the same as this one, where no two should."""
    found = doubles.of_record(work, resource, item.id, own=item.values)

    def row(key: int | None, text: str) -> DoubleRow:
        if key is None:
            return DoubleRow(text)
        return DoubleRow(text, f"/{resource.name}/{key}", key if records.reaches(work, resource, key, "merge") else 0)

    return [row(one.id, work.actor.speech.say(one.text)) for one in found]


def led_on(actor: Actor, resource: Resource, key: str) -> merging.Led | None:
    """Where a record is that was merged into another one; None for any other. Runs in a thread."""
    with Work(actor) as work:
        return merging.led(work, resource, key)


def amount_text(value: Decimal | None, currency: str, speech: Speech) -> str:
    """An amount with the decimals of its currency."""
    return "" if value is None else speech.number(money.round_money(value, currency), money.minor_units(currency))


def plain(value: Decimal, speech: Speech) -> str:
    """A number without needless decimals."""
    return speech.number(money.bare(value))


def held(resource: Resource, item: records.Item, shown: Mapping[str, str], speech: Speech) -> dict[str, str]:
    """The fields as a form holds them; numbers that nobody can change any more as they are read."""
    flow = resource.workflow
    changing: Collection[str] = resource.writable
    if flow is not None and str(item.values[flow.state]) not in flow.editable:
        changing = flow.loose
    kinds = {name: resource.fields[name].kind for name in resource.writable}
    return {
        name: shown[name] if isinstance(kind, Number) and name not in changing else kind.edit(item.values[name], speech)
        for name, kind in kinds.items()
    }
