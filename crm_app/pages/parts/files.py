"""Files on their way to a record."""

import reflex as rx

from . import kit


class FileDrop(rx.Component):
    """Takes files by drop, choice or camera and sends them to `address`; `limit` in bytes."""

    library = kit.BESIDE["files.jsx"]
    tag = "FileDrop"
    address: rx.Var[str]
    limit: rx.Var[int]
    labels: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


file_drop = FileDrop.create


class DropAnywhere(rx.Component):
    """Takes files that are let go while the place for them is not shown; `on_files` has to show it."""

    library = kit.BESIDE["files.jsx"]
    tag = "DropAnywhere"
    label: rx.Var[str]
    on_files: rx.EventHandler[rx.event.no_args_event_spec]


drop_anywhere = DropAnywhere.create
