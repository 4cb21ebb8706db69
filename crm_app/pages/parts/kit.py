"""Reflex wrappers of the local React components in `kit.jsx`.

Every visible text is a prop: the kit holds no language. All components can be rendered at build time.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import reflex as rx
from reflex.vars import Var
from reflex_components_core.core.banner import connection_errors_count

_NAMES = (
    "kit.jsx", "links.jsx", "drafts.js", "quick.jsx", "rows.jsx", "lists.jsx", "board.jsx", "choose.jsx", "rowfile.jsx",
    "days.jsx", "filters.jsx", "cells.jsx", "palette.jsx", "files.jsx", "verbs.jsx", "grid.jsx",
    "typing.js", "pasted.js", "sought.js", "paper.jsx", "newer.jsx", "pad.jsx",
)  # fmt: skip


def _public() -> dict[str, str]:
    return {name: f"$/public{rx.asset(name, shared=True)}" for name in _NAMES}


# In a thread, whose stack is short: Reflex looks at every caller of `asset`, and those of an import are many.
with ThreadPoolExecutor(1) as _thread:
    BESIDE = _thread.submit(_public).result()

_no_args = rx.event.no_args_event_spec
_one_text = rx.event.passthrough_event_spec(str)
_two_texts = rx.event.passthrough_event_spec(str, str)
_filter = rx.event.passthrough_event_spec(int, str, str, list[Any])
_fields_since = rx.event.passthrough_event_spec(dict[str, str], int)
drawing = rx.event.passthrough_event_spec(str, dict[str, str])
_answer = rx.event.passthrough_event_spec(dict[str, Any])


class _Kit(rx.Component):
    """What the components have in common."""

    library = BESIDE["kit.jsx"]


class Icon(_Kit):
    """A Lucide icon of the sprite; size is "", "sm" or "lg"."""

    tag = "Icon"
    name: rx.Var[str]
    size: rx.Var[str]


class Avatar(_Kit):
    """Initials on one of five grounds, the same ground for the same text."""

    tag = "Avatar"
    text: rx.Var[str]


class AuthForm(_Kit):
    """A form that posts JSON over HTTP and shows the problems in `[data-error-for]`."""

    tag = "AuthForm"
    action: rx.Var[str]
    next_url: rx.Var[str]
    busy_text: rx.Var[str]
    network_error: rx.Var[str]
    forget_drafts: rx.Var[bool]
    on_done: rx.EventHandler[_answer]


class PasswordInput(_Kit):
    """A password field with a button that shows what was typed."""

    tag = "PasswordInput"
    name: rx.Var[str]
    autocomplete: rx.Var[str]
    show_label: rx.Var[str]
    hide_label: rx.Var[str]
    required: rx.Var[bool]
    described_by: rx.Var[str]


class CopyButton(_Kit):
    """A button that puts a text on the clipboard and says so."""

    tag = "CopyButton"
    text: rx.Var[str]
    label: rx.Var[str]
    done_label: rx.Var[str]


class DraftForm(_Kit):
    """The record form: counts, keeps, restores and saves what changed."""

    tag = "DraftForm"
    draft_key: rx.Var[str]
    version: rx.Var[int]
    answer: rx.Var[int]
    labels: rx.Var[dict[str, str]]
    busy: rx.Var[bool]
    only_changed: rx.Var[bool]
    on_save: rx.EventHandler[_fields_since]
    on_cancel: rx.EventHandler[_no_args]


class RefPicker(_Kit):
    """A text box that finds a record by name; a hidden input of the given name carries its id.

    With `way` it is a link to the record while it cannot be changed.
    """

    tag = "RefPicker"
    name: rx.Var[str]
    resource: rx.Var[str]
    value: rx.Var[str]
    text: rx.Var[str]
    placeholder: rx.Var[str]
    labels: rx.Var[dict[str, str]]
    label: rx.Var[str]
    multiple: rx.Var[bool]
    disabled: rx.Var[bool]
    invalid: rx.Var[bool]
    required: rx.Var[bool]
    described_by: rx.Var[str]
    filter: rx.Var[str]
    way: rx.Var[bool]
    on_pick: rx.EventHandler[_two_texts]


class LiveInput(_Kit):
    """A search box that sends while one types; the last text is always sent."""

    tag = "LiveInput"
    value: rx.Var[str]
    delay: rx.Var[int]
    placeholder: rx.Var[str]
    label: rx.Var[str]
    clear_label: rx.Var[str]
    autofocus: rx.Var[bool]
    enabled: rx.Var[bool]
    on_text: rx.EventHandler[_one_text]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Keep what is typed until the page's own load is done."""
        props.setdefault("enabled", rx.State.is_hydrated)
        return super().create(*children, **props)


