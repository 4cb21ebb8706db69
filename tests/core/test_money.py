"""Money is exact: no cent is lost or made, and halves go away from zero."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core.money import allocate, is_uncented, minor_units, quantize, round_money

CURRENCIES = st.sampled_from(["EUR", "USD", "COP", "JPY", "CLP", "TND"])
AMOUNTS = st.decimals("-99999999999999", "99999999999999", places=6)
WEIGHTS = st.lists(st.decimals("0", "999999999", places=6), min_size=1, max_size=12).filter(any)


def half_away_from_zero(value: Decimal, places: int) -> Decimal:
    """By whole numbers alone: twice the value in units, plus one, halved, towards zero."""
    scaled = abs(Fraction(value)) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-units if value < 0 else units).scaleb(-places)


@given(AMOUNTS, st.integers(0, 6))
def test_rounding_is_half_away_from_zero(value, places):
    assert quantize(value, places) == half_away_from_zero(value, places)
    assert quantize(-value, places) == -quantize(value, places)


@pytest.mark.parametrize(
    ("value", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("2.5", "JPY", "3"),
        ("1.0005", "TND", "1.001"),
        ("0.0049", "EUR", "0.00"),
    ],
)
def test_an_amount_has_its_currencys_minor_unit(value, currency, rounded):
    assert str(round_money(Decimal(value), currency)) == rounded


def test_lists_leave_out_the_cents_only_of_a_whole_amount_in_a_currency_that_has_none_in_cash():
    amounts = (("1000.00", "COP"), ("1000.01", "COP"), ("1000.00", "EUR"), ("1000", "JPY"))
    assert [is_uncented(Decimal(value), currency) for value, currency in amounts] == [True, False, False, False]


@given(st.integers(-(10**15), 10**15), WEIGHTS, CURRENCIES)
def test_sharing_an_amount_loses_no_cent(units, weights, currency):
    unit = Decimal(1).scaleb(-minor_units(currency))
    total = units * unit
    shares = allocate(total, weights, currency)
    assert sum(shares) == total
    assert all(share == round_money(share, currency) for share in shares)
    whole = sum(map(Fraction, weights))
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) - Fraction(total) * Fraction(weight) / whole) < Fraction(unit)
        assert weight or not share


def test_the_cent_that_is_left_goes_to_the_largest_remainder():
    assert allocate(Decimal("0.10"), [Decimal(62), Decimal(38)], "EUR") == [Decimal("0.06"), Decimal("0.04")]


def test_the_cent_that_is_left_goes_to_the_earlier_of_equal_shares():
    assert allocate(Decimal("0.05"), [Decimal(1)] * 3, "EUR") == [Decimal("0.02"), Decimal("0.02"), Decimal("0.01")]
    assert allocate(Decimal("-0.01"), [Decimal(1)] * 2, "EUR") == [Decimal("-0.01"), Decimal(0)]


@pytest.mark.parametrize("weights", [[], [Decimal(0)], [Decimal(1), Decimal(-1)]])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        allocate(Decimal(1), weights, "EUR")
