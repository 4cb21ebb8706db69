"""Which taxes a line bears: by the product's class, the customer's country and status, and the date."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.i18n import Message, Speech
from crm_app.core.money import PRICE_PLACES, quantize
from crm_app.core.tax import Tax, TaxKind
from crm_app.models.accounts import Account, AccountWithholding
from crm_app.models.choices import TaxStatus
from crm_app.models.invoices import Invoice, InvoiceKind, InvoiceLine
from crm_app.models.taxes import TAX_RATES, Regime, TaxRate

from . import rules
from .work import Work, column_of

Said = Mapping[tuple[int, str], str]  # a rate's id and its name or reason: the same in another language

# Member states of the European Union, ISO 3166-1 alpha-2 (Treaty on European Union, article 52; Greece is GR).
EU = frozenset(
    (
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    )
)
_WITHHELD = (TaxKind.WITHHELD_OF_NET.value, TaxKind.WITHHELD_OF_TAX.value)


@dataclass(frozen=True)
class Customer:
    """What of a customer decides on taxes."""

    country: str | None
    tax_id: str | None
    status: str


def regime_of(seller: str | None, customer: Customer) -> Regime:
    """How the customer stands to the seller's taxes. Without a country they are at home; in the EU without a tax identifier too."""
    if customer.status == TaxStatus.EXEMPT.value:
        return Regime.EXEMPT
    if customer.status == TaxStatus.EXPORT.value:
        return Regime.EXPORT
    if not customer.country or not seller or customer.country == seller:
        return Regime.SURCHARGE if customer.status == TaxStatus.SURCHARGE.value else Regime.DOMESTIC
    if seller in EU and customer.country in EU:
        return Regime.EU if customer.tax_id else Regime.DOMESTIC
    return Regime.EXPORT


def resolver(work: Work, customer: Customer, day: date) -> Callable[[str | None], tuple[Tax, ...]]:
    """Of a tax class: the taxes in the order of application, none where no rate fits. One question to the database."""
    seller = rules.company(work, "country")
    regime = regime_of(seller, customer)
    wanted = [regime.value] if regime is not Regime.SURCHARGE else [Regime.DOMESTIC.value, Regime.SURCHARGE.value]
    rows = [row for row in _rates(work, seller, day) if row["regime"] in wanted and row["kind"] not in _WITHHELD]

    def taxes(tax_class: str | None) -> tuple[Tax, ...]:
        return tuple(_tax(row) for row in rows if row["tax_class"] in (None, tax_class))

    return taxes


def borne(work: Work, account: Account, head: Mapping[str, Any]) -> Callable[[str | None], tuple[Tax, ...]]:
    """Of a tax class: what a line of this document bears. `head` holds its date and exchange rate, and of an invoice `kind` and
    `corrects`. An amount per unit is money of the company: the document has it in its own currency.

    A credit note gives back what its invoice charged, whatever customer and rates have become since.
    """
    of_day = resolver(work, Customer(account.country, account.tax_id, account.tax_status), head["date"])
    worth: Decimal = head.get("rate") or Decimal(1)

    def live(tax_class: str | None) -> tuple[Tax, ...]:
        return tuple(_in_currency(tax, worth) for tax in of_day(tax_class))

    charged = _charged(work, head)
    if charged is None:
        return live
    told = {part["tax"]: _told(part) for part in charged.tax_lines if not part["withheld"]}
    rate, sequence = column_of(TaxRate, "id"), column_of(TaxRate, "sequence")
    classes = sa.select(rate, column_of(TaxRate, "tax_class")).where(rate.in_(list(told))).order_by(sequence, rate)
    rows = [(told[row[0]], row[1]) for row in work.session.execute(classes)]
    mine = column_of(InvoiceLine, "invoice") == charged.id
    used = set(work.session.scalars(sa.select(column_of(InvoiceLine, "tax_class")).where(mine).distinct()))
    kept = {name: tuple(tax for tax, of_class in rows if of_class in (None, name)) for name in used}
    return lambda tax_class: kept.get(tax_class) or live(tax_class)


def _in_currency(tax: Tax, worth: Decimal) -> Tax:
    if tax.kind is not TaxKind.UNIT or worth == 1:
        return tax
    return replace(tax, value=quantize(tax.value / worth, PRICE_PLACES))


