"""Statement of account and open items as PDFs for the customer, in the customer's language."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_app.core.i18n import translate
from crm_app.models.accounts import Account

from . import files, logos, papers, records, snapshots, statements, trade, unsettled
from .actors import Actor
from .ageing import BUCKETS, ageing
from .work import Work

_AGES = ("Not yet due", "1-30 days", "31-60", "61-90", "91-120", "Older")
_Ages = tuple[tuple[str, Decimal], ...]
_Part = tuple[str, Decimal, Decimal, Sequence[statements.Movement], _Ages]


def statement(actor: Actor, account: object, begin: date | None, end: date | None) -> papers.Paper:
    """An account's movements between two days, both included; this year to today without them.

    Raises Missing, NotAllowed, Invalid. The rendering runs outside every transaction.
    """
    with Work(actor) as work:
        last = end or trade.today(work)
        first = begin or last.replace(month=1, day=1)
        found = statements.statement(work, account, first, last)
        heads = _heads(work, account)
    parts = [(part.currency, part.opening, part.closing, part.movements, ()) for part in found]
    return _as_paper("Statement of account", heads, first, last, parts)


def open_items(actor: Actor, account: object, day: date | None) -> papers.Paper:
    """What the account has not settled at the end of that day (today), and how old it is. Raises as `statement`."""
    with Work(actor) as work:
        at = day or trade.today(work)
        found = unsettled.open_items(work, account, at)
        heads = _heads(work, account)
        key = [heads["account"]]
        aged = {row.currency: row for row in ageing(work, at, accounts=key)} if found else {}
    parts: list[_Part] = []
    for part in found:
        row = aged[part.currency]
        ages = [(title, row.buckets[bucket]) for title, bucket in zip(_AGES, BUCKETS, strict=True)]
        ages += [("Not allocated", -row.credit)] if row.credit else []
        parts.append((part.currency, Decimal(0), part.total, part.items, tuple(ages)))
    return _as_paper("Open items", heads, None, at, parts)


def _heads(work: Work, account: object) -> dict[str, Any]:
    """Who writes to whom, in which language."""
    company = trade.company(work)
    row = work.row(Account, records.key_of(records.resource_of("accounts"), account))
    return {
        "account": row.id,
        "language": row.language or company.language,
        "country": row.country or company.country,
        "issuer": snapshots.issuer(company),
        "customer": snapshots.party(row),
        "logo": logos.current(work),
    }


def _as_paper(title: str, heads: dict[str, Any], begin: date | None, end: date, parts: Iterable[_Part]) -> papers.Paper:
    from crm_app.documents import statement as document  # 30 MB that a server which draws nothing does without
    from crm_app.documents.snapshot import Party

    def row(moved: statements.Movement) -> document.Row:
        number = " ".join(part for part in (moved.number or f"#{moved.id}", moved.part) if part)
        credit, spanish = moved.kind == "credit_note", heads["issuer"]["country"] == "ES"
        kind = (
            "Corrective invoice" if credit and spanish else statements.KIND_WORDS[moved.kind]
        )  # as its own paper says
        overdue = getattr(moved, "overdue", 0)
        return document.Row(
            moved.day, kind, number, None if credit else moved.due, moved.amount, moved.balance, overdue
        )

    said = document.Statement(
        heads["language"],
        heads["country"],
        Party(**heads["issuer"]),
        Party(**heads["customer"]),
        begin,
        end,
        tuple(
            document.Part(currency, opening, closing, tuple(map(row, moved)), tuple(document.Age(*age) for age in ages))
            for currency, opening, closing, moved, ages in parts
        ),
    )
    name = f"{translate(title, said.language)} {said.customer.name} {end.isoformat()}.pdf"
    return papers.Paper(
        files.clean_name(name.replace("/", "-")), document.draw(said, logo=papers.logo_of(heads["logo"])), ""
    )
