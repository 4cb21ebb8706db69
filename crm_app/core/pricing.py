"""What something costs somebody: rules of a price list, the list above it, the product's own price. Every step says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from .money import PRICE_PLACES, quantize

HUNDRED = Decimal(100)


class RuleKind(StrEnum):
    """A fixed price, a discount off the base, or a margin on the cost; both in percent. ABOVE is off what the list above says."""

    FIXED = "fixed"
    DISCOUNT = "discount"
    MARGIN = "margin"
    ABOVE = "above"


@dataclass(frozen=True)
class Rule:
    """A rule that fits a product. `rank` is 0 for the product itself, 1 and more for its category and those above, 99 for all.

    `round_to` is the step the price goes up to (0: none) and `ending` what is added after: 10 and -0.01 make …9.99.
    """

    key: int
    rank: int
    least: Decimal
    kind: RuleKind
    value: Decimal
    round_to: Decimal = Decimal(0)
    ending: Decimal = Decimal(0)


@dataclass(frozen=True)
class Step:
    """One step of the derivation: `what` is an English key, `price` what it made of the price, `of` a name or a number."""

    what: str
    price: Decimal
    of: str = ""


def choose(rules: Sequence[Rule], quantity: Decimal) -> Rule | None:
    """The rule that counts: the closest to the product, of those the one with the largest minimum that the quantity reaches."""
    fitting = [rule for rule in rules if abs(quantity) >= rule.least]
    return min(fitting, key=lambda rule: (rule.rank, -rule.least, rule.key), default=None)


def apply(rule: Rule, base: Decimal, cost: Decimal | None) -> Decimal:
    """The price (6 places) that the rule makes. A margin without a cost leaves the base. Margin: percent of the cost, on top."""
    price = unrounded(rule, base, cost)
    if rule.round_to > 0:
        price = (price / rule.round_to).to_integral_value(rounding=ROUND_CEILING) * rule.round_to
    return quantize(max(price + rule.ending, Decimal(0)) if price else price, PRICE_PLACES)


def unrounded(rule: Rule, base: Decimal, cost: Decimal | None) -> Decimal:
    """The same before it goes up to a step and takes its ending."""
    if rule.kind is RuleKind.FIXED:
        return rule.value
    if rule.kind in (RuleKind.DISCOUNT, RuleKind.ABOVE):
        return base * (HUNDRED - rule.value) / HUNDRED
    return base if cost is None else cost * (HUNDRED + rule.value) / HUNDRED
