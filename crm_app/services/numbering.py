"""Numbers of documents: drawn in the transaction that issues them, without gaps, and the date never goes back."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.core.i18n import DEFAULT_LANGUAGE, Message, translate
from crm_app.models.numbering import Counter, Numbered, Sequence

from . import rules
from .work import Work, column_of

_PATTERNS = {
    Numbered.QUOTE: ("Quotes", "COT-{yyyy}-{n:05}"),
    Numbered.ORDER: ("Sales orders", "P-{yyyy}-{n:05}"),
    Numbered.DELIVERY: ("Delivery notes", "E-{yyyy}-{n:05}"),
    Numbered.INVOICE: ("Invoices", "F-{yyyy}-{n:06}"),
    Numbered.CREDIT_NOTE: ("Credit notes", "A-{yyyy}-{n:06}"),
    Numbered.DEBIT_NOTE: ("Debit notes", "D-{yyyy}-{n:06}"),
    Numbered.DEPOSIT: ("Deposit invoices", "N-{yyyy}-{n:06}"),
    Numbered.PAYMENT: ("Payments", "C-{yyyy}-{n:06}"),
}


def draw(work: Work, kind: Numbered, day: date) -> str:
    """The next number of the kind's series for a document of that date. Raises Invalid at "date" where it would go back, or lies ahead.

    The series is locked until the end of the transaction: SQLite by the write lock, PostgreSQL by the row. Where it begins anew
    every year, the date does not go back into the year before either.
    """
    series = _series(work, kind)
    counters = _counters(work, series)
    _refuse(work, max((each.last_day for each in counters if each.last_day), default=None), day)
    counter = _counter(work, series, counters, day.year if series.yearly else 0)
    counter.last += 1
    counter.last_day = day
    return written(series.pattern, counter.last, day)


def require(work: Work, kind: Numbered, day: date) -> None:
    """Raise Invalid where `draw` would, as far as one can tell without locking the series."""
    _refuse(work, _last_day(work, kind), day)


def _refuse(work: Work, last: date | None, day: date) -> None:
    today = clock.today(rules.company(work, "time_zone") or "UTC")
    if day > today:
        raise Invalid({"date": Message("This day is still to come.")})
    if last is not None and day < last:
        text = Message(
            "The last number of this series is of {day}. Write a date from then until today, {today}.",
            day=last,
            today=today,
        )
        raise Invalid({"date": text})


def passed(work: Work, kind: Numbered, day: date) -> bool:
    """Whether the kind's series has come further than that day."""
    last = _last_day(work, kind)
    return last is not None and day < last


def written(pattern: str, number: int, day: date) -> str:
    """The number as the pattern has it."""
    return pattern.format(n=number, yyyy=f"{day.year:04}", yy=f"{day.year % 100:02}", mm=f"{day.month:02}")


def _series(work: Work, kind: Numbered) -> Sequence:
    """The kind's series, locked; made where there is none."""
    mine = column_of(Sequence, "id") == _active(kind)
    found = work.locked_where(Sequence, mine)
    if found is None and work.session.get_bind().dialect.name == "postgresql":
        lock = sa.func.hashtext(f"series {kind.value}")
        work.session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
        found = work.locked_where(Sequence, mine)
    if found is None:
        make(work, (kind,))
        found = work.locked_where(Sequence, mine)
    return found  # type: ignore[no-any-return]


def make(work: Work, kinds: Iterable[Numbered]) -> None:
    """The usual series of these kinds. Past the session: what is about to be numbered must not be flushed half-way."""
    from . import records

    language = rules.company(work, "language") or DEFAULT_LANGUAGE
    rows = [
        {"name": translate(_PATTERNS[kind][0], language), "kind": kind.value, "pattern": _PATTERNS[kind][1]}
        for kind in kinds
    ]
    records.insert_many(work, records.resource_of("sequences"), rows)


def _active(kind: Numbered) -> sa.ScalarSelect[int]:
    """The id of the series that the kind's numbers come from."""
    usable = (column_of(Sequence, "kind") == kind.value, column_of(Sequence, "active").is_(True))
    return sa.select(sa.func.min(column_of(Sequence, "id"))).where(*usable).scalar_subquery()


def _last_day(work: Work, kind: Numbered) -> date | None:
    """The date of the last number of the kind's series, of whichever year."""
    last = sa.select(sa.func.max(column_of(Counter, "last_day")))
    found: date | None = work.session.scalar(last.where(column_of(Counter, "sequence") == _active(kind)))
    return found


def _counters(work: Work, series: Sequence) -> list[Counter]:
    """Of every year, as they are now that the series is locked."""
    mine = sa.select(Counter).where(column_of(Counter, "sequence") == series.id)
    return list(work.session.scalars(mine.execution_options(populate_existing=True)))


def _counter(work: Work, series: Sequence, counters: Iterable[Counter], year: int) -> Counter:
    """The counter of that year, made where there is none."""
    for each in counters:
        if each.year == year:
            return each
    work.session.execute(sa.insert(Counter).values(sequence=series.id, year=year, last=0))
    mine = (column_of(Counter, "sequence") == series.id, column_of(Counter, "year") == year)
    return work.session.scalars(sa.select(Counter).where(*mine)).one()
