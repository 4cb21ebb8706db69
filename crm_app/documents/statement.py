"""The statement of account as a PDF: all movements between two days, or what of them is open. The same value, the same bytes."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from crm_app.core.i18n import Speech

from . import faces
from .closing import bank_account
from .faces import printable
from .flow import Draw, Edges, Piece, space, text
from .letterhead import Letterhead
from .sheet import (
    ACCENT,
    BASE,
    BODY,
    BREADTH,
    GROUND,
    HEADING,
    LATE,
    LEFT,
    QUIET,
    RIGHT,
    SMALL,
    STRONG,
    TINT,
    Imprint,
    Sheet,
    Strokes,
    Style,
)
from .snapshot import ZERO, Party
from .wording import Wording

_HEAD, _ROW, _SUM, _TITLED = 7.5, 6.2, 7.0, 9.5
_DAY, _NUMBER, _MONEY = 21.0, 29.0, 21.0  # how wide the columns are; what is left is for the kind of document
_GAP = 2.5


@dataclass(frozen=True)
class Row:
    """A movement, or an open item. `text` is its kind in English words of ours; `amount` is what it adds to what the customer
    owes, `balance` what is owed after it or what is open of it; `overdue` is in days.
    """

    day: dt.date
    text: str
    number: str
    due: dt.date | None
    amount: Decimal
    balance: Decimal
    overdue: int = 0


@dataclass(frozen=True)
class Age:
    """What of a sum is so old."""

    title: str
    amount: Decimal


@dataclass(frozen=True)
class Part:
    """One currency. Of open items `opening` is nothing and `closing` their sum; `ages` tell how old it is."""

    currency: str
    opening: Decimal
    closing: Decimal
    rows: tuple[Row, ...]
    ages: tuple[Age, ...] = ()


@dataclass(frozen=True)
class Statement:
    """What one customer owes. Without a first day it holds the open items at the end of the last one."""

    language: str
    country: str
    issuer: Party
    customer: Party
    begin: dt.date | None
    end: dt.date
    parts: tuple[Part, ...]


def draw(said: Statement, *, logo: bytes | None = None) -> bytes:
    """A PDF of A4 pages in the customer's language. `logo` as in pdf.draw."""
    wording = Wording(Speech(said.language, said.country), "", said.issuer.country)
    title = wording.say("Open items") if said.begin is None else wording.say("Statement of account")
    imprint = Imprint(
        title=f"{title} {said.customer.name} {said.end.isoformat()}",
        author=said.issuer.legal_name or said.issuer.name,
        language=said.language,
        country=said.country,
        day=said.end,
        identity=f"statement {said.issuer.tax_id} {said.customer.tax_id} {said.begin} {said.end}",
        content=_plain(asdict(said)),
    )
    sheet = Sheet(imprint)
    paper = Letterhead(sheet, wording, said.issuer, title, wording.day(said.end), logo)
    table = _Table(said, wording)
    paper.fill(table.pieces(), paper.begin(_facts(said, wording), said.customer), table.edges())
    return bytes(sheet.output())


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case tuple() | list():
            return [_plain(part) for part in value]
        case None | int() | str():
            return value
    return str(value)


def _facts(said: Statement, wording: Wording) -> list[tuple[str, str]]:
    """Of which days it is, and what is owed at the end of them."""
    found = [(wording.say("From"), wording.day(said.begin)), (wording.say("To"), wording.day(said.end))]
    if said.begin is None:
        found = [(wording.say("At the end of"), wording.day(said.end))]
    owed = [wording.cash(part.closing, part.currency) for part in said.parts]
    return [*found, (wording.say("Balance"), " · ".join(owed))]


