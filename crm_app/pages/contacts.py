"""Contacts."""

import reflex as rx

from crm_app.state.contacts import ContactList, ContactRecord

from .parts import kit
from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.table import list_screen
from .parts.text import t


def contacts() -> rx.Component:
    """The list of contacts."""
    return list_screen(ContactList)


def contact() -> rx.Component:
    """One contact."""
    card = kit.menu_item(
        label=t("Save as vCard"),
        icon="download",
        href="/api/v1/contacts/" + ContactRecord.record.to_string() + "/vcard",
        plain=True,
    )
    return record_screen(ContactRecord, tabbed=True, verbs=(card,))


PAGES: tuple[Page, ...] = module(ContactList, contacts, ContactRecord, contact)
