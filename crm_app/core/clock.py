"""The time. UTC inside, a zone only where a person reads it. Tests freeze it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_frozen: datetime | None = None
_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _told.get() or _frozen or datetime.now(UTC)


def today(zone: str = "UTC") -> date:
    """The date on the wall in that IANA zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """The clock stands at `moment` (aware) inside the block, in every thread."""
    global _frozen  # noqa: PLW0603 - the one place that may stop the clock
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """For what the block itself does it is `moment` (aware): a past that is told. Nobody else's clock is touched."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)


def ago(**duration: float) -> datetime:
    """The moment that lies `timedelta(**duration)` back."""
    return now() - timedelta(**duration)
