"""The faces of the paper, read once per process: widths, line breaking, and the small fonts that a file embeds.

Two are the house's own; what they lack is written in the first of the others that has it, read when such a character is met.

fpdf2 would parse and cut a font for every document, which is two thirds of a page's time. Here the tables are kept as
bytes; what a document embeds are the same tables with the outlines of the glyphs it uses and no others, glyph numbers
unchanged. Each family's licence lies beside it.
"""

import struct
import unicodedata
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from fontTools.ttLib import TTFont
from fontTools.ttLib.sfnt import SFNTWriter
from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont

from . import scripts

FAMILY = "inter"
FILES = {"": "Inter-Regular.ttf", "B": "Inter-SemiBold.ttf"}
# Who helps out, first to last; a family without a bold face is never bold.
_OTHERS = {
    "dejavu": {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"},
    "emoji": {"": "NotoEmoji.ttf"},
    "droid": {"": "DroidSansFallback.ttf"},
}
_FAMILIES = {FAMILY: FILES, **_OTHERS}
_FONTS = [(family, style) for family, files in _FAMILIES.items() for style in files]
POINT = 25.4 / 72  # mm
_FOLDER = Path(__file__).with_name("fonts")
_KEPT = ("head", "hhea", "maxp", "cvt ", "fpgm", "prep")  # a PDF asks for these, glyf, loca and hmtx (ISO 32000-1, 9.9)
_UNKNOWN = "?"
_COMPONENT, _MORE = 10, 0x20  # where a compound glyph's parts begin, and the flag that another one follows
_WORDS, _SCALE, _SCALES, _MATRIX = 0x1, 0x8, 0x40, 0x80


class Face:
    """A face as it was read. `widths` are by character, in thousandths of the size."""

    def __init__(self, family: str, style: str) -> None:
        self.read = TTFFont(FPDF(), _FOLDER / _FAMILIES[family][style], family + style, style)
        font = self.read.ttfont
        self.tables: dict[str, bytes] = {
            tag: font.reader[tag] for tag in (*_KEPT, "hmtx", "glyf") if tag in font.reader
        }
        self.places: list[int] = list(font["loca"].locations)
        self.full: int = font["hhea"].numberOfHMetrics
        self.order: list[str] = font.getGlyphOrder()
        self.ids = {name: number for number, name in enumerate(self.order)}
        self.widths: dict[str, int] = {chr(code): int(self.read.cw[code]) for code in self.read.cmap}

    def outline(self, number: int) -> bytes:
        """The glyph as it stands in the table glyf."""
        return self.tables["glyf"][self.places[number] : self.places[number + 1]]

    def with_parts(self, numbers: Iterable[int]) -> set[int]:
        """Those glyphs and the ones that they are put together from."""
        found: set[int] = set()
        left = list(numbers)
        while left:
            number = left.pop()
            if number not in found:
                found.add(number)
                left += _parts(self.outline(number))
        return found


def _parts(outline: bytes) -> list[int]:
    """The glyphs that a compound glyph is made of (OpenType 1.9, glyf: composite glyph description)."""
    found: list[int] = []
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return found
    at, flags = _COMPONENT, _MORE
    while flags & _MORE:
        flags, number = struct.unpack_from(">HH", outline, at)
        found.append(number)
        scale = 2 if flags & _SCALE else 4 if flags & _SCALES else 8 if flags & _MATRIX else 0
        at += 4 + (4 if flags & _WORDS else 2) + scale
    return found


@cache
def face(style: str, family: str = FAMILY) -> Face:
    """The face of that style, "" or "B", or the plain one of a family that has no other."""
    return Face(family, style) if style in _FAMILIES[family] else face("", family)


def _family(char: str) -> str:
    """The first family that has the character, "" if none has it."""
    return next((family for family in _FAMILIES if char in face("", family).widths), "")


class _Widths(dict[str, int]):
    """Printable character to its width in thousandths of the size; of one that the house's face lacks when it is first met."""

    def __init__(self, style: str) -> None:
        super().__init__(face(style).widths)
        self._style = style

    def __missing__(self, char: str) -> int:
        self[char] = found = face(self._style, _family(char)).widths[char]
        return found


@cache
def _widths(style: str) -> _Widths:
    return _Widths(style)


class _Program(TTFont):  # type: ignore[misc]  # fontTools is not typed
    """What fpdf2 cuts and saves: nothing but names of glyphs to the one, the finished subset to the other."""

    def __init__(self, whole: Face, used: SubsetMap) -> None:
        super().__init__(recalcTimestamp=False)
        self.setGlyphOrder(whole.order)
        self._whole = whole
        self._used = used

    def getGlyphID(self, glyphName: str) -> int:  # noqa: N802, N803 - fontTools names it
        return self._whole.ids[glyphName]

    def save(self, file: BinaryIO, reorderTables: bool | None = True) -> None:  # noqa: N803 - fontTools names it
        whole = self._whole
        numbers = whole.with_parts({0, *(whole.ids[name] for name in self._used.get_all_glyph_names())})
        outlines = [whole.outline(number) if number in numbers else b"" for number in range(len(whole.order))]
        places = [0]
        for outline in outlines:
            places.append(places[-1] + len(outline))
        tables = {tag: table for tag, table in whole.tables.items() if tag in _KEPT}
        head = bytearray(tables["head"])
        head[50:52] = b"\0\1"  # indexToLocFormat: four bytes each
        tables |= {"head": bytes(head), "glyf": b"".join(outlines), "hmtx": _metrics(whole, numbers)}
        tables["loca"] = struct.pack(f">{len(places)}L", *places)
        writer = SFNTWriter(file, len(tables), "\0\1\0\0")
        for tag in sorted(tables):
            writer[tag] = tables[tag]
        writer.close()


def _metrics(whole: Face, numbers: set[int]) -> bytes:
    """The widths of these glyphs; the others have none, which packs to nothing."""
    table = whole.tables["hmtx"]
    cut = bytearray(len(table))
    for number in numbers:
        at, size = (number * 4, 4) if number < whole.full else (whole.full * 4 + (number - whole.full) * 2, 2)
        cut[at : at + size] = table[at : at + size]
    if whole.full <= max(numbers):  # the last full entry is the width of all that follow
        cut[whole.full * 4 - 4 : whole.full * 4] = table[whole.full * 4 - 4 : whole.full * 4]
    return bytes(cut)


class _Copy(TTFFont):
    """A face for one document: what was read is shared, what fpdf2 writes into is its own."""

    __slots__ = ()

    def __init__(self, whole: Face, number: int) -> None:
        for name in TTFFont.__slots__:
            if hasattr(whole.read, name):
                setattr(self, name, getattr(whole.read, name))
        self.i = number
        self.desc = copy(whole.read.desc)
        self.missing_glyphs = []
        self.subset = SubsetMap(self)
        self.ttfont = _Program(whole, self.subset)


def fonts() -> dict[str, Any]:
    """The house's own faces as `FPDF.fonts` holds them, for one document."""
    return {FAMILY + style: font(FAMILY, style) for style in FILES}


def font(family: str, style: str) -> TTFFont:
    """That face as `FPDF.fonts` holds it under family + style, for one document."""
    return _Copy(face(style, family), _FONTS.index((family, style)) + 1)


def runs(text: str, style: str) -> list[tuple[str, str, str]]:
    """A printable text on one line as it is drawn, from left to right, in parts of one face each: its family, its style, the part."""
    if text.isascii() or face(style).widths.keys() >= set(text):
        return [(FAMILY, style, text)]
    parts = groupby(scripts.visual(text), key=_family)
    return [(family, style if style in _FAMILIES[family] else "", "".join(part)) for family, part in parts]


def width(text: str, style: str, size: float) -> float:
    """How wide a printable text is in mm, `size` in points."""
    widths = _widths(style)
    return sum([widths[char] for char in text]) * size * POINT / 1000


class _Letters(dict[int, str]):
    """Character to what is printed for it, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _printed(chr(code))
        return found


def _printed(char: str) -> str:
    """Itself where a face has it, else its plain form (ﬁ, 𝐀, １), else "?". What has no ink of its own is left out."""
    category = unicodedata.category(char)
    if char == "\N{SOFT HYPHEN}" or category in ("Cc", "Cf", "Mn", "Me") or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return ""
    if _family(char):
        return char
    plain = unicodedata.normalize("NFKD", char)
    if category != "Cs" and plain != char and all(map(_family, plain)):
        return plain
    return " " if category == "Zs" else _UNKNOWN


_LETTERS = _Letters({ord("\t"): "    ", **{ord(char): "\n" for char in "\n\v\f\x85\u2028\u2029"}})


def printable(text: str) -> str:
    """The text in characters that both faces have; line ends are "\\n", other control characters are gone."""
    if text.isascii() and text.isprintable():
        return text
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join([_LETTERS[ord(char)] for char in scripts.joined(whole)])


def unprinted(text: str) -> str:
    """The characters of which the paper would show nothing but "?", each once."""
    whole = dict.fromkeys(unicodedata.normalize("NFC", text))
    return "".join(char for char in whole if char != _UNKNOWN and _LETTERS[ord(char)] == _UNKNOWN)


def wrapped(text: str, style: str, size: float, room: float) -> list[str]:
    """A printable text in lines that are at most `room` mm wide: broken at spaces, and inside a word that is wider."""
    limit = room * 1000 / POINT / size
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _paragraph(paragraph.rstrip(" "), _widths(style), limit)
    return lines


def _paragraph(text: str, widths: Mapping[str, int], limit: float) -> list[str]:
    lines: list[str] = []
    line, used, space = "", 0.0, widths[" "]
    for number, word in enumerate(text.split(" ")):
        wide = sum([widths[char] for char in word])
        if number and used + space + wide <= limit:
            line, used = f"{line} {word}", used + space + wide
            continue
        if number:
            lines.append(line)
        *full, line = _torn(word, widths, limit) if wide > limit else [word]
        lines += full
        used = sum([widths[char] for char in line])
    return [*lines, line]


def _torn(word: str, widths: Mapping[str, int], limit: float) -> list[str]:
    parts, used = [""], 0.0
    for char in word:
        if used + widths[char] > limit and parts[-1]:
            parts.append("")
            used = 0
        parts[-1] += char
        used += widths[char]
    return parts


def clipped(lines: list[str], most: int) -> list[str]:
    """Not more than so many lines; the last one says that more is missing."""
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-1].rstrip()}…"]


def fitted(text: str, style: str, size: float, room: float, least: float = 6) -> tuple[str, float]:
    """The text and the size in which it fits on one line: smaller down to `least`, then cut short."""
    wide = width(text, style, size)
    if wide <= room:
        return text, size
    smaller = max(least, size * room / wide)
    if width(text, style, smaller) > room + 0.01:
        limit = (room - width("…", style, smaller)) * 1000 / POINT / smaller
        text = f"{_torn(text, _widths(style), limit)[0].rstrip()}…"
    return text, smaller
