"""Accounts, sectors and zones."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.accounts import ACCOUNTS, SECTORS, ZONES

from .forms import RecordState
from .lists import ListState
from .merging import MergeState


class AccountList(ListState, rx.State):
    """The list of accounts."""

    resource: ClassVar[Resource] = ACCOUNTS


class AccountRecord(RecordState, rx.State):
    """One account."""

    resource: ClassVar[Resource] = ACCOUNTS


class AccountMerge(MergeState, rx.State):
    """The dialog in which accounts are merged."""

    resource: ClassVar[Resource] = ACCOUNTS


class SectorList(ListState, rx.State):
    """The list of sectors."""

    resource: ClassVar[Resource] = SECTORS


class SectorRecord(RecordState, rx.State):
    """One sector."""

    resource: ClassVar[Resource] = SECTORS


class ZoneList(ListState, rx.State):
    """The list of zones."""

    resource: ClassVar[Resource] = ZONES


class ZoneRecord(RecordState, rx.State):
    """One zone."""

    resource: ClassVar[Resource] = ZONES
