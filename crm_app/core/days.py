"""Dates as people type them: read leniently, written in the order and with the mark of their country.

`pages/parts/days.jsx` reads the same way while one types, to show at once what was understood; what counts is read here.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError

from . import clock
from .i18n import Speech

_WORDS = {"hoy": 0, "today": 0, "mañana": 1, "manana": 1, "tomorrow": 1, "ayer": -1, "yesterday": -1}
_MONTHS = (
    ("ene", "jan"), ("feb",), ("mar",), ("abr", "apr"), ("may",), ("jun",), ("jul",), ("ago", "aug"), ("sep", "set"), ("oct",),
    ("nov",), ("dic", "dec"),
)  # fmt: skip
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_STEP = re.compile(r"[+\-\u2212]\d{1,4}", re.ASCII)
_PART = re.compile(r"\d+|[^\W\d_]+")
_SMALL = frozenset({"de", "del", "of", "the", "st", "nd", "rd", "th"})
_LETTERS = {"es": {"d": "dd", "m": "mm", "y": "aaaa"}, "en": {"d": "dd", "m": "mm", "y": "yyyy"}}


@dataclass(frozen=True)
class Form:
    """How a country writes dates in figures: the order of day, month and year, the mark between them, the first day of the week
    (0 is Monday).
    """

    order: str
    mark: str
    first: int


def form_of(speech: Speech) -> Form:
    """The country's form, whatever language its people read; without a country that of the language. Source: CLDR."""
    return _form(speech.country or "", speech.language)


@cache
def _form(country: str, language: str) -> Form:
    try:
        locale = Locale.parse(f"und_{country}") if country else Locale(language)
    except (UnknownLocaleError, ValueError):
        locale = Locale(language)
    pattern = str(locale.date_formats["short"].pattern).lower()
    order = "".join(sorted("dmy", key=pattern.find))
    mark = next((char for char in pattern if char in "/.-"), "/")
    return Form(order, mark, locale.first_week_day)


def written(value: date, speech: Speech) -> str:
    """In figures, as a form holds it: 25/11/2026."""
    form = form_of(speech)
    parts = {"d": f"{value.day:02}", "m": f"{value.month:02}", "y": f"{value.year:04}"}
    return form.mark.join(parts[letter] for letter in form.order)


def pattern(speech: Speech) -> str:
    """What an empty field shows: dd/mm/aaaa."""
    form, letters = form_of(speech), _LETTERS.get(speech.language, _LETTERS["en"])
    return form.mark.join(letters[letter] for letter in form.order)


def distance(text: str) -> int | None:
    """Of a day told from today ("hoy", "tomorrow", "+7", "-30"): how many days from it; None for any other text."""
    word = text.strip().casefold()
    if _STEP.fullmatch(word):
        return int(word.replace("\u2212", "-"))
    return _WORDS.get(word)


def read(text: str, speech: Speech) -> date | None:
    """The day that a person means; None where it cannot be told.

    Known are days from today, ISO 8601, figures in the country's order with any mark or none (the year may miss or have two
    figures, the month too may miss), and months by their names in either language.
    """
    today = clock.today(speech.zone)
    away = distance(text)
    if away is not None:
        return _sound(today + timedelta(days=away))
    parts = [part for part in _PART.findall(text.casefold()) if part not in _SMALL]
    if not 1 <= len(parts) <= 3 or ":" in text:  # that would be a time
        return None
    names = [part for part in parts if not part.isascii() or not part.isdigit()]
    if names:
        return _named(names, [part for part in parts if part not in names], today)
    if len(parts) == 1 and len(parts[0]) > 2:
        parts = _cut(parts[0], form_of(speech).order)
    return _figures(parts, form_of(speech).order, today)


def _named(names: Sequence[str], figures: Sequence[str], today: date) -> date | None:
    """25 nov, Nov 25 2026, 25 de noviembre de 2026."""
    month = _MONTH_OF.get(names[0][:3]) if len(names) == 1 and len(names[0]) > 2 else None
    if month is None or not figures:
        return None
    year = figures[1] if len(figures) > 1 else str(today.year)
    return _day(year, str(month), figures[0], today)


def _cut(figures: str, order: str) -> list[str]:
    """Figures without a mark: 2511, 251126, 25112026."""
    if len(figures) == 4:
        return [figures[:2], figures[2:]]
    if len(figures) == 6:
        return [figures[:2], figures[2:4], figures[4:]]
    if len(figures) != 8:
        return [figures]
    if order[0] == "y":
        return [figures[:4], figures[4:6], figures[6:]]
    return [figures[:2], figures[2:4], figures[4:]]


def _figures(parts: Sequence[str], order: str, today: date) -> date | None:
    if len(parts) == 1:
        return _day(str(today.year), str(today.month), parts[0], today) if len(parts[0]) < 3 else None
    if len(parts[0]) == 4:
        order = "ymd"
    if len(parts) == 2:
        order = order.replace("y", "")
    if len(parts) != len(order):
        return None
    found = dict(zip(order, parts, strict=True))
    year = found.get("y", str(today.year))
    # 11/25 can only be meant one way, whatever the country's order
    return _day(year, found["m"], found["d"], today) or _day(year, found["d"], found["m"], today)


def _day(year: str, month: str, day: str, today: date) -> date | None:
    """A year of two figures lies between 80 years ago and 20 years ahead."""
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    with suppress(ValueError):
        century = 0 if len(year) == 4 else 1900 if int(year) > today.year % 100 + 20 else 2000
        return _sound(date(century + int(year), int(month), int(day)))
    return None


def _sound(day: date) -> date | None:
    return day if 1900 <= day.year <= 2999 else None
