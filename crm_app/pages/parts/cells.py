"""The cells of a list as inputs: one component for the whole table, laid over the cell that is edited."""

import reflex as rx

from crm_app.state.lists import ListState

from . import kit
from .inputs import making_labels
from .shell import may
from .text import t


def cells(state: type[ListState]) -> rx.Component:
    """Every field that a user may set can be edited in the list."""
    found = state.resource
    return kit.cells(
        open=state.open_row,
        answer=state.cell_answer,
        columns={name: found.fields[name].shape(t) for name in found.writable},
        able=may(found, "change"),
        labels={
            "save": t("Save"),
            "cancel": t("Cancel"),
            "clash": t(
                "{who} has changed this to \u201c{theirs}\u201d meanwhile. What you typed is kept.",
                who="{who}",
                theirs="{theirs}",
            ),
            "empty": t("(empty)"),
            "mine": t("Save mine"),
            "theirs": t("Keep theirs"),
        },
        picker_labels=making_labels(),
        on_open=state.open_cells,
        on_save=state.save_cell,
    )
