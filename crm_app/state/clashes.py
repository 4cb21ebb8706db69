"""What two people changed at the same time, field by field, in words."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from crm_app.core.fields import BadValue, Reference
from crm_app.core.resource import RESOURCES, Resource
from crm_app.services import records
from crm_app.services.actors import Actor
from crm_app.services.work import Work

# what tells one line from another: what it is called, then what of it is counted
_NAMED = ("description", "product")
_COUNTED = ("quantity", "price", "discount")


@dataclasses.dataclass
class ClashRow:
    """A field that two people set: mine, theirs."""

    name: str = ""
    label: str = ""
    mine: str = ""
    theirs: str = ""


def clash_rows(
    actor: Actor, resource: Resource, mine: Mapping[str, str], theirs: Mapping[str, object]
) -> list[ClashRow]:
    """What both changed, side by side. Runs in a thread."""
    parts = {part.name: part for part in RESOURCES.lines(resource)}
    rows: list[ClashRow] = []
    with Work(actor) as work:
        for name, value in theirs.items():
            told = _told if name not in parts else _told_lines
            of = resource if name not in parts else parts[name].resource
            label = of.many if name in parts else resource.fields[name].label
            rows.append(
                ClashRow(
                    name, actor.speech.say(label), told(work, of, name, mine.get(name)), told(work, of, name, value)
                )
            )
    return rows


def _told(work: Work, resource: Resource, name: str, value: Any) -> str:
    kind = resource.fields[name].kind
    # mine is text as I write it; theirs are values, which my way of writing would misread
    parsed = kind.parse(value, work.actor.speech) if isinstance(value, str) else value
    if isinstance(kind, Reference):
        target = records.resource_of(kind.resource)
        return records.names_of(work, target, [parsed]).get(parsed, "") if parsed is not None else ""
    return kind.show(parsed, work.actor.speech) if parsed is not None else ""


def _told_lines(work: Work, resource: Resource, _name: str, value: Any) -> str:
    """Each line on a line of its own, from the form's JSON or the list that the service found: its name and what it counts."""
    rows = json.loads(value) if isinstance(value, str) else value
    return "\n".join(_told_line(work, resource, row) for row in rows or [] if isinstance(row, dict))


def _told_line(work: Work, resource: Resource, row: Mapping[str, Any]) -> str:
    say = work.actor.speech.say
    name = next((text for of in _NAMED if of in resource.fields and (text := _read(work, resource, of, row))), "")
    counted = [
        f"{say(resource.fields[of].label)} {text}"
        for of in _COUNTED
        if of in resource.fields and (text := _read(work, resource, of, row)) not in ("", "0")
    ]
    own = name or _read(work, resource, resource.label, row)
    return " \u00b7 ".join(filter(None, (own.split("\n", 1)[0], *counted)))


def _read(work: Work, resource: Resource, name: str, row: Mapping[str, Any]) -> str:
    """The cell in words; what cannot be read is shown as it was typed."""
    try:
        return _told(work, resource, name, row.get(name))
    except BadValue:
        return str(row.get(name))
