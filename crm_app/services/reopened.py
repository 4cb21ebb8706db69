"""An order that was confirmed and is changed: it keeps its number, its customer and what it has reserved. What of a line was delivered
or invoiced stays as it was agreed; the rest may become more, less or another.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.base import decode
from crm_app.models.files import Attachment
from crm_app.models.history import Change
from crm_app.models.orders import OrderLine, OrderStatus, SalesOrder
from crm_app.models.snapshots import DocumentSnapshot

from . import credit, ledger, readiness, rules, snapshots
from .ledger import HEADS, ZERO, ancestor_of
from .work import Work, before_commit, column_of

_OF_HEAD = ("account", "date", "currency", "included")
_OF_LINE = ("product", "unit", "price", "discount", "tax_class")
_KEPT = Message("A sales order that has been confirmed keeps this. Make a new one for something else.")
_BEGUN = Message(
    "{done} of this line stand on delivery notes or invoices as they were agreed. Put the rest in a line of its own."
)
_STAYS = Message("{line}: it stands on delivery notes or invoices. The line stays.")


@rules.completes("orders", *_OF_HEAD, "lines")
def _agreed(work: Work, draft: rules.Draft) -> None:
    """Whose order it is, of which day and in which currency stays; so do lines of which something has been carried on."""
    row = work.row(SalesOrder, draft.id) if draft.id is not None else None
    if row is None or row.number is None:
        return
    draft.errors.update({name: _KEPT for name in _OF_HEAD if draft.values[name] != getattr(row, name)})
    if "lines" in draft.lines:
        there = {line.id: line for line in snapshots.lines_of(work, "orders", row.id or 0)}
        gone = there.keys() - {key for key, _ in draft.lines["lines"]}
        done = ledger.sums(work, "orders", gone)
        stays = [there[key] for key in sorted(gone) if done[key]]
        if stays:
            draft.errors["lines"] = Message(_STAYS.text, line=_named(stays[0]))
        elif work.verb:
            _forget(work, gone)


def _named(line: Any) -> str:
    return str(line.description or "").split("\n", 1)[0]


def _forget(work: Work, keys: Iterable[int]) -> None:
    """Lines of cancelled drafts do not keep the lines that they were made from; their heads name the order still."""
    for target in ("deliveries", "invoices"):
        line = HEADS[target][1]
        name = ancestor_of("orders", target)
        made = sa.update(line).where(column_of(line, name).in_(keys)).values({name: None})
        work.session.execute(made.execution_options(synchronize_session=False))


@before_commit("order_line")
def _carried_on_stays(work: Work) -> None:
    """Whatever changes the lines of such an order, be it an undo: what was delivered or invoiced of one is its least, as it was agreed."""
    changed: dict[int, set[str]] = {}
    for row in work.changes:
        if row["entity"] == OrderLine.__tablename__ and row["before"] is not None and row["after"] is not None:
            changed.setdefault(row["record"], set()).update(row["after"])
    done = ledger.sums(work, "orders", changed)
    errors: dict[str, Message] = {}
    for key in (key for key in changed if any(done[key].values())):
        line = work.session.get(OrderLine, key)
        if line is not None:
            faults = _faults(line, changed[key], done[key])
            errors |= {f"lines.{line.position}.{name}": text for name, text in faults.items()}
    if errors:
        raise Invalid(errors)


def _faults(line: OrderLine, changed: set[str], done: Mapping[str, Decimal]) -> dict[str, Message]:
    gone = _gone(done)
    told = Message(_BEGUN.text, done=money.bare(gone))
    found = {name: told for name in _OF_LINE if name in changed and gone}
    if "quantity" in changed and line.quantity < gone:
        found["quantity"] = Message(
            "At least {least}: so much has been delivered or invoiced, drafts included.", least=money.bare(gone)
        )
    return found


def _gone(done: Mapping[str, Decimal]) -> Decimal:
    """How much of a line stands on notes and invoices, drafts with them, and has not come back."""
    handed = done.get("delivered", ZERO) - done.get("returned", ZERO)
    return max(handed, done.get("invoiced", ZERO) - done.get("credited", ZERO), ZERO)


def confirm(work: Work, row: Any, inside: Sequence[Any]) -> None:
    """It stands again, under its number. Lines that say what they did were agreed on before, and an order that comes to no more than
    before was granted then. Raises Invalid.
    """
    kept = snapshots.stored(work, SalesOrder.__tablename__, row.id)
    touched = _touched_since(work, row.id)
    if touched:
        agreed = [line.id for line in inside if _is_agreed(line, touched.get(line.id, {}))]
        readiness.require(work, row, inside, agreed)
    if kept is None or row.total_company > Decimal(kept.content["total_company"]):
        credit.refuse_order(work, row)
    if kept is None:
        snapshots.keep(work, "orders", row, inside)
        return
    if kept.pdf is not None:
        _keep_paper(work, row, kept)
    snapshots.renew(work, kept, "orders", row, inside)


def _keep_paper(work: Work, row: Any, kept: DocumentSnapshot) -> None:
    """What somebody may have in hand, as the order was before, stays among its files."""
    from . import files  # files knows records, which knows the modules

    sha256 = kept.pdf or ""
    path = files.path_of(sha256)
    if path.is_file():
        name = f"{row.number.replace('/', '-')} ({kept.made_at:%Y-%m-%d}).pdf"
        work.session.add(
            Attachment(
                resource="orders", record=row.id, name=files.clean_name(name), media_type="application/pdf",
                size=path.stat().st_size, sha256=sha256, author=work.actor.user,
            )
        )  # fmt: skip


def _touched_since(work: Work, key: int) -> dict[int, dict[str, Any] | None]:
    """The lines that came (None), went or were changed since the order was confirmed last, with what they said before."""
    names = ("entity", "record", "before", "after", "root_entity", "root", "id")
    entity, record, before, after, around, root, number = (column_of(Change, name) for name in names)
    table = SalesOrder.__tablename__
    mine = sa.or_(sa.and_(entity == table, record == key), sa.and_(around == table, root == key))
    told = sa.select(entity, record, before, after).where(mine).order_by(number.desc())
    found: dict[int, dict[str, Any] | None] = {}
    for of, one, earlier, now in work.session.execute(told):
        if of == table and (now or {}).get("status") == OrderStatus.CONFIRMED.value:
            break
        if of == OrderLine.__tablename__:
            found[one] = None if earlier is None else (found.get(one) or {}) | earlier
    return found


def _is_agreed(line: OrderLine, earlier: Mapping[str, Any] | None) -> bool:
    """Whether the line says what it did, or wants less of the same."""
    if earlier is None:
        return False
    said = {name: decode(column_of(OrderLine, name), value) for name, value in earlier.items()}
    same = all(said.get(name, getattr(line, name)) == getattr(line, name) for name in _OF_LINE)
    return same and bool(line.quantity <= said.get("quantity", line.quantity))
