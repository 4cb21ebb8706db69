"""The filters of a list: chips that are changed where they stand, and the one that adds another."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Boolean, Choice, Day, MomentKind, Reference, Text
from crm_app.core.resource import ID, FieldSpec
from crm_app.state.filters import DAY_SIGNS, SIGNS, TEXT_SIGNS
from crm_app.state.lists import ListState

from . import kit
from .inputs import picker_labels
from .text import t


def chips(state: type[ListState]) -> rx.Component:
    """The chips of that list. The fields it is filtered by most are offered first."""
    found = state.resource
    usual = (*(name for name in found.asked if name not in found.fields and name != ID), *found.filters)
    names = dict.fromkeys((*usual, *found.fields))
    kinds = {"": SIGNS, "day_": DAY_SIGNS, "text_": TEXT_SIGNS}
    signs = {f"{kind}{name}": t(sign) for kind, words in kinds.items() for name, sign in words.items()}
    return kit.filters(
        chips=state.chips,
        fields=[_field(found.asked[name], name in usual) for name in names],
        signs=signs,
        labels=_labels(),
        picker_labels=picker_labels(),
        error=state.filter_error,
        answer=state.filter_answer,
        on_set=state.set_filter,
        on_drop=state.drop_filter,
    )


def _labels() -> dict[str, Var[str]]:
    words = {
        "filter": "Filter",
        "add": "Add a filter",
        "change": "Change the filter",
        "field": "Field",
        "usual": "Usual",
        "others": "All others",
        "condition": "Condition",
        "value": "Value",
        "from": "From",
        "to": "To",
        "lines": "One a line",
        "apply": "Apply",
        "cancel": "Cancel",
    }
    return {name: t(text) for name, text in words.items()} | {
        "remove": t("Remove the filter {name}", name="{name}"),
    }


def _field(spec: FieldSpec, usual: bool) -> dict[str, Any]:
    kind = spec.kind
    pairs = kind.pairs() if isinstance(kind, Choice) else [("true", "Yes"), ("false", "No")]
    day = isinstance(kind, Day | MomentKind)
    return {
        "name": spec.name,
        "label": t(spec.label),
        "words": "day_" if day else "text_" if isinstance(kind, Text) else "",
        "widget": kind.widget,
        "operators": list(kind.operators),
        "options": [[key, t(label)] for key, label in pairs] if isinstance(kind, Choice | Boolean) else [],
        "resource": kind.resource if isinstance(kind, Reference) else "lists/countries",
        "day": day,
        "usual": usual,
    }
