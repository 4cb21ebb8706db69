"""Tax identifiers of the countries whose rules are known, checked by python-stdnum."""

from functools import cache
from typing import Any

import stdnum
from stdnum.exceptions import ValidationError

# where there is no VAT, or a person or a company without it has an identifier of another kind
_OTHERS = {
    "BR": ("cpf",),
    "CN": ("uscc", "ric"),
    "DE": ("stnr", "idnr"),
    "DO": ("cedula",),
    "EC": ("ci",),
    "FR": ("siren", "siret", "nif"),
    "GB": ("utr",),
    "IT": ("codicefiscale",),
    "MX": ("curp",),
    "PE": ("cui",),
    "US": ("tin",),
}


class NotValid(ValueError):
    """The identifier is not one of that country's."""


@cache
def _modules(country: str) -> tuple[Any, ...]:
    found = (stdnum.get_cc_module(country, name) for name in ("vat", *_OTHERS.get(country, ())))
    return tuple(module for module in found if module is not None)


def tidy(country: str | None, text: str) -> str:
    """The identifier in its compact form ("B-12345674" becomes "B12345674"). Raises NotValid.

    Of a country whose rules are not known, or of none, it is left as it was written.
    """
    modules = _modules(country) if country else ()
    for module in modules:
        try:
            return str(module.validate(text))
        except ValidationError:
            continue
    if modules:
        raise NotValid(text)
    return text


def formatted(country: str | None, text: str) -> str:
    """The identifier as people of that country write it, where there is such a way."""
    for module in _modules(country) if country else ():
        if module.is_valid(text):
            return str(module.format(text)) if hasattr(module, "format") else text
    return text
