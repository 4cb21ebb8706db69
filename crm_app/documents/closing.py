"""What follows the lines: totals, how to pay, notes and terms, room for a signature."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from crm_app.core.i18n import Message
from crm_app.core.money import round_money

from . import faces
from .faces import printable
from .flow import Piece, beside, space, text
from .letterhead import fits
from .sheet import (
    BASE,
    BODY,
    BREADTH,
    GROUND,
    HEADING,
    INK,
    LABEL,
    LEFT,
    RIGHT,
    SMALL,
    SMALL_INK,
    TINT,
    Colour,
    Strokes,
    Style,
)
from .snapshot import PAD_HEIGHT, PAD_WIDTH, Choice, Kind, Origin, Party, Signature, Snapshot, Tax
from .wording import NBSP, Wording

_RIGHT_LEFT = RIGHT - 88  # of the totals
_COLUMN = 76.0  # of what stands beside them
_BESIDE = 90.0  # the columns stand side by side up to this height
_STEP, _BAR = 5.4, 8.6
_LARGE = Style(11, INK, "B")
_SIGNATURE = 32.0
HANDED = (Kind.DELIVERY, Kind.RETURN)


def closing(snapshot: Snapshot, wording: Wording) -> list[Piece]:
    """All of it, in the order of the page."""
    found: list[Piece] = []
    if snapshot.valued:
        found += [space(4), *beside(list(_payment(snapshot, wording)), list(_totals(snapshot, wording)), _BESIDE)]
    for title, content in (
        (wording.say("Reason of the correction"), snapshot.reason_text),
        (wording.say("Made from"), "\n".join(long_origins(snapshot, wording))),
        (wording.say("Notes"), snapshot.notes),
        (wording.say("Terms"), snapshot.terms),
    ):
        if content.strip():
            found += _section(title, printable(content).strip("\n"))
    if snapshot.kind in HANDED:
        found = [
            *found[:-1],
            *(replace(last, clings=True) for last in found[-1:]),
            space(6),
            _signature(snapshot, wording),
        ]
    return found


def origins(snapshot: Snapshot, wording: Wording) -> list[tuple[str, str]]:
    """What the document was made from, by kind: the title and the numbers with their dates."""
    found: dict[str, list[str]] = {}
    for origin in snapshot.origins:
        found.setdefault(wording.title(origin.kind), []).append(_named(origin, wording))
    return [(title, ", ".join(numbers)) for title, numbers in found.items()]


def long_origins(snapshot: Snapshot, wording: Wording) -> list[str]:
    """Those that are too many to stand in the head, each number on one line with its day."""
    said = [(title, numbers) for title, numbers in origins(snapshot, wording) if not fits(numbers)]
    return [f"{title}: {numbers.replace(' (', f'{NBSP}(')}" for title, numbers in said]


def _named(origin: Origin, wording: Wording) -> str:
    return f"{printable(origin.number)} ({wording.day(origin.date)})" if origin.date else printable(origin.number)


# ---- totals


def _totals(snapshot: Snapshot, wording: Wording) -> Iterator[Piece]:
    yield from _by_recurrence(snapshot, wording)
    yield _amount(wording.say("Net"), wording.amount(snapshot.net))
    for tax in snapshot.taxes:
        yield _based(wording, wording.rated(printable(tax.name), tax.percent), tax.base, tax.amount)
        yield from _words(tax)
    if snapshot.rounding:
        yield _amount(wording.say("Rounding"), wording.amount(snapshot.rounding))
    yield space(1.2)
    last = snapshot.payable == snapshot.total and not (snapshot.withholdings or snapshot.collections)
    yield _bar(wording.say("Total"), wording.cash(snapshot.total), TINT if last else GROUND)
    for collected in snapshot.collections:
        name = wording.rated(printable(collected.name), collected.percent)
        yield _based(wording, name, collected.base, collected.amount)
        yield from _words(collected)
    for part in snapshot.withholdings:
        yield _based(wording, wording.rated(printable(part.name), part.percent), part.base, -part.amount)
    if not last:
        yield space(1.2)
        yield _bar(wording.say("Payable"), wording.cash(snapshot.payable), TINT)
    yield from _apart(snapshot, wording)
    if snapshot.currency != snapshot.company_currency:
        yield from _converted(snapshot, wording)


def _words(tax: Tax) -> Iterator[Piece]:
    """What the law wants to be said of a rate."""
    if tax.reason:
        yield from text(LABEL.wrapped(printable(tax.reason), RIGHT - _RIGHT_LEFT - 4, 4), LABEL, _RIGHT_LEFT + 2)


def _apart(snapshot: Snapshot, wording: Wording) -> Iterator[Piece]:
    """What of it is paid into the account for taxes, and what is left to pay as ever."""
    for part in snapshot.apart:
        yield _based(wording, wording.rated(printable(part.name), part.percent), part.base, part.amount)
        yield from _words(part)
    if snapshot.apart:
        account = printable(snapshot.tax_account).replace("\n", " ")
        if account:
            yield _amount(wording.say("Into the account"), account, SMALL_INK)
        left = snapshot.payable - sum((part.amount for part in snapshot.apart), Decimal(0))
        yield _amount(wording.say("Left to pay"), wording.cash(left))


def _by_recurrence(snapshot: Snapshot, wording: Wording) -> Iterator[Piece]:
    """What is charged once and what comes back, where there is both or only the latter."""
    sums: dict[str, Decimal] = {}
    for line in snapshot.lines:
        if line.choice is Choice.FIRM:
            often = "" if line.recurring == "once" else line.recurring
            sums[often] = sums.get(often, Decimal(0)) + line.net
    if any(sums):
        for often, amount in sorted(sums.items(), key=lambda part: part[0] != ""):
            label = printable(wording.recurring(often)) if often else wording.say("Once")
            yield _amount(label, wording.amount(amount), SMALL)


def _amount(label: str, said: str, style: Style = BODY) -> Piece:
    """A label and its amount. A long label takes more lines, a long amount becomes smaller: no figure is cut."""
    room = RIGHT - _RIGHT_LEFT - 10
    said, size = faces.fitted(said, style.face, style.size, room - 32, 2)
    amount = replace(style, size=size)
    lines = style.wrapped(label, room - amount.width(said), 3)

    def draw(sheet: Strokes, y: float) -> None:
        for number, line in enumerate(lines):
            sheet.put(_RIGHT_LEFT + 2, y + 0.6 + number * style.lead, line, style)
        sheet.put(RIGHT - 2, y + 0.6 + (style.lead - amount.lead) * BASE, said, amount, align="right")

    return Piece(_STEP + style.lead * max(0, len(lines) - 1), draw, clings=True)


def _based(wording: Wording, name: str, base: Decimal, amount: Decimal) -> Piece:
    """A rate with what it stands on."""
    return _amount(
        wording.say(Message("{rate} on {base}", rate=name, base=wording.amount(base))), wording.amount(amount)
    )


def _bar(label: str, said: str, colour: Colour) -> Piece:
    """A sum that matters."""
    said, size = faces.fitted(said, "B", _LARGE.size, RIGHT - _RIGHT_LEFT - _LARGE.width(label) - 10, 2)

    def draw(sheet: Strokes, y: float) -> None:
        sheet.ground(_RIGHT_LEFT, y, RIGHT - _RIGHT_LEFT, _BAR, colour)
        sheet.put(_RIGHT_LEFT + 2, y + 1.6, label, _LARGE)
        sheet.put(RIGHT - 2, y + 1.6, said, replace(_LARGE, size=size), align="right")

    return Piece(_BAR + 1, draw, clings=True)


def _converted(snapshot: Snapshot, wording: Wording) -> Iterator[Piece]:
    """The rate, each tax and the total in the company's currency. A tax is to be told in it wherever the invoice is in another one
    (Council Directive 2006/112/EC, art. 230; in Spain RD 1619/2012, art. 12).
    """
    home = snapshot.company_currency
    rate = f"1 {snapshot.currency} = {wording.count(snapshot.rate)} {home}"
    yield _amount(wording.say("Exchange rate"), rate, SMALL)
    for tax in snapshot.taxes:
        if tax.amount:
            name = wording.rated(printable(tax.name), tax.percent)
            amount = round_money(tax.amount * snapshot.rate, home)
            label = wording.say(Message("{rate} in {currency}", rate=name, currency=home))
            yield _amount(label, wording.cash(amount, home), SMALL_INK)
    total = wording.say(Message("Total in {currency}", currency=home))
    yield _amount(total, wording.cash(snapshot.total_company, home), SMALL_INK)


# ---- how to pay


def _payment(snapshot: Snapshot, wording: Wording) -> Iterator[Piece]:
    """The bank account and the days, beside the totals."""
    if snapshot.kind not in (Kind.CREDIT_NOTE, *HANDED):
        account = bank_account(snapshot.issuer, wording)
        yield from [*account, space(3)] if account else []
    if snapshot.instalments:
        yield from _heading(wording.say("Instalments"))
        for part in snapshot.instalments:
            yield _instalment(wording.day(part.date), wording.amount(part.amount))


def bank_account(issuer: Party, wording: Wording) -> list[Piece]:
    """Where to pay to, with its heading; nothing without an account."""
    account = printable(issuer.iban).replace("\n", " ")
    if not account:
        return []
    return [*_heading(wording.say("Bank account")), *text(BODY.wrapped(_in_fours(account), _COLUMN, 2), BODY)]


def _in_fours(account: str) -> str:
    """An IBAN as it is written (ISO 13616); any other account as it stands."""
    whole = account.replace(" ", "")
    iban = 15 <= len(whole) <= 34 and whole.isalnum() and whole[:2].isalpha() and whole[2:4].isdigit()
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if iban else account


def _instalment(day: str, amount: str) -> Piece:
    def draw(sheet: Strokes, y: float) -> None:
        sheet.put(LEFT, y + 0.4, day, BODY)
        sheet.put(LEFT + 62, y + 0.4, amount, BODY, align="right")

    return Piece(4.9, draw)


# ---- texts and the signature


def _heading(title: str) -> list[Piece]:
    return [Piece(5, lambda sheet, y: sheet.put(LEFT, y, title, HEADING), clings=True)]


def _section(title: str, content: str) -> list[Piece]:
    return [space(6), *_heading(title), *text(_filled(SMALL.wrapped(content, BREADTH)), SMALL)]


def _filled(lines: Sequence[str]) -> list[str]:
    """Not more than one empty line at a time."""
    return [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]


def _signature(snapshot: Snapshot, wording: Wording) -> Piece:
    """A frame in which the receiver writes, or has written."""
    third = BREADTH / 3
    titles = [wording.say("Received by"), wording.say("Date"), wording.say("Signature and stamp")]
    signed = snapshot.signature or Signature()
    told = [printable(signed.name).replace("\n", " "), wording.day(signed.date)]

    def draw(sheet: Strokes, y: float) -> None:
        sheet.frame(LEFT, y, BREADTH, _SIGNATURE)
        for number, title in enumerate(titles):
            if number:
                sheet.post(LEFT + third * number, y, y + _SIGNATURE)
            sheet.put(LEFT + third * number + 3, y + 2.4, title, HEADING)
        for number, said in enumerate(told):
            for down, line in enumerate(BODY.wrapped(said, third - 6, 4)):
                sheet.put(LEFT + third * number + 3, y + 8 + down * BODY.lead, line, BODY)
        room = third - 6
        for stroke in filter(None, signed.strokes.split(";")):
            points = [tuple(map(int, point.split(","))) for point in stroke.split(" ")]
            scale = min(room / PAD_WIDTH, (_SIGNATURE - 9) / PAD_HEIGHT)
            sheet.scrawl([(LEFT + third * 2 + 3 + x * scale, y + 7.5 + down * scale) for x, down in points])

    return Piece(_SIGNATURE, draw)
