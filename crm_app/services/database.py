"""The engine of this process: how it connects, begins and says that the database is not there."""

import errno
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm_app.core.errors import Unavailable
from crm_app.core.fields import fold
from crm_app.core.i18n import Message
from crm_app.core.settings import settings

POOL_SIZE = 8
_BUSY_MS = 5000
_TURN_S = 15
_LAIN_S = 1.0
_STEPS = 100_000  # of SQLite's machine between two looks at the clock: some milliseconds
_CACHE_KB = 3000  # per connection: eight of them stay small beside what fifty people hold open


@cache
def engine_for(url: str) -> sa.Engine:
    """The engine of that SQLAlchemy URL, one per process."""
    if url.startswith("sqlite"):
        path = sa.engine.make_url(url).database
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        # the connection used last knows most: its pages and statements are at hand
        found = sa.create_engine(
            url, pool_size=POOL_SIZE, max_overflow=4, pool_timeout=10, pool_use_lifo=True, hide_parameters=True
        )
        found.dialect.statement_compiler = _Hinted
        event.listen(found, "connect", _sqlite_connect)
        event.listen(found, "begin", _sqlite_begin)
        return found
    found = sa.create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=4,
        pool_timeout=10,
        pool_use_lifo=True,
        hide_parameters=True,  # an error that is logged must not name anybody
        connect_args={"connect_timeout": 5},
    )
    event.listen(found, "connect", _postgres_connect)
    event.listen(found, "checkin", _left)
    event.listen(found, "checkout", partial(_taken, found))
    return found


def _left(_connection: Any, record: Any) -> None:
    record.info["left"] = time.monotonic()


def _taken(of: sa.Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that has lain for a while is asked whether it still leads anywhere; with one just used that is a detour."""
    if time.monotonic() - record.info.get("left", 0.0) < _LAIN_S:
        return
    try:
        alive = of.dialect.do_ping(connection)
    except of.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error
    if not alive:
        raise InvalidatePoolError


def _postgres_connect(connection: Any, _record: Any) -> None:
    """Compiling a question takes PostgreSQL longer than answering any of ours. (Said here: a pooler refuses it at the start.)"""
    connection.execute("SET jit = off")
    connection.commit()


@cache
def _line(url: str) -> threading.Lock:  # noqa: ARG001 - one for each database
    return threading.Lock()


def take_turn() -> Callable[[], None]:
    """Wait until this thread may write; what is returned gives the turn to the next. Raises Unavailable after a while.

    SQLite lets one write at a time, and those who wait ask again now and then: whoever is unlucky would never come up.
    """
    url = settings().database_url
    if not url.startswith("sqlite"):
        return lambda: None
    turn = _line(url)
    if not turn.acquire(timeout=_TURN_S):
        raise Unavailable
    return turn.release


def engine() -> sa.Engine:
    """The engine of the configured database."""
    return engine_for(settings().database_url)


class _Hinted(SQLiteCompiler):
    """SQLite's, which takes hints: `select(…).with_hint(table, "INDEXED BY …", "sqlite")`."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        """What stands behind the table's name."""
        return text


def _sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: _sqlite_begin does
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
        f"cache_size=-{_CACHE_KB}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function(
        "lower", 1, _lower, deterministic=True
    )  # SQLite's own knows ASCII only, PostgreSQL's does not
    connection.create_function("crm_fold", 1, _fold, deterministic=True)  # PostgreSQL's stands in a migration


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_SHORT = 200  # characters; long texts are all different
_folded = lru_cache(4096)(fold)  # a column of a million rows mostly holds few different texts


def _fold(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _folded(value) if len(value) <= _SHORT else fold(value)


def _sqlite_begin(connection: sa.Connection) -> None:
    # a writer takes the lock at once: two that begin as readers and then write would fail one another
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


class TooLong(Exception):
    """A statement was given up."""


@contextmanager
def limited(connection: sa.Connection, seconds: float) -> Iterator[None]:
    """Give up a statement inside when it takes longer: raises TooLong. On PostgreSQL the transaction can then only be ended."""
    end = time.monotonic() + seconds
    sqlite = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if sqlite is None:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}")
    else:
        sqlite.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
        if sqlite is None:
            connection.exec_driver_sql("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == "57014" or str(error.orig) == "interrupted":
            raise TooLong from error
        raise
    finally:
        if sqlite is not None:
            sqlite.set_progress_handler(None, 0)


# no space, none left of what this user may have, read-only, larger than a file may be, broken
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO)
_DISK = Message("The disk of the database is full or cannot be written. Nothing was saved: tell your administrator.")


def unavailable(error: Exception) -> Unavailable | None:
    """The plain sentence for a database that is locked, full or gone, or for its disk; None when the error is something else."""
    if isinstance(error, PoolTimeout):
        return Unavailable()
    if isinstance(error, OSError) and error.errno in _FULL:
        return Unavailable(_DISK)
    if not isinstance(error, DBAPIError | sqlite3.Error):
        return None
    text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    if "disk is full" in text or "no space left" in text or "disk i/o" in text or "readonly database" in text:
        return Unavailable(_DISK)
    if "not a database" in text or "malformed" in text:
        return Unavailable(
            Message("The file of the database is damaged, or no database at all. Put a copy back: crm restore.")
        )
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    if "locked" in text or "busy" in text or gone or isinstance(error, OperationalError | sqlite3.OperationalError):
        return Unavailable()
    return None
