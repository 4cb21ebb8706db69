"""What one may write in a line; discount and price together, measured against the list price; the rate of one's own currency."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from crm_app.core.i18n import Message
from crm_app.core.money import PRICE_PLACES, bare
from crm_app.models.products import Product

from .rules import Draft

HUNDRED = Decimal(100)
LARGEST = Decimal(10) ** 14  # what an amount may reach, see Exact
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


def of_line(row: Mapping[str, Any], product: Product | None, most: Decimal | None) -> dict[str, Message]:
    """What is wrong with a line of that product, by field; at most `most` % of discount may be given, None is no limit."""
    found: dict[str, Message] = {}
    if product is None and not row["description"]:
        found["description"] = Message("Choose a product or write what it is.")
    if row["quantity"] is None or row["quantity"] <= 0:
        found["quantity"] = Message("Write a number above zero.")
    if row["price"] is None:
        found["price"] = (
            Message("This product has no price here. Write one.") if product else Message("This is needed.")
        )
    elif product is not None and row["price"] < 0:
        found["price"] = Message("Write {least} or more.", least="0")
    if row["discount"] > 100:
        found["discount"] = Message("At most {most} %.", most="100")
    elif most is not None and row["discount"] > most:
        found["discount"] = Message("At most {most} %.", most=bare(most))
    if product is not None and not product.active:
        found["product"] = Message("This product is not active.")
    elif product is not None and not product.sold:
        found["product"] = Message("This product is not sold.")
    if not found and (row["price"] >= LARGEST / 100 or abs(row["quantity"] * row["price"]) >= LARGEST / 10):
        found["price"] = Message("This amount is too large.")
    return found


def own_rate(draft: Draft) -> dict[str, Message]:
    """A rate that somebody writes for a document in the company's own currency."""
    told = draft.values["rate"] if "rate" in draft.given else None
    return {} if told in (None, Decimal(1)) else {"rate": Message("In the company's own currency the rate is 1.")}
