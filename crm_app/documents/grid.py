"""The table of lines: how wide its columns are, its head, its rows, its groups and what is carried from page to page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, pairwise

from . import faces
from .faces import printable
from .flow import Edges, Piece
from .sheet import (
    ACCENT,
    BASE,
    BODY,
    BREADTH,
    GROUND,
    HEADING,
    LEFT,
    LINE,
    MARK,
    QUIET,
    RIGHT,
    SMALL,
    STRONG,
    Strokes,
    Style,
)
from .snapshot import ZERO, Choice, Line, Snapshot
from .wording import Wording, untorn

_GAP, _PAD = 3.5, 1.6
_LEAST = 44.0  # of the description; the columns around it are narrowed for it, in steps, to a part of what they may be
_NARROWER = (1.0, 0.9, 0.8, 0.72)
_HEAD, _CARRY, _GROUP = 7.5, 7.0, 8.5
_WHOLE, _ENDS = 10, 3  # rows of so many lines of text stay whole; of longer ones so many stay together at each end
_LEFT_OUT = replace(BODY, ink=QUIET)


@dataclass(frozen=True)
class Column:
    """Its title, what it says of a line, how wide it may become and whether its text wraps instead of growing smaller."""

    title: str
    says: Callable[[Line], str]
    most: float
    wraps: bool = False


@dataclass(frozen=True)
class _Placed:
    column: Column
    left: float
    right: float
    align: str = "right"

    @property
    def edge(self) -> float:
        return self.left if self.align == "left" else self.right


@dataclass(frozen=True)
class _Cell:
    edge: float
    align: str
    lines: Sequence[tuple[str, Style]]


class Grid:
    """The table of one document."""

    def __init__(self, snapshot: Snapshot, wording: Wording) -> None:
        self.snapshot = snapshot
        self.wording = wording
        for part in _NARROWER:
            self.codes, self.numbers = self._columns(part)
            taken = sum(column.right - column.left + _GAP for column in (*self.codes, *self.numbers))
            self.room = BREADTH - taken
            if self.room >= _LEAST:
                break
        self.text_left = LEFT + sum(column.right - column.left + _GAP for column in self.codes)

    def pieces(self, *, closed: bool) -> list[Piece]:
        """The head and all rows. `closed` says that something follows which the last row must not be left alone by."""
        found = [Piece(_HEAD, self._head, clings=True, listed=True)]
        for group, lines in groupby(self.snapshot.lines, key=lambda line: line.group):
            found += self._grouped(printable(group), list(lines))
        if closed:
            found[-1] = replace(found[-1], clings=True)
        return found

    def edges(self) -> Edges:
        """The head on each page and, where there are prices, the sum that is carried."""
        valued = self.snapshot.valued

        def foot(sheet: Strokes, y: float, carried: Decimal) -> None:
            if valued:
                self._sum(sheet, y, self.wording.say("Carried forward"), carried)

        def head(sheet: Strokes, y: float, carried: Decimal) -> None:
            self._head(sheet, y)
            if valued:
                self._sum(sheet, y + _HEAD, self.wording.say("Brought forward"), carried)
                sheet.rule(y + _HEAD + _CARRY)

        carry = _CARRY if valued else 0
        return Edges(carry, _HEAD + carry + 0.8, foot, head)

    # ---- columns

    def _columns(self, part: float) -> tuple[list[_Placed], list[_Placed]]:
        """Columns left of the description and right of it, each as wide as its widest text asks for, up to that part of the most."""
        lines, wording = self.snapshot.lines, self.wording
        codes = (
            [Column(wording.say("Code"), lambda line: line.code, 24, wraps=True)] if any(x.code for x in lines) else []
        )
        valued = self.snapshot.valued
        numbers = [
            Column(wording.say("Quantity"), self._quantity, 28 if valued else 64)
        ]  # alone it has room for any unit
        if valued:
            price = "Price with taxes" if self.snapshot.included else "Price"
            numbers.append(Column(wording.say(price), lambda line: wording.amount(line.price), 28))
            if any(line.discount for line in lines):
                numbers.append(Column(wording.say("Disc."), self._discount, 15))
            if any(line.tax for line in lines):
                numbers.append(Column(wording.say("Tax"), lambda line: untorn(line.tax), 21, wraps=True))
            numbers.append(Column(wording.say("Net"), lambda line: wording.amount(line.net), 32))
        left, right = LEFT, RIGHT
        placed: list[_Placed] = []
        for column in reversed(numbers):
            breadth = self._breadth(column, part)
            placed.insert(0, _Placed(column, right - breadth, right))
            right -= breadth + _GAP
        return [_Placed(column, left, left + self._breadth(column, part), "left") for column in codes], placed

    def _breadth(self, column: Column, part: float) -> float:
        texts = {printable(column.says(line)) for line in self.snapshot.lines}
        widest = max((BODY.width(text.replace("\n", " ")) for text in texts), default=0)
        title = HEADING.width(column.title)
        return min(max(column.most * part, title), max(widest, title)) + 0.1

    def _quantity(self, line: Line) -> str:
        return f"{self.wording.count(line.quantity)} {line.unit}".rstrip()

    def _discount(self, line: Line) -> str:
        return self.wording.percent(line.discount) if line.discount else ""

    # ---- what is drawn

    def _head(self, sheet: Strokes, y: float) -> None:
        for placed in self.codes:
            sheet.put(placed.edge, y + 1.6, placed.column.title, HEADING)
        sheet.put(self.text_left, y + 1.6, self.wording.say("Description"), HEADING)
        for placed in self.numbers:
            sheet.put(placed.edge, y + 1.6, placed.column.title, HEADING, align="right")
        sheet.rule(y + _HEAD, colour=ACCENT, width=0.35)

    def _sum(self, sheet: Strokes, y: float, label: str, amount: Decimal) -> None:
        """An amount below the column of nets, its label left of it and on the same line."""
        said = self.wording.amount(amount)
        right = RIGHT - max(STRONG.width(said), self._last) - _GAP
        label, _ = faces.fitted(label, SMALL.face, SMALL.size, right - LEFT, SMALL.size)
        sheet.put(right, y + 1.5 + (STRONG.lead - SMALL.lead) * BASE, label, SMALL, align="right")
        sheet.put(RIGHT, y + 1.5, said, STRONG, align="right")

    @property
    def _last(self) -> float:
        return self.numbers[-1].right - self.numbers[-1].left

    def _grouped(self, name: str, lines: Sequence[Line]) -> Iterator[Piece]:
        """Its title, its rows, its subtotal. The title stays with the first row, the subtotal with the last one."""
        if name:
            title = STRONG.wrapped(name, BREADTH - 4, 2)
            yield Piece(_GROUP + STRONG.lead * (len(title) - 1), self._titled(title), clings=True, listed=True)
        rows = [piece for line in lines for piece in self._row(line)]
        subtotal = bool(name) and self.snapshot.valued
        yield from rows[:-1]
        yield replace(rows[-1], clings=subtotal)
        if subtotal:
            yield self._subtotal(name, sum((line.net for line in lines if line.choice is Choice.FIRM), ZERO))

    def _titled(self, lines: Sequence[str]) -> Callable[[Strokes, float], None]:
        def draw(sheet: Strokes, y: float) -> None:
            sheet.ground(LEFT, y + 1.2, BREADTH, _GROUP - 1.6 + STRONG.lead * (len(lines) - 1), GROUND)
            for number, line in enumerate(lines):
                sheet.put(LEFT + 2, y + 2.4 + number * STRONG.lead, line, STRONG)

        return draw

    def _subtotal(self, name: str, amount: Decimal) -> Piece:
        label = f"{self.wording.say('Subtotal')} · {name}".replace("\n", " ")

        def draw(sheet: Strokes, y: float) -> None:
            self._sum(sheet, y, label, amount)
            sheet.rule(y + _GROUP)

        return Piece(_GROUP, draw, listed=True)

    # ---- a row

    def _row(self, line: Line) -> list[Piece]:
        """One piece, or several when the description is long. Numbers stand beside its first line and count there."""
        texts, beside = self._texts(line), self._cells(line)
        high = max(len(cell.lines) for cell in beside)
        first = max(_ENDS, 2 * high)
        ends = (
            [len(texts)]
            if len(texts) <= max(_WHOLE, first + _ENDS)
            else [*range(first, len(texts) - _ENDS + 1), len(texts)]
        )
        firm = line.choice is Choice.FIRM
        found = []
        for begin, end in pairwise([0, *ends]):
            cells = beside if begin == 0 else []
            height = max(sum(style.lead for _, style in texts[begin:end]), high * BODY.lead if begin == 0 else 0)
            height += (_PAD if begin == 0 else 0) + (_PAD if end == len(texts) else 0)
            draw = self._drawn(texts[begin:end], cells, _PAD if begin == 0 else 0, height if end == len(texts) else 0)
            found.append(Piece(height, draw, counts=line.net if firm and begin == 0 else ZERO, listed=True))
        return found

    def _texts(self, line: Line) -> list[tuple[str, Style]]:
        """The description: its first paragraph as the name, the others quieter, and how often and whether it counts."""
        name, *more = printable(line.description).strip("\n").split("\n")
        found = [(part, BODY) for part in BODY.wrapped(name, self.room)]
        for paragraph in more:
            found += [(part, SMALL) for part in SMALL.wrapped(paragraph, self.room) or [""]]
        if line.recurring and (often := printable(self.wording.recurring(line.recurring))):
            found += [(part, SMALL) for part in SMALL.wrapped(often, self.room, 2)]
        if line.choice is Choice.OPTIONAL:
            found += [(part, MARK) for part in MARK.wrapped(self._left_out("Optional"), self.room)]
        elif line.choice is Choice.ALTERNATIVE:
            found += [(part, MARK) for part in MARK.wrapped(self._left_out("Alternative"), self.room)]
        return found or [("", BODY)]

    def _left_out(self, text: str) -> str:
        said = self.wording.say(text)
        return f"{said} · {self.wording.say('not included in the total')}" if self.snapshot.valued else said

    def _cells(self, line: Line) -> list[_Cell]:
        """Everything but the description. A number is never cut: it becomes smaller, and its unit moves below it."""
        style = BODY if line.choice is Choice.FIRM else _LEFT_OUT
        found = []
        for placed in (*self.codes, *self.numbers):
            room = placed.right - placed.left
            said = printable(placed.column.says(line)).replace("\n", " ")
            if placed.column.wraps:
                parts = [(part, style.size) for part in style.wrapped(said, room, 4)]
            elif style.width(said) > room and " " in said:
                number, _, unit = said.partition(" ")
                parts = [
                    faces.fitted(number, style.face, style.size, room, 2),
                    faces.fitted(unit, style.face, style.size, room),
                ]
            else:
                parts = [faces.fitted(said, style.face, style.size, room, 2)]
            found.append(_Cell(placed.edge, placed.align, [(part, replace(style, size=size)) for part, size in parts]))
        return found

    def _drawn(
        self, texts: Sequence[tuple[str, Style]], cells: Sequence[_Cell], above: float, ruled: float
    ) -> Callable[[Strokes, float], None]:
        def put(sheet: Strokes, y: float, cell: _Cell) -> None:
            for number, (said, style) in enumerate(cell.lines):
                down = number * BODY.lead + (BODY.lead - style.lead) * BASE  # all stand on one line
                sheet.put(cell.edge, y + above + down, said, style, align=cell.align)

        def draw(sheet: Strokes, y: float) -> None:
            """In the order in which one reads, for those who hear the page or copy from it."""
            for cell in cells[: len(self.codes)]:
                put(sheet, y, cell)
            down = y + above
            for said, style in texts:
                sheet.put(self.text_left, down, said, style)
                down += style.lead
            for cell in cells[len(self.codes) :]:
                put(sheet, y, cell)
            if ruled:
                sheet.rule(y + ruled, colour=LINE)

        return draw
