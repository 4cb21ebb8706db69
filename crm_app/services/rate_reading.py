"""What a file of exchange rates says, line by line, as what one unit of each currency is worth in the company's.

Two shapes: a rate a line under a head of names (date, currency, rate, in English or Spanish), and the European Central Bank's
`eurofxref-hist.csv` (days down, currencies across, each cell what one euro buys of it).
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Currency, fold
from crm_app.core.i18n import Message
from crm_app.core.money import quantize
from crm_app.core.plain import plain_number

from .csv_files import FEW_CELLS, MOST, Dates, Refusals, Row, decimal_mark, places_of, rows_of, text_of

_PLACES, _DIGITS, _LARGEST = 8, 40, Decimal(10) ** 10
_EURO = "EUR"
_HEADS = {
    "date": ("date", "day", "fecha", "dia"),
    "currency": ("currency", "code", "moneda", "divisa", "codigo"),
    "rate": ("rate", "exchange rate", "value", "tasa", "cambio", "tipo", "tipo de cambio", "valor"),
}
_BLANK = ("", "n/a", "na", "-", "null")


@dataclass(frozen=True)
class Quoted:
    """A rate of the file: one unit of the currency in the company's, and the line that says so."""

    line: int
    currency: str
    day: date
    rate: Decimal


@dataclass
class Reading(Refusals):
    """What a file says. `text` tells how it was understood, `blank` counts what has no rate, `others` names currencies left out."""

    text: Message = field(kw_only=True)
    rates: dict[tuple[str, date], Quoted] = field(default_factory=dict)
    blank: int = 0
    others: tuple[str, ...] = ()

    def add(self, line: int, currency: str, day: date, rate: Decimal) -> None:
        """A rate as it stands in the file, rounded to what is kept. Twice the same is once; twice another is refused."""
        value = quantize(rate, _PLACES) if rate < _LARGEST else rate
        if not 0 < value < _LARGEST:
            self.refuse(line, Message("A rate of {currency} lies outside of what can be kept.", currency=currency))
            return
        there = self.rates.setdefault((currency, day), Quoted(line, currency, day, value))
        if there.rate != value:
            self.refuse(
                line,
                Message("Line {line} has another rate of {currency} on that day.", line=there.line, currency=currency),
            )
        if len(self.rates) > MOST:
            raise Invalid({"file": Message("The file has more than {count} rates. Take a part of it.", count=MOST)})


def read(
    content: bytes, own: str, traded: Sequence[str], *, since: date | None = None, inverse: bool = False
) -> Reading:
    """What the file says of the time since that day. Of a file that has a column for each currency only those `traded` count.

    `inverse`: its rates are how much of each currency one unit of the company's buys. Raises Invalid for what is no such file.
    """
    rows = rows_of(text_of(content))
    head = next(rows, None)
    if head is None:
        raise Invalid({"file": Message("The file is empty.")})
    names = [fold(cell) for cell in head[1]]
    codes = [cell.strip().upper() for cell in head[1][1:]]
    while codes and not codes[-1]:
        codes.pop()
    if names[0] in _HEADS["date"] and len(codes) > 1 and all(re.fullmatch(r"[A-Z]{3}", code) for code in codes):
        return _across(rows, codes, own, traded, since)
    return _down(head, rows, names, own, since, inverse=inverse)


# ---- days down, currencies across


