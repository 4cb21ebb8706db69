"""Pages whose days stand in the address: the fields for them, the workbook, what is shown while they are read."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.ageing import Ageing
from crm_app.state.receivables import AccountStatement

from . import kit
from .inputs import day_field
from .links import file_link
from .shell import empty
from .text import t


def day_form(
    state: type[Ageing] | type[AccountStatement], fields: tuple[tuple[str, Var[str], Var[str]], ...]
) -> rx.Component:
    """The days that the page is about; another day is read at once."""
    inputs = [
        rx.el.label(
            rx.el.span(label),
            day_field(name=name, value=value),
            class_name="row day-field",
        )
        for name, label, value in fields
    ]
    show = rx.el.button(t("Show"), type="submit", class_name="button")
    return rx.el.form(*inputs, show, on_submit=state.choose, class_name="row days")


def as_workbook(address: str | Var[str], name: str) -> rx.Component:
    """The way to the same as a workbook."""
    return file_link(address, name, kit.icon("download"), rx.el.span(t("Spreadsheet")), class_name="button")


def read_or_why(state: type[Ageing] | type[AccountStatement], shown: rx.Component) -> rx.Component:
    """What is shown once it is read, or why it is not."""
    bars = [rx.el.div(class_name="skeleton skeleton-line") for _ in range(6)]
    waiting = rx.el.div(*bars, class_name="section", aria_busy=True)
    failed = empty("circle-alert", t("This cannot be shown"), state.failure)
    return rx.cond(state.failure != "", failed, rx.cond(state.loaded, shown, waiting))
