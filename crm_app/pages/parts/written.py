"""What a trade document is written in, the grid of its lines, and the printed page that is drawn meanwhile."""

from typing import Any

import reflex as rx

from .kit import BESIDE, drawing

_typing = rx.event.passthrough_event_spec(str, dict[str, str], int)
_question = rx.event.passthrough_event_spec(str, str, dict[str, str])


class Grid(rx.Component):
    """The lines of a trade document, entered as in a spreadsheet; a hidden input of the given name carries them as JSON."""

    library = BESIDE["grid.jsx"]
    tag = "Grid"
    name: rx.Var[str]
    value: rx.Var[str]
    sheet: rx.Var[dict[str, Any]]
    errors: rx.Var[dict[str, str]]
    labels: rx.Var[dict[str, str]]
    locale: rx.Var[str]
    options: rx.Var[dict[str, Any]]
    extra: rx.Var[list[str]]
    disabled: rx.Var[bool]
    why: rx.Var[list[Any]]
    why_key: rx.Var[str]
    facts: rx.Var[dict[str, Any]]
    on_preview: rx.EventHandler[_typing]
    on_explain: rx.EventHandler[_question]
    on_look: rx.EventHandler[_question]


grid = Grid.create


class Paper(rx.Component):
    """The pages of a document, drawn anew while it is written and when `showing` changes."""

    library = BESIDE["paper.jsx"]
    tag = "Paper"
    pages: rx.Var[list[Any]]
    more: rx.Var[int]
    showing: rx.Var[str]
    labels: rx.Var[dict[str, str]]
    on_draw: rx.EventHandler[drawing]


paper = Paper.create
