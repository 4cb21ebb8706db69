"""The selection of a list: its checkboxes, the bar that takes the footer's place, the question before the act, the progress."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Boolean, Choice, Choices, Reference, Tags
from crm_app.core.resource import FieldSpec
from crm_app.state.bulk import few_papers, joining, tags_of
from crm_app.state.lists import ListState, Row
from crm_app.state.merging import MOST, merge_state

from . import kit
from .inputs import day_field, picker_labels
from .links import file_link
from .merging import merge_dialog
from .shell import may
from .text import t, when

_LIBRARY = kit.BESIDE["lists.jsx"]
_pick = rx.event.passthrough_event_spec(int, bool, bool)
_flag = rx.event.passthrough_event_spec(bool)
_size = rx.event.passthrough_event_spec(str, int)
_sort = rx.event.passthrough_event_spec(str, bool)


class Pick(rx.Component):
    """The checkbox of a row."""

    library = _LIBRARY
    tag = "Pick"
    row: rx.Var[int]
    checked: rx.Var[bool]
    label: rx.Var[str]
    on_pick: rx.EventHandler[_pick]


class PickAll(rx.Component):
    """The checkbox over the rows."""

    library = _LIBRARY
    tag = "PickAll"
    checked: rx.Var[bool]
    some: rx.Var[bool]
    label: rx.Var[str]
    on_pick: rx.EventHandler[_flag]


class Sort(rx.Component):
    """The button of a head."""

    library = _LIBRARY
    tag = "Sort"
    name: rx.Var[str]
    title: rx.Var[str]
    on_sort: rx.EventHandler[_sort]


class Size(rx.Component):
    """The edge of a head."""

    library = _LIBRARY
    tag = "Size"
    name: rx.Var[str]
    width: rx.Var[str]
    label: rx.Var[str]
    title: rx.Var[str]
    least: rx.Var[int]
    most: rx.Var[int]
    on_size: rx.EventHandler[_size]


class Clock(rx.Component):
    """Something that happens again and again."""

    library = _LIBRARY
    tag = "Clock"
    every: rx.Var[int]
    on_tick: rx.EventHandler[rx.event.no_args_event_spec]


class Badges(rx.Component):
    """How a record stands."""

    library = _LIBRARY
    tag = "Badges"
    text: rx.Var[str]


size = Size.create
sort = Sort.create
badges = Badges.create


def pick(state: type[ListState], row: Var[Row]) -> rx.Component:
    """The first cell of a row."""
    box = Pick.create(
        row=row.id, checked=picked(state, row), label=t("Select {name}", name=row.label), on_pick=state.pick
    )
    return rx.el.td(box, class_name="check-cell")


def picked(state: type[ListState], row: Var[Row]) -> Var[bool]:
    """Whether the row is selected."""
    return state.everything | state.picked.contains(row.id)


def pick_all(state: type[ListState]) -> rx.Component:
    """The first head."""
    box = PickAll.create(
        checked=state.page_picked, some=state.picked.length() > 0, label=t("Select this page"), on_pick=state.pick_page
    )
    return rx.el.th(box, class_name="check-cell", scope="col")


def foot(state: type[ListState], usual: rx.Component) -> rx.Component:
    """The bar for a selection or for work that is going on, in the place of the usual foot."""
    some = state.everything | (state.picked.length() > 0)
    bar = rx.cond(state.running, _progress(state), rx.cond(some, _bar(state), usual))
    return rx.fragment(bar, _question(state), merge_dialog(state.resource))


def _bar(state: type[ListState]) -> rx.Component:
    found = state.resource
    rest = rx.el.button(
        t("Select all {count}", count=state.count),
        type="button",
        on_click=state.pick_everything,
        class_name="verb bulk-all",
    )
    return rx.el.div(
        rx.el.span(
            t("{picked} of {count} selected", picked=state.picked_count, count=state.count),
            class_name="bulk-count",
            role="status",
        ),
        rx.cond(state.everything, rx.fragment(), rest),
        rx.el.span(class_name="bulk-sep"),
        *(
            when(~state.everything & may(found, one.verb), _verb(one.icon, one.label, state.join(one.verb)))
            for one in joining(found)
        ),
        when(may(found, "change"), _verb("pencil", "Change…", state.ask("change"))) if _open(state) else rx.fragment(),
        when(may(found, "change"), _verb("tags", "Tag…", state.ask("tag"), "verb verb-short"))
        if tags_of(found)
        else rx.fragment(),
        when(may(found, "remove"), _verb("trash-2", "Remove…", state.ask("remove"), "verb verb-short")),
        _merge(state),
        _papers(state),
        export_menu(state, "verb verb-short"),
        rx.el.span(class_name="grow"),
        rx.el.button(
            kit.icon("x"), type="button", on_click=state.unpick, class_name="verb", aria_label=t("Clear the selection")
        ),
        class_name="bulk",
        role="region",
        aria_label=t("Selection"),
    )


def _merge(state: type[ListState]) -> rx.Component:
    """Some few may be one."""
    merging, picked = merge_state(state.resource), state.picked.length()
    if merging is None:
        return rx.fragment()
    few = ~state.everything & (picked > 1) & (picked <= MOST)
    button = _verb("merge", "Merge…", merging.begin_merging(state.picked), "verb verb-short")
    return when(few & may(state.resource, "merge"), button)


def _papers(state: type[ListState]) -> rx.Component:
    """The documents themselves, in one file: a few at once, of many it is told how far they are."""
    most = few_papers(state.resource)
    if not most:
        return rx.fragment()
    face = (kit.icon("file-text"), rx.el.span("PDF"))
    address = f"/api/v1/{state.resource.name}/papers.zip?ids=" + state.picked.join(",")
    title = t("The selected documents as PDFs in one ZIP file")
    link = file_link(address, "", *face, on_click=state.gather, title=title, class_name="verb verb-short")
    few = ~state.everything & (state.picked.length() <= most)
    return rx.cond(few, link, _verb("file-text", "PDF", state.gather, "verb verb-short"))


def _verb(icon: str, label: str, act: Any, look: str = "verb") -> rx.Component:
    return rx.el.button(
        kit.icon(icon), rx.el.span(t(label)), type="button", on_click=act, title=t(label), class_name=look
    )


def export_menu(state: type[ListState], class_name: str) -> rx.Component:
    """What is selected, else what is filtered, as a file."""
    base = f"/api/v1/{state.resource.name}/export"
    face = rx.el.span(kit.icon("download"), rx.el.span(t("Export")), class_name="row")
    items = [
        kit.menu_item(label=t(label), icon=icon, href=f"{base}.{ending}" + state.export_query, plain=True)
        for ending, label, icon in (("xlsx?", "Excel (XLSX)", "table-2"), ("csv?heads=labels&", "CSV", "file-text"))
    ]
    return kit.menu(*items, button_label=face, aria_label=t("Export"), class_name=class_name)


def _progress(state: type[ListState]) -> rx.Component:
    return rx.el.div(
        Clock.create(every=600, on_tick=state.follow),
        rx.el.span(state.run_text, class_name="bulk-count fig", role="status"),
        rx.el.div(
            rx.el.div(class_name="progress-fill", style={"width": state.run_part.to(str) + "%"}),
            class_name="progress-track grow",
            role="progressbar",
            aria_label=t("Progress"),
            custom_attrs={"aria-valuenow": state.run_part, "aria-valuemin": 0, "aria-valuemax": 100},
        ),
        rx.el.button(t("Cancel"), type="button", on_click=state.stop_work, class_name="verb"),
        class_name="bulk bulk-running",
    )


def _question(state: type[ListState]) -> rx.Component:
    return rx.fragment(_ask_change(state) if _open(state) else rx.fragment(), _ask_remove(state))


def _ask_change(state: type[ListState]) -> rx.Component:
    return kit.dialog(
        rx.el.form(
            _chooser(state),
            rx.match(state.changing, *((spec.name, _change_to(state, spec)) for spec in _open(state)), rx.fragment()),
            _error(state),
            _dialog_foot(
                state,
                _one_or_many(state, "Change 1 record", "Change {count} records"),
                "submit",
                "button-primary",
                state.changing == "",
            ),
            on_submit=state.change_picked,
            class_name="form",
        ),
        open=state.asked == "change",
        title=rx.cond(
            state.changing_how == "add",
            _one_or_many(state, "Tag 1 record", "Tag {count} records"),
            _one_or_many(state, "Change 1 record", "Change {count} records"),
        ),
        on_close=state.ask(""),
        close_label=t("Close"),
    )


def _one_or_many(state: type[ListState], one: str, many: str) -> Var[str]:
    """The text for so many as are selected."""
    return rx.cond(state.picked_count == "1", t(one), t(many, count=state.picked_count))


def _ask_remove(state: type[ListState]) -> rx.Component:
    return kit.dialog(
        rx.el.p(
            _one_or_many(
                state,
                "It can be brought back with Undo. It stays where other records refer to it.",
                "They can be brought back with Undo. What other records refer to stays.",
            ),
            class_name="dialog-text",
        ),
        _error(state),
        _dialog_foot(
            state, _one_or_many(state, "Remove 1 record", "Remove {count} records"), "button", "button-danger", False
        ),
        open=state.asked == "remove",
        title=_one_or_many(state, "Remove 1 record?", "Remove {count} records?"),
        on_close=state.ask(""),
        close_label=t("Close"),
    )


def _error(state: type[ListState]) -> rx.Component:
    return when(
        state.bulk_error != "",
        rx.el.p(kit.icon("circle-alert"), state.bulk_error, class_name="field-error", role="alert"),
    )


def _dialog_foot(state: type[ListState], label: Var[str], kind: str, look: str, disabled: Any) -> rx.Component:
    act = {} if kind == "submit" else {"on_click": state.remove_picked}
    return rx.el.div(
        rx.el.button(t("Cancel"), type="button", on_click=state.ask(""), class_name="button"),
        rx.el.button(label, type=kind, class_name=f"button {look}", disabled=disabled, **act),
        class_name="dialog-foot",
    )


def _open(state: type[ListState]) -> list[FieldSpec]:
    """The fields whose value may be the same in many records."""
    found = state.resource
    return [found.fields[name] for name in found.writable if not found.fields[name].unique]


def _chooser(state: type[ListState]) -> rx.Component:
    options = [rx.el.option(t(spec.label), value=spec.name) for spec in _open(state)]
    control = rx.el.select(
        rx.el.option(t("Choose a field"), value=""),
        *options,
        id="bulk-field",
        name="field",
        value=state.changing,
        on_change=state.choose_field,
        class_name="input",
    )
    return rx.el.div(
        rx.el.label(t("Field"), html_for="bulk-field", class_name="label"),
        rx.el.span(control, kit.icon("chevron-down"), class_name="select"),
        class_name="field",
    )


def _change_to(state: type[ListState], spec: FieldSpec) -> rx.Component:
    """The new value; for a field of several words, what is to be done with it, too."""
    if not isinstance(spec.kind, Choices | Tags):
        return value_input(spec, "bulk-value")
    ways = (("set", "Have exactly these"), ("add", "Add these"), ("take", "Take these away"))
    options = [rx.el.option(t(label), value=name) for name, label in ways]
    how = rx.el.select(*options, id="bulk-how", name="how", default_value=state.changing_how, class_name="input")
    return rx.el.div(
        rx.el.div(
            rx.el.label(t("What to do"), html_for="bulk-how", class_name="label"),
            rx.el.span(how, kit.icon("chevron-down"), class_name="select"),
            class_name="field",
        ),
        value_input(spec, "bulk-value"),
        key=spec.name,
        class_name="form",
    )


def value_input(spec: FieldSpec, key: str) -> rx.Component:
    """A labelled input for a value of that kind, called "value"; of a set of choices one box each."""
    if isinstance(spec.kind, Choices):
        boxes = [
            rx.el.label(
                rx.el.input(type="checkbox", name=f"value-{name}", class_name="check"),
                t(label),
                class_name="option-row",
            )
            for name, label in spec.kind.pairs()
        ]
        return rx.el.fieldset(rx.el.legend(t(spec.label), class_name="label"), *boxes, class_name="field")
    words = isinstance(spec.kind, Tags)
    return rx.el.div(
        rx.el.label(t("Words, parted by commas" if words else "New value"), html_for=key, class_name="label"),
        control(spec, key),
        class_name="field",
    )


def control(spec: FieldSpec, key: str, value: Any = "", text: Any = "") -> rx.Component:
    """The bare input for one value of that kind, called "value"."""
    kind = spec.kind
    if isinstance(kind, Reference) or kind.widget == "country":
        source = kind.resource if isinstance(kind, Reference) else "lists/countries"
        return kit.ref_picker(id=key, name="value", resource=source, value=value, text=text, labels=picker_labels())
    if isinstance(kind, Choice | Boolean):
        pairs = kind.pairs() if isinstance(kind, Choice) else [("true", "Yes"), ("false", "No")]
        blank = [] if spec.required or spec.default is not None else [rx.el.option("", value="")]
        options = [*blank, *(rx.el.option(t(label), value=name) for name, label in pairs)]
        return rx.el.span(
            rx.el.select(*options, id=key, name="value", default_value=value, class_name="input"),
            kit.icon("chevron-down"),
            class_name="select",
        )
    if kind.widget == "date":
        return day_field(id=key, name="value", value=value)
    about = {"custom_attrs": {"data-autofocus": ""}} if isinstance(kind, Tags) else {}
    return rx.el.input(
        id=key,
        name="value",
        default_value=value,
        class_name="input",
        auto_complete="off",
        max_length=2000,
        type="text",
        **about,
    )
