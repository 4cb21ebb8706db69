"""What customers owe: ageing, and the statement of an account."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.receivables import (
    AccountStatement,
    AgedRow,
    Ageing,
    MovementRow,
    StatementPart,
    UnsettledPart,
    UnsettledRow,
)
from crm_app.state.session import Me

from .parts import bulk, kit
from .parts.inputs import day_field
from .parts.links import file_link, link
from .parts.screen import Page
from .parts.shell import empty, heading, shell
from .parts.table import filter_box, foot
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
    days = rx.el.div(
        filter_box(Ageing, t("Filter customers")),
        _days(Ageing, (("date", t("At the end of"), Ageing.day),)),
        class_name="toolbar",
    )
    without = rx.cond(Ageing.text != "", none_match, nothing)
    return shell(
        kit.url_query(query=Ageing.address, mode="replace"),
        heading(t("Ageing"), _sheet("/api/v1/ageing.xlsx?date=" + Ageing.day, "ageing.xlsx")),
        days,
        _body(Ageing, rx.cond(Ageing.rows.length() == 0, without, rx.fragment(_aged_table(), foot(Ageing)))),
        trail=((t("Sales"), ""), (t("Ageing"), "")),
        reload=Ageing.load,
        undo=lambda _key: Me.load,
        needs="ageing.read",
    )


def _aged_table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    _sortable("name", "Customer"),
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


def statement() -> rx.Component:
    """One account's movements between two days, or what of it is open."""
    state = AccountStatement
    between = _days(state, (("from", t("From"), state.begin), ("to", t("To"), state.end)))
    at = _days(state, (("date", t("At the end of"), state.end),))
    days = rx.el.div(_switch(), rx.cond(state.open_only, at, between), class_name="toolbar")
    whole = f"/api/v1/accounts/{state.account}/statement.xlsx?{state.address}"
    file = rx.cond(state.open_only, f"/api/v1/accounts/{state.account}/open-items.xlsx?{state.address}", whole)
    nothing = empty("receipt", t("No movements"), t("Invoices and payments of this customer stand here."))
    settled = empty("circle-check", t("Nothing is open"), t("What this customer has not settled stands here."))
    moved = rx.cond(state.parts.length() == 0, nothing, _tables(rx.foreach(state.parts, _part), t("Statement")))
    unsettled = _tables(rx.foreach(state.unsettled, _unsettled), t("Open items"))
    still = rx.cond(state.unsettled.length() == 0, settled, unsettled)
    back = Var.create("/accounts/") + state.account.to_string()
    return shell(
        kit.url_query(query=state.address, mode="replace"),
        heading(t("Statement of account"), _sheet(file, "statement.xlsx"), count=state.name),
        days,
        _body(state, rx.cond(state.open_only, still, moved)),
        trail=((t("Accounts"), "/accounts"), (state.name, back), (t("Statement"), "")),
        reload=state.load,
        undo=lambda _key: Me.load,
        needs="statement.read",
    )


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
        rx.el.th(t("Of which overdue"), col_span=7, scope="row"),
        rx.el.td(part.late, class_name="num"),
        class_name="muted",
    )
    return rx.el.table(
        rx.el.caption(part.currency, class_name="section-title"),
        rx.el.thead(
            rx.el.tr(*_heads(), rx.el.th(t("Days overdue"), class_name="num"), rx.el.th(t("Balance"), class_name="num"))
        ),
        rx.el.tbody(rx.foreach(part.rows, _item)),
        rx.el.tfoot(
            rx.el.tr(rx.el.th(t("Sum"), col_span=7, scope="row"), rx.el.td(rx.el.b(part.total), class_name="num")),
            when(part.late != "", late),
        ),
        class_name="table unsettled",
        key=part.currency,
    )


def _item(row: Var[UnsettledRow]) -> rx.Component:
    return rx.el.tr(*_cells(row), rx.el.td(row.late, class_name="num"), rx.el.td(row.balance, class_name="num"))


