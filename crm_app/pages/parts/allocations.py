"""What a payment settles: what is settled, what is open, and what would be left."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.state.allocations import KINDS, AllocationState, OpenRow, SettledRow

from . import kit
from .links import link
from .text import t, when


def allocations(state: type[AllocationState]) -> rx.Component:
    """The section under a payment's form. It reads itself anew with each version of the payment."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Allocation"), class_name="section-title"),
            rx.el.span(t("Left: {amount}", amount=state.rest), class_name="count", role="status"),
            class_name="section-head row",
        ),
        when(state.settled_rows.length() > 0, _settled(state)),
        when(state.may_allocate & (state.open_rows.length() > 0), _open(state)),
        when(
            (state.settled_rows.length() == 0) & (state.open_rows.length() == 0),
            rx.el.p(
                rx.match(
                    state.values["status"].to(str),
                    ("draft", t("Once it is posted, what is open of this customer stands here.")),
                    ("posted", t("Nothing is open of this customer.")),
                    "",
                ),
                class_name="hint",
            ),
        ),
        class_name="section",
        key=state.version.to_string() + "-" + state.record.to_string(),  # type: ignore[attr-defined]
        on_mount=state.load_allocations,
    )


def _settled(state: type[AllocationState]) -> rx.Component:
    heads = rx.el.tr(
        rx.el.th(rx.cond(state.mixed, t("Document"), t("Settled invoice"))),
        rx.el.th(t("Since")),
        rx.el.th(t("Amount"), class_name="num"),
        when(state.exchanged, rx.el.th(t("Exchange difference"), class_name="num")),
        rx.el.th(),
    )
    return rx.el.div(
        rx.el.table(
            rx.el.thead(heads),
            rx.el.tbody(rx.foreach(state.settled_rows, lambda row: _settled_row(state, row))),
            class_name="sums",
        ),
        class_name="sums-scroll",
        tab_index=0,
        role="region",
        aria_label=t("Allocation"),
    )


def _settled_row(state: type[AllocationState], row: Var[SettledRow]) -> rx.Component:
    button = rx.el.button(
        kit.icon("undo-2", size="sm"),
        t("Take back"),
        type="button",
        on_click=state.take_back(row.id),
        class_name="button button-quiet button-sm",
    )
    return rx.el.tr(
        rx.el.th(link(row.address, row.number, class_name="name"), _kind(state, row), scope="row"),
        rx.el.td(row.day),
        rx.el.td(row.amount, class_name="num"),
        when(state.exchanged, rx.el.td(row.exchange, class_name="num")),
        rx.el.td(when(state.may_allocate, button), class_name="num"),
        key=row.id,
    )


def _open(state: type[AllocationState]) -> rx.Component:
    return rx.fragment(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(rx.cond(state.mixed, t("Document"), t("Open invoice"))),
                    rx.el.th(t("Due")),
                    rx.el.th(t("Balance"), class_name="num"),
                    rx.el.th(t("Settle"), class_name="num"),
                )
            ),
            rx.el.tbody(rx.foreach(state.open_rows, lambda row: _open_row(state, row))),
            class_name="table",
        ),
        rx.el.div(
            rx.el.button(t("Oldest first"), type="button", on_click=state.fill_oldest, class_name="button"),
            rx.el.button(t("Allocate"), type="button", on_click=state.allocate, class_name="button"),
            class_name="row section-foot",
        ),
    )


def _open_row(state: type[AllocationState], row: Var[OpenRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(link(row.address, row.number, class_name="name"), _kind(state, row)),
        rx.el.td(row.due),
        rx.el.td(row.balance, class_name="num"),
        rx.el.td(
            _amount(
                default_value=row.typed,
                on_change=lambda text: state.weigh(row.address, text),
                aria_label=t("Settle of {number}", number=row.number),
                custom_attrs={"aria-invalid": rx.cond(row.fault != "", "true", "false")},
                key=state.filled.to_string(),  # type: ignore[attr-defined]
            ),
            when(row.other, _taken(state, row)),
            rx.el.p(row.fault, class_name="field-error"),
            class_name="num",
        ),
        key=row.address,
    )


def _kind(state: type[AllocationState], row: Var[SettledRow] | Var[OpenRow]) -> rx.Component:
    """What the document is, under its number, where there is more than invoices."""
    said = rx.match(row.what, *((kind, t(kind)) for kind in KINDS), "")
    return when(state.mixed, rx.el.div(said, class_name="hint"))


def _amount(**props: Any) -> rx.Component:
    """Where an amount is typed; with another `key` it is drawn anew, with what the state says then."""
    return rx.el.input(input_mode="decimal", class_name="input num", **props)


def _taken(state: type[AllocationState], row: Var[OpenRow]) -> rx.Component:
    """What an item in another currency takes of the payment: by the rates of its day, until somebody writes what the bank took."""
    return rx.el.div(
        rx.el.span(t("for")),
        _amount(
            default_value=row.taken,
            on_change=lambda text: state.weigh_taken(row.address, text),
            aria_label=t("Of the payment for {number}", number=row.number),
            key=state.filled.to_string() + "-" + row.told.to_string(),  # type: ignore[attr-defined]
        ),
        rx.el.span(state.of_currency),
        class_name="row taken",
    )
