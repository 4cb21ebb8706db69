"""Delivery notes: what was handed over, goods and services, with an address of their own."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import Boolean, Choice, MomentKind, Reference, Text
from crm_app.core.i18n import feminine
from crm_app.core.resource import Ready, Section, Stand
from crm_app.core.workflow import Move, Workflow

from .base import KEEP_IDS, Id, column, lines, resource, sorted_by_key
from .choices import PROGRESS_LABELS, Progress
from .trade import HEAD, MOST_LINES, SEARCHED, SECTIONS, Document, DocumentLine, DocumentShare, ancestor, shares_of


class DeliveryKind(StrEnum):
    """Goods go out, or come back."""

    DELIVERY = "delivery"
    RETURN = "return"


class DeliveryStatus(StrEnum):
    """Issuing draws the number and moves stock."""

    DRAFT = "draft"
    ISSUED = "issued"
    SIGNED = "signed"
    CANCELLED = "cancelled"


STATUS = Choice(DeliveryStatus, ("Draft", "Issued", "Signed", feminine("Cancelled")))


class DeliveryNote(Document, table=True):
    """A legal document of what was handed over. `valued` prints the prices."""

    __tablename__ = "delivery_note"
    __table_args__ = (
        sa.Index("ix_delivery_note_status_date", "status", "date", "id"),
        *sorted_by_key("delivery_note", "created_at", "owner"),
    )

    status: str = column(STATUS, "Status", default=DeliveryStatus.DRAFT.value, readonly=True)
    kind: str = column(
        Choice(DeliveryKind, ("Delivery", "Return")), "Kind", default=DeliveryKind.DELIVERY.value, readonly=True
    )
    order: int | None = column(Reference("orders"), "Sales order", readonly=True, references="sales_order.id")
    returns: int | None = column(Reference("deliveries"), "Returns", readonly=True, references="delivery_note.id")
    warehouse: int | None = column(Reference("warehouses"), "Warehouse", references="warehouse.id")
    valued: bool = column(Boolean(), "Print with prices", default=True)
    signed_by: str | None = column(Text(120), "Received by", readonly=True)
    signed_at: datetime | None = column(MomentKind(), "Received at", readonly=True)
    invoiced: str = column(
        Choice(Progress, PROGRESS_LABELS), "Invoiced", default=Progress.NONE.value, readonly=True, index=True
    )
    returned: str = column(
        Choice(Progress, PROGRESS_LABELS), "Returned", default=Progress.NONE.value, readonly=True, index=True
    )


class DeliveryLine(DocumentLine, table=True):
    """A line of a delivery note."""

    __tablename__ = "delivery_line"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "delivery_note"

    delivery_note: int = Field(foreign_key="delivery_note.id", index=True, sa_type=Id)
    quote_line: int | None = ancestor("quote_line")
    order_line: int | None = ancestor("order_line")
    returned_line: int | None = ancestor("delivery_line")


class DeliveryShare(DocumentShare, table=True):
    """A salesperson's share of a delivery note."""

    __tablename__ = "delivery_share"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "delivery_note"

    delivery_note: int = Field(foreign_key="delivery_note.id", index=True, sa_type=Id)


FLOW = Workflow(
    "status",
    (
        Move("issue", ("draft",), "issued"),
        Move("sign", ("issued",), "signed"),
        Move("invoice", ("issued", "signed")),
        Move("return", ("issued", "signed")),
        Move("cancel", ("draft",), "cancelled"),
    ),
    frozenset({"draft"}),
)
DELIVERIES = resource(
    DeliveryNote,
    "deliveries",
    one="Delivery note",
    many="Delivery notes",
    icon="truck",
    label="number",
    search=SEARCHED,
    columns=("number", "account", "status", "date", "total", "currency", "invoiced", "kind", "ship_city", "owner"),
    filters=("status", "kind", "account", "owner", "date", "invoiced", "returned", "order", "warehouse", "returns"),
    form=(Section("Details", (*HEAD, "warehouse", "valued")), *SECTIONS),
    sort="-date",
    owner="owner",
    group="Sales",
    feminine=True,
    place=30,
    workflow=FLOW,
    facts=("account", "date", "kind", "ship_city", "total"),
    stands=(
        Stand("not_signed", "Issued, not signed", "filter[status]=issued&filter[kind]=delivery"),
        Stand(
            "not_invoiced",
            "Issued, not invoiced",
            "filter[status][in]=issued,signed&filter[kind]=delivery&filter[invoiced][in]=none,partly",
        ),
        Stand("partly_invoiced", feminine("Partly invoiced"), "filter[invoiced]=partly"),
        Stand("invoiced", feminine("Invoiced"), "filter[invoiced]=all"),
        Stand("partly_returned", feminine("Partly returned"), "filter[returned]=partly"),
        Stand("returned", feminine("Returned"), "filter[returned]=all"),
    ),
    views=(
        Ready("Drafts", "filter[status]=draft"),
        Ready(
            "To invoice",
            "filter[status][in]=issued,signed&filter[kind]=delivery&filter[invoiced][in]=none,partly",
        ),
    ),
    sums=("net", "tax", "total"),
    contrary=("kind", DeliveryKind.RETURN.value),
)
lines(DELIVERIES, DeliveryLine, "lines", one="Line", many="Lines", label="description", limit=MOST_LINES)
shares_of(DELIVERIES, DeliveryShare)
