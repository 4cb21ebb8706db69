"""What two people changed at the same time, field by field, in words."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from crm_app.core.fields import Reference
from crm_app.core.resource import RESOURCES, Resource
from crm_app.services import records
from crm_app.services.actors import Actor
from crm_app.services.work import Work


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
    parsed = kind.parse(value, work.actor.speech)
    if isinstance(kind, Reference):
        target = records.resource_of(kind.resource)
        return records.names_of(work, target, [parsed]).get(parsed, "") if parsed is not None else ""
    return kind.show(parsed, work.actor.speech) if parsed is not None else ""


def _told_lines(work: Work, resource: Resource, _name: str, value: Any) -> str:
    """Lines by their names: the form's JSON, or the list that the service found."""
    rows = json.loads(value) if isinstance(value, str) else value
    return ", ".join(
        _told(work, resource, resource.label, row.get(resource.label)) for row in rows or [] if isinstance(row, dict)
    )
