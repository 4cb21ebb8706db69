"""Everything that a SQLite database holds, to compare before with after."""

import sqlite3
from pathlib import Path

# what looking around writes by itself: when a session or a token was last used, and that somebody guessed
VOLATILE = {
    "session": ("seen_at", "expires_at"),
    "token": ("used_at",),
    "job": None,
    "attempt": None,
    "alembic_version": None,
}


def dump(data: Path, *, without: tuple[str, ...] = ()) -> dict[str, list[dict]]:
    """Table to rows, of all tables."""
    connection = sqlite3.connect(f"file:{data / 'crm.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        kept = [
            name
            for name in names
            if not name.startswith("sqlite_") and VOLATILE.get(name, ()) is not None and name not in without
        ]
        found = {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in kept}  # noqa: S608
    finally:
        connection.close()
    for name, columns in VOLATILE.items():
        for row in found.get(name, []):
            for column in columns or ():
                row.pop(column)
    return found
