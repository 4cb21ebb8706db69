"""The row of sums at the foot of a list's table."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.lists import Head, ListState

from . import kit
from .text import t, when


class Later(rx.Component):
    """Something that happens a moment after a number has changed."""

    library = kit.BESIDE["lists.jsx"]
    tag = "Later"
    value: rx.Var[int]
    on_call: rx.EventHandler[rx.event.no_args_event_spec]


def asking(state: type[ListState]) -> rx.Component:
    """Asks for the sums when the rows are there; nothing in a list without amounts."""
    return Later.create(value=state.sums_asked, on_call=state.load_sums) if state.resource.sums else rx.fragment()


def row(state: type[ListState]) -> rx.Component:
    """The sums under their columns, a line per currency. More records than are added up in passing are added up on wish."""
    if not state.resource.sums:
        return rx.fragment()
    all_of_them = rx.el.button(
        t("Add up all {count}", count=state.count),
        type="button",
        on_click=state.load_all_sums,
        class_name="button button-quiet button-sm",
    )

    uncounted = state.resource.uncounted
    title = rx.cond(state.sums_partly, t(uncounted.title), t("Sum")) if uncounted else t("Sum")

    def cell(head: Var[Head]) -> rx.Component:
        label = when(head.name == state.resource.label, rx.cond(state.sums_many, all_of_them, rx.el.span(title)))
        found = Var.create(list(state.resource.sums)).contains(head.name)
        text = rx.cond(found, rx.el.span(state.sums[head.name], class_name="fig"), label)
        return rx.el.td(text, key=head.name, class_name=rx.cond(found, "num ", "") + head.priority)

    foot = rx.el.tr(rx.el.td(class_name="check-cell"), rx.foreach(state.heads, cell), class_name="sum-row")
    return when(state.loaded & (state.rows.length() > 0), rx.el.tfoot(foot))
