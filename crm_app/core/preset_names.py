"""What a new company begins with, payment terms and tax rates, is named in Spanish and in English, as its customers read."""

import re
from collections.abc import Mapping
from typing import Any

_IN_ENGLISH = {
    "30 días": "30 days",
    "60 días": "60 days",
    "30 días fin de mes": "30 days from the end of the month",
    "Mitad a 30 días, mitad a 60": "Half at 30 days, half at 60",
    "IVA 21 %": "VAT 21%",
    "IVA 19 %": "VAT 19%",
    "IVA 16 %": "VAT 16%",
    "IVA 10,5 %": "VAT 10.5%",
    "IVA 10 %": "VAT 10%",
    "IVA 5 %": "VAT 5%",
    "IVA 4 %": "VAT 4%",
    "IVA 0 %": "VAT 0%",
    "Recargo 5,2 %": "Equivalence surcharge 5.2%",
    "Recargo 1,4 %": "Equivalence surcharge 1.4%",
    "Recargo 0,5 %": "Equivalence surcharge 0.5%",
    "Recargo 1,75 %": "Equivalence surcharge 1.75%",
    "IVA 27 %": "VAT 27%",
    "IVA 8 %, región fronteriza": "VAT 8%, border region",
    "IGIC 15 %": "IGIC 15%",
    "IGIC 7 %": "IGIC 7%",
    "IGIC 3 %": "IGIC 3%",
    "IGIC 0 %": "IGIC 0%",
    "Exento de IGIC": "IGIC exempt",
    "IEPS 8 %": "Excise (IEPS) 8%",
    "INC 8 %": "Consumption tax (INC) 8%",
    "Impuesto adicional a bebidas 10 %": "Additional tax on beverages 10%",
    "Exento de IVA": "VAT exempt",
    "Excluido de IVA": "Excluded from VAT",
    "No afecto a IVA": "Not subject to VAT",
    "Inafecto": "Not subject to IGV",
    "Exonerado": "Exempt from IGV",
    "Intracomunitario 0 %": "Intra-Community 0%",
    "Inversión del sujeto pasivo 0 %": "Reverse charge 0%",
    "Inversión del sujeto pasivo, artículo 84 de la Ley 37/1992": "Reverse charge, article 84 of Spanish Law 37/1992",
    "Exportación 0 %": "Export 0%",
    "Cliente exento": "Exempt customer",
    "IRPF 19 %": "Income tax withholding (IRPF) 19%",
    "IRPF 15 %": "Income tax withholding (IRPF) 15%",
    "IRPF 7 %": "Income tax withholding (IRPF) 7%",
    "ISR 10 %": "Income tax withholding (ISR) 10%",
    "ISR 1,25 %": "Income tax withholding (ISR) 1.25%",
    "ReteFuente 2,5 %": "Income tax withholding 2.5%",
    "ReteFuente 3,5 %": "Income tax withholding 3.5%",
    "ReteFuente 4 %": "Income tax withholding 4%",
    "ReteFuente 6 %": "Income tax withholding 6%",
    "ReteFuente 10 %": "Income tax withholding 10%",
    "ReteFuente 11 %": "Income tax withholding 11%",
    "ReteIVA 15 %": "VAT withholding 15%",
    "ReteICA 0,966 %": "ICA withholding 0.966%",
    "Retención de IVA, dos tercios": "VAT withholding, two thirds",
    "Retención de IVA 4 %, autotransporte": "VAT withholding 4%, freight",
    "Retención de renta 8 %": "Income tax withholding 8%",
    "Retención de IGV 3 %": "IGV withholding 3%",
    "Percepción de IGV 2 %": "IGV perception 2%",
    "Detracción 12 %": "Detraction 12%",
    "Detracción 10 %": "Detraction 10%",
    "Detracción 4 %": "Detraction 4%",
    "Detracción 4 %, transporte de carga": "Detraction 4%, freight",
    "Operación sujeta al Sistema de Pago de Obligaciones Tributarias con el Gobierno Central (SPOT)": (
        "Subject to the Peruvian system of payment of tax obligations (SPOT)"
    ),
    "Retención de honorarios 14,5 %": "Withholding tax on fees 14.5%",
    "Retención de honorarios 15,25 %": "Withholding tax on fees 15.25%",
    "Retención de honorarios 16 %": "Withholding tax on fees 16%",
    "Retención de honorarios 17 %": "Withholding tax on fees 17%",
    "Percepción de IVA 3 %": "VAT perception 3%",
    "Percepción de IVA 1,5 %": "VAT perception 1.5%",
    "Percepción RG 2408": "Perception, General Resolution 2408",
    "Percepción de IIBB Buenos Aires": "Gross income tax perception, Buenos Aires",
    "Percepción de IIBB CABA": "Gross income tax perception, City of Buenos Aires",
    "Retención de Ganancias 2 %": "Income tax withholding 2%",
    "Exento, artículo 20 de la Ley 37/1992": "Exempt, article 20 of Spanish Law 37/1992",
    "Excluido, artículo 424 del Estatuto Tributario": "Excluded, article 424 of the Colombian Tax Code",
    "Exento, artículo 50 de la Ley 4/2012": "Exempt, article 50 of Spanish Law 4/2012",
    "Exento, artículo 9 de la LIVA": "Exempt, article 9 of the Mexican VAT Act",
    "Exonerado, apéndice I del TUO de la Ley del IGV": "Exempt, appendix I of the Peruvian IGV Act",
    "Exento, artículo 12 del DL 825": "Exempt, article 12 of Chilean Decree-Law 825",
    "Exento, artículo 7 de la Ley de IVA": "Exempt, article 7 of the Argentine VAT Act",
    "Entrega intracomunitaria, art. 25 de la Ley 37/1992. Servicios: inversión del sujeto pasivo, Directiva IVA art. 196": (
        "Intra-Community supply, article 25 of Spanish Law 37/1992. Services: reverse charge, article 196 of the VAT Directive"
    ),
    "Exportación, artículo 21 de la Ley 37/1992": "Export, article 21 of Spanish Law 37/1992",
    "Exportación": "Export",
}
_IN_SPANISH = {english: spanish for spanish, english in _IN_ENGLISH.items() if "%" not in english} | {
    "Sales tax": "Impuesto sobre ventas",
    "Sales tax, reduced": "Impuesto sobre ventas, reducido",
    "Sales tax, super-reduced": "Impuesto sobre ventas, superreducido",
    "Sales tax, special": "Impuesto sobre ventas, especial",
    "Sales tax 0 %": "Impuesto sobre ventas 0 %",
    "No tax": "Sin impuestos",
    "Exempt": "Exento",
    "Intra-Community 0 %": "Intracomunitario 0 %",
    "Reverse charge 0 %": "Inversión del sujeto pasivo 0 %",
    "Reverse charge, article 199 of Directive 2006/112/EC": "Inversión del sujeto pasivo, artículo 199 de la Directiva 2006/112/CE",
    "Export 0 %": "Exportación 0 %",
    "Exempt from sales tax": "Exento del impuesto sobre ventas",
    "Outside the scope of tax": "No sujeto a impuestos",
    "Exempt, article 132 of Directive 2006/112/EC": "Exento, artículo 132 de la Directiva 2006/112/CE",
    "Goods: intra-Community supply, article 138 of Directive 2006/112/EC. Services: reverse charge, articles 44 and 196": (
        "Bienes: entrega intracomunitaria, artículo 138 de la Directiva 2006/112/CE."
        " Servicios: inversión del sujeto pasivo, artículos 44 y 196"
    ),
    "Export, article 146 of Directive 2006/112/EC": "Exportación, artículo 146 de la Directiva 2006/112/CE",
}
_CHARGED = re.compile(r"VAT ([\d.]+) %")  # how the rates of the member states are named
_IN: Mapping[str, Mapping[str, str]] = {"es": _IN_SPANISH, "en": _IN_ENGLISH}


def in_language(text: str, language: str) -> str:
    """The preset's text in that language (es, en); as it stands where it is in it already, or is none of a preset's."""
    charged = _CHARGED.fullmatch(text) if language == "es" else None
    if charged is not None:
        return f"IVA {charged[1].replace('.', ',')} %"
    return _IN[language].get(text, text)


def by_language(field: str, text: str) -> dict[str, Any]:
    """The columns beside `field`, such as `name_en`, for the languages in which a preset says something else than `text`."""
    return {f"{field}_{language}": said for language in _IN if (said := in_language(text, language)) != text}
