"""The top bar's global search and its menu of what can be made, both drawn from the registry of Resources."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from crm_app.core.resource import RESOURCES, Resource
from crm_app.state.session import Me

from . import kit
from .text import t, when

_THEMES = (("system", "As the device", "monitor"), ("light", "Light", "sun"), ("dark", "Dark", "moon"))


class Palette(rx.Component):
    """The box in the top bar and the dialog behind it. Lists, pages and commands whose `may` is false are not offered."""

    library = kit.BESIDE["palette.jsx"]
    tag = "Palette"
    who: rx.Var[str]
    lists: rx.Var[list[dict[str, Any]]]
    pages: rx.Var[list[dict[str, Any]]]
    commands: rx.Var[list[dict[str, Any]]]
    labels: rx.Var[dict[str, str]]
    on_language: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_theme: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_sign_out: rx.EventHandler[rx.event.no_args_event_spec]
    on_keys: rx.EventHandler[rx.event.no_args_event_spec]


class Installed(rx.Component):
    """Registers the service worker, which lets the application be installed and opened without a network."""

    library = kit.BESIDE["palette.jsx"]
    tag = "Installed"


def palette(reload: Any) -> rx.Component:
    """The global search. `reload` reads the page again after a change of language."""
    lists = _lists()
    return Palette.create(
        who=Me.email,
        lists=[_offered(one) | {"name": one.name, "one": t(one.one)} for one in lists],
        pages=_pages(lists),
        commands=_commands(lists),
        labels={
            "title": t("Search everything"),
            "placeholder": t("Name, number, telephone, page or command"),
            "recent": t("Visited last"),
            "pages": t("Pages"),
            "commands": t("Commands"),
            "empty": t("Nothing matches"),
            "error": t("The search did not answer. Try again in a moment."),
            "count": t("Results: {count}"),
            "close": t("Close"),
            "move": t("move"),
            "open": t("open"),
            "newTab": t("new tab"),
        },
        on_language=lambda code: [Me.set_language(code), reload],
        on_theme=Me.set_theme,
        on_sign_out=Me.sign_out,
        on_keys=Me.show_keys(True),
    )


def create_menu() -> rx.Component:
    """ "+": a new record of every list that the person may add to."""
    makable = [one for one in _lists() if "create" in one.verbs]
    items = [
        when(
            _may(one, "create"),
            kit.menu_item(label=t(f"New {one.one.lower()}"), icon=one.icon, href=f"/{one.name}/new"),
        )
        for one in makable
        if one.group != "Settings"
    ]
    some = (
        rx.Var.create([_may(one, "create") for one in makable if one.group != "Settings"]).to(list[bool]).contains(True)
    )
    return when(
        some,
        kit.menu(
            *items, icon="plus", aria_label=t("Create"), align="end", class_name="button button-quiet button-icon"
        ),
    )


def _lists() -> list[Resource]:
    """Every list with pages of its own: what is sold first, what is set last."""
    return sorted((one for one in RESOURCES if one.nav), key=lambda one: one.group == "Settings")


def _may(resource: Resource, verb: str) -> Var[bool]:
    return Me.may.contains(resource.permission(verb))


def _offered(resource: Resource) -> dict[str, Any]:
    """A list as it is offered, to whom it is."""
    return {
        "icon": resource.icon,
        "label": t(resource.many),
        "may": _may(resource, "read"),
        "rare": _rare(resource),
    }


def _rare(resource: Resource) -> bool:
    """Offered only when it is asked for by name."""
    return resource.group == "Settings"


def _pages(lists: list[Resource]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"to": "/", "icon": "house", "label": t("Today")}]
    found += [_offered(one) | {"to": f"/{one.name}"} for one in lists]
    company = RESOURCES.get("settings")
    found += [
        {"to": "/settings", "icon": "settings", "label": t("Settings")},
        {"to": "/settings/me", "icon": "user", "label": t("My account"), "rare": True},
    ]
    if company is not None:
        found.append(
            {
                "to": "/settings/company",
                "icon": "building-2",
                "label": t("Company"),
                "may": _may(company, "read"),
                "rare": True,
            }
        )
    return found


def _commands(lists: list[Resource]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "to": f"/{one.name}/new",
            "icon": "plus",
            "label": t(f"New {one.one.lower()}"),
            "may": _may(one, "create"),
            "rare": _rare(one),
        }
        for one in lists
        if "create" in one.verbs
    ]
    for code, name in (("es", "Español"), ("en", "English")):
        found.append(
            {
                "run": f"language {code}",
                "icon": "globe",
                "label": name,
                "hint": t("Language"),
                "also": t("Language"),
                "may": Me.language != code,
            }
        )
    for theme, label, icon in _THEMES:
        appearance = t("Appearance")
        found.append(
            {
                "run": f"theme {theme}",
                "icon": icon,
                "label": t(label),
                "hint": appearance,
                "also": appearance,
                "may": Me.theme != theme,
            }
        )
    found.append({"run": "keys", "icon": "keyboard", "label": t("Keyboard")})
    found.append({"run": "out", "icon": "log-out", "label": t("Sign out")})
    return found
