"""Text search over the normalised `search` column: SQLite's FTS5 trigram table beside it, PostgreSQL's pg_trgm index on it.

The only place but the migrations with SQL that one database understands. A search is answered in two ways: a *narrow* one
(at most CAP matches) takes the matching ids from the index and sorts those; a *broad* one walks the list's own order and
tests each row, which mostly meets enough matches soon. Which of the two is told by counting the matches, no further than CAP.
Where the walk meets too few (all who are called "Talleres …" stand together, far behind "Academia …"), it is given up after
some thousand rows, and all the matching ids are sorted after all.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal

from crm_app.core.errors import Invalid
from crm_app.core.fields import fold
from crm_app.core.i18n import Message
from crm_app.core.plain import storable
from crm_app.core.query import MAX_TEXT
from crm_app.core.resource import RESOURCES
from crm_app.models.base import Searchable

from .work import Work, column_of

CAP = 10_000
# PostgreSQL's trigrams know words as letters and digits alone: each piece of "ana@correo.example" would begin a word, and one or
# two letters that some piece of every address begins with would name all rows. Its index has these marks as letters, capital
# ones, since a folded text holds none.
MARKS = {".": "A", "@": "B"}
NARROWS = 100_000  # with more, the rows are met sooner by reading them one after the other (at 1,000,000 rows)
_AUTOMERGE = 4  # SQLite's own: so many parts of a kind become one
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+(?:[^\W\d_]\.?)")


@dataclass(frozen=True)
class Match:
    """The rows of `table` that hold all of `words`: `total` of them, counted no further than CAP + 1.

    `phrase` is what SQLite's index is asked; "" on PostgreSQL. With `through` the rows that are sought are of another table:
    those whose column of that name refers to one of these.
    """

    table: Any
    words: tuple[str, ...]
    phrase: str
    total: int
    through: Any = None

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """True for these rows: for reading them in an order."""
        if self.through is not None or (self.total > CAP and not self.phrase):
            return self.index
        if self.total > CAP:
            return self.test
        ids = self.ids().cte().prefix_with("MATERIALIZED", dialect="postgresql")
        return column_of(self.table, "id").in_(sa.select(ids.c[0]))  # type: ignore[no-any-return]

    @property
    def test(self) -> sa.ColumnElement[bool]:
        """The same of a row that is read anyhow: no index answers it."""
        if self.through is not None:
            return self.index
        search = column_of(self.table, "search")
        return sa.and_(*(search.contains(word, autoescape=True) for word in self.words))

    @property
    def index(self) -> sa.ColumnElement[bool]:
        """The same from the index alone: for counting them."""
        key = column_of(self.table, "id") if self.through is None else self.through
        return key.in_(self.ids())  # type: ignore[no-any-return]

    def ids(self) -> Any:
        """A select of their ids, in no order."""
        if self.phrase:
            return _trigrams(self.table.__tablename__, self.phrase)
        return sa.select(column_of(self.table, "id")).where(_likes(self.table, self.words))


def words_of(text: str) -> list[str]:
    """The search text as patterns in the `search` column: every word anywhere, one or two letters only as a word's beginning.

    Initials are sought without their dots, as a word's beginning: "s.l." finds "SL" and, as that is stored too, "S.L.".
    """
    return [_pattern(word) for word in fold(storable(text[:MAX_TEXT])).split()[:8]]


def _pattern(word: str) -> str:
    if _INITIALS.fullmatch(word):
        return f"  {word.replace('.', '')}"
    return word if len(word) >= 3 else f"{'  '[: 3 - len(word)]}{word}"


def beginnings_of(text: str) -> list[str]:
    """The same, every word as a word's beginning."""
    return [f"  {word}" for word in fold(storable(text[:MAX_TEXT])).split()[:8]]


def match(work: Work, table: Any, text: str) -> Match | None:
    """The condition for rows that hold every word of `text`; None when the text is empty. Raises Invalid for what has no text."""
    words = words_of(text)
    if not words:
        return None
    if elsewhere := _elsewhere(table):
        holder, name = elsewhere
        found = _match(work, RESOURCES.get(holder).table, words)  # type: ignore[union-attr]
        return replace(found, through=column_of(table, name))
    if not issubclass(table, Searchable):
        raise Invalid({"q": Message("This list is not searched by words.")})
    return _match(work, table, words)


