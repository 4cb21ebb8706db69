"""What is withheld, collected and paid apart to begin with, by the company's country: as in force in 2026; the operator checks them.

A customer bears those that are named in their record. Where the law has announced other percentages, these are there with their
days and come by themselves. What a province or a register sets for each customer is there without a percentage, and not active.

Sources: Spain RD 439/2007 art. 95 and Ley 35/2006 art. 101; Colombia Estatuto Tributario arts. 392, 401, 437-1, DUR 1625/2016
arts. 1.2.4.3.1, 1.2.4.4.14, 1.2.4.9.1 (the least amounts are in UVT and other every year: the operator writes them), Bogotá's Acuerdo
780/2020 for the ICA; Mexico LISR arts. 106, 113-J, 116, LIVA art. 1-A with RLIVA art. 3 (two thirds of the tax; 4 % of freight);
Peru LIR art. 74, RS 037-2002/SUNAT with RS 033-2014 (retention of IGV), Ley 29173 art. 10 (perception), DL 940 with RS 183-2004 and
RS 071-2018 (detracción of services and building) and RS 073-2006 (of freight); Chile LIR art. 74 no. 2 with Ley 21.133 art. fifth
transitory; Argentina RG (AFIP) 830 and 2408, the provinces' tax codes for gross income (IIBB).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_app.core import preset_names
from crm_app.core.tax import TaxKind
from crm_app.models.choices import TaxClass
from crm_app.models.taxes import Regime, TaxRate

from .work import Work

_NET, _TAX, _TOTAL = TaxKind.WITHHELD_OF_NET, TaxKind.WITHHELD_OF_TAX, TaxKind.WITHHELD_OF_TOTAL
_ADDED, _ADDED_OF_TOTAL = TaxKind.COLLECTED_OF_NET, TaxKind.COLLECTED_OF_TOTAL
_SPOT = "Operación sujeta al Sistema de Pago de Obligaciones Tributarias con el Gobierno Central (SPOT)"


@dataclass(frozen=True)
class _Rate:
    """`follows` is the name of the one that it replaces, further up; `of` the class of the lines that it is taken of."""

    name: str
    kind: TaxKind
    value: str
    reason: str = ""
    above: str | None = None
    of: TaxClass | None = None
    since: date | None = None
    until: date | None = None
    follows: str = ""
    active: bool = True


def _fees(percent: str, year: int, before: str = "", *, last: bool = False) -> _Rate:
    """Chile's withholding of fees in that year."""
    name, begins = "Retención de honorarios {} %", date(year, 1, 1)
    until, value = None if last else date(year, 12, 31), percent.replace(",", ".")
    follows = name.format(before) if before else ""
    return _Rate(name.format(percent), _NET, value, since=begins, until=until, follows=follows)


def _apart(percent: str, what: str = "", above: str = "700") -> _Rate:
    """Peru's detracción: above S/ 700, of freight above S/ 400."""
    return _Rate(f"Detracción {percent} %{what}", TaxKind.PAID_APART, percent, _SPOT, above)


_BESIDE: Mapping[str, tuple[_Rate, ...]] = {
    "ES": (_Rate("IRPF 19 %", _NET, "19"), _Rate("IRPF 15 %", _NET, "15"), _Rate("IRPF 7 %", _NET, "7")),
    "CO": (
        _Rate("ReteFuente 2,5 %", _NET, "2.5"),
        _Rate("ReteFuente 3,5 %", _NET, "3.5"),
        _Rate("ReteFuente 4 %", _NET, "4"),
        _Rate("ReteFuente 6 %", _NET, "6"),
        _Rate("ReteFuente 10 %", _NET, "10"),
        _Rate("ReteFuente 11 %", _NET, "11"),
        _Rate("ReteIVA 15 %", _TAX, "15"),
        _Rate("ReteICA 0,966 %", _NET, "0.966"),
    ),
    "MX": (
        _Rate("ISR 10 %", _NET, "10"),
        _Rate("ISR 1,25 %", _NET, "1.25"),
        _Rate("Retención de IVA, dos tercios", _TAX, "66.666667"),
        _Rate("Retención de IVA 4 %, autotransporte", _NET, "4"),
    ),
    "PE": (
        _Rate("Retención de renta 8 %", _NET, "8", above="1500"),
        _Rate("Retención de IGV 3 %", _TOTAL, "3", above="700"),
        _Rate("Percepción de IGV 2 %", _ADDED_OF_TOTAL, "2"),
        _apart("12"),
        _apart("10"),
        _apart("4"),
        _apart("4", ", transporte de carga", "400"),
    ),
    "CL": (
        _fees("14,5", 2025),
        _fees("15,25", 2026, "14,5"),
        _fees("16", 2027, "15,25"),
        _fees("17", 2028, "16", last=True),
    ),
    "AR": (
        _Rate("Retención de Ganancias 2 %", _NET, "2"),
        _Rate("Percepción de IVA 3 %", _ADDED, "3", "Percepción RG 2408", of=TaxClass.STANDARD),
        _Rate("Percepción de IVA 1,5 %", _ADDED, "1.5", "Percepción RG 2408", of=TaxClass.REDUCED),
        _Rate("Percepción de IIBB Buenos Aires", _ADDED, "0", active=False),
        _Rate("Percepción de IIBB CABA", _ADDED, "0", active=False),
    ),
}  # fmt: skip


def load(work: Work, country: str) -> int:
    """Those of that country; how many."""
    made: dict[str, TaxRate] = {}
    for rate in _BESIDE.get(country, ()):
        before = made.get(rate.follows)
        made[rate.name] = TaxRate(
            name=rate.name, country=country, regime=Regime.DOMESTIC.value, tax_class=rate.of, kind=rate.kind.value,
            value=Decimal(rate.value), reason=rate.reason or None, active=rate.active, replaces=before.id if before else None,
            above=Decimal(rate.above) if rate.above else None, valid_from=rate.since, valid_to=rate.until,
            **preset_names.by_language("name", rate.name), **preset_names.by_language("reason", rate.reason),
        )  # fmt: skip
        work.session.add(made[rate.name])
        work.session.flush()
    return len(made)
