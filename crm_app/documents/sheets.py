"""Spreadsheets (XLSX): rows of values in, a file out. Written row by row, whatever its length in constant memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

ROWS = 1_048_575  # of one sheet, under its head
CELL = 32_767  # characters
_EXACT = 15  # digits that a spreadsheet's number holds
_WIDTHS = {"number": 14, "day": 12, "moment": 17, "text": 24}


@dataclass(frozen=True)
class Head:
    """A column: its title, and what is in it: "text", "number" (with so many decimals), "day" or "moment"."""

    title: str
    kind: str = "text"
    places: int = 0


def write(target: Path, name: str, heads: Sequence[Head], rows: Iterable[Sequence[Any]]) -> int:
    """Write a workbook; how many rows. Values are text, int, Decimal, date, naive datetime or None.

    A text is always a text, whatever it begins with: no formula, no link. A number of more digits than a spreadsheet keeps
    is written as text. What one sheet cannot hold goes on in the next. The head stays in place while one scrolls.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        formats = [_format(book, head) for head in heads]
        bold = book.add_format({"bold": True, "bottom": 1})
        total, line, sheet = 0, ROWS, None
        for row in rows:
            if line >= ROWS:
                sheet, line = _begin(book, name, heads, formats, bold), 0
            line += 1
            total += 1
            for column, value in enumerate(row):
                if value is not None and value != "":
                    _cell(sheet, line, column, value, formats[column])
        if sheet is None:
            _begin(book, name, heads, formats, bold)
    return total


def _format(book: Any, head: Head) -> Any:
    form = {
        "day": "yyyy-mm-dd",
        "moment": "yyyy-mm-dd hh:mm",
        "number": "#,##0" + ("." + "0" * head.places if head.places else ""),
    }
    return book.add_format({"num_format": form[head.kind]}) if head.kind in form else None


def _begin(book: Any, name: str, heads: Sequence[Head], formats: Sequence[Any], bold: Any) -> Any:
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet(_sheet_name(name) if number == 1 else f"{_sheet_name(name)[:25]} {number}")
    for column, head in enumerate(heads):
        sheet.set_column(column, column, max(_WIDTHS[head.kind], min(len(head.title) + 2, 40)), formats[column])
        sheet.write_string(0, column, head.title[:CELL], bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _sheet_name(name: str) -> str:
    """A sheet's name has at most 31 characters, some of which Excel does not take."""
    return "".join(" " if char in "[]:*?/\\'" else char for char in name)[:31].strip() or "1"


def _cell(sheet: Any, line: int, column: int, value: Any, form: Any) -> None:
    if isinstance(value, datetime | date):
        sheet.write_datetime(line, column, value, form)
    elif isinstance(value, int | Decimal) and _fits(value):
        sheet.write_number(line, column, float(value), form)
    else:
        sheet.write_string(line, column, str(value)[:CELL])


def _fits(value: int | Decimal) -> bool:
    return -(10**_EXACT) < value < 10**_EXACT and (
        isinstance(value, int) or len(value.normalize().as_tuple().digits) <= _EXACT
    )
