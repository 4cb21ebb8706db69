"""Tax rates to begin with, by the company's country. Percentages as in force in 2026; the operator checks and changes them.

Every class of products has a rate everywhere: where the law knows no such class, that of the next higher class that it knows, for
the special one that of the standard class. What only some regions or sellers charge is there and not active: where it is switched on
it replaces the rate of its class. (What is withheld and collected: see beside_presets.)

Sources: Spain Ley 37/1992 arts. 84, 90-91, 154-163 and for the Canary Islands Ley 4/2012 arts. 50-61; Colombia
Estatuto Tributario arts. 424, 468, 512-1; Mexico LIVA arts. 1, 2-A, 12, LIEPS art. 2 I J, the decree for its borders of
2018-12-31 as prolonged; Peru TUO IGV art. 17 with IPM; Chile DL 825 arts. 14, 42; Argentina Ley 23.349 art. 28;
EU Directive 2006/112/EC arts. 44, 97-99, 110, 138, 146, 196, 199 and the laws of its member states.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from crm_app.core import preset_names
from crm_app.core.tax import TaxKind
from crm_app.models.choices import TaxClass
from crm_app.models.taxes import Regime, TaxRate

from . import beside_presets
from .taxes import EU
from .work import Work

Preset = tuple[str, str | None, str, str, str, str]  # name, class, kind, value, category, reason

_S, _R, _SR, _Z, _E, _X = (kind.value for kind in TaxClass)
_P, _ON_TOP = TaxKind.PERCENT.value, TaxKind.COMPOUND.value

_DOMESTIC: dict[str, tuple[Preset, ...]] = {
    "ES": (
        ("IVA 21 %", _S, _P, "21", "S", ""),
        ("IVA 10 %", _R, _P, "10", "S", ""),
        ("IVA 4 %", _SR, _P, "4", "S", ""),
        ("IVA 0 %", _Z, _P, "0", "Z", ""),
        ("Exento de IVA", _E, _P, "0", "E", "Exento, artículo 20 de la Ley 37/1992"),
        ("IVA 21 %", _X, _P, "21", "S", ""),
    ),
    "CO": (
        ("IVA 19 %", _S, _P, "19", "S", ""),
        ("IVA 5 %", _R, _P, "5", "S", ""),
        ("IVA 5 %", _SR, _P, "5", "S", ""),
        ("IVA 0 %", _Z, _P, "0", "Z", ""),
        ("Excluido de IVA", _E, _P, "0", "E", "Excluido, artículo 424 del Estatuto Tributario"),
        ("INC 8 %", _X, _P, "8", "S", ""),
    ),
    "MX": (
        ("IVA 16 %", _S, _P, "16", "S", ""),
        ("IVA 16 %", _R, _P, "16", "S", ""),
        ("IVA 16 %", _SR, _P, "16", "S", ""),
        ("IVA 0 %", _Z, _P, "0", "Z", ""),
        ("Exento de IVA", _E, _P, "0", "E", "Exento, artículo 9 de la LIVA"),
        ("IEPS 8 %", _X, _P, "8", "S", ""),
        ("IVA 16 %", _X, _ON_TOP, "16", "S", ""),
    ),
    "PE": (
        ("IGV 18 %", _S, _P, "18", "S", ""),
        ("IGV 18 %", _R, _P, "18", "S", ""),
        ("IGV 18 %", _SR, _P, "18", "S", ""),
        ("Inafecto", _Z, _P, "0", "Z", ""),
        ("Exonerado", _E, _P, "0", "E", "Exonerado, apéndice I del TUO de la Ley del IGV"),
        ("IGV 18 %", _X, _P, "18", "S", ""),
    ),
    "CL": (
        ("IVA 19 %", _S, _P, "19", "S", ""),
        ("IVA 19 %", _R, _P, "19", "S", ""),
        ("IVA 19 %", _SR, _P, "19", "S", ""),
        ("No afecto a IVA", _Z, _P, "0", "Z", ""),
        ("Exento de IVA", _E, _P, "0", "E", "Exento, artículo 12 del DL 825"),
        ("IVA 19 %", _X, _P, "19", "S", ""),
        ("Impuesto adicional a bebidas 10 %", _X, _P, "10", "S", ""),
    ),
    "AR": (
        ("IVA 21 %", _S, _P, "21", "S", ""),
        ("IVA 10,5 %", _R, _P, "10.5", "S", ""),
        ("IVA 10,5 %", _SR, _P, "10.5", "S", ""),
        ("IVA 0 %", _Z, _P, "0", "Z", ""),
        ("Exento de IVA", _E, _P, "0", "E", "Exento, artículo 7 de la Ley de IVA"),
        ("IVA 27 %", _X, _P, "27", "S", ""),
    ),
    "US": (
        ("Sales tax", _S, _P, "0", "S", ""),
        ("Sales tax, reduced", _R, _P, "0", "S", ""),
        ("Sales tax, super-reduced", _SR, _P, "0", "S", ""),
        ("Sales tax 0 %", _Z, _P, "0", "Z", ""),
        ("Exempt", _E, _P, "0", "E", "Exempt from sales tax"),
        ("Sales tax, special", _X, _P, "0", "S", ""),
    ),
}
_SURCHARGE = (
    ("Recargo 5,2 %", _S, _P, "5.2", "S", ""),
    ("Recargo 1,4 %", _R, _P, "1.4", "S", ""),
    ("Recargo 0,5 %", _SR, _P, "0.5", "S", ""),
    ("Recargo 1,75 %", _X, _P, "1.75", "S", ""),
)
# not active: of the Canary Islands, of the sellers in Mexico's border regions; each replaces the rate of its class
_REGIONAL: dict[str, tuple[Preset, ...]] = {
    "ES": (
        ("IGIC 7 %", _S, _P, "7", "S", ""),
        ("IGIC 3 %", _R, _P, "3", "S", ""),
        ("IGIC 0 %", _SR, _P, "0", "Z", ""),
        ("IGIC 0 %", _Z, _P, "0", "Z", ""),
        ("Exento de IGIC", _E, _P, "0", "E", "Exento, artículo 50 de la Ley 4/2012"),
        ("IGIC 15 %", _X, _P, "15", "S", ""),
    ),
    "MX": tuple(("IVA 8 %, región fronteriza", of, _P, "8", "S", "") for of in (_S, _R, _SR)),
}
# Member states: the standard rate, a reduced one and the lowest that goods of every day bear.
_EU_RATES = {
    "AT": ("20", "13", "10"), "BE": ("21", "12", "6"), "BG": ("20", "9", "9"), "CY": ("19", "9", "5"),
    "CZ": ("21", "12", "12"), "DE": ("19", "7", "7"), "DK": ("25", "25", "25"), "EE": ("24", "13", "9"),
    "FI": ("25.5", "13.5", "10"), "FR": ("20", "10", "5.5"), "GR": ("24", "13", "6"), "HR": ("25", "13", "5"),
    "HU": ("27", "18", "5"), "IE": ("23", "13.5", "9"), "IT": ("22", "10", "4"), "LT": ("21", "12", "5"),
    "LU": ("17", "8", "3"), "LV": ("21", "12", "5"), "MT": ("18", "7", "5"), "NL": ("21", "9", "9"),
    "PL": ("23", "8", "5"), "PT": ("23", "13", "6"), "RO": ("21", "11", "11"), "SE": ("25", "12", "6"),
    "SI": ("22", "9.5", "5"), "SK": ("23", "19", "5"),
}  # fmt: skip


def _of_union(country: str) -> tuple[Preset, ...]:
    """The rates of a member state."""
    charged = zip((_S, _R, _SR), _EU_RATES[country], strict=True)
    return (
        *((f"VAT {percent} %", of, _P, percent, "S", "") for of, percent in charged),
        ("VAT 0 %", _Z, _P, "0", "Z", ""),
        ("VAT exempt", _E, _P, "0", "E", "Exempt, article 132 of Directive 2006/112/EC"),
        (f"VAT {_EU_RATES[country][0]} %", _X, _P, _EU_RATES[country][0], "S", ""),
    )


_ELSEWHERE: tuple[Preset, ...] = (("No tax", None, _P, "0", "O", "Outside the scope of tax"),)


def _untaxed(country: str) -> list[tuple[Regime, tuple[Preset, ...]]]:
    """What is sold across the border or to the exempt bears no tax; named in the language of the country's own rates."""
    spanish, union = country in _DOMESTIC and country != "US", country in EU
    supplied = (
        "Intra-Community 0 %",
        "Goods: intra-Community supply, article 138 of Directive 2006/112/EC. Services: reverse charge, articles 44 and 196",
    )
    exported = ("Export 0 %", "Export, article 146 of Directive 2006/112/EC" if union else "Export")
    exempt = ("Exempt customer", "Exempt customer")
    reverse = ("Reverse charge 0 %", "Reverse charge, article 199 of Directive 2006/112/EC")
    if spanish:
        supplied = (
            "Intracomunitario 0 %",
            "Entrega intracomunitaria, art. 25 de la Ley 37/1992. Servicios: inversión del sujeto pasivo, Directiva IVA art. 196",
        )
        exported = ("Exportación 0 %", "Exportación, artículo 21 de la Ley 37/1992" if union else "Exportación")
        exempt = ("Cliente exento", "Cliente exento")
        reverse = ("Inversión del sujeto pasivo 0 %", "Inversión del sujeto pasivo, artículo 84 de la Ley 37/1992")
    found: list[tuple[Regime, tuple[Preset, ...]]] = [
        (Regime.EXPORT, ((exported[0], None, _P, "0", "G", exported[1]),)),
        (Regime.EXEMPT, ((exempt[0], None, _P, "0", "E", exempt[1]),)),
    ]
    if not union:
        return found
    shifted = ((Regime.EU, supplied, "K"), (Regime.REVERSE, reverse, "AE"))
    return [*((regime, ((name, None, _P, "0", code, why),)) for regime, (name, why), code in shifted), *found]