class _Table:
    """The rows of all currencies, one under the other, with the balance carried from page to page."""

    def __init__(self, said: Statement, wording: Wording) -> None:
        self.said = said
        self.wording = wording
        self.open_only = said.begin is None
        say = wording.say
        self.titles = [say("Charges"), say("Credits"), say("Balance")]
        if self.open_only:
            self.titles = [say("Days overdue"), say("Amount"), say("Outstanding")]
        self.rights = [RIGHT - (_MONEY + _GAP) * place for place in (2, 1, 0)]
        self.due = self.rights[0] - _MONEY - _GAP
        self.number = LEFT + _DAY + _GAP
        self.what = self.number + _NUMBER + _GAP
        self.currency = ""  # of the rows that are being drawn: pages are drawn from above to below

    def pieces(self) -> list[Piece]:
        """All of it, in the order of the page."""
        if not self.said.parts:
            nothing = "Nothing is open" if self.open_only else "No movements"
            return text([self.wording.say(nothing)], BODY)
        found: list[Piece] = []
        carried = ZERO
        for number, part in enumerate(self.said.parts):
            found += [space(5)] if number else []
            found += self._part(part, carried)
            carried = part.opening + sum((self._counts(row) for row in part.rows), ZERO)
        if any(part.closing > 0 for part in self.said.parts):
            found += [space(6), *bank_account(self.said.issuer, self.wording)]
        return found

    def edges(self) -> Edges:
        """The head on each page, and the balance that is carried."""

        def foot(sheet: Strokes, y: float, carried: Decimal) -> None:
            self._sum(sheet, y, self.wording.say("Carried forward"), carried)

        def head(sheet: Strokes, y: float, carried: Decimal) -> None:
            self._head(sheet, y)
            self._sum(sheet, y + _HEAD, self.wording.say("Brought forward"), carried)
            sheet.rule(y + _HEAD + _SUM)

        return Edges(_SUM, _HEAD + _SUM + 0.8, foot, head)

    def _part(self, part: Part, carried: Decimal) -> Iterator[Piece]:
        """Its currency, its head, its rows and its sum; what is carried begins anew with each."""
        yield Piece(_TITLED, lambda sheet, y: self._titled(sheet, y, part.currency), clings=True)
        begins = part.opening - carried
        yield Piece(_HEAD, self._head, clings=True, counts=begins, listed=True)
        if not self.open_only:
            yield self._edge(self.wording.say("Opening balance"), part.opening, part.currency)
        for place, row in enumerate(part.rows, 1):
            clings = place == len(part.rows)
            yield Piece(_ROW, self._line(row, part), clings=clings, counts=self._counts(row), listed=True)
        label = self.wording.say("Sum" if self.open_only else "Closing balance")
        closing = self._closing(label, self.wording.cash(part.closing, part.currency))
        yield replace(closing, clings=bool(part.ages))
        if part.ages:
            yield space(2)
            yield self._ages(part)

    def _counts(self, row: Row) -> Decimal:
        return row.balance if self.open_only else row.amount

    # ---- what is drawn

    def _titled(self, sheet: Strokes, y: float, currency: str) -> None:
        self.currency = currency
        name = self.wording.speech.locale.currencies.get(currency, currency)
        sheet.put(LEFT, y + 2.2, f"{currency} · {name}" if name != currency else currency, STRONG)

    def _head(self, sheet: Strokes, y: float) -> None:
        say = self.wording.say
        for x, title in ((LEFT, say("Date")), (self.number, say("Number")), (self.what, say("Document"))):
            sheet.put(x, y + 1.6, title, HEADING)
        sheet.put(self.due, y + 1.6, say("Due"), HEADING, align="right")
        for right, title in zip(self.rights, self.titles, strict=True):
            said, size = faces.fitted(title, HEADING.face, HEADING.size, _MONEY, 5)
            sheet.put(right, y + 1.6, said, replace(HEADING, size=size), align="right")
        sheet.rule(y + _HEAD, colour=ACCENT, width=0.35)

    def _line(self, row: Row, part: Part) -> Draw:
        wording, currency = self.wording, part.currency

        def written(value: Decimal) -> str:
            return wording.amount(value, currency)

        if self.open_only:
            figures = [
                wording.count(Decimal(row.overdue)) if row.overdue else "",
                written(row.amount),
                written(row.balance),
            ]
        else:
            figures = [
                written(row.amount) if row.amount > 0 else "",
                written(-row.amount) if row.amount < 0 else "",
                written(row.balance),
            ]
        late = replace(BODY, ink=LATE) if row.overdue else BODY

        def draw_row(sheet: Strokes, y: float) -> None:
            down = y + (_ROW - BODY.lead) / 2
            sheet.put(LEFT, down, wording.day(row.day), BODY)
            self._fit(sheet, self.number, down, row.number, _NUMBER, 2)  # who pays has to find it: it is never cut
            self._fit(sheet, self.what, down, wording.say(row.text), self.due - _DAY - self.what - _GAP, 6)
            sheet.put(self.due, down, wording.day(row.due), late, align="right")
            for place, (right, figure) in enumerate(zip(self.rights, figures, strict=True)):
                said, size = faces.fitted(figure, "", BODY.size, _MONEY, 2)
                style = late if self.open_only and place == 0 else BODY
                sheet.put(
                    right, down + (BODY.lead - Style(size).lead) * BASE, said, replace(style, size=size), align="right"
                )
            sheet.rule(y + _ROW)

        return draw_row

    def _fit(self, sheet: Strokes, x: float, y: float, said: str, room: float, least: float) -> None:
        """A text that becomes smaller, down to so many points, before it is cut."""
        fitted, size = faces.fitted(printable(said).replace("\n", " "), BODY.face, BODY.size, room, least)
        sheet.put(x, y + (BODY.lead - Style(size).lead) * BASE, fitted, replace(BODY, size=size))

    def _edge(self, label: str, amount: Decimal, currency: str) -> Piece:
        def draw_edge(sheet: Strokes, y: float) -> None:
            down = y + (_ROW - BODY.lead) / 2
            sheet.put(LEFT, down, label, replace(BODY, ink=QUIET))
            sheet.put(RIGHT, down, self.wording.amount(amount, currency), BODY, align="right")
            sheet.rule(y + _ROW)

        return Piece(_ROW, draw_edge, clings=True, listed=True)

    def _sum(self, sheet: Strokes, y: float, label: str, amount: Decimal) -> None:
        said = self.wording.amount(amount, self.currency)
        right = RIGHT - max(STRONG.width(said), _MONEY) - _GAP
        sheet.put(right, y + 1.5 + (STRONG.lead - SMALL.lead) * BASE, label, SMALL, align="right")
        sheet.put(RIGHT, y + 1.5, said, STRONG, align="right")

    def _closing(self, label: str, said: str) -> Piece:
        def draw_sum(sheet: Strokes, y: float) -> None:
            sheet.ground(LEFT, y + 0.8, BREADTH, _SUM, TINT)
            down = y + 0.8 + (_SUM - STRONG.lead) / 2
            sheet.put(LEFT + 2, down, label, STRONG)
            sheet.put(RIGHT - 2, down, said, STRONG, align="right")

        return Piece(_SUM + 1.4, draw_sum, listed=True)

    def _ages(self, part: Part) -> Piece:
        """What of the sum is how old: a title above each amount."""
        room = BREADTH / len(part.ages)

        def draw_ages(sheet: Strokes, y: float) -> None:
            sheet.ground(LEFT, y, BREADTH, 11.5, GROUND)
            for place, age in enumerate(part.ages):
                right = LEFT + room * (place + 1) - 2.5
                for down, said, style in (
                    (1.6, self.wording.say(age.title), HEADING),
                    (6.0, self.wording.amount(age.amount, part.currency), BODY),
                ):
                    fitted, size = faces.fitted(said, style.face, style.size, room - 4, 2)
                    sheet.put(right, y + down, fitted, replace(style, size=size), align="right")

        return Piece(11.5, draw_ages)
