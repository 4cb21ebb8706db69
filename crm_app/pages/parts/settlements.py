"""What settles an invoice: payments, credit notes and deposits, each with its link, and what the exchange rates made of it."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.settlements import MeansRow, SettlementRow, SettlementState

from . import kit
from .links import link
from .text import t, when

_KINDS = ("Payment", "Credit note", "Invoice", "Deposit, net")


def settlements(state: type[SettlementState]) -> rx.Component:
    """The section under an invoice; nothing where nothing settles it yet."""
    heads = rx.el.tr(
        rx.el.th(t("Document")),
        rx.el.th(t("Kind")),
        rx.el.th(t("Since")),
        rx.el.th(t("Amount"), class_name="num"),
        when(state.settlements_exchanged, rx.el.th(t("Exchange difference"), class_name="num")),
        rx.el.th(),
    )
    return when(
        state.settlements.length() > 0,
        rx.el.section(
            rx.el.h2(t("Allocation"), class_name="section-title section-head"),
            rx.el.div(
                rx.el.table(
                    rx.el.thead(heads),
                    rx.el.tbody(rx.foreach(state.settlements, lambda row: _settlement(state, row))),
                    class_name="sums",
                ),
                class_name="sums-scroll",
                tab_index=0,
                role="region",
                aria_label=t("Allocation"),
            ),
            class_name="section",
            id="settlements",
        ),
    )


def free_means(state: type[SettlementState]) -> rx.Component:
    """Told above an open invoice: what it could be settled with, each by one click; nothing where nothing is free."""
    every = link(
        Var.create("/accounts/") + state.values["account"].to(str) + "/statement?show=open",
        t("Show all"),
        class_name="link",
    )
    rows = rx.foreach(state.free, lambda row: _free(state, row))
    return when(
        state.free.length() > 0,
        rx.el.div(
            rows, when(state.free_more, rx.el.p(every)), class_name="banner notices", id="free-means", role="status"
        ),
    )


def _free(state: type[SettlementState], row: Var[MeansRow]) -> rx.Component:
    button = rx.el.button(
        t("Settle {amount}", amount=row.settles),
        type="button",
        on_click=state.settle_with(row.resource, row.id),
        class_name="button button-sm",
    )
    return rx.el.p(
        kit.icon("wallet"),
        rx.match(row.what, *((kind, t(kind)) for kind in ("Payment received", "Credit note")), ""),
        link(row.address, row.number, class_name="link"),
        t("{amount} not allocated", amount=row.left),
        when(row.settles != "", button),
        key=row.address,
    )


def _settlement(state: type[SettlementState], row: Var[SettlementRow]) -> rx.Component:
    button = rx.el.button(
        kit.icon("undo-2", size="sm"),
        t("Take back"),
        type="button",
        on_click=state.take_back(row.allocation),
        class_name="button button-quiet button-sm",
    )
    return rx.el.tr(
        rx.el.th(link(row.address, row.number, class_name="name"), scope="row"),
        rx.el.td(rx.match(row.what, *((kind, t(kind)) for kind in _KINDS), "")),
        rx.el.td(row.day),
        rx.el.td(row.amount, class_name="num"),
        when(state.settlements_exchanged, rx.el.td(row.exchange, class_name="num")),
        rx.el.td(when(row.takes_back, button), class_name="num"),
        key=row.address + row.allocation.to_string(),
    )
