"""Document texts."""

import reflex as rx

from crm_app.state.texts import TextList, TextRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def document_texts() -> rx.Component:
    """The list of document texts."""
    return list_screen(TextList, trail=settings_trail(TextList.resource))


def document_text() -> rx.Component:
    """One of them."""
    return record_screen(TextRecord, trail=settings_trail(TextRecord.resource, TextRecord.label))


PAGES: tuple[Page, ...] = (*module(TextList, document_texts, TextRecord, document_text),)
