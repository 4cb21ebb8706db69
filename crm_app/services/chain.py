"""One click does what is left: lines of documents become the lines of the next one, in one transaction, never twice.

What a line was made from stands in its `*_line` columns, however far back, so that what is left of any line is one sum.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Day, Number
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES
from crm_app.models.accounts import Account
from crm_app.models.deliveries import DeliveryKind
from crm_app.models.invoices import InvoiceKind
from crm_app.models.trade import LineChoice

from . import instalments, ledger, lines, shares, trade
from .ledger import HEADS, ZERO, ancestor_of
from .values import key_of, resource_of
from .work import Work, column_of

TRAVELS = (
    "account", "account_name", "contact", "owner", "reference", "currency", "rate", "rate_typed", "rate_day", "rate_source",
    "price_list", "included", "payment_terms", "payment_days", "ship_name", "ship_street", "ship_postcode", "ship_city",
    "ship_region", "ship_country", "notes", "terms",
)  # fmt: skip
_LINE_TRAVELS = ("group", "product", "description", "unit", "price", "discount", "tax_class", "cost", "why")
_ORIGINS = ("quote_line", "order_line", "delivery_line")
_LONGEST = 80  # of a customer's reference
_POINTER = {"quotes": "quote", "orders": "order", "deliveries": "delivery"}
_ABOVE: Mapping[str, tuple[str, ...]] = {"quotes": (), "orders": ("quotes",), "deliveries": ("orders", "quotes")}


@dataclass(frozen=True)
class Part:
    """A line to carry on, and how much of it."""

    line: Any
    quantity: Decimal


class Sketch(Exception):
    """What a document would come to, for who only asks: the head with its sums."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__("a document was sketched, not made")
        self.values = values


def left(work: Work, source: str, target: str, keys: Sequence[int], *, options: bool = False) -> list[Part]:
    """What of these documents is left to become a `target`, line by line in their order; with `options` also what the customer
    may take besides or instead: it goes along where it is chosen by name only.
    """
    _, line = HEADS[source]
    parent = column_of(line, line.PARENT)
    rows = list(
        work.session.scalars(
            sa.select(line).where(parent.in_(keys)).order_by(parent, column_of(line, "position"), column_of(line, "id"))
        )
    )
    rows = [row for row in rows if options or is_firm(row)]
    keys = [row.id for row in rows]
    done = ledger.sums(work, source, keys)
    gone = ledger.sums(work, source, keys, done=True) if target == "invoices" else done
    # drafts have handed nothing over, but what a draft takes back is not invoiced meanwhile
    seen = {key: sums | {"delivered": gone[key].get("delivered", ZERO)} for key, sums in done.items()}
    wholes = (whole_of(source, target, row, seen[row.id]) for row in rows)
    parts = [Part(row, ledger.left_to(target, whole, done[row.id])) for row, whole in zip(rows, wholes, strict=True)]
    return [part for part in capped(work, source, target, parts) if part.quantity > 0]


def is_firm(row: Any) -> bool:
    """Whether the customer takes the line surely: only a quote has others."""
    return getattr(row, "choice", LineChoice.FIRM.value) == LineChoice.FIRM.value


def not_yet(work: Work, source: str, keys: Sequence[int], what: str) -> list[Part]:
    """What of the lines of these documents has not been `returned` or `credited`, line by line in their order."""
    _, line = HEADS[source]
    parent = column_of(line, line.PARENT)
    order = (parent, column_of(line, "position"), column_of(line, "id"))
    rows = list(work.session.scalars(sa.select(line).where(parent.in_(keys)).order_by(*order)))
    done = ledger.sums(work, source, [row.id for row in rows])
    parts = [Part(row, row.quantity - done[row.id].get(what, ZERO)) for row in rows]
    return [part for part in parts if part.quantity > 0]


