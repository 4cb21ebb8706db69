"""What a customer owes: the statement of an account."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.receivables import (
    AccountStatement,
    MovementRow,
    StatementPart,
    UnsettledPart,
    UnsettledRow,
)
from crm_app.state.session import Me

from .parts import kit
from .parts.dated import as_workbook, day_form, read_or_why
from .parts.links import file_link, link
from .parts.screen import Page
from .parts.shell import empty, heading, shell
from .parts.text import t, when


def statement() -> rx.Component:
    """One account's movements between two days, or what of it is open."""
    state = AccountStatement
    between = day_form(state, (("from", t("From"), state.begin), ("to", t("To"), state.end)))
    at = day_form(state, (("date", t("At the end of"), state.end),))
    bar = rx.el.div(_switch(), rx.cond(state.open_only, at, between), class_name="toolbar")
    paper, sheet = _file("pdf"), _file("xlsx")
    nothing = empty("receipt", t("No movements"), t("Invoices and payments of this customer stand here."))
    settled = empty("circle-check", t("Nothing is open"), t("What this customer has not settled stands here."))
    moved = rx.cond(state.parts.length() == 0, nothing, _tables(rx.foreach(state.parts, _part), t("Statement")))
    unsettled = _tables(rx.foreach(state.unsettled, _unsettled), t("Open items"))
    still = rx.cond(state.unsettled.length() == 0, settled, unsettled)
    back = Var.create("/accounts/") + state.account.to_string()
    return shell(
        kit.url_query(query=state.address, mode="replace"),
        heading(
            t("Statement of account"),
            as_workbook(sheet, "statement.xlsx"),
            file_link(paper, "statement.pdf", kit.icon("file-text"), rx.el.span("PDF"), class_name="button"),
            count=state.name,
        ),
        bar,
        read_or_why(state, rx.cond(state.open_only, still, moved)),
        trail=((t("Accounts"), "/accounts"), (state.name, back), (t("Statement"), "")),
        reload=state.load,
        undo=lambda _key: Me.load,
        needs="statement.read",
    )


def _file(ending: str) -> Var[str]:
    """Where the same is as a file."""
    state = AccountStatement
    name = rx.cond(state.open_only, "open-items", "statement")
    return Var.create(f"/api/v1/accounts/{state.account}/{name}.{ending}?{state.address}")


def _switch() -> rx.Component:
    """Movements or open items."""

    def press(label: str, wanted: bool) -> rx.Component:
        state = AccountStatement
        pressed = {"aria-pressed": rx.cond(state.open_only == wanted, "true", "false")}
        return rx.el.button(t(label), type="button", on_click=state.show_open(wanted), custom_attrs=pressed)

    return rx.el.div(
        press("Movements", False),
        press("Open items", True),
        class_name="segmented",
        role="group",
        aria_label=t("View as"),
    )


def _tables(tables: rx.Component, label: Var[str]) -> rx.Component:
    return rx.el.div(tables, class_name="table-scroll", tab_index=0, role="region", aria_label=label)


def _unsettled(part: Var[UnsettledPart]) -> rx.Component:
    late = rx.el.tr(
        rx.el.th(t("Of which overdue"), col_span=2, scope="row"),
        *_up_to(4),
        rx.el.td(part.late, class_name="num"),
        class_name="muted",
    )
    show = rx.el.button(t("Show more"), on_click=AccountStatement.show_more, class_name="button button-quiet button-sm")
    later = rx.el.tr(
        rx.el.td(rx.el.span(part.later, show, class_name="row"), col_span=2, class_name="muted"),
        *_up_to(4),
        rx.el.td(part.rest, class_name="num"),
    )
    return rx.el.table(
        rx.el.caption(part.currency, class_name="section-title"),
        rx.el.thead(
            rx.el.tr(
                *_heads("p2", ""),
                rx.el.th(t("Days overdue"), class_name="num"),
                rx.el.th(t("Balance"), class_name="num"),
            )
        ),
        rx.el.tbody(rx.foreach(part.rows, _item), when(part.later != "", later)),
        rx.el.tfoot(
            rx.el.tr(
                rx.el.th(t("Sum"), col_span=2, scope="row"), *_up_to(4), rx.el.td(rx.el.b(part.total), class_name="num")
            ),
            when(part.late != "", late),
        ),
        class_name="table unsettled",
        key=part.currency,
    )


