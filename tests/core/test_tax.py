"""Totals are the sums of their parts, whatever is sold, in every currency and with every kind of tax."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.core.money import minor_units, round_money
from crm_app.core.tax import (
    HUNDRED,
    Part,
    Tax,
    TaxedLine,
    TaxKind,
    amount_of,
    compute,
    part_of,
    with_taxes,
    without_taxes,
)

ZERO = Decimal(0)
VAT = Tax(1, "VAT 21 %", TaxKind.PERCENT, Decimal(21))
REDUCED = Tax(2, "VAT 10 %", TaxKind.PERCENT, Decimal(10))
SURCHARGE = Tax(3, "Surcharge 5.2 %", TaxKind.PERCENT, Decimal("5.2"))
ON_TOP = Tax(4, "On top 3 %", TaxKind.COMPOUND, Decimal(3))
PER_UNIT = Tax(5, "Bag", TaxKind.UNIT, Decimal("0.15"))
NOTHING = Tax(6, "Exempt", TaxKind.PERCENT, ZERO, "E", "Article 20")
INCOME = Tax(7, "IRPF 15 %", TaxKind.WITHHELD_OF_NET, Decimal(15))
OF_TAX = Tax(8, "ReteIVA 15 %", TaxKind.WITHHELD_OF_TAX, Decimal(15))
OF_TOTAL = Tax(9, "Retención de IGV 3 %", TaxKind.WITHHELD_OF_TOTAL, Decimal(3))
COLLECTED = Tax(10, "Percepción IIBB 2,5 %", TaxKind.COLLECTED_OF_NET, Decimal("2.5"))
COLLECTED_OF_A = Tax(11, "Percepción IVA 3 %", TaxKind.COLLECTED_OF_NET, Decimal(3), of="a")
COLLECTED_OF_TOTAL = Tax(12, "Percepción IGV 2 %", TaxKind.COLLECTED_OF_TOTAL, Decimal(2), above=Decimal(700))
APART = Tax(13, "Detracción 12 %", TaxKind.PAID_APART, Decimal(12), above=Decimal(700), whole=True)
BESIDE = (INCOME, OF_TAX, OF_TOTAL, COLLECTED, COLLECTED_OF_A, COLLECTED_OF_TOTAL, APART)
SETS = (
    (), (VAT,), (REDUCED,), (VAT, SURCHARGE), (VAT, ON_TOP), (PER_UNIT,), (PER_UNIT, ON_TOP), (VAT, PER_UNIT, ON_TOP), (NOTHING,),
)  # fmt: skip

currencies = st.sampled_from(["CLP", "EUR", "TND"])
quantities = st.decimals(Decimal("0.001"), 5000, places=3)
prices = st.decimals(-2000, 20000, places=4)
discounts = st.sampled_from([ZERO, ZERO, Decimal(5), Decimal("33.3333"), HUNDRED])
a_line = st.builds(
    TaxedLine,
    quantities,
    prices,
    discounts,
    st.sampled_from(SETS),
    st.sampled_from([True, True, True, False]),
    st.sampled_from(["a", "b"]),
)
documents = st.lists(a_line, min_size=1, max_size=12)
beside_it = st.lists(st.sampled_from(BESIDE), unique=True)


def unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_units(currency))


@settings(max_examples=120, deadline=None)
@given(documents, currencies, st.booleans(), beside_it)
def test_a_total_is_the_sum_of_its_parts(lines, currency, included, beside):
    found = compute(lines, currency, included=included, beside=beside)
    counted = [net for line, net in zip(lines, found.nets, strict=True) if line.counts]
    assert found.net == sum(counted, ZERO)
    assert found.tax == sum((part.amount for part in found.taxes), ZERO)
    assert found.total == found.net + found.tax + found.rounding
    sums = {what: sum((part.amount for part in found.beside if part_of(part.tax.kind) is what), ZERO) for what in Part}
    assert (found.collected, found.withheld) == (sums[Part.COLLECTED], sums[Part.WITHHELD])
    assert found.payable == found.total + found.collected - found.withheld
    assert [part.tax for part in found.beside] == [tax for tax in beside if tax in {part.tax for part in found.beside}]
    assert all(part.base > part.tax.above for part in found.beside if part.tax.above is not None)
    assert all(part.amount == part.amount.to_integral() for part in found.beside if part.tax.whole)
    of_a = sum((net for line, net in zip(lines, found.nets, strict=True) if line.counts and line.of == "a"), ZERO)
    assert all(part.base == of_a for part in found.beside if part.tax is COLLECTED_OF_A)
    sums = [
        *found.nets,
        found.tax,
        found.total,
        found.payable,
        *(part.amount for part in (*found.taxes, *found.beside)),
    ]
    assert all(value == round_money(value, currency) for value in sums), "nothing finer than the currency"
    assert included or found.rounding == ZERO


@settings(max_examples=120, deadline=None)
@given(documents, currencies)
def test_tax_of_a_rate_is_the_rounded_sum_of_its_lines(lines, currency):
    found = compute(lines, currency)
    assert found.nets == tuple(amount_of(line.quantity, line.price, line.discount, currency) for line in lines)
    amounts = {part.tax: part for part in found.taxes}
    assert len(amounts) == len(found.taxes), "each rate stands once"
    for rate in (VAT, REDUCED, SURCHARGE, NOTHING, PER_UNIT):
        mine = [(line, net) for line, net in zip(lines, found.nets, strict=True) if rate in line.taxes and line.counts]
        if not mine:
            assert rate not in amounts
            continue
        base = sum((net for _, net in mine), ZERO)
        quantity = sum((line.quantity for line, _ in mine), ZERO)
        exact = rate.value * quantity if rate is PER_UNIT else base * rate.value / HUNDRED
        assert (amounts[rate].base, amounts[rate].amount) == (base, round_money(exact, currency))


@settings(max_examples=150, deadline=None)
@given(documents, currencies, beside_it)
def test_with_included_prices_the_typed_gross_is_met_to_the_last_unit(lines, currency, withheld):
    found = compute(lines, currency, included=True, beside=withheld)
    typed = [amount_of(line.quantity, line.price, line.discount, currency) for line in lines if line.counts]
    assert found.total == sum(typed, ZERO)
    rounded = len({line.taxes for line in lines if line.counts}) * 4 + len(found.taxes)
    assert abs(found.rounding) <= unit(currency) * rounded


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.builds(TaxedLine, quantities, prices, discounts, st.just((VAT,))), min_size=1, max_size=12), currencies
)
def test_shared_nets_lose_no_unit_and_stay_by_their_lines(lines, currency):
    found = compute(lines, currency, included=True)
    exact = [amount_of(line.quantity, line.price, line.discount, currency) / Decimal("1.21") for line in lines]
    assert found.net == round_money(sum(exact, ZERO), currency)
    assert all(abs(net - share) < unit(currency) for net, share in zip(found.nets, exact, strict=True))
    assert abs(found.rounding) <= unit(currency)


@given(st.lists(a_line, min_size=1, max_size=6), st.lists(a_line, max_size=6), currencies, st.booleans())
def test_what_does_not_count_has_a_net_and_no_part_in_the_totals(lines, optional, currency, included):
    firm = [TaxedLine(row.quantity, row.price, row.discount, row.taxes) for row in lines]
    extra = [TaxedLine(row.quantity, row.price, row.discount, row.taxes, counts=False) for row in optional]
    alone, beside = compute(firm, currency, included=included), compute([*firm, *extra], currency, included=included)
    assert beside.nets[: len(firm)] == alone.nets
    assert (beside.net, beside.taxes, beside.total, beside.payable) == (
        alone.net,
        alone.taxes,
        alone.total,
        alone.payable,
    )


def test_an_example_by_hand_in_euros():
    lines = [
        TaxedLine(Decimal(3), Decimal("33.335"), taxes=(VAT,)),  # 100.005 -> 100.01
        TaxedLine(Decimal(1), Decimal(50), Decimal(10), (REDUCED,)),
        TaxedLine(Decimal(1), Decimal("-10.01"), taxes=(VAT,)),  # a discount of the whole document
    ]
    found = compute(lines, "EUR", beside=(INCOME, OF_TAX))
    assert found.nets == (Decimal("100.01"), Decimal("45.00"), Decimal("-10.01"))
    assert [(part.base, part.amount) for part in found.taxes] == [
        (Decimal("90.00"), Decimal("18.90")), (Decimal("45.00"), Decimal("4.50")),
    ]  # fmt: skip
    assert (found.net, found.tax, found.total) == (Decimal("135.00"), Decimal("23.40"), Decimal("158.40"))
    assert [part.amount for part in found.beside] == [Decimal("20.25"), Decimal("3.51")]
    assert found.payable == Decimal("134.64")


def test_a_compound_tax_stands_on_net_and_the_taxes_before_it():
    found = compute([TaxedLine(Decimal(2), Decimal(100), taxes=(VAT, PER_UNIT, ON_TOP))], "EUR")
    assert [part.base for part in found.taxes] == [Decimal("200.00"), Decimal("200.00"), Decimal("242.30")]
    assert [part.amount for part in found.taxes] == [Decimal("42.00"), Decimal("0.30"), Decimal("7.27")]


@pytest.mark.parametrize(
    ("currency", "gross", "net", "tax", "rounding"),
    [
        ("EUR", "100", "82.64", "17.35", "0.01"),
        ("CLP", "1000", "826", "173", "1"),
        ("TND", "1.000", "0.826", "0.173", "0.001"),
    ],
)
def test_a_gross_that_no_net_can_make_is_met_by_a_rounding(currency, gross, net, tax, rounding):
    found = compute([TaxedLine(Decimal(1), Decimal(gross), taxes=(VAT,))], currency, included=True)
    assert (found.net, found.tax, found.rounding, found.total) == (
        Decimal(net), Decimal(tax), Decimal(rounding), Decimal(gross),
    )  # fmt: skip


def test_a_withholding_is_no_tax_of_a_line():
    with pytest.raises(ValueError, match="IRPF 15 % is no tax of a line"):
        compute([TaxedLine(Decimal(1), Decimal(1), taxes=(INCOME,))], "EUR")


def test_half_a_cent_goes_away_from_zero():
    assert [amount_of(Decimal(1), Decimal(price), ZERO, "EUR") for price in ("0.005", "-0.005", "0.0049", "2.675")] == [
        Decimal("0.01"), Decimal("-0.01"), Decimal("0.00"), Decimal("2.68"),
    ]  # fmt: skip


def test_a_rate_that_serves_several_classes_is_summed_once():
    classes = [Tax(number, "IVA 16 %", TaxKind.PERCENT, Decimal(16)) for number in (1, 2)]
    lines = [TaxedLine(Decimal(1), Decimal("0.03"), taxes=(tax,)) for tax in classes]
    (summed,) = compute(lines, "MXN").taxes
    assert (summed.tax.key, summed.base, summed.amount) == (1, Decimal("0.06"), Decimal("0.01"))


@pytest.mark.parametrize(("price", "apart", "collected"), [("593.22", [], "0"), ("593.23", ["84"], "14.00")])
def test_what_is_taken_only_above_an_amount_is_left_out_at_that_amount(price, apart, collected):
    """700.00 with IGV is not more than 700; of 700.01 the detracción is 84.00, in whole soles."""
    igv = Tax(1, "IGV 18 %", TaxKind.PERCENT, Decimal(18))
    found = compute([TaxedLine(Decimal(1), Decimal(price), taxes=(igv,))], "PEN", beside=(COLLECTED_OF_TOTAL, APART))
    assert [part.amount for part in found.beside if part.tax is APART] == [Decimal(amount) for amount in apart]
    assert (found.collected, found.payable) == (Decimal(collected), found.total + Decimal(collected))


def test_what_one_unit_costs_with_its_taxes_and_before_them():
    taxes = (VAT, PER_UNIT, ON_TOP)
    assert with_taxes(HUNDRED, taxes) == Decimal("124.7845")
    assert without_taxes(Decimal("124.7845"), taxes) == HUNDRED


def test_the_net_of_an_offered_line_is_derived_from_its_gross_like_that_of_a_counted_one():
    lines = [
        TaxedLine(Decimal(1), Decimal(price), taxes=(VAT,), counts=counts)
        for price, counts in ((121, True), (242, False))
    ]
    found = compute(lines, "EUR", included=True)
    assert (list(found.nets), found.net, found.payable) == ([HUNDRED, Decimal(200)], HUNDRED, Decimal(121))
