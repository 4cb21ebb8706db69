"""Invoices, credit notes, debit notes and deposit invoices; and what has been set against them."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm_app.core.fields import Choice, Day, Reference, Text
from crm_app.core.i18n import feminine, several
from crm_app.core.resource import Ready, Section, Stand
from crm_app.core.workflow import Move, Workflow

from .base import KEEP_IDS, Exact, Id, column, lines, resource, sorted_by_key
from .choices import PROGRESS_LABELS, Progress
from .trade import (
    AMOUNT,
    HEAD,
    MOST_LINES,
    SEARCHED,
    SECTIONS,
    Document,
    DocumentLine,
    DocumentShare,
    ancestor,
    newest_of_product,
    shares_of,
)


class InvoiceKind(StrEnum):
    """A credit note takes away from what is owed; the others add to it."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"
    DEPOSIT = "deposit"


class InvoiceStatus(StrEnum):
    """After issue only a credit note corrects it; paid and overdue are computed."""

    DRAFT = "draft"
    ISSUED = "issued"
    CANCELLED = "cancelled"


class CorrectionReason(StrEnum):
    """Why an invoice is corrected, in no country's code: those of Spain (R1-R5), Facturae, DIAN, SUNAT and SII follow from it."""

    RETURNED = "returned"
    UNDONE = "undone"
    DISCOUNT = "discount"
    EARLY = "early_payment"
    VOLUME = "volume"
    PRICE = "price"
    TAX = "tax"
    DETAILS = "details"
    INSOLVENCY = "insolvency"
    UNCOLLECTIBLE = "uncollectible"
    INTEREST = "interest"
    COSTS = "costs"
    OTHER = "other"


STATUS = Choice(InvoiceStatus, ("Draft", "Issued", feminine("Cancelled")))
KIND = Choice(InvoiceKind, ("Invoice", "Credit note", "Debit note", "Deposit invoice"))

REASON = Choice(
    CorrectionReason,
    (
        "Goods or services returned",
        "The sale was undone",
        "Discount after the sale",
        "Discount for early payment",
        "Discount for volume",
        "Wrong price or quantity",
        "Wrong tax",
        "Wrong details of the customer or wrong texts",
        "Insolvency of the customer",
        "Debt that cannot be collected",
        "Interest for late payment",
        "Further costs",
        "Another reason",
    ),
)


class Invoice(Document, table=True):
    """`paid` is what payments and credit notes have settled, `balance` the rest, both in its currency, positive also for a
    credit note (then the rest is what may still be set against invoices or paid out). `due` is the day of its last part,
    `next_due` that of the earliest which is not settled; once all is settled they are the same.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        sa.Index(
            "ix_invoice_open",
            "status",
            "balance",
            "next_due",
            "kind",
            "date",
            "paid",
            "account",
            "currency",
            "rate",
            "id",
        ),
        sa.Index("ix_invoice_account_date", "account", "date"),
        sa.Index("ix_invoice_status_date", "status", "date", "id"),
        *sorted_by_key("invoice", "created_at", "owner"),
    )

    status: str = column(STATUS, "Status", default=InvoiceStatus.DRAFT.value, readonly=True)
    kind: str = column(KIND, "Kind", default=InvoiceKind.INVOICE.value, index=True)
    quote: int | None = column(Reference("quotes"), "Quote", readonly=True, references="quote.id")
    order: int | None = column(Reference("orders"), "Sales order", readonly=True, references="sales_order.id")
    delivery: int | None = column(
        Reference("deliveries"), "Delivery note", readonly=True, references="delivery_note.id"
    )
    corrects: int | None = column(Reference("invoices"), "Corrects", references="invoice.id")
    reason: str | None = column(REASON, "Reason of the correction")
    reason_text: str | None = column(Text(250), "Reason in words")
    operation_date: date | None = column(
        Day(),
        "Date of the operation",
        help="When the goods or services were provided, if not on the day of the invoice",
    )
    due: date | None = column(Day(), "Due", index=True)
    next_due: date | None = column(Day(), "Next due", readonly=True, index=True)
    sent_on: date | None = column(Day(), "Sent on", readonly=True)
    paid: Decimal = column(AMOUNT, "Paid", default=Decimal(0), readonly=True)
    balance: Decimal = column(AMOUNT, "Balance", default=Decimal(0), readonly=True, index=True)
    credited: str = column(
        Choice(Progress, PROGRESS_LABELS), "Credited", default=Progress.NONE.value, readonly=True, index=True
    )


class InvoicePart(SQLModel, table=True):
    """A part of what an issued invoice asks for, and the day by which. Written when it is issued, changed never.

    `before` is the sum of the parts that are due before it: what is settled pays the earliest first. The parts of an invoice
    come to what is payable.
    """

    __tablename__ = "invoice_part"
    __table_args__ = (sa.Index("ix_invoice_part_invoice", "invoice", "due", "before", "amount"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    invoice: int = Field(foreign_key="invoice.id", sa_type=Id)
    due: date = Field()
    amount: Decimal = Field(sa_type=Exact(4))
    before: Decimal = Field(sa_type=Exact(4))


class InvoiceLine(DocumentLine, table=True):
    """A line of an invoice. `credited_line` is what a credit note's line takes back, `deposit_line` the deposit it sets off."""

    __tablename__ = "invoice_line"
    __table_args__ = newest_of_product("invoice_line")
    PARENT: ClassVar[str] = "invoice"

    invoice: int = Field(foreign_key="invoice.id", index=True, sa_type=Id)
    quote_line: int | None = ancestor("quote_line")
    order_line: int | None = ancestor("order_line")
    delivery_line: int | None = ancestor("delivery_line")
    credited_line: int | None = ancestor("invoice_line")
    deposit_line: int | None = ancestor("invoice_line")


