"""Many rows into one table at once, as quickly as the database takes them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

_VALUES = 30_000  # in one statement; SQLite takes 32,766


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all bring the same columns.

    On SQLite a thousand and more a statement, since it writes its search index anew after every one, and without SQLAlchemy's work
    for each row, which takes longer than the database's.
    """
    if connection.dialect.name != "sqlite" or len(rows) == 1:
        connection.execute(sa.insert(table), list(rows))
        return
    names = list(rows[0])
    columns = [_stored([row[name] for row in rows], table.columns[name], connection.dialect) for name in names]
    whole = list(zip(*columns, strict=True))
    size = _VALUES // len(names)
    named = ", ".join(f'"{name}"' for name in names)
    into = f'INSERT INTO "{table.name}" ({named}) VALUES '  # noqa: S608 - our own names
    one = f"({', '.join('?' * len(names))})"
    for start in range(0, len(whole), size):
        part = whole[start : start + size]
        given = tuple(value for row in part for value in row)
        connection.exec_driver_sql(into + ", ".join([one] * len(part)), given)


def _stored(values: list[Any], column: sa.Column[Any], dialect: sa.Dialect) -> list[Any]:
    """A column's values as the database takes them. Points in time come many times over, and are costly to write."""
    store: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if store is None:
        return values
    if not isinstance(next((value for value in values if value is not None), None), date):  # a datetime is one too
        return [store(value) for value in values]
    known = {value: store(value) for value in set(values)}
    return [known[value] for value in values]
