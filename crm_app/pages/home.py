"""The first page, and the one for addresses that lead nowhere."""

import reflex as rx
from reflex.vars import Var

from crm_app.core.resource import RESOURCES
from crm_app.state.home import Due, NeedRow, NumberRow, Tile, Today, Trace
from crm_app.state.session import Me

from .parts import kit
from .parts.links import link
from .parts.screen import Page
from .parts.shell import empty, heading, shell
from .parts.text import t, when


def home() -> rx.Component:
    """What needs me, where I was, what others did, how much there is; in an empty house the first steps."""
    body = rx.el.div(
        rx.el.div(rx.cond(Today.loaded, _left(), _waiting()), class_name="today-main"),
        rx.el.div(
            rx.el.div(rx.foreach(Today.numbers, _number), class_name="tiles"),
            _counts(),
            class_name="today-side",
        ),
        class_name="today",
    )
    return shell(
        heading(t("Today"), count=Today.day),
        rx.el.div(
            body,
            class_name="page-scroll today-page",
            tab_index=0,
            role="region",
            aria_label=t("Today"),
            aria_busy=rx.cond(Today.loaded, "false", "true"),
        ),
        trail=((t("Today"), ""),),
        reload=Today.load,
        undo=Today.undo,
    )


def _left() -> rx.Component:
    nothing = when(
        (Today.needs.length() + Today.mine.length() + Today.others.length()) == 0,
        empty(
            "history",
            t("A quiet start"),
            t("What you and your colleagues change appears here, so that you can go on where you were."),
        ),
    )
    return rx.cond(
        Today.begun,
        rx.fragment(
            rx.foreach(Today.needs, _due),
            _need(t("Go on where you were"), Today.mine, _trace),
            _need(t("What others changed"), Today.others, _other),
            nothing,
        ),
        rx.fragment(_first_steps(), _need(t("What others changed"), Today.others, _other)),
    )


def _due(need: Var[NeedRow]) -> rx.Component:
    """Something that needs somebody, its first few, and the way to all of them."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(need.title),
            rx.el.span(need.count, class_name="count"),
            link(need.address, t("See all"), class_name="link", aria_label=t("See all: {what}", what=need.title)),
            class_name="need-head",
        ),
        rx.el.ul(rx.foreach(need.first, lambda one: _due_row(need, one))),
        class_name="need",
        key=need.address,
    )


def _due_row(need: Var[NeedRow], one: Var[Due]) -> rx.Component:
    return rx.el.li(
        kit.icon(need.icon),
        rx.el.span(
            link(one.address, one.label, class_name="what row-link"),
            " ",
            rx.el.span(one.account, dir="auto"),
            class_name="truncate",
        ),
        rx.el.span(one.money, class_name="fig"),
        rx.el.span(one.day, class_name="when " + need.look),
        class_name="need-row is-due",
        key=one.address,
    )


def _need(title: Var[str], found: Var[list[Trace]], draw: rx.Component) -> rx.Component:
    part = rx.el.section(
        rx.el.div(rx.el.h2(title), class_name="need-head"),
        rx.el.ul(rx.foreach(found, draw)),
        class_name="need",
    )
    return when(found.length() > 0, part)


def _trace(trace: Var[Trace]) -> rx.Component:
    return _line(trace, kit.icon(trace.icon), trace.kind)


def _other(trace: Var[Trace]) -> rx.Component:
    return _line(trace, kit.avatar(trace.who), trace.who)


def _line(trace: Var[Trace], mark: rx.Component, beside: Var[str]) -> rx.Component:
    more = when(trace.others, rx.el.span(" ", t("and others")))
    return rx.el.li(
        mark,
        rx.el.span(
            link(trace.address, trace.label, class_name="what row-link", dir="auto"),
            " ",
            rx.el.span(beside),
            more,
            class_name="truncate",
        ),
        rx.el.span(trace.when, class_name="when"),
        class_name="need-row",
        key=trace.address,
    )


def _number(number: Var[NumberRow]) -> rx.Component:
    """Money, and the way to the list that comes to it."""
    return link(
        number.address,
        rx.el.span(number.label, class_name="tile-label"),
        rx.el.span(number.text, class_name="tile-value " + number.look),
        when(number.more != "", rx.el.span(number.more, class_name="tile-foot")),
        rx.el.span(number.foot, class_name="tile-foot"),
        class_name="tile",
        key=number.address,
    )


def _counts() -> rx.Component:
    """How much there is of everything."""
    part = rx.el.section(
        rx.el.div(rx.el.h2(t("Records")), class_name="need-head"),
        rx.el.ul(rx.foreach(Today.tiles, _count)),
        class_name="need counts",
    )
    return when(Today.tiles.length() > 0, part)


def _count(tile: Var[Tile]) -> rx.Component:
    new = rx.cond(tile.new != "", t("{count} new this month", count=tile.new), t("None new this month"))
    return rx.el.li(
        link(
            tile.address,
            rx.el.span(tile.label, class_name="count-label"),
            rx.el.span(new, class_name="count-new"),
            rx.el.span(tile.total, class_name="count-total"),
            class_name="count-row",
        ),
        key=tile.address,
    )


def _waiting() -> rx.Component:
    bar = rx.el.div(rx.el.span(), rx.el.div(class_name="skeleton"), class_name="need-row")
    return rx.el.div(*(bar for _ in range(6)), class_name="need", aria_hidden=True)


def _first_steps() -> rx.Component:
    first = next(one for one in RESOURCES if one.name == "accounts")
    return rx.el.section(
        rx.el.div(rx.el.h2(t("First steps")), class_name="need-head"),
        rx.el.div(
            _step(
                first.permission("create"),
                "/accounts/new",
                first.icon,
                t("Add the first account"),
                t("A customer, a supplier or somebody who may become one"),
            ),
            _step(
                "users.create",
                "/users/new",
                "user-plus",
                t("Invite a colleague"),
                t("Each with their own role, team and language"),
            ),
            _step(
                "settings.change",
                "/settings/company",
                "settings",
                t("Look the company over"),
                t("Name, country, currency, language and time zone"),
            ),
            class_name="steps-list",
        ),
        when(
            Me.may.contains("users.create"),
            rx.el.p(
                kit.icon("info"),
                rx.el.span(
                    t("To look around first, the command make demo serves a second, made-up company beside this one.")
                ),
                class_name="note",
            ),
        ),
        class_name="need first-steps",
    )


def _step(permission: str, to: str, icon: str, title: Var[str], text: Var[str]) -> rx.Component:
    door = link(
        to,
        kit.icon(icon),
        rx.el.span(
            rx.el.span(title, class_name="strong"), rx.el.span(text, class_name="hint"), class_name="grow door-text"
        ),
        kit.icon("chevron-right"),
        class_name="item door",
    )
    return when(Me.may.contains(permission), door)


def nowhere() -> rx.Component:
    """An address that does not exist says so and offers the way back."""
    way_back = link("/", t("Back to the start"), class_name="button button-primary")
    return shell(
        empty("search", t("Not found"), t("There is no page at this address."), way_back, whole=True),
        trail=((t("Not found"), ""),),
        reload=Me.load,
        undo=lambda _key: Me.load,
    )


PAGES = (Page("/", home, Today.load, "CRM"), Page("404", nowhere, Me.load, "CRM"))
