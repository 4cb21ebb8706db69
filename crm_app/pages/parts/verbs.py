"""The head of a record that has verbs: its name, how it stands, the next step; and the questions that verbs ask."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Choice
from crm_app.models.payments import METHOD_LABELS, Method
from crm_app.state.verbs import ASKED, CONFIRM, BadgeRow, VerbState

from . import kit
from .heads import neighbours
from .inputs import day_field
from .text import t, when

_LABELS = {
    "reason": "Reason",
    "amount": "Amount",
    "date": "Date",
    "method": "Method",
    "reference": "Reference",
    "name": "Received by",
}
_MODES = {"amount": "decimal"}
_ICONS = (
    ("open", "circle-dot"),
    ("wait", "clock"),
    ("done", "circle-check"),
    ("late", "circle-alert"),
)


def verbs_head(
    state: type[VerbState], *, paper: bool = False, choose: Any = None, beside: rx.Component | None = None
) -> rx.Component:
    """In place of a record's head. `paper` offers its PDF; `choose` opens the choice of lines, the dialog `beside`."""
    found = state.resource
    name = rx.cond(
        state.record == 0, t(f"New {found.one.lower()}"), rx.cond(state.label != "", state.label, state.named)
    )
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h1(name, class_name="page-title truncate", dir="auto"),
                rx.foreach(state.badges, badge),
                class_name="row head-row",
            ),
            when(
                state.record != 0,
                rx.el.div(
                    rx.el.span(t("{what}, changed {when}", what=state.named, when=state.shown["updated_at"])),
                    class_name="record-sub",
                ),
            ),
            class_name="grow",
        ),
        when(state.record != 0, neighbours(state)),
        _verbs(state, choose, paper=paper) if paper else when(state.record != 0, _verbs(state, choose, paper=False)),
        _questions(state),
        beside or rx.fragment(),
        class_name="record-head",
    )


def _verbs(state: type[VerbState], choose: Any, *, paper: bool) -> rx.Component:
    return kit.verbs(
        primary=state.primary,
        items=state.verbs,
        asking=list(ASKED),
        once=state.once,
        version=state.version,
        answer=state.answers,
        labels={"actions": t("More actions"), "remove": t("Remove"), "close": t("Close")} | paper_words(),
        may_remove=state.may_remove,
        on_run=lambda verb, once: state.run_verb(verb, once, {}),
        on_ask=state.ask_verb,
        **({"on_choose": choose} if choose is not None else {}),
        **(_paper(state) if paper else {}),
        on_remove=state.ask_remove(True),
    )


def _paper(state: Any) -> dict[str, Any]:
    """What the preview needs, and where the PDF is."""
    file = Var.create(f"/api/v1/{state.resource.name}/") + state.record.to_string() + "/files/pdf"
    address = rx.cond(state.record != 0, file, "")
    return {"paper": address, "pages": state.paper, "more": state.paper_more, "on_draw": state.draw}


def paper_words() -> dict[str, Var[str]]:
    """What the preview says."""
    return {
        "preview": t("Preview"),
        "tab": t("Open in a new tab"),
        "none": t("Choose a customer and add a line: the printed page appears here."),
        "page": t("Printed page {n}", n="{n}"),
        "more": t("Pages that are not shown here: {n}", n="{n}"),
    }


def badge(row: Var[BadgeRow]) -> rx.Component:
    """A state: colour, icon, word."""
    icon = rx.match(row.look, *_ICONS, "circle-dashed")
    return rx.el.span(kit.icon(icon), row.text, class_name="badge badge-" + row.look)


def _questions(state: type[VerbState]) -> rx.Component:
    asked = [(verb, rx.fragment(*(_question(state, name) for name in names))) for verb, names in ASKED.items()]
    dated = when(state.dating, _question(state, "date"))
    leave = rx.cond(state.asking_final, t("Leave it"), t("Cancel"))
    return kit.dialog(
        rx.el.form(
            rx.match(state.asking_verb, *asked, dated),
            when(state.asking_final, rx.el.p(t("This cannot be taken back."), class_name="dialog-text")),
            when(
                state.warning != "",
                rx.fragment(
                    rx.el.p(kit.icon("shield-alert"), state.warning, class_name="banner banner-wait", role="alert"),
                    rx.el.input(type="hidden", name=CONFIRM, value="true"),
                ),
            ),
            rx.el.div(
                rx.el.button(leave, type="button", on_click=state.ask_verb(""), class_name="button"),
                rx.el.button(state.asking_title, type="submit", class_name="button button-primary"),
                class_name="dialog-foot",
            ),
            on_submit=lambda form: state.run_verb(state.asking_verb, state.once, form),
            class_name="form",
        ),
        open=state.asking_verb != "",
        title=state.asking_title,
        on_close=state.ask_verb(""),
        close_label=t("Close"),
    )


def _pad(state: type[VerbState]) -> rx.Component:
    """Where one signs, by pen, finger or mouse; who cannot leaves it empty: the name is enough."""
    words = {"hint": t("Sign here with a pen, a finger or the mouse."), "clear": t("Clear"), "pad": t("Signature")}
    return rx.el.div(
        rx.el.span(t("Signature"), class_name="label"),
        kit.pad(name="strokes", labels=words),
        rx.el.p(state.verb_errors["strokes"], class_name="field-error"),
        class_name="field",
    )


def _question(state: type[VerbState], name: str) -> rx.Component:
    props: dict[str, Any] = {
        "id": f"v-{name}",
        "name": name,
        "class_name": "input",
        "custom_attrs": {
            "aria-invalid": rx.cond(state.verb_errors.contains(name), "true", "false"),
            "aria-describedby": f"ve-{name}",
        },
    }
    if name == "method":
        kind = Choice(Method, METHOD_LABELS)
        options = [rx.el.option(t(label), value=value) for value, label in kind.pairs()]
        control = rx.el.span(rx.el.select(*options, **props), kit.icon("chevron-down"), class_name="select")
    elif name == "strokes":
        return _pad(state)
    elif name == "date":
        control = day_field(**props, value=state.asked[name])
    else:
        default = state.asked[name] if name == "amount" else ""
        control = rx.el.input(
            **props,
            type="text",
            input_mode=_MODES.get(name, "text"),
            default_value=default,
            auto_complete="off",
            key=default,
        )
    return rx.el.div(
        rx.el.label(t(_LABELS[name]), html_for=f"v-{name}", class_name="label"),
        control,
        rx.el.p(state.verb_errors[name], id=f"ve-{name}", class_name="field-error"),
        class_name="field",
    )