class Dialog(_Kit):
    """A modal dialog; its children exist only while it is open."""

    tag = "Dialog"
    open: rx.Var[bool]
    title: rx.Var[str]
    width: rx.Var[str]
    close_label: rx.Var[str]
    on_close: rx.EventHandler[_no_args]


class Menu(_Kit):
    """A button with a menu; the children are menu items and lines."""

    tag = "Menu"
    button_label: rx.Var[Any]
    icon: rx.Var[str]
    aria_label: rx.Var[str]
    align: rx.Var[str]
    title: rx.Var[str]
    disabled: rx.Var[bool]

    # Reflex writes aria_… props with a hyphen, which a React prop cannot have
    _rename_props: ClassVar[dict[str, str]] = {"aria-label": "ariaLabel"}


class MenuItem(_Kit):
    """One act in a menu, or a link where `href` is given (`plain` for a file or an address outside the pages)."""

    tag = "MenuItem"
    label: rx.Var[str]
    icon: rx.Var[str]
    keys: rx.Var[str]
    danger: rx.Var[bool]
    disabled: rx.Var[bool]
    checked: rx.Var[bool]
    href: rx.Var[str]
    plain: rx.Var[bool]
    lang: rx.Var[str]
    on_select: rx.EventHandler[_no_args]


class MenuLine(_Kit):
    """A line between two groups of menu items."""

    tag = "MenuLine"


class Toasts(_Kit):
    """Short messages at the foot of the page: a list of {id, text, kind, action, action_id}."""

    tag = "Toasts"
    items: rx.Var[list[Any]]
    dismiss_label: rx.Var[str]
    on_dismiss: rx.EventHandler[_one_text]
    on_action: rx.EventHandler[_one_text]


class UrlQuery(_Kit):
    """Keeps the address in step with a query text, without loading the page again."""

    tag = "UrlQuery"
    query: rx.Var[str]
    mode: rx.Var[str]
    enabled: rx.Var[bool]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Be silent until the page's own load is done: its query came from the address."""
        props.setdefault("enabled", rx.State.is_hydrated)
        return super().create(*children, **props)


class TabsList(_Kit):
    """The tabs that are its children in a row, which scrolls where there is no room and shows it."""

    tag = "TabsList"
    label: rx.Var[str]


tabs_list = TabsList.create


class Keys(_Kit):
    """The keys of lists and records: j k Enter / Ctrl-K e c ?"""

    tag = "Keys"
    on_help: rx.EventHandler[_no_args]


class Connection(_Kit):
    """Says that the server cannot be reached and, shortly, that it can again."""

    tag = "Connection"
    lost: rx.Var[str]
    back: rx.Var[str]
    errors: rx.Var[int]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Take the number of failed connections from Reflex's own socket."""
        props.setdefault("errors", connection_errors_count)
        return super().create(*children, **props)


class Theme(_Kit):
    """Applies "light", "dark" or "system", the language and the title to the page.

    `spoken` names the state and its field that hold the language, for a page that no server tells it.
    """

    tag = "Theme"
    theme: rx.Var[str]
    lang: rx.Var[str]
    title: rx.Var[str]
    spoken: rx.Var[dict[str, str]]
    errors: rx.Var[int]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Take the number of failed connections from Reflex's own socket."""
        props.setdefault("errors", connection_errors_count)
        return super().create(*children, **props)


