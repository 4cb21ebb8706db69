"""What stands beside a record's form: notes in the timeline, files, related records."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.resource import RESOURCES
from crm_app.core.settings import UPLOAD_LIMIT
from crm_app.state.beside import FileRow, GroupRow, LinkRow
from crm_app.state.entries import EntryRow
from crm_app.state.forms import RecordState

from . import kit
from .bulk import badges
from .files import drop_anywhere, file_drop
from .links import ToSection, file_link, link
from .text import t, when


def composer(state: type[RecordState]) -> rx.Component:
    """The box at the top of the timeline. A note that is stored empties it."""
    return when(
        state.may_note,
        rx.el.form(
            rx.el.textarea(
                name="text",
                aria_label=t("Note"),
                placeholder=t("Write a note"),
                max_length=5_000,
                rows="2",
                required=True,
            ),
            when(
                state.note_fault != "",
                rx.el.p(kit.icon("circle-alert"), state.note_fault, class_name="field-error", role="alert"),
            ),
            rx.el.div(
                rx.el.span(class_name="grow"),
                rx.el.button(t("Save note"), type="submit", class_name="button button-sm"),
                class_name="composer-foot",
            ),
            on_submit=lambda form: state.write_note(state.note_once, form),
            key="note-" + state.record.to_string() + "-" + state.notes_written.to_string(),
            class_name="composer",
        ),
    )


def note_card(state: type[RecordState], entry: Var[EntryRow]) -> rx.Component:
    """A note as it is now, with what its author may do; one that is gone says so."""
    actions = rx.el.div(
        rx.el.button(t("Edit"), on_click=state.edit_note(entry.note), class_name="button button-quiet button-sm"),
        rx.el.button(t("Remove"), on_click=state.remove_note(entry.note), class_name="button button-quiet button-sm"),
        class_name="note-actions",
    )
    shown = rx.fragment(
        rx.el.div(entry.note_text, class_name="event-card note-text", dir="auto"), when(entry.own, actions)
    )
    editor = rx.el.form(
        rx.el.textarea(
            name="text",
            default_value=entry.note_text,
            aria_label=t("Note"),
            max_length=5_000,
            rows="3",
            required=True,
            auto_focus=True,
        ),
        rx.el.div(
            rx.el.span(class_name="grow"),
            rx.el.button(
                t("Cancel"), type="button", on_click=state.edit_note(""), class_name="button button-quiet button-sm"
            ),
            rx.el.button(t("Save note"), type="submit", class_name="button button-sm"),
            class_name="composer-foot",
        ),
        on_submit=state.change_note,
        class_name="composer is-inside",
    )
    gone = rx.el.span(t("Removed"), class_name="tag")
    return rx.cond(entry.note == "", gone, rx.cond(state.editing == entry.note, editor, shown))


def files_section(state: type[RecordState], title: str = "Files", hint: str = "") -> rx.Component:
    """The record's files, and where new ones are dropped; `hint` says what they are for."""
    limit = f"{UPLOAD_LIMIT // 1_000_000} MB"
    drop = file_drop(
        address=f"/api/v1/{state.resource.name}/" + state.record.to_string() + "/attachments",
        limit=UPLOAD_LIMIT,
        labels={
            "drop": t("or drop them here"),
            "over": t("Let go to add them"),
            "choose": t("Add files"),
            "photo": t("Take a photo"),
            "too_large": t("It is too large: at most {limit}.", limit=limit),
            "network": t("It could not be sent. Check the connection and try again."),
            "dismiss": t("Dismiss"),
        },
        on_done=state.files_came,
    )
    section = rx.el.section(
        rx.el.h2(t(title), class_name="section-title section-head"),
        *([rx.el.p(t(hint), class_name="hint")] if hint else []),
        rx.el.ul(rx.foreach(state.files, lambda file: _file(state, file)), class_name="items"),
        when(state.may_attach, drop),
        class_name="section",
        id="files",
    )
    return when(state.may_attach | (state.files.length() > 0), section)


def _file(state: type[RecordState], file: Var[FileRow]) -> rx.Component:
    thumb = rx.el.img(src=file.address + "?size=64", alt="", class_name="file-thumb", custom_attrs={"loading": "lazy"})
    remove = rx.el.button(
        kit.icon("trash-2"),
        on_click=state.remove_file(file.id),
        aria_label=t("Remove {name}", name=file.name),
        title=t("Remove"),
        class_name="button button-quiet button-icon button-sm",
    )
    return rx.el.li(
        rx.cond(file.image, thumb, kit.icon("file-text")),
        rx.el.div(
            file_link(file.address, file.name, file.name, class_name="link truncate", dir="auto"),
            rx.el.div(file.more, class_name="muted small truncate"),
            class_name="file-name",
        ),
        when(state.may_attach, remove),
        class_name="item",
        key=file.id,
    )