def _item(row: Var[UnsettledRow]) -> rx.Component:
    return rx.el.tr(
        *_cells(row, "p2", ""), rx.el.td(row.late, class_name="num"), rx.el.td(row.balance, class_name="num")
    )


def _part(part: Var[StatementPart]) -> rx.Component:
    edge = rx.el.tr(
        rx.el.td(t("Opening balance"), col_span=3, class_name="muted"),
        *_up_to(2),
        rx.el.td(part.opening, class_name="num"),
    )
    show = rx.el.button(
        t("Show older"), on_click=AccountStatement.show_more, class_name="button button-quiet button-sm"
    )
    earlier = rx.el.tr(
        rx.el.td(rx.el.span(part.earlier, show, class_name="row"), col_span=3, class_name="muted"),
        *_up_to(2),
        rx.el.td(part.carried, class_name="num"),
    )
    return rx.el.table(
        rx.el.caption(part.currency, class_name="section-title"),
        rx.el.thead(rx.el.tr(*_heads("", "p2"), rx.el.th(t("Balance"), class_name="num"))),
        rx.el.tbody(edge, when(part.earlier != "", earlier), rx.foreach(part.rows, _movement)),
        rx.el.tfoot(
            rx.el.tr(
                rx.el.th(t("Closing balance"), col_span=3, scope="row"),
                *_up_to(2),
                rx.el.td(rx.el.b(part.closing), class_name="num"),
            )
        ),
        class_name="table",
        key=part.currency,
    )


def _movement(row: Var[MovementRow]) -> rx.Component:
    return rx.el.tr(*_cells(row, "", "p2"), rx.el.td(row.balance, class_name="num"))


def _up_to(columns: int) -> list[rx.Component]:
    """Nothing in so many columns before the balance, nor in the one that goes where there is no room."""
    return [rx.el.td(class_name="p2"), rx.el.td(col_span=columns)]


def _heads(day: str, due: str) -> list[rx.Component]:
    """With the classes of the two days: where there is no room one of them goes ("p2")."""
    return [
        rx.el.th(t("Day"), class_name=f"th-day {day}"),
        rx.el.th(t("What")),
        rx.el.th(t("Number"), class_name="th-number"),
        rx.el.th(t("Due"), class_name=f"th-day {due}"),
        rx.el.th(t("Charges"), class_name="num"),
        rx.el.th(t("Payments and credits"), class_name="num"),
    ]


def _cells(row: Var[MovementRow] | Var[UnsettledRow], day: str, due: str) -> list[rx.Component]:
    return [
        rx.el.td(row.day, class_name=day),
        rx.el.td(row.what, class_name="whole"),
        rx.el.td(link(row.address, row.number, class_name="name"), class_name="whole"),
        rx.el.td(row.due, class_name=due),
        rx.el.td(row.charge, class_name="num"),
        rx.el.td(row.credit, class_name="num"),
    ]


def statement_link(account: Var[int]) -> rx.Component:
    """The way from an account to its statement, for who may read it."""
    to = Var.create("/accounts/") + account.to_string() + "/statement"
    face = (kit.icon("scroll-text"), rx.el.span(t("Statement"), class_name="text-narrow"))
    button = link(to, *face, class_name="button", title=t("Statement"), aria_label=t("Statement"))
    return when(Me.may.contains("statement.read"), button)


PAGES = (Page("/accounts/[key]/statement", statement, AccountStatement.load, "Statement of account"),)
