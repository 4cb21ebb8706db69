"""Rules of single modules that need more than the record itself: what is filled in, what is refused, how it is shown.

A module registers them beside its verbs; records are completed with them whoever saves: form, API, import.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid, NotAllowed
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.settings import Company

from . import trees
from .actors import Actor
from .values import in_order
from .work import Work, column_of

Inside = Mapping[str, list[tuple[int | None, dict[str, Any]]]]


@dataclass
class Draft:
    """A record as it is about to be saved. A rule sets `values`, or says in `errors` what is wrong at which field.

    `values` holds every field, `given` names those that come now; `lines` are the lines that come now; `id` is None for a new
    record. `stored` is what it held before, of a new one the defaults.
    """

    id: int | None
    values: dict[str, Any]
    given: frozenset[str]
    lines: Inside
    errors: dict[str, Message] = field(default_factory=dict)
    stored: Mapping[str, Any] = field(default_factory=dict)

    def coming(self, *names: str) -> bool:
        """True for a new record, and where one of these fields comes now."""
        return self.id is None or not self.given.isdisjoint(names)


Rule = Callable[[Work, Draft], None]
_COMPLETES: dict[str, list[Rule]] = {}
_LOOKS_AT: dict[str, list[tuple[str, ...]]] = {}
_SHOWS: dict[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {}


def completes(resource: str, *names: str) -> Callable[[Rule], Rule]:
    """Register a rule of that Resource: called before every create and change, also for many at once.

    `names` are the fields and lines that it looks at: where none of them comes, many are changed without asking it.
    """

    def register(rule: Rule) -> Rule:
        _COMPLETES.setdefault(resource, []).append(rule)
        _LOOKS_AT.setdefault(resource, []).append(names)
        return rule

    return register


def looks_at(resource: Resource) -> set[str]:
    """The fields that a record cannot be given without asking what else it holds, and who gives them."""
    found = {name for names in _LOOKS_AT.get(resource.name, ()) for name in names or resource.fields}
    found |= {spec.name for spec in resource.fields.values() if spec.needs}
    return found | ({resource.tree} if resource.tree else set())


def shows(resource: str, name: str) -> Callable[[Callable[[Mapping[str, Any]], str]], Any]:
    """Register how a field is shown that cannot be read without the others."""

    def register(show: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
        _SHOWS[resource, name] = show
        return show

    return register


def shown(resource: Resource, name: str) -> Callable[[Mapping[str, Any]], str] | None:
    """How that field is shown, where a module has its own way."""
    return _SHOWS.get((resource.name, name))


def complete(work: Work, resource: Resource, row: Any, values: Mapping[str, Any], inside: Inside) -> dict[str, Any]:
    """The values to save; `row` is the stored record, None for a new one. Raises Invalid with all that the rules found."""
    if (
        not _COMPLETES.get(resource.name)
        and not resource.tree
        and not any(spec.needs for spec in resource.fields.values())
    ):
        return dict(values)
    stored = {
        name: spec.default if row is None else getattr(row, name)
        for name, spec in resource.fields.items()
        if not spec.readonly
    }
    draft = Draft(None if row is None else row.id, stored | dict(values), frozenset(values), inside, stored=stored)
    draft.errors.update(_not_allowed(work, resource, draft.id, stored, values))
    if resource.tree and resource.tree in values and values[resource.tree] is not None:
        fault = trees.fault(work, resource, draft.id, values[resource.tree])
        if fault is not None:
            draft.errors[resource.tree] = fault
    apply(work, resource.name, draft)
    if draft.errors:
        raise Invalid(in_order(resource, draft.errors))
    return {name: value for name, value in draft.values.items() if row is None or getattr(row, name) != value}


def apply(work: Work, resource: str, draft: Draft) -> None:
    """Let the rules of that Resource fill in the draft, and say in it what is wrong."""
    for rule in _COMPLETES.get(resource, ()):
        rule(work, draft)


def _not_allowed(
    work: Work, resource: Resource, key: int | None, stored: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Message]:
    """The fields that come with another value and are not the actor's to set in this record."""
    coming = {name for name in values if values[name] != stored.get(name)}
    return {
        name: NotAllowed(resource.permission(spec.needs)).message
        for name, spec in resource.fields.items()
        if spec.needs and name in coming and not _reaches(work, resource, spec.needs, key)
    }


def _reaches(work: Work, resource: Resource, verb: str, key: int | None) -> bool:
    """Whether the actor holds that verb on this record; on a new one, in any scope."""
    from . import records

    scope = work.actor.scope(resource.permission(verb))
    if scope in ("", "all") or key is None:
        return bool(scope)
    mine = sa.select(column_of(resource.table, "id")).where(column_of(resource.table, "id") == key)
    return work.session.scalar(mine.where(*records.readable(work, resource, verb))) is not None


def barred_for(actor: Actor, resource: Resource) -> dict[str, str]:
    """The fields that this actor may set in no record, each with the permission that they lack."""
    asked = {name: resource.permission(spec.needs) for name, spec in resource.fields.items() if spec.needs}
    return {name: permission for name, permission in asked.items() if not actor.may(permission)}


def inside_of(resource: str, draft: Draft, name: str, work: Work) -> list[dict[str, Any]]:
    """The lines of that name that come now, each with the values that are stored and do not come."""
    from . import lines

    part = next(found for found in RESOURCES.lines(RESOURCES.get(resource)) if found.name == name)  # type: ignore[arg-type]
    there = {item.id: item.values for item in lines.read(work, part, draft.id)} if draft.id is not None else {}
    blank = {field_: spec.default for field_, spec in part.resource.fields.items()}
    return [dict(there.get(key or 0, blank)) | values for key, values in draft.lines.get(name, [])]


def company(work: Work, name: str) -> Any:
    """One field of the company's settings; None before the set-up."""
    return getattr(settings(work), name, None)


def settings(work: Work) -> Company | None:
    """The company's settings, read once in a transaction; None before the set-up."""
    kept: Company | None = work.session.info.get("company")
    if kept is None:
        kept = work.session.info["company"] = work.session.scalar(sa.select(Company).limit(1))
    return kept
