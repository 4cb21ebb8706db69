"""Customers that are held or warned: who, why, what lifts it."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.held import EffectTab, HeldList, HeldRow, Reason
from crm_app.state.session import Me

from .parts import kit
from .parts.links import file_link, link
from .parts.screen import Page
from .parts.shell import empty, heading, shell
from .parts.table import filter_box, foot, left_out
from .parts.text import t, when


def held() -> rx.Component:
    """The list, the hardest first."""
    sheet = file_link(
        "/api/v1/held.xlsx", "held.xlsx", kit.icon("download"), rx.el.span(t("Spreadsheet")), class_name="button"
    )
    nobody = empty(
        "circle-check",
        t("Nobody is on hold"),
        t("Customers over their limit, or late by the levels of their policy, stand here with the reason."),
    )
    none_match = empty("search", t("Nothing matches"), t("Try fewer letters, or take a filter away."))
    unfiltered = (HeldList.text == "") & (HeldList.effect == "")
    table = rx.fragment(_table(), foot(HeldList))
    shown = rx.cond(HeldList.rows.length() > 0, table, rx.cond(unfiltered, nobody, none_match))
    return shell(
        kit.url_query(query=HeldList.address, mode="replace"),
        heading(t("Customers on hold"), sheet, count=HeldList.count),
        _tabs(),
        _toolbar(),
        when(HeldList.partial, left_out()),
        _body(shown),
        trail=((t("Sales"), ""), (t("Customers on hold"), "")),
        reload=HeldList.load,
        undo=lambda _key: Me.load,
        needs="held.read",
    )


def _tabs() -> rx.Component:
    every = _tab("", rx.el.span(t("All")))
    each = rx.foreach(HeldList.tabs, _effect)
    return rx.el.div(
        rx.el.div(every, each, role="tablist", aria_label=t("Effect"), class_name="tabs-list"), class_name="tabs"
    )


def _effect(tab: Var[EffectTab]) -> rx.Component:
    return _tab(tab.effect, rx.el.span(tab.name, class_name="truncate"), rx.el.span(tab.count, class_name="count fig"))


def _tab(effect: str | Var[str], *inside: rx.Component) -> rx.Component:
    chosen = {"aria-selected": rx.cond(HeldList.effect == effect, "true", "false")}
    return rx.el.button(
        *inside,
        type="button",
        role="tab",
        class_name="tab",
        on_click=HeldList.choose(effect),
        key=effect,
        custom_attrs=chosen,
    )


def _toolbar() -> rx.Component:
    return rx.el.div(
        filter_box(HeldList, t("Filter customers")),
        when(
            HeldList.currency != "",
            rx.el.span(t("Amounts in {currency}", currency=HeldList.currency), class_name="muted small"),
        ),
        class_name="toolbar",
    )


def _body(shown: rx.Component) -> rx.Component:
    bars = [rx.el.div(class_name="skeleton skeleton-line") for _ in range(6)]
    waiting = rx.el.div(*bars, class_name="section", aria_busy=True)
    failed = empty("circle-alert", t("This cannot be shown"), HeldList.failure)
    return rx.cond(HeldList.failure != "", failed, rx.cond(HeldList.loaded, shown, waiting))


def _table() -> rx.Component:
    heads = (
        (t("Customer"), "held-who"),
        (t("Why"), "held-why"),
        (t("Past due"), "num"),
        (t("Days"), "num p2"),
        (t("Credit limit"), "num p2"),
        (t("Exposure"), "num p2"),
    )
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    *(rx.el.th(text, title=text, class_name=name) for text, name in heads),
                    rx.el.th(rx.el.span(t("Open items"), class_name="sr-only"), class_name="held-way p3"),
                )
            ),
            rx.el.tbody(rx.foreach(HeldList.rows, _row)),
            class_name="table held",
        ),
        class_name="table-scroll",
        tab_index=0,
        role="region",
        aria_label=t("Customers on hold"),
    )


def _row(row: Var[HeldRow]) -> rx.Component:
    to = Var.create("/accounts/") + row.account.to_string()
    return rx.el.tr(
        rx.el.td(link(to, row.name, class_name="name row-link", dir="auto"), class_name="held-who"),
        rx.el.td(rx.el.ul(rx.foreach(row.reasons, _reason)), class_name="held-why"),
        rx.el.td(row.overdue, class_name="num"),
        rx.el.td(rx.el.span(row.days, title=row.since), class_name="num p2"),
        rx.el.td(row.limit, class_name="num p2"),
        rx.el.td(row.exposed, class_name="num p2"),
        rx.el.td(link(row.open_items, t("Open items"), class_name="link"), class_name="held-way p3"),
        key=row.account,
        custom_attrs={"data-row": row.account},
    )


def _reason(reason: Var[Reason]) -> rx.Component:
    return rx.el.li(
        rx.el.span(kit.icon("shield-alert"), reason.effect, class_name="badge badge-" + reason.look),
        rx.el.span(reason.why, " ", rx.el.span(t("What lifts it"), ": ", reason.lift, class_name="muted")),
    )


PAGES = (Page("/held", held, HeldList.load, "Customers on hold"),)
