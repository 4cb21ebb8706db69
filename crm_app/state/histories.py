"""What was quoted, ordered and sold, line by line."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.histories import ORDERED_LINES, QUOTED_LINES, SOLD_LINES, SOLD_SHARES

from .lists import ListState


class SoldList(ListState, rx.State):
    """The list of what was sold."""

    resource: ClassVar[Resource] = SOLD_LINES


class SharedList(ListState, rx.State):
    """The list of what was sold by salesperson."""

    resource: ClassVar[Resource] = SOLD_SHARES


class OrderedList(ListState, rx.State):
    """The list of what was ordered."""

    resource: ClassVar[Resource] = ORDERED_LINES


class QuotedList(ListState, rx.State):
    """The list of what was quoted."""

    resource: ClassVar[Resource] = QUOTED_LINES
