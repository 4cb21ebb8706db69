"""Products and their categories."""

import reflex as rx

from crm_app.state.products import CategoryList, CategoryRecord, ProductList, ProductRecord

from .parts.record import record_screen
from .parts.screen import Page, module
from .parts.settings import settings_trail
from .parts.table import list_screen


def products() -> rx.Component:
    """The list of products."""
    return list_screen(ProductList)


def product() -> rx.Component:
    """One product."""
    return record_screen(ProductRecord, tabbed=True, pictured=True)


def categories() -> rx.Component:
    """The list of categories."""
    return list_screen(CategoryList, trail=settings_trail(CategoryList.resource))


def category() -> rx.Component:
    """One category."""
    return record_screen(CategoryRecord, trail=settings_trail(CategoryRecord.resource, CategoryRecord.label))


PAGES: tuple[Page, ...] = (
    *module(ProductList, products, ProductRecord, product),
    *module(CategoryList, categories, CategoryRecord, category),
)
