"""The paper: a document as a PDF, from its snapshot and nothing else. The same snapshot gives the same bytes."""

from collections.abc import Sequence
from dataclasses import replace

from crm_app.core.i18n import Message

from . import faces
from .canvas import Canvas, Marks
from .closing import closing, long_origins, origins
from .faces import printable
from .flow import Page, paginate
from .grid import Grid
from .sheet import (
    ACCENT,
    BODY,
    BREADTH,
    GROUND,
    HEADING,
    HEIGHT,
    LABEL,
    LEFT,
    RIGHT,
    SMALL,
    SMALL_STRONG,
    STRONG,
    TOP,
    Sheet,
    Strokes,
    Style,
    picture,
)
from .snapshot import Kind, Party, Snapshot
from .wording import Wording

_TITLE, _NUMBER, _NAME = Style(22, face="B"), Style(11, ACCENT, "B"), Style(13, face="B")
_LEFT_ROOM, _RIGHT_ROOM = 92.0, 76.0
_LOGO = (60.0, 18.0)
_FOLLOWING = TOP + 10  # where a page after the first begins
_CELLS = 4  # facts in a row
_PARTY = 82.0


def draw(snapshot: Snapshot, *, logo: bytes | None = None) -> bytes:
    """A PDF of A4 pages, fonts embedded. `logo` is a PNG, JPEG, WebP or GIF; what is none of these is left out."""
    sheet = Sheet(snapshot, " ".join(_named(snapshot)).strip())
    _Paper(snapshot, logo, sheet).draw()
    return bytes(sheet.output())


def sketch(snapshot: Snapshot, *, logo: bytes | None = None, most: int | None = None) -> tuple[list[Marks], int]:
    """The same pages as marks for a screen (see canvas), `most` of them at most, and how many there are."""
    canvas = Canvas()
    count = _Paper(snapshot, logo, canvas).draw(most)
    return canvas.pages, count


def _named(snapshot: Snapshot) -> tuple[str, str]:
    """Its title and its number, "" without one."""
    return Wording.of(snapshot).title(snapshot.kind), printable(snapshot.number).replace("\n", " ")


