"""Field kinds that are counted and compared: numbers, dates and times."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from . import days
from .i18n import Speech
from .kind import COMPARE, MAX_ID, PLAIN, BadValue, Kind, word_of
from .money import is_uncented, minor_units, quantize
from .plain import is_monstrous, plain_number

_MOST = 40  # characters of a date or a time
_EXAMPLE = date(2026, 11, 23)
_EXAMPLE_TIME = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
_TIME = re.compile(r"(.*?)[T\s,]+(\d{1,2})[:.](\d{2})(?::\d{2})?", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number from `least` to `most`."""

    least: int = -MAX_ID
    most: int = MAX_ID
    widget: ClassVar[str] = "number"
    align: ClassVar[str] = "right"
    operators: ClassVar[tuple[str, ...]] = COMPARE

    def parse(self, raw: object, speech: Speech = PLAIN) -> int | None:
        if raw is None or raw == "":
            return None
        text = word_of(raw)
        if not text:
            return None
        if not re.fullmatch(r"[+\-\u2212]?\d{1,19}", text, re.ASCII):
            raise BadValue("Write a whole number.")
        value = int(text.replace("\u2212", "-"))
        if not self.least <= value <= self.most:
            raise BadValue("Write a number from {least} to {most}.", least=self.least, most=self.most)
        return value

    def show(self, value: Any, speech: Speech) -> str:
        return "" if value is None else speech.number(value)


@dataclass(frozen=True)
class Number(Kind):
    """An exact decimal: at most `places` decimals and `digits` before the point. JSON carries it as a string.

    Both together are 18 at most, what SQLite's 64-bit integer holds: with more places fewer digits are taken.
    `fraction` decimals are shown at least: a price of 0.7 reads 0.70. `currency` names the field beside it that says of what.
    """

    places: int = 4
    digits: int = 14
    least: Decimal | None = None
    fraction: int = 0
    currency: str = ""
    widget: ClassVar[str] = "decimal"
    align: ClassVar[str] = "right"
    operators: ClassVar[tuple[str, ...]] = COMPARE

    def parse(self, raw: object, speech: Speech = PLAIN) -> Decimal | None:
        if raw is None or raw == "":
            return None
        if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal) or is_monstrous(raw) or len(str(raw)) > 60:
            raise BadValue("Write a number such as {example}.", example=_example_for(speech))
        text = str(raw).strip().replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
        if not text:
            return None
        try:
            value = Decimal(plain_number(text, speech.decimal, typed=speech.typed))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise BadValue("Write a number such as {example}.", example=_example_for(speech))
        digits = min(self.digits, 18 - self.places)
        if value and value.adjusted() >= digits:
            raise BadValue("At most {digits} digits before the decimals.", digits=digits)
        rounded = value.quantize(Decimal(1).scaleb(-self.places))
        if rounded != value:
            raise BadValue("At most {places} decimals.", places=self.places)
        if self.least is not None and value < self.least:
            raise BadValue("Write {least} or more.", least=speech.number(self.least))
        return rounded or abs(rounded)  # there is no minus zero

    def write(self, value: Any) -> str:
        return "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"

    def edit(self, value: Any, speech: Speech) -> str:
        return "" if value is None else self._padded(value).replace(".", speech.decimal)

    def show(self, value: Any, speech: Speech) -> str:
        return "" if value is None else speech.number(Decimal(self._padded(value)))

    def show_in(self, value: Any, currency: str | None, speech: Speech, *, brief: bool = False) -> str:
        """An amount of that currency; in a list (`brief`) without cents where nobody counts them."""
        if brief and value is not None and is_uncented(value, currency or ""):
            return speech.number(value, 0)
        return self._in(value, currency, speech)

    def _in(self, value: Any, currency: str | None, speech: Speech) -> str:
        return self.show(value, speech)

    def json(self, value: Any) -> Any:
        return None if value is None else self.write(value)

    def _padded(self, value: Decimal) -> str:
        text = self.write(value)
        lacking = self.fraction - len(text.partition(".")[2])
        return text if lacking <= 0 else text + ("" if "." in text else ".") + "0" * lacking


