"""Stock: what is on hand is the sum of moves; what confirmed orders still wait for is reserved."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.money import bare
from crm_app.models.deliveries import DeliveryKind, DeliveryLine, DeliveryNote, DeliveryStatus
from crm_app.models.orders import OrderLine, SalesOrder
from crm_app.models.products import Product
from crm_app.models.stock import BY_NOTES, MoveReason, StockMove, Warehouse

from . import ledger, rules, trade
from .work import Work, column_of

ZERO = Decimal(0)
COUNTED = ("on_hand", "reserved", "available")


@dataclass(frozen=True)
class Level:
    """Of a product: what lies there, what of it is promised, what is free."""

    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        """What may still be promised."""
        return self.on_hand - self.reserved


@dataclass(frozen=True)
class Place:
    """What lies of a product in a warehouse; below nothing what it owes."""

    warehouse: int
    name: str
    on_hand: Decimal


def promised_to_others(work: Work, note: DeliveryNote, lines: Sequence[DeliveryLine]) -> Iterator[Message]:
    """Goods of the note that older orders wait for, where no goods may be owed: who ordered first has them reserved."""
    stocked = _stocked(work, lines)
    place = work.session.get(Warehouse, note.warehouse or usual_warehouse(work)) if stocked else None
    if place is None or place.backorder:
        return
    wanted: dict[int, Decimal] = {}
    for line, _ in stocked:
        wanted[line.product or 0] = wanted.get(line.product or 0, ZERO) + line.quantity
    there = _on_hand(work, list(wanted))
    first = _first_order(work, note, lines)
    older = () if first is None else (column_of(SalesOrder, "id") < first,)
    promised = _ordered(work, list(wanted), *older, done=True)
    for key, name in {line.product or 0: name for line, name in stocked}.items():
        free = there.get(key, ZERO) - promised.get(key, ZERO)
        if free < wanted[key] <= there.get(key, ZERO):  # more than there is is refused anyway
            yield Message(
                "{name}: {free} are free, {promised} are reserved for older orders",
                name=name,
                free=bare(max(free, ZERO)),
                promised=bare(promised.get(key, ZERO)),
            )


def _first_order(work: Work, note: DeliveryNote, lines: Sequence[DeliveryLine]) -> int | None:
    """The oldest order that the note delivers; None for a note without one."""
    inside = column_of(OrderLine, "id").in_([line.order_line for line in lines if line.order_line])
    first = sa.select(sa.func.min(column_of(OrderLine, OrderLine.PARENT))).where(inside)
    return note.order or work.session.scalar(first)


def levels(work: Work, products: Iterable[int]) -> dict[int, Level]:
    """The level of each of these products, over all warehouses."""
    keys = list(products)
    there = _on_hand(work, keys)
    promised = _reserved(work, keys)
    return {key: Level(there.get(key, ZERO), promised.get(key, ZERO)) for key in keys}


def level(work: Work, product: int) -> Level | None:
    """That of one product; None where no stock is kept of it, or who asks may not read the moves."""
    if not work.actor.may("stock-moves.read"):
        return None
    kept = work.session.scalar(sa.select(column_of(Product, "stocked")).where(column_of(Product, "id") == product))
    return levels(work, [product])[product] if kept else None


def places(work: Work, product: int) -> list[Place]:
    """What lies of the product in each active warehouse, and in others where something lies or is owed."""
    place, move = Warehouse, StockMove
    mine = sa.and_(column_of(move, "warehouse") == column_of(place, "id"), column_of(move, "product") == product)
    quantity = column_of(move, "quantity")
    there = sa.type_coerce(sa.func.coalesce(sa.func.sum(quantity), sa.literal(ZERO, quantity.type)), quantity.type)
    names = [column_of(place, name) for name in ("id", "name")]
    active = column_of(place, "active")
    rows = sa.select(*names, there, active).outerjoin(move, mine).group_by(*names, active).order_by(*names[::-1])
    return [Place(*row[:3]) for row in work.session.execute(rows) if row[3] or row[2]]


def _on_hand(work: Work, products: list[int], warehouse: int | None = None) -> dict[int, Decimal]:
    product = column_of(StockMove, "product")
    statement = sa.select(product, sa.func.sum(column_of(StockMove, "quantity"))).where(product.in_(products))
    if warehouse is not None:
        statement = statement.where(column_of(StockMove, "warehouse") == warehouse)
    return {row[0]: row[1] for row in work.session.execute(statement.group_by(product))}


def _reserved(work: Work, products: list[int]) -> dict[int, Decimal]:
    """What confirmed orders have no delivery note for yet, and what lies on notes that have not been issued."""
    found = _ordered(work, products)
    note = DeliveryNote
    drafts = (
        sa.select(column_of(DeliveryLine, "product"), sa.func.sum(column_of(DeliveryLine, "quantity")))
        .join(note, column_of(note, "id") == column_of(DeliveryLine, DeliveryLine.PARENT))
        .where(
            column_of(DeliveryLine, "product").in_(products),
            column_of(note, "status") == DeliveryStatus.DRAFT.value,
            column_of(note, "kind") == DeliveryKind.DELIVERY.value,
        )
        .group_by(column_of(DeliveryLine, "product"))
    )
    for product, quantity in work.session.execute(drafts):
        found[product] = found.get(product, ZERO) + quantity
    return found


def _ordered(
    work: Work, products: list[int], *conditions: sa.ColumnElement[bool], done: bool = False
) -> dict[int, Decimal]:
    """What confirmed orders have no delivery note for yet, with `done` no issued one."""
    line = OrderLine
    statement = (
        sa.select(column_of(line, "id"), column_of(line, "product"), column_of(line, "quantity"))
        .join(SalesOrder, column_of(SalesOrder, "id") == column_of(line, line.PARENT))
        .where(
            column_of(line, "product").in_(products),
            *ledger.standing(),
            column_of(SalesOrder, "delivered") != "all",
            *conditions,
        )
    )
    rows = work.session.execute(statement).all()
    sums = ledger.sums(work, "orders", [row[0] for row in rows], done=done)
    found: dict[int, Decimal] = {}
    for key, product, quantity in rows:
        found[product] = found.get(product, ZERO) + ledger.left_to("deliveries", quantity, sums[key])
    return found


def usual_warehouse(work: Work) -> int:
    """The first active warehouse; one is made where there is none."""
    statement = (
        sa.select(column_of(Warehouse, "id"))
        .where(column_of(Warehouse, "active").is_(True))
        .order_by(column_of(Warehouse, "id"))
        .limit(1)
    )
    found = work.session.scalar(statement)
    if found is None:  # past the session: the note that is being issued must not be flushed half-way
        from . import records

        name = trade.company(work).name or "1"
        found = records.insert_many(work, records.resource_of("warehouses"), [{"name": name[:80]}])[0]
    return int(found)


def move_for(work: Work, note: DeliveryNote, lines: list[DeliveryLine]) -> None:
    """Stock leaves with a delivery note and comes back with a return. Raises Invalid where there is too little and none may be owed."""
    stocked = _stocked(work, lines)
    if not stocked:
        return
    note.warehouse = note.warehouse or usual_warehouse(work)
    back = note.kind == DeliveryKind.RETURN.value
    if not back:
        _refuse_unfit(work, note.warehouse, stocked)
    reason = MoveReason.RETURN if back else MoveReason.DELIVERY
    for line, name in stocked:
        quantity = line.quantity if back else -line.quantity
        work.session.add(
            StockMove(
                product=line.product or 0, product_name=name, warehouse=note.warehouse, quantity=quantity, day=note.date,
                reason=reason.value, delivery_line=line.id, text=note.number,
            )
        )  # fmt: skip


def _stocked(work: Work, lines: Sequence[DeliveryLine]) -> list[tuple[DeliveryLine, str]]:
    keys = {line.product for line in lines if line.product}
    rows = sa.select(column_of(Product, "id"), column_of(Product, "name")).where(
        column_of(Product, "id").in_(keys), column_of(Product, "stocked").is_(True)
    )
    names = dict(work.session.execute(rows).all()) if keys else {}
    return [(line, names[line.product]) for line in lines if line.product in names]


def _refuse_unfit(work: Work, warehouse: int, stocked: list[tuple[DeliveryLine, str]]) -> None:
    """Nothing leaves a warehouse that is not active, or that has too little. PostgreSQL: it is locked, so that two notes do not
    take the same goods.
    """
    place = work.locked(Warehouse, warehouse)
    if place is None:
        return
    if not place.active:
        raise Invalid({"warehouse": Message("This warehouse is not active.")})
    if place.backorder:
        return
    there = _on_hand(work, [line.product or 0 for line, _ in stocked], warehouse)
    errors: dict[str, Message] = {}
    for line, name in stocked:
        have = there.get(line.product or 0, ZERO)
        if line.quantity > have:
            errors[f"lines.{line.position}.quantity"] = Message(
                "Only {have} of {name} are in this warehouse.", have=bare(max(have, ZERO)), name=name
            )
        there[line.product or 0] = have - line.quantity
    if errors:
        raise Invalid(errors)


@rules.completes("stock-moves")
def _named(work: Work, draft: rules.Draft) -> None:
    """A move has a day and its product's name, and moves something that is there, until today."""
    values = draft.values
    values["day"] = values["day"] or trade.today(work)
    product = work.session.get(Product, values["product"]) if values["product"] else None
    if product is not None:
        values["product_name"] = product.name
        if not product.stocked:
            draft.errors["product"] = Message("No stock is kept of this product.")
    if values["quantity"] == 0:
        draft.errors["quantity"] = Message("Write a number other than zero.")
    if values["reason"] in BY_NOTES:
        draft.errors["reason"] = Message("Delivery notes make such moves.")
    if values["day"] > trade.today(work):
        draft.errors["day"] = Message("This day is still to come.")
    if product is not None and values["warehouse"] and not draft.errors:
        _refuse_owing(work, draft, product)


def _refuse_owing(work: Work, draft: rules.Draft, product: Product) -> None:
    """Where nothing may be owed no more is taken away than there is. PostgreSQL: the warehouse is locked, as for a delivery."""
    quantity: Decimal = draft.values["quantity"] or ZERO
    place = work.locked(Warehouse, draft.values["warehouse"]) if quantity < 0 else None
    if place is None or place.backorder:
        return
    key = product.id or 0
    have = _on_hand(work, [key], place.id).get(key, ZERO)
    if quantity + have < 0:
        draft.errors["quantity"] = Message(
            "Only {have} of {name} are in this warehouse.", have=bare(max(have, ZERO)), name=product.name
        )
