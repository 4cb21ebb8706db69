"""Series of numbers, and how far each has come."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from crm_app.core.fields import Boolean, Choice, Text
from crm_app.core.i18n import Message

from .base import Id, Searchable, column, resource, sorted_by_key


class Numbered(StrEnum):
    """What has numbers."""

    QUOTE = "quote"
    ORDER = "order"
    DELIVERY = "delivery"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"
    DEPOSIT = "deposit"
    PAYMENT = "payment"


NUMBERED_LABELS = (
    "Quote", "Sales order", "Delivery note", "Invoice", "Credit note", "Debit note", "Deposit invoice", "Payment",
)  # fmt: skip
_PATTERN = re.compile(r"(?:[\w\-/. ]|\{(?:yyyy|yy|mm)\})*\{n(?::0[1-9])?\}[\w\-/. ]*")


class Sequence(Searchable, table=True):
    """A series: `F-{yyyy}-{n:06}` makes F-2026-000001. The first active one of a kind is used."""

    __tablename__ = "sequence"
    __table_args__ = sorted_by_key("sequence")

    name: str = column(Text(80), "Name", required=True, unique=True)
    kind: str = column(Choice(Numbered, NUMBERED_LABELS), "Documents", default=Numbered.INVOICE.value)
    pattern: str = column(Text(40), "Pattern", default="F-{yyyy}-{n:06}")
    yearly: bool = column(Boolean(), "Begins anew every year", default=True)
    active: bool = column(Boolean("Not active"), "Active", default=True)

    def check(self) -> Mapping[str, Message]:
        """The pattern counts, and where it begins anew every year it names the year."""
        if not _PATTERN.fullmatch(self.pattern):
            return {"pattern": Message("Write a pattern such as {example}.", example="F-{yyyy}-{n:06}")}
        if self.yearly and "{yy" not in self.pattern:
            return {"pattern": Message("What begins anew every year must name the year: {example}.", example="{yyyy}")}
        return {}


class Counter(SQLModel, table=True):
    """How far a series has come in a year (0: it never begins anew), and the date of its last number."""

    __tablename__ = "sequence_counter"
    __table_args__ = (sa.UniqueConstraint("sequence", "year"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    sequence: int = Field(foreign_key="sequence.id", sa_type=Id)
    year: int = 0
    last: int = 0
    last_day: date | None = None


SEQUENCES = resource(
    Sequence,
    "sequences",
    one="Series",
    many="Number series",
    icon="hash",
    columns=("name", "kind", "pattern", "yearly", "active"),
    filters=("kind", "active"),
    group="Settings",
)
