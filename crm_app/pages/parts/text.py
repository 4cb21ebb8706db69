"""`t`: a text in both languages, compiled into the page, so that switching the language needs no server and no reload."""

import re
from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.i18n import translate
from crm_app.state.session import Me

_HOLE = re.compile(r"\{(\w+)\}")


def t(text: str, **values: str | Var[str]) -> Var[str]:
    """The text in the language of the person before the page; `{name}` is filled from `values`, which may be Vars."""
    return rx.cond(Me.language == "es", _filled(translate(text, "es"), values), _filled(translate(text, "en"), values))


def when(condition: Any, shown: Any, other: Any = None) -> rx.Component:
    """`shown` where the condition holds, else `other` or nothing."""
    if isinstance(shown, str):
        shown = rx.el.span(shown)
    return rx.cond(condition, shown, rx.fragment() if other is None else other)


def _filled(template: str, values: dict[str, str | Var[str]]) -> str | Var[str]:
    if not values:
        return template
    parts = _HOLE.split(template)  # text, name, text, name, … text
    found: Var[str] = Var.create(parts[0])
    for name, after in zip(parts[1::2], parts[2::2], strict=True):
        value = values[name]
        found = found + (value.to(str) if isinstance(value, Var) else value) + after
    return found
