"""What one may write: discount and price together, measured against the list price; the rate of one's own currency."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from crm_app.core.i18n import Message
from crm_app.core.money import PRICE_PLACES, bare

from .rules import Draft

HUNDRED = Decimal(100)
_STEP = Decimal(1).scaleb(-PRICE_PLACES)


def fault(row: Mapping[str, Any], listed: Decimal | None, most: Decimal) -> Message | None:
    """What is wrong with the line's price and discount where the list says `listed` and at most `most` % of that may be given away.

    Where no list says a price, every price will do.
    """
    if not listed or row["price"] is None or row["discount"] > most:  # that is told at the discount
        return None
    least, paid = listed * (HUNDRED - most), row["price"] * (HUNDRED - row["discount"])
    if paid >= least:
        return None
    price = (least / (HUNDRED - row["discount"])).quantize(_STEP, ROUND_CEILING)
    return Message("At least {least}: at most {most} % below the list price.", least=bare(price), most=bare(most))


def own_rate(draft: Draft) -> dict[str, Message]:
    """A rate that somebody writes for a document in the company's own currency."""
    told = draft.values["rate"] if "rate" in draft.given else None
    return {} if told in (None, Decimal(1)) else {"rate": Message("In the company's own currency the rate is 1.")}
