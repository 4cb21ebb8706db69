"""Number series."""

import reflex as rx

from crm_app.state.numbering import SeriesList, SeriesRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def series() -> rx.Component:
    """The list of series."""
    return list_screen(SeriesList, trail=settings_trail(SeriesList.resource))


def one_series() -> rx.Component:
    """One of them."""
    return record_screen(SeriesRecord, trail=settings_trail(SeriesRecord.resource, SeriesRecord.label))


PAGES: tuple[Page, ...] = (*module(SeriesList, series, SeriesRecord, one_series),)
