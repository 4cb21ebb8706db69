"""Tax identifiers of the countries whose rules are known, checked by python-stdnum, and by a rule of our own for Bolivia.

Of Cuba, Panama, Honduras, Nicaragua, Puerto Rico and Equatorial Guinea nothing is known that tells a wrong one from a right one.
"""

import re
from functools import cache
from typing import Any

import stdnum
from stdnum.exceptions import InvalidFormat, ValidationError

# where there is no VAT, or a person or a company without it has an identifier of another kind
_OTHERS = {
    "AR": ("dni",),
    "AU": ("acn",),
    "BR": ("cpf",),
    "CN": ("uscc", "ric"),
    "CR": ("cpf", "cr"),
    "DE": ("stnr", "idnr"),
    "DO": ("cedula",),
    "EC": ("ci",),
    "FR": ("siren", "siret", "nif"),
    "GB": ("utr",),
    "IE": ("pps",),
    "IN": ("pan",),
    "IT": ("codicefiscale",),
    "MX": ("curp",),
    "PE": ("cui",),
    "US": ("tin",),
    "ZA": ("tin", "idnr"),
}


_POINTS = re.compile(r"[\s./\u00b7\u2010-\u2015-]")


class NotValid(ValueError):
    """The identifier is not one of that country's."""


class _Bolivia:
    """The NIT of companies, digits alone, and the identity card of persons, whose number may have a complement ("1234567-1G").

    No check digit of either is published (Servicio de Impuestos Nacionales): only their form can be wrong.
    """

    @staticmethod
    def validate(text: str) -> str:
        """The compact form. Raises ValidationError."""
        found = re.sub(r"[\s.]", "", text).upper()
        if not re.fullmatch(r"[0-9]{5,13}(?:-[0-9][A-Z])?", found):
            raise InvalidFormat
        return found

    @classmethod
    def is_valid(cls, text: str) -> bool:
        """Whether `validate` takes it."""
        try:
            return bool(cls.validate(text))
        except ValidationError:
            return False


@cache
def _modules(country: str) -> tuple[Any, ...]:
    if country == "BO":
        return (_Bolivia,)
    found = (stdnum.get_cc_module(country, name) for name in ("vat", *_OTHERS.get(country, ())))
    return tuple(module for module in found if module is not None)


def tidy(country: str | None, text: str) -> str:
    """The identifier in its compact form ("B-12345674" becomes "B12345674"). Raises NotValid.

    Of a country whose rules are not known, or of none, it is left as it was written.
    """
    modules = _modules(country) if country else ()
    bare = _POINTS.sub("", text)  # "12.345.678-Z": python-stdnum does not take the points of every country
    for written in (text, bare):
        for module in modules:
            try:
                return str(module.validate(written))
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
