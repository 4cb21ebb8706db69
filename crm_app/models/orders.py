"""Sales orders: what the customer accepted."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import Choice, Day, Reference
from crm_app.core.resource import Ready, Section, Stand
from crm_app.core.workflow import Move, Workflow

from .base import KEEP_IDS, Id, column, lines, resource, sorted_by_key
from .choices import PROGRESS_LABELS, Progress
from .trade import HEAD, MOST_LINES, SEARCHED, SECTIONS, Document, DocumentLine, DocumentShare, ancestor, shares_of


class OrderStatus(StrEnum):
    """Stored decisions; delivered and invoiced are computed."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


STATUS = Choice(OrderStatus, ("Draft", "Confirmed", "On hold", "Closed", "Cancelled"))


class SalesOrder(Document, table=True):
    """An order. One that was confirmed may be reopened: a draft that has a number keeps it and what it has reserved."""

    __tablename__ = "sales_order"
    __table_args__ = (
        sa.Index("ix_sales_order_status_date", "status", "date", "id"),
        *sorted_by_key("sales_order", "created_at", "owner"),
    )

    status: str = column(STATUS, "Status", default=OrderStatus.DRAFT.value, readonly=True)
    quote: int | None = column(Reference("quotes"), "Quote", readonly=True, references="quote.id")
    wanted: date | None = column(Day(), "Wanted on")
    delivered: str = column(
        Choice(Progress, PROGRESS_LABELS), "Delivered", default=Progress.NONE.value, readonly=True, index=True
    )
    invoiced: str = column(
        Choice(Progress, PROGRESS_LABELS), "Invoiced", default=Progress.NONE.value, readonly=True, index=True
    )


class OrderLine(DocumentLine, table=True):
    """A line of an order."""

    __tablename__ = "order_line"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "sales_order"

    sales_order: int = Field(foreign_key="sales_order.id", index=True, sa_type=Id)
    quote_line: int | None = ancestor("quote_line")


class OrderShare(DocumentShare, table=True):
    """A salesperson's share of an order."""

    __tablename__ = "order_share"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "sales_order"

    sales_order: int = Field(foreign_key="sales_order.id", index=True, sa_type=Id)


FLOW = Workflow(
    "status",
    (
        Move("confirm", ("draft",), "confirmed"),
        Move("deliver", ("confirmed",)),
        Move("invoice", ("confirmed",)),
        Move("reopen", ("confirmed",), "draft"),
        Move("hold", ("confirmed",), "held"),
        Move("release", ("held",), "confirmed"),
        Move("close", ("confirmed",), "closed"),
        Move("cancel", ("draft", "confirmed", "held"), "cancelled"),
    ),
    frozenset({"draft"}),
)
_TO_DELIVER = Stand("not_delivered", "To deliver", "filter[status]=confirmed&filter[delivered][in]=none,partly")
_TO_INVOICE = Stand("not_invoiced", "To invoice", "filter[status]=confirmed&filter[invoiced][in]=none,partly")
ORDERS = resource(
    SalesOrder,
    "orders",
    one="Sales order",
    many="Sales orders",
    icon="clipboard-list",
    label="number",
    search=SEARCHED,
    columns=("number", "account", "status", "total", "currency", "date", "delivered", "invoiced", "owner", "wanted"),
    filters=("status", "account", "owner", "date", "total", "currency", "delivered", "invoiced", "quote"),
    form=(Section("Details", (*HEAD, "wanted")), *SECTIONS),
    sort="-date",
    owner="owner",
    group="Sales",
    place=20,
    workflow=FLOW,
    facts=("account", "date", "wanted", "total"),
    stands=(
        _TO_DELIVER,
        _TO_INVOICE,
        Stand("late", "Late", "filter[status]=confirmed&filter[delivered][in]=none,partly&filter[wanted][lt]=today"),
        Stand("partly_delivered", "Partly delivered", "filter[delivered]=partly"),
        Stand("delivered", "Delivered", "filter[delivered]=all"),
        Stand("partly_invoiced", "Partly invoiced", "filter[invoiced]=partly"),
        Stand("invoiced", "Invoiced", "filter[invoiced]=all"),
    ),
    views=(
        Ready("Accepted orders", "filter[status][in]=confirmed,closed"),
        _TO_DELIVER.view,
        Ready(
            "Not delivered for 7 days",
            "filter[status]=confirmed&filter[delivered][in]=none,partly&filter[date][lt]=today-7",
        ),
        _TO_INVOICE.view,
        Ready("Orders on hold", "filter[status]=held"),
    ),
    board=True,
    sums=("net", "tax", "total"),
)
lines(ORDERS, OrderLine, "lines", one="Line", many="Lines", label="description", limit=MOST_LINES)
shares_of(ORDERS, OrderShare)
