"""Products and their categories."""

from typing import ClassVar

import reflex as rx

from crm_app.core.resource import Resource
from crm_app.models.products import CATEGORIES, PRODUCTS

from .forms import RecordState
from .lists import ListState


class ProductList(ListState, rx.State):
    """The list of products."""

    resource: ClassVar[Resource] = PRODUCTS


class ProductRecord(RecordState, rx.State):
    """One product."""

    resource: ClassVar[Resource] = PRODUCTS


class CategoryList(ListState, rx.State):
    """The list of categories."""

    resource: ClassVar[Resource] = CATEGORIES


class CategoryRecord(RecordState, rx.State):
    """One category."""

    resource: ClassVar[Resource] = CATEGORIES
