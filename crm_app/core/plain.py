"""Text and numbers as strangers send them, made plain enough to be stored and computed with."""

import re
from typing import TypeGuard


def storable(text: str) -> str:
    """The text without what no database takes: NUL and lone surrogates."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def plain_number(text: str, decimal: str, *, typed: bool = False) -> str:
    """A number as people write it whose decimal mark is `decimal`, as Decimal reads it: 1.234,56 and 1,234.56 both become 1234.56.

    "?", which is no number, for what nobody writes so.

    The separator that comes last is the decimal one. A lone separator groups when exactly three digits follow and it is not
    their decimal mark; but a point that no hand has `typed` is the decimal one, as programs write it. What groups must do it
    in threes: "12.34.56" is no number.
    """
    comma, point = text.rfind(","), text.rfind(".")
    if "_" in text:  # Decimal would take it
        return "?"
    if comma >= 0 and point >= 0:
        group, mark = (".", ",") if comma > point else (",", ".")
        whole, _, decimals = text.rpartition(mark)
        return f"{_ungrouped(whole, group)}.{decimals}"
    mark = "," if comma >= 0 else "."
    groups = mark != decimal and (mark == "," or (typed and not text.startswith("0")))
    if text.count(mark) > 1 or (groups and _ungrouped(text, mark) != "?"):
        return _ungrouped(text, mark)
    return text.replace(",", ".")


def _ungrouped(text: str, mark: str) -> str:
    grouped = re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(mark)}\d{{3}})+", text, re.ASCII)
    return text.replace(mark, "") if grouped else "?"


def is_id(raw: object) -> TypeGuard[int]:
    """True for what may be the number of a record; databases take no larger one."""
    return isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < 2**63


def is_monstrous(raw: object) -> bool:
    """Python itself refuses to write a whole number of thousands of digits."""
    return isinstance(raw, int) and raw.bit_length() > 200
