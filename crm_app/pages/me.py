"""My own account: profile, password, second factor, devices and API tokens."""

import reflex as rx
from reflex.vars import Var

from crm_app.state.settings import Device, Key, MyAccount

from .parts import kit
from .parts.screen import Page
from .parts.shell import heading, shell
from .parts.sign_in import auth_form, option, password
from .parts.text import t, when


def my_account() -> rx.Component:
    """What is mine to set."""
    return shell(
        heading(t("My account")),
        when(
            MyAccount.loaded,
            rx.el.div(
                _profile(), _password(), _second_factor(), _devices(), _tokens(), class_name="page-scroll settings-page"
            ),
        ),
        trail=((t("Settings"), "/settings"), (t("My account"), "")),
        reload=MyAccount.load,
        undo=MyAccount.load,
    )


def _part(title: Var[str], *children: rx.Component, text: Var[str] | None = None) -> rx.Component:
    lead = [rx.el.p(text, class_name="muted")] if text is not None else []
    return rx.el.section(
        rx.el.h2(title, class_name="section-title"), *lead, *children, class_name="section setting-part"
    )


def _labelled(name: str, label: Var[str], control: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="label"),
        control,
        rx.el.p(MyAccount.errors[name], class_name="field-error", role="alert"),
        class_name="field",
    )


def _profile() -> rx.Component:
    def options(name: str, pairs: tuple[tuple[str, str], ...]) -> rx.Component:
        select = rx.el.select(
            *(rx.el.option(t(label), value=key) for key, label in pairs),
            id=name,
            name=name,
            default_value=MyAccount.profile[name],
            class_name="input",
        )
        return rx.el.span(select, kit.icon("chevron-down"), class_name="select")

    form = rx.el.form(
        _labelled(
            "name",
            t("Name"),
            rx.el.input(
                id="name", name="name", default_value=MyAccount.profile["name"], class_name="input", required=True
            ),
        ),
        _labelled("language", t("Language"), options("language", (("es", "Spanish"), ("en", "English")))),
        _labelled(
            "theme",
            t("Appearance"),
            options("theme", (("system", "As the device"), ("light", "Light"), ("dark", "Dark"))),
        ),
        rx.el.button(t("Save"), type="submit", class_name="button button-primary"),
        on_submit=MyAccount.save,
        class_name="form-narrow",
    )
    return _part(t("Profile"), form)


def _password() -> rx.Component:
    form = auth_form(
        password("current", t("Current password"), "current-password"),
        password(
            "new", t("New password"), "new-password", t("10 characters or more: a few words are easy to keep in mind.")
        ),
        option("tokens_too", t("Take all my API tokens back too")),
        action="/auth/password",
        next_url="/settings/me",
        submit=t("Change the password"),
        panel=False,
    )
    return _part(
        t("Password"),
        rx.el.div(form, class_name="form-narrow"),
        text=t("Changing it signs you out on every other device. API tokens live on unless you take them back."),
    )


def _second_factor() -> rx.Component:
    begin = rx.el.button(
        kit.icon("smartphone"), t("Set up an authenticator"), on_click=MyAccount.begin_codes, class_name="button"
    )
    stop = auth_form(
        password("password", t("Password"), "current-password"),
        action="/auth/codes-off",
        next_url="/settings/me",
        submit=t("Switch it off"),
        panel=False,
    )
    on = rx.el.div(
        rx.el.p(kit.icon("circle-check"), t("Signing in asks for a code of your authenticator."), class_name="note"),
        rx.el.p(t("Recovery codes that are left: {count}", count=MyAccount.codes_left), class_name="muted"),
        _renew_recovery(),
        stop,
        class_name="form-narrow",
    )
    shown = rx.cond(MyAccount.codes_on, on, rx.cond(MyAccount.secret != "", _confirm_codes(), begin))
    return _part(
        t("Second factor"),
        when(MyAccount.recovery.length() > 0, _recovery()),
        shown,
        text=t("A code of your telephone beside the password: a stolen password is then not enough."),
    )


def _confirm_codes() -> rx.Component:
    return rx.el.form(
        rx.el.img(src=MyAccount.picture, alt=t("QR code for the authenticator"), class_name="qr"),
        rx.el.p(t("Scan it with an authenticator, or type this key into it:"), class_name="muted"),
        rx.el.div(rx.el.code(MyAccount.secret), class_name="code-block"),
        _labelled(
            "code",
            t("Six digits that it shows"),
            rx.el.input(
                id="code",
                name="code",
                input_mode="numeric",
                auto_complete="one-time-code",
                class_name="input code-input",
                required=True,
            ),
        ),
        _labelled("codes_password", t("Password"), _own_password("codes_password")),
        rx.el.div(
            rx.el.button(t("Switch it on"), type="submit", class_name="button button-primary"),
            rx.el.button(t("Cancel"), type="button", on_click=MyAccount.cancel_codes, class_name="button"),
            class_name="row",
        ),
        on_submit=MyAccount.confirm_codes,
        class_name="form-narrow",
    )


