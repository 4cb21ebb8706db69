"""Exchange rates from a file: told beforehand what it would do, then written as one act that one undo takes back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.models.currencies import EXCHANGE_RATES, ExchangeRate, TradedCurrency

from . import actions, files, many, records, rules
from .actors import Actor
from .csv_files import Refused
from .rate_reading import Quoted, Reading, read
from .work import Work, column_of


@dataclass(frozen=True)
class File:
    """A file as it came. `since` leaves out what is older; `inverse` see `rate_reading.read`."""

    name: str
    content: bytes
    since: date | None = None
    inverse: bool = False

    @property
    def source(self) -> str:
        """What is kept beside each rate."""
        return files.clean_name(self.name)[:80]


@dataclass(frozen=True)
class Told:
    """What a file does, or would do: rates that are new, that change one, that are there already; see `Reading` for the rest."""

    text: Message
    new: int
    changed: int
    same: int
    blank: int
    others: tuple[str, ...]
    currencies: tuple[str, ...]
    first: date | None
    last: date | None
    refused: tuple[Refused, ...]
    wrong: int
    change_set: int | None = None


@dataclass(frozen=True)
class _Plan:
    new: list[Quoted]
    changed: dict[int, Quoted]
    same: int


def may_import(work: Work) -> None:
    """Rates are made and changed. Raises NotAllowed."""
    for verb in ("read", "create", "change"):
        work.require(EXCHANGE_RATES.permission(verb))


def rehearse(actor: Actor, file: File) -> Told:
    """What the file would do; nothing is written. Raises NotAllowed, and Invalid for what is no file of rates."""
    with Work(actor) as work:
        may_import(work)
        reading = _read(work, file)
        return _told(reading, _plan(work, reading))


def import_file(actor: Actor, file: File, once: str | None = None) -> Told:
    """Write it, all or nothing; what is written is one ChangeSet. With the same `once` key the first answer comes again.

    Raises NotAllowed, and Invalid naming each line that cannot be taken.
    """
    found: list[Told] = []

    def run(
        work: Work, _of: Resource, _key: Any, _values: Mapping[str, object], _version: int | None
    ) -> actions.Outcome:
        may_import(work)
        reading = _read(work, file)
        _refuse(reading)
        plan = _plan(work, reading)
        _write(work, plan, file.source)
        found.append(_told(reading, plan))
        return actions.Outcome(None, None, {"new": len(plan.new), "changed": len(plan.changed), "same": plan.same})

    asked = {"sha256": hashlib.sha256(file.content).hexdigest(), "since": str(file.since), "inverse": file.inverse}
    act = actions.Action(EXCHANGE_RATES.name, "import", "Import rates", run)
    with Work(actor, EXCHANGE_RATES.permission("create"), label="Import rates") as work:
        outcome = actions.run_in(work, act, None, asked, once=once)
        if not found:  # it was imported under that key before
            found.append(_again(_read(work, file), outcome.result or {}))
    return replace(found[0], change_set=outcome.change_set)


def _read(work: Work, file: File) -> Reading:
    own = rules.company(work, "currency")
    traded = list(work.session.scalars(sa.select(column_of(TradedCurrency, "code"))))
    return read(file.content, own, traded, since=file.since, inverse=file.inverse)


def _refuse(reading: Reading) -> None:
    reading.check()
    if not reading.rates:
        raise Invalid({"file": Message("There is no rate in the file.")})


def _plan(work: Work, reading: Reading) -> _Plan:
    """What of it is new, another rate, or there already."""
    there = _there(work, reading)
    new, changed, same = [], {}, 0
    for key, quoted in reading.rates.items():
        if key not in there:
            new.append(quoted)
        elif there[key][1] != quoted.rate:
            changed[there[key][0]] = quoted
        else:
            same += 1
    return _Plan(new, changed, same)


def _there(work: Work, reading: Reading) -> dict[tuple[str, date], tuple[int, Decimal]]:
    """The rates of these currencies in that time: id and rate."""
    if not reading.rates:
        return {}
    codes, days = {key[0] for key in reading.rates}, [key[1] for key in reading.rates]
    columns = [column_of(ExchangeRate, name) for name in ("currency", "day", "id", "rate")]
    rows = sa.select(*columns).where(columns[0].in_(codes), columns[1].between(min(days), max(days)))
    return {(row[0], row[1]): (row[2], row[3]) for row in work.session.execute(rows)}


def _write(work: Work, plan: _Plan, source: str) -> None:
    rows = [{"currency": one.currency, "day": one.day, "rate": one.rate, "source": source} for one in plan.new]
    if rows:
        records.insert_many(work, EXCHANGE_RATES, rows)
    there = many.load(work, EXCHANGE_RATES, plan.changed)
    many.change(work, EXCHANGE_RATES, [(row, {"rate": plan.changed[row.id].rate, "source": source}) for row in there])


def _told(reading: Reading, plan: _Plan) -> Told:
    days = [key[1] for key in reading.rates]
    return Told(
        reading.text, len(plan.new), len(plan.changed), plan.same, reading.blank, reading.others,
        tuple(sorted({key[0] for key in reading.rates})), min(days, default=None), max(days, default=None),
        tuple(reading.refused), reading.wrong,
    )  # fmt: skip


def _again(reading: Reading, result: Mapping[str, Any]) -> Told:
    """What was told the first time."""
    return replace(_told(reading, _Plan([], {}, result["same"])), new=result["new"], changed=result["changed"])
