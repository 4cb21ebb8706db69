"""Rows from a file or pasted from a spreadsheet: the button, and the dialog that tells what they would do before it is done."""

from typing import Any

import reflex as rx

from crm_app.core.settings import ROWS_LIMIT

from . import kit
from .text import t


class RowFile(rx.Component):
    """The button and its dialog; see the component for its props."""

    library = kit.BESIDE["rowfile.jsx"]
    tag = "RowFile"
    address: rx.Var[str]
    limit: rx.Var[int]
    asks: rx.Var[list[dict[str, Any]]]
    counts: rx.Var[list[str]]
    writes: rx.Var[list[str]]
    named: rx.Var[str]
    labels: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(int)]


def row_file(labels: dict[str, Any], **props: Any) -> rx.Component:
    """What is said besides is the same for every such file."""
    mine = {
        "open": t("Import"),
        "choose": t("Choose a file"),
        "none": t("No file yet"),
        "refused": t("Lines refused"),
        "line": t("Line {line}", line="{line}"),
        "write": t("Import"),
        "cancel": t("Cancel"),
        "close": t("Close"),
        "too_large": t("It is too large: at most {limit}.", limit=f"{ROWS_LIMIT // 1_000_000} MB"),
        "network": t("It could not be sent. Check the connection and try again."),
    }
    return RowFile.create(limit=ROWS_LIMIT, labels=mine | labels, **props)
