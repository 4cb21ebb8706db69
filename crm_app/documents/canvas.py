"""The strokes of a paper as values, so that a screen can draw the page while it is written: the same layout as the PDF's."""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from . import faces, scripts
from .sheet import BASE, CORNER, EDGE, GROUND, HEIGHT, LEFT, LINE, PEN, PEN_WIDTH, RIGHT, WIDTH, Colour, Style, ghostly

Marks = list[list[Any]]  # of one page, in the order in which they lie on it; mm from its upper left corner


class Canvas:
    """Keeps what is drawn. A mark is a list that begins with its kind:

    "text", x, y (of the base line), size, width (all mm), weight, colour, text, turn (degrees around the page's middle)
    "line", x, y, x, y, width, colour
    "area", x, y, w, h, corner, colour of the ground or "", colour of the border or "", width of the border
    "scrawl", points as "x,y x,y", colour, width
    "image", x, y, w, h, address of the logo as it was given
    """

    def __init__(self, logo: str = "") -> None:
        self.pages: list[Marks] = []
        self._logo = logo

    def add_page(self) -> None:
        """As in Strokes."""
        self.pages.append([])

    def put(self, x: float, y: float, text: str, style: Style, *, align: str = "left") -> None:
        """As in Strokes."""
        self._write(x, y, text, style, align, 0)

    def rule(
        self, y: float, left: float = LEFT, right: float = RIGHT, colour: Colour = LINE, width: float = 0.2
    ) -> None:
        """As in Strokes."""
        self.pages[-1].append(["line", *_mm(left, y, right, y, width), _colour(colour)])

    def post(self, x: float, upper: float, lower: float) -> None:
        """As in Strokes."""
        self.pages[-1].append(["line", *_mm(x, upper, x, lower, EDGE), _colour(LINE)])

    def ground(self, x: float, y: float, w: float, h: float, colour: Colour = GROUND) -> None:
        """As in Strokes."""
        self.pages[-1].append(["area", *_mm(x, y, w, h, min(CORNER, h / 2)), _colour(colour), "", 0])

    def frame(self, x: float, y: float, w: float, h: float) -> None:
        """As in Strokes."""
        self.pages[-1].append(["area", *_mm(x, y, w, h, CORNER), "", _colour(LINE), EDGE])

    def logo(self, image: Image.Image, x: float, y: float, w: float, h: float) -> None:
        """As in Strokes."""
        self.pages[-1].append(["image", *_mm(x, y, w, h), self._logo])

    def scrawl(self, points: Sequence[tuple[float, float]]) -> None:
        """As in Strokes."""
        path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        self.pages[-1].append(["scrawl", path, _colour(PEN), PEN_WIDTH])

    def ghost(self, text: str) -> None:
        """As in Strokes."""
        style = ghostly(text)
        self._write(WIDTH / 2, HEIGHT / 2 - style.lead / 2, text, style, "middle", -45)

    def _write(self, x: float, y: float, text: str, style: Style, align: str, turn: int) -> None:
        if not text:
            return
        width = style.width(text)
        if align != "left":
            x -= width / (1 if align == "right" else 2)
        place = _mm(x, y + style.lead * BASE, style.size * faces.POINT, width)
        self.pages[-1].append(
            ["text", *place, 600 if style.face else 400, _colour(style.ink), scripts.ordered(text), turn]
        )


def _mm(*lengths: float) -> list[float]:
    return [round(length, 3) for length in lengths]


def _colour(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
