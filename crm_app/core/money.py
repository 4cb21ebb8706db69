"""Money: exact, in its currency's minor unit, rounded half away from zero. Nobody else rounds.

Minor units: ISO 4217 table A.1.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

AMOUNT_PLACES = 4
PRICE_PLACES = 6
QUANTITY_PLACES = 6
RATE_PLACES = 8

# ISO 4217 currencies whose minor unit is not a hundredth
_OTHER_MINOR_UNITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

_UNCENTED = frozenset({"COP", "CRC", "HUF", "IDR"})  # CLDR: hundredths in books, none in cash


def minor_units(currency: str) -> int:
    """Decimal places of the currency (ISO 4217 code): 0, 2 or 3."""
    return _OTHER_MINOR_UNITS.get(currency, 2)


def is_uncented(value: Decimal, currency: str) -> bool:
    """Whether the amount has no cents, in a currency that has them by name only: lists leave them out."""
    return currency in _UNCENTED and value == value.to_integral_value()


def quantize(value: Decimal, places: int) -> Decimal:
    """To that many decimals, half away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def round_money(value: Decimal, currency: str) -> Decimal:
    """To the currency's minor unit, half away from zero."""
    return quantize(value, minor_units(currency))


def bare(value: Decimal) -> Decimal:
    """The same number without needless decimals: 3 for 3.000000, 30 for 3E+1."""
    return Decimal(f"{value.normalize():f}")


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share `total` (already in minor units) in proportion to `weights` so that no cent is lost.

    Largest remainder first; ties go to the earlier share. Raises ValueError when the weights are all zero or one is negative.
    """
    if not weights or any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("weights must be positive and not all zero")
    unit = Decimal(1).scaleb(-minor_units(currency))
    whole = sum(weights, Decimal(0))
    exact = [total * weight / whole for weight in weights]
    shares = [share.quantize(unit, rounding=ROUND_DOWN) for share in exact]
    left = int((total - sum(shares, Decimal(0))) / unit)
    by_remainder = sorted(range(len(shares)), key=lambda i: (-abs(exact[i] - shares[i]), i))
    step = unit if left > 0 else -unit
    for index in by_remainder[: abs(left)]:
        shares[index] += step
    return shares
