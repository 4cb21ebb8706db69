"""Links inside the application: the router follows them without loading a page."""

from typing import Any

import reflex as rx
from reflex.vars import Var
from reflex_components_core.el.element import Element

from .kit import BESIDE


class _Link(rx.Component):
    """A path of the application. What is not declared here Reflex takes for a style, which makes a rule of it for each text."""

    library = BESIDE["links.jsx"]
    tag = "PageLink"
    to: rx.Var[str]
    title: rx.Var[str]
    dir: rx.Var[str]


class _NavLink(_Link):
    """The router's, with aria-current="page" where it leads to this page or one below it; with `end` to this page only."""

    tag = "NavigationLink"
    end: rx.Var[bool]


def link(to: str | Var[str], *children: Any, **props: Any) -> rx.Component:
    """A link to another page of the application."""
    return _Link.create(*children, to=to, **props)


def nav_link(to: str, *children: Any, **props: Any) -> rx.Component:
    """A link of the navigation, marked while one is there."""
    return _NavLink.create(*children, to=to, **props)


class Arrival(rx.Component):
    """Leads the focus to the content of a page that was come to by a link."""

    library = BESIDE["links.jsx"]
    tag = "Arrival"


class _File(Element):
    """A plain anchor: Reflex's own would hand the address to the router."""

    tag = "a"
    href: rx.Var[str]
    download: rx.Var[str]
    dir: rx.Var[str]
    title: rx.Var[str]


def file_link(href: str | Var[str], name: str | Var[str], *children: Any, **props: Any) -> rx.Component:
    """A link that saves a file under that name."""
    return _File.create(*children, href=href, download=name, **props)


class ReachLink(rx.Component):
    """A link that calls the telephone number, or writes to the e-mail address, that it shows."""

    library = BESIDE["links.jsx"]
    tag = "ReachLink"
    text: rx.Var[str]
    phone: rx.Var[bool]


class ToSection(rx.Component):
    """A button that leads to a part of the page with that id, which `on_go` brings into sight."""

    library = BESIDE["links.jsx"]
    tag = "ToSection"
    target: rx.Var[str]
    on_go: rx.EventHandler[rx.event.no_args_event_spec]
