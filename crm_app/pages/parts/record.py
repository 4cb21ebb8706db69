"""The record screen of any Resource: head, facts, form in place, and the timeline at its side."""

from collections.abc import Mapping

import reflex as rx
from reflex.vars import Var, VarData

from crm_app.core.resource import RESOURCES, Lines, Section
from crm_app.state.clashes import ClashRow
from crm_app.state.entries import EntryRow, StepRow
from crm_app.state.forms import RecordState
from crm_app.state.session import Me

from . import kit
from .beside import composer, files_section, note_card, panel, picture, related_section, tabs
from .heads import facts, neighbours, owner_line
from .inputs import lines_field, prop
from .links import link
from .merging import merge_dialog, merge_items
from .shell import Trail, empty, shell
from .text import t, when

# which record the address names: until the state holds that one, it still holds the one that was looked at before
_KEY = Var(
    "pageKey",
    _var_data=VarData(
        hooks={'const pageKey = useLocation().pathname.replace(/\\/+$/, "").split("/").pop();': None},
        imports={"react-router": "useLocation"},
    ),
).to(str)


_WARNINGS = (("held", "circle-pause", "On hold"), ("do_not_contact", "ban", "Do not contact"))


def record_screen(
    state: type[RecordState],
    *,
    trail: Trail | None = None,
    sections: tuple[rx.Component, ...] = (),
    verbs: tuple[rx.Component, ...] = (),
    pictured: bool = False,
    tabbed: bool = False,
    head: rx.Component | None = None,
    above: tuple[rx.Component, ...] = (),
    lines: Mapping[str, rx.Component] | None = None,
    actions: tuple[rx.Component, ...] = (),
    beside: rx.Component | None = None,
) -> rx.Component:
    """The whole page. `sections` stand under the form, `verbs` are menu items before the last one (remove), `actions` buttons.

    `pictured` shows the newest image among its files in the head; `head` takes its place, `above` stands under the facts.
    `lines` replaces how the lines of a name are edited; these come right after the form's first section. `beside` stands in
    place of the timeline. With `tabbed` what is related and the files have tabs of their own.
    """
    title = _title(state)
    body = rx.fragment(
        head or _head(state, title, verbs, actions, pictured=pictured),
        facts(state),
        *above,
        when(state.record != 0, tabs(state) if tabbed else _panes(state)),
        _body(state, _under(state, sections, tabbed=tabbed), lines or {}, beside),
        _clash(state),
        _ask_remove(state),
        merge_dialog(state.resource),
    )
    return _shown(state, title, body, trail)


def _shown(state: type[RecordState], title: Var[str], body: rx.Component, trail: Trail | None) -> rx.Component:
    """The page once it has been read, or why it cannot be."""
    found, back = state.resource, f"/{state.resource.name}"
    *way, (here, to) = trail or ((t(found.group), ""), (t(found.many), back), (title, ""))
    there = state.loaded & (state.here == _KEY)
    return shell(
        rx.cond(there, rx.cond(state.failure != "", _missing(state), body), _skeleton()),
        trail=(*way, (rx.cond(there, rx.cond(state.failure != "", t("Not found"), here), t(found.one)), to)),
        reload=state.load,
        undo=state.undo,
        needs=found.permission("read"),
    )


def _title(state: type[RecordState]) -> Var[str]:
    named: Var[str] = rx.cond(state.label != "", state.label, t("Draft"))
    return rx.cond(state.record == 0, t(f"New {state.resource.one.lower()}"), named)


def _under(state: type[RecordState], sections: tuple[rx.Component, ...], *, tabbed: bool) -> tuple[rx.Component, ...]:
    """What stands under the form, or in its place."""
    if tabbed:
        form = (state.pane == "details") | (state.pane == "history")
        return (when(form, rx.fragment(*sections)), panel(state))
    files = (files_section(state),) if state.resource.api and state.resource.group != "Settings" else ()
    return (*sections, related_section(state), *files)


def _missing(state: type[RecordState]) -> rx.Component:
    way = link(f"/{state.resource.name}", t("Back to the list"), class_name="button button-primary")
    title = rx.cond(state.here == "new", t("This cannot be shown"), t("Not found"))
    return empty("search", title, state.failure, way, whole=True)


def _body(
    state: type[RecordState],
    sections: tuple[rx.Component, ...],
    lines: Mapping[str, rx.Component],
    beside: rx.Component | None,
) -> rx.Component:
    """The form and what stands under it; the timeline at its side."""
    alone = rx.cond(state.record == 0, " is-alone has-aside" if beside else " is-alone", "")
    return rx.el.div(
        rx.el.div(
            _form(state, lines),
            when(state.record != 0, rx.fragment(*sections)),
            class_name=rx.cond(
                (state.record == 0) | (state.pane == "details") | (state.pane == "history"),
                "split-main",
                "split-main shows-part",
            ),
            tab_index=0,
            role="region",
            aria_label=t("Record"),
        ),
        beside or when(state.record != 0, timeline(state)),
        class_name="split-page fold"
        + alone
        + rx.cond((state.record != 0) & (state.pane == "history"), " shows-aside", ""),
    )


