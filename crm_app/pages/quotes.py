"""Quotes."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.quotes import DifferenceRow, QuoteList, QuoteRecord, VersionRow

from .parts.links import link
from .parts.screen import Page, module
from .parts.table import list_screen
from .parts.text import t, when
from .parts.trade import document_screen


def quotes() -> rx.Component:
    """The list of quotes."""
    return list_screen(QuoteList)


def quote() -> rx.Component:
    """One of them."""
    return document_screen(QuoteRecord, sections=(versions(),))


def versions() -> rx.Component:
    """The other versions of the quote, each a link, and what changed from one to the other; nothing where there is only one."""
    heads = (t("Version"), t("Status"), t("Date"))
    return when(
        QuoteRecord.versions.length() > 0,
        rx.el.section(
            rx.el.h2(t("Versions"), class_name="section-title section-head"),
            _scrolled(
                "Versions",
                rx.el.tr(*(rx.el.th(head) for head in heads), rx.el.th(t("Total"), class_name="num"), rx.el.th()),
                rx.foreach(QuoteRecord.versions, _version),
            ),
            rx.el.h3(
                t(
                    "What changed from {older} to {newer}",
                    older=QuoteRecord.older_version,
                    newer=QuoteRecord.newer_version,
                ),
                class_name="section-title section-head",
            ),
            rx.cond(
                QuoteRecord.differences.length() > 0,
                _scrolled(
                    "What changed",
                    rx.el.tr(*(rx.el.th(t(head)) for head in ("Line", "Field", "Before", "After"))),
                    rx.foreach(QuoteRecord.differences, _difference),
                ),
                rx.el.p(t("Nothing differs."), class_name="muted"),
            ),
            class_name="section",
            id="versions",
        ),
    )


def _scrolled(label: str, head: rx.Component, rows: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.table(rx.el.thead(head), rx.el.tbody(rows), class_name="sums"),
        class_name="sums-scroll",
        tab_index=0,
        role="region",
        aria_label=t(label),
    )


def _version(row: Var[VersionRow]) -> rx.Component:
    name = rx.cond(
        row.here,
        rx.el.span(row.name, custom_attrs={"aria-current": "page"}),
        link(row.address, row.name, class_name="link"),
    )
    return rx.el.tr(
        rx.el.th(name, scope="row"),
        rx.el.td(rx.el.span(row.text, class_name="badge badge-" + row.look)),
        rx.el.td(row.date),
        rx.el.td(row.money, class_name="num"),
        rx.el.td(
            when(
                ~row.here,
                rx.el.button(
                    t("Compare"),
                    type="button",
                    class_name="button button-sm",
                    aria_pressed=row.id == QuoteRecord.other,
                    on_click=QuoteRecord.compare(row.id),
                ),
            )
        ),
        key=row.id,
    )


def _difference(row: Var[DifferenceRow]) -> rx.Component:
    whole = rx.cond(row.before == "", t("Line added"), t("Line removed"))
    return rx.el.tr(
        rx.el.th(row.line, scope="row"),
        rx.el.td(rx.cond(row.label == "", whole, row.label)),
        rx.el.td(row.before),
        rx.el.td(row.after),
    )


PAGES: tuple[Page, ...] = module(QuoteList, quotes, QuoteRecord, quote)
