"""The notice that the server has become a newer one than the page."""

import reflex as rx

from . import kit
from .text import t


class _NewVersion(rx.Component):
    """Stands in for Reflex's own banner."""

    library = kit.BESIDE["newer.jsx"]
    tag = "NewVersion"
    text: rx.Var[str]
    reload: rx.Var[str]


def newer() -> rx.Component:
    """Empty until there is a newer version, which a press on its button loads."""
    text = t("There is a newer version of this page. What is typed and not saved is kept.")
    return _NewVersion.create(text=text, reload=t("Load it"))