class InvoiceShare(DocumentShare, table=True):
    """A salesperson's share of an invoice."""

    __tablename__ = "invoice_share"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "invoice"

    invoice: int = Field(foreign_key="invoice.id", index=True, sa_type=Id)


FLOW = Workflow(
    "status",
    (
        Move("issue", ("draft",), "issued"),
        Move("pay", ("issued",)),
        Move("send", ("issued",)),
        Move("credit", ("issued",)),
        Move("apply", ("issued",)),
        Move("unapply", ("issued",)),
        Move("cancel", ("draft",), "cancelled"),
    ),
    frozenset({"draft"}),
    loose=frozenset({"sent_on"}),
)
_OPEN = Stand("open", "Open", "filter[status]=issued&filter[balance][gt]=0")
_OVERDUE = Stand(
    "overdue",
    "Overdue",
    "filter[status]=issued&filter[balance][gt]=0&filter[next_due][lt]=today&filter[kind][in]=invoice,debit_note,deposit",
    several("Overdue"),
)
_PARTLY = Stand(
    "partly_paid",
    "Partly paid",
    "filter[status]=issued&filter[balance][gt]=0&filter[paid][gt]=0",
    several("Partly paid"),
)
_PAID = Stand("paid", "Paid", "filter[status]=issued&filter[balance][le]=0&filter[credited][ne]=all", several("Paid"))
INVOICES = resource(
    Invoice,
    "invoices",
    one="Invoice",
    many="Invoices",
    icon="receipt",
    label="number",
    search=SEARCHED,
    columns=("number", "account", "status", "total", "balance", "next_due", "currency", "date", "kind", "owner"),
    filters=(
        "status", "kind", "account", "owner", "date", "next_due", "due", "total", "balance", "currency", "quote", "order",
        "delivery", "corrects", "credited", "reason", "operation_date",
    ),
    form=(
        Section("Details", ("kind", *HEAD, "operation_date", "due")),
        SECTIONS[0],
        Section("Correction", ("corrects", "reason", "reason_text")),
        *SECTIONS[1:],
    ),
    sort="-date",
    owner="owner",
    group="Sales",
    feminine=True,
    place=40,
    workflow=FLOW,
    facts=("account", "date", "next_due", "total", "balance"),
    stands=(
        _OPEN,
        _OVERDUE,
        _PARTLY,
        _PAID,
        Stand("partly_credited", feminine("Partly credited"), "filter[credited]=partly"),
        Stand("credited", feminine("Credited"), "filter[credited]=all"),
        Stand("not_sent", "Issued, not sent", "filter[status]=issued&filter[sent_on][empty]=true"),
    ),
    views=(
        Ready("Drafts", "filter[status]=draft"),
        _OPEN.view,
        _OVERDUE.view,
        _PARTLY.view,
        _PAID.view,
    ),
    sums=("net", "tax", "total", "paid", "balance"),
    contrary=("kind", InvoiceKind.CREDIT_NOTE.value),
)  # fmt: skip
lines(INVOICES, InvoiceLine, "lines", one="Line", many="Lines", label="description", limit=MOST_LINES)
shares_of(INVOICES, InvoiceShare)
