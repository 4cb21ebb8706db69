"""The price of a product for a customer: the rules of their list, of the lists above it, the product's own price; and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.money import PRICE_PLACES, quantize
from crm_app.core.pricing import Rule, RuleKind, Step, apply, choose, unrounded
from crm_app.core.tax import Tax, with_taxes, without_taxes
from crm_app.models.prices import PriceList, PriceRule
from crm_app.models.products import Category

from . import currencies
from .trees import DEPTH
from .work import Work, column_of

_ALL = 99


@dataclass(frozen=True)
class Priced:
    """A price in the document's currency (6 places; None where nothing says one) and how it came about."""

    price: Decimal | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Ask:
    """What is asked: the list (None: the product's own price), the currency of the document, its day and its own exchange rate
    (None: that of the day); the taxes of the line, and whether the document's prices hold them.
    """

    price_list: int | None
    currency: str
    day: date
    rate: Decimal | None = None
    taxes: tuple[Tax, ...] = ()
    included: bool = False


def price_of(work: Work, ask: Ask, product: Any, quantity: Decimal) -> Priced:
    """What the product (a row with id, category, price, cost, currency, name) costs. A list that is over is passed by.

    What the product says is converted to the document's currency before a percentage is applied, a fixed price after it was
    rounded: no price goes through a third currency, or there and back. What the product says is without taxes; a list applies
    and rounds its rules with or without them, as it is kept; the document takes the result as its own prices are.
    """
    return _priced(work, ask, _lists(work, ask.price_list, ask.day), product, quantity)


def _priced(work: Work, ask: Ask, lists: Sequence[PriceList], product: Any, quantity: Decimal) -> Priced:
    """The same by these lists, the nearest first."""
    found = _first_rule(work, lists, product, quantity)
    own_currency = product.currency or ask.currency
    base = product.price
    steps = [Step("List price of the product", base, own_currency)] if base is not None else []
    if found is None:
        price = converted(work, base, own_currency, ask, steps)
        return Priced(_taxed(price, ask.taxes, steps, held=False, wanted=ask.included), tuple(steps))
    price_list, rule = found
    if rule.kind is RuleKind.ABOVE:
        return _off_above(work, ask, lists[lists.index(price_list) :], rule, product, quantity)
    if rule.kind is RuleKind.FIXED:
        price, made = _ruled(price_list, rule, Decimal(0), None)
        steps += made
        price = converted(work, price, price_list.currency or own_currency, ask, steps)
        return Priced(_taxed(price, ask.taxes, steps, held=price_list.included, wanted=ask.included), tuple(steps))
    cost = product.cost if rule.kind is RuleKind.MARGIN else None
    if cost is not None:
        base, steps = None, [Step("Cost of the product", cost, own_currency)]
    of = converted(work, base if cost is None else cost, own_currency, ask, steps)
    if of is None:
        return Priced(None, tuple(steps))
    of = _taxed(of, ask.taxes, steps, held=False, wanted=price_list.included) or Decimal(0)
    price, made = _ruled(price_list, rule, of, None if cost is None else of)
    steps += made
    return Priced(_taxed(price, ask.taxes, steps, held=price_list.included, wanted=ask.included), tuple(steps))


def _off_above(work: Work, ask: Ask, lists: Sequence[PriceList], rule: Rule, product: Any, quantity: Decimal) -> Priced:
    """Off what the lists above the first one say, at last the product itself."""
    own = lists[0]
    above = _priced(work, replace(ask, included=own.included), lists[1:], product, quantity)
    if above.price is None:
        return above
    price, made = _ruled(own, rule, above.price, None)
    steps = [*above.steps, *made]
    return Priced(_taxed(price, ask.taxes, steps, held=own.included, wanted=ask.included), tuple(steps))


