"""The dialog in which records are merged, and the ways to it: a record's menu, the notice of its doubles, a list's selection."""

import reflex as rx
from reflex.vars import Var

from crm_app.core.resource import Resource
from crm_app.state.forms import RecordState
from crm_app.state.merging import MOST, DifferenceRow, MergeState, OptionRow, SideRow, merge_state

from . import kit
from .inputs import picker_labels
from .text import t, when


def merge_items(of: type[RecordState]) -> list[rx.Component]:
    """The item of a record's menu, where such records are merged."""
    state = merge_state(of.resource)
    if state is None:
        return []
    item = kit.menu_item(label=t("Merge…"), icon="merge", on_select=state.begin_merge(of.record, 0))
    return [when(of.may_merge, item)]


def merge_double(of: type[RecordState], other: Var[int]) -> rx.Component:
    """The button beside a likely double."""
    state = merge_state(of.resource)
    if state is None:
        return rx.fragment()
    button = rx.el.button(
        kit.icon("merge", size="sm"),
        t("Merge…"),
        type="button",
        on_click=state.begin_merge(of.record, other),
        class_name="button button-quiet button-sm",
    )
    return when(of.may_merge & (other != 0), button)


def merge_dialog(found: Resource) -> rx.Component:
    """Once on every page that has a way to it; nothing where such records are not merged."""
    state = merge_state(found)
    if state is None:
        return rx.fragment()
    return kit.dialog(
        rx.el.p(
            t("Everything that belongs to the others goes over to the one that is left. It can be undone."),
            class_name="dialog-text",
        ),
        _sides(state),
        when((state.sides.length() == 1) & (state.likely.length() > 0), _likely(state)),
        when(state.sides.length() < MOST, _picker(state)),
        when(
            state.error != "",
            rx.el.p(kit.icon("circle-alert"), state.error, class_name="banner banner-late", role="alert"),
        ),
        _form(state),
        open=state.merging,
        title=t(f"Merge {found.many.lower()}"),
        on_close=state.close_merge,
        close_label=t("Close"),
        width="800px",
    )


def _form(state: type[MergeState]) -> rx.Component:
    """What is sent: the choices, and the confirmation where it is asked for."""
    moved = rx.el.p(kit.icon("arrow-left-right"), t("Goes over: {what}.", what=state.moved), class_name="merge-moved")
    run = rx.el.button(t("Merge"), type="submit", disabled=state.sides.length() < 2, class_name="button button-primary")
    return rx.el.form(
        when(state.rows.length() > 0, _rows(state)),
        when(state.moved != "", moved),
        when(state.warning != "", _warning(state)),
        rx.el.div(
            rx.el.button(t("Cancel"), type="button", on_click=state.close_merge, class_name="button"),
            run,
            class_name="dialog-foot",
        ),
        on_submit=lambda form: state.merge(form, state.once),
        class_name="form",
        key=state.once,
    )


def _sides(state: type[MergeState]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Which one is left"), class_name="label"),
        rx.foreach(state.sides, lambda row: _side(state, row)),
        class_name="field merge-sides",
    )


def _side(state: type[MergeState], row: Var[SideRow]) -> rx.Component:
    radio = rx.el.input(
        type="radio", name="left", checked=row.left, on_change=state.leave_merged(row.id), class_name="check"
    )
    words = rx.el.span(
        rx.el.b(row.name, dir="auto"), rx.el.span(row.more, class_name="hint", dir="auto"), class_name="grow"
    )
    drop = rx.el.button(
        kit.icon("x", size="sm"),
        type="button",
        on_click=state.drop_merged(row.id),
        aria_label=t("Leave {name} out", name=row.name),
        class_name="button button-quiet button-icon button-sm",
    )
    return rx.el.div(
        rx.el.label(radio, words, class_name="conflict-choice grow"),
        when(state.sides.length() > 1, drop),
        class_name="row merge-side",
        key=row.id,
    )


def _likely(state: type[MergeState]) -> rx.Component:
    def one(row: Var[SideRow]) -> rx.Component:
        return rx.el.button(
            kit.icon("copy"),
            rx.el.span(
                rx.el.b(row.name, dir="auto"), rx.el.span(row.more, class_name="hint", dir="auto"), class_name="grow"
            ),
            type="button",
            on_click=state.add_merged(row.id.to_string(), row.name),
            class_name="conflict-choice merge-likely",
            key=row.id,
        )

    return rx.el.div(
        rx.el.p(t("Likely doubles"), class_name="label"), rx.foreach(state.likely, one), class_name="field merge-sides"
    )


def _picker(state: type[MergeState]) -> rx.Component:
    label = t("Merge with")
    picker = kit.ref_picker(
        id="merge-other",
        name="other",
        resource=state.resource.name,
        labels=picker_labels(),
        placeholder=t("Find another one"),
        on_pick=state.add_merged,
        key=state.once,
    )
    return rx.el.div(rx.el.label(label, html_for="merge-other", class_name="label"), picker, class_name="field")


def _rows(state: type[MergeState]) -> rx.Component:
    return rx.el.div(
        rx.el.p(t("What they say differently: choose what counts"), class_name="label"),
        rx.el.div(rx.foreach(state.rows, _row), class_name="conflict merge-rows"),
        class_name="field",
    )


def _row(row: Var[DifferenceRow]) -> rx.Component:
    def option(one: Var[OptionRow]) -> rx.Component:
        radio = rx.el.input(
            type="radio",
            name="keep-" + row.name,
            value=one.record,
            default_checked=one.chosen,
            class_name="check",
        )
        text = rx.cond(one.text != "", one.text, t("(empty)"))
        words = rx.el.span(text, dir="auto")
        return rx.el.label(radio, words, class_name="conflict-choice", key=one.record)

    return rx.el.fieldset(
        rx.el.legend(row.label, class_name="sr-only"),
        rx.el.span(row.label, aria_hidden=True),
        rx.el.div(rx.foreach(row.options, option), class_name="merge-options"),
        class_name="conflict-row merge-row",
        key=row.name,
    )


def _warning(state: type[MergeState]) -> rx.Component:
    box = rx.el.input(type="checkbox", name="confirm", value="true", class_name="check")
    return rx.el.div(
        kit.icon("shield-alert"),
        rx.el.div(
            rx.el.p(state.warning),
            rx.el.label(box, t("They are one all the same"), class_name="option-row"),
            class_name="grow",
        ),
        class_name="banner banner-wait",
        role="alert",
    )
