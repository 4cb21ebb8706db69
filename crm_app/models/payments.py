"""Money received and paid, and which invoices it settles."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import Amount, Choice, Currency, Day, LongText, Number, Reference, Text
from crm_app.core.resource import Ready, Section, Stand
from crm_app.core.workflow import Move, Workflow

from .base import KEEP_IDS, Exact, Id, Record, Searchable, column, resource, sorted_by_key
from .trade import AMOUNT


class Direction(StrEnum):
    """Which way the money goes."""

    RECEIVED = "received"
    PAID = "paid"


class PaymentStatus(StrEnum):
    """A reversed payment settles nothing any more."""

    DRAFT = "draft"
    POSTED = "posted"
    REVERSED = "reversed"


class Method(StrEnum):
    """How it came."""

    TRANSFER = "transfer"
    CARD = "card"
    CASH = "cash"
    CHEQUE = "cheque"
    DEBIT = "debit"
    OTHER = "other"


METHOD_LABELS = ("Bank transfer", "Card", "Cash", "Cheque", "Direct debit", "Other")


class Payment(Searchable, table=True):
    """`unallocated` is what settles nothing yet, in the payment's currency."""

    __tablename__ = "payment"
    __table_args__ = (
        sa.Index("ix_payment_status_date", "status", "date", "id"),
        sa.Index("ix_payment_free", "status", "unallocated", "date", "direction", "account", "currency", "rate"),
        *sorted_by_key("payment", "created_at", "owner"),
    )

    number: str | None = column(Text(40), "Number", readonly=True, unique=True)
    status: str = column(
        Choice(PaymentStatus, ("Draft", "Posted", "Reversed")),
        "Status",
        default=PaymentStatus.DRAFT.value,
        readonly=True,
    )
    direction: str = column(Choice(Direction, ("Received", "Paid out")), "Direction", default=Direction.RECEIVED.value)
    account: int = column(Reference("accounts"), "Account", required=True, references="account.id")
    account_name: str | None = column(Text(160), "Account's name", readonly=True)
    owner: int | None = column(Reference("users", person=True), "Owner", references="user.id")
    date: dt.date | None = column(Day(), "Date", index=True)
    amount: Decimal = column(Amount(4, least=Decimal(0)), "Amount", required=True, index=True)
    currency: str | None = column(Currency(), "Currency")
    rate: Decimal | None = column(Number(8, digits=10), "Exchange rate")
    method: str = column(Choice(Method, METHOD_LABELS), "Method", default=Method.TRANSFER.value)
    reference: str | None = column(Text(80), "Reference")
    notes: str | None = column(LongText(), "Notes")
    reversed_on: dt.date | None = column(Day(), "Reversed on", readonly=True)
    unallocated: Decimal = column(AMOUNT, "Not allocated", default=Decimal(0), readonly=True)


class Allocation(Record, table=True):
    """So much of a payment, or of a credit note, settles an invoice; or so much of what was paid out gives `refunded` back, a
    payment that was received.

    `amount` is in the currency of what is settled, `taken` in that of the payment or credit note; `difference` is what the two
    rates make of it in the company's currency (positive is a gain). It counts from `day` until the day before `until`: what is
    taken back is not deleted, so that a statement of any date in the past stays as it was.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        sa.CheckConstraint("(payment IS NULL) <> (credit IS NULL)", name="ck_allocation_source"),
        sa.CheckConstraint(
            "(invoice IS NULL) <> (refunded IS NULL) AND (refunded IS NULL OR payment IS NOT NULL)",
            name="ck_allocation_target",
        ),
        KEEP_IDS,
    )

    payment: int | None = Field(default=None, foreign_key="payment.id", index=True, sa_type=Id)
    credit: int | None = Field(default=None, foreign_key="invoice.id", index=True, sa_type=Id)
    invoice: int | None = Field(default=None, foreign_key="invoice.id", index=True, sa_type=Id)
    refunded: int | None = Field(default=None, foreign_key="payment.id", index=True, sa_type=Id)
    amount: Decimal = Field(sa_type=Exact(4))
    taken: Decimal = Field(sa_type=Exact(4))
    difference: Decimal = Field(default=Decimal(0), sa_type=Exact(4))
    day: dt.date = Field(index=True)
    until: dt.date | None = Field(default=None, index=True)

    def root(self) -> tuple[str | None, int | None]:
        """It stands in the history of the payment or credit note."""
        return ("payment", self.payment) if self.payment is not None else ("invoice", self.credit)


FLOW = Workflow(
    "status",
    (
        Move("post", ("draft",), "posted"),
        Move("allocate", ("posted",)),
        Move("unallocate", ("posted",)),
        Move("refund", ("posted",)),
        Move("reverse", ("posted",), "reversed"),
    ),
    frozenset({"draft"}),
)
_FREE = Stand("free", "With money left", "filter[status]=posted&filter[unallocated][gt]=0")
PAYMENTS = resource(
    Payment,
    "payments",
    one="Payment",
    many="Payments",
    icon="wallet",
    label="number",
    search=("number", "account_name", "reference"),
    columns=("number", "account", "status", "amount", "unallocated", "date", "currency", "direction", "method"),
    filters=("status", "direction", "account", "date", "method", "amount", "currency", "unallocated", "owner"),
    form=(
        Section("Details", ("account", "direction", "date", "amount", "currency", "rate", "method", "reference")),
        Section("Notes", ("owner", "notes")),
    ),
    sort="-date",
    owner="owner",
    group="Sales",
    place=60,
    workflow=FLOW,
    facts=("account", "date", "amount", "unallocated"),
    stands=(_FREE, Stand("allocated", "Allocated", "filter[status]=posted&filter[unallocated]=0")),
    views=(Ready("Drafts", "filter[status]=draft"), _FREE.view),
    sums=("amount", "unallocated"),
    contrary=("direction", Direction.PAID.value),
)
