"""What a list shows: text, filters, sort, columns and page. One value for screen, URL, API, export and saved view."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlencode

from .errors import Invalid
from .fields import fold
from .i18n import Message
from .plain import storable

T = TypeVar("T")
OPERATORS = ("eq", "ne", "in", "lt", "le", "gt", "ge", "between", "contains", "starts", "empty")
NEGATIVE = ("false", "0", "no")  # of the operator "empty": not empty
MAX_SIZE = 500
PAGE_SIZE = 50
MAX_PAGE = 1_000_000
MAX_TEXT = 200
MAX_SORTS = 3
LEAST_WIDTH, MOST_WIDTH = 48, 1200  # of a column on the screen, in pixels
PARAMETERS = ("q", "sort", "columns", "widths", "page", "size")
_WIDTH = re.compile(r"([A-Za-z_]\w{0,59}):(\d{2,4})", re.ASCII)
_FILTER = re.compile(r"filter\[(\w{1,60})\](?:\[(\w{1,10})\])?")


@dataclass(frozen=True)
class Filter:
    """`field operator value`; `in` and `between` hold several values parted by commas (`parted`, `joined`)."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True)
class Query:
    """`sort` names up to three fields parted by commas, with a leading "-" for descending; "" is the Resource's own order.

    `columns` are the fields that a list or a file shows, in that order; none are the Resource's own. `widths` are pixels of columns
    that have another width on the screen than usual. `page` counts from 1.
    """

    text: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    page: int = 1
    size: int = PAGE_SIZE
    columns: tuple[str, ...] = ()
    widths: tuple[tuple[str, int], ...] = ()

    @classmethod
    def from_params(cls, params: Iterable[tuple[str, str]]) -> "Query":
        """Read a URL's query part as the contract has it. Raises Invalid, naming each bad parameter; those of others are ignored."""
        values: dict[str, str] = {}
        filters: list[Filter] = []
        errors: dict[str, Message] = {}
        for name, value in params:
            match = _FILTER.fullmatch(name)
            if match:
                operator = match[2] or "eq"
                if operator not in OPERATORS:
                    errors[name] = Message("Unknown operator. Use one of: {options}.", options=", ".join(OPERATORS))
                filters.append(Filter(match[1], operator, storable(value)))
            elif name.lower().startswith("filter"):
                errors[name] = Message("Write a filter as filter[field]=value or filter[field][operator]=value.")
            else:
                values[name] = value
        page = _whole(values, "page", 1, MAX_PAGE, errors)
        size = _whole(values, "size", PAGE_SIZE, MAX_SIZE, errors)
        if len(values.get("sort", "")) > MAX_TEXT:
            errors["sort"] = Message("Sort by at most {count} columns.", count=MAX_SORTS)
        if len(filters) > 20:
            errors["filter"] = Message("At most {count} filters.", count=20)
        if errors:
            raise Invalid(errors)
        text, sort = storable(values.get("q", ""))[:MAX_TEXT], storable(values.get("sort", ""))
        columns = tuple(
            dict.fromkeys(name for name in values.get("columns", "")[:2000].split(",") if name.isidentifier())
        )
        return cls(text, tuple(filters), sort, page, size, columns, widths_of(values.get("widths", "")))

    def params(self) -> list[tuple[str, str]]:
        """The URL's query part as names and values, defaults left out. A name may come twice: "contains" both."""
        found = [("q", self.text)] if self.text else []
        for part in self.filters:
            operator = "" if part.operator == "eq" else f"[{part.operator}]"
            found.append((f"filter[{part.field}]{operator}", part.value))
        if self.sort:
            found.append(("sort", self.sort))
        if self.columns:
            found.append(("columns", ",".join(self.columns)))
        if self.widths:
            found.append(("widths", written(self.widths)))
        if self.page != 1:
            found.append(("page", str(self.page)))
        if self.size != PAGE_SIZE:
            found.append(("size", str(self.size)))
        return found

    def url(self) -> str:
        """The query part, encoded, without "?". What UTF-8 cannot hold becomes a question mark."""
        return urlencode(self.params(), errors="replace")

    @property
    def sorts(self) -> tuple[str, ...]:
        """The fields it is sorted by, the first counts most."""
        return tuple(dict.fromkeys(name for name in self.sort.split(",") if name))

    def without(self, field: str, operator: str) -> "Query":
        """The same question without that filter, from the first page."""
        kept = tuple(part for part in self.filters if (part.field, part.operator) != (field, operator))
        return replace(self, filters=kept, page=1)

    def adding(self, part: Filter) -> "Query":
        """The same question with that filter in place of one on the same field and operator, from the first page."""
        return replace(
            self.without(part.field, part.operator), filters=(*self.without(part.field, part.operator).filters, part)
        )

    def replacing(self, place: int, part: Filter) -> "Query":
        """The same question with that filter in the place of the one that stands there, from the first page."""
        others = [None if (one.field, one.operator) == (part.field, part.operator) else one for one in self.filters]
        others[place] = part
        return replace(self, filters=tuple(one for one in others if one is not None), page=1)


def named(rows: Iterable[T], text: str, name_of: Callable[[T], str]) -> list[T]:
    """The rows whose names hold all the words, whatever their accents."""
    words = fold(text).split()
    return [row for row in rows if all(word in fold(name_of(row)) for word in words)] if words else list(rows)


def widths_of(value: str) -> tuple[tuple[str, int], ...]:
    """Columns and their pixels of "name:240,city:90"; what is not written so, or is out of bounds, is left out."""
    found = {match[1]: int(match[2]) for part in value[:2000].split(",") if (match := _WIDTH.fullmatch(part))}
    return tuple((name, width) for name, width in found.items() if LEAST_WIDTH <= width <= MOST_WIDTH)


def written(widths: Iterable[tuple[str, int]]) -> str:
    """Widths as `widths_of` reads them."""
    return ",".join(f"{name}:{width}" for name, width in widths)


def parted(value: str) -> list[str]:
    """The values of a filter that holds several. A comma inside one is led by a backslash, as a backslash is."""
    return [re.sub(r"\\([\\,])", r"\1", part) for part in re.findall(r"((?:\\[\\,]|[^,])*),", value + ",")]


def joined(values: Iterable[str]) -> str:
    """Several values as a filter holds them."""
    return ",".join(re.sub(r"([\\,])", r"\\\1", value) for value in values)


def _whole(values: Mapping[str, str], name: str, default: int, most: int, errors: dict[str, Message]) -> int:
    raw = values.get(name, "")
    if not raw:
        return default
    if not re.fullmatch(r"\d{1,9}", raw, re.ASCII) or not 1 <= int(raw) <= most:
        errors[name] = Message("Write a whole number from 1 to {most}.", most=most)
        return default
    return int(raw)
