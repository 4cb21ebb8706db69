"""Which taxes a line bears: by the product's class, the customer's country and status, and the date."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.i18n import Message, Speech
from crm_app.core.money import PRICE_PLACES, quantize
from crm_app.core.tax import Part, Tax, TaxKind, part_of
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
DECIDES = ("date", "operation_date", "kind", "corrects")  # of a document's head on which taxes its lines bear


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
    if customer.status == TaxStatus.REVERSE.value:
        return Regime.REVERSE
    if not customer.country or not seller or customer.country == seller:
        return Regime.SURCHARGE if customer.status == TaxStatus.SURCHARGE.value else Regime.DOMESTIC
    if seller in EU and customer.country in EU:
        return Regime.EU if customer.tax_id else Regime.DOMESTIC
    return Regime.EXPORT


def resolver(work: Work, customer: Customer, day: date) -> Callable[[str | None], tuple[Tax, ...]]:
    """Of a tax class: the taxes in the order of application, none where no rate fits. One question to the database."""
    rows = _charged_to(work, customer, day)

    def taxes(tax_class: str | None) -> tuple[Tax, ...]:
        return tuple(_tax(row) for row in rows if row["tax_class"] in (None, tax_class))

    return taxes


def _charged_to(work: Work, customer: Customer, day: date) -> list[Mapping[str, Any]]:
    seller = rules.company(work, "country")
    regime = regime_of(seller, customer)
    wanted = [regime.value] if regime is not Regime.SURCHARGE else [Regime.DOMESTIC.value, Regime.SURCHARGE.value]
    rows = _rates(work, seller, day)
    return [row for row in rows if row["regime"] in wanted and part_of(row["kind"]) is Part.TAX]


def side_by_side(work: Work, account: Account, head: Mapping[str, Any], tax_class: str | None) -> list[str]:
    """The names of percentages that stand in one place of the order, so that it is not known whether both are meant; of a credit
    note none: it gives back what was charged.
    """
    if _charged(work, head) is not None:
        return []
    places: dict[tuple[str, int], list[str]] = {}
    for row in _charged_to(work, Customer(account.country, account.tax_id, account.tax_status), day_of(head)):
        if row["kind"] == TaxKind.PERCENT.value and row["tax_class"] in (None, tax_class):
            places.setdefault((row["regime"], row["sequence"]), []).append(row["name"])
    return next((names for names in places.values() if len(names) > 1), [])


def borne(work: Work, account: Account, head: Mapping[str, Any]) -> Callable[[str | None], tuple[Tax, ...]]:
    """Of a tax class: what a line of this document bears. `head` holds its date and exchange rate, and of an invoice `kind`,
    `corrects` and `operation_date`: the rates are those of that day, where it is another (Directive 2006/112/EC, art. 93). An amount
    per unit is money of the company: the document has it in its own currency.

    A credit note gives back what its invoice charged, whatever customer and rates have become since.
    """
    of_day = resolver(work, Customer(account.country, account.tax_id, account.tax_status), day_of(head))
    worth: Decimal = head.get("rate") or Decimal(1)

    def live(tax_class: str | None) -> tuple[Tax, ...]:
        return tuple(_in_currency(tax, worth) for tax in of_day(tax_class))

    charged = _charged(work, head)
    if charged is None:
        return live
    told = {part["tax"]: _told(part) for part in charged.tax_lines if part_of(part["kind"]) is Part.TAX}
    rate, sequence = column_of(TaxRate, "id"), column_of(TaxRate, "sequence")
    classes = sa.select(rate, column_of(TaxRate, "tax_class")).where(rate.in_(list(told))).order_by(sequence, rate)
    rows = [(told[row[0]], row[1]) for row in work.session.execute(classes)]
    mine = column_of(InvoiceLine, "invoice") == charged.id
    used = set(work.session.scalars(sa.select(column_of(InvoiceLine, "tax_class")).where(mine).distinct()))
    kept = {name: tuple(tax for tax, of_class in rows if of_class in (None, name)) for name in used}
    return lambda tax_class: kept.get(tax_class) or live(tax_class)


def day_of(head: Mapping[str, Any]) -> date:
    """The day whose rates a document bears."""
    found: date = head.get("operation_date") or head["date"]
    return found


def _in_currency(tax: Tax, worth: Decimal) -> Tax:
    """With its amounts of money in the document's currency; only the company's own is rounded to whole units of it."""
    if worth == 1:
        return tax
    value = quantize(tax.value / worth, PRICE_PLACES) if tax.kind is TaxKind.UNIT else tax.value
    above = None if tax.above is None else tax.above / worth
    return replace(tax, value=value, above=above, whole=False)


def bases(work: Work, parts: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Why the taxes are applied that a document was told to bear, by the id of the rate: of which class, for which customers, in
    the actor's language.
    """
    key, of_class, regime = (column_of(TaxRate, name) for name in ("id", "tax_class", "regime"))
    wanted = {part["tax"] for part in parts if part_of(part["kind"]) is Part.TAX}
    rows = work.session.execute(sa.select(key, of_class, regime).where(key.in_(wanted))) if wanted else ()
    return {row[0]: _basis(work.actor.speech, row[1], row[2]) for row in rows}