def _across(rows: Iterator[Row], codes: list[str], own: str, traded: Sequence[str], since: date | None) -> Reading:
    """1 EUR = x: turned round where the company keeps its books in euros, else crossed through the euro."""
    if _EURO in codes or len(set(codes)) != len(codes):
        raise Invalid(
            {"file": Message("A file with a column for each currency says what one euro buys of each, once.")}
        )
    if own != _EURO and own not in codes:
        raise Invalid({"file": Message("The file has no column for {currency}, the company's currency.", currency=own)})
    crossed = Message(
        "1 EUR = x in the file. Crossed through the euro: one unit of a currency in {currency}.", currency=own
    )
    turned = Message("1 EUR = x in the file. Turned round: one unit of a currency in EUR.")
    reading = Reading(text=turned if own == _EURO else crossed)
    wanted = [code for code in codes if code in traded and code != own]
    reading.others = tuple(sorted(set(codes) - set(wanted) - {own}))
    dates = Dates()
    for line, cells in rows:
        day = dates.read(cells[0])
        if day is None:
            reading.refuse(line, dates.fault)
        elif len(cells) > len(codes) + 2 or any(cells[len(codes) + 1 :]):
            reading.refuse(line, Message("This line has more cells than the first."))
        elif since is None or day >= since:
            _line_across(reading, line, day, dict(zip(codes, cells[1:], strict=False)), (own, wanted))
    return reading


def _line_across(reading: Reading, line: int, day: date, cells: dict[str, str], which: tuple[str, list[str]]) -> None:
    own, wanted = which
    mine = Decimal(1) if own == _EURO else _rate(reading, line, own, cells.get(own, ""), ".")
    if own != _EURO and mine is not None:
        reading.add(line, _EURO, day, mine)
    for code in wanted:
        theirs = _rate(reading, line, code, cells.get(code, ""), ".") if mine is not None else None
        if theirs is None or mine is None:
            reading.blank += 1
        else:
            reading.add(line, code, day, mine / theirs)


def _rate(reading: Reading, line: int, currency: str, text: str, mark: str) -> Decimal | None:
    """The number in the cell; None for a blank one, and for one that is refused."""
    if text.lower() in _BLANK:
        return None
    with suppress(InvalidOperation):
        value = Decimal(plain_number(text[:60], mark, typed=mark == ","))
        if value.is_finite() and value > 0 and len(text) <= _DIGITS:
            return value
    reading.refuse(line, Message("{value} is no rate of {currency}.", value=text[:_DIGITS], currency=currency))
    return None


# ---- a rate a line


def _down(head: Row, rows: Iterator[Row], names: list[str], own: str, since: date | None, *, inverse: bool) -> Reading:
    places = places_of(names, _HEADS)
    lines = list(rows)
    if -1 in places.values():
        if len(names) != 3 or Dates().read(head[1][0]) is None:
            raise Invalid({"file": Message("The first line must name the columns: date, currency, rate.")})
        places, lines = {"date": 0, "currency": 1, "rate": 2}, [head, *lines]
    worth = Message("Read as: one unit of a currency is worth x {currency}.", currency=own)
    buys = Message("Read as: 1 {currency} = x units of a currency. Turned round.", currency=own)
    reading = Reading(text=buys if inverse else worth)
    at, dates = places["rate"], Dates([cells[places["date"]] for _, cells in lines if len(cells) > places["date"]])
    mark = decimal_mark([cells[at] for _, cells in lines if len(cells) > at])
    for line, cells in lines:
        if len(cells) <= max(places.values()):
            reading.refuse(line, FEW_CELLS)
            continue
        day = dates.read(cells[places["date"]])
        if day is None:
            reading.refuse(line, dates.fault)
        elif since is None or day >= since:
            _line_down(reading, line, day, cells[places["currency"]], cells[at], (own, mark, inverse))
    return reading


def _line_down(reading: Reading, line: int, day: date, code: str, text: str, how: tuple[str, str, bool]) -> None:
    own, mark, inverse = how
    try:
        currency = Currency().parse(code) or ""
    except BadValue as bad:
        reading.refuse(line, bad.message)
        return
    if not currency:
        reading.refuse(line, Message("Write a currency's three-letter code, such as EUR."))
        return
    if text.lower() in _BLANK:
        reading.blank += 1
        return
    rate = _rate(reading, line, currency, text, mark)
    if rate is None:
        return
    if currency != own:
        reading.add(line, currency, day, 1 / rate if inverse else rate)
    elif rate == 1:
        reading.blank += 1
    else:
        reading.refuse(line, Message("This is the company's own currency."))
