"""Totals of a document: nets of its lines, tax per rate, withholdings, what is payable. Exact, in the currency's minor unit.

Tax is computed per rate on the sum of its lines, not per line (EN 16931, BR-CO-17). With tax-included prices the net is derived
per set of rates so that the gross that was typed is met exactly; where the cents of net and taxes do not add up to it, the
difference is an amount of its own (EN 16931, BT-114). Beside the taxes of the lines stands what the customer withholds (retención):
it lessens what is payable; what is collected from them on top (percepción): it raises what is payable; and what of it they pay
into another account (Peru's detracción). None of these changes the total.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from .money import minor_units, round_money

HUNDRED = Decimal(100)
ZERO = Decimal(0)


class TaxKind(StrEnum):
    """How a rate is applied: to the net, per unit of quantity, on top of the taxes before it; withheld, collected on top, paid apart."""

    PERCENT = "percent"
    UNIT = "unit"
    COMPOUND = "compound"
    WITHHELD_OF_NET = "withheld_of_net"
    WITHHELD_OF_TAX = "withheld_of_tax"
    WITHHELD_OF_TOTAL = "withheld_of_total"
    COLLECTED_OF_NET = "collected_of_net"
    COLLECTED_OF_TOTAL = "collected_of_total"
    PAID_APART = "paid_apart"


class Part(StrEnum):
    """What an amount is to the document: a tax in its total, or what is collected, withheld or paid apart beside it."""

    TAX = "tax"
    COLLECTED = "collected"
    WITHHELD = "withheld"
    APART = "apart"


_BESIDE = {
    TaxKind.WITHHELD_OF_NET: Part.WITHHELD,
    TaxKind.WITHHELD_OF_TAX: Part.WITHHELD,
    TaxKind.WITHHELD_OF_TOTAL: Part.WITHHELD,
    TaxKind.COLLECTED_OF_NET: Part.COLLECTED,
    TaxKind.COLLECTED_OF_TOTAL: Part.COLLECTED,
    TaxKind.PAID_APART: Part.APART,
}
_OF_TOTAL = (TaxKind.WITHHELD_OF_TOTAL, TaxKind.COLLECTED_OF_TOTAL, TaxKind.PAID_APART)


def part_of(kind: str) -> Part:
    """What a rate of that kind is to the document."""
    return _BESIDE.get(TaxKind(kind), Part.TAX)


@dataclass(frozen=True)
class Tax:
    """A rate as it is applied. `value` is a percentage, for UNIT the amount of money per unit of quantity.

    `category` is the code of UNTDID 5305 (S, Z, E, AE, K, G, O); `reason` says why nothing is charged. What several rates say
    alike is one, whatever their keys: it is summed once.

    Of what is no tax of a line: `of` is the class of the lines that it is taken of, "" for all; it is left out unless those come to
    more than `above`; `whole` rounds it to units of the currency.
    """

    key: int = field(compare=False)
    name: str
    kind: TaxKind
    value: Decimal
    category: str = "S"
    reason: str = ""
    of: str = ""
    above: Decimal | None = None
    whole: bool = False


@dataclass(frozen=True)
class TaxedLine:
    """A line before its totals: `discount` is a percentage, `taxes` in the order in which they are applied, `of` its tax class.

    What does not count (an optional line that was not chosen) has a net, but no part in the totals.
    """

    quantity: Decimal
    price: Decimal
    discount: Decimal = ZERO
    taxes: tuple[Tax, ...] = ()
    counts: bool = True
    of: str = ""


@dataclass(frozen=True)
class TaxAmount:
    """What a rate comes to: `amount` on `base`, both in minor units."""

    tax: Tax
    base: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Totals:
    """net + tax + rounding = total; total + collected - withheld = payable. `nets` stand in the order of the lines.

    `beside` is what is collected, withheld and paid apart, in the order of application.
    """

    nets: tuple[Decimal, ...]
    net: Decimal
    taxes: tuple[TaxAmount, ...]
    tax: Decimal
    rounding: Decimal
    total: Decimal
    beside: tuple[TaxAmount, ...]
    collected: Decimal
    withheld: Decimal
    payable: Decimal


def amount_of(quantity: Decimal, price: Decimal, discount: Decimal, currency: str) -> Decimal:
    """quantity x price less the discount (percent), in minor units: the only rounding of a line."""
    return round_money(quantity * price * (HUNDRED - discount) / HUNDRED, currency)


def compute(lines: Sequence[TaxedLine], currency: str, *, included: bool = False, beside: Sequence[Tax] = ()) -> Totals:
    """The totals of these lines. `included`: their prices hold the taxes. `beside`: what is no tax of a line.

    Raises ValueError for such a one among the taxes of a line.
    """
    amounts = [amount_of(line.quantity, line.price, line.discount, currency) for line in lines]
    nets = _nets_of_gross(lines, amounts, currency) if included else amounts
    taxes = _taxes(lines, nets, currency)
    net = sum((nets[i] for i, line in enumerate(lines) if line.counts), ZERO)
    tax = sum((part.amount for part in taxes), ZERO)
    gross = sum((amounts[i] for i, line in enumerate(lines) if line.counts), ZERO) if included else net + tax
    whole = _Sums(net, tax, gross)
    found = tuple(
        part
        for of in beside
        if (part := _aside(of, _sums_of(of.of, lines, nets, currency) if of.of else whole, currency)) is not None
    )
    raised, kept = (
        sum((part.amount for part in found if part_of(part.tax.kind) is what), ZERO)
        for what in (Part.COLLECTED, Part.WITHHELD)
    )
    return Totals(tuple(nets), net, taxes, tax, gross - net - tax, gross, found, raised, kept, gross + raised - kept)


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
    raise ValueError(f"{tax.name} is no tax of a line")


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


@dataclass(frozen=True)
class _Sums:
    """What lines come to."""

    net: Decimal
    tax: Decimal
    total: Decimal


def _sums_of(tax_class: str, lines: Sequence[TaxedLine], nets: Sequence[Decimal], currency: str) -> _Sums:
    """The same of the lines of one tax class."""
    mine = [number for number, line in enumerate(lines) if line.of == tax_class and line.counts]
    net = sum((nets[number] for number in mine), ZERO)
    taxes = _taxes([lines[number] for number in mine], [nets[number] for number in mine], currency)
    tax = sum((part.amount for part in taxes), ZERO)
    return _Sums(net, tax, net + tax)


def _aside(tax: Tax, of: _Sums, currency: str) -> TaxAmount | None:
    """What is collected, withheld or paid apart; None where the lines come to too little, or there are none of its class."""
    base = of.total if tax.kind in _OF_TOTAL else of.tax if tax.kind is TaxKind.WITHHELD_OF_TAX else of.net
    measured = of.net if tax.kind is TaxKind.WITHHELD_OF_TAX else base
    if (tax.above is not None and measured <= tax.above) or (tax.of and not measured):
        return None
    exact = base * tax.value / HUNDRED
    amount = exact.quantize(Decimal(1), rounding=ROUND_HALF_UP) if tax.whole else round_money(exact, currency)
    return TaxAmount(tax, base, amount)