def load(work: Work, country: str) -> int:
    """The rates of that country, where the table is still empty; how many. An unknown country gets one rate of nothing."""
    if work.session.scalar(sa.select(sa.func.count()).select_from(TaxRate)):
        return 0
    domestic = _DOMESTIC.get(country) or (_of_union(country) if country in EU else _ELSEWHERE)
    groups: list[tuple[Regime, tuple[Preset, ...]]] = [(Regime.DOMESTIC, domestic)]
    if country == "ES":
        groups.append((Regime.SURCHARGE, _SURCHARGE))
    groups += _untaxed(country)
    made = [
        rate
        for number, (regime, rates) in enumerate(groups)
        for rate in _made(country, regime, rates, 10 + 10 * number)
    ]
    work.session.add_all(made)
    work.session.flush()
    first: dict[str | None, int | None] = {}
    for rate in made:
        first.setdefault(rate.tax_class, rate.id)
    regional = _made(country, Regime.DOMESTIC, _REGIONAL.get(country, ()), 10)
    for rate in regional:
        rate.active, rate.replaces = False, first[rate.tax_class]
    work.session.add_all(regional)
    work.session.flush()
    return len(made) + len(regional) + beside_presets.load(work, country)


def _made(country: str, regime: Regime, presets: Sequence[Preset], sequence: int) -> list[TaxRate]:
    """Their rows; where several are of one class, one after the other."""
    before = Counter[str | None]()
    found = []
    for name, tax_class, kind, value, category, reason in presets:
        found.append(
            TaxRate(
                name=name, country=country, regime=regime.value, tax_class=tax_class, kind=kind, value=Decimal(value),
                category=category, reason=reason or None, sequence=sequence + before[tax_class],
                **preset_names.by_language("name", name), **preset_names.by_language("reason", reason),
            )
        )  # fmt: skip
        before[tax_class] += 1
    return found
