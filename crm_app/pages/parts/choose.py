"""The dialog in which one chooses how much of a document is carried on."""

import reflex as rx

from crm_app.state.choosing import ChooseState

from . import kit
from .text import t


def choose_dialog(state: type[ChooseState]) -> rx.Component:
    """The dialog of a document."""
    return kit.choose(
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
        labels={
            "close": t("Close"),
            "cancel": t("Cancel"),
            "how": t("How much of it"),
            "lines": t("Lines"),
            "percent": t("A part"),
            "deposit": t("Deposit"),
            "percent_of": t("Part of everything, %"),
            "deposit_of": t("Deposit, %"),
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
        },
        on_close=state.choose(""),
        on_weigh=state.weigh,
        on_other=state.choose_other,
        on_done=state.carry_on,
    )
