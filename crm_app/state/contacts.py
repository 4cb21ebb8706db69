"""Contacts."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.contacts import CONTACTS

from .forms import RecordState
from .lists import ListState
from .merging import MergeState


class ContactList(ListState, rx.State):
    """The list of contacts."""

    resource: ClassVar[Resource] = CONTACTS


class ContactRecord(RecordState, rx.State):
    """One contact."""

    resource: ClassVar[Resource] = CONTACTS


class ContactMerge(MergeState, rx.State):
    """The dialog in which contacts are merged."""

    resource: ClassVar[Resource] = CONTACTS
