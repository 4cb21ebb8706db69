"""Which statements the database is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from crm_app.services.database import engine


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements of the block, beginnings and ends of transactions left out."""
    heard: list[str] = []

    def listen(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            heard.append(statement)

    sa.event.listen(engine(), "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        sa.event.remove(engine(), "before_cursor_execute", listen)