def whole_of(source: str, target: str, row: Any, done: Mapping[str, Decimal]) -> Decimal:
    """Of a delivery note only what was not brought back counts; what was handed over beyond an order or a quote is invoiced with it."""
    returned: Decimal = done.get("returned", ZERO)
    if source == "deliveries":
        return row.quantity - returned  # type: ignore[no-any-return]
    kept = done.get("delivered", ZERO) - returned if target == "invoices" else ZERO
    return max(row.quantity, kept)  # type: ignore[no-any-return]


def capped(work: Work, source: str, target: str, parts: list[Part], *, done: bool = False) -> list[Part]:
    """A line is not invoiced beyond what the order and the quote behind it have left: those may have been invoiced themselves."""
    for above in _ABOVE[source] if target == "invoices" and any(part.quantity for part in parts) else ():
        name = ancestor_of(above, target)
        keys = {key for part in parts if (key := getattr(part.line, name, None))}
        rest = room(work, above, keys, done=done) if keys else {}
        found = []
        for part in parts:
            key = getattr(part.line, name, None) or 0
            taken = min(part.quantity, max(rest.get(key, part.quantity), ZERO))
            if key in rest:
                rest[key] -= taken
            found.append(Part(part.line, taken))
        parts = found
    return parts


def room(work: Work, source: str, keys: Iterable[int], *, done: bool = False) -> dict[int, Decimal]:
    """How much of each of these lines may still be invoiced, below nothing where too much has been.

    Where more was delivered than ordered, or more ordered than quoted, that counts; of a delivery what was not brought back.
    """
    _, line = HEADS[source]
    number, quantity = column_of(line, "id"), column_of(line, "quantity")
    whole = dict(work.session.execute(sa.select(number, quantity).where(number.in_(keys))).all())
    all_sums = ledger.sums(work, source, whole, done=done)
    found = {}
    for key, own in whole.items():
        sums = all_sums[key]
        kept = own - sums.get("returned", ZERO)
        carried = sums.get("delivered", ZERO) - sums.get("returned", ZERO)
        most = kept if source == "deliveries" else max(own, sums.get("ordered", ZERO), carried)
        found[key] = most - sums.get("invoiced", ZERO) + sums.get("credited", ZERO)
    return found


def overdrawn(work: Work, lines: Iterable[Any]) -> dict[int, Decimal]:
    """Of an invoice's lines those that take more than what they were made from has left: position to what it may be."""
    found: dict[int, Decimal] = {}
    rows = list(lines)
    for source in _POINTER:
        name = ancestor_of(source, "invoices")
        keys = {key for row in rows if (key := getattr(row, name))}
        rest = room(work, source, keys) if keys else {}
        for row in rows:
            over = rest.get(getattr(row, name), ZERO)
            if over < 0:
                found[row.position] = max(min(found.get(row.position, row.quantity), row.quantity + over), ZERO)
    return found


def chosen(parts: Sequence[Part], values: Mapping[str, object]) -> list[Part]:
    """What the caller wants of it: `lines` ([{"line": id, "quantity": text}]) or `percent` of the whole; all without either.

    Raises Invalid for more than is left.
    """
    if values.get("lines") is not None:
        return _picked(parts, values["lines"])
    if values.get("percent") not in (None, ""):
        percent = number_of(values["percent"], "percent")
        if not 0 < percent <= 100:
            raise Invalid({"percent": Message("Write a number from {least} to {most}.", least=1, most=100)})
        shares = [
            Part(part.line, min(part.quantity, (part.line.quantity * percent / 100).quantize(Decimal("0.000001"))))
            for part in parts
        ]
        return [part for part in shares if part.quantity > 0]
    return list(parts)


