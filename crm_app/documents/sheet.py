"""A sheet of paper to draw on: A4, in mm from the upper left corner. Colours, sizes and the few strokes that are used."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Protocol

from fpdf import FPDF
from fpdf.enums import ResourceAccessPolicy
from fpdf.prefs import ViewerPreferences
from PIL import Image

from . import faces

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT = 18.0, 192.0
TOP, BOTTOM = 16.0, 278.5  # of what flows; the foot stands below
BREADTH = RIGHT - LEFT
_LOGO_PIXELS, _LOGO_SIDE = 40_000_000, 720

PEN, PEN_WIDTH = (0x1F, 0x2A, 0x6B), 0.45
EDGE, CORNER = 0.25, 1.4  # mm: how wide a border is, and how round
BASE = 0.74  # of a line's height: where its letters stand

Colour = tuple[int, int, int]
INK, QUIET, FAINT = (0x1A, 0x1E, 0x26), (0x54, 0x5C, 0x6A), (0x86, 0x8E, 0x9C)
ACCENT, LINE, GHOST = (0x4C, 0x47, 0xBF), (0xE0, 0xE4, 0xE9), (0xEC, 0xEE, 0xF2)
LATE = (0xB1, 0x22, 0x22)
GROUND, TINT = (0xF7, 0xF8, 0xFA), (0xEF, 0xEF, 0xFE)


@dataclass(frozen=True)
class Style:
    """Points, colour and face ("" or "B") of a text."""

    size: float
    ink: Colour = INK
    face: str = ""

    @property
    def lead(self) -> float:
        """From one line to the next, in mm."""
        return self.size * faces.POINT * 1.42

    def width(self, text: str) -> float:
        """In mm."""
        return faces.width(text, self.face, self.size)

    def wrapped(self, text: str, room: float, most: int = 0) -> list[str]:
        """In lines of that width, not more than `most` when it is given. Empty for an empty text."""
        lines = faces.wrapped(text, self.face, self.size, room) if text else []
        return faces.clipped(lines, most) if most else lines


BODY, STRONG = Style(9), Style(9, face="B")
SMALL, SMALL_INK, SMALL_STRONG = Style(8, QUIET), Style(8), Style(8, face="B")
LABEL = Style(7.5, QUIET)
HEADING = Style(7.5, QUIET, "B")
MARK = Style(7.5, ACCENT)


class Strokes(Protocol):
    """What the pages of a document are drawn with."""

    def add_page(self) -> None:
        """Go on with a new page."""

    def put(self, x: float, y: float, text: str, style: Style, *, align: str = "left") -> None:
        """A printable text on one line whose upper edge is at y; x is its left or its right end, or its middle."""

    def rule(
        self, y: float, left: float = LEFT, right: float = RIGHT, colour: Colour = LINE, width: float = 0.2
    ) -> None:
        """A line from left to right."""

    def post(self, x: float, upper: float, lower: float) -> None:
        """A line downwards."""

    def ground(self, x: float, y: float, w: float, h: float, colour: Colour = GROUND) -> None:
        """A coloured area with soft corners."""

    def frame(self, x: float, y: float, w: float, h: float) -> None:
        """A drawn border with soft corners."""

    def scrawl(self, points: Sequence[tuple[float, float]]) -> None:
        """A line by hand through these points."""

    def ghost(self, text: str) -> None:
        """A word across the whole page, below everything else."""

    def logo(self, image: Image.Image, x: float, y: float, w: float, h: float) -> None:
        """A picture."""


@dataclass(frozen=True)
class Imprint:
    """What a file says of itself. `identity` names the paper, `content` is all that it says, as JSON: both make the file's id."""

    title: str
    author: str
    language: str
    country: str
    day: date | None
    identity: str
    content: Mapping[str, Any]


