"""Payments."""

import reflex as rx

from crm_app.state.payments import PaymentList, PaymentRecord

from .parts.allocations import allocations
from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.table import list_screen
from .parts.verbs import verbs_head


def payments() -> rx.Component:
    """The list of payments."""
    return list_screen(PaymentList)


def payment() -> rx.Component:
    """One payment."""
    return record_screen(PaymentRecord, head=verbs_head(PaymentRecord), sections=(allocations(PaymentRecord),))


PAGES: tuple[Page, ...] = module(PaymentList, payments, PaymentRecord, payment)
