"""The dialog in which one chooses how much of a document is carried on."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.state.choosing import ChooseState

from . import kit
from .text import t


class Choose(rx.Component):
    """The dialog in which one chooses lines, or a share of everything; `sum` and `errors` answer the typing `serial`."""

    library = kit.BESIDE["choose.jsx"]
    tag = "Choose"
    open: rx.Var[bool]
    title: rx.Var[str]
    once: rx.Var[str]
    ways: rx.Var[list[str]]
    offers: rx.Var[list[Any]]
    others: rx.Var[list[Any]]
    sum: rx.Var[dict[str, str]]
    errors: rx.Var[dict[str, str]]
    serial: rx.Var[int]
    answer: rx.Var[int]
    labels: rx.Var[dict[str, str]]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]
    on_weigh: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any], int)]
    on_other: rx.EventHandler[rx.event.passthrough_event_spec(int, bool)]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any], str)]


def amount_label(state: type[ChooseState]) -> Var[str]:
    """An amount is meant as the document's prices are."""
    fields = state.resource.fields
    if "included" not in fields:
        return t("Deposit, amount")
    return rx.cond(state.values["included"] == "true", t("Deposit with taxes"), t("Deposit before taxes"))


def choose_dialog(state: type[ChooseState]) -> rx.Component:
    """The dialog of a document."""
    return Choose.create(
        open=state.choosing != "",
        title=state.choice_title,
        once=state.choice_once,
        ways=state.choice_ways,
        offers=state.offers,
        others=state.others,
        sum=state.choice_sum,
        errors=state.choice_errors,
        serial=state.choice_serial,
        answer=state.answers,
        labels=_labels(state),
        on_close=state.choose(""),
        on_weigh=state.weigh,
        on_other=state.choose_other,
        on_done=state.carry_on,
    )


def _labels(state: type[ChooseState]) -> dict[str, Any]:
    return {
        "close": t("Close"),
        "cancel": t("Cancel"),
        "how": t("How much of it"),
        "lines": t("Lines"),
        "percent": t("A part"),
        "deposit": t("Deposit, %"),
        "deposit_amount": t("Deposit, amount"),
        "percent_of": t("Part of everything, %"),
        "deposit_of": t("Deposit, %"),
        "deposit_amount_of": amount_label(state),
        "all": t("All lines"),
        "take": t("Take"),
        "line": t("Line"),
        "whole": t("Quantity"),
        "left": t("Left"),
        "quantity": t("Take"),
        "unit": t("Unit"),
        "also": t("Also from the same customer"),
        "net": t("Net"),
        "tax": t("Tax"),
        "total": t("Total"),
    }