def _basis(speech: Speech, tax_class: str | None, regime: str) -> str:
    customers = TAX_RATES.fields["regime"].kind.show(regime, speech)
    if tax_class is None:
        return speech.say(Message("All tax classes; customers: {customers}", customers=customers))
    of = TAX_RATES.fields["tax_class"].kind.show(tax_class, speech)
    return speech.say(Message("Tax class: {tax_class}; customers: {customers}", tax_class=of, customers=customers))


def beside(work: Work, account: Account, head: Mapping[str, Any]) -> tuple[Tax, ...]:
    """What is collected, withheld and paid apart with this document; a credit note gives back what its invoice collected and withheld."""
    charged = _charged(work, head)
    if charged is None:
        worth: Decimal = head.get("rate") or Decimal(1)
        return tuple(_in_currency(tax, worth) for tax in of_account(work, account.id or 0, head["date"]))
    given_back = (Part.COLLECTED, Part.WITHHELD)
    return tuple(_told(part) for part in charged.tax_lines if part_of(part["kind"]) in given_back)


def _charged(work: Work, head: Mapping[str, Any]) -> Invoice | None:
    """The invoice whose taxes a credit note gives back."""
    if head.get("kind") != InvoiceKind.CREDIT_NOTE.value or not head.get("corrects"):
        return None
    found: Invoice | None = work.row(Invoice, head["corrects"])
    return found


def _told(part: Mapping[str, Any]) -> Tax:
    return Tax(
        part["tax"], part["name"], TaxKind(part["kind"]), Decimal(part["value"]), part["category"], part["reason"], part.get("of", "")
    )  # fmt: skip


def of_account(work: Work, account: int, day: date) -> tuple[Tax, ...]:
    """What that account withholds, pays apart and has collected from it on that day, in the order of application.

    Of rates that replace one another the account bears the one of that day, whichever is named there.
    """
    kept: dict[int, set[int]] = work.session.info.setdefault("beside", {})
    if account not in kept:
        mine = column_of(AccountWithholding, "account") == account
        kept[account] = set(work.session.scalars(sa.select(column_of(AccountWithholding, "tax_rate")).where(mine)))
    keys = kept[account]
    if not keys:
        return ()
    replaced = links(work)
    first = {_first(replaced, key) for key in keys}
    rows = _rates(work, rules.company(work, "country"), day)
    return tuple(
        _aside(row) for row in rows if part_of(row["kind"]) is not Part.TAX and _first(replaced, row["id"]) in first
    )


def _first(replaced: Mapping[int, int], key: int) -> int:
    """The rate that one replaced, or the one before had replaced already: the same obligation, as it began."""
    return [key, *earlier(replaced, replaced.get(key))][-1]


def earlier(replaced: Mapping[int, int], key: int | None) -> list[int]:
    """That rate and those which it replaced, one after the other."""
    found: list[int] = []
    while key is not None and key not in found:
        found.append(key)
        key = replaced.get(key)
    return found


def links(work: Work) -> Mapping[int, int]:
    """Of the rates that replace another, which; read once in a transaction."""
    kept: dict[int, int] | None = work.session.info.get("replaced rates")
    if kept is None:
        number, other = column_of(TaxRate, "id"), column_of(TaxRate, "replaces")
        rows = work.session.execute(sa.select(number, other).where(other.is_not(None)))
        kept = work.session.info["replaced rates"] = {row[0]: row[1] for row in rows}
    return kept


def _aside(row: Mapping[str, Any]) -> Tax:
    """A rate that is no tax of a line."""
    whole = part_of(row["kind"]) is Part.APART
    return replace(_tax(row), of=row["tax_class"] or "", above=row["above"], whole=whole)


_COLUMNS = ("id", "name", "regime", "tax_class", "kind", "value", "category", "reason", "sequence", "replaces", "above")


def _rates(work: Work, country: str | None, day: date) -> list[Mapping[str, Any]]:
    """The seller's rates that are valid on that day and not replaced by another of them, in order."""
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
        rows = [dict(row) for row in work.session.execute(statement).mappings()]
        of_others = links(work) if any(row["replaces"] for row in rows) else {}
        replaced = {key for row in rows for key in earlier(of_others, row["replaces"])}
        kept[country, day] = [row for row in rows if row["id"] not in replaced]
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
