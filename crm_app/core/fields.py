"""Field kinds: how a value is read from a person or a program, checked, shown and filtered.

`parse` takes whatever a stranger sent and returns the value that is stored (None for nothing) or raises BadValue with the
sentence that belongs at the field. `write` is plain text, `edit` what a form holds, `show` what a reader sees, `json` what
the API gives.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, ClassVar

from .i18n import Speech
from .kind import COMPARE, EQUAL, MAX_ID, PLAIN, TEXT, WRITTEN, BadValue, Kind, text_of, word_of
from .quantities import Amount, Day, MomentKind, Number, Whole

__all__ = [
    "COMPARE", "Amount", "BadValue", "Boolean", "Choice", "Choices", "Computed", "Country", "Currency", "Day", "Email", "Kind", "LongText",
    "MomentKind", "Number", "Phone", "Reference", "Tags", "Text", "Whole", "countries", "fold",
]  # fmt: skip


@dataclass(frozen=True)
class Text(Kind):
    """One line of text, at most `size` characters, Unicode NFC, trimmed, without control characters.

    What `folds` is sorted and compared as `fold` has it; codes and addresses are compared to the letter.
    """

    size: int = 200
    folds: bool = True
    operators: ClassVar[tuple[str, ...]] = TEXT
    lines: ClassVar[bool] = False

    def parse(self, raw: object, speech: Speech = PLAIN) -> str | None:
        if raw is None:
            return None
        text = text_of(raw)
        if len(text) > self.size * 4:  # before any work is done on it; NFC may make it shorter
            raise BadValue("At most {size} characters.", size=self.size)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if len(text) > self.size:
            raise BadValue("At most {size} characters.", size=self.size)
        for char in text:
            category = unicodedata.category(char)
            if category in ("Cc", "Cs") and not (self.lines and char in "\n\t"):
                raise BadValue("It holds a character that cannot be stored. Type it again without it.")
        return self.check(text) if text else None

    def check(self, text: str) -> str:
        """Narrower kinds refuse or tidy the text here."""
        return text


@dataclass(frozen=True)
class LongText(Text):
    """Several lines of text."""

    size: int = 20_000
    widget: ClassVar[str] = "textarea"
    lines: ClassVar[bool] = True
    operators: ClassVar[tuple[str, ...]] = ("contains", "empty")


@dataclass(frozen=True)
class Email(Text):
    """One e-mail address. The domain is put in lower case, with `lower` the whole; RFC 5321 limits the length."""

    size: int = 254
    folds: bool = False
    lower: bool = False
    operators: ClassVar[tuple[str, ...]] = WRITTEN
    widget: ClassVar[str] = "email"
    _form: ClassVar[re.Pattern[str]] = re.compile(
        r"[^\s@<>,;:\"()\[\]\\]{1,64}@([^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}"
    )

    def check(self, text: str) -> str:
        name, _, domain = text.rpartition("@")
        address = f"{name.lower() if self.lower else name}@{domain.lower()}"
        if not self._form.fullmatch(address) or ".." in address:
            raise BadValue("Write an e-mail address such as name@example.com.")
        return address


@dataclass(frozen=True)
class Phone(Text):
    """A telephone number as people write it: digits with spaces, dots, hyphens, brackets, a leading + and an extension."""

    size: int = 40
    folds: bool = False
    operators: ClassVar[tuple[str, ...]] = WRITTEN
    widget: ClassVar[str] = "tel"
    _form: ClassVar[re.Pattern[str]] = re.compile(
        r"\+?[\d\s().\-/]{3,}(\s*(x|ext\.?)\s*\d{1,6})?", re.IGNORECASE | re.ASCII
    )

    def check(self, text: str) -> str:
        if not self._form.fullmatch(text) or sum(char.isdigit() for char in text) < 3:
            raise BadValue("Write a telephone number such as +34 600 123 456.")
        return text


@dataclass(frozen=True)
class Boolean(Kind):
    """Yes or no. `negative` is the English for a record that is not, where a list should say so ("Not active")."""

    negative: str = ""
    widget: ClassVar[str] = "checkbox"
    operators: ClassVar[tuple[str, ...]] = ("eq", "ne")
    _words: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("true", "1", "on", "yes", "y", "sí", "si", "s", "t"), True),
        **dict.fromkeys(("false", "0", "off", "no", "n", "f", ""), False),
    }

    def parse(self, raw: object, speech: Speech = PLAIN) -> bool | None:
        if raw is None or isinstance(raw, bool):
            return raw
        word = word_of(raw).lower()
        if word not in self._words:
            raise BadValue("Answer yes or no.")
        return self._words[word]

    def write(self, value: Any) -> str:
        return "true" if value else ""

    def show(self, value: Any, speech: Speech) -> str:
        return speech.say("Yes" if value else "No")


@dataclass(frozen=True)
class Choice(Kind):
    """One of a StrEnum's members. `labels` holds the English label of each. No form offers the `made`: only the program sets them."""

    options: type[StrEnum]
    labels: tuple[str, ...]
    made: tuple[StrEnum, ...] = ()
    widget: ClassVar[str] = "select"

    def pairs(self) -> list[tuple[str, str]]:
        """(value, English label) in order."""
        return [(member.value, label) for member, label in zip(self.options, self.labels, strict=True)]

    def label(self, value: str) -> str:
        """The English label of a value."""
        return self._labels.get(value, value)

    @cached_property
    def _labels(self) -> dict[str, str]:
        return dict(self.pairs())

    def _one(self, raw: object) -> str:
        word = raw.strip() if isinstance(raw, str) and len(raw) <= 100 else "?"
        values = [value for value, _ in self.pairs()]
        if word not in values:
            raise BadValue("Choose one of: {options}.", options=", ".join(values))
        return word

    def parse(self, raw: object, speech: Speech = PLAIN) -> Any:
        return None if raw is None or raw == "" else self._one(raw)

    def show(self, value: Any, speech: Speech) -> str:
        return speech.say(self.label(value)) if value else ""


