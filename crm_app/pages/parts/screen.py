"""A page as the application registers it: its address, what draws it, what it loads first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app.state.forms import RecordState
from crm_app.state.lists import ListState


@dataclass(frozen=True)
class Page:
    """`draw` is a function of no arguments; `load` the event that fills the page."""

    route: str
    draw: Callable[[], rx.Component]
    load: Any
    title: str


def module(
    list_state: type[ListState],
    draw_list: Callable[[], rx.Component],
    record_state: type[RecordState],
    draw_record: Callable[[], rx.Component],
) -> tuple[Page, Page]:
    """The two pages of a Resource. "/<name>/new" is the record page without a record."""
    found = list_state.resource
    return (
        Page(f"/{found.name}", draw_list, list_state.load, found.many),
        Page(f"/{found.name}/[key]", draw_record, record_state.load, found.one),
    )
