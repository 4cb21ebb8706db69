"""What a new company begins with: taxes of its country, series of numbers, currencies, usual payment terms."""

from decimal import Decimal

from babel.numbers import get_currency_name

from crm_app.core import preset_names
from crm_app.core.i18n import DEFAULT_LANGUAGE
from crm_app.models.numbering import Numbered
from crm_app.models.prices import PaymentPart, PaymentTerms

from . import numbering, records, rules, tax_presets
from .work import Work

_CURRENCIES = ("EUR", "USD", "GBP", "MXN", "COP", "PEN", "CLP", "ARS", "BRL", "CHF", "JPY")
_TERMS = (
    ("30 days", ((100, 30, False),)),
    ("60 days", ((100, 60, False),)),
    ("30 days from the end of the month", ((100, 30, True),)),
    ("Half at 30 days, half at 60", ((50, 30, False), (50, 60, False))),
)


def begin(work: Work, country: str, currency: str) -> None:
    """Fill the tables of a company that has just been founded. All of it can be changed or removed afterwards."""
    language = rules.company(work, "language") or DEFAULT_LANGUAGE
    tax_presets.load(work, country)
    numbering.make(work, Numbered)
    codes = dict.fromkeys((currency, *_CURRENCIES))
    rows = [{"code": code, "name": str(get_currency_name(code, locale=language))[:60]} for code in codes]
    records.insert_many(work, records.resource_of("currencies"), rows)
    for english, parts in _TERMS:
        name = preset_names.in_language(english, language)
        terms = PaymentTerms(name=name, **preset_names.by_language("name", name))
        work.session.add(terms)
        work.session.flush()
        work.session.add_all(
            PaymentPart(
                payment_terms=terms.id or 0, position=place, percent=Decimal(percent), days=days, month_end=month_end
            )
            for place, (percent, days, month_end) in enumerate(parts)
        )