def _picked(parts: Sequence[Part], wanted: object) -> list[Part]:
    if not isinstance(wanted, list) or not all(isinstance(row, dict) for row in wanted) or len(wanted) > 2000:
        raise Invalid({"lines": Message("Send a list of at most {count}.", count=2000)})
    by_key = {part.line.id: part for part in parts}
    found: list[Part] = []
    errors: dict[str, Message] = {}
    for number, row in enumerate(wanted):
        part = by_key.pop(row.get("line"), None) if isinstance(row.get("line"), int) else None
        if part is None:
            errors[f"lines.{number}.line"] = Message("Nothing of this line is left.")
            continue
        try:
            found.append(
                Part(part.line, _share(part, row.get("quantity", str(part.quantity)), f"lines.{number}.quantity"))
            )
        except Invalid as bad:
            errors |= bad.fields
    if errors:
        raise Invalid(errors)
    return found


def _share(part: Part, raw: object, name: str) -> Decimal:
    """So much of what is left of a line. Raises Invalid at that name."""
    quantity = number_of(raw, name)
    if quantity <= 0:
        raise Invalid({name: Message("Write a number above zero.")})
    if quantity > part.quantity:
        raise Invalid({name: Message("At most {most} is left.", most=money.bare(part.quantity))})
    return quantity


def number_of(raw: object, name: str) -> Decimal:
    """A number from the values of a verb. Raises Invalid at that name."""
    try:
        value = Number(6, digits=12).parse(raw)
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None
    if value is None:
        raise Invalid({name: Message("This is needed.")})
    return value


def dated(work: Work, values: Mapping[str, object]) -> dict[str, Any]:
    """The date of the new document where the caller wants another than today. Raises Invalid."""
    try:
        day = Day().parse(values.get("date"), work.actor.speech)
    except BadValue as bad:
        raise Invalid({"date": bad.message}) from None
    return {} if day is None else {"date": day}


def lock(work: Work, source: str, rows: Iterable[Any]) -> None:
    """Lock the orders and quotes behind these documents too, upwards: what is left of them must not change meanwhile."""
    rows = list(rows)
    for name in ("orders", "quotes"):
        if name != source:
            keys = {key for row in rows if (key := getattr(row, _POINTER[name], None))}
            above = [work.locked(HEADS[name][0], key) for key in sorted(keys)]
            rows += [row for row in above if row is not None]


def together(work: Work, resource: str, verb: str, row: Any, values: Mapping[str, object]) -> list[Any]:
    """The document and those whose ids stand in `also`, each moved as the verb moves it. Raises Invalid, Missing, IllegalMove."""
    also = values.get("also")
    if also in (None, ""):
        return [row]
    if not isinstance(also, list) or len(also) > 200 or not all(type(key) is int for key in also):
        raise Invalid({"also": Message("Send a list of at most {count}.", count=200)})
    flow = resource_of(resource).workflow
    others = [other for other in rows_of(work, resource, verb, also) if other.id != row.id]
    for other in others:
        if flow is not None:
            setattr(other, flow.state, flow.target(str(other.number), getattr(other, flow.state), verb))
    return [row, *others]


def convert(work: Work, source: str, rows: Sequence[Any], target: str, parts: Sequence[Part], **head: Any) -> Any:
    """A new draft of `target` with these parts of these documents; its row. Raises Invalid where they do not go together."""
    first = rows[0]
    if any(
        (row.account, row.currency, row.included) != (first.account, first.currency, first.included) for row in rows
    ):
        raise Invalid({"": Message("Only documents of one customer in one currency go into one.")})
    if not parts:
        raise Invalid({"": Message("Nothing is left of this.")})
    table, line_table = HEADS[target]
    values = {name: getattr(first, name) for name in TRAVELS} | {"date": trade.today(work)} | head
    values["reference"] = _references(rows)
    if source != target:  # what goes back is worth what it was
        values["rate_typed"] = first.rate_typed and all(
            (row.rate_typed, row.rate) == (True, first.rate) for row in rows
        )
        trade.rate_of_day(work, values)
    if len(rows) == 1:
        values |= pointers(source, first, table)
        order = work.session.get(HEADS["orders"][0], values["order"]) if values.get("order") else None
        if target == "invoices" and order is not None:
            values["quote"] = order.quote
    account = work.row(Account, first.account)
    carried = [_line(source, target, line_table, part) for part in parts]
    if target == "invoices":
        values |= _operation(source, rows, values["date"])
    trade.add_up(work, values, account, carried)
    if target == "invoices":
        values |= instalments.days(work, values)
    return write(work, source, first.id, target, values, carried)


