"""Text in the user's language. English is the key; `locale/es.po` holds the Spanish.

A text that is shown later, to somebody whose language is not known yet, is a `Message`; `Speech.say` turns it into words.
Numbers and dates follow CLDR (through Babel).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, get_decimal_symbol, parse_pattern

from . import clock
from .plain import storable

LANGUAGES = ("es", "en")
DEFAULT_LANGUAGE = "es"
_CONTEXT = "\x04"  # parts a text from its context, as in gettext's own catalogues
_LOCALE_DIR = Path(__file__).with_name("locale")


class Message:
    """A sentence and its values, not yet in a language.

    A value may be a Message itself, a tuple of them (a list of words), or a Decimal or a date, which are written as the reader writes them.
    """

    __slots__ = ("args", "text")

    def __init__(self, text: str, **args: object) -> None:
        self.text = text
        self.args = args

    def __repr__(self) -> str:
        return f"Message({self.text!r}, {self.args!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.text, self.args) == (other.text, other.args)

    def __hash__(self) -> int:
        return hash(self.text)


def kept(message: Message) -> dict[str, Any]:
    """The message as JSON, to be said later in a language that is not known yet; `said_later` reads it."""
    args = {
        name: kept(value) if isinstance(value, Message) else _kept_value(value) for name, value in message.args.items()
    }
    return {"text": message.text, "args": args}


def _kept_value(value: object) -> object:
    if isinstance(value, tuple):
        return [kept(part) if isinstance(part, Message) else str(part) for part in value]
    return value if isinstance(value, int | str) or value is None else str(value)


def said_later(stored: Mapping[str, Any]) -> Message:
    """The message that `kept` wrote."""
    message = Message("", **{name: _read_value(value) for name, value in stored["args"].items()})
    message.text = stored["text"]
    return message


def _read_value(value: Any) -> object:
    if isinstance(value, list):
        return tuple(_read_value(part) for part in value)
    return said_later(value) if isinstance(value, dict) else value


@cache
def catalogue(language: str) -> dict[str, str]:
    """English text to the language's text. Empty for English and for a language without a catalogue."""
    path = _LOCALE_DIR / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id and entry.string]
    return {key_of(str(entry.id), entry.context or ""): str(entry.string) for entry in entries}


def key_of(text: str, context: str) -> str:
    """The key of a text that is another one in that context (msgctxt)."""
    return f"{text}{_CONTEXT}{context}" if context else text


def feminine(text: str) -> str:
    """The key of a word about something that is feminine in Spanish: an invoice is "Cancelada", an order "Cancelado"."""
    return key_of(text, "feminine")


def several(text: str) -> str:
    """The key of a word about several things: a tab shows "Vencidas", one invoice is "Vencida". Feminine in Spanish."""
    return key_of(text, "feminine plural")


def translate(text: str, language: str) -> str:
    """The text in that language; the English key, without its context, where the catalogue lacks it."""
    return catalogue(language).get(text) or text.partition(_CONTEXT)[0]


@cache
def _cldr(language: str, country: str) -> Locale:
    try:
        return Locale(language, country or None)
    except UnknownLocaleError:
        return Locale(language)


@lru_cache(maxsize=10_000)
def _grouped(value: Decimal | int, places: int, locale: Locale) -> str:
    return str(_pattern(places).apply(value, locale))


@cache
def _pattern(places: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * places if places else ""))


@cache
def _decimal(locale: Locale) -> str:
    return str(get_decimal_symbol(locale))


_QUOTED = 300  # characters of what was typed that a sentence repeats


def shortened(text: str) -> str:
    """What a sentence may repeat of a text that may be anybody's: not without end, and nothing that no socket can carry."""
    return storable(text if len(text) <= _QUOTED else text[:_QUOTED] + "…")


@dataclass(frozen=True)
class Speech:
    """How one user reads: language (es, en), country (ISO 3166, for number and date forms) and time zone (IANA).

    `typed` says that what they send was typed by hand, in their own notation of numbers; a program writes 1234.5.
    """

    language: str = DEFAULT_LANGUAGE
    country: str = ""
    zone: str = "UTC"
    typed: bool = False
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", ZoneInfo(self.zone))

    def say(self, message: Message | str) -> str:
        """The message in this language, its values filled in."""
        if isinstance(message, str):
            return translate(message, self.language)
        if not message.args:
            return translate(message.text, self.language)
        args = {key: self._value(value) for key, value in message.args.items()}
        text = translate(message.text, self.language)
        for key, value in args.items():
            if str(value).endswith("."):  # "Acme, S.L." ends a sentence with the stop that it has
                text = re.sub(rf"\{{{key}\}}\.(?=\s|$)", f"{{{key}}}", text)
        return text.format(**args)

    def _value(self, value: object) -> object:
        if isinstance(value, tuple):
            return ", ".join(str(self._value(part)) for part in value)
        if isinstance(value, Decimal):
            return self.number(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Message):
            return self.say(value)
        return shortened(value) if isinstance(value, str) else value

    def number(self, value: Decimal | int, places: int | None = None) -> str:
        """With grouping; `places` fixes the decimals, else as many as the value has."""
        if places is None:
            exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
            places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return _grouped(value, places, self.locale).replace("-", "\u2212")

    def day(self, value: date) -> str:
        """A date in medium form: 23 nov 2026."""
        return str(format_date(value, format="medium", locale=self.locale))

    def weekday(self, value: date) -> str:
        """A date as one names it today: lunes 23 de noviembre; Monday 23 November."""
        return str(
            format_date(value, "EEEE d 'de' MMMM" if self.language == "es" else "EEEE d MMMM", locale=self.locale)
        )

    def lately(self, value: datetime) -> str:
        """A point in time in this user's zone, as short as it is clear: 14:05 today, "Yesterday", else the date."""
        here, today = self.local(value), clock.today(self.zone)
        if here.date() == today:
            return f"{here:%H:%M}"
        return self.say("Yesterday") if here.date() == today - timedelta(days=1) else self.day(here.date())

    def moment(self, value: datetime) -> str:
        """A point in time in this user's zone: 23 nov 2026, 14:05."""
        return str(format_datetime(value.astimezone(self._zone), format="d MMM y, HH:mm", locale=self.locale))

    def local(self, value: datetime) -> datetime:
        """The same point in time on this user's wall clock."""
        return value.astimezone(self._zone)

    @property
    def decimal(self) -> str:
        """The decimal mark that this user reads, and so types."""
        return _decimal(self.locale)

    @property
    def locale(self) -> Locale:
        """CLDR locale; the language alone where CLDR has no such language and country."""
        return _cldr(self.language, self.country)
