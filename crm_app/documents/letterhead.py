"""What every paper of the company has: its head on the first page and the following ones, whom it is for, its foot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crm_app.core.i18n import Message

from . import faces
from .faces import printable
from .flow import Edges, Page, Piece, paginate
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
    Strokes,
    Style,
    picture,
)
from .snapshot import Party
from .wording import Wording

_TITLE, _NUMBER, _NAME = Style(22, face="B"), Style(11, ACCENT, "B"), Style(13, face="B")
_LEFT_ROOM, _RIGHT_ROOM = 92.0, 76.0
_LOGO = (60.0, 18.0)
_FOLLOWING = TOP + 10  # where a page after the first begins
_CELLS, _ROWS = 4, 3  # facts in a row, lines of one
_ROOM = BREADTH / _CELLS
_PARTY = 82.0
_NAME_ROWS = 6  # lines of a name or an address: as many as their fields hold


def fits(value: str) -> bool:
    """Whether all of it can stand among the facts."""
    return len(BODY.wrapped(printable(value), _ROOM - 6)) <= _ROWS


@dataclass(frozen=True)
class Letterhead:
    """One paper while it is drawn on a sheet. `number` stands below the title; a draft says so on every page."""

    sheet: Strokes
    wording: Wording
    issuer: Party
    title: str
    number: str = ""
    logo: bytes | None = None
    draft: bool = False

    def begin(self, facts: Sequence[tuple[str, str]], customer: Party, delivery: Party | None = None) -> float:
        """The first page: issuer, title, facts (label and value) and addresses. Where what follows begins."""
        self._add_page()
        y = max(self._issuer(TOP), self._titled(TOP)) + 6
        y = self._facts(facts, y) + 6
        ends = [self._party(self.wording.say("Customer"), replace(customer, phone=""), LEFT, y)]
        if delivery and delivery not in (Party(), customer):
            ends.append(self._party(self.wording.say("Delivery address"), delivery, RIGHT - _PARTY, y))
        return max(ends) + 5

    def fill(self, pieces: Sequence[Piece], begins: float, edges: Edges, most: int | None = None) -> int:
        """Everything that follows, in order, or the first `most` pages of it. How many pages there are."""
        pages = paginate(pieces, begins, _FOLLOWING, edges)
        for number, page in enumerate(pages[:most], 1):
            if number > 1:
                self._add_page()
                self._running_head()
            self._draw(page, number, len(pages))
        return len(pages)

    def _draw(self, page: Page, number: int, pages: int) -> None:
        for y, draw_piece in page.placed:
            draw_piece(self.sheet, y)
        name = printable(self.issuer.legal_name or self.issuer.name)
        line = " · ".join(part for part in (name, printable(self.issuer.tax_id), printable(self.issuer.web)) if part)
        said, size = faces.fitted(line.replace("\n", " "), "", LABEL.size, BREADTH - 40, LABEL.size)
        self.sheet.rule(HEIGHT - 15.5)
        self.sheet.put(LEFT, HEIGHT - 13.5, said, Style(size, LABEL.ink))
        count = self.wording.say(Message("Page {number} of {pages}", number=number, pages=pages))
        self.sheet.put(RIGHT, HEIGHT - 13.5, count, LABEL, align="right")

    def _add_page(self) -> None:
        self.sheet.add_page()
        if self.draft:
            self.sheet.ghost(self.wording.say("Draft").upper())

    # ---- heads

    def _running_head(self) -> None:
        name, size = faces.fitted(self._issuer_name(), "", SMALL.size, BREADTH / 2 - 4, SMALL.size)
        title = " ".join(part for part in (self.title, self.number) if part)
        self.sheet.put(LEFT, TOP - 2, name, Style(size, SMALL.ink))
        title, size = faces.fitted(title, "B", SMALL_STRONG.size, BREADTH / 2 - 4, SMALL_STRONG.size)
        self.sheet.put(RIGHT, TOP - 2, title, SMALL_STRONG, align="right")
        self.sheet.rule(TOP + 4)

    def _issuer_name(self) -> str:
        return printable(self.issuer.name or self.issuer.legal_name).replace("\n", " ")

    def _issuer(self, y: float) -> float:
        image = picture(self.logo) if self.logo else None
        if image is not None:
            scale = min(_LOGO[0] / image.width, _LOGO[1] / image.height)
            self.sheet.logo(image, LEFT, y, image.width * scale, image.height * scale)
            y += image.height * scale + 3
        name, size = faces.fitted(self._issuer_name(), "B", _NAME.size if image is None else 10, _LEFT_ROOM)
        self.sheet.put(LEFT, y, name, Style(size, face="B"))
        y += Style(size).lead + 0.8
        ways = " · ".join(part for part in (self.issuer.phone, self.issuer.email, self.issuer.web) if part)
        return self._lines([*self.wording.address(self.issuer), ways], LEFT, y, _LEFT_ROOM)

    def _titled(self, y: float) -> float:
        title, size = faces.fitted(self.title, "B", _TITLE.size, _RIGHT_ROOM)
        self.sheet.put(RIGHT, y - 2.5, title, Style(size, face="B"), align="right")
        y += _TITLE.lead - 2
        if self.number:
            number, size = faces.fitted(self.number, "B", _NUMBER.size, _RIGHT_ROOM)
            self.sheet.put(RIGHT, y, number, Style(size, ACCENT, "B"), align="right")
            y += _NUMBER.lead
        if self.draft:
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

    def _facts(self, given: Sequence[tuple[str, str]], y: float) -> float:
        """Label above value, four in a row, in one quiet box; what has no value is left out."""
        facts = [(label, printable(value).replace("\n", " ")) for label, value in given if value]
        rows = [facts[at : at + _CELLS] for at in range(0, len(facts), _CELLS)]
        wrapped = [[(label, BODY.wrapped(value, _ROOM - 6, _ROWS)) for label, value in row] for row in rows]
        heights = [max(len(lines) for _, lines in row) * BODY.lead + LABEL.lead for row in wrapped]
        self.sheet.ground(LEFT, y, BREADTH, sum(heights) + 3 * len(rows) + 1.6, GROUND)
        y += 2.2
        for row, height in zip(wrapped, heights, strict=True):
            for number, (label, lines) in enumerate(row):
                x = LEFT + 3 + number * _ROOM
                self.sheet.put(x, y, label, LABEL)
                for down, line in enumerate(lines):
                    self.sheet.put(x, y + LABEL.lead + 0.2 + down * BODY.lead, line, BODY)
            y += height + 3
        return y - 0.6

    # ---- addresses

    def _party(self, title: str, party: Party, x: float, y: float) -> float:
        self.sheet.put(x, y, title, HEADING)
        y += HEADING.lead + 0.8
        name = printable(party.name or party.legal_name).replace("\n", " ")
        for line in STRONG.wrapped(name, _PARTY, _NAME_ROWS):
            self.sheet.put(x, y, line, STRONG)
            y += STRONG.lead
        return self._lines([*self.wording.address(party), party.phone], x, y, _PARTY)

    def _lines(self, lines: Sequence[str], x: float, y: float, room: float) -> float:
        for given in lines:
            for line in SMALL.wrapped(printable(given).replace("\n", ", ").strip(), room, _NAME_ROWS):
                self.sheet.put(x, y, line, SMALL)
                y += SMALL.lead
        return y
