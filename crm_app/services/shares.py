"""Split credit: which salesperson has how much of a document. The shares are 100 %, and their amounts are its net to the cent."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.i18n import Message

from . import ledger, lines, rules, trade
from .work import Work, column_of

WHOLE = Decimal(100)


def _table(resource: str) -> Any:
    return lines.part_of(resource, "shares").resource.table


def of(work: Work, resource: str, key: int) -> list[Any]:
    """The rows of a document's shares, in order."""
    table = _table(resource)
    statement = sa.select(table).where(column_of(table, table.PARENT) == key)
    return list(work.session.scalars(statement.order_by(column_of(table, "position"), column_of(table, "id"))))


def share_out(work: Work, resource: str, row: Any) -> None:
    """Share the document's net out anew, after it was computed."""
    mine = of(work, resource, row.id)
    amounts = money.allocate(row.net, [one.percent for one in mine], row.currency) if mine else []
    for one, amount in zip(mine, amounts, strict=True):
        if one.amount != amount:
            one.amount = amount


def carry(work: Work, source: str, key: int, target: str, made: Any) -> None:
    """The new document is shared like the one that it was made from."""
    rows = of(work, source, key)
    if not rows:
        return
    table = _table(target)
    amounts = money.allocate(made.net, [row.percent for row in rows], made.currency)
    work.session.add_all(
        table(**{table.PARENT: made.id}, position=place, person=row.person, percent=row.percent, amount=amount)
        for place, (row, amount) in enumerate(zip(rows, amounts, strict=True))
    )
    work.session.flush()


def _split(work: Work, draft: rules.Draft, resource: str) -> None:
    """Shares that come now are checked; they share the net anew whenever it was computed."""
    if "shares" not in draft.lines:
        if draft.id is None or "net" not in draft.values:
            return
        draft.lines["shares"] = [(row.id, {}) for row in of(work, resource, draft.id)]  # type: ignore[index]
    rows = rules.inside_of(resource, draft, "shares", work)
    if not rows:
        return
    draft.errors.update(_faults(rows))
    if draft.errors:
        return
    net, currency = _net(work, draft, resource)
    amounts = money.allocate(net, [row["percent"] for row in rows], currency)
    for (_, values), amount in zip(draft.lines["shares"], amounts, strict=True):
        values["amount"] = amount


def _faults(rows: Sequence[Mapping[str, Any]]) -> dict[str, Message]:
    found: dict[str, Message] = {}
    people: set[int] = set()
    for number, row in enumerate(rows):
        if row["percent"] <= 0:
            found[f"shares.{number}.percent"] = Message("Write a number above zero.")
        if row["person"] in people:
            found[f"shares.{number}.person"] = Message("This person is there already.")
        people.add(row["person"])
    total = sum((row["percent"] for row in rows), Decimal(0))
    if not found and total != WHOLE:
        found[f"shares.{len(rows) - 1}.percent"] = Message(
            "The shares come to {total} %, not to 100 %.", total=money.bare(total)
        )
    return found


def _net(work: Work, draft: rules.Draft, resource: str) -> tuple[Decimal, str]:
    """What is shared out, and in which currency: as computed now, else as stored."""
    if "net" in draft.values:
        return draft.values["net"], draft.values["currency"]
    row: Any = work.session.get(ledger.HEADS[resource][0], draft.id)
    return row.net, row.currency


def _register(resource: str) -> None:
    @rules.completes(resource)
    def _complete(work: Work, draft: rules.Draft) -> None:
        _split(work, draft, resource)


for _resource in trade.DOCUMENTS:
    _register(_resource)
