"""What was quoted, ordered and sold, line by line: each row leads to its document."""

import reflex as rx

from crm_app.state.histories import OrderedList, QuotedList, SharedList, SoldList

from .parts.screen import Page
from .parts.table import list_screen


def sold() -> rx.Component:
    """The list of what was sold."""
    return list_screen(SoldList)


def shared() -> rx.Component:
    """The list of what was sold by salesperson."""
    return list_screen(SharedList)


def ordered() -> rx.Component:
    """The list of what was ordered."""
    return list_screen(OrderedList)


def quoted() -> rx.Component:
    """The list of what was quoted."""
    return list_screen(QuotedList)


PAGES: tuple[Page, ...] = tuple(
    Page(f"/{state.resource.name}", draw, state.load, state.resource.many)
    for state, draw in ((SoldList, sold), (SharedList, shared), (OrderedList, ordered), (QuotedList, quoted))
)
