"""The paper: a document as a PDF, from its snapshot and nothing else. The same snapshot gives the same bytes."""

from .canvas import Canvas, Marks
from .closing import HANDED, closing, long_origins, origins
from .corrective import as_difference, corrective
from .faces import printable
from .grid import Grid
from .letterhead import Letterhead
from .sheet import Imprint, Sheet, Strokes
from .snapshot import Kind, Party, Snapshot, to_json
from .wording import Wording

_PLACE = ("name", "street", "postcode", "city", "country")


def draw(snapshot: Snapshot, *, logo: bytes | None = None) -> bytes:
    """A PDF of A4 pages, fonts embedded. `logo` is a PNG, JPEG, WebP or GIF; what is none of these is left out."""
    issuer = snapshot.issuer
    imprint = Imprint(
        title=" ".join(_named(snapshot)).strip(),
        author=issuer.legal_name or issuer.name,
        language=snapshot.language,
        country=snapshot.country,
        day=snapshot.date,
        identity=f"{snapshot.kind} {issuer.tax_id} {snapshot.number} {snapshot.date}",
        content=to_json(snapshot),
    )
    sheet = Sheet(imprint)
    _draw(snapshot, logo, sheet)
    return bytes(sheet.output())


def sketch(
    snapshot: Snapshot, *, logo: bytes | None = None, address: str = "", most: int | None = None
) -> tuple[list[Marks], int]:
    """The same pages as marks for a screen (see canvas), `most` of them at most, and how many there are.

    `address` is where a browser finds the logo.
    """
    canvas = Canvas(address)
    count = _draw(snapshot, logo, canvas, most)
    return canvas.pages, count


def _named(snapshot: Snapshot) -> tuple[str, str]:
    """Its title and its number, "" without one."""
    wording = Wording.of(snapshot)
    title = wording.say("Corrective invoice") if corrective(snapshot) else wording.title(snapshot.kind)
    return title, printable(snapshot.number).replace("\n", " ")


def _draw(snapshot: Snapshot, logo: bytes | None, sheet: Strokes, most: int | None = None) -> int:
    """The head decides where the lines begin, the lines where the pages end; then everything is drawn in order, or the first
    `most` pages of it. How many pages there are.
    """
    wording, snapshot = Wording.of(snapshot), as_difference(snapshot)
    paper = Letterhead(sheet, wording, snapshot.issuer, *_named(snapshot), logo, snapshot.draft)
    begins = paper.begin(_facts(snapshot, wording), snapshot.customer, _elsewhere(snapshot))
    grid = Grid(snapshot, wording)
    rest = closing(snapshot, wording)
    pieces = [*grid.pieces(closed=snapshot.valued or len(rest) == 2), *rest]
    return paper.fill(pieces, begins, grid.edges(), most)


def _elsewhere(said: Snapshot) -> Party | None:
    """The delivery address, where it says anything new; on the paper that goes with the goods always."""
    there = said.delivery_address
    if there is None or said.kind in HANDED:
        return there
    same = all(getattr(there, name) == getattr(said.customer, name) for name in _PLACE)
    return None if same and not there.phone else there


def _facts(said: Snapshot, wording: Wording) -> list[tuple[str, str]]:
    say, day = wording.say, wording.day
    found = [(say("Date"), day(said.date))]
    if said.operation_date and said.operation_date != said.date:
        found.append((say("Date of the operation"), day(said.operation_date)))
    if said.kind is Kind.QUOTE:
        found.append((say("Valid until"), day(said.valid_until)))
    elif said.kind is not Kind.CREDIT_NOTE:
        found += [(say("Due date"), day(said.due)), (say("Valid until"), day(said.valid_until))]
    if said.corrects and said.corrects.number:
        day_of = f" ({day(said.corrects.date)})" if said.corrects.date else ""
        found.append((say("Corrects"), said.corrects.number + day_of))
    found += [
        (say("Your reference"), said.reference),
        (say("Payment terms"), said.payment_terms),
        (say("Salesperson"), said.salesperson),
    ]
    moved = {line.partition(": ")[0] for line in long_origins(said, wording)}
    return [*found, *((title, numbers) for title, numbers in origins(said, wording) if title not in moved)]
