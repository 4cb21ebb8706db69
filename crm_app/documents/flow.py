"""Pieces that follow one another down the pages, and where the pages end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .sheet import BOTTOM, LEFT, Strokes, Style
from .snapshot import ZERO

Draw = Callable[[Strokes, float], None]


@dataclass(frozen=True)
class Piece:
    """What is never torn: its height in mm and how it is drawn from an upper edge on.

    `clings` keeps it on the page of the next piece. `counts` is what it adds to the amount that is carried forward;
    `listed` says that it is a part of the table of lines.
    """

    height: float
    draw: Draw
    clings: bool = False
    counts: Decimal = ZERO
    listed: bool = False


@dataclass(frozen=True)
class Edges:
    """What stands at the edges of a page inside the table: under its lines, and above those of the next page."""

    foot_height: float
    head_height: float
    foot: Callable[[Strokes, float, Decimal], None]
    head: Callable[[Strokes, float, Decimal], None]


@dataclass
class Page:
    """Pieces and their upper edges."""

    placed: list[tuple[float, Draw]] = field(default_factory=list)


def paginate(pieces: Sequence[Piece], first: float, following: float, edges: Edges) -> list[Page]:
    """Place the pieces: the first page begins at `first`, the others at `following` (mm from the top).

    Pieces that cling stay together as long as one page holds them. A page that ends inside the table carries its sum.
    """
    return _Places(first, following, edges).all_of(pieces)


class _Places:
    def __init__(self, first: float, following: float, edges: Edges) -> None:
        self.pages = [Page()]
        self.y = first
        self.following = following
        self.edges = edges
        self.carried = ZERO
        self.listing = False  # the last piece placed is a line of the table

    def all_of(self, pieces: Sequence[Piece]) -> list[Page]:
        for chain, ends in _chains(pieces):
            height = sum(piece.height for piece in chain) + (0 if ends else self._foot(chain[-1]))
            if height <= BOTTOM - self._top(chain[0]):
                self._turn_for(chain[0], height)
                self._place(*chain)
                continue
            for piece in chain:  # more than a page
                self._turn_for(piece, piece.height + self._foot(piece))
                self._place(piece)
        return self.pages

    def _foot(self, piece: Piece) -> float:
        return self.edges.foot_height if piece.listed else 0

    def _top(self, piece: Piece) -> float:
        """Where it would begin on the next page."""
        return self.following + (self.edges.head_height if piece.listed and self.listing else 0)

    def _turn_for(self, piece: Piece, height: float) -> None:
        """The next page if there is no such room on this one; between two lines of the table with the sum so far on both."""
        top = self._top(piece)
        if self.y + height <= BOTTOM or self.y <= top:
            return
        carried, inside = self.carried, self.listing and piece.listed
        if inside:
            self.pages[-1].placed.append((self.y, lambda sheet, y: self.edges.foot(sheet, y, carried)))
        self.pages.append(Page())
        if inside:
            self.pages[-1].placed.append((self.following, lambda sheet, y: self.edges.head(sheet, y, carried)))
        self.y = top

    def _place(self, *pieces: Piece) -> None:
        for piece in pieces:
            self.pages[-1].placed.append((self.y, piece.draw))
            self.y += piece.height
            self.carried += piece.counts
            self.listing = piece.listed


def _chains(pieces: Sequence[Piece]) -> Iterator[tuple[list[Piece], bool]]:
    """Pieces that belong together, and whether the table has ended with them."""
    chain: list[Piece] = []
    for number, piece in enumerate(pieces):
        chain.append(piece)
        if not piece.clings or number == len(pieces) - 1:
            yield chain, not any(later.listed for later in pieces[number + 1 : number + 2])
            chain = []


def space(height: float) -> Piece:
    """Nothing, so high."""
    return Piece(height, lambda sheet, y: None, clings=True)


def stacked(pieces: Sequence[Piece]) -> Piece:
    """Several as one."""

    def draw(sheet: Strokes, y: float) -> None:
        for piece in pieces:
            piece.draw(sheet, y)
            y += piece.height

    return Piece(sum(piece.height for piece in pieces), draw)


def beside(left: Sequence[Piece], right: Sequence[Piece], most: float) -> list[Piece]:
    """Two columns as one piece; where that would be higher than `most`, the right one first and then the left one."""
    columns = stacked(left), stacked(right)
    height = max(column.height for column in columns)
    if height > most:
        return [*right, space(4), *left]

    def draw(sheet: Strokes, y: float) -> None:
        for column in columns:
            column.draw(sheet, y)

    return [Piece(height, draw)]


def text(lines: Sequence[str], style: Style, x: float = LEFT) -> list[Piece]:
    """A text's lines; neither its first two nor its last two are torn apart."""

    def piece(number: int, line: str) -> Piece:
        clings = number == 0 or number == len(lines) - 2
        return Piece(style.lead, lambda sheet, y: sheet.put(x, y, line, style), clings=clings and len(lines) > 1)

    return [piece(number, line) for number, line in enumerate(lines)]
