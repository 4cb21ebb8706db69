"""What stands in a workbook, read back."""

import io
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree as ET

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of(content: bytes) -> list[list[object]]:
    """The rows of the first sheet: text, Decimal (days too, as their numbers), or None."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
    return [_cells(row) for row in sheet.iter(f"{_SHEET}row")]


def _cells(row: ET.Element) -> list[object]:
    found: list[object] = []
    for cell in row.iter(f"{_SHEET}c"):
        place = 0
        for letter in re.match("[A-Z]+", cell.get("r", ""))[0]:  # type: ignore[index]
            place = place * 26 + ord(letter) - 64
        found += [None] * (place - 1 - len(found))
        value = cell.find(f"{_SHEET}v")
        text = "".join(part.text or "" for part in cell.iter(f"{_SHEET}t"))
        found.append(Decimal(value.text or "0") if value is not None else text or None)
    return found
