"""Invoices."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.invoices import InvoiceList, InvoiceRecord, PartRow
from crm_app.state.settings import CompanyRecord

from .parts import kit
from .parts.links import link
from .parts.screen import Page, module
from .parts.settlements import free_means, settlements
from .parts.shell import may
from .parts.table import list_screen
from .parts.text import t, when
from .parts.trade import document_screen

_STANDINGS = (
    ("Paid", "circle-check"),
    ("Overdue", "circle-alert"),
    ("Partly paid", "clock"),
    ("Not yet due", "circle-dot"),
)


def invoices() -> rx.Component:
    """The list of invoices."""
    return list_screen(InvoiceList)


def invoice() -> rx.Component:
    """One of them."""
    return document_screen(
        InvoiceRecord,
        above=(*lacking(), free_means(InvoiceRecord)),
        sections=(instalments(), settlements(InvoiceRecord)),
    )


def lacking() -> tuple[rx.Component, rx.Component]:
    """Said before an invoice goes out without the company's tax identifier, or without what it has to say of its customer."""
    settings = link("/settings/company", t("Company settings"), class_name="link")
    return (
        _banner(
            InvoiceRecord.nameless,
            t("Your company has no tax identifier: the invoice would be issued without it."),
            when(may(CompanyRecord.resource, "change"), settings),
        ),
        _banner(
            InvoiceRecord.anonymous,
            t("The customer has no tax identifier or no address: above 400 EUR an invoice has to bear both."),
        ),
        _banner(
            InvoiceRecord.unreasoned,
            t("What corrects an invoice has to say why: choose the reason of the correction."),
        ),
    )


def _banner(shown: Var[bool], said: Var[str], *ways: rx.Component) -> rx.Component:
    note = rx.el.p(kit.icon("circle-alert"), said, *ways)
    return when(shown, rx.el.div(note, class_name="banner banner-wait notices", role="status"))


def instalments() -> rx.Component:
    """When how much is due, and what is open of each part; nothing where the whole is due on one day."""
    heads = [rx.el.th(t(label), class_name="num") for label in ("Amount", "Outstanding")]
    return when(
        InvoiceRecord.parts.length() > 0,
        rx.el.section(
            rx.el.h2(t("Instalments"), class_name="section-title section-head"),
            rx.el.div(
                rx.el.table(
                    rx.el.thead(rx.el.tr(rx.el.th(t("Due")), *heads, rx.el.th(t("Status")))),
                    rx.el.tbody(rx.foreach(InvoiceRecord.parts, _part)),
                    class_name="sums",
                ),
                class_name="sums-scroll",
                tab_index=0,
                role="region",
                aria_label=t("Instalments"),
            ),
            class_name="section",
            id="instalments",
        ),
    )


def _part(part: Var[PartRow]) -> rx.Component:
    words = rx.match(
        part.text, *((text, rx.fragment(kit.icon(icon), t(text))) for text, icon in _STANDINGS), rx.fragment()
    )
    return rx.el.tr(
        rx.el.th(part.due, scope="row"),
        rx.el.td(part.amount, class_name="num"),
        rx.el.td(part.open, class_name="num"),
        rx.el.td(rx.el.span(words, class_name="badge badge-" + part.look)),
    )


PAGES: tuple[Page, ...] = module(InvoiceList, invoices, InvoiceRecord, invoice)
