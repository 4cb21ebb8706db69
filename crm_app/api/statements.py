"""Statement of an account, the instalments of an invoice, what settles what, and ageing of everything open."""

from datetime import date
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Boolean, Day, Number, Reference
from crm_app.core.i18n import Message
from crm_app.core.plain import storable
from crm_app.core.query import MAX_TEXT, Query
from crm_app.core.tax import part_of
from crm_app.models.accounts import ACCOUNTS
from crm_app.services import ageing as ages
from crm_app.services import (
    allocation_sheet,
    files,
    receivable_papers,
    receivable_sheets,
    records,
    statements,
    strip,
    trade,
    unsettled,
    whole,
)
from crm_app.services.work import Work

from .calls import Call, add, reply
from .exports import XLSX
from .money_paths import DOCUMENTS
from .papers import sent

_AMOUNT = Number(4)
_SHOWN = "show"  # the page's own: which of the two it shows, in the address that it shares with its files
_BETWEEN = ("from", "to", _SHOWN)
_AT = ("date", _SHOWN)
_WHOSE = ("salesperson", "zone", "itself", "group", "q")


def _day(call: Call, name: str) -> date | None:
    """A day of the query part. Raises Invalid."""
    try:
        return Day().parse(dict(call.params).get(name, ""))
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None


def statement(call: Call) -> Response:
    """All movements of an account from `from` to `to`, by currency; this year to today without them."""
    begin, end = _day(call, "from"), _day(call, "to")
    with Work(call.actor) as work:
        last = end or trade.today(work)
        found = statements.statement(work, call.path["id"], begin or last.replace(month=1, day=1), last)
    return reply({"items": [_statement(part) for part in found]})


def open_items(call: Call) -> Response:
    """What the account has not settled at the end of `date` (today), by currency."""
    day = _day(call, "date")
    with Work(call.actor) as work:
        at = day or trade.today(work)
        found = unsettled.open_items(work, call.path["id"], at)
    return reply({"date": at.isoformat(), "items": [_open(part) for part in found]})


def _open(part: unsettled.OpenItems) -> dict[str, object]:
    return {
        "currency": part.currency,
        "total": _AMOUNT.json(part.total),
        "overdue": _AMOUNT.json(part.late),
        "items": [_movement(row) | {"days_overdue": row.overdue} for row in part.items],
    }


def _statement(part: statements.Statement) -> dict[str, object]:
    return {
        "currency": part.currency,
        "opening": _AMOUNT.json(part.opening),
        "closing": _AMOUNT.json(part.closing),
        "movements": [_movement(row) for row in part.movements],
    }


def _movement(row: statements.Movement) -> dict[str, object]:
    return {
        "date": row.day.isoformat(), "resource": row.resource, "id": row.id, "number": row.number, "kind": row.kind,
        "due": row.due.isoformat() if row.due else None, "amount": _AMOUNT.json(row.amount),
        "part": row.part, "balance": _AMOUNT.json(row.balance),
    }  # fmt: skip


def instalments(call: Call) -> Response:
    """The parts of an issued invoice, the earliest first, and what is open of each."""
    with Work(call.actor) as work:
        found = strip.parts_of(work, call.path["id"])
    items = [
        {"due": part.due.isoformat(), "amount": _AMOUNT.json(part.amount), "open": _AMOUNT.json(part.open)}
        for part in found
    ]
    return reply({"items": items})


def taxes(resource: str, call: Call) -> Response:
    """What of a document's taxes, and of what is collected, withheld and paid apart, falls to each rate."""
    with Work(call.actor) as work:
        key = records.reach(work, records.resource_of(resource), call.path["id"])
        found = strip.tax_lines(work, resource, key)
    names = ("tax", "name", "kind", "value", "base", "amount", "withheld", "category", "reason")
    items = [{name: row.get(name) for name in names} | {"part": part_of(row["kind"]).value} for row in found]
    return reply({"items": items})


def allocations(resource: str, call: Call) -> Response:
    """What a payment or a credit note settles, what settles an invoice or pays money back; what was taken back has a last day."""
    query = Query.from_params(call.params)
    with Work(call.actor) as work:
        found, total = allocation_sheet.page(work, resource, call.path["id"], query)
    items = [_allocation(row) for row in found]
    return reply({"items": items, "total": total, "page": query.page, "size": query.size})


def _allocation(row: allocation_sheet.Settled) -> dict[str, object]:
    return {
        "id": row.allocation, "resource": row.resource, "document": row.id, "number": row.number,
        "date": row.day.isoformat(), "until": row.until.isoformat() if row.until else None,
        "amount": _AMOUNT.json(row.amount), "currency": row.currency,
        "taken": _AMOUNT.json(row.taken), "taken_currency": row.taken_currency,
        "difference": _AMOUNT.json(row.difference), "company_currency": row.company_currency,
    }  # fmt: skip


