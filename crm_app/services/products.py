"""The rules of products: a price has a currency."""

from . import rules
from .rules import Draft
from .work import Work


@rules.completes("products", "price", "cost", "currency")
def _currency(work: Work, draft: Draft) -> None:
    """A price or a cost without a currency is in the company's."""
    priced = draft.values["price"] is not None or draft.values["cost"] is not None
    if priced and not draft.values["currency"]:
        draft.values["currency"] = rules.company(work, "currency")