class Sheet(FPDF):
    """The same as the pages of a PDF. Nothing of it comes from a clock, a file or an address."""

    def __init__(self, imprint: Imprint) -> None:
        super().__init__(format="A4", unit="mm")
        self.resource_access_policy = ResourceAccessPolicy.NONE
        self.fonts.update(faces.fonts())
        self.set_auto_page_break(False)
        self.set_title(imprint.title)
        self.viewer_preferences = ViewerPreferences(
            display_doc_title=True
        )  # as accessible files do: not the file's name
        self.set_author(faces.printable(imprint.author))
        self.set_lang(f"{imprint.language}-{imprint.country}" if imprint.country else imprint.language)
        day = imprint.day or date(2000, 1, 1)
        self.creation_date = datetime(day.year, day.month, day.day, tzinfo=UTC)
        self._imprint = imprint

    def file_id(self) -> str:
        """The document, and this content of it (ISO 32000-1, 14.4)."""
        told = self._imprint.identity, json.dumps(self._imprint.content, sort_keys=True)
        return "".join(f"<{hashlib.sha256(text.encode()).hexdigest()[:32].upper()}>" for text in told)

    def put(self, x: float, y: float, text: str, style: Style, *, align: str = "left") -> None:
        """As in Strokes."""
        if not text:
            return
        if align != "left":
            x -= style.width(text) / (1 if align == "right" else 2)
        self.set_text_color(*style.ink)
        for family, face, part in faces.runs(text, style.face):
            if family + face not in self.fonts:
                self.fonts[family + face] = faces.font(family, face)
            self.set_font(family, face, style.size)
            self.text(x, y + style.lead * BASE, part)
            x += faces.width(part, style.face, style.size)

    def rule(
        self, y: float, left: float = LEFT, right: float = RIGHT, colour: Colour = LINE, width: float = 0.2
    ) -> None:
        """As in Strokes."""
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(left, y, right, y)

    def post(self, x: float, upper: float, lower: float) -> None:
        """As in Strokes."""
        self.set_draw_color(*LINE)
        self.set_line_width(EDGE)
        self.line(x, upper, x, lower)

    def ground(self, x: float, y: float, w: float, h: float, colour: Colour = GROUND) -> None:
        """As in Strokes."""
        self.set_fill_color(*colour)
        self.rect(x, y, w, h, style="F", round_corners=True, corner_radius=min(CORNER, h / 2))

    def frame(self, x: float, y: float, w: float, h: float) -> None:
        """As in Strokes."""
        self.set_draw_color(*LINE)
        self.set_line_width(EDGE)
        self.rect(x, y, w, h, round_corners=True, corner_radius=CORNER)

    def logo(self, image: Image.Image, x: float, y: float, w: float, h: float) -> None:
        """As in Strokes."""
        self.image(image, x, y, w, h)

    def scrawl(self, points: Sequence[tuple[float, float]]) -> None:
        """As in Strokes."""
        self.set_draw_color(*PEN)
        self.set_line_width(PEN_WIDTH)
        self.set_dash_pattern()
        with self.local_context(stroke_cap_style="round", stroke_join_style="round"):
            self.polyline([*points, points[-1]])

    def ghost(self, text: str) -> None:
        """As in Strokes."""
        style = ghostly(text)
        with self.rotation(45, WIDTH / 2, HEIGHT / 2):
            self.put(WIDTH / 2, HEIGHT / 2 - style.lead / 2, text, style, align="middle")


def ghostly(text: str) -> Style:
    """How a word is written that fills a page from corner to corner."""
    return Style(min(110, 110 * 190 / Style(110, face="B").width(text)), GHOST, "B")


@lru_cache(maxsize=8)
def picture(content: bytes) -> Image.Image | None:
    """A logo, not larger than paper shows; None for what is no picture or has too many pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as opened:
            if opened.width * opened.height > _LOGO_PIXELS:
                return None
            found = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    found.thumbnail((_LOGO_SIDE, _LOGO_SIDE))
    return found
