"""What a currency is worth in the company's on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from crm_app.core.i18n import Message
from crm_app.models.currencies import ExchangeRate

from . import rules
from .work import Work, column_of

ONE = Decimal(1)


def rate(work: Work, currency: str, day: date) -> Decimal | None:
    """The newest rate of that day or before; 1 for the company's own currency, None where there is none."""
    return looked_up(work, currency, day).rate


@dataclass(frozen=True)
class Rate:
    """A rate (None: there is none), and since which day whose it is."""

    rate: Decimal | None
    day: date | None = None
    source: str | None = None


def looked_up(work: Work, currency: str, day: date) -> Rate:
    """The same with where it stands."""
    if currency == rules.company(work, "currency"):
        return Rate(ONE)
    kept: dict[tuple[str, date], Rate] = {} if work.verb else work.session.info.setdefault("rates", {})
    if (currency, day) not in kept:
        kept[currency, day] = _newest(work, currency, day)
    return kept[currency, day]


def _newest(work: Work, currency: str, day: date) -> Rate:
    at = column_of(ExchangeRate, "day")
    statement = (
        sa.select(*(column_of(ExchangeRate, name) for name in ("rate", "day", "source")))
        .where(column_of(ExchangeRate, "currency") == currency, at <= day)
        .order_by(at.desc())
        .limit(1)
    )
    found = work.session.execute(statement).first()
    return Rate(*found) if found else Rate(None)


def missing(currency: str) -> Message:
    """The sentence where a rate is wanted and there is none."""
    return Message(
        "There is no exchange rate for {currency} on that day. Add one, or write it here.", currency=currency
    )


@rules.completes("exchange-rates")
def _not_our_own(work: Work, draft: rules.Draft) -> None:
    """The company's own currency has no rate."""
    if draft.values["currency"] and draft.values["currency"] == rules.company(work, "currency"):
        draft.errors["currency"] = Message("This is the company's own currency.")
