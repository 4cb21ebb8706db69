"""What a document said when it was issued, as frozen values: every file of it is drawn from this, and from nothing else.

As JSON (what the database keeps) numbers are strings in plain decimal notation, days are ISO 8601, and what is missing is
null or "". `from_json` and `to_json` are each other's inverse.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin

ZERO = Decimal(0)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,10})?", re.ASCII)  # no more than a Decimal computes with
_COUNTRY = re.compile(r"([A-Z]{2})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SHA256 = re.compile(r"([0-9a-f]{64})?", re.ASCII)


PAD_WIDTH, PAD_HEIGHT = 1000, 400
_STROKES = re.compile(r"([0-9]{1,4},[0-9]{1,4}([ ;][0-9]{1,4},[0-9]{1,4}){0,3999})?", re.ASCII)


def drawable(strokes: str) -> bool:
    """True for the strokes of a signature: at most 4,000 points, all of them on the ground."""
    if not _STROKES.fullmatch(strokes):
        return False
    points = [point.split(",") for point in re.split("[ ;]", strokes) if point]
    return all(int(x) <= PAD_WIDTH and int(y) <= PAD_HEIGHT for x, y in points)


class Misshapen(ValueError):
    """The JSON is not the agreed one; the text names the place."""


class Kind(StrEnum):
    """What the paper is."""

    QUOTE = "quote"
    ORDER = "order"
    DELIVERY = "delivery"
    RETURN = "return"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"
    DEPOSIT = "deposit"


class Choice(StrEnum):
    """Whether the customer takes a line: surely, if they like, or instead of another. Only the first counts in totals."""

    FIRM = ""
    OPTIONAL = "optional"
    ALTERNATIVE = "alternative"


class Language(StrEnum):
    """The customer's language."""

    SPANISH = "es"
    ENGLISH = "en"


@dataclass(frozen=True)
class Party:
    """Who issues, buys or receives, and where they are. `country` is an ISO 3166 code; `iban` any bank account."""

    name: str = ""
    legal_name: str = ""
    tax_id: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    contact: str = ""
    iban: str = ""
    web: str = ""


@dataclass(frozen=True)
class Corrected:
    """The document that a credit or debit note corrects."""

    number: str = ""
    date: dt.date | None = None
    kind: str = ""


@dataclass(frozen=True)
class Origin:
    """A document that this one was made from."""

    kind: Kind
    number: str = ""
    date: dt.date | None = None


@dataclass(frozen=True)
class Line:
    """`discount` is a percentage, `net` what the line comes to without taxes, `tax` the label of its rate.

    `recurring` is how often it is charged: monthly, quarterly, yearly, or words that are printed as they stand.
    """

    group: str = ""
    choice: Choice = Choice.FIRM
    code: str = ""
    description: str = ""
    unit: str = ""
    quantity: Decimal = ZERO
    price: Decimal = ZERO
    discount: Decimal = ZERO
    net: Decimal = ZERO
    tax: str = ""
    recurring: str = ""


@dataclass(frozen=True)
class Tax:
    """A rate, its base and its amount; `reason` says by which rule nothing is charged, or what the law wants to be said."""

    name: str = ""
    percent: Decimal = ZERO
    base: Decimal = ZERO
    amount: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True)
class Withholding:
    """What the customer keeps back for the tax office. It lessens what is payable, never the total."""

    name: str = ""
    percent: Decimal = ZERO
    base: Decimal = ZERO
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Instalment:
    """A part of what is payable, and its day."""

    date: dt.date | None = None
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Signature:
    """Who has received the goods, on which day, and what was drawn: strokes as "x,y x,y;x,y …", whole numbers on a ground of
    PAD_WIDTH by PAD_HEIGHT, "" where nothing was drawn.
    """

    name: str = ""
    date: dt.date | None = None
    strokes: str = ""

    def __post_init__(self) -> None:
        """Raises Misshapen."""
        if not drawable(self.strokes):
            raise Misshapen("signature.strokes is no drawing")


