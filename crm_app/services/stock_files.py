"""Opening stock and stocktaking from a file: it says what lies there, the difference to what the moves say becomes moves.

So a file that is taken twice moves nothing the second time. It is told beforehand, then written as one act that one undo takes back.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.money import bare
from crm_app.core.resource import Resource
from crm_app.models.products import Product
from crm_app.models.stock import MOVES, MoveReason, StockMove, Warehouse

from . import actions, files, many, product_codes, records, stock, trade
from .actors import Actor
from .csv_files import Refused
from .stock_reading import Counted, Reading, read
from .work import Work, column_of

MOST_DAYS = 100  # different days in a file: what lay there is asked for each
ZERO = Decimal(0)
Where = tuple[int, int]  # product and warehouse


@dataclass(frozen=True)
class File:
    """A file as it came; what it counts lay there at the end of `day` (None: today), where no line says another."""

    name: str
    content: bytes
    day: date | None = None


@dataclass(frozen=True)
class Told:
    """What a file does, or would do: moves it makes, counts that are right already, by which warehouses; see `Reading` for the rest."""

    new: int
    same: int
    warehouses: tuple[str, ...]
    first: date | None
    last: date | None
    refused: tuple[Refused, ...]
    wrong: int
    change_set: int | None = None


@dataclass(frozen=True)
class _Found:
    """A line whose product and warehouse are known. Warehouse 0: the usual one, which is still to be made."""

    counted: Counted
    product: int
    name: str
    place: int
    day: date

    @property
    def where(self) -> Where:
        return self.product, self.place


@dataclass
class _Plan:
    """The moves, each of a line and by how much, and what is told."""

    found: list[_Found]
    names: dict[int, str]
    same: int = 0
    moves: list[tuple[_Found, Decimal, MoveReason]] = field(default_factory=list)


def may_import(work: Work) -> None:
    """Moves are made of products and warehouses that are seen. Raises NotAllowed."""
    for permission in (MOVES.permission("create"), "products.read", "warehouses.read"):
        work.require(permission)


def rehearse(actor: Actor, file: File) -> Told:
    """What the file would do; nothing is written. Raises NotAllowed, and Invalid for what counts no stock."""
    with Work(actor) as work:
        may_import(work)
        reading = read(file.content)
        return _told(reading, _plan(work, reading, file.day))


def import_file(actor: Actor, file: File, once: str | None = None) -> Told:
    """Write it, all or nothing; what is written is one ChangeSet. With the same `once` key the first answer comes again.

    Raises NotAllowed, and Invalid naming each line that cannot be taken.
    """
    found: list[Told] = []

    def run(
        work: Work, _of: Resource, _key: Any, _values: Mapping[str, object], _version: int | None
    ) -> actions.Outcome:
        may_import(work)
        reading = read(file.content)
        plan = _plan(work, reading, file.day, lock=True)
        reading.check()
        if not plan.found:
            raise Invalid({"file": Message("The file counts nothing.")})
        _write(work, plan, file.name)
        found.append(_told(reading, plan))
        return actions.Outcome(None, None, {"new": found[0].new, "same": found[0].same})

    asked = {"sha256": hashlib.sha256(file.content).hexdigest(), "day": str(file.day)}
    act = actions.Action(MOVES.name, "import", "Import stock", run)
    with Work(actor, MOVES.permission("create"), label="Import stock") as work:
        outcome = actions.run_in(work, act, None, asked, once=once)
        if not found:  # it was imported under that key before
            reading = read(file.content)
            told = _told(reading, _plan(work, reading, file.day))
            found.append(replace(told, **(outcome.result or {})))
    return replace(found[0], change_set=outcome.change_set)


def _plan(work: Work, reading: Reading, day: date | None, *, lock: bool = False) -> _Plan:
    """What each line moves; what cannot be taken is refused in the reading. `lock` keeps the warehouses for who writes."""
    places = _Places(work)
    plan = _Plan(list(_known(work, reading, places, day or trade.today(work))), places.names)
    if lock:
        for key in sorted({one.place for one in plan.found} - {0}):
            work.locked(Warehouse, key)
    days = sorted({one.day for one in plan.found})
    if len(days) > MOST_DAYS:
        raise Invalid({"file": Message("The file has more than {count} different days.", count=MOST_DAYS)})
    now = _lying(work, plan.found, None)
    for each in days:
        of_day = [one for one in plan.found if one.day == each]
        then = _lying(work, of_day, each)
        for one in of_day:
            difference = one.counted.quantity - then.get(one.where, ZERO)
            left = now.get(one.where, ZERO) + difference
            if difference < 0 and left < 0 and one.place in places.strict:
                reading.refuse(one.counted.line, _too_little(one, now))
            elif difference:
                reason = MoveReason.ADJUSTMENT if one.where in now else MoveReason.OPENING
                plan.moves.append((one, difference, reason))
            else:
                plan.same += 1
    return plan


def _too_little(one: _Found, now: Mapping[Where, Decimal]) -> Message:
    have = bare(max(now.get(one.where, ZERO), ZERO))
    return Message("Only {have} of {name} are in this warehouse.", have=have, name=one.name)


def _known(work: Work, reading: Reading, places: "_Places", day: date) -> Iterator[_Found]:
    """The lines whose product and warehouse are known, each of these once."""
    today = trade.today(work)
    known = _products(work, [one.product for one in reading.counted])
    there: dict[Where, int] = {}
    for one in reading.counted:
        product, place = known.get(one.product.casefold()), places.find(one.warehouse)
        counted_on = one.day or day
        if product is None:
            reading.refuse(one.line, Message("No product has the code {code}.", code=one.product[:40]))
        elif not product.stocked:
            reading.refuse(one.line, Message("No stock is kept of {name}.", name=product.name))
        elif isinstance(place, Message):
            reading.refuse(one.line, place)
        elif counted_on > today:
            reading.refuse(one.line, Message("This day is still to come."))
        elif there.setdefault((product.id, place), one.line) != one.line:
            text = "Line {line} counts the same product in the same warehouse."
            reading.refuse(one.line, Message(text, line=there[product.id, place]))
        else:
            yield _Found(one, product.id, product.name, place, counted_on)


def _products(work: Work, texts: Sequence[str]) -> dict[str, Any]:
    """(id, name, stocked) by casefolded code, barcode, or name that only one product has."""
    wanted = list({text.casefold(): text for text in texts}.values())
    key, name, stocked = (column_of(Product, one) for one in ("id", "name", "stocked"))
    mine = records.readable(work, records.resource_of("products"))
    found: dict[str, Any] = {}
    for some in many.parts(wanted):
        coded = product_codes.coded(work, some)
        numbers = {number for number, _ in coded.values()}
        rows = sa.select(key, name, stocked).where(sa.or_(key.in_(numbers), name.in_(some)), *mine)
        by_number = {row.id: row for row in work.session.execute(rows)}
        named: dict[str, list[Any]] = {}
        for row in by_number.values():
            named.setdefault(row.name.casefold(), []).append(row)
        found |= {text: rows[0] for text, rows in named.items() if len(rows) == 1}
        found |= {code: by_number[number] for code, (number, _) in coded.items()}
    return found


class _Places:
    """The warehouses by their names; in those that are `strict` nothing may be owed."""

    def __init__(self, work: Work) -> None:
        rows = list(work.session.scalars(sa.select(Warehouse)))
        self.names = {row.id or 0: row.name for row in rows}
        self.strict = {row.id for row in rows if not row.backorder}
        self._found: dict[str, list[int]] = {}
        for row in rows:
            self._found.setdefault(row.name.casefold(), []).append(row.id or 0)
        self._usual = [row.id or 0 for row in rows if row.active] or [0]

    def find(self, name: str) -> int | Message:
        """The warehouse, or why there is none."""
        if not name:
            return self._usual[0] if len(self._usual) == 1 else Message("Name the warehouse: there are several.")
        found = self._found.get(name.casefold(), [])
        return found[0] if len(found) == 1 else Message("There is no warehouse {name}.", name=name[:80])


def _lying(work: Work, found: Sequence[_Found], day: date | None) -> dict[Where, Decimal]:
    """What lay there of these products at the end of the day (None: what lies there now); nothing where nothing ever moved."""
    product, place, quantity = (column_of(StockMove, name) for name in ("product", "warehouse", "quantity"))
    conditions = [] if day is None else [column_of(StockMove, "day") <= day]
    sums: dict[Where, Decimal] = {}
    for some in many.parts(sorted({one.product for one in found})):
        statement = sa.select(product, place, sa.func.sum(quantity)).where(product.in_(some), *conditions)
        sums |= {(row[0], row[1]): row[2] for row in work.session.execute(statement.group_by(product, place))}
    return sums


def _write(work: Work, plan: _Plan, name: str) -> None:
    source = files.clean_name(name)
    usual = stock.usual_warehouse(work) if any(not one.place for one in plan.found) else 0
    rows = [
        {
            "product": one.product, "product_name": one.name, "warehouse": one.place or usual, "quantity": by,
            "day": one.day, "reason": reason.value, "text": one.counted.text or source,
        }
        for one, by, reason in plan.moves
    ]  # fmt: skip
    if rows:
        records.insert_many(work, MOVES, rows)


def _told(reading: Reading, plan: _Plan) -> Told:
    days = [one.day for one in plan.found]
    names = sorted({plan.names[one.place] for one in plan.found if one.place})
    return Told(
        len(plan.moves), plan.same, tuple(names), min(days, default=None), max(days, default=None),
        tuple(reading.refused), reading.wrong,
    )  # fmt: skip