def _operation(source: str, rows: Sequence[Any], day: date) -> dict[str, Any]:
    """When what was delivered before its invoice was delivered last (Spain: RD 1619/2012, art. 6.1.i)."""
    last = max(row.date for row in rows)
    return {"operation_date": last} if source == "deliveries" and last < day else {}


def _references(rows: Sequence[Any]) -> str | None:
    """The customer's reference of each of these documents, as many of them as one field holds."""
    found = ""
    for reference in dict.fromkeys(row.reference for row in rows if row.reference):
        longer = f"{found}, {reference}" if found else reference
        found = longer if len(longer) <= _LONGEST else found
    return found or None


def write(
    work: Work, source: str, key: int, target: str, values: Mapping[str, Any], inside: Sequence[dict[str, Any]]
) -> Any:
    """The row of a new draft of `target` with these lines, shared between salespeople like the document it is made from.

    A Work that only reads is told what would be written: raises Sketch.
    """
    if not work.verb:
        raise Sketch(values)
    table, line_table = HEADS[target]
    made = table(**values)
    work.session.add(made)
    work.session.flush()
    rows = [{line_table.PARENT: made.id, "position": number} | row for number, row in enumerate(inside)]
    lines.insert_many(work, lines.part_of(target, "lines"), rows)
    shares.carry(work, source, key, target, made)
    return made


def pointers(source: str, row: Any, table: Any) -> dict[str, Any]:
    """The head's own references to what it was made from, as far as the new table has them."""
    found = {name: getattr(row, name) for name in ("quote", "order") if hasattr(row, name)}
    if source in _POINTER:
        found[_POINTER[source]] = row.id
    return {name: value for name, value in found.items() if name in table.__table__.columns}


def _line(source: str, target: str, table: Any, part: Part) -> dict[str, Any]:
    columns = table.__table__.columns
    found = {name: getattr(part.line, name) for name in _LINE_TRAVELS} | {"quantity": part.quantity}
    found |= {name: getattr(part.line, name) for name in _ORIGINS if name in columns and hasattr(part.line, name)}
    found[ancestor_of(source, target)] = part.line.id
    return found


def latest(work: Work, source: str, target: str, key: int, kind: str = "") -> int | None:
    """The newest document of `target` that was made from this one and is not cancelled."""
    head, line = HEADS[target]
    _, source_line = HEADS[source]
    origin = column_of(line, ancestor_of(source, target))
    mine = sa.select(column_of(source_line, "id")).where(column_of(source_line, source_line.PARENT) == key)
    statement = (
        sa.select(sa.func.max(column_of(head, "id")))
        .join(line, column_of(line, line.PARENT) == column_of(head, "id"))
        .where(origin.in_(mine), column_of(head, "status") != "cancelled")
    )
    if kind:
        statement = statement.where(column_of(head, "kind") == kind)
    found: int | None = work.session.scalar(statement)
    return found


def rows_of(work: Work, resource: str, verb: str, keys: Sequence[object]) -> list[Any]:
    """Several documents of a list, locked in the order of their ids, those that the actor holds the verb on. Raises Missing."""
    from . import records  # records knows the modules

    found = RESOURCES.get(resource)
    numbers = sorted({key_of(found, key) for key in keys})  # type: ignore[arg-type]
    return [records.locked(work, found, number, verb) for number in numbers]  # type: ignore[arg-type]


CREDIT, INVOICE, RETURN = InvoiceKind.CREDIT_NOTE.value, InvoiceKind.INVOICE.value, DeliveryKind.RETURN.value
