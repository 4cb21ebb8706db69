"""Accounts, sectors and zones."""

import reflex as rx

from crm_app.models.quotes import QUOTES
from crm_app.state.accounts import AccountList, AccountRecord, SectorList, SectorRecord, ZoneList, ZoneRecord

from .parts.heads import begin
from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen
from .receivables import statement_link


def accounts() -> rx.Component:
    """The list of accounts."""
    return list_screen(AccountList)


def account() -> rx.Component:
    """One account."""
    return record_screen(
        AccountRecord,
        tabbed=True,
        actions=(statement_link(AccountRecord.record), begin(AccountRecord, QUOTES, "account")),
    )


def sectors() -> rx.Component:
    """The list of sectors."""
    return list_screen(SectorList, trail=settings_trail(SectorList.resource))


def sector() -> rx.Component:
    """One sector."""
    return record_screen(SectorRecord, trail=settings_trail(SectorRecord.resource, SectorRecord.label))


def zones() -> rx.Component:
    """The list of zones."""
    return list_screen(ZoneList, trail=settings_trail(ZoneList.resource))


def zone() -> rx.Component:
    """One zone."""
    return record_screen(ZoneRecord, trail=settings_trail(ZoneRecord.resource, ZoneRecord.label))


PAGES: tuple[Page, ...] = (
    *module(AccountList, accounts, AccountRecord, account),
    *module(SectorList, sectors, SectorRecord, sector),
    *module(ZoneList, zones, ZoneRecord, zone),
)
