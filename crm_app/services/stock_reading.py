"""What a file of counted stock says, line by line: of which product how much lies in which warehouse, and on which day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Number, fold
from crm_app.core.i18n import Message
from crm_app.core.plain import plain_number

from .csv_files import FEW_CELLS, Dates, Refusals, Row, decimal_mark, places_of, rows_of, text_of

QUANTITY = Number(6, digits=12, least=Decimal(0))
_HEADS = {
    "product": (
        "code", "sku", "product code", "codigo", "codigo de producto", "referencia", "ref", "barcode", "ean", "codigo de barras",
        "product", "producto", "articulo", "name", "nombre",
    ),
    "quantity": (
        "quantity", "qty", "on hand", "in stock", "stock", "count", "counted", "cantidad", "existencias", "en almacen", "unidades",
        "uds", "recuento",
    ),
    "warehouse": ("warehouse", "almacen", "bodega", "deposito"),
    "day": ("date", "day", "fecha", "dia"),
    "text": ("remark", "note", "notes", "observacion", "observaciones", "nota", "comentario"),
}  # fmt: skip
_NAMELESS = (("product", "quantity"), ("product", "warehouse", "quantity"))


@dataclass(frozen=True)
class Counted:
    """A line of the file; no warehouse and no day where it names none."""

    line: int
    product: str
    warehouse: str
    quantity: Decimal
    day: date | None
    text: str


@dataclass
class Reading(Refusals):
    """What a file says: a line for each product and warehouse."""

    counted: list[Counted] = field(default_factory=list)


def read(content: bytes) -> Reading:
    """Columns as the first line names them, in English or Spanish; without names product, quantity or product, warehouse, quantity.

    Raises Invalid for what is no such file.
    """
    rows = list(rows_of(text_of(content)))
    if not rows:
        raise Invalid({"file": Message("The file is empty.")})
    places = places_of([fold(cell) for cell in rows[0][1]], _HEADS)
    if places["product"] < 0 or places["quantity"] < 0:
        places = _unnamed(rows[0][1])
    else:
        rows = rows[1:]
    reading = Reading()
    at = places["quantity"]
    mark = decimal_mark([cells[at] for _, cells in rows if len(cells) > at])
    dates = Dates([_cell(cells, places["day"]) for _, cells in rows])
    for row in rows:
        reading.counted += _line(reading, row, places, mark, dates)
    return reading


def _unnamed(cells: list[str]) -> dict[str, int]:
    """Where each column is in a file whose first line is a count already."""
    names = next((names for names in _NAMELESS if len(names) == len(cells)), ())
    if not names or not any(char.isdigit() for char in cells[-1]):
        raise Invalid({"file": Message("The first line must name the columns: code, warehouse, quantity.")})
    return dict.fromkeys(_HEADS, -1) | {name: at for at, name in enumerate(names)}


def _line(reading: Reading, row: Row, places: dict[str, int], mark: str, dates: Dates) -> Iterator[Counted]:
    """What the line counts; nothing where it is refused, or names neither product nor quantity."""
    line, cells = row
    product, quantity, day = (_cell(cells, places[name]) for name in ("product", "quantity", "day"))
    if len(cells) <= max(places["product"], places["quantity"]):
        reading.refuse(line, FEW_CELLS)
    elif not product and not quantity:
        return
    elif not product:
        reading.refuse(line, Message("It names no product."))
    elif not quantity:
        reading.refuse(line, Message("It says no quantity. Write 0 where nothing is left."))
    elif day and dates.read(day) is None:
        reading.refuse(line, dates.fault)
    else:
        try:
            value = QUANTITY.parse(plain_number(quantity[:60], mark, typed=mark == ","))
        except BadValue as bad:
            reading.refuse(line, bad.message)
            return
        warehouse, text = (" ".join(_cell(cells, places[name]).split()) for name in ("warehouse", "text"))
        yield Counted(line, product[:200], warehouse, value or Decimal(0), dates.read(day) if day else None, text[:200])


def _cell(cells: list[str], at: int) -> str:
    return cells[at] if 0 <= at < len(cells) else ""
