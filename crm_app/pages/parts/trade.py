"""The screen of a trade document: head with the next step, chain, lines as in a spreadsheet, quantities."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Choice
from crm_app.core.resource import RESOURCES
from crm_app.state.heads import FigureRow
from crm_app.state.paper import PaperState
from crm_app.state.session import Me
from crm_app.state.trade import NodeRow, NoticeRow, SumsRow, TradeState

from . import kit, written
from .choose import choose_dialog
from .links import link
from .record import record_screen, timeline
from .text import t, when
from .verbs import paper_words, verbs_head

_SUMS = ("Quoted", "Ordered", "Reserved", "Delivered", "Returned", "Invoiced", "Credited")


def document_screen(
    state: type[PaperState], *, above: tuple[rx.Component, ...] = (), sections: tuple[rx.Component, ...] = ()
) -> rx.Component:
    """The whole page of a quote, an order, a delivery note or an invoice; `above` are more notices, `sections` stand under its
    lines.
    """
    return record_screen(
        state,
        head=verbs_head(state, choose=state.choose, beside=choose_dialog(state), paper=True),
        above=(notices(state), *above, chain(state)),
        lines={"lines": lines_grid(state)},
        sections=(*sections, quantities(state)),
        beside=_beside(state),
    )


def _beside(state: type[PaperState]) -> rx.Component:
    """The printed page as it will be, or the history."""

    def press(label: str, side: str) -> rx.Component:
        pressed = {"aria-pressed": rx.cond(state.side == side, "true", "false")}
        return rx.el.button(t(label), type="button", on_click=state.show_side(side), custom_attrs=pressed)

    sides = rx.el.div(
        press("Preview", "paper"),
        press("History", "history"),
        class_name="segmented aside-sides",
        role="group",
        aria_label=t("View as"),
    )
    printed = rx.el.aside(
        rx.cond(state.record == 0, rx.el.h2(t("Preview"), class_name="section-title timeline-head"), sides),
        written.paper(
            pages=state.paper, more=state.paper_more, showing=state.once, labels=paper_words(), on_draw=state.draw
        ),
        when(state.told.length() > 0, rx.el.dl(rx.foreach(state.told, _told), class_name="told")),
        class_name="aside aside-paper",
        aria_label=t("Preview"),
        tab_index=0,
    )
    return rx.cond((state.side == "paper") & (state.pane != "history"), printed, timeline(state, sides))


def _told(row: Var[FigureRow]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(row.label),
        rx.el.dd(
            rx.el.span(row.text, class_name=rx.cond(row.late, "fig is-late", "fig")),
            when(row.more != "", rx.el.span(" ", row.more, class_name="muted")),
        ),
        key=row.label,
    )


def notices(state: type[TradeState]) -> rx.Component:
    """What stands against the customer of an order or a delivery: said where it is made, before anything is refused."""
    way = link(
        Var.create("/accounts/") + state.customer.to_string() + "/statement",
        t("Statement of account"),
        class_name="link",
    )
    return when(
        state.notices.length() > 0,
        rx.el.div(
            rx.foreach(state.notices, _notice),
            when(Me.may.contains("statement.read"), rx.el.p(way)),
            class_name="banner banner-wait notices",
            role="status",
        ),
    )


def _notice(row: Var[NoticeRow]) -> rx.Component:
    return rx.el.p(
        kit.icon("shield-alert"),
        rx.el.b(row.effect),
        row.why,
        rx.el.span(t("What lifts it"), ": ", row.lift),
        key=row.why,
    )


def chain(state: type[TradeState]) -> rx.Component:
    """The documents that belong together, in the order in which they are made."""
    return when(
        state.nodes.length() > 0,
        rx.el.nav(
            rx.el.ol(rx.foreach(state.nodes, _node)),
            class_name="chain",
            aria_label=t("Documents that belong together"),
            tab_index=0,
        ),
    )


def _node(node: Var[NodeRow]) -> rx.Component:
    icon = rx.match(
        node.look,
        ("open", "circle-dot"),
        ("wait", "clock"),
        ("done", "circle-check"),
        ("late", "circle-alert"),
        "circle-dashed",
    )
    name = rx.cond(
        node.here,
        rx.el.span(node.number, class_name="chain-name", custom_attrs={"aria-current": "page"}),
        link(node.address, node.number, class_name="chain-name"),
    )
    return rx.el.li(
        rx.el.div(kit.icon(icon, cls="look-" + node.look), class_name="chain-mark"),  # type: ignore[arg-type]
        rx.el.div(node.kind, class_name="chain-kind truncate"),
        rx.el.div(name, class_name="truncate"),
        rx.el.div(node.money, class_name="chain-money truncate"),
        rx.el.div(node.text, class_name="chain-state truncate"),
        class_name="chain-node",
        key=node.address,
    )


def lines_grid(state: type[TradeState]) -> rx.Component:
    """The lines with their totals."""
    part = next(part for part in RESOURCES.lines(state.resource) if part.name == "lines")
    fields = part.resource.fields
    options = {
        name: [[key, t(label)] for key, label in spec.kind.pairs()]
        for name, spec in fields.items()
        if isinstance(spec.kind, Choice)
    }
    return rx.el.section(
        written.grid(
            name=part.name,
            value=state.lines[part.name],
            sheet=state.sheet,
            locale=Me.locale,
            errors=state.errors,
            labels=_words() | {name: t(fields[name].label) for name in ("choice", "recurrence") if name in fields},
            options=options,
            extra=[name for name in ("choice", "recurrence") if name in fields],
            disabled=~state.may_change,
            why=state.why,
            why_key=state.why_key,
            on_preview=state.preview,
            on_explain=state.explain,
            facts=state.facts,
            on_look=state.look,
        ),
        class_name="section section-grid",
    )


def _words() -> dict[str, Var[str]]:
    return {
        "lines": t("Lines"),
        "product": t("Product"),
        "description": t("Description"),
        "quantity": t("Quantity"),
        "unit": t("Unit"),
        "price": t("Price"),
        "discount": t("Discount, %"),
        "discount_short": t("Disc. %"),
        "tax_class": t("Tax class"),
        "tax": t("Tax"),
        "amount": t("Amount"),
        "net": t("Net"),
        "more": t("More about the line"),
        "more_hint": t("More about the line (Alt + Enter)"),
        "remove": t("Remove the line"),
        "remove_hint": t("Remove the line (Ctrl + Delete)"),
        "move": t("Move the line"),
        "move_hint": t("Drag, or Alt with the arrow keys"),
        "add": t("Add line"),
        "group": t("Group"),
        "subtotal": t("Subtotal"),
        "repeat": t("Repeat the line"),
        "repeat_hint": t("Repeat the line (Ctrl + D)"),
        "hint": t("Paste rows from a spreadsheet, with heads or as code, quantity, price, discount"),
        "find": t("Code or name"),
        "as_text": t("Keep \u201c{typed}\u201d as text", typed="{typed}"),
        "searching": t("Searching\u2026"),
        "nothing": t("Nothing matches"),
        "why": t("Why this price"),
        "why_amount": t("Why these amounts"),
        "typed": t("This price was written by hand."),
        "close": t("Close"),
        "take": t("Take this price"),
        "no_past": t("Not sold or quoted yet."),
        "unknown": t("No product has this code."),
        "lacking": t("Choose a product or write what it is."),
        "several": t("Several products may be meant. Choose one, or leave it as text."),
    }


def quantities(state: type[TradeState]) -> rx.Component:
    """What became of each line."""
    heads = [rx.el.th(t(label), class_name="num") for label in ("Quantity", *_SUMS)]
    return when(
        state.sums.length() > 0,
        rx.el.section(
            rx.el.h2(t("What became of it"), class_name="section-title section-head"),
            rx.el.div(
                rx.el.table(
                    rx.el.thead(rx.el.tr(rx.el.th(t("Line")), *heads)),
                    rx.el.tbody(rx.foreach(state.sums, _sums)),
                    class_name="sums",
                ),
                class_name="sums-scroll",
                tab_index=0,
                role="region",
                aria_label=t("What became of it"),
            ),
            class_name="section",
        ),
    )


def _sums(row: Var[SumsRow]) -> rx.Component:
    cells: Any = rx.foreach(row.sums, lambda text: rx.el.td(text, class_name="num"))
    return rx.el.tr(rx.el.th(row.text, scope="row"), rx.el.td(row.quantity, class_name="num"), cells)
