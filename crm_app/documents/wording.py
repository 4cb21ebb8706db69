"""How the paper says numbers, days and names: in the customer's language and in the notation of their country."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import parse_pattern

from crm_app.core.i18n import Message, Speech
from crm_app.core.money import minor_units

from .snapshot import Kind, Party, Snapshot

NBSP = "\N{NO-BREAK SPACE}"
_TITLES = {
    Kind.QUOTE: "Quote",
    Kind.ORDER: "Sales order",
    Kind.DELIVERY: "Delivery note",
    Kind.RETURN: "Return note",
    Kind.INVOICE: "Invoice",
    Kind.CREDIT_NOTE: "Credit note",
    Kind.DEBIT_NOTE: "Debit note",
    Kind.DEPOSIT: "Deposit invoice",
}
_TOUCHING = re.compile(r"(?<=[A-Z])(?=[0-9])")
_RECURRING = {"monthly": "Monthly", "quarterly": "Quarterly", "yearly": "Yearly"}
# what the tax number of a company is called where it is
_TAX_IDS = {
    "AR": "CUIT",
    "CL": "RUT",
    "CO": "NIT",
    "EC": "RUC",
    "ES": "NIF",
    "MX": "RFC",
    "PE": "RUC",
    "PY": "RUC",
    "UY": "RUT",
}

_POSTCODE_LAST = {"AU", "CA", "CO", "GB", "IE", "IN", "NZ", "US"}


@dataclass(frozen=True)
class Wording:
    """The language of one document."""

    speech: Speech
    currency: str
    company_country: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Wording":
        """As the customer reads."""
        return cls(Speech(snapshot.language, snapshot.country), snapshot.currency, snapshot.issuer.country)

    def say(self, message: Message | str) -> str:
        """A text of ours."""
        return self.speech.say(message)

    def title(self, kind: Kind) -> str:
        """What such a document is called. (For what corrects an invoice in Spain: see corrective.)"""
        return self.say(_TITLES[kind])

    def recurring(self, often: str) -> str:
        """How often a line is charged; words that are none of ours are said as they stand."""
        return self.say(_RECURRING[often]) if often in _RECURRING else often

    def day(self, value: dt.date | None) -> str:
        """A date that is never torn, "" when there is none."""
        return self.speech.day(value).replace(" ", NBSP) if value else ""

    def amount(self, value: Decimal, currency: str = "") -> str:
        """Money without its currency: at least the minor units, and never fewer places than it has."""
        return self.speech.number(value, max(minor_units(currency or self.currency), _places(value)))

    def cash(self, value: Decimal, currency: str = "") -> str:
        """Money with its currency, where the reader's country puts it; a code of letters never touches a digit."""
        currency = currency or self.currency
        places = max(minor_units(currency), _places(value))
        whole = self.speech.locale.currency_formats["standard"].pattern
        pattern = parse_pattern(whole.replace("0.00", "0." + "0" * places if places else "0"))
        said = pattern.apply(value, self.speech.locale, currency=currency, currency_digits=False)
        return _TOUCHING.sub(NBSP, said).replace("-", "\N{MINUS SIGN}")

    def count(self, value: Decimal) -> str:
        """A quantity or a rate: as many places as it needs."""
        return self.speech.number(value, _places(value))

    def percent(self, value: Decimal) -> str:
        """A percentage: 21 % in Spanish, 21% in English."""
        return self.count(value) + (f"{NBSP}%" if self.speech.language == "es" else "%")

    def rated(self, name: str, percent: Decimal) -> str:
        """A rate's name, with its percentage where the name does not say it already."""
        if not percent or any(said in name for said in (self.count(percent), f"{percent.normalize():f}")):
            return untorn(name) or self.percent(percent)
        return f"{untorn(name)} {self.percent(percent)}".strip()

    def address(self, party: Party) -> Iterator[str]:
        """Who and where, a line each and some of them empty; the country only abroad."""
        if party.legal_name and party.legal_name != party.name:
            yield party.legal_name
        if party.tax_id:
            yield f"{_TAX_IDS.get(party.country) or self.say('Tax ID')} {party.tax_id}"
        if party.contact:
            yield self.say(Message("Attn. {name}", name=party.contact))
        yield party.street
        yield _town(party)
        yield self.country(party.country) if party.country != self.company_country else ""

    def country(self, code: str) -> str:
        """A country's name."""
        return str(self.speech.locale.territories.get(code, code))


def untorn(name: str) -> str:
    """The name of a rate, in which no line ends between a number and its percent sign."""
    return name.replace(" %", f"{NBSP}%")


def _town(party: Party) -> str:
    """City, region and postcode in the order of their country (UPU S42)."""
    region = "" if party.region == party.city else party.region
    if party.country in _POSTCODE_LAST:
        return " ".join(
            part for part in (", ".join(part for part in (party.city, region) if part), party.postcode) if part
        )
    return ", ".join(part for part in (f"{party.postcode} {party.city}".strip(), region) if part)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
