"""Credit policies."""

import reflex as rx

from crm_app.state.credit import PolicyList, PolicyRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def credit_policies() -> rx.Component:
    """The list of credit policies."""
    return list_screen(PolicyList, trail=settings_trail(PolicyList.resource))


def credit_policy() -> rx.Component:
    """One of them."""
    return record_screen(PolicyRecord, trail=settings_trail(PolicyRecord.resource, PolicyRecord.label))


PAGES: tuple[Page, ...] = (*module(PolicyList, credit_policies, PolicyRecord, credit_policy),)
