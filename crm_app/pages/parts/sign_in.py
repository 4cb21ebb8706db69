"""The forms of those who are not signed in yet. They are posted over HTTP: a websocket cannot set a cookie."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from . import kit
from .text import t


def auth_field(name: str, label: Var[str], control: rx.Component, *, hint: Var[str] | None = None) -> rx.Component:
    """A labelled input with room for its error."""
    return rx.el.div(
        rx.el.label(label, html_for=f"auth-{name}", class_name="label"),
        control,
        *([rx.el.p(hint, class_name="hint")] if hint is not None else []),
        rx.el.p(custom_attrs={"data-error-for": name}, class_name="field-error"),
        class_name="field",
    )


def text_input(name: str, **props: Any) -> rx.Component:
    """A plain input of an auth form."""
    return rx.el.input(id=f"auth-{name}", name=name, class_name="input input-lg", **props)


def password(name: str, label: Var[str], autocomplete: str, hint: Var[str] | None = None) -> rx.Component:
    """A password with its error."""
    control = kit.password_input(
        id=f"auth-{name}",
        name=name,
        autocomplete=autocomplete,
        show_label=t("Show the password"),
        hide_label=t("Hide the password"),
        class_name="input-lg",
    )
    return auth_field(name, label, control, hint=hint)


def auth_form(
    *children: rx.Component, action: str, next_url: str | Var[str], submit: Var[str], panel: bool = True
) -> rx.Component:
    """A form that is posted as JSON; the answer's problems are shown at their fields. Without a panel it is a part of a page,
    whose next step is another one.
    """
    look = "button button-primary button-lg" if panel else "button"
    return kit.auth_form(
        rx.el.p(custom_attrs={"data-error-for": ""}, class_name="field-error"),
        *children,
        rx.el.button(submit, type="submit", class_name=look),
        action=action,
        next_url=next_url,
        busy_text=t("One moment"),
        network_error=t("The server cannot be reached. Try again in a moment."),
        class_name="login-panel" if panel else "login-card",
    )


def option(name: str, label: Var[str]) -> rx.Component:
    """A box to tick."""
    return rx.el.label(rx.el.input(type="checkbox", name=name, class_name="check"), label, class_name="option-row")


def code_step() -> rx.Component:
    """The second step of whoever comes in: a code, where the server asks for one."""
    code = rx.el.input(
        id="auth-code",
        name="code",
        auto_complete="one-time-code",
        spell_check=False,
        class_name="input input-lg code-input",
    )
    hint = t("Six digits, or one of your recovery codes.")
    return rx.el.div(
        auth_field("code", t("Code of your authenticator"), code, hint=hint),
        custom_attrs={"data-step": "code"},
        hidden=True,
    )


def sign_in_form(next_url: str | Var[str], title: rx.Component | None = None) -> rx.Component:
    """E-mail, password, and the code of the second factor when it is asked for."""
    return auth_form(
        *([title] if title is not None else []),
        auth_field("email", t("E-mail"), text_input("email", type="email", auto_complete="username", required=True)),
        password("password", t("Password"), "current-password"),
        code_step(),
        option("stay", t("Stay signed in on this device")),
        action="/auth/sign-in",
        next_url=next_url,
        submit=t("Sign in"),
        panel=title is not None,
    )
