"""Credit policies."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.credit import POLICIES

from .forms import RecordState
from .lists import ListState


class PolicyList(ListState, rx.State):
    """The list of credit policies."""

    resource: ClassVar[Resource] = POLICIES


class PolicyRecord(RecordState, rx.State):
    """One credit policy."""

    resource: ClassVar[Resource] = POLICIES
