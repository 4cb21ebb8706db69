"""What customers owe by days overdue: each of them, or the sums by salesperson or by zone."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.state.ageing import AgedRow, Ageing
from crm_app.state.session import Me

from .parts import bulk, kit
from .parts.dated import as_workbook, day_form, read_or_why
from .parts.inputs import picker_labels
from .parts.links import link
from .parts.screen import Page
from .parts.shell import empty, heading, shell
from .parts.table import filter_box, foot, left_out
from .parts.text import t, when

_HEADS = {
    "current": "Not yet due", "30": "1-30 days", "60": "31-60", "90": "61-90", "120": "91-120", "older": "Older",
    "credit": "Not allocated",
}  # fmt: skip


def ageing() -> rx.Component:
    """Everything open, by days overdue."""
    nothing = empty(
        "circle-check", t("Nobody owes anything"), t("What customers have not paid stands here, by its age.")
    )
    none_match = empty("search", t("Nothing matches"), t("Try fewer letters, or take a filter away."))
    bar = rx.el.div(
        filter_box(Ageing, t("Filter by name")),
        day_form(Ageing, (("date", t("At the end of"), Ageing.day),)),
        class_name="toolbar",
    )
    narrowed = (Ageing.text != "") | (Ageing.salesperson != "") | (Ageing.zone != "")
    without = rx.cond(narrowed, none_match, nothing)
    return shell(
        kit.url_query(query=Ageing.address, mode="replace"),
        heading(t("Ageing"), as_workbook(Ageing.sheet, "ageing.xlsx")),
        bar,
        _whose(),
        when(Ageing.partial, left_out()),
        read_or_why(Ageing, rx.cond(Ageing.rows.length() == 0, without, rx.fragment(_aged_table(), foot(Ageing)))),
        trail=((t("Sales"), ""), (t("Ageing"), "")),
        reload=Ageing.load,
        undo=lambda _key: Me.load,
        needs="ageing.read",
    )


def _whose() -> rx.Component:
    """By what the sums are told, and whose customers they are of."""

    def press(label: str, group: str) -> rx.Component:
        pressed = {"aria-pressed": rx.cond(Ageing.group == group, "true", "false")}
        return rx.el.button(t(label), type="button", on_click=Ageing.sum_by(group), custom_attrs=pressed)

    groups = rx.el.div(
        press("Customer", "customer"),
        press("Salesperson", "salesperson"),
        press("Zone", "zone"),
        class_name="segmented",
        role="group",
        aria_label=t("Sum by"),
    )
    person = _found_by_name("Salesperson", "users", Ageing.salesperson, Ageing.salesperson_name, Ageing.of_salesperson)
    zone = _found_by_name("Zone", "zones", Ageing.zone, Ageing.zone_name, Ageing.of_zone)
    return rx.el.div(groups, person, zone, class_name="toolbar whose")


def _found_by_name(label: str, resource: str, value: Var[str], name: Var[str], on_pick: Any) -> rx.Component:
    key = f"ageing-{resource}"
    box = kit.ref_picker(
        id=key, name=resource, resource=resource, value=value, text=name, labels=picker_labels(),
        placeholder=t("Any"), on_pick=on_pick,
    )  # fmt: skip
    return rx.el.div(rx.el.label(t(label), html_for=key), box, class_name="row whose-field")


def _aged_table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    _sortable("name", "Name"),
                    rx.el.th(t("Currency"), class_name="th-short"),
                    *(_sortable(name, text, "num") for name, text in _HEADS.items()),
                    _sortable("total", "Total", "num"),
                )
            ),
            rx.el.tbody(rx.foreach(Ageing.rows, _aged)),
            rx.el.tfoot(rx.foreach(Ageing.sums, _sum)),
            class_name="table aged",
        ),
        class_name="table-scroll",
        tab_index=0,
        role="region",
        aria_label=t("Ageing"),
    )


def _sortable(name: str, text: str, look: str = "") -> rx.Component:
    """The head of a column that one may sort by."""
    falls = Ageing.sort == f"-{name}"
    here = falls | (Ageing.sort == name)
    arrow = rx.cond(here, kit.icon(rx.cond(falls, "arrow-down", "arrow-up")), rx.fragment())
    return rx.el.th(
        bulk.sort(t(text), arrow, name=name, title=t(text), on_sort=Ageing.sort_by),
        class_name=look,
        custom_attrs={"aria-sort": rx.cond(falls, "descending", rx.cond(here, "ascending", "none"))},
    )


def _aged(row: Var[AgedRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(link(row.address, row.name, class_name="name truncate row-link", dir="auto", title=row.name)),
        *_amounts(row),
        key=row.address + row.currency,
    )


def _sum(row: Var[AgedRow]) -> rx.Component:
    return rx.el.tr(rx.el.th(t("Sum"), scope="row"), *_amounts(row), key=row.currency)


def _amounts(row: Var[AgedRow]) -> list[rx.Component]:
    return [
        rx.el.td(row.currency, class_name="muted"),
        *(rx.el.td(row.amounts[index], class_name="num") for index in range(len(_HEADS))),
        rx.el.td(rx.el.b(row.total), class_name="num"),
    ]


PAGES = (Page("/ageing", ageing, Ageing.load, "Ageing"),)
