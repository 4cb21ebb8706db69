"""Filters of a list as conditions on its table: the same rows on either database."""

import operator
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Choices, Reference, Tags
from crm_app.core.i18n import Message
from crm_app.core.plain import storable
from crm_app.core.query import NEGATIVE, Filter
from crm_app.core.resource import RESOURCES, FieldSpec, Resource
from crm_app.models.base import ChoiceSet

from . import trees
from .work import Work, column_of


def conditions_of(work: Work, resource: Resource, filters: Iterable[Filter]) -> list[sa.ColumnElement[bool]]:
    """One condition on the table per filter. Raises Invalid, naming each that this list does not have."""
    errors: dict[str, Message] = {}
    found = []
    for part in filters:
        spec = resource.fields.get(part.field)
        if spec is None or part.operator not in spec.kind.operators:
            errors[f"filter[{part.field}]"] = Message("This list cannot be filtered by that.")
            continue
        try:
            found.append(_condition(work, resource, spec, part))
        except BadValue as bad:
            errors[f"filter[{part.field}]"] = bad.message
    if errors:
        raise Invalid(errors)
    return found


def _condition(work: Work, resource: Resource, spec: FieldSpec, part: Filter) -> sa.ColumnElement[bool]:
    target = column_of(resource.table, spec.name)
    if part.operator == "empty":
        bits = sa.cast(target, sa.Integer) == 0 if isinstance(spec.kind, Choices) else sa.false()
        empty = sa.or_(target.is_(None), bits)
        return empty if part.value not in NEGATIVE else sa.not_(empty)
    if part.operator in ("contains", "starts"):
        pattern = target.icontains if part.operator == "contains" else target.istartswith
        return pattern(storable(part.value)[:200], autoescape=True)  # type: ignore[no-any-return]
    raw = part.value.split(",") if part.operator in ("in", "between") else [part.value]
    if len(raw) > 500:
        raise BadValue("At most {count} values.", count=500)
    if isinstance(spec.kind, Choices):
        return _has_choices(target, spec.kind, part, raw)
    if isinstance(spec.kind, Tags):
        return _has_tags(target, spec.kind, part, raw)
    values = [spec.kind.parse(text, work.actor.speech) for text in raw]
    return _compared(target, spec, part.operator, values)  # type: ignore[no-any-return]


def _compared(target: Any, spec: FieldSpec, how: str, values: list[Any]) -> Any:
    if how == "between":
        if len(values) != 2 or None in values:
            raise BadValue("Write two values separated by a comma.")
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


def _has_tags(target: Any, kind: Tags, part: Filter, raw: list[str]) -> sa.ColumnElement[bool]:
    text = sa.cast(target, sa.String)
    held = sa.or_(sa.false(), *(text.contains(f",{word},", autoescape=True) for word in kind.parse(raw) or ()))
    return sa.or_(sa.not_(held), target.is_(None)) if part.operator == "ne" else held


def _has_choices(target: Any, kind: Choices, part: Filter, raw: list[str]) -> sa.ColumnElement[bool]:
    bits = ChoiceSet(kind.options).mask(kind.parse(raw) or ())
    mask = sa.cast(target, sa.Integer)
    held = mask.op("&")(bits) != 0 if bits else mask == 0
    return sa.not_(held) if part.operator == "ne" else held
