"""What two people changed at the same time, field by field, in words."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from crm_app.core.fields import BadValue, Reference
from crm_app.core.resource import RESOURCES, Lines, Resource
from crm_app.services import lines, records, stale
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
    actor: Actor, resource: Resource, mine: Mapping[str, str], theirs: Mapping[str, object], key: int = 0, base: int = 0
) -> list[ClashRow]:
    """What both changed, side by side; of lines those that clash. `base` is the version of the record `key` that I had before me.

    Runs in a thread.
    """
    parts = {part.name: part for part in RESOURCES.lines(resource)}
    rows: list[ClashRow] = []
    with Work(actor) as work:
        for name, value in theirs.items():
            told = _told if name not in parts else _told_lines
            of = resource if name not in parts else parts[name].resource
            label = of.many if name in parts else resource.fields[name].label
            own: Any = mine.get(name)
            if name in parts and key:
                own = _clashing(work, resource, parts[name], key, base, mine)
            rows.append(ClashRow(name, actor.speech.say(label), told(work, of, name, own), told(work, of, name, value)))
    return rows


def _clashing(work: Work, resource: Resource, part: Lines, key: int, base: int, mine: Mapping[str, str]) -> list[Any]:
    """Those of my lines that they have changed otherwise, as they were typed."""
    rows = lines.parse(work, resource, {part.name: mine[part.name]}, key, base)[part.name]
    found = stale.clashing(work, part, key, base, rows)
    typed = _rows(mine[part.name])
    return typed if found is None else [row for row, (one, _) in zip(typed, rows, strict=True) if one in found]


def settled(
    actor: Actor, resource: Resource, key: int, base: int, mine: Mapping[str, str], chosen: Mapping[str, str]
) -> dict[str, str]:
    """What I save after all: what does not clash, and of what does (the names in `chosen`) mine where it says so. Runs in a thread."""
    given = {name: text for name, text in mine.items() if chosen.get(name) != stale.THEIRS}
    with Work(actor) as work:
        for part in (part for part in RESOURCES.lines(resource) if part.name in mine):
            rows = lines.parse(work, resource, {part.name: mine[part.name]}, key, base)[part.name]
            woven = stale.chosen(work, part, key, base, rows, chosen.get(part.name, stale.MINE))
            if woven is not None:
                given[part.name] = json.dumps([_typed(one, _rows(mine[part.name])) for one in woven])
    return given


def _rows(text: str) -> Any:
    """The lines that a form has sent, which sends nothing where there are none."""
    return json.loads(text) if text.strip() else []


def _typed(one: stale.Woven, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The line as it was typed, as far as it is mine."""
    found = {} if one.place is None else {name: rows[one.place][name] for name in one.names if name in rows[one.place]}
    return found if one.id is None else {"id": one.id, **found}


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
    rows = _rows(value) if isinstance(value, str) else value
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
