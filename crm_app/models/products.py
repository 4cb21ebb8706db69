"""Products: the goods and services that are sold or bought, and their categories."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from crm_app.core.fields import Boolean, Choice, Currency, LongText, Number, Reference, Tags, Text
from crm_app.core.i18n import Message
from crm_app.core.resource import Ready, Section

from .base import KEEP_IDS, Id, Line, Searchable, column, lines, resource, sorted_by_key
from .choices import TAX_CLASS_LABELS, TaxClass


class ProductKind(StrEnum):
    """Goods can be stocked and delivered; services are done."""

    GOODS = "goods"
    SERVICE = "service"


class Category(Searchable, table=True):
    """What products are sorted by; a tree."""

    __tablename__ = "category"
    __table_args__ = sorted_by_key("category")

    name: str = column(Text(80), "Name", required=True, unique=True)
    parent: int | None = column(Reference("categories"), "Part of", references="category.id")

    def check(self) -> Mapping[str, Message]:
        """Nothing is a part of itself. (Longer circles are refused in services.)"""
        return (
            {"parent": Message("It cannot be a part of itself.")}
            if self.parent is not None and self.parent == self.id
            else {}
        )


class Product(Searchable, table=True):
    """Goods or a service. `name` is what the team calls it; documents take the name in the customer's language, else this one."""

    __tablename__ = "product"
    __table_args__ = sorted_by_key("product", "created_at")

    name: str = column(Text(160), "Name", required=True)
    code: str | None = column(Text(40, folds=False), "Code", unique=True)
    barcode: str | None = column(Text(40, folds=False), "Barcode", index=True)
    kind: str = column(Choice(ProductKind, ("Goods", "Service")), "Kind", default=ProductKind.GOODS.value)
    category: int | None = column(Reference("categories"), "Category", references="category.id")
    sold: bool = column(Boolean(), "Sold", default=True)
    bought: bool = column(Boolean(), "Bought", default=False)
    unit: str | None = column(Text(20), "Unit")
    price: Decimal | None = column(
        Number(6, digits=12, least=Decimal(0), fraction=2, currency="currency"), "List price"
    )
    cost: Decimal | None = column(Number(6, digits=12, least=Decimal(0), fraction=2, currency="currency"), "Cost")
    currency: str | None = column(Currency(), "Currency")
    tax_class: str = column(
        Choice(TaxClass, TAX_CLASS_LABELS),
        "Tax class",
        default=TaxClass.STANDARD.value,
    )
    stocked: bool = column(Boolean(), "Stock is kept", default=False)
    name_es: str | None = column(Text(160), "Name in Spanish")
    name_en: str | None = column(Text(160), "Name in English")
    description_es: str | None = column(LongText(), "Description in Spanish")
    description_en: str | None = column(LongText(), "Description in English")
    tags: tuple[str, ...] | None = column(Tags(), "Tags")
    active: bool = column(Boolean("Not active"), "Active", default=True)

    def check(self) -> Mapping[str, Message]:
        """Services have no stock."""
        wrong = self.stocked and self.kind == ProductKind.SERVICE.value
        return {"stocked": Message("Stock is kept of goods only.")} if wrong else {}


class SupplierCode(Line, table=True):
    """What a supplier calls the product, and asks for it."""

    __tablename__ = "supplier_code"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "product"

    product: int = Field(foreign_key="product.id", index=True, sa_type=Id)
    supplier: int = column(Reference("accounts"), "Supplier", required=True, references="account.id")
    code: str | None = column(Text(40, folds=False), "Their code")
    price: Decimal | None = column(
        Number(6, digits=12, least=Decimal(0), fraction=2, currency="currency"), "Their price"
    )
    currency: str | None = column(Currency(), "Currency")


CATEGORIES = resource(
    Category,
    "categories",
    one="Category",
    many="Categories",
    icon="tags",
    columns=("name", "parent"),
    filters=("parent",),
    group="Settings",
    tree="parent",
)
PRODUCTS = resource(
    Product,
    "products",
    one="Product",
    many="Products",
    icon="package",
    search=("name", "code", "barcode", "name_es", "name_en"),
    columns=("name", "code", "category", "price", "currency", "unit", "kind"),
    form=(
        Section(
            "Details",
            ("name", "code", "barcode", "kind", "category", "unit", "tags", "sold", "bought", "stocked", "active"),
        ),
        Section("Price", ("price", "cost", "currency", "tax_class")),
        Section("Names and descriptions", ("name_es", "name_en", "description_es", "description_en")),
    ),
    filters=("category", "kind", "sold", "bought", "tax_class", "tags", "active"),
    group="Catalogue",
    facts=("code", "price", "unit", "category"),
    views=(
        Ready("For sale", "filter[sold]=true&filter[active]=true"),
        Ready("Purchased", "filter[bought]=true"),
        Ready("Services", "filter[kind]=service"),
        Ready("Not active", "filter[active]=false"),
    ),
    telling=("barcode",),
)
lines(
    PRODUCTS,
    SupplierCode,
    "supplier_codes",
    one="Supplier",
    many="Suppliers",
    label="supplier",
    icon="truck",
    sought=("code",),
)
