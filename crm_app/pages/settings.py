"""Settings: company, users, roles, teams, and my own account."""

import reflex as rx
from reflex.vars import Var

from crm_app.core import words
from crm_app.core.resource import RESOURCES, Resource
from crm_app.state.session import Me
from crm_app.state.settings import (
    CompanyRecord,
    MyAccount,
    RoleList,
    RoleRecord,
    TeamList,
    TeamRecord,
    UserList,
    UserRecord,
    permissions,
)

from .parts import kit
from .parts.beside import files_section
from .parts.links import link
from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.shell import heading, may, shell
from .parts.table import list_screen
from .parts.text import t, when

_HINTS = {
    "users": "Who signs in, their role, team and language",
    "teams": "People who see each other's records",
    "roles": "What each role may see and do",
    "sectors": "Lines of business, to sort accounts by",
    "zones": "Parts of the territory, and the postcodes that belong to them",
    "categories": "What products are sorted by",
    "tax-rates": "What is charged and withheld, to whom and since when",
    "currencies": "What documents may be written in",
    "exchange-rates": "What a currency was worth on a day",
    "payment-terms": "When invoices are due, in how many parts",
    "document-texts": "Notes and terms that new documents begin with, in each language",
    "sequences": "How quotes, orders, delivery notes and invoices are numbered",
    "warehouses": "Where goods lie",
    "credit-policies": "What happens when a customer pays late",
}
_SCOPE_LABELS = {"own": "Own", "team": "Team", "all": "All"}


def settings() -> rx.Component:
    """The way to everything that is set rather than sold."""
    lists = [
        when(may(found, "read"), _door(f"/{found.name}", found.icon, t(found.many), t(_HINTS[found.name])))
        for found in _lists()
    ]
    return shell(
        heading(t("Settings")),
        rx.el.div(
            _door(
                "/settings/me",
                "user",
                t("My account"),
                t("Name, language, password, second factor, devices, API tokens"),
            ),
            when(
                may(CompanyRecord.resource, "read"),
                _door(
                    "/settings/company",
                    "building-2",
                    t("Company"),
                    t("Name, country, currency, language and time zone"),
                ),
            ),
            *lists,
            _door(
                "/jobs", "refresh-cw", t("Jobs"), t("Work that goes on by itself: how far it is, and what came of it")
            ),
            class_name="page-scroll doors",
        ),
        trail=((t("Settings"), ""),),
        reload=Me.load,
        undo=MyAccount.load,
    )


def _lists() -> list[Resource]:
    return [found for found in RESOURCES if found.group == "Settings" and found.name in _HINTS]


def _door(to: str, icon: str, title: Var[str], text: Var[str]) -> rx.Component:
    return link(
        to,
        kit.icon(icon),
        rx.el.span(
            rx.el.span(title, class_name="strong"), rx.el.span(text, class_name="hint"), class_name="grow door-text"
        ),
        kit.icon("chevron-right"),
        class_name="item door",
    )


def company() -> rx.Component:
    """The company's own record, with its logo."""
    hint = "The newest picture here stands at the head of every paper that is made from now on."
    return record_screen(
        CompanyRecord,
        trail=((t("Settings"), "/settings"), (t("Company"), "")),
        sections=(files_section(CompanyRecord, "Logo", hint),),
        pictured=True,
    )


def users() -> rx.Component:
    """The list of users."""
    return list_screen(UserList, trail=settings_trail(UserList.resource))


def user() -> rx.Component:
    """One user; an administrator makes the links by which they come in."""
    origin = Var("globalThis.location.origin", _var_type=str)
    able = ~UserRecord.may_change
    return record_screen(
        UserRecord,
        trail=settings_trail(UserRecord.resource, UserRecord.label),
        verbs=(
            kit.menu_item(
                label=t("Invitation link"), icon="link", disabled=able, on_select=UserRecord.make_link("invite", origin)
            ),
            kit.menu_item(
                label=t("Link to set a new password"),
                icon="key-round",
                disabled=able,
                on_select=UserRecord.make_link("reset", origin),
            ),
            kit.menu_item(
                label=t("Switch the second factor off"),
                icon="smartphone",
                disabled=able,
                on_select=UserRecord.drop_codes,
            ),
            kit.menu_line(),
        ),
        sections=(_one_time_link(),),
    )


