"""Document texts."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.texts import DOCUMENT_TEXTS

from .forms import RecordState
from .lists import ListState


class TextList(ListState, rx.State):
    """The list of document texts."""

    resource: ClassVar[Resource] = DOCUMENT_TEXTS


class TextRecord(RecordState, rx.State):
    """One document text."""

    resource: ClassVar[Resource] = DOCUMENT_TEXTS