def _elsewhere(table: Any) -> tuple[str, str] | None:
    """Whose text is searched in place of a line's own, and the column that names it."""
    return getattr(table, "SEARCHED", None)


def sought(work: Work, table: Any, text: str) -> Match | None:
    """The same before it is counted, as if there were more than CAP: for PostgreSQL, where the index is asked once for both. None
    where another table's index is asked, or another database.
    """
    if _elsewhere(table) or not issubclass(table, Searchable) or work.session.connection().dialect.name == "sqlite":
        return None
    words = words_of(text)
    return Match(table, tuple(words), "", CAP + 1) if words else None


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
        return _trigrams(table.__tablename__, _phrase(words)).limit(most)
    return sa.select(key).where(_likes(table, words)).limit(most)


class Folded(ColumnElement[str]):
    """A text as `fold` has it, in the order of its letters, on both databases."""

    inherit_cache = True
    _traverse_internals = [("text", InternalTraversal.dp_clauseelement)]
    type = sa.String()

    def __init__(self, text: Any) -> None:
        self.text = text


@compiles(Folded)
def _folded(element: Folded, compiler: Any, **more: Any) -> str:
    return f"crm_fold({compiler.process(element.text, **more)})"


@compiles(Folded, "postgresql")
def _folded_letters(element: Folded, compiler: Any, **more: Any) -> str:
    return f"""(crm_fold({compiler.process(element.text, **more)}) COLLATE "C")"""


def holds(work: Work, table: Any, texts: Iterable[str]) -> dict[str, sa.ColumnElement[bool] | None]:
    """For each text the rows that hold every longer word of it in their search text: what else is asked of them is asked of
    these alone. All are counted in one statement.

    None where the index knows nothing of a text, or so many that reading the rows themselves is sooner done.
    """
    connection = work.session.connection()
    sqlite = connection.dialect.name == "sqlite"
    held: dict[str, sa.ColumnElement[bool] | None] = {}
    sought: dict[str, Match] = {}
    for text in texts:
        held[text] = None
        words = [word for word in fold(text).split() if len(word) >= 3][:8]
        if words:
            sought[text] = Match(table, tuple(words), _phrase(words) if sqlite else "", 0)
    if sought:
        parts = (found.ids().limit(NARROWS + 1).subquery() for found in sought.values())
        counted = (sa.select(sa.func.count()).select_from(part).scalar_subquery() for part in parts)
        for (text, found), total in zip(sought.items(), connection.execute(sa.select(*counted)).one(), strict=True):
            held[text] = found.index if total <= NARROWS else None
    return held


def tested(conditions: list[sa.ColumnElement[bool]]) -> list[sa.ColumnElement[bool]]:
    """The same conditions in a form that no index answers: the few rows found otherwise are tested, not all theirs fetched."""
    return [sa.case((condition, 1), else_=0) == 1 for condition in conditions]


def _likes(table: Any, words: Iterable[str]) -> sa.ColumnElement[bool]:
    """For PostgreSQL: all of these patterns, as its index answers them."""
    search, asked = column_of(table, "search"), list(words)
    for mark, letter in MARKS.items():
        asked = [word.replace(mark, letter) for word in asked]
        search = sa.func.replace(
            search, sa.literal_column(f"'{mark}'"), sa.literal_column(f"'{letter}'"), type_=sa.Text()
        )
    return sa.and_(*(search.contains(word, autoescape=True) for word in asked))


def _match(work: Work, table: Any, words: list[str]) -> Match:
    connection = work.session.connection()
    phrase = _phrase(words) if connection.dialect.name == "sqlite" else ""
    found = Match(table, tuple(words), phrase, 0)
    if phrase:
        counted = connection.scalar(_counted(table.__tablename__), {"phrase": phrase, "most": CAP + 1})
    else:
        counted = connection.scalar(sa.select(sa.func.count()).select_from(found.ids().limit(CAP + 1).subquery()))
    return replace(found, total=counted or 0)