def related_section(state: type[RecordState]) -> rx.Component:
    """Links to what belongs to the record; nothing where there is nothing."""
    return when(
        state.groups.length() > 0,
        rx.el.section(
            rx.el.div(
                rx.el.h2(t("Related"), class_name="section-title"),
                when(state.has_below, _below_switch(state)) if state.resource.tree else rx.fragment(),
                class_name="section-head related-head",
            ),
            rx.el.div(rx.foreach(state.groups, _group), class_name="related"),
            class_name="section",
        ),
    )


def tabs(state: type[RecordState]) -> rx.Component:
    """The form, what is related to the record, kind by kind, its files; where there is no room beside them, its history."""

    def tab(pane: str | Var[str], *face: Any, look: str = "tab") -> rx.Component:
        chosen = {"aria-selected": rx.cond(state.pane == pane, "true", "false")}
        return rx.el.button(*face, on_click=state.show_pane(pane), role="tab", class_name=look, custom_attrs=chosen)

    def count(text: Var[str]) -> rx.Component:
        return when(text != "", rx.el.span(text, class_name="count"))

    files = when(state.files.length() > 0, count(state.files.length().to_string()))
    return rx.el.div(
        kit.tabs_list(
            tab("details", t("Details")),
            tab("history", t("History"), look="tab only-narrow"),
            rx.foreach(state.tabs, lambda row: tab(row.name, row.title, count(row.count))),
            when(state.may_attach | (state.files.length() > 0), tab("files", t("Files"), files)),
        ),
        when(state.has_below, _below_switch(state)) if state.resource.tree else rx.fragment(),
        class_name="tabs record-tabs",
    )


def panel(state: type[RecordState]) -> rx.Component:
    """What the chosen tab shows, but for the form and the history. Files may be let go on any of them."""
    anywhere = drop_anywhere(label=t("Let go to add them"), on_files=state.show_pane("files"))
    return rx.fragment(
        rx.foreach(state.groups, lambda group: when(state.pane == group.name, _panel(state, group))),
        when(state.pane == "files", files_section(state)),
        when((state.pane != "files") & state.may_attach, anywhere),
    )


def _panel(state: type[RecordState], group: Var[GroupRow]) -> rx.Component:
    every = link(group.address, t("Show all"), class_name="link")
    edited = Var.create([part.name for part in RESOURCES.lines(state.resource)]).contains(group.name)
    edit = ToSection.create(t("Add or remove"), target="lines-" + group.name, on_go=state.show_pane("details"))
    return rx.el.section(
        rx.el.div(
            rx.el.h2(group.title, class_name="section-title"),
            rx.el.span(class_name="grow"),
            when(edited & state.may_change, edit),
            when(group.address != "", every),
            class_name="section-head",
        ),
        rx.el.ul(rx.foreach(group.links, _link), class_name="related-list"),
        class_name="section related-panel",
        key=group.title,
    )


def _below_switch(state: type[RecordState]) -> rx.Component:
    """What stands beside the records below this one too: contacts, notes, files."""
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            role="switch",
            default_checked=state.with_below,
            on_change=state.show_below,
            class_name="check",
            key=state.record,
        ),
        t("With what is below it"),
        class_name="option-row",
    )


def _group(group: Var[GroupRow]) -> rx.Component:
    every = link(group.address, t("Show all"), class_name="link small")
    return rx.el.div(
        rx.el.h3(
            kit.icon(group.icon),
            rx.el.span(group.title),
            rx.el.span(group.count, class_name="count"),
            when(group.address != "", every),
            class_name="related-title",
        ),
        rx.el.ul(rx.foreach(group.links, _link)),
        key=group.title,
    )


def _link(row: Var[LinkRow]) -> rx.Component:
    here = rx.el.b(row.text, class_name="truncate", dir="auto", custom_attrs={"aria-current": "true"})
    return rx.el.li(
        rx.cond(row.here, here, link(row.address, row.text, class_name="link truncate", dir="auto")),
        when(row.more != "", rx.el.span(row.more, class_name="muted small truncate", dir="auto", title=row.more)),
        when(row.badges != "", badges(text=row.badges)),
        custom_attrs={"data-level": row.level},
        key=row.address + row.text,
    )


def picture(state: type[RecordState]) -> rx.Component:
    """The newest image among the files."""
    return rx.el.img(src=state.picture, alt="", class_name="record-picture")
