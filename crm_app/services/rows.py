"""Many rows into one table at once, as quickly as the database takes them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from crm_app.models.history import Change

_VALUES = 30_000  # in one statement; SQLite takes 32,766


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all bring the same columns, without SQLAlchemy's work for each row, which takes longer than the database's."""
    if len(rows) == 1:
        connection.execute(sa.insert(table), list(rows))
        return
    names = list(rows[0])
    columns = [_stored([row[name] for row in rows], table.columns[name], connection.dialect) for name in names]
    whole = list(zip(*columns, strict=True))
    named = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        _say(connection, f'INSERT INTO "{table.name}" ({named}) VALUES ', whole)  # noqa: S608 - our own names
    else:
        _copy(connection, f'COPY "{table.name}" ({named}) FROM STDIN', whole)


def _say(connection: sa.Connection, into: str, rows: list[tuple[Any, ...]]) -> None:
    """A thousand and more in one statement: SQLite writes its search index anew after every one."""
    size = _VALUES // len(rows[0])
    one = f"({', '.join('?' * len(rows[0]))})"
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        connection.exec_driver_sql(into + ", ".join([one] * len(part)), tuple(chain.from_iterable(part)))


def _copy(connection: sa.Connection, into: str, rows: list[tuple[Any, ...]]) -> None:
    """As PostgreSQL takes many rows; what it refuses is raised as SQLAlchemy raises it."""
    import psycopg

    try:
        with connection.connection.cursor() as cursor, cursor.copy(into) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            into, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def draw_ids(connection: sa.Connection, table: sa.Table, many: int) -> list[int]:
    """The next ids of that table, in order. Who writes on SQLite is alone, and counts on from all that are there or were ever."""
    if connection.dialect.name != "sqlite":
        drawn = sa.func.nextval(sa.func.pg_get_serial_sequence(table.name, "id"))
        return list(connection.scalars(sa.select(drawn).select_from(sa.func.generate_series(1, many))))
    change = Change.__table__  # type: ignore[attr-defined]
    ever = sa.select(sa.func.max(change.c.record)).where(change.c.entity == table.name)
    last = max(connection.scalar(sa.select(sa.func.max(table.c.id))) or 0, connection.scalar(ever) or 0)
    return list(range(last + 1, last + 1 + many))


def _stored(values: list[Any], column: sa.Column[Any], dialect: sa.Dialect) -> list[Any]:
    """A column's values as the database takes them. Points in time come many times over, and are costly to write."""
    store: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if store is None:
        return values
    if not isinstance(next((value for value in values if value is not None), None), date):  # a datetime is one too
        return [store(value) for value in values]
    known = {value: store(value) for value in set(values)}
    return [known[value] for value in values]
