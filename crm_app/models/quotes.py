"""Quotes: numbered, versioned offers."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core.fields import Boolean, Choice, Day, Reference, Text, Whole
from crm_app.core.i18n import feminine, several
from crm_app.core.resource import Ready, Section, Stand
from crm_app.core.workflow import Move, Workflow

from .base import KEEP_IDS, Id, column, lines, resource, sorted_by_key
from .choices import PROGRESS_LABELS, Progress
from .trade import (
    CHOICE_LABELS,
    HEAD,
    MOST_LINES,
    RECURRENCE_LABELS,
    SEARCHED,
    SECTIONS,
    Document,
    DocumentLine,
    DocumentShare,
    LineChoice,
    Recurrence,
    newest_of_product,
    shares_of,
)


class QuoteStatus(StrEnum):
    """Stored decisions; expired, ordered and invoiced are computed."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


STATUS = Choice(QuoteStatus, ("Draft", "Sent", "Accepted", "Declined", feminine("Cancelled")))


class Quote(Document, table=True):
    """An offer. A revision keeps the number, raises `revision` and names the one `before` it, which it supersedes."""

    __tablename__ = "quote"
    __table_args__ = (
        sa.Index("ix_quote_account_date", "account", "date"),
        sa.Index("ix_quote_status_date", "status", "date", "id"),
        *sorted_by_key("quote", "created_at", "owner"),
    )

    status: str = column(STATUS, "Status", default=QuoteStatus.DRAFT.value, readonly=True)
    revision: int = column(Whole(1), "Version", default=1, readonly=True)
    before: int | None = column(Reference("quotes"), "Version before", readonly=True, references="quote.id")
    superseded: bool = column(
        Boolean("Current version"), "Superseded by a newer version", default=False, readonly=True, index=True
    )
    valid_until: date | None = column(Day(), "Valid until", index=True)
    lost_reason: str | None = column(Text(200), "Reason of the decline", readonly=True)
    ordered: str = column(
        Choice(Progress, PROGRESS_LABELS), "Ordered", default=Progress.NONE.value, readonly=True, index=True
    )
    invoiced: str = column(
        Choice(Progress, PROGRESS_LABELS), "Invoiced", default=Progress.NONE.value, readonly=True, index=True
    )


class QuoteLine(DocumentLine, table=True):
    """A line of an offer."""

    __tablename__ = "quote_line"
    __table_args__ = newest_of_product("quote_line")
    PARENT: ClassVar[str] = "quote"

    quote: int = Field(foreign_key="quote.id", index=True, sa_type=Id)
    choice: str = column(Choice(LineChoice, CHOICE_LABELS), "Choice", default=LineChoice.FIRM.value)
    recurrence: str = column(Choice(Recurrence, RECURRENCE_LABELS), "Charged", default=Recurrence.ONCE.value)


class QuoteShare(DocumentShare, table=True):
    """A salesperson's share of a quote."""

    __tablename__ = "quote_share"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "quote"

    quote: int = Field(foreign_key="quote.id", index=True, sa_type=Id)


FLOW = Workflow(
    "status",
    (
        Move("send", ("draft",), "sent"),
        Move("accept", ("draft", "sent"), "accepted"),
        Move("decline", ("sent",), "declined"),
        Move("order", ("draft", "sent", "accepted"), "accepted"),
        Move("invoice", ("draft", "sent", "accepted"), "accepted"),
        Move("revise", ("sent", "accepted", "declined", "cancelled")),
        Move("cancel", ("draft", "sent"), "cancelled"),
    ),
    frozenset({"draft"}),
)
# those that wait for somebody
_WAITING = (
    Stand("open", "Open", "filter[status][in]=draft,sent&filter[superseded]=false"),
    Stand(
        "expiring",
        "Expiring in 7 days",
        "filter[status]=sent&filter[superseded]=false&filter[valid_until][between]=today,today%2B7",
    ),
    Stand(
        "expired",
        "Expired",
        "filter[status]=sent&filter[superseded]=false&filter[valid_until][lt]=today",
        several("Expired"),
    ),
    Stand(
        "not_ordered",
        "Accepted, not ordered",
        "filter[status]=accepted&filter[superseded]=false&filter[ordered]=none&filter[invoiced]=none",
    ),
    Stand(
        "not_invoiced",
        "Accepted, not invoiced",
        "filter[status]=accepted&filter[superseded]=false&filter[invoiced][in]=none,partly",
    ),
)
QUOTES = resource(
    Quote,
    "quotes",
    one="Quote",
    many="Quotes",
    icon="file-text",
    label="number",
    search=SEARCHED,
    columns=("number", "account", "status", "total", "currency", "date", "valid_until", "owner", "ordered", "invoiced"),
    filters=(
        "status", "account", "owner", "date", "valid_until", "total", "currency", "ordered", "invoiced", "superseded",
    ),
    form=(Section("Details", (*HEAD, "valid_until")), *SECTIONS),
    sort="-date",
    owner="owner",
    group="Sales",
    feminine=True,
    place=10,
    workflow=FLOW,
    facts=("account", "date", "valid_until", "total"),
    stands=(
        *_WAITING,
        Stand("superseded", feminine("Superseded"), "filter[superseded]=true"),
        Stand("partly_ordered", feminine("Partly ordered"), "filter[ordered]=partly"),
        Stand("ordered", feminine("Ordered"), "filter[ordered]=all"),
        Stand("partly_invoiced", feminine("Partly invoiced"), "filter[invoiced]=partly"),
        Stand("invoiced", feminine("Invoiced"), "filter[invoiced]=all"),
    ),
    views=tuple(stand.view for stand in _WAITING),
    board=True,
    sums=("net", "tax", "total"),
    uncounted=Ready("Sum without superseded versions", "filter[superseded]=true"),
)  # fmt: skip
lines(QUOTES, QuoteLine, "lines", one="Line", many="Lines", label="description", limit=MOST_LINES)
shares_of(QUOTES, QuoteShare)
