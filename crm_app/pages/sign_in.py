"""The pages of those who are not in yet: sign-in, the first set-up, and the one-time link."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.fields import Country, fold
from crm_app.core.i18n import Speech
from crm_app.state.session import Me

from .parts import kit
from .parts.newer import newer
from .parts.screen import Page
from .parts.sign_in import auth_field, auth_form, code_step, password, sign_in_form, text_input
from .parts.text import t

# read in the browser: the server has no part in where a form leads
_NEXT = Var('(new URLSearchParams(globalThis.location?.search ?? "").get("next") ?? "/")', _var_type=str)
_KEY = Var('(new URLSearchParams(globalThis.location?.search ?? "").get("key") ?? "")', _var_type=str)
_ZONE = Var("Intl.DateTimeFormat().resolvedOptions().timeZone", _var_type=str)

# where companies are founded, the usual one first, and their currency
_COUNTRIES = {
    "ES": "EUR", "AR": "ARS", "BO": "BOB", "CL": "CLP", "CO": "COP", "CR": "CRC", "DO": "DOP", "EC": "USD", "GB": "GBP",
    "GT": "GTQ", "HN": "HNL", "IE": "EUR", "MX": "MXN", "NI": "NIO", "PA": "USD", "PE": "PEN", "PR": "USD", "PT": "EUR",
    "PY": "PYG", "SV": "USD", "US": "USD", "UY": "UYU", "VE": "VES",
}  # fmt: skip


def _countries(language: str) -> list[tuple[str, str]]:
    """(code, name) by their names in that language, the first of `_COUNTRIES` before all others."""
    speech = Speech(language)
    named = [(code, Country().show(code, speech)) for code in _COUNTRIES]
    return named[:1] + sorted(named[1:], key=lambda country: fold(country[1]))


def _country_select() -> rx.Component:
    """The options stay the same ones when the language changes, and with them what was chosen."""
    names = rx.cond(Me.language == "es", _countries("es"), _countries("en"))
    options = rx.foreach(names, lambda country: rx.el.option(country[1], value=country[0], key=country[0]))
    return _selecting("country", options)


def _frame(title: Var[str], *children: rx.Component) -> rx.Component:
    def language(code: str, name: str) -> rx.Component:
        pressed = {"aria-pressed": rx.cond(Me.language == code, "true", "false")}
        return rx.el.button(name, lang=code, on_click=Me.speak(code), custom_attrs=pressed)

    return rx.fragment(
        kit.theme(theme=Me.theme, lang=Me.language, title=title),
        newer(),
        rx.el.div(
            rx.el.header(
                rx.el.span(rx.el.span(kit.icon("layers"), class_name="logo"), class_name="row"),
                rx.el.div(
                    language("es", "Español"),
                    language("en", "English"),
                    class_name="segmented",
                    role="group",
                    aria_label=t("Language"),
                ),
                class_name="login-bar",
            ),
            rx.el.main(rx.el.div(*children, class_name="login-card"), class_name="login-main"),
            class_name="login",
        ),
    )


def _title(title: Var[str], text: Var[str]) -> rx.Component:
    return rx.el.div(rx.el.h1(title, class_name="page-title"), rx.el.p(text, class_name="muted"))


def login() -> rx.Component:
    """Sign in."""
    return _frame(
        t("Sign in"),
        sign_in_form(_NEXT, _title(t("Sign in"), t("Your drafts are kept as you left them."))),
        rx.el.p(t("Trouble signing in? Ask your administrator for a new link."), class_name="hint login-hint"),
    )


def welcome() -> rx.Component:
    """The one-time link: choose a password."""
    return _frame(
        t("Choose your password"),
        auth_form(
            _title(t("Choose your password"), t("You use it from now on to sign in.")),
            rx.el.input(type="hidden", name="key", value=_KEY, read_only=True),
            password(
                "password",
                t("New password"),
                "new-password",
                t("10 characters or more: a few words are easy to keep in mind."),
            ),
            code_step(),
            action="/auth/redeem",
            next_url="/",
            submit=t("Set it and sign in"),
        ),
    )


def setup() -> rx.Component:
    """The first visit: the company and its first administrator."""
    starts = [("own", t("A company of my own")), ("demo", t("A demo company"))]
    return _frame(
        t("Welcome"),
        auth_form(
            _title(t("Welcome"), t("Tell us about your company. All of this can be changed later.")),
            auth_field("start", t("Begin with"), _select("start", starts)),
            _own_company(),
            rx.el.p(
                t("A Spanish wholesaler with two hundred customers and a year of sales. It takes a few seconds."),
                class_name="hint setup-demo",
            ),
            auth_field(
                "language", t("Language"), _select("language", [("es", "Español"), ("en", "English")], Me.language)
            ),
            auth_field("name", t("Your name"), text_input("name", auto_complete="name", required=True)),
            auth_field(
                "email", t("E-mail"), text_input("email", type="email", auto_complete="username", required=True)
            ),
            password(
                "password",
                t("Password"),
                "new-password",
                t("10 characters or more: a few words are easy to keep in mind."),
            ),
            action="/auth/set-up",
            next_url="/",
            submit=t("Begin"),
        ),
    )


def _own_company() -> rx.Component:
    """What is asked of a company of one's own; hidden while a demo company is chosen."""
    return rx.el.div(
        auth_field("company", t("Company name"), text_input("company", auto_complete="organization")),
        rx.el.div(
            auth_field("country", t("Country"), _country_select()),
            auth_field("currency", t("Currency"), _select("currency", [(code, code) for code in _currencies()])),
            class_name="two-fields",
        ),
        auth_field("time_zone", t("Time zone"), text_input("time_zone", default_value=_ZONE)),
        class_name="setup-own",
    )


def _currencies() -> list[str]:
    return sorted(set(_COUNTRIES.values()), key=lambda code: (code != "EUR", code))


def _select(name: str, options: Sequence[tuple[str, str | Var[str]]], value: Var[str] | None = None) -> rx.Component:
    chosen = {"default_value": value, "key": value} if value is not None else {}
    return _selecting(name, *(rx.el.option(text, value=key) for key, text in options), **chosen)


def _selecting(name: str, *options: rx.Component, **chosen: Any) -> rx.Component:
    return rx.el.span(
        rx.el.select(*options, id=f"auth-{name}", name=name, class_name="input input-lg", **chosen),
        kit.icon("chevron-down"),
        class_name="select",
    )


PAGES = (
    Page("/login", login, Me.welcome, "Sign in"),
    Page("/setup", setup, Me.welcome, "Welcome"),
    Page("/welcome", welcome, Me.welcome, "Choose your password"),
)