def _own_password(name: str) -> rx.Component:
    return kit.password_input(
        id=name,
        name=name,
        autocomplete="current-password",
        show_label=t("Show the password"),
        hide_label=t("Hide the password"),
    )


def _renew_recovery() -> rx.Component:
    return rx.el.form(
        _labelled("recovery_password", t("Password"), _own_password("recovery_password")),
        rx.el.button(t("New recovery codes"), type="submit", class_name="button"),
        on_submit=MyAccount.renew_recovery,
        reset_on_submit=True,
        class_name="login-card",
    )


def _recovery() -> rx.Component:
    def row(code: Var[str]) -> rx.Component:
        return rx.el.div(code, key=code)

    return rx.el.div(
        rx.el.p(
            t("Keep these recovery codes where the telephone is not: each works once in place of a code."),
            class_name="note note-wait",
        ),
        rx.el.div(rx.foreach(MyAccount.recovery, row), class_name="code-list"),
        kit.copy_button(text=MyAccount.recovery.join("\n"), label=t("Copy"), done_label=t("Copied")),
        rx.el.button(t("I have kept them"), on_click=MyAccount.recovery_kept, class_name="button button-primary"),
        class_name="form-narrow",
    )


def _devices() -> rx.Component:
    def row(device: Var[Device]) -> rx.Component:
        end = rx.el.button(t("Sign out"), on_click=MyAccount.end_device(device.id), class_name="button button-sm")
        return rx.el.div(
            kit.icon("monitor"),
            rx.el.div(
                rx.el.div(device.name),
                rx.el.div(device.address, " · ", device.seen, class_name="hint"),
                class_name="grow",
            ),
            rx.cond(device.current, rx.el.span(t("This one"), class_name="tag"), end),
            class_name="item",
            key=device.id,
        )

    end_all = rx.el.button(
        t("End all other sessions and API tokens"),
        on_click=MyAccount.end_everything,
        class_name="button button-danger",
    )
    return _part(t("Where I am signed in"), rx.el.div(rx.foreach(MyAccount.devices, row), class_name="items"), end_all)


def _tokens() -> rx.Component:
    def row(token: Var[Key]) -> rx.Component:
        used = rx.cond(token.used != "", t("Last used {when}", when=token.used), t("Never used"))
        return rx.el.div(
            kit.icon("key-round"),
            rx.el.div(
                rx.el.div(token.name),
                when(token.scopes != "", rx.el.div(rx.el.code(token.scopes), class_name="hint")),
                rx.el.div(used, class_name="hint"),
                class_name="grow",
            ),
            rx.el.button(
                t("Remove"), on_click=MyAccount.end_token(token.id), class_name="button button-sm button-danger"
            ),
            class_name="item",
            key=token.id,
        )

    shown = rx.el.div(
        rx.el.p(t("Copy it now: it is not shown again."), class_name="note note-wait"),
        rx.el.div(
            rx.el.code(MyAccount.new_token),
            kit.copy_button(text=MyAccount.new_token, label=t("Copy"), done_label=t("Copied")),
            class_name="code-block",
        ),
    )
    return _part(
        t("API tokens"),
        rx.el.div(rx.foreach(MyAccount.tokens, row), class_name="items"),
        when(MyAccount.new_token != "", shown),
        _token_form(),
        text=t("A program that holds one may do what you may do."),
    )


def _token_form() -> rx.Component:
    """Mounted anew with each token that is made: what was typed stays while it is refused."""
    return rx.el.form(
        _labelled(
            "token_name",
            t("What it is for"),
            rx.el.input(id="token_name", name="token_name", class_name="input", max_length=80, required=True),
        ),
        _labelled(
            "token_scopes",
            t("Only for these permissions"),
            rx.el.input(
                id="token_scopes",
                name="token_scopes",
                class_name="input",
                max_length=2000,
                placeholder="accounts.read, invoices.*",
                spell_check=False,
                custom_attrs={"aria-describedby": "token_scopes_hint"},
            ),
        ),
        rx.el.p(t("Empty: all that your role allows."), id="token_scopes_hint", class_name="hint"),
        rx.el.button(t("Create a token"), type="submit", class_name="button"),
        on_submit=MyAccount.make_token,
        key=MyAccount.new_token,
        class_name="form-narrow",
    )


PAGES: tuple[Page, ...] = (Page("/settings/me", my_account, MyAccount.open, "My account"),)
