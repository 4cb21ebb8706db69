"""Jobs: what goes on by itself, how far it is, and what came of it."""

import reflex as rx
from reflex.vars import Var

from crm_app.core.i18n import feminine
from crm_app.state.jobs import JobList, JobRow

from .parts import kit
from .parts.bulk import Clock
from .parts.links import file_link
from .parts.screen import Page
from .parts.shell import empty, heading, shell
from .parts.table import foot
from .parts.text import t, when

# by state: its word, its look, its icon
_STATES = {
    "waiting": ("Waiting", "badge-wait", "clock"),
    "running": ("Running", "badge-open", "refresh-cw"),
    "done": ("Finished", "badge-done", "circle-check"),
    "failed": ("Failed", "badge-late", "circle-alert"),
    "cancelled": (feminine("Cancelled"), "", "ban"),
}
_TABS = (
    ("", "All jobs"),
    ("going", "Going on"),
    ("done", "Finished jobs"),
    ("failed", "Failed jobs"),
    ("cancelled", "Cancelled jobs"),
)


def jobs() -> rx.Component:
    """The list, newest first."""
    none = empty(
        "refresh-cw",
        t("No jobs here"),
        t("What takes long, such as a change of many records, goes on by itself and is shown here."),
    )
    shown = rx.cond(JobList.rows.length() > 0, rx.fragment(_table(), foot(JobList)), none)
    bars = [rx.el.div(class_name="skeleton skeleton-line") for _ in range(6)]
    waiting = rx.el.div(*bars, class_name="section", aria_busy=True)
    return shell(
        kit.url_query(query=JobList.address, mode="replace"),
        heading(t("Jobs"), count=JobList.count),
        _tabs(),
        rx.cond(JobList.loaded, shown, waiting),
        when(JobList.going, Clock.create(every=1_000, on_tick=JobList.follow)),
        trail=((t("Settings"), "/settings"), (t("Jobs"), "")),
        reload=JobList.load,
        undo=JobList.undo,
    )


def _tabs() -> rx.Component:
    each = [_tab(standing, text) for standing, text in _TABS]
    return rx.el.div(
        rx.el.div(*each, role="tablist", aria_label=t("How they stand"), class_name="tabs-list"), class_name="tabs"
    )


def _tab(standing: str, text: str) -> rx.Component:
    counted = [rx.el.span(JobList.counts[standing], class_name="count fig")] if standing else []
    return rx.el.button(
        rx.el.span(t(text)),
        *counted,
        type="button",
        role="tab",
        class_name="tab",
        on_click=JobList.choose(standing),
        custom_attrs={"aria-selected": rx.cond(JobList.standing == standing, "true", "false")},
    )


def _table() -> rx.Component:
    heads = (
        (t("Job"), "job-what"),
        (t("State"), "job-state"),
        (t("What came of it"), "job-text"),
        (t("Asked for"), "job-when p2"),
        (t("Ended"), "job-when p3"),
    )
    acts = rx.el.th(rx.el.span(t("Actions"), class_name="sr-only"), class_name="job-acts")
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(text, class_name=name) for text, name in heads), acts)),
            rx.el.tbody(rx.foreach(JobList.rows, _row)),
            class_name="table jobs",
        ),
        class_name="table-scroll",
        tab_index=0,
        role="region",
        aria_label=t("Jobs"),
    )


def _row(row: Var[JobRow]) -> rx.Component:
    who = when(JobList.whose & (row.who != ""), rx.el.span(row.who, class_name="muted small truncate", dir="auto"))
    states = [(state, _badge(*look)) for state, look in _STATES.items()]
    return rx.el.tr(
        rx.el.td(rx.el.span(row.title, class_name="strong truncate", title=row.title), who, class_name="job-what"),
        rx.el.td(rx.match(row.state, *states, rx.fragment()), class_name="job-state"),
        rx.el.td(_progress(row), rx.el.span(row.text, dir="auto"), class_name="job-text"),
        rx.el.td(row.since, class_name="job-when p2"),
        rx.el.td(row.until, class_name="job-when p3"),
        rx.el.td(_acts(row), class_name="job-acts"),
        key=row.id,
        custom_attrs={"data-row": row.id},
    )


def _badge(word: str, look: str, icon: str) -> rx.Component:
    return rx.el.span(kit.icon(icon), t(word), class_name=f"badge {look}")


def _progress(row: Var[JobRow]) -> rx.Component:
    bar = rx.el.div(
        rx.el.div(class_name="progress-fill", style={"width": row.part.to(str) + "%"}),
        class_name="progress-track",
        role="progressbar",
        aria_label=t("Progress"),
        custom_attrs={"aria-valuenow": row.part, "aria-valuemin": 0, "aria-valuemax": 100},
    )
    return when(
        row.state == "running", rx.el.div(bar, rx.el.span(row.progress, class_name="fig"), class_name="progress")
    )


def _acts(row: Var[JobRow]) -> rx.Component:
    going = (row.state == "waiting") | (row.state == "running")
    over = (row.state == "failed") | (row.state == "cancelled")
    number = row.id.to_string()
    left = _saved(number, "refused.csv", Var.create("job-") + number + ".csv", "What was left")
    return rx.el.div(
        when(row.file != "", _saved(number, "papers.zip", row.file, "Download")),
        when(row.refused, left),
        when(row.undo != "", _button("undo-2", "Undo", JobList.undo(row.undo))),
        when(over & row.may_retry, _button("refresh-cw", "Retry", JobList.retry(row.id))),
        when(going, _button("x", "Cancel", JobList.cancel(row.id))),
        class_name="row",
    )


def _saved(number: Var[str], what: str, name: Var[str], text: str) -> rx.Component:
    address = Var.create("/api/v1/jobs/") + number + f"/{what}"
    return file_link(address, name, kit.icon("download"), rx.el.span(t(text)), class_name="button button-sm")


def _button(icon: str, text: str, act: object) -> rx.Component:
    return rx.el.button(kit.icon(icon), rx.el.span(t(text)), type="button", on_click=act, class_name="button button-sm")


PAGES = (Page("/jobs", jobs, JobList.load, "Jobs"),)