@dataclass(frozen=True)
class Amount(Number):
    """An amount of money; without its currency two decimals are shown."""

    currency: str = "currency"

    def write(self, value: Any) -> str:
        return "" if value is None else f"{quantize(value, max(2, _decimals(value))):f}"

    def show(self, value: Any, speech: Speech) -> str:
        return "" if value is None else speech.number(quantize(value, max(2, _decimals(value))))

    def _in(self, value: Any, currency: str | None, speech: Speech) -> str:
        """With the decimals of that currency."""
        if value is None or not currency:
            return self.show(value, speech)
        places = minor_units(currency)
        return speech.number(quantize(value, places), places)


def _example_for(speech: Speech) -> str:
    """A number as whoever sends it writes it: a person with a keyboard, or a program."""
    return speech.number(Decimal("1234.56")) if speech.typed else "1234.56"


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


@dataclass(frozen=True)
class Day(Kind):
    """A date from 1900 to 2999: of a program ISO 8601 (YYYY-MM-DD), of a person whatever `days.read` understands."""

    widget: ClassVar[str] = "date"
    align: ClassVar[str] = "right"
    operators: ClassVar[tuple[str, ...]] = COMPARE

    def parse(self, raw: object, speech: Speech = PLAIN) -> date | None:
        if raw is None or raw == "":
            return None
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        text = raw.strip() if isinstance(raw, str) and len(raw) <= _MOST else "?"
        if not text:
            return None
        if speech.typed:
            value = days.read(text, speech)
            if value is None:
                raise BadValue("Write a date such as {example}.", example=days.written(_EXAMPLE, speech))
            return value
        value = None
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            with suppress(ValueError):
                value = date.fromisoformat(text)
        if value is None:
            raise BadValue("Write a date as year-month-day, such as 2026-11-23.")
        if not 1900 <= value.year <= 2999:
            raise BadValue("The year must lie between 1900 and 2999.")
        return value

    def edit(self, value: Any, speech: Speech) -> str:
        return "" if value is None else days.written(value, speech)

    def show(self, value: Any, speech: Speech) -> str:
        return "" if value is None else speech.day(value)

    def json(self, value: Any) -> Any:
        return None if value is None else value.isoformat()


@dataclass(frozen=True)
class MomentKind(Kind):
    """A point in time, UTC inside: of a program ISO 8601 with an offset, of a person a day and, after it, the time on their wall
    clock (without one the day's beginning).
    """

    widget: ClassVar[str] = "datetime"
    align: ClassVar[str] = "right"
    operators: ClassVar[tuple[str, ...]] = COMPARE

    def parse(self, raw: object, speech: Speech = PLAIN) -> datetime | None:
        if raw is None or raw == "":
            return None
        text = raw.strip() if isinstance(raw, str) and len(raw) <= _MOST else "?"
        value = None
        with suppress(ValueError):
            value = datetime.fromisoformat(text)
        if speech.typed and (value is None or value.tzinfo is None):
            value = _on_the_wall(text, speech)
        if value is None or value.tzinfo is None or not 1900 <= value.year <= 2999:
            example = self.edit(_EXAMPLE_TIME, speech) if speech.typed else "2026-11-23T14:05:00Z"
            raise BadValue("Write a time such as {example}.", example=example)
        return value.astimezone(UTC)

    def edit(self, value: Any, speech: Speech) -> str:
        here = None if value is None else speech.local(value)
        return "" if here is None else f"{days.written(here.date(), speech)} {here:%H:%M}"

    def show(self, value: Any, speech: Speech) -> str:
        return "" if value is None else speech.moment(value)

    def json(self, value: Any) -> Any:
        return None if value is None else value.isoformat().replace("+00:00", "Z")


def _on_the_wall(text: str, speech: Speech) -> datetime | None:
    """A day with a time after it, in that reader's zone; None where it cannot be told."""
    found = _TIME.fullmatch(text)
    day = days.read(found[1] if found else text, speech)
    hour, minute = (int(found[2]), int(found[3])) if found else (0, 0)
    if day is None or hour > 23 or minute > 59:
        return None
    return datetime.combine(day, time(hour, minute), ZoneInfo(speech.zone))