def _phrase(words: Iterable[str]) -> str:
    return " ".join('"' + word.replace('"', '""') + '"' for word in words)


def _trigrams(table: str, phrase: Any) -> Any:
    """The ids that SQLite's trigram index has for the phrase."""
    index = sa.table(f"{table}_search", sa.column("rowid"))
    return sa.select(index.c.rowid).where(sa.literal_column(f'"{table}_search"').op("MATCH")(phrase))


@cache
def _counted(table: str) -> sa.TextClause:
    """How many rows SQLite's index has for :phrase, no further than :most. Made once, like the statement below."""
    found = f'SELECT 1 FROM "{table}_search" WHERE "{table}_search" MATCH :phrase LIMIT :most'  # noqa: S608 - our own names
    return sa.text(f"SELECT count(*) FROM ({found})")  # noqa: S608 - our own names


def place_of(work: Work, table: Any, phrase: str, number: int) -> int | None:
    """The id of SQLite's match of that number, in the order of ids; None where fewer match. It tells how dense they are."""
    name = table.__tablename__
    found: int | None = work.session.connection().scalar(_placed(name), {"phrase": phrase, "number": number})
    return found


@cache
def _placed(table: str) -> sa.TextClause:
    return sa.text(f'SELECT rowid FROM "{table}_search" WHERE "{table}_search" MATCH :phrase LIMIT 1 OFFSET :number')  # noqa: S608


def narrow_keys(table: Any, conditions: Sequence[sa.ColumnElement[bool]], *, falling: bool) -> Any:
    """For SQLite: the ids that match :phrase and meet the conditions, by the list's own key, :size of them after :skip. Beside
    each stand `matched`, how many match, no further than :most (more than there are, or they are not all), and `total`.

    Ids, keys and owners are read from a narrow index, which SQLite takes only when it is told to: the wide rows of all
    matches would cost more than the search itself.
    """
    name = table.__tablename__
    found = _trigrams(name, sa.bindparam("phrase")).limit(sa.bindparam("most")).cte("found").prefix_with("MATERIALIZED")
    key, place = column_of(table, "id"), column_of(table, "sort_key")
    kept = sa.select(key, place).where(key.in_(sa.select(found.c.rowid)), *conditions)
    mine = kept.with_hint(table, f'INDEXED BY "ix_{name}_search"', "sqlite").cte("mine")
    mine = mine.prefix_with("MATERIALIZED" if conditions else "NOT MATERIALIZED")
    matched = sa.select(sa.func.count()).select_from(found).scalar_subquery()
    total = sa.select(sa.func.count()).select_from(mine).scalar_subquery() if conditions else matched
    page = sa.select(mine.c.id, matched.label("matched"), total.label("total"))
    ordered = (each.desc() if falling else each.asc() for each in (mine.c.sort_key, mine.c.id))
    return page.order_by(*ordered).limit(sa.bindparam("size")).offset(sa.bindparam("skip")).subquery("narrow")


def phrase_of(work: Work, text: str) -> str:
    """What SQLite's index is asked for the text; "" where there is no text, or no such index."""
    words = words_of(text)
    return _phrase(words) if words and work.session.connection().dialect.name == "sqlite" else ""


def merge_later(work: Work, *tables: Any) -> None:
    """Before very many rows: SQLite's index takes them in without putting its parts together again and again."""
    _tell_index(work, tables, "automerge", 0)


def merge_now(work: Work, *tables: Any) -> None:
    """After them: once, and from now on as usual."""
    _tell_index(work, tables, "automerge", _AUTOMERGE)
    _tell_index(work, tables, "optimize", None)


def _tell_index(work: Work, tables: Iterable[Any], command: str, rank: int | None) -> None:
    connection = work.session.connection()
    for name in (f"{table.__tablename__}_search" for table in tables if connection.dialect.name == "sqlite"):
        connection.exec_driver_sql(f'INSERT INTO "{name}"("{name}", rank) VALUES (?, ?)', (command, rank))  # noqa: S608


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
