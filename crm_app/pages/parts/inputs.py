"""A field of a form: the input that its kind asks for, its label, help and error."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Choice, Reference
from crm_app.core.resource import FieldSpec, Lines
from crm_app.state.forms import RecordState
from crm_app.state.session import Me

from . import kit
from .text import t, when

_TYPES = {"email": "email", "tel": "tel"}
_NOTHING = "\u2013"  # stands where a field is empty, so that one sees where it is
_MODES = {"number": "numeric", "decimal": "decimal"}


class DayField(rx.Component):
    """A date as one types it, with a calendar beside it; the server reads what was typed."""

    library = kit.BESIDE["days.jsx"]
    tag = "DayField"
    name: rx.Var[str]
    value: rx.Var[str]
    placeholder: rx.Var[str]
    required: rx.Var[bool]
    disabled: rx.Var[bool]


class DayWords(rx.Component):
    """Tells the date fields of a page how the country writes dates, and their words."""

    library = kit.BESIDE["days.jsx"]
    tag = "DayWords"
    form: rx.Var[str]
    week: rx.Var[int]
    zone: rx.Var[str]
    labels: rx.Var[dict[str, str]]


day_field = DayField.create


def day_words() -> rx.Component:
    """Once in each page that has date fields."""
    words = {"choose": "Choose a day", "before": "Month before", "after": "Month after", "today": "Today"}
    labels = {name: t(text) for name, text in words.items()}
    return DayWords.create(form=Me.day_form, week=Me.week_begins, zone=Me.zone, labels=labels)


def picker_labels() -> dict[str, Var[str]]:
    """The words of a reference picker."""
    return {
        "none": t("None"),
        "searching": t("Searching…"),
        "empty": t("Nothing matches"),
        "clear": t("Clear"),
        "error": t("The list cannot be read just now"),
    }


def making_labels() -> dict[str, Var[str]]:
    """The words of a picker that also offers to make what it does not find."""
    return picker_labels() | {
        "create": t("Create \u201c{name}\u201d", name="{name}"),
        "save": t("Save"),
        "anyway": t("Save all the same"),
        "take": t("Take that one"),
        "cancel": t("Cancel"),
        "close": t("Close"),
    }


def prop(state: type[RecordState], spec: FieldSpec) -> rx.Component:
    """A labelled field in place, with its error under it."""
    wide = " is-wide" if spec.kind.widget in ("textarea", "checkboxes") else ""
    name = rx.el.label if spec.kind.widget != "checkboxes" else rx.el.span
    bound: dict[str, Any] = (
        {"html_for": f"f-{spec.name}"} if spec.kind.widget != "checkboxes" else {"id": f"l-{spec.name}"}
    )
    needed = [rx.el.span("\u00a0*", class_name="needed", aria_hidden=True)] if spec.required else []
    return rx.el.div(
        name(t(spec.label), *needed, **bound, class_name="prop-label"),
        rx.el.div(
            control(state, spec),
            rx.el.p(
                when(state.errors.contains(spec.name), kit.icon("circle-alert")),
                state.errors[spec.name],
                id=f"e-{spec.name}",
                class_name="field-error",
            ),
            class_name="value",
        ),
        class_name="prop" + wide,
    )


def _fixed(state: type[RecordState], spec: FieldSpec) -> rx.Var[bool]:
    """True where it is not to be set: by nobody now, or not by this person."""
    return ~state.may_change | state.barred.contains(spec.name) if spec.needs else ~state.may_change


def control(state: type[RecordState], spec: FieldSpec) -> rx.Component:
    """The input for a field. Uncontrolled: it holds what is typed; a saved version mounts it anew."""
    name = spec.name
    common: dict[str, Any] = {
        "id": f"f-{name}",
        "name": name,
        "disabled": _fixed(state, spec),
        "custom_attrs": {
            "aria-invalid": rx.cond(state.errors.contains(name), "true", "false"),
            "aria-describedby": f"e-{name}",
        },
    }
    value = state.values[name]
    match spec.kind.widget:
        case "textarea":
            more = {"rows": "3", "max_length": spec.kind.size}  # type: ignore[attr-defined]
            return rx.el.textarea(**common, **more, default_value=value, class_name="input", placeholder=_NOTHING)
        case "checkbox":
            return rx.el.input(
                **common, type="checkbox", default_checked=value == "true", class_name="check", value="true"
            )
        case "checkboxes":
            return _checkboxes(state, spec)
        case "select":
            return _select(spec, common, value)
        case "reference" | "country":
            return _picker(state, spec)
        case "date":
            return day_field(**common, value=value, required=spec.required, placeholder=_NOTHING)
    if spec.kind.widget in _MODES:
        common["input_mode"] = _MODES[spec.kind.widget]
    return rx.el.input(
        **common,
        type=_TYPES.get(spec.kind.widget, "text"),
        **_written(state, spec),
        class_name="input",
        placeholder=_NOTHING,
        required=spec.required,
        auto_complete="off",
    )


def _written(state: type[RecordState], spec: FieldSpec) -> dict[str, Any]:
    """What stands in it; a number where nobody types is told as everywhere else, with its thousands."""
    value = state.values[spec.name]
    if spec.kind.widget != "decimal":
        return {"default_value": value}
    fixed = _fixed(state, spec)
    return {"default_value": rx.cond(fixed, state.shown[spec.name], value), "key": rx.cond(fixed, "told", "typed")}


def _select(spec: FieldSpec, common: dict[str, Any], value: Var[str]) -> rx.Component:
    assert isinstance(spec.kind, Choice)  # noqa: S101 - the widget says so
    made = spec.kind.made
    options = [
        rx.cond(value == key, option, rx.fragment()) if key in made else option
        for key, label in spec.kind.pairs()
        for option in (rx.el.option(t(label), value=key),)
    ]
    blank = [] if spec.required or spec.default is not None else [rx.el.option(_NOTHING, value="")]
    return rx.el.span(
        rx.el.select(*blank, *options, **common, default_value=value, class_name="input"),
        kit.icon("chevron-down"),
        class_name="select",
    )


def _checkboxes(state: type[RecordState], spec: FieldSpec) -> rx.Component:
    assert isinstance(spec.kind, Choice)  # noqa: S101 - the widget says so
    chosen = "," + state.values[spec.name].to(str) + ","
    boxes = [
        rx.el.label(
            rx.el.input(
                type="checkbox",
                name=spec.name,
                value=key,
                default_checked=chosen.contains(f",{key},"),
                disabled=_fixed(state, spec),
                class_name="check",
            ),
            t(label),
            class_name="option-row",
        )
        for key, label in spec.kind.pairs()
    ]
    return rx.el.div(*boxes, class_name="options-inline", role="group", aria_labelledby=f"l-{spec.name}")


def _picker(state: type[RecordState], spec: FieldSpec) -> rx.Component:
    source = spec.kind.resource if isinstance(spec.kind, Reference) else "lists/countries"
    return kit.ref_picker(
        id=f"f-{spec.name}",
        name=spec.name,
        resource=source,
        value=state.values[spec.name],
        text=state.shown[spec.name],
        labels=making_labels(),
        disabled=_fixed(state, spec),
        way=spec.shape(str)["way"],
        required=spec.required,
        invalid=state.errors.contains(spec.name),
        described_by=f"e-{spec.name}",
    )


_CELL_WIDTHS = {
    "select": "120px",
    "date": "140px",
    "checkbox": "110px",
    "country": "140px",
    "tel": "170px",
    "decimal": "110px",
}


def lines_field(state: type[RecordState], part: Lines) -> rx.Component:
    """The lines of one kind inside the record."""
    found = part.resource
    names = found.fields[found.label].kind
    several = found.label if isinstance(names, Reference) and not names.person else ""
    words = {"several": f"Add several {found.many.lower()}", "add_these": "Add these"}
    labels = {name: t(text) for name, text in words.items()} if several else {}
    return kit.rows(
        name=part.name,
        value=state.lines[part.name],
        columns=[_line_column(spec, several=spec.name == several) for spec in found.fields.values()],
        labels={
            "add": t(f"Add {found.one.lower()}"),
            "remove": t("Remove"),
            "mark": t("Select {name}", name="{name}"),
            "remove_marked": t("Remove the {n} selected", n="{n}"),
        }
        | labels,
        picker_labels=making_labels(),
        errors=state.errors,
        disabled=~state.may_change,
    )


def _line_column(spec: FieldSpec, *, several: bool) -> dict[str, Any]:
    width = _CELL_WIDTHS.get(spec.kind.widget, "")
    told = {"width": width, "readonly": spec.readonly, "several": several}
    return spec.shape(t) | told | ({"initial": ""} if spec.readonly else {})
