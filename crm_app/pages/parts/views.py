"""Over a list: its saved views as tabs. Beside it: the choice of columns."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.lists import ListState
from crm_app.state.views import Column, Tab

from . import kit
from .text import t, when

_READERS = (("personal", "Only me"), ("team", "My team"), ("everybody", "Everybody"))


def tabs(state: type[ListState]) -> rx.Component:
    """All, then the saved views, then the button that saves what is shown."""
    every = rx.el.button(
        t("All"),
        type="button",
        role="tab",
        class_name="tab",
        on_click=state.open_view(0),
        custom_attrs={"aria-selected": _flag(state.view == 0)},
    )
    add = rx.el.button(
        kit.icon("plus"),
        type="button",
        on_click=state.name_view("new"),
        aria_label=t("Save as a view"),
        title=t("Save as a view"),
        class_name="tab",
    )
    return rx.el.div(
        kit.tabs_list(every, rx.foreach(state.tabs, lambda tab: _tab(state, tab)), label=t("Views")),
        rx.cond(state.view_mine, _own_view(state), rx.fragment()),
        add,
        _naming(state),
        class_name="tabs",
    )


def _flag(condition: Var[bool]) -> Var[str]:
    return rx.cond(condition, "true", "false")


def _tab(state: type[ListState], tab: Var[Tab]) -> rx.Component:
    return rx.el.button(
        rx.el.span(tab.name, class_name="truncate", dir="auto"),
        rx.el.span(tab.count, class_name="count fig"),
        rx.cond(
            state.view_changed & (state.view == tab.id),
            rx.el.span("\u2022", title=t("Changed"), class_name="wait"),
            rx.fragment(),
        ),
        type="button",
        role="tab",
        class_name="tab",
        key=tab.id,
        on_click=state.open_view(tab.id),
        custom_attrs={"aria-selected": _flag(state.view == tab.id)},
    )


def _own_view(state: type[ListState]) -> rx.Component:
    return kit.menu(
        rx.cond(
            state.view_changed,
            kit.menu_item(label=t("Save the changes"), icon="check", on_select=state.keep_view),
            rx.fragment(),
        ),
        kit.menu_item(label=t("Name and share…"), icon="pencil", on_select=state.name_view("old")),
        kit.menu_line(),
        kit.menu_item(label=t("Remove the view"), icon="trash-2", danger=True, on_select=state.remove_view),
        button_label=kit.icon("ellipsis"),
        aria_label=t("This view"),
        align="start",
        class_name="tab",
    )


def _naming(state: type[ListState]) -> rx.Component:
    options = [rx.el.option(t(label), value=key) for key, label in _READERS]
    readers = rx.el.select(
        *options, id="view-shared", name="view_shared", default_value=state.view_shared, class_name="input"
    )
    about = {"id": "view-name", "name": "view_name", "max_length": 60, "auto_complete": "off"}
    name = rx.el.input(**about, default_value=state.view_name, class_name="input")
    return kit.dialog(
        rx.el.form(
            rx.el.div(rx.el.label(t("Name"), html_for="view-name", class_name="label"), name, class_name="field"),
            rx.el.div(
                rx.el.label(t("Who sees it"), html_for="view-shared", class_name="label"),
                rx.el.span(readers, kit.icon("chevron-down"), class_name="select"),
                class_name="field",
            ),
            when(
                state.view_error != "",
                rx.el.p(kit.icon("circle-alert"), state.view_error, class_name="field-error", role="alert"),
            ),
            rx.el.div(
                rx.el.button(t("Cancel"), type="button", on_click=state.name_view(""), class_name="button"),
                rx.el.button(t("Save the view"), type="submit", class_name="button button-primary"),
                class_name="dialog-foot",
            ),
            on_submit=state.save_view,
            class_name="form",
        ),
        open=state.naming != "",
        title=t("View"),
        on_close=state.name_view(""),
        close_label=t("Close"),
    )


def columns_button(state: type[ListState]) -> rx.Component:
    """Opens the choice of columns."""
    return rx.fragment(
        rx.el.button(
            kit.icon("columns-3"),
            type="button",
            on_click=state.choose_columns(True),
            aria_label=t("Columns"),
            title=t("Columns"),
            class_name="button button-quiet button-icon button-sm",
        ),
        kit.dialog(
            rx.el.ul(rx.foreach(state.columns, lambda column: _column(state, column)), class_name="columns-list"),
            rx.el.div(
                rx.el.button(t("As it was"), type="button", on_click=state.reset_columns, class_name="button"),
                rx.el.button(
                    t("Done"), type="button", on_click=state.choose_columns(False), class_name="button button-primary"
                ),
                class_name="dialog-foot",
            ),
            open=state.choosing_columns,
            title=t("Columns"),
            on_close=state.choose_columns(False),
            close_label=t("Close"),
        ),
    )


def _column(state: type[ListState], column: Var[Column]) -> rx.Component:
    label = label_of(state, column.name)
    box = rx.el.input(
        type="checkbox",
        checked=column.chosen,
        disabled=column.name == state.resource.label,
        on_change=lambda chosen: state.show_column(column.name, chosen),
        class_name="check",
    )

    def move(icon: str, text: str, step: int) -> rx.Component:
        return rx.el.button(
            kit.icon(icon),
            type="button",
            on_click=state.move_column(column.name, step),
            aria_label=t(text, name=label),
            class_name="button button-quiet button-icon button-sm",
        )

    sortable = Var.create([spec.name for spec in state.resource.shown.values() if spec.sortable]).contains(column.name)
    places = rx.fragment(move("chevron-up", "Move {name} forward", -1), move("chevron-down", "Move {name} back", 1))
    return rx.el.li(
        rx.el.label(box, label, class_name="option-row grow"),
        rx.cond(sortable, _sort(state, column, label), rx.fragment()),
        rx.cond(column.chosen, places, rx.fragment()),
        class_name="row",
        key=column.name,
    )


def _sort(state: type[ListState], column: Var[Column], label: Var[str]) -> rx.Component:
    """What Shift does in a head, for fingers: sort by this beside what the list is sorted by already."""
    way = kit.icon(rx.cond(column.sorted == "down", "arrow-down", "arrow-up"))
    return rx.el.button(
        rx.cond(column.sorted != "", rx.fragment(way, rx.el.small(column.place)), rx.fragment()),
        t("Sort"),
        type="button",
        on_click=state.sort_by(column.name, True),
        aria_label=t("Sort by {name} too", name=label),
        aria_pressed=_flag(column.sorted != ""),
        class_name="button button-quiet button-sm",
    )


def label_of(state: type[ListState], name: Var[str]) -> Var[str]:
    """A field's label in the reader's language, of a name that is known in the browser only."""
    fields = state.resource.shown
    return rx.match(name, *((key, t(spec.label)) for key, spec in fields.items()), "")
