"""A page as the application registers it: its address, what draws it, what it loads first."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app.state.forms import RecordState
from crm_app.state.lists import ListState

from .kit import BESIDE


@dataclass(frozen=True)
class Page:
    """`draw` is a function of no arguments; `load` the event that fills the page."""

    route: str
    draw: Callable[[], rx.Component]
    load: Any
    title: str


class _Ahead(rx.Component):
    """What a list asks for before a record of it is opened."""

    library = BESIDE["lists.jsx"]
    tag = "Ahead"
    of: rx.Var[str]
    on_ahead: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def module(
    list_state: type[ListState],
    draw_list: Callable[[], rx.Component],
    record_state: type[RecordState],
    draw_record: Callable[[], rx.Component],
) -> tuple[Page, Page]:
    """The two pages of a Resource. "/<name>/new" is the record page without a record."""
    found = list_state.resource

    @functools.wraps(draw_list)
    def draw() -> rx.Component:
        return rx.fragment(draw_list(), _Ahead.create(of=found.name, on_ahead=record_state.ahead))

    return (
        Page(f"/{found.name}", draw, list_state.load, found.many),
        Page(f"/{found.name}/[key]", draw_record, record_state.load, found.one),
    )
