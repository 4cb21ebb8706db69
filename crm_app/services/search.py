"""Text search over the normalised `search` column: SQLite's FTS5 trigram table beside it, PostgreSQL's pg_trgm index on it.

The only place but the migrations with SQL that one database understands. A search is answered in two ways: a *narrow* one
(at most CAP matches) takes the matching ids from the index and sorts those; a *broad* one walks the list's own order and
tests each row, which meets enough matches soon. Which of the two is told by counting the matches, no further than CAP.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_app.core.fields import fold
from crm_app.core.plain import storable
from crm_app.core.query import MAX_TEXT

from .work import Work, column_of

CAP = 10_000


@dataclass(frozen=True)
class Match:
    """How to find the rows: `condition` for reading them in order, `index` for counting them; `total` stops at CAP + 1."""

    condition: sa.ColumnElement[bool]
    index: sa.ColumnElement[bool]
    total: int


def words_of(text: str) -> list[str]:
    """The search text as patterns in the `search` column: every word anywhere, one or two letters only as a word's beginning."""
    words = fold(storable(text[:MAX_TEXT])).split()[:8]
    return [word if len(word) >= 3 else f"{'  '[: 3 - len(word)]}{word}" for word in words]


def beginnings_of(text: str) -> list[str]:
    """The same, every word as a word's beginning."""
    return [f"  {word}" for word in fold(storable(text[:MAX_TEXT])).split()[:8]]


def match(work: Work, table: Any, text: str) -> Match | None:
    """The condition for rows that hold every word of `text`; None when the text is empty."""
    words = words_of(text)
    return _match(work, table, words) if words else None


def some(work: Work, table: Any, words: list[str], conditions: list[sa.ColumnElement[bool]], most: int) -> Any:
    """A select of the ids of at most `most` rows that hold all of these patterns and meet the conditions, in no order."""
    key = column_of(table, "id")
    if conditions:
        found = _match(work, table, words)
        return (
            sa.select(key)
            .where(found.condition, *(conditions if found.total > CAP else tested(conditions)))
            .limit(most)
        )
    if work.session.get_bind().dialect.name == "sqlite":
        return _trigrams(table.__tablename__, words).limit(most)
    return sa.select(key).where(_likes(table, words)).limit(most)


def tested(conditions: list[sa.ColumnElement[bool]]) -> list[sa.ColumnElement[bool]]:
    """The same conditions in a form that no index answers: the few rows found otherwise are tested, not all theirs fetched."""
    return [sa.case((condition, 1), else_=0) == 1 for condition in conditions]


def _likes(table: Any, words: list[str]) -> sa.ColumnElement[bool]:
    search = column_of(table, "search")
    return sa.and_(*(search.contains(word, autoescape=True) for word in words))


def _match(work: Work, table: Any, words: list[str]) -> Match:
    key, likes = column_of(table, "id"), _likes(table, words)
    ids = (
        _trigrams(table.__tablename__, words)
        if work.session.get_bind().dialect.name == "sqlite"
        else sa.select(key).where(likes)
    )
    total = work.session.scalar(sa.select(sa.func.count()).select_from(ids.limit(CAP + 1).subquery())) or 0
    index = key.in_(ids)
    if total > CAP:
        return Match(likes, index, total)
    return Match(key.in_(sa.select(ids.cte().prefix_with("MATERIALIZED", dialect="postgresql").c[0])), index, total)


def _trigrams(table: str, words: list[str]) -> Any:
    """The ids that SQLite's trigram index has for all of the words."""
    index = sa.table(f"{table}_search", sa.column("rowid"))
    phrase = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    return sa.select(index.c.rowid).where(sa.literal_column(f'"{table}_search"').op("MATCH")(phrase))


def out_of_step(work: Work, table: Any) -> str:
    """What is wrong with the table's search index, "" for nothing. (PostgreSQL keeps its index in step by itself.)"""
    connection = work.session.connection()
    if connection.dialect.name != "sqlite":
        return ""
    name = f"{table.__tablename__}_search"
    try:
        connection.exec_driver_sql(f"""INSERT INTO "{name}"("{name}", rank) VALUES ('integrity-check', 1)""")  # noqa: S608
    except sa.exc.DatabaseError:
        return "the index differs from the table"
    return ""