def _head(
    state: type[RecordState],
    title: Var[str],
    verbs: tuple[rx.Component, ...],
    actions: tuple[rx.Component, ...],
    *,
    pictured: bool,
) -> rx.Component:
    active = "active" in state.resource.fields
    badge = rx.cond(
        state.values["active"] == "true",
        rx.el.span(kit.icon("circle-check"), t("Active"), class_name="badge badge-done"),
        rx.el.span(kit.icon("circle-dashed"), t("Not active"), class_name="badge"),
    )
    avatar = kit.avatar(state.label, "avatar-lg avatar-square")
    items = [*verbs, *merge_items(state), *remove_items(state)]
    menu = kit.menu(*items, icon="ellipsis", aria_label=t("More actions"), align="end", class_name="button button-icon")
    return rx.el.div(
        when(state.record != 0, rx.cond(state.picture != "", picture(state), avatar) if pictured else avatar),
        rx.el.div(
            rx.el.div(
                rx.el.h1(title, class_name="page-title truncate", dir="auto"),
                when(state.record != 0, badge) if active else rx.fragment(),
                *(_warning(state, *one) for one in _WARNINGS if one[0] in state.resource.fields),
                class_name="row",
            ),
            when(
                state.record != 0,
                owner_line(state),
            ),
            class_name="grow",
        ),
        when(state.record != 0, rx.el.div(neighbours(state), menu, *actions, class_name="page-actions"))
        if items
        else rx.fragment(),
        class_name="record-head",
    )


def _warning(state: type[RecordState], name: str, icon: str, text: str) -> rx.Component:
    """What has to be known of it before anything is done with it."""
    badge = rx.el.span(kit.icon(icon), t(text), class_name="badge badge-late")
    return when((state.record != 0) & (state.values[name] == "true"), badge)


def remove_items(state: type[RecordState]) -> list[rx.Component]:
    """The last menu item: remove, where there is such a verb."""
    if "remove" not in state.resource.verbs:
        return []
    able, ask = state.may_remove, state.ask_remove(True)
    return [kit.menu_item(label=t("Remove"), icon="trash-2", danger=True, disabled=~able, on_select=ask)]


def _panes(state: type[RecordState]) -> rx.Component:
    """On a narrow page the history has no room at the side: it becomes a tab."""

    def tab(pane: str, text: Var[str]) -> rx.Component:
        chosen = {"aria-selected": rx.cond(state.pane == pane, "true", "false")}
        return rx.el.button(text, on_click=state.show_pane(pane), role="tab", class_name="tab", custom_attrs=chosen)

    return rx.el.div(
        tab("details", t("Details")), tab("history", t("History")), class_name="tabs panes", role="tablist"
    )


def _form(state: type[RecordState], lines: Mapping[str, rx.Component]) -> rx.Component:
    first, *others = [_section(state, section) for section in state.resource.form]
    return kit.draft_form(
        when(
            state.errors.contains("form"),
            rx.el.div(
                kit.icon("circle-alert"),
                rx.el.span(state.errors["form"]),
                class_name="banner banner-late",
                role="alert",
            ),
        ),
        first,
        *lines.values(),
        *others,
        *(_lines(state, part) for part in RESOURCES.lines(state.resource) if part.name not in lines),
        draft_key=Me.email + f":{state.resource.name}:" + rx.cond(state.record == 0, "new", state.record.to_string()),
        version=state.version,
        answer=state.answers,
        only_changed=state.record != 0,
        labels={
            "unsaved_one": t("1 change not saved, kept on this device"),
            "unsaved": t("{n} changes not saved, kept on this device", n="{n}"),
            "unkept_one": t("1 change not saved and not kept on this device: save it soon"),
            "unkept": t("{n} changes not saved and not kept on this device: save them soon", n="{n}"),
            "save": t("Save"),
            "discard": t("Discard"),
            "saving": t("Saving"),
            "restored": t("draft restored"),
            "leave": t("There are changes that are not saved."),
            "left": t("A tab that was closed left changes of {when} that are not saved.", when="{when}"),
            "take": t("Take them up"),
            "drop": t("Discard"),
        },
        on_save=lambda form, since: state.save(form, state.record, since),
        custom_attrs={"data-record-form": ""},
    )


def _section(state: type[RecordState], section: Section) -> rx.Component:
    props = [prop(state, state.resource.fields[name]) for name in section.fields]
    return rx.el.section(
        rx.el.h2(t(section.title), class_name="section-title section-head"),
        rx.el.div(*props, class_name="props"),
        class_name="section",
    )


def _lines(state: type[RecordState], part: Lines) -> rx.Component:
    section = rx.el.section(
        rx.el.h2(t(part.resource.many), class_name="section-title section-head"),
        lines_field(state, part),
        class_name="section",
        id="lines-" + part.name,
    )
    return when(state.may_change | (state.lines[part.name] != "[]"), section)