def bases(work: Work, parts: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Why the taxes are applied that a document was told to bear, by the id of the rate: of which class, for which customers, in
    the actor's language.
    """
    key, of_class, regime = (column_of(TaxRate, name) for name in ("id", "tax_class", "regime"))
    wanted = {part["tax"] for part in parts if not part["withheld"]}
    rows = work.session.execute(sa.select(key, of_class, regime).where(key.in_(wanted))) if wanted else ()
    return {row[0]: _basis(work.actor.speech, row[1], row[2]) for row in rows}


def _basis(speech: Speech, tax_class: str | None, regime: str) -> str:
    customers = TAX_RATES.fields["regime"].kind.show(regime, speech)
    if tax_class is None:
        return speech.say(Message("All tax classes; customers: {customers}", customers=customers))
    of = TAX_RATES.fields["tax_class"].kind.show(tax_class, speech)
    return speech.say(Message("Tax class: {tax_class}; customers: {customers}", tax_class=of, customers=customers))


def withheld(work: Work, account: Account, head: Mapping[str, Any]) -> tuple[Tax, ...]:
    """What is withheld from this document; from a credit note what was withheld from its invoice."""
    charged = _charged(work, head)
    if charged is None:
        return withholdings(work, account.id or 0, head["date"])
    return tuple(_told(part) for part in charged.tax_lines if part["withheld"])


def _charged(work: Work, head: Mapping[str, Any]) -> Invoice | None:
    """The invoice whose taxes a credit note gives back."""
    if head.get("kind") != InvoiceKind.CREDIT_NOTE.value or not head.get("corrects"):
        return None
    found: Invoice | None = work.row(Invoice, head["corrects"])
    return found


def _told(part: Mapping[str, Any]) -> Tax:
    return Tax(
        part["tax"], part["name"], TaxKind(part["kind"]), Decimal(part["value"]), part["category"], part["reason"]
    )


def withholdings(work: Work, account: int, day: date) -> tuple[Tax, ...]:
    """What that account withholds on that day, in the order of application."""
    kept: dict[int, set[int]] = work.session.info.setdefault("withheld", {})
    if account not in kept:
        mine = column_of(AccountWithholding, "account") == account
        kept[account] = set(work.session.scalars(sa.select(column_of(AccountWithholding, "tax_rate")).where(mine)))
    keys = kept[account]
    if not keys:
        return ()
    rows = _rates(work, rules.company(work, "country"), day)
    return tuple(_tax(row) for row in rows if row["id"] in keys and row["kind"] in _WITHHELD)


_COLUMNS = ("id", "name", "regime", "tax_class", "kind", "value", "category", "reason")


def _rates(work: Work, country: str | None, day: date) -> list[Mapping[str, Any]]:
    """The seller's rates that are valid on that day, in order."""
    kept: dict[Any, list[Mapping[str, Any]]] = work.session.info.setdefault("tax rates", {})
    if (country, day) not in kept:
        begins, ends, where = (column_of(TaxRate, name) for name in ("valid_from", "valid_to", "country"))
        statement = (
            sa.select(*(column_of(TaxRate, name) for name in _COLUMNS))
            .where(
                column_of(TaxRate, "active").is_(True),
                sa.or_(where.is_(None), where == country),
                sa.or_(begins.is_(None), begins <= day),
                sa.or_(ends.is_(None), ends >= day),
            )
            .order_by(column_of(TaxRate, "sequence"), column_of(TaxRate, "id"))
        )
        kept[country, day] = [dict(row._mapping) for row in work.session.execute(statement)]  # noqa: SLF001 - SQLAlchemy's name
    return kept[country, day]


def _tax(row: Mapping[str, Any]) -> Tax:
    return Tax(row["id"], row["name"], TaxKind(row["kind"]), row["value"], row["category"], row["reason"] or "")


def rates_said(work: Work, language: str) -> Said:
    """What rates that have a name or a reason of their own in that language say in it; read once in a transaction."""
    kept: dict[str, Said] = work.session.info.setdefault("rates said", {})
    if language not in kept:
        key, *columns = (
            column_of(TaxRate, name) for name in ("id", "name", f"name_{language}", "reason", f"reason_{language}")
        )
        rows = work.session.execute(
            sa.select(key, *columns).where(sa.or_(columns[1].is_not(None), columns[3].is_not(None)))
        )
        kept[language] = {
            (rate, text): other for rate, *texts in rows for text, other in (texts[:2], texts[2:]) if text and other
        }
    return kept[language]


def in_words(said: Said, rate: int, text: str) -> str:
    """The rate's name or reason in the language; as the document has it where the rate has been renamed since."""
    return said.get((rate, text), text)


def told_to(work: Work, parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a document keeps of its taxes (`tax_lines`), with names and reasons as the actor reads them."""
    said = rates_said(work, work.actor.speech.language)
    return [
        {**part, **{name: in_words(said, part["tax"], part[name]) for name in ("name", "reason") if part.get(name)}}
        for part in parts
    ]
