"""A draft that is dated anew when it is numbered, and what follows from its date: rate, taxes, sums, and until when it is valid."""

from collections.abc import Sequence
from typing import Any

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Day
from crm_app.models.accounts import Account
from crm_app.models.trade import LineChoice

from . import shares, snapshots, trade
from .work import Work

_OF_DAY = ("date", "currency", "kind", "corrects", "returns")


def anew(work: Work, resource: str, row: Any, raw: object) -> None:
    """Date the draft so, where a date is given. A quote is valid as many days as before. Raises Invalid at "date".

    A foreign currency's rate moves with it, see `trade.rate_of_day`; prices stay as they stand.
    """
    try:
        day = Day().parse(raw, work.actor.speech)
    except BadValue as bad:
        raise Invalid({"date": bad.message}) from None
    if day is None:
        return
    if getattr(row, "valid_until", None) is not None:
        row.valid_until += day - row.date
    row.date = day
    head = {name: getattr(row, name) for name in (*_OF_DAY, *trade.RATE) if hasattr(row, name)}
    trade.rate_of_day(work, head)
    for name in trade.RATE:
        setattr(row, name, head[name])
    recompute(work, resource, row, snapshots.lines_of(work, resource, row.id))


def recompute(work: Work, resource: str, row: Any, lines: Sequence[Any]) -> None:
    """Nets, taxes and totals of a draft from its lines as they are."""
    account = work.row(Account, row.account)
    names = ("quantity", "price", "discount", "tax_class", "net")
    rows = [
        {name: getattr(line, name) for name in names} | {"choice": getattr(line, "choice", LineChoice.FIRM.value)}
        for line in lines
    ]
    named = ("date", "operation_date", "currency", "rate", "included", "kind", "corrects")
    head = {name: getattr(row, name) for name in named if hasattr(row, name)}
    trade.add_up(work, head, account, rows)
    for line, values in zip(lines, rows, strict=True):
        if line.net != values["net"]:
            line.net = values["net"]
    for name, value in head.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    shares.share_out(work, resource, row)