@dataclass(frozen=True)
class Choices(Choice):
    """Any number of a StrEnum's members, kept in the enum's order. A form sends them joined by commas, the API as a list."""

    widget: ClassVar[str] = "checkboxes"
    operators: ClassVar[tuple[str, ...]] = ("eq", "in", "ne", "empty")

    def parse(self, raw: object, speech: Speech = PLAIN) -> Any:
        if raw is None:
            return None
        parts = raw.split(",") if isinstance(raw, str) and len(raw) <= 1000 else raw
        if not isinstance(parts, list | tuple) or len(parts) > 50:
            raise BadValue("Choose any of: {options}.", options=", ".join(value for value, _ in self.pairs()))
        chosen = {self._one(part) for part in parts if part != ""}
        return tuple(value for value, _ in self.pairs() if value in chosen)

    def write(self, value: Any) -> str:
        return ",".join(value or ())

    def show(self, value: Any, speech: Speech) -> str:
        return ", ".join(speech.say(self.label(part)) for part in value or ())

    def json(self, value: Any) -> Any:
        return list(value or ())


@dataclass(frozen=True)
class Computed(Choice):
    """What follows from other fields and stands in no column: it can be asked for, not set."""

    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in")


@dataclass(frozen=True)
class Reference(Kind):
    """Another record by its id; `resource` is that record's Resource name. Existence and permission are checked in services.

    `person` shows it with a face beside the name.
    """

    resource: str
    person: bool = False
    widget: ClassVar[str] = "reference"

    def parse(self, raw: object, speech: Speech = PLAIN) -> int | None:
        if raw is None or raw == "":
            return None
        text = word_of(raw)
        if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not 0 < int(text) <= MAX_ID:
            raise BadValue("Choose one from the list.")
        return int(text)


@dataclass(frozen=True)
class Itself(Reference):
    """The record's own id, by which a list is asked for those that one knows."""

    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in")


@dataclass(frozen=True)
class Tags(Kind):
    """Any number of short words, without order or case. A form sends them joined by commas, the API as a list."""

    widget: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = ("eq", "in", "ne", "empty")

    def parse(self, raw: object, speech: Speech = PLAIN) -> tuple[str, ...] | None:
        if raw is None:
            return None
        parts = raw.split(",") if isinstance(raw, str) and len(raw) <= 2000 else raw
        if not isinstance(parts, list | tuple) or len(parts) > 30:
            raise BadValue("At most {count} tags, separated by commas.", count=30)
        return tuple(sorted({word.lower() for part in parts if (word := self._word(part))}))

    def _word(self, raw: object) -> str | None:
        try:
            word = Text(40).parse(raw)
        except BadValue:
            raise BadValue("Each tag is a text of at most {size} characters.", size=40) from None
        if word and "," in word:
            raise BadValue("A tag holds no comma: it would be two.")
        return word

    def write(self, value: Any) -> str:
        return ", ".join(value or ())

    def json(self, value: Any) -> Any:
        return list(value or ())


@dataclass(frozen=True)
class Currency(Text):
    """ISO 4217 code."""

    size: int = 3
    folds: bool = False
    operators: ClassVar[tuple[str, ...]] = EQUAL

    def check(self, text: str) -> str:
        if not re.fullmatch(r"[A-Za-z]{3}", text, re.ASCII) or text.upper() not in PLAIN.locale.currencies:
            raise BadValue("Write a currency's three-letter code, such as EUR.")
        return text.upper()


@dataclass(frozen=True)
class Country(Text):
    """ISO 3166-1 alpha-2 code."""

    size: int = 2
    folds: bool = False
    operators: ClassVar[tuple[str, ...]] = EQUAL
    widget: ClassVar[str] = "country"

    def check(self, text: str) -> str:
        if not re.fullmatch(r"[A-Za-z]{2}", text, re.ASCII) or text.upper() not in countries():
            raise BadValue("Write a country's two-letter code, such as ES or CO.")
        return text.upper()

    def show(self, value: Any, speech: Speech) -> str:
        return str(speech.locale.territories.get(value, value)) if value else ""


@cache
def countries() -> tuple[str, ...]:
    """ISO 3166-1 alpha-2 codes, sorted, as CLDR names them."""
    codes = (code for code in map(str, PLAIN.locale.territories) if len(code) == 2 and code.isalpha())
    return tuple(sorted(set(codes) - {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}))


def fold(text: str) -> str:
    """Text for searching: without accents and case, words parted by single spaces. "José Núñez" becomes "jose nunez"."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = text.translate(_latin())
    return " ".join((plain if plain.isascii() else _folded(text)).split())


@cache
def _latin() -> dict[int, str]:
    """The letters of Europe's languages folded one by one: most texts hold no others, and are folded quickly so."""
    return {code: _folded(chr(code)) for code in range(0x250)}


def _folded(text: str) -> str:
    bare = "".join(
        [char for char in unicodedata.normalize("NFKD", text) if char < "\u0300" or not unicodedata.combining(char)]
    )
    return bare.casefold()