def _skeleton() -> rx.Component:
    bars = [rx.el.div(class_name="skeleton skeleton-line") for _ in range(9)]
    return rx.el.div(*bars, class_name="section", aria_busy=True)


# ---- timeline


def timeline(state: type[RecordState], *above: rx.Component) -> rx.Component:
    """What happened to the record, newest first; each change can be undone from here."""
    return rx.el.aside(
        *above,
        rx.el.h2(t("History"), class_name="section-title timeline-head"),
        composer(state),
        rx.el.ol(rx.foreach(state.entries, lambda entry: _entry(state, entry)), class_name="timeline"),
        when(
            state.older,
            rx.el.button(t("Show older"), on_click=state.show_older, class_name="button button-quiet"),
        ),
        class_name="aside",
        aria_label=t("History"),
        tab_index=0,
    )


def _entry(state: type[RecordState], entry: Var[EntryRow]) -> rx.Component:
    icon = rx.match(entry.kind, ("create", "plus"), ("remove", "trash-2"), ("note", "sticky-note"), "pencil")
    undo = rx.el.button(
        kit.icon("undo-2", size="sm"),
        t("Undo"),
        on_click=state.undo(entry.change_set),
        class_name="button button-quiet button-sm",
    )
    return rx.fragment(
        when(entry.day != "", rx.el.li(entry.day, class_name="timeline-day")),
        rx.el.li(
            rx.el.span(kit.icon(icon), class_name="event-icon"),
            rx.el.div(
                rx.el.div(
                    rx.el.span(rx.el.b(entry.who), " ", entry.text), rx.el.time(entry.time), class_name="event-head"
                ),
                when(entry.kind == "note", note_card(state, entry)),
                rx.foreach(entry.steps, _step),
                rx.cond(entry.undone, rx.el.span(t("Undone"), class_name="tag"), when(entry.can_undo, undo)),
            ),
            class_name="event",
        ),
        key=entry.change_set,
    )


def _step(step: Var[StepRow]) -> rx.Component:
    return rx.el.div(
        rx.el.span(step.label, ": "),
        when(step.before != "", rx.el.del_(step.before, dir="auto")),
        when((step.before != "") & (step.after != ""), " \u2192 "),
        when(step.after != "", rx.el.ins(step.after, dir="auto")),
        class_name="event-body step",
    )


# ---- questions


def _clash(state: type[RecordState]) -> rx.Component:
    """Somebody else saved the same fields: choose for each."""
    return kit.dialog(
        rx.el.p(
            t(
                "Somebody else changed the same fields while you were editing. Choose what to keep; the rest of your changes is saved too."
            ),
            class_name="dialog-text",
        ),
        rx.el.form(
            rx.el.div(
                rx.el.div(
                    rx.el.span(t("Field")),
                    rx.el.span(t("Mine")),
                    rx.el.span(t("Theirs")),
                    class_name="conflict-row conflict-labels",
                ),
                rx.foreach(state.clashes, _choice),
                class_name="conflict",
            ),
            rx.el.div(
                rx.el.button(t("Back to the form"), type="button", on_click=state.give_way, class_name="button"),
                rx.el.button(t("Save what I chose"), type="submit", class_name="button button-primary"),
                class_name="dialog-foot",
            ),
            on_submit=state.settle,
        ),
        open=state.clashes.length() > 0,
        title=t("Two people changed this record"),
        on_close=state.give_way,
        close_label=t("Close"),
        width="640px",
    )


def _choice(row: Var[ClashRow]) -> rx.Component:
    def side(value: str, text: Var[str]) -> rx.Component:
        shown = rx.cond(text != "", text, t("(empty)"))
        mine = value == "mine"
        radio = rx.el.input(type="radio", name=row.name, value=value, default_checked=mine, class_name="check")
        return rx.el.label(radio, rx.el.span(shown, dir="auto"), class_name="conflict-choice")

    return rx.el.fieldset(
        rx.el.legend(row.label, class_name="sr-only"),
        rx.el.span(row.label, aria_hidden=True),
        side("mine", row.mine),
        side("theirs", row.theirs),
        class_name="conflict-row",
        key=row.name,
    )


def _ask_remove(state: type[RecordState]) -> rx.Component:
    return kit.dialog(
        rx.el.p(
            t("1 record is removed. You can undo it from the notice that follows, or from its history."),
            class_name="dialog-text",
        ),
        rx.el.div(
            rx.el.button(t("Cancel"), on_click=state.ask_remove(False), class_name="button"),
            rx.el.button(t("Remove"), on_click=state.remove, class_name="button button-danger-solid"),
            class_name="dialog-foot",
        ),
        open=state.asking,
        title=t("Remove {name}?", name=state.label),
        on_close=state.ask_remove(False),
        close_label=t("Close"),
    )