def _one_time_link() -> rx.Component:
    copy = kit.copy_button(text=UserRecord.link, label=t("Copy"), done_label=t("Copied"))
    return kit.dialog(
        rx.el.p(t("Pass this link on to the user. It works once and is not shown again."), class_name="dialog-text"),
        rx.el.p(
            t("A new password signs the user out everywhere and, unless this is an invitation, ends their API tokens."),
            class_name="dialog-text",
        ),
        rx.el.div(rx.el.code(UserRecord.link), copy, class_name="code-block"),
        open=UserRecord.link != "",
        title=t("One-time link"),
        on_close=UserRecord.hide_link,
        close_label=t("Close"),
    )


def teams() -> rx.Component:
    """The list of teams."""
    return list_screen(TeamList, trail=settings_trail(TeamList.resource))


def team() -> rx.Component:
    """One team."""
    return record_screen(TeamRecord, trail=settings_trail(TeamRecord.resource, TeamRecord.label))


def roles() -> rx.Component:
    """The list of roles."""
    return list_screen(RoleList, trail=settings_trail(RoleList.resource))


def role() -> rx.Component:
    """One role and its permissions, a row a module: what every list has in columns, what only that one has below. Drawn from the
    registry of verbs.
    """
    head = rx.el.tr(rx.el.th(t("Module")), *(rx.el.th(t(words.of_verb("", verb).text)) for verb in words.COMMON))
    rows = [row for name, held in permissions().items() for row in _module_rows(name, held)]
    matrix = rx.el.div(
        rx.el.table(rx.el.thead(head), rx.el.tbody(*rows), class_name="matrix"),
        class_name="matrix-scroll",
        tab_index=0,
        role="region",
        aria_label=t("Permissions"),
    )
    everything = rx.el.p(t("This role may do everything, also in modules that come later."), class_name="note")
    section = rx.el.section(
        rx.el.h2(t("Permissions"), class_name="section-title"),
        rx.cond(RoleRecord.everything, everything, matrix),
        class_name="section",
    )
    return record_screen(RoleRecord, trail=settings_trail(RoleRecord.resource, RoleRecord.label), sections=(section,))


def _module_rows(name: str, held: dict[str, tuple[str, ...]]) -> list[rx.Component]:
    """What may be done in that module, and by how much of it."""
    others = [verb for verb in held if verb not in words.COMMON]
    common = (
        rx.el.td(_grant(name, verb, held[verb]) if verb in held else "\u2013", class_name="muted")
        for verb in words.COMMON
    )
    title = rx.el.th(t(words.of_list(name)), scope="row", row_span=2 if others else 1)
    rows = [rx.el.tr(title, *common)]
    if others:
        verbs = (
            rx.el.label(rx.el.span(t(words.of_verb(name, verb).text)), _grant(name, verb, held[verb]))
            for verb in others
        )
        rows.append(
            rx.el.tr(
                rx.el.td(rx.el.div(*verbs, class_name="matrix-verbs"), col_span=len(words.COMMON)), class_name="more"
            )
        )
    return rows


def _grant(name: str, verb: str, scopes: tuple[str, ...]) -> rx.Component:
    permission = f"{name}.{verb}"
    label = t("{what}: {verb}", what=t(words.of_list(name)), verb=t(words.of_verb(name, verb).text))
    select = rx.el.select(
        rx.el.option("\u2013", value=""),
        *(rx.el.option(t(_SCOPE_LABELS[scope]), value=scope) for scope in scopes),
        value=RoleRecord.grants[permission].to(str),
        on_change=lambda scope: RoleRecord.grant(permission, scope),
        disabled=~RoleRecord.may_change,
        aria_label=label,
        class_name="input",
    )
    return rx.el.span(select, kit.icon("chevron-down"), class_name="select")


PAGES: tuple[Page, ...] = (
    Page("/settings", settings, Me.load, "Settings"),
    Page("/settings/company", company, CompanyRecord.load, "Company"),
    *module(UserList, users, UserRecord, user),
    *module(TeamList, teams, TeamRecord, team),
    module(RoleList, roles, RoleRecord, role)[0],
    Page("/roles/[key]", role, [RoleRecord.load, RoleRecord.load_grants], "Role"),
)
