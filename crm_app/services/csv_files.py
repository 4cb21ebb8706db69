"""What a file or pasted rows of a spreadsheet say, before anybody asks what it means: text, rows, days, the decimal mark."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Day
from crm_app.core.i18n import Message

MOST = 300_000  # lines
KEPT = 100  # refused lines that are named
Row = tuple[int, list[str]]
FEW_CELLS = Message("This line has fewer cells than the first.")


@dataclass(frozen=True)
class Refused:
    """A line that cannot be taken."""

    line: int
    why: Message


@dataclass
class Refusals:
    """`refused` holds the first of the lines that cannot be taken, with why; `wrong` counts them all."""

    refused: list[Refused] = field(default_factory=list)
    wrong: int = 0

    def refuse(self, line: int, why: Message) -> None:
        """The line cannot be taken."""
        self.wrong += 1
        if len(self.refused) < KEPT:
            self.refused.append(Refused(line, why))

    def check(self) -> None:
        """Raises Invalid that names the lines, where there are any."""
        if self.wrong:
            faults: dict[str, Message] = {f"line {one.line}": one.why for one in self.refused}
            raise Invalid(faults, Message("Lines to correct: {count}. Nothing was saved.", count=self.wrong))


def text_of(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else what Windows writes. Raises Invalid for what is no text."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    if "\x00" in text or text.startswith(("PK\x03\x04", "%PDF")):
        raise Invalid({"file": Message("This is no text file. Save it as CSV.")})
    return text


def rows_of(text: str) -> Iterator[Row]:
    """(line, cells) of every line that is not empty. Raises Invalid at a line that is no CSV."""
    first = text.lstrip().split("\n", 1)[0]
    mark = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Invalid({"file": Message("Line {line} cannot be read.", line=reader.line_num)}) from None
        if reader.line_num > MOST:
            raise Invalid({"file": Message("The file has more than {count} lines. Take a part of it.", count=MOST)})
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [cell.strip() for cell in cells]


def places_of(names: Sequence[str], known: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each column is, by the folded names that it may have, the first of them that is there; -1 where none is."""
    return {key: next((names.index(one) for one in words if one in names), -1) for key, words in known.items()}


def decimal_mark(texts: Sequence[str]) -> str:
    """The decimal mark of a column: the comma where one stands last in a number, with other than three digits after it."""
    commas = [text for text in texts if "," in text and text.rfind(",") > text.rfind(".")]
    grouped = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
    return "," if any(not grouped.fullmatch(text) for text in commas) else "."


class Dates:
    """Days of one file: ISO 8601, 23/11/2026 and the like, 23 November 2026. Month first only where the file shows that it must."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        pairs = [_parts(text) for text in texts]
        self._month_first = any(pair and pair[1] > 12 for pair in pairs) and not any(
            pair and pair[0] > 12 for pair in pairs
        )
        self.fault = Message("Write a date as year-month-day, such as 2026-11-23.")

    def read(self, text: str) -> date | None:
        """The day, None for no date from 1900 to 2999."""
        parts = _parts(text)
        found: date | None = None
        if parts:
            day, month = (parts[1], parts[0]) if self._month_first else parts[:2]
            with suppress(ValueError):
                found = date(parts[2], month, day)
        elif re.fullmatch(r"\d{1,2} [A-Za-z]{3,9} \d{4}", text, re.ASCII):
            with suppress(ValueError):
                found = datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone
        try:
            return Day().parse(found or text)
        except BadValue:
            return None


def _parts(text: str) -> tuple[int, int, int] | None:
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text, re.ASCII)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None
