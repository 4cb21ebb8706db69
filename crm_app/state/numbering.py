"""Number series."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.numbering import SEQUENCES

from .forms import RecordState
from .lists import ListState


class SeriesList(ListState, rx.State):
    """The list of series."""

    resource: ClassVar[Resource] = SEQUENCES


class SeriesRecord(RecordState, rx.State):
    """One of them."""

    resource: ClassVar[Resource] = SEQUENCES