def _which(call: Call) -> tuple[ages.Which, str, str]:
    """Of which customers, by what their sums are told, and the words that the names hold. Raises Invalid."""
    asked = dict(call.params)
    try:
        itself = bool(Boolean().parse(asked.get("itself")))
    except BadValue as bad:
        raise Invalid({"itself": bad.message}) from None
    group = asked.get("group") or ages.GROUPS[0]
    if group not in ages.GROUPS:
        raise Invalid({"group": Message("Choose one of: {options}.", options=", ".join(ages.GROUPS))})
    which = ages.Which(asked.get("salesperson", ""), asked.get("zone", ""), itself)
    return which, group, storable(asked.get("q", ""))[:MAX_TEXT]


def ageing(call: Call) -> Response:
    """What every account owes at the end of `date` (today), by days overdue; of one account with `account`.

    Of those of a `salesperson` or a `zone`; by `group` the sums of each. With `q` those whose names hold its words.
    """
    day, (which, group, text) = _day(call, "date"), _which(call)
    raw = dict(call.params).get("account", "")
    try:
        account = Reference(ACCOUNTS.name).parse(raw)
    except BadValue:
        raise Invalid({"account": Message("Choose one from the list.")}) from None
    with Work(call.actor) as work:
        at = day or trade.today(work)
        found = ages.grouped(ages.ageing(work, at, which, None if account is None else [account]), group)
    found = ages.narrowed(call.actor.speech, found, group, text)
    missing = whole.partial(call.actor, "ageing.read")
    return reply(
        {"date": at.isoformat(), "group": group, "partial": missing, "items": [_aged(row, group) for row in found]}
    )


def _aged(row: ages.Aged, group: str) -> dict[str, object]:
    """A customer with their salesperson and zone, or the sum of one of those."""
    customer = group == ages.GROUPS[0]
    names = ages.GROUPS[1:] if customer else (group,)
    return {
        **({"account": row.account} if customer else {}),
        **{name: named[0] if (named := getattr(row, name)) else None for name in names},
        "name": row.name, "currency": row.currency,
        **{name: _AMOUNT.json(amount) for name, amount in row.buckets.items()},
        "credit": _AMOUNT.json(row.credit), "total": _AMOUNT.json(row.total),
    }  # fmt: skip


def ageing_sheet(call: Call) -> Response:
    """The ageing as a workbook in the caller's language."""
    return saved(*receivable_sheets.ageing(call.actor, _day(call, "date"), *_which(call)))


def statement_sheet(call: Call) -> Response:
    """The statement as a workbook in the caller's language, one currency under the other."""
    return saved(*receivable_sheets.statement(call.actor, call.path["id"], _day(call, "from"), _day(call, "to")))


def open_items_sheet(call: Call) -> Response:
    """The open items as a workbook in the caller's language, one currency under the other."""
    return saved(*receivable_sheets.open_items(call.actor, call.path["id"], _day(call, "date")))


def statement_paper(call: Call) -> Response:
    """The statement as a PDF in the customer's language."""
    return sent(receivable_papers.statement(call.actor, call.path["id"], _day(call, "from"), _day(call, "to")), call)


def open_items_paper(call: Call) -> Response:
    """The open items as a PDF in the customer's language."""
    return sent(receivable_papers.open_items(call.actor, call.path["id"], _day(call, "date")), call)


def saved(name: str, content: bytes) -> Response:
    """The answer that is saved as a workbook of that name."""
    headers = {
        "Content-Disposition": files.disposition(name, inline=False),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers, media_type=XLSX)


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/accounts/{id}/statement", statement, _BETWEEN)
    add(router, "GET", "/accounts/{id}/statement.xlsx", statement_sheet, _BETWEEN)
    add(router, "GET", "/accounts/{id}/statement.pdf", statement_paper, (*_BETWEEN, "inline"))
    add(router, "GET", "/accounts/{id}/open-items", open_items, _AT)
    add(router, "GET", "/accounts/{id}/open-items.pdf", open_items_paper, (*_AT, "inline"))
    add(router, "GET", "/accounts/{id}/open-items.xlsx", open_items_sheet, _AT)
    add(router, "GET", "/invoices/{id}/instalments", instalments)
    for resource in DOCUMENTS:
        add(router, "GET", f"/{resource}/{{id}}/taxes", partial(taxes, resource))
    for resource in ("invoices", "payments"):
        add(router, "GET", f"/{resource}/{{id}}/allocations", partial(allocations, resource), ("page", "size"))
    add(router, "GET", "/ageing", ageing, ("date", "account", *_WHOSE))
    add(router, "GET", "/ageing.xlsx", ageing_sheet, ("date", *_WHOSE))
    return router