def icon(name: str | Var[str], cls: str = "", size: str = "") -> rx.Component:
    """An icon of the sprite, hidden from screen readers: a word or a label stands beside it."""
    return Icon.create(name=name, size=size, class_name=cls)


def avatar(text: str | Var[str], cls: str = "") -> rx.Component:
    """The initials of a person or a company; `cls` such as "avatar-md" or "avatar-square"."""
    return Avatar.create(text=text, class_name=cls)


auth_form = AuthForm.create
password_input = PasswordInput.create
copy_button = CopyButton.create
draft_form = DraftForm.create
ref_picker = RefPicker.create
live_input = LiveInput.create
dialog = Dialog.create
menu = Menu.create
menu_item = MenuItem.create
menu_line = MenuLine.create
toasts = Toasts.create
url_query = UrlQuery.create
keys = Keys.create
connection = Connection.create
theme = Theme.create


class Rows(_Kit):
    """The lines inside a record, edited in place; a hidden input of the given name carries them as JSON."""

    library = BESIDE["rows.jsx"]
    tag = "Rows"
    name: rx.Var[str]
    value: rx.Var[str]
    columns: rx.Var[list[dict[str, Any]]]
    labels: rx.Var[dict[str, str]]
    picker_labels: rx.Var[dict[str, str]]
    errors: rx.Var[dict[str, str]]
    disabled: rx.Var[bool]


rows = Rows.create


class Filters(_Kit):
    """The filters of a list as chips, and the small form that opens beside them; `answer` counts what the server answered."""

    library = BESIDE["filters.jsx"]
    tag = "Filters"
    chips: rx.Var[list[Any]]
    fields: rx.Var[list[dict[str, Any]]]
    signs: rx.Var[dict[str, str]]
    labels: rx.Var[dict[str, str]]
    picker_labels: rx.Var[dict[str, str]]
    error: rx.Var[str]
    answer: rx.Var[int]
    on_set: rx.EventHandler[_filter]
    on_drop: rx.EventHandler[_two_texts]


filters = Filters.create


class Cells(_Kit):
    """The editor of a list's cells: listens to the table `[data-list]` for what begins an edit."""

    library = BESIDE["cells.jsx"]
    tag = "Cells"
    open: rx.Var[Any]
    answer: rx.Var[Any]
    columns: rx.Var[dict[str, Any]]
    able: rx.Var[bool]
    labels: rx.Var[dict[str, str]]
    picker_labels: rx.Var[dict[str, str]]
    on_open: rx.EventHandler[rx.event.passthrough_event_spec(int)]
    on_save: rx.EventHandler[rx.event.passthrough_event_spec(int, str, str, int)]


cells = Cells.create


class Pad(_Kit):
    """A pad to sign on; the strokes are the field `name` of the form around it."""

    library = BESIDE["pad.jsx"]
    tag = "Pad"
    name: rx.Var[str]
    labels: rx.Var[dict[str, str]]


pad = Pad.create


class Verbs(_Kit):
    """The next step as a button and the other verbs in a menu. What is typed and not saved is saved first."""

    library = BESIDE["verbs.jsx"]
    tag = "Verbs"
    primary: rx.Var[Any]
    items: rx.Var[list[Any]]
    asking: rx.Var[list[str]]
    once: rx.Var[str]
    version: rx.Var[int]
    answer: rx.Var[int]
    paper: rx.Var[str]
    pages: rx.Var[list[Any]]
    more: rx.Var[int]
    labels: rx.Var[dict[str, str]]
    on_draw: rx.EventHandler[drawing]
    on_run: rx.EventHandler[_two_texts]
    on_ask: rx.EventHandler[_one_text]
    on_choose: rx.EventHandler[_one_text]
    on_remove: rx.EventHandler[_no_args]
    may_remove: rx.Var[bool]


verbs = Verbs.create