@dataclass(frozen=True)
class Snapshot:
    """A document. net + tax + rounding = total; total + collected - withheld = payable; amounts are in `currency`.

    `collections` are what the issuer collects on top for the tax office, `apart` what of the total is paid into `tax_account`.
    `reason` is the code of why something is corrected (models/invoices), `reason_text` the same in the customer's language, with what
    was written to it; `operation_date` the day of what is invoiced, where it was named.

    `rate` is what one unit of `currency` is worth in `company_currency`; `included` says that prices hold their taxes,
    `valued` that prices are printed at all. `logo` is the SHA-256 of the picture in the head, "" for none.
    """

    kind: Kind
    language: Language
    currency: str
    company_currency: str
    draft: bool = False
    number: str = ""
    date: dt.date | None = None
    operation_date: dt.date | None = None
    due: dt.date | None = None
    valid_until: dt.date | None = None
    country: str = ""
    rate: Decimal = Decimal(1)
    total_company: Decimal = ZERO
    reference: str = ""
    salesperson: str = ""
    payment_terms: str = ""
    terms: str = ""
    notes: str = ""
    included: bool = False
    valued: bool = True
    logo: str = ""
    issuer: Party = Party()
    customer: Party = Party()
    delivery_address: Party | None = None
    signature: Signature | None = None
    corrects: Corrected | None = None
    reason: str = ""
    reason_text: str = ""
    origins: tuple[Origin, ...] = ()
    lines: tuple[Line, ...] = ()
    taxes: tuple[Tax, ...] = ()
    collections: tuple[Tax, ...] = ()
    withholdings: tuple[Withholding, ...] = ()
    apart: tuple[Tax, ...] = ()
    tax_account: str = ""
    net: Decimal = ZERO
    tax: Decimal = ZERO
    rounding: Decimal = ZERO
    total: Decimal = ZERO
    collected: Decimal = ZERO
    withheld: Decimal = ZERO
    payable: Decimal = ZERO
    instalments: tuple[Instalment, ...] = ()

    def __post_init__(self) -> None:
        """Codes have the form of codes, so that they can name nothing else. Raises Misshapen."""
        parties = {
            "issuer": self.issuer,
            "customer": self.customer,
            "delivery_address": self.delivery_address or Party(),
        }
        for name, code in {"": self.country, **{f"{key}.": party.country for key, party in parties.items()}}.items():
            if not _COUNTRY.fullmatch(code):
                raise Misshapen(f"{name}country is no ISO 3166 code")
        if not _SHA256.fullmatch(self.logo):
            raise Misshapen("logo is no SHA-256")
        for name in ("currency", "company_currency"):
            if not _CURRENCY.fullmatch(getattr(self, name)):
                raise Misshapen(f"{name} is no ISO 4217 code")


def from_json(content: Mapping[str, Any]) -> Snapshot:
    """The snapshot that this JSON object holds. Raises Misshapen."""
    found: Snapshot = _whole(Snapshot, content, "")
    return found


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as a JSON object."""
    written: dict[str, Any] = _plain(snapshot)
    return written


def _whole(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, Mapping):
        raise Misshapen(f"{place or 'the snapshot'} is no object")
    at = f"{place}." if place else ""
    readers, needed = _readers(kind)
    if unknown := sorted(str(name) for name in value if name not in readers):
        raise Misshapen(f"{at}{unknown[0]} is not known")
    given = {name: part for name, part in value.items() if part is not None and part != ""}
    if lacking := [name for name in needed if name not in given]:
        raise Misshapen(f"{at}{lacking[0]} is missing")
    return kind(**{name: readers[name](part, f"{at}{name}") for name, part in given.items()})


@cache
def _readers(kind: Any) -> tuple[dict[str, Callable[[Any, str], Any]], list[str]]:
    """For each field, what reads it from JSON; and the fields that must be there."""
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    return {field.name: _reader(field.type) for field in fields(kind)}, needed


def _reader(kind: Any) -> Callable[[Any, str], Any]:
    if isinstance(kind, UnionType):  # "or None": a missing value is never read
        kind = get_args(kind)[0]
    if get_origin(kind) is tuple:
        one = get_args(kind)[0]
        return lambda value, place: _many(one, value, place)
    if issubclass(kind, StrEnum):
        return lambda value, place: _choice(kind, value, place)
    simple: dict[Any, Callable[[Any, str], Any]] = {str: _text, bool: _flag, Decimal: _number, dt.date: _day}
    return simple.get(kind) or (lambda value, place: _whole(kind, value, place))


def _many(kind: Any, value: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Misshapen(f"{place} is no list")
    return tuple(_whole(kind, part, f"{place}[{number}]") for number, part in enumerate(value))


def _choice(kind: type[StrEnum], value: Any, place: str) -> StrEnum:
    if not isinstance(value, str) or value not in {member.value for member in kind}:
        raise Misshapen(f"{place} is none of {', '.join(member.value or 'nothing' for member in kind)}")
    return kind(value)


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise Misshapen(f"{place} is no text")
    return value


def _flag(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise Misshapen(f"{place} is neither true nor false")
    return value


def _number(value: Any, place: str) -> Decimal:
    """Plain digits only: a program's exponent such as 1E+999999 would be a page full of zeros."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Misshapen(f"{place} is no decimal number in a string")
    return Decimal(value)


def _day(value: Any, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(_text(value, place))
    except ValueError:
        raise Misshapen(f"{place} is no ISO date") from None


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case Decimal():
            return f"{value:f}"
        case dt.date():
            return value.isoformat()
        case tuple():
            return [_plain(part) for part in value]
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
