"""What surrounds every page: navigation, top bar, notices, the lost session and the lost connection."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.resource import RESOURCES, Resource
from crm_app.state.session import Me

from . import kit
from .inputs import day_words
from .links import Arrival, link, nav_link
from .newer import newer
from .palette import Installed, create_menu, palette
from .sign_in import sign_in_form
from .text import t, when

Trail = tuple[tuple[Any, str | Var[str]], ...]
_RECORD_VERBS = ("create", "change", "remove")
_GROUPS = ("Sales", "Relations", "Catalogue", "Insight")
# pages of a group that are no list: address, icon, name, permission
_BESIDE = {
    "Sales": (
        ("/ageing", "calendar-clock", "Ageing", "ageing.read"),
        ("/held", "shield-alert", "Customers on hold", "held.read"),
    )
}


def shell(*children: rx.Component, trail: Trail, reload: Any, undo: Any, needs: str = "") -> rx.Component:
    """A page. `trail`: (text, link) of where I am, the last without a link. `reload` reads the page again after a change
    of language; `undo(change_set)` answers the button of a toast. Who has not the permission `needs` is told so."""
    barred = empty(
        "lock",
        t("This cannot be shown"),
        t("Your role does not let you see this. An administrator can change that."),
        link("/", t("Back to the start"), class_name="button"),
        whole=True,
    )
    shown = rx.fragment(*children)
    return rx.fragment(
        _theme(titled(trail[-1][0])),
        day_words(),
        kit.keys(on_help=Me.show_keys(True)),
        Installed.create(),
        Arrival.create(),
        rx.el.a(t("Skip to the content"), href="#content", class_name="skip"),
        rx.el.div(
            _nav(in_settings=str(trail[0][0]) == str(t("Settings"))),
            rx.el.div(class_name="scrim", on_click=Me.open_menu(False)),
            _topbar(trail, reload),
            rx.el.main(
                rx.cond(Me.known & ~Me.may.contains(needs), barred, shown) if needs else shown,
                class_name="page",
                id="content",
                tab_index=-1,
            ),
            class_name="shell",
        ),
        kit.toasts(items=Me.notices, dismiss_label=t("Dismiss"), on_dismiss=Me.dismiss, on_action=undo),
        kit.connection(
            lost=t("The server cannot be reached. What you type is kept; the connection comes back by itself."),
            back=t("Connected again."),
        ),
        newer(),
        _lost_session(),
        _keys_help(),
    )


def titled(text: str | Var[str]) -> Var[str]:
    """The title of the browser's tab: where I am, then whose system this is."""
    return Var.create(text).to(str) + rx.cond(Me.company != "", " \u00b7 " + Me.company, "")


def _nav(*, in_settings: bool) -> rx.Component:
    """`in_settings`: its pages have addresses of their own, so the router cannot tell that they belong there."""
    return rx.el.nav(
        rx.el.div(
            rx.el.span(kit.icon("layers"), class_name="logo"),
            rx.el.span(Me.company, class_name="truncate grow"),
            rx.el.button(
                kit.icon("panel-left"),
                on_click=Me.fold(~Me.folded),
                aria_label=t("Fold the menu"),
                class_name="button button-quiet button-icon button-sm",
            ),
            class_name="nav-head",
        ),
        rx.el.div(
            rx.el.div(_item("/", "house", t("Today"), end=True), class_name="nav-group"),
            *(_group(group) for group in _GROUPS),
            class_name="nav-scroll",
            tab_index=0,
            role="group",
            aria_label=t("Modules"),
        ),
        rx.el.div(_item("/settings", "settings", t("Settings"), here=in_settings), class_name="nav-foot"),
        class_name="nav" + rx.cond(Me.folded, " is-folded", "") + rx.cond(Me.menu, " is-open", ""),
        aria_label=t("Main"),
    )


def _group(group: str) -> rx.Component:
    shown = [found for found in RESOURCES if found.nav and found.group == group]
    return rx.el.div(
        rx.el.h2(t(group), class_name="nav-title"),
        rx.el.ul(
            *(
                when(may(found, "read"), rx.el.li(_item(f"/{found.name}", found.icon, t(found.many))))
                for found in shown
            ),
            *(
                when(Me.may.contains(needs), rx.el.li(_item(to, icon, t(text))))
                for to, icon, text, needs in _BESIDE.get(group, ())
            ),
        ),
        class_name="nav-group",
    )


def may(resource: Resource, verb: str) -> Var[bool]:
    """Whether to show what needs this permission. The service asks again."""
    if verb in _RECORD_VERBS and verb not in resource.verbs:
        return Var.create(False)
    return Me.may.contains(resource.permission(verb))


def _item(to: str, icon: str, text: Var[str], *, here: bool = False, **props: Any) -> rx.Component:
    named = {"aria-label": text} | ({"aria-current": "page"} if here else {})
    return (link if here else nav_link)(
        to,
        kit.icon(icon),
        rx.el.span(text, class_name="truncate"),
        title=text,
        class_name="nav-item",
        custom_attrs=named,
        **props,
    )