def _part(part: Var[StatementPart]) -> rx.Component:
    edge = rx.el.tr(
        rx.el.td(t("Opening balance"), col_span=6, class_name="muted"), rx.el.td(part.opening, class_name="num")
    )
    show = rx.el.button(
        t("Show older"), on_click=AccountStatement.show_earlier, class_name="button button-quiet button-sm"
    )
    earlier = rx.el.tr(
        rx.el.td(rx.el.span(part.earlier, show, class_name="row"), col_span=6, class_name="muted"),
        rx.el.td(part.carried, class_name="num"),
    )
    return rx.el.table(
        rx.el.caption(part.currency, class_name="section-title"),
        rx.el.thead(rx.el.tr(*_heads(), rx.el.th(t("Balance"), class_name="num"))),
        rx.el.tbody(edge, when(part.earlier != "", earlier), rx.foreach(part.rows, _movement)),
        rx.el.tfoot(
            rx.el.tr(
                rx.el.th(t("Closing balance"), col_span=6, scope="row"),
                rx.el.td(rx.el.b(part.closing), class_name="num"),
            )
        ),
        class_name="table",
        key=part.currency,
    )


def _movement(row: Var[MovementRow]) -> rx.Component:
    return rx.el.tr(*_cells(row), rx.el.td(row.balance, class_name="num"))


def _heads() -> list[rx.Component]:
    return [
        rx.el.th(t("Day"), class_name="th-day"),
        rx.el.th(t("What")),
        rx.el.th(t("Number")),
        rx.el.th(t("Due"), class_name="th-day p2"),
        rx.el.th(t("Charges"), class_name="num"),
        rx.el.th(t("Payments and credits"), class_name="num"),
    ]


def _cells(row: Var[MovementRow] | Var[UnsettledRow]) -> list[rx.Component]:
    return [
        rx.el.td(row.day),
        rx.el.td(row.what, class_name="truncate"),
        rx.el.td(link(row.address, row.number, class_name="name truncate")),
        rx.el.td(row.due, class_name="p2"),
        rx.el.td(row.charge, class_name="num"),
        rx.el.td(row.credit, class_name="num"),
    ]


def _days(
    state: type[Ageing] | type[AccountStatement], fields: tuple[tuple[str, Var[str], Var[str]], ...]
) -> rx.Component:
    """The days that the page is about; another day is read at once."""
    inputs = [
        rx.el.label(
            rx.el.span(label),
            day_field(name=name, value=value),
            class_name="row day-field",
        )
        for name, label, value in fields
    ]
    show = rx.el.button(t("Show"), type="submit", class_name="button")
    return rx.el.form(*inputs, show, on_submit=state.choose, class_name="row days")


def _sheet(address: str | Var[str], name: str) -> rx.Component:
    return file_link(address, name, kit.icon("download"), rx.el.span(t("Spreadsheet")), class_name="button")


def _body(state: type[Ageing] | type[AccountStatement], shown: rx.Component) -> rx.Component:
    bars = [rx.el.div(class_name="skeleton skeleton-line") for _ in range(6)]
    waiting = rx.el.div(*bars, class_name="section", aria_busy=True)
    failed = empty("circle-alert", t("This cannot be shown"), state.failure)
    return rx.cond(state.failure != "", failed, rx.cond(state.loaded, shown, waiting))


def statement_link(account: Var[int]) -> rx.Component:
    """The way from an account to its statement, for who may read it."""
    to = Var.create("/accounts/") + account.to_string() + "/statement"
    face = (kit.icon("scroll-text"), rx.el.span(t("Statement"), class_name="text-narrow"))
    button = link(to, *face, class_name="button", title=t("Statement"), aria_label=t("Statement"))
    return when(Me.may.contains("statement.read"), button)


PAGES = (
    Page("/ageing", ageing, Ageing.load, "Ageing"),
    Page("/accounts/[key]/statement", statement, AccountStatement.load, "Statement of account"),
)
