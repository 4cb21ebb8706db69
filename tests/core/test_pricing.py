"""Which rule of a price list counts, and what it makes of a price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core.pricing import Rule, RuleKind, apply, choose

ZERO = Decimal(0)


def rule(
    kind: RuleKind = RuleKind.DISCOUNT,
    value: object = 0,
    *,
    key: int = 1,
    rank: int = 0,
    least: object = 0,
    **more: object,
):
    return Rule(
        key,
        rank,
        Decimal(str(least)),
        kind,
        Decimal(str(value)),
        **{name: Decimal(str(of)) for name, of in more.items()},
    )


@pytest.mark.parametrize(
    ("rules", "quantity", "chosen"),
    [
        ([rule(key=1, rank=99), rule(key=2, rank=1), rule(key=3, rank=0)], 1, 3),
        ([rule(key=1, rank=2), rule(key=2, rank=1)], 1, 2),
        ([rule(key=1, least=0), rule(key=2, least=10), rule(key=3, least=100)], 10, 2),
        ([rule(key=1, least=10), rule(key=2, rank=99)], 9, 2),
        ([rule(key=1, least=10), rule(key=2, least=10)], 10, 1),
        ([rule(key=1, least=10)], -12, 1),
        ([rule(key=1, least=10)], "9.999999", None),
        ([], 5, None),
    ],
)
def test_the_closest_rule_with_the_largest_minimum_that_is_reached_counts(rules, quantity, chosen):
    found = choose(rules, Decimal(quantity))
    assert (found.key if found else None) == chosen


@pytest.mark.parametrize(
    ("made", "base", "cost", "price"),
    [
        (rule(RuleKind.FIXED, "12.5"), "99", None, "12.5"),
        (rule(RuleKind.DISCOUNT, "15"), "19.99", None, "16.9915"),
        (rule(RuleKind.DISCOUNT, "-10"), "20", None, "22"),
        (rule(RuleKind.DISCOUNT, "100"), "20", None, "0"),
        (rule(RuleKind.MARGIN, "40"), "99", "10", "14"),
        (rule(RuleKind.MARGIN, "40"), "99", None, "99"),
        (rule(RuleKind.DISCOUNT, "0", round_to=10, ending="-0.01"), "101", None, "109.99"),
        (rule(RuleKind.DISCOUNT, "0", round_to=10, ending="-0.01"), "110", None, "109.99"),
        (rule(RuleKind.DISCOUNT, "0", round_to=1, ending="-0.01"), "4.20", None, "4.99"),
        (rule(RuleKind.FIXED, "0.005", ending="-0.01"), "1", None, "0"),
        (rule(RuleKind.FIXED, "0", round_to=10, ending="9.99"), "1", None, "0"),
        (rule(RuleKind.DISCOUNT, "33.333333"), "1", None, "0.666667"),
    ],
)
def test_what_a_rule_makes_of_a_price(made, base, cost, price):
    assert apply(made, Decimal(base), None if cost is None else Decimal(cost)) == Decimal(price)


@given(st.decimals(0, 10**6, places=6), st.sampled_from(["0.05", "1", "10", "100"]), st.decimals(0, 100, places=2))
def test_a_rounded_price_is_the_next_one_with_that_ending(base, step, discount):
    found = apply(rule(RuleKind.DISCOUNT, discount, round_to=step, ending="-0.01"), base, None)
    exact = base * (100 - discount) / 100
    if exact == 0:
        assert found == 0
    else:
        assert (found + Decimal("0.01")) % Decimal(step) == 0
        assert exact <= found + Decimal("0.01") < exact + Decimal(step)
