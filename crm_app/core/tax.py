"""Totals of a document: nets of its lines, tax per rate, withholdings, what is payable. Exact, in the currency's minor unit.

Tax is computed per rate on the sum of its lines, not per line (EN 16931, BR-CO-17). With tax-included prices the net is derived
per set of rates so that the gross that was typed is met exactly; where the cents of net and taxes do not add up to it, the
difference is an amount of its own (EN 16931, BT-114). Withholdings reduce what is payable, never the total.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from .money import minor_units, round_money

HUNDRED = Decimal(100)
ZERO = Decimal(0)


class TaxKind(StrEnum):
    """How a rate is applied: to the net, per unit of quantity, on top of the taxes before it, or withheld."""

    PERCENT = "percent"
    UNIT = "unit"
    COMPOUND = "compound"
    WITHHELD_OF_NET = "withheld_of_net"
    WITHHELD_OF_TAX = "withheld_of_tax"


@dataclass(frozen=True)
class Tax:
    """A rate as it is applied. `value` is a percentage, for UNIT the amount of money per unit of quantity.

    `category` is the code of UNTDID 5305 (S, Z, E, AE, K, G, O); `reason` says why nothing is charged. What several rates say
    alike is one, whatever their keys: it is summed once.
    """

    key: int = field(compare=False)
    name: str
    kind: TaxKind
    value: Decimal
    category: str = "S"
    reason: str = ""


@dataclass(frozen=True)
class TaxedLine:
    """A line before its totals: `discount` is a percentage, `taxes` in the order in which they are applied.

    What does not count (an optional line that was not chosen) has a net, but no part in the totals.
    """

    quantity: Decimal
    price: Decimal
    discount: Decimal = ZERO
    taxes: tuple[Tax, ...] = ()
    counts: bool = True


@dataclass(frozen=True)
class TaxAmount:
    """What a rate comes to: `amount` on `base`, both in minor units."""

    tax: Tax
    base: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Totals:
    """net + tax + rounding = total; total - withheld = payable. `nets` stand in the order of the lines."""

    nets: tuple[Decimal, ...]
    net: Decimal
    taxes: tuple[TaxAmount, ...]
    tax: Decimal
    rounding: Decimal
    total: Decimal
    withholdings: tuple[TaxAmount, ...]
    withheld: Decimal
    payable: Decimal


def amount_of(quantity: Decimal, price: Decimal, discount: Decimal, currency: str) -> Decimal:
    """quantity x price less the discount (percent), in minor units: the only rounding of a line."""
    return round_money(quantity * price * (HUNDRED - discount) / HUNDRED, currency)


def compute(
    lines: Sequence[TaxedLine], currency: str, *, included: bool = False, withholdings: Sequence[Tax] = ()
) -> Totals:
    """The totals of these lines. `included`: their prices hold the taxes. Raises ValueError for a withholding among line taxes."""
    amounts = [amount_of(line.quantity, line.price, line.discount, currency) for line in lines]
    nets = _nets_of_gross(lines, amounts, currency) if included else amounts
    taxes = _taxes(lines, nets, currency)
    net = sum((nets[i] for i, line in enumerate(lines) if line.counts), ZERO)
    tax = sum((part.amount for part in taxes), ZERO)
    gross = sum((amounts[i] for i, line in enumerate(lines) if line.counts), ZERO) if included else net + tax
    withheld = tuple(_withheld(part, net, tax, currency) for part in withholdings)
    kept = sum((part.amount for part in withheld), ZERO)
    return Totals(tuple(nets), net, taxes, tax, gross - net - tax, gross, withheld, kept, gross - kept)


def _sets(lines: Sequence[TaxedLine]) -> dict[tuple[Tax, ...], list[int]]:
    """The numbers of the lines by their taxes."""
    found: dict[tuple[Tax, ...], list[int]] = {}
    for number, line in enumerate(lines):
        found.setdefault(line.taxes, []).append(number)
    return found


def _taxes(lines: Sequence[TaxedLine], nets: Sequence[Decimal], currency: str) -> tuple[TaxAmount, ...]:
    """Each rate once, in the order of its first line; a compound rate stands on net and the taxes before it."""
    bases: dict[Tax, Decimal] = {}
    units: dict[Tax, Decimal] = {}
    for taxes, numbers in _sets(lines).items():
        mine = [i for i in numbers if lines[i].counts]
        if not mine:
            continue
        net = sum((nets[i] for i in mine), ZERO)
        quantity = sum((lines[i].quantity for i in mine), ZERO)
        before = net
        for tax in taxes:
            base = before if tax.kind is TaxKind.COMPOUND else net
            bases[tax] = bases.get(tax, ZERO) + base
            units[tax] = units.get(tax, ZERO) + quantity
            before += round_money(_charged(tax, base, quantity), currency)
    return tuple(
        TaxAmount(tax, base, round_money(_charged(tax, base, units[tax]), currency)) for tax, base in bases.items()
    )


def _charged(tax: Tax, base: Decimal, quantity: Decimal) -> Decimal:
    if tax.kind is TaxKind.UNIT:
        return tax.value * quantity
    if tax.kind in (TaxKind.PERCENT, TaxKind.COMPOUND):
        return base * tax.value / HUNDRED
    raise ValueError(f"{tax.name} is withheld: it is no tax of a line")


def _nets_of_gross(lines: Sequence[TaxedLine], amounts: Sequence[Decimal], currency: str) -> list[Decimal]:
    """The net of each line whose gross is known: derived for all lines with the same taxes together, then shared out."""
    nets = list(amounts)
    for counts in (True, False):
        for taxes, numbers in _sets(lines).items():
            mine = [i for i in numbers if lines[i].counts is counts]
            if mine:
                parts = [(amounts[i], lines[i].quantity) for i in mine]
                for number, net in zip(mine, _shared(parts, taxes, currency), strict=True):
                    nets[number] = net
    return nets


def _shared(parts: Sequence[tuple[Decimal, Decimal]], taxes: Sequence[Tax], currency: str) -> list[Decimal]:
    """(gross, quantity) of lines with the same taxes; their nets, no cent of their common net lost: the largest remainder first."""
    factor, per_unit = _gross_of_one(taxes)
    exact = [(gross - per_unit * quantity) / factor for gross, quantity in parts]
    unit = Decimal(1).scaleb(-minor_units(currency))
    shares = [value.quantize(unit, rounding=ROUND_FLOOR) for value in exact]
    left = int((round_money(sum(exact, ZERO), currency) - sum(shares, ZERO)) / unit)
    by_remainder = sorted(range(len(shares)), key=lambda i: (shares[i] - exact[i], i))
    for index in by_remainder[:left]:
        shares[index] += unit
    return shares


def _gross_of_one(taxes: Sequence[Tax]) -> tuple[Decimal, Decimal]:
    """gross = factor x net + per_unit x quantity."""
    factor, per_unit = Decimal(1), ZERO
    for tax in taxes:
        rate = tax.value / HUNDRED
        if tax.kind is TaxKind.UNIT:
            per_unit += tax.value
        elif tax.kind is TaxKind.COMPOUND:
            factor, per_unit = factor * (1 + rate), per_unit * (1 + rate)
        else:
            factor += rate
    return factor, per_unit


def with_taxes(net: Decimal, taxes: Sequence[Tax]) -> Decimal:
    """What one unit costs with these taxes; not rounded."""
    factor, per_unit = _gross_of_one(taxes)
    return net * factor + per_unit


def without_taxes(gross: Decimal, taxes: Sequence[Tax]) -> Decimal:
    """What one unit costs before these taxes; not rounded."""
    factor, per_unit = _gross_of_one(taxes)
    return (gross - per_unit) / factor


def _withheld(tax: Tax, net: Decimal, charged: Decimal, currency: str) -> TaxAmount:
    base = charged if tax.kind is TaxKind.WITHHELD_OF_TAX else net
    return TaxAmount(tax, base, round_money(base * tax.value / HUNDRED, currency))
