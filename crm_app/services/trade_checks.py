"""Do the books agree? What is stored beside the decisions is computed anew and compared; statement and ageing must say the same."""

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa

from crm_app.models.invoices import Invoice, InvoicePart
from crm_app.models.numbering import Counter, Numbered, Sequence
from crm_app.models.payments import Allocation, Payment

from . import ageing, carried, frozen_checks, instalments, ledger, statements, trade
from .work import Work, column_of

ZERO = Decimal(0)


def disagreements(work: Work) -> Iterator[tuple[str, str]]:
    """(what was checked, "" or what is wrong with it), one after the other."""
    yield "invoices and allocations", _counted(_wrong_invoices(work), "invoices")
    yield "invoices and instalments", _counted(_wrong_parts(work), "invoices")
    yield "payments and allocations", _counted(_wrong_payments(work), "payments")
    yield "progress of documents", _counted(carried.wrong(work), "documents")
    yield "stock and delivery notes", _counted(frozen_checks.moves(work), "moves")
    yield "documents as issued", _counted(frozen_checks.documents(work), "documents")
    yield "totals of documents", _counted(_wrong_totals(work), "documents")
    yield "statement and ageing", _unlike(work)
    yield "numbers without gaps", _gaps(work)


def _counted(found: int, what: str) -> str:
    return f"{found} {what} differ" if found else ""


def _sum(name: str, key: str, table: type[Invoice] | type[Payment]) -> sa.ColumnElement[Decimal]:
    found = sa.select(sa.func.sum(column_of(Allocation, name))).where(
        column_of(Allocation, key) == column_of(table, "id"), column_of(Allocation, "until").is_(None)
    )
    return sa.func.coalesce(found.scalar_subquery(), sa.literal(ZERO, column_of(Allocation, name).type))


def _wrong_invoices(work: Work) -> int:
    paid, balance, payable = (column_of(Invoice, name) for name in ("paid", "balance", "payable"))
    settled = _sum("amount", "invoice", Invoice) + _sum("taken", "credit", Invoice)
    wrong = sa.or_(paid != settled, balance != payable - paid)
    statement = sa.select(sa.func.count()).select_from(Invoice).where(column_of(Invoice, "status") == "issued", wrong)
    return work.session.scalar(statement) or 0


def _wrong_parts(work: Work) -> int:
    """Issued invoices whose parts do not come to what is payable, do not follow one another, or whose next day is not theirs."""
    mine, other = InvoicePart, sa.orm.aliased(InvoicePart)
    earlier = sa.or_(
        other.due < column_of(mine, "due"),
        sa.and_(other.due == column_of(mine, "due"), other.id < column_of(mine, "id")),
    )
    nothing = sa.literal(ZERO, column_of(mine, "amount").type)
    sum_before = sa.select(sa.func.sum(other.amount)).where(other.invoice == column_of(mine, "invoice"), earlier)
    before = sa.func.coalesce(sum_before.correlate(mine).scalar_subquery(), nothing)
    broken = sa.select(column_of(mine, "id")).where(
        column_of(mine, "invoice") == column_of(Invoice, "id"), column_of(mine, "before") != before
    )
    whole = sa.select(sa.func.sum(column_of(mine, "amount"))).where(
        column_of(mine, "invoice") == column_of(Invoice, "id")
    )
    wrong = sa.or_(
        sa.func.coalesce(whole.scalar_subquery(), nothing) != column_of(Invoice, "payable"),
        broken.exists(),
        column_of(Invoice, "next_due").is_distinct_from(instalments.next_due(column_of(Invoice, "paid"))),
    )
    statement = sa.select(sa.func.count()).select_from(Invoice).where(column_of(Invoice, "status") == "issued", wrong)
    return work.session.scalar(statement) or 0


def _wrong_payments(work: Work) -> int:
    free, amount = column_of(Payment, "unallocated"), column_of(Payment, "amount")
    wrong = free != amount - _sum("taken", "payment", Payment) - _sum("amount", "refunded", Payment)
    statement = sa.select(sa.func.count()).select_from(Payment).where(column_of(Payment, "status") == "posted", wrong)
    return work.session.scalar(statement) or 0


def _wrong_totals(work: Work) -> int:
    """Documents whose total is not net, tax and rounding, or whose nets do not add up to the net. (Options do not count.)"""
    found = 0
    for head, line in ledger.HEADS.values():
        names = ("net", "tax", "rounding", "total", "collected", "withheld", "payable")
        net, tax, rounding, total, collected, withheld, payable = (column_of(head, name) for name in names)
        lines = sa.select(sa.func.sum(column_of(line, "net"))).where(
            column_of(line, line.PARENT) == column_of(head, "id")
        )
        if "choice" in line.__table__.columns:
            lines = lines.where(column_of(line, "choice") == "firm")
        wrong = sa.or_(
            total != net + tax + rounding,
            payable != total + collected - withheld,
            net != sa.func.coalesce(lines.scalar_subquery(), net),
        )
        found += work.session.scalar(sa.select(sa.func.count()).select_from(head).where(wrong)) or 0
    return found


def _unlike(work: Work) -> str:
    """The sum of all statements to this day is the sum of the ageing, currency by currency."""
    day = trade.today(work)
    aged: dict[str, Decimal] = {}
    for row in ageing.ageing(work, day):
        aged[row.currency] = aged.get(row.currency, ZERO) + row.total
    stated: dict[str, Decimal] = {}
    for currency, amount in statements.owed_by_currency(work, day):
        stated[currency] = stated.get(currency, ZERO) + amount
    unlike = sorted(key for key in aged.keys() | stated.keys() if aged.get(key, ZERO) != stated.get(key, ZERO))
    return f"differ in {', '.join(unlike)}" if unlike else ""


def _gaps(work: Work) -> str:
    """Every series of legal documents has given as many numbers as there are documents."""
    wrong = []
    for kind in (Numbered.INVOICE, Numbered.CREDIT_NOTE, Numbered.DEBIT_NOTE, Numbered.DEPOSIT):
        given = (
            sa.select(sa.func.coalesce(sa.func.sum(column_of(Counter, "last")), 0))
            .join(Sequence, column_of(Sequence, "id") == column_of(Counter, "sequence"))
            .where(column_of(Sequence, "kind") == kind.value)
        )
        there = (
            sa.select(sa.func.count())
            .select_from(Invoice)
            .where(column_of(Invoice, "kind") == kind.value, column_of(Invoice, "number").is_not(None))
        )
        if int(work.session.scalar(given) or 0) != work.session.scalar(there):
            wrong.append(kind.value)
    return f"differ in {', '.join(wrong)}" if wrong else ""
