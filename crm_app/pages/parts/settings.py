"""What the settings pages share."""

import reflex as rx
from reflex.vars import Var

from crm_app.core.resource import Resource

from .shell import Trail
from .text import t


def settings_trail(found: Resource, label: Var[str] | None = None) -> Trail:
    """Settings › the list › the record."""
    if label is None:
        return ((t("Settings"), "/settings"), (t(found.many), ""))
    here = rx.cond(label == "", t(f"New {found.one.lower()}"), label)
    return ((t("Settings"), "/settings"), (t(found.many), f"/{found.name}"), (here, ""))
