"""What every field kind has, and the error of a value that is none."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from .i18n import Message, Speech
from .plain import is_monstrous

COMPARE = ("eq", "ne", "in", "lt", "le", "gt", "ge", "between", "empty")
TEXT = ("contains", "starts", "eq", "ne", "in", "lt", "le", "gt", "ge", "between", "empty")
WRITTEN = ("contains", "starts", "eq", "ne", "in", "empty")  # texts that nobody goes through in order
EQUAL = ("eq", "ne", "in", "empty")
MAX_ID = 2**63 - 1
PLAIN = Speech("en")


class BadValue(Exception):
    """The input is not a value of this kind; `message` says what to do."""

    def __init__(self, text: str, **args: object) -> None:
        super().__init__(text)
        self.message = Message(text, **args)


@dataclass(frozen=True)
class Kind:
    """Base of all kinds. `widget` names the input a page draws, `align` where a column stands."""

    widget: ClassVar[str] = "text"
    align: ClassVar[str] = "left"
    operators: ClassVar[tuple[str, ...]] = EQUAL

    def parse(self, raw: object, speech: Speech = PLAIN) -> Any:
        """The stored value, None for nothing given. Raises BadValue."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """The value as plain text: a CSV cell, a search word. The same in every language."""
        return "" if value is None else str(value)

    def edit(self, value: Any, speech: Speech) -> str:
        """The value as the text that a person edits in a form."""
        return self.write(value)

    def show(self, value: Any, speech: Speech) -> str:
        """The value as a reader sees it."""
        return self.write(value)

    def json(self, value: Any) -> Any:
        """The value as the API gives it."""
        return value


def text_of(raw: object) -> str:
    """What was given as text. Raises BadValue for what is none."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal) or is_monstrous(raw):
        raise BadValue("This must be text.")
    return str(raw)


def word_of(raw: object) -> str:
    """A whole number or a text as text without spaces at its ends; "?", which no kind takes, for anything else."""
    known = isinstance(raw, str | int) and not isinstance(raw, bool) and not is_monstrous(raw)
    return str(raw).strip() if known else "?"