def _ruled(price_list: PriceList, rule: Rule, base: Decimal, cost: Decimal | None) -> tuple[Decimal, list[Step]]:
    """What the list's rule makes of it, and how: where it goes up to a step or takes an ending, what it was before is told too."""
    price, before = apply(rule, base, cost), quantize(unrounded(rule, base, cost), PRICE_PLACES)
    said = "No cost is known" if rule.kind is RuleKind.MARGIN and cost is None else _SAID[rule.kind]
    steps = [Step(said, before, f"{price_list.name}: {_plain(rule.value)}")]
    if price != before:
        rounding = [_plain(rule.round_to)] * (rule.round_to > 0) + [f"{rule.ending.normalize():+f}"] * bool(rule.ending)
        steps.append(Step("Rounded up, then added", price, " ".join(rounding)))
    return price, steps


def _taxed(
    price: Decimal | None, taxes: Sequence[Tax], steps: list[Step], *, held: bool, wanted: bool
) -> Decimal | None:
    """The price with its taxes where that is `wanted`, without them where not; `held` says which it is."""
    if price is None or held == wanted or not any(tax.value for tax in taxes):
        return price
    made = quantize((with_taxes if wanted else without_taxes)(price, taxes), PRICE_PLACES)
    names = " + ".join(tax.name for tax in taxes)
    steps.append(Step("With taxes" if wanted else "Without taxes", made, names))
    return made


_SAID = {
    RuleKind.FIXED: "Fixed price of the list",
    RuleKind.DISCOUNT: "Discount of the list, %",
    RuleKind.MARGIN: "Margin on the cost, %",
    RuleKind.ABOVE: "Discount on the base list, %",
}


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def converted(work: Work, price: Decimal | None, source: str, ask: Ask, steps: list[Step]) -> Decimal | None:
    """The price in the document's currency, once and one way. Without a rate there is no price."""
    if price is None or source == ask.currency:
        return price
    of_source = currencies.rate(work, source, ask.day)
    of_target = ask.rate or currencies.rate(work, ask.currency, ask.day)
    if of_source is None or not of_target:
        return None
    made = quantize(price * of_source / of_target, PRICE_PLACES)
    steps.append(Step("Converted", made, f"{source} {_plain(of_source)} / {ask.currency} {_plain(of_target)}"))
    return made


def _lists(work: Work, key: int | None, day: date) -> list[PriceList]:
    """The list and those above it, those that count on that day."""
    found: list[PriceList] = []
    while key is not None and len(found) < DEPTH:
        row = work.session.get(PriceList, key)
        if row is None:
            break
        found.append(row)
        key = row.parent
    return [
        row
        for row in found
        if row.active
        and (row.valid_from is None or row.valid_from <= day)
        and (row.valid_to is None or row.valid_to >= day)
    ]


def _first_rule(
    work: Work, lists: Sequence[PriceList], product: Any, quantity: Decimal
) -> tuple[PriceList, Rule] | None:
    if not lists:
        return None
    above = _categories(work, product.category)
    for price_list in lists:
        rule = choose(_rules(work, price_list, product.id, above), quantity)
        if rule is not None:
            return price_list, rule
    return None


def _categories(work: Work, key: int | None) -> list[int]:
    """The category and those above it, the closest first."""
    found: list[int] = []
    while key is not None and len(found) < DEPTH:
        found.append(key)
        key = work.session.scalar(sa.select(column_of(Category, "parent")).where(column_of(Category, "id") == key))
    return found


def _rules(work: Work, price_list: PriceList, product: int, categories: Sequence[int]) -> list[Rule]:
    """Those of the list's rules that fit the product."""
    of_product, of_category = column_of(PriceRule, "product"), column_of(PriceRule, "category")
    fits = [of_product == product, sa.and_(of_product.is_(None), of_category.is_(None))]
    if categories:
        fits.append(of_category.in_(categories))
    rows = work.session.scalars(
        sa.select(PriceRule).where(column_of(PriceRule, "price_list") == price_list.id, sa.or_(*fits))
    )
    return [
        Rule(
            row.id or 0,
            0 if row.product is not None else 1 + categories.index(row.category) if row.category else _ALL,
            row.least, RuleKind(row.kind), row.value, row.round_to, row.ending,
        )
        for row in rows
    ]  # fmt: skip