def _topbar(trail: Trail, reload: Any) -> rx.Component:
    crumbs: list[rx.Component] = []
    for index, (text, to) in enumerate(trail):
        if crumbs:
            crumbs.append(kit.icon("chevron-right"))
        here = {"aria-current": "page"} if index == len(trail) - 1 else {}
        crumbs.append(
            rx.el.span(text, class_name="truncate", custom_attrs=here)
            if isinstance(to, str) and not to
            else link(to, text, class_name="truncate")
        )
    return rx.el.header(
        rx.el.button(
            kit.icon("menu"),
            on_click=Me.open_menu(True),
            aria_label=t("Menu"),
            class_name="button button-quiet button-icon nav-toggle",
        ),
        rx.el.nav(*crumbs, class_name="crumbs", aria_label=t("Where I am")),
        palette(reload),
        rx.el.div(create_menu(), _language(reload), _account(), class_name="topbar-end"),
        class_name="topbar",
    )


def _theme(title: Var[str]) -> rx.Component:
    """Colours, language and title of the page."""
    spoken = {"state": Me.get_full_name(), "field": str(Me.language).rpartition(".")[2]}
    return kit.theme(theme=Me.theme, lang=rx.cond(Me.known, Me.language, ""), title=title, spoken=spoken)


def _language(reload: Any) -> rx.Component:
    def item(code: str, name: str) -> rx.Component:
        return kit.menu_item(
            label=name, lang=code, checked=Me.language == code, on_select=[Me.set_language(code), reload]
        )

    return kit.menu(
        item("es", "Español"),
        item("en", "English"),
        button_label=rx.cond(Me.language == "es", "ES", "EN"),
        aria_label=t("Language"),
        align="end",
        class_name="button button-quiet",
    )


def _account() -> rx.Component:
    return kit.menu(
        kit.menu_item(label=t("My account"), icon="user", href="/settings/me"),
        kit.menu_line(),
        *(
            kit.menu_item(label=t(label), icon=icon, checked=Me.theme == theme, on_select=Me.set_theme(theme))
            for theme, label, icon in (
                ("system", "As the device", "monitor"),
                ("light", "Light", "sun"),
                ("dark", "Dark", "moon"),
            )
        ),
        kit.menu_line(),
        kit.menu_item(label=t("Keyboard"), icon="keyboard", on_select=Me.show_keys(True)),
        kit.menu_item(label=t("Sign out"), icon="log-out", on_select=Me.sign_out),
        button_label=kit.avatar(Me.name, "avatar-md"),
        aria_label=t("My account"),
        title=Me.name,
        align="end",
        class_name="button button-quiet button-icon",
    )


def _lost_session() -> rx.Component:
    """The session has ended: sign in again over the page. What was typed is kept by the form and comes back with it."""
    return kit.dialog(
        rx.el.p(
            t("Your session has ended. Sign in again and go on where you were: what you typed is kept."),
            class_name="dialog-text",
        ),
        sign_in_form(Me.here),
        open=Me.lost,
        title=t("Sign in again"),
        on_close=Me.stay,
        close_label=t("Close"),
    )


_KEYS = (
    ("j / k", "Next, previous row"),
    ("Enter", "Open the row"),
    ("F2", "Edit the row's cells"),
    ("Tab", "Save the cell, next cell"),
    ("x", "Select the row"),
    ("Ctrl + K", "Search everything"),
    ("/", "Filter the list"),
    ("c", "New record"),
    ("e", "Edit the record"),
    ("Ctrl + Enter", "Save"),
    ("Esc", "Close, clear, go back"),
    ("?", "These keys"),
)


def _keys_help() -> rx.Component:
    rows = [part for keys, text in _KEYS for part in (rx.el.dt(t(text)), rx.el.dd(rx.el.kbd(keys, class_name="key")))]
    return kit.dialog(
        rx.el.dl(*rows, class_name="keys-list"),
        open=Me.keys_shown,
        title=t("Keyboard"),
        on_close=Me.show_keys(False),
        close_label=t("Close"),
    )


def heading(title: str | Var[str], *actions: rx.Component, count: Var[str] | None = None) -> rx.Component:
    """The head of a page: its title, a count, and at the right what can be done."""
    counted = [rx.el.span(count, class_name="count", custom_attrs={"aria-live": "polite"})] if count is not None else []
    return rx.el.div(
        rx.el.h1(title, class_name="page-title truncate"),
        *counted,
        rx.el.div(*actions, class_name="page-actions"),
        class_name="page-head",
    )


def empty(
    icon: str, title: str | Var[str], text: str | Var[str], *actions: rx.Component, whole: bool = False
) -> rx.Component:
    """What stands where there is nothing to show: what this is for, and the first step. The `whole` page has no other heading."""
    return rx.el.div(
        kit.icon(icon),
        (rx.el.h1 if whole else rx.el.h2)(title, class_name="section-title"),
        rx.el.p(text),
        rx.el.div(*actions, class_name="row"),
        class_name="empty",
    )