class _Paper:
    def __init__(self, snapshot: Snapshot, logo: bytes | None, sheet: Strokes) -> None:
        self.snapshot = snapshot
        self.wording = Wording.of(snapshot)
        self.logo = logo
        self.title, self.number = _named(snapshot)
        self.sheet = sheet

    def draw(self, most: int | None = None) -> int:
        """The head decides where the lines begin, the lines where the pages end; then everything is drawn in order, or the first
        `most` pages of it. How many pages there are.
        """
        begins = self._first_page()
        grid = Grid(self.snapshot, self.wording)
        rest = closing(self.snapshot, self.wording)
        pieces = [*grid.pieces(closed=self.snapshot.valued or len(rest) == 2), *rest]
        pages = paginate(pieces, begins, _FOLLOWING, grid.edges())
        for number, page in enumerate(pages[:most], 1):
            if number > 1:
                self._add_page()
                self._running_head()
            self._draw(page, number, len(pages))
        return len(pages)

    def _draw(self, page: Page, number: int, pages: int) -> None:
        for y, draw_piece in page.placed:
            draw_piece(self.sheet, y)
        issuer = self.snapshot.issuer
        name = printable(issuer.legal_name or issuer.name)
        line = " · ".join(part for part in (name, printable(issuer.tax_id), printable(issuer.web)) if part)
        said, size = faces.fitted(line.replace("\n", " "), "", LABEL.size, BREADTH - 40, LABEL.size)
        self.sheet.rule(HEIGHT - 15.5)
        self.sheet.put(LEFT, HEIGHT - 13.5, said, Style(size, LABEL.ink))
        count = self.wording.say(Message("Page {number} of {pages}", number=number, pages=pages))
        self.sheet.put(RIGHT, HEIGHT - 13.5, count, LABEL, align="right")

    def _add_page(self) -> None:
        self.sheet.add_page()
        if self.snapshot.draft:
            self.sheet.ghost(self.wording.say("Draft").upper())

    # ---- heads

    def _running_head(self) -> None:
        name, size = faces.fitted(self._issuer_name(), "", SMALL.size, BREADTH / 2 - 4, SMALL.size)
        title = " ".join(part for part in (self.title, self.number) if part)
        self.sheet.put(LEFT, TOP - 2, name, Style(size, SMALL.ink))
        title, size = faces.fitted(title, "B", SMALL_STRONG.size, BREADTH / 2 - 4, SMALL_STRONG.size)
        self.sheet.put(RIGHT, TOP - 2, title, SMALL_STRONG, align="right")
        self.sheet.rule(TOP + 4)

    def _first_page(self) -> float:
        """Issuer, title, facts and addresses. Where what follows begins."""
        self._add_page()
        y = max(self._issuer(TOP), self._titled(TOP)) + 6
        y = self._facts(y) + 6
        return self._parties(y) + 5

    def _issuer_name(self) -> str:
        return printable(self.snapshot.issuer.name or self.snapshot.issuer.legal_name).replace("\n", " ")

    def _issuer(self, y: float) -> float:
        image = picture(self.logo) if self.logo else None
        if image is not None:
            scale = min(_LOGO[0] / image.width, _LOGO[1] / image.height)
            self.sheet.logo(image, LEFT, y, image.width * scale, image.height * scale)
            y += image.height * scale + 3
        name, size = faces.fitted(self._issuer_name(), "B", _NAME.size if image is None else 10, _LEFT_ROOM)
        self.sheet.put(LEFT, y, name, Style(size, face="B"))
        y += Style(size).lead + 0.8
        issuer = self.snapshot.issuer
        ways = " · ".join(part for part in (issuer.phone, issuer.email, issuer.web) if part)
        return self._lines([*self.wording.address(issuer), ways], LEFT, y, _LEFT_ROOM)

    def _titled(self, y: float) -> float:
        title, size = faces.fitted(self.title, "B", _TITLE.size, _RIGHT_ROOM)
        self.sheet.put(RIGHT, y - 2.5, title, Style(size, face="B"), align="right")
        y += _TITLE.lead - 2
        if self.number:
            number, size = faces.fitted(self.number, "B", _NUMBER.size, _RIGHT_ROOM)
            self.sheet.put(RIGHT, y, number, Style(size, ACCENT, "B"), align="right")
            y += _NUMBER.lead
        if self.snapshot.draft:
            y = self._stamp(y + 1.2)
        return y

    def _stamp(self, y: float) -> float:
        """The plain word, for those who do not see the large one behind the text."""
        word = self.wording.say("Draft").upper()
        breadth = HEADING.width(word) + 5
        self.sheet.ground(RIGHT - breadth, y, breadth, 5.4, ACCENT)
        self.sheet.put(RIGHT - 2.5, y + 0.85, word, Style(HEADING.size, (255, 255, 255), "B"), align="right")
        return y + 5.4

    # ---- facts

    def _facts(self, y: float) -> float:
        """Label above value, four in a row, in one quiet box."""
        facts = [(label, printable(value).replace("\n", " ")) for label, value in self._fact_list() if value]
        room = BREADTH / _CELLS
        rows = [facts[at : at + _CELLS] for at in range(0, len(facts), _CELLS)]
        wrapped = [[(label, BODY.wrapped(value, room - 6, 3)) for label, value in row] for row in rows]
        heights = [max(len(lines) for _, lines in row) * BODY.lead + LABEL.lead for row in wrapped]
        self.sheet.ground(LEFT, y, BREADTH, sum(heights) + 3 * len(rows) + 1.6, GROUND)
        y += 2.2
        for row, height in zip(wrapped, heights, strict=True):
            for number, (label, lines) in enumerate(row):
                x = LEFT + 3 + number * room
                self.sheet.put(x, y, label, LABEL)
                for down, line in enumerate(lines):
                    self.sheet.put(x, y + LABEL.lead + 0.2 + down * BODY.lead, line, BODY)
            y += height + 3
        return y - 0.6

    def _fact_list(self) -> list[tuple[str, str]]:
        said, say, day = self.snapshot, self.wording.say, self.wording.day
        found = [(say("Date"), day(said.date))]
        if said.kind is Kind.QUOTE:
            found.append((say("Valid until"), day(said.valid_until)))
        else:
            found += [(say("Due date"), day(said.due)), (say("Valid until"), day(said.valid_until))]
        if said.corrects and said.corrects.number:
            day_of = f" ({day(said.corrects.date)})" if said.corrects.date else ""
            found.append((say("Corrects"), said.corrects.number + day_of))
        found += [
            (say("Your reference"), said.reference),
            (say("Payment terms"), said.payment_terms),
            (say("Salesperson"), said.salesperson),
        ]
        moved = {line.partition(": ")[0] for line in long_origins(said, self.wording)}
        return [*found, *((title, numbers) for title, numbers in origins(said, self.wording) if title not in moved)]

    # ---- addresses

    def _parties(self, y: float) -> float:
        said = self.snapshot
        ends = [self._party(self.wording.say("Customer"), replace(said.customer, phone=""), LEFT, y)]
        if said.delivery_address and said.delivery_address not in (Party(), said.customer):
            ends.append(self._party(self.wording.say("Delivery address"), said.delivery_address, RIGHT - _PARTY, y))
        return max(ends)

    def _party(self, title: str, party: Party, x: float, y: float) -> float:
        self.sheet.put(x, y, title, HEADING)
        y += HEADING.lead + 0.8
        name = printable(party.name or party.legal_name).replace("\n", " ")
        for line in STRONG.wrapped(name, _PARTY, 3):
            self.sheet.put(x, y, line, STRONG)
            y += STRONG.lead
        return self._lines([*self.wording.address(party), party.phone], x, y, _PARTY)

    def _lines(self, lines: Sequence[str], x: float, y: float, room: float) -> float:
        for given in lines:
            for line in SMALL.wrapped(printable(given).replace("\n", ", ").strip(), room, 3):
                self.sheet.put(x, y, line, SMALL)
                y += SMALL.lead
        return y
