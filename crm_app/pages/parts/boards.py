"""The board of a list: lanes of cards by state, the switch that leads to it, the question before what cannot be taken back."""

from typing import Any

import reflex as rx

from crm_app.state.boards import LaneRow, states_of, verbs_of
from crm_app.state.lists import ListState

from . import kit
from .text import t, when

_moved = rx.event.passthrough_event_spec(int, str, str)
_more = rx.event.passthrough_event_spec(str)


class Board(rx.Component):
    """Lanes of cards that are carried from one to another."""

    library = kit.BESIDE["board.jsx"]
    tag = "Board"
    lanes: rx.Var[list[LaneRow]]
    titles: rx.Var[dict[str, str]]
    resource: rx.Var[str]
    able: rx.Var[bool]
    answer: rx.Var[int]
    labels: rx.Var[dict[str, str]]
    on_move: rx.EventHandler[_moved]
    on_more: rx.EventHandler[_more]


def switch(state: type[ListState]) -> rx.Component:
    """Table or board; nothing in a list that has no board."""
    if not state.resource.board:
        return rx.fragment()

    def way(icon: str, label: str, board: bool) -> rx.Component:
        return rx.el.button(
            kit.icon(icon),
            type="button",
            on_click=state.show_board(board),
            aria_label=t(label),
            title=t(label),
            custom_attrs={"aria-pressed": rx.cond(state.board == board, "true", "false")},
        )

    return rx.el.div(
        way("table-2", "Table", False),
        way("square-kanban", "Board", True),
        class_name="segmented",
        role="group",
        aria_label=t("View as"),
    )


def board(state: type[ListState]) -> rx.Component:
    """The board itself."""
    found = state.resource
    return rx.fragment(
        Board.create(
            lanes=state.lanes,
            titles={name: t(label) for name, label in states_of(found)},
            resource=found.name,
            able=True,
            answer=state.board_answer,
            labels={
                "board": t(found.many),
                "hint": t(
                    "Space lifts the card, the arrow keys carry it to another state, Space puts it down, Esc leaves it."
                ),
                "lifted": t("{name} is lifted. It is in {lane}.", name="{name}", lane="{lane}"),
                "over": t("Over {lane}", lane="{lane}"),
                "moved": t("{name} was put into {lane}.", name="{name}", lane="{lane}"),
                "left": t("{name} stays where it was.", name="{name}"),
                "more": t("Show more"),
            },
            on_move=state.move_card,
            on_more=state.more_cards,
        ),
        _question(state),
    )


def _question(state: type[ListState]) -> rx.Component:
    labels: list[Any] = [(verb, t(label)) for verb, label in verbs_of(state.resource)]
    label = rx.match(state.board_asking, *labels, "")
    reason = rx.el.div(
        rx.el.label(t("Reason"), html_for="board-reason", class_name="label"),
        rx.el.input(id="board-reason", name="reason", max_length=200, auto_complete="off", class_name="input"),
        class_name="field",
    )
    return kit.dialog(
        rx.el.form(
            when(state.board_reason, reason, rx.el.p(t("This cannot be taken back."), class_name="dialog-text")),
            rx.el.div(
                rx.el.button(t("Leave it"), type="button", on_click=state.leave_card, class_name="button"),
                rx.el.button(label, type="submit", class_name="button button-primary"),
                class_name="dialog-foot",
            ),
            on_submit=state.answer_move,
            class_name="form",
        ),
        open=state.board_asking != "",
        title=state.board_card,
        on_close=state.leave_card,
        close_label=t("Close"),
    )
