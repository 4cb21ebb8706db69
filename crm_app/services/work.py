"""The only place that opens a session: one Work per event, request or job, one transaction, one actor, one ChangeSet.

Application code never commits: Work does, at its edge. Every change that passes the flush is recorded.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import wraps
from time import monotonic
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm.attributes import get_history
from sqlmodel import Session, SQLModel

from crm_app.core import clock
from crm_app.core.errors import NotAllowed, Refusal
from crm_app.core.resource import RESOURCES
from crm_app.models.base import Line, Record, Searchable, encode
from crm_app.models.history import Change, ChangeSet

from .actors import Actor
from .database import engine, take_turn, unavailable
from .freezing import SYSTEM_COLUMNS, changed_names, columns_of_row, refuse_frozen
from .refusals import plain
from .rows import draw_ids, insert

_WATCHERS: list[Callable[[set[str]], None]] = []
_RULES: list[tuple[frozenset[str], Callable[["Work"], None]]] = []
P = ParamSpec("P")
T = TypeVar("T")


def on_commit(watcher: Callable[[set[str]], None]) -> Callable[[set[str]], None]:
    """Call `watcher` with the names of the tables that a Work has changed, after its commit."""
    _WATCHERS.append(watcher)
    return watcher


def before_commit(*tables: str) -> Callable[[Callable[["Work"], None]], Callable[["Work"], None]]:
    """Register a rule over several rows: called before the commit of every Work that has changed one of these tables."""

    def register(rule: Callable[["Work"], None]) -> Callable[["Work"], None]:
        _RULES.append((frozenset(tables), rule))
        return rule

    return register


def ruled(table: str) -> bool:
    """True where rules over several rows, or over who may save, watch the table: its rows must pass the session."""
    return any(table in tables for tables, _ in _RULES)


class Work:
    """A transaction of one actor. `verb` names the permission a writing Work runs under; without it the Work only reads.

    `batch` is a word that several Works share when together they are one act, which one undo takes back. `changes` are the
    Changes written so far, for rules that follow from them.
    """

    def __init__(
        self, actor: Actor, verb: str = "", label: str = "", *, undoes: int | None = None, batch: str | None = None
    ) -> None:
        self.actor = actor
        self.verb = verb
        self.label = label
        self.undoes = undoes
        self.batch = batch
        self.change_set: int | None = None
        self.touched: set[str] = set()
        self.changes: list[dict[str, Any]] = []
        self.raised: dict[tuple[str, int], Record] = {}
        self._after: list[Callable[[], None]] = []
        self._anyway: list[Callable[[], None]] = []
        self._held: list[object] = []
        self._spoilt = False

    def __enter__(self) -> Self:
        self._leave_turn = take_turn() if self.verb else lambda: None
        try:
            return self._begin()
        except BaseException:
            self._leave_turn()
            raise

    def _begin(self) -> Self:
        try:
            connection = engine().connect().execution_options(writes=bool(self.verb))
        except Exception as error:
            raise unavailable(error) or error from error
        self._connection = connection
        self.session = Session(connection, expire_on_commit=False, autoflush=True)
        self.session.info.update(work=self, begun=monotonic())
        try:
            self.session.connection()
        except Exception as error:
            self.session.close()
            connection.close()  # one that could not begin must not be missed in the pool
            raise unavailable(error) or error from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end(well=error is None)
        except Exception as failure:
            self.session.rollback()
            raise plain(failure) or failure from failure
        finally:
            self.session.close()
            self._connection.close()
            self._leave_turn()
            for effect in self._anyway:
                with suppress(Refusal):  # what ended it is what matters
                    effect()
        if isinstance(error, Exception) and not isinstance(error, Refusal):
            told = plain(error)
            if told:
                raise told from error
        if error is None:
            self._tell()

    def _end(self, *, well: bool) -> None:
        """Commit what was written, once the rules over several rows agree; else leave everything as it was."""
        if not well or not self.verb:
            self.session.expunge_all()  # a rollback would empty the rows that were read
            self.session.rollback()
            return
        if self._spoilt:
            raise RuntimeError("a refused change was caught inside its Work: only work.attempt() leaves the rest whole")
        self.session.flush()
        for tables, rule in _RULES:
            if tables & self.touched:
                rule(self)
        self.session.commit()

    def _tell(self) -> None:
        if self.touched:
            for watcher in _WATCHERS:
                watcher(self.touched)
        for effect in self._after:
            effect()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may fail while the rest is kept: whatever leaves the block as an error takes back all of the block.

        Catch the error outside of the block. Rows that were read before it are read again when they are next asked for.
        """
        kept = self.change_set, set(self.touched), dict(self.raised), list(self._after), self._spoilt
        written = len(self.changes)
        self.session.flush()
        try:
            with self.session.begin_nested():
                yield
        except BaseException as error:
            self.change_set, self.touched, self.raised, self._after, self._spoilt = kept
            del self.changes[written:]
            told = None if isinstance(error, Refusal) or not isinstance(error, Exception) else plain(error)
            if told:
                raise told from error
            raise

    def spoil(self) -> None:
        """From now on this Work cannot be committed: something in it was refused half-way."""
        self._spoilt = True

    def read(self, statement: sa.Select[Any] | sa.CompoundSelect[Any], values: Mapping[str, Any]) -> Any:
        """Execute a select past the mapper, which takes longer than the database. What waits to be written is written before."""
        session = self.session
        if session.autoflush and (session.new or session.dirty or session.deleted):
            session.flush()
        return session.connection().execute(statement, values)

    def require(self, permission: str) -> str:
        """The scope in which the actor holds the permission. Raises NotAllowed."""
        scope = self.actor.scope(permission)
        if not scope:
            raise NotAllowed(permission)
        return scope

    def after_commit(self, effect: Callable[[], None]) -> None:
        """Run `effect` once the transaction is durable; never when it is not."""
        self._after.append(effect)

    def whatever_comes(self, effect: Callable[[], None]) -> None:
        """Run `effect` once this Work has ended, be it committed or refused: for what must be told of a refusal."""
        self._anyway.append(effect)

    def row(self, table: type[Record], key: int) -> Any:
        """The row of that id, or None; asked for once, since the session forgets what nobody holds."""
        found = self.session.get(table, key)
        self._held.append(found)
        return found

    def locked(self, table: type[Record], key: int) -> Any:
        """The row as it is now, locked until the end of this Work, or None. (SQLite: the whole Work holds the lock.)"""
        return self.locked_where(table, column_of(table, "id") == key)

    def locked_where(self, table: type[SQLModel], *conditions: sa.ColumnElement[bool]) -> Any:
        """The same for the one row that these conditions leave. What was read of it before the lock is read again."""
        found = sa.select(table).where(*conditions).execution_options(populate_existing=True)
        return self.session.scalar(found.with_for_update() if self.verb else found)

    def record_changes(self, rows: list[dict[str, Any]]) -> None:
        """Write Changes for rows that were saved past the session (bulk inserts): entity, record, before, after."""
        if not rows:
            return
        if self.change_set is None:
            made = sa.insert(ChangeSet).values(
                at=clock.now(),
                actor=self.actor.user,
                verb=self.verb,
                label=self.label[:300],
                undoes=self.undoes,
                batch=self.batch,
            )
            self.change_set = self._connection.execute(made).inserted_primary_key[0]  # type: ignore[index]
        for row in rows:
            row["change_set"] = self.change_set
        insert(self._connection, Change.__table__, rows)  # type: ignore[attr-defined]
        self.touched.update(row["entity"] for row in rows)
        self.changes.extend(rows)


def all_or_nothing(function: Callable[Concatenate[Work, P], T]) -> Callable[Concatenate[Work, P], T]:
    """Let a function that writes be all or nothing: once it has raised, its Work is not committed, whoever caught that."""

    @wraps(function)
    def guarded(work: Work, /, *args: P.args, **named: P.kwargs) -> T:
        try:
            return function(work, *args, **named)
        except BaseException:
            work.spoil()
            raise

    return guarded


def column_of(table: type[SQLModel], name: str) -> Any:
    """The column of that name, as SQL: for code that is handed the name."""
    return table.__table__.columns[name]  # type: ignore[attr-defined]


def _number_lines(session: Session, connection: sa.Connection) -> None:
    """New lines get their ids before SQLite stores them, which then takes all of them at once instead of one by one."""
    new: dict[type[Line], list[Line]] = {}
    for row in session.new:
        if isinstance(row, Line) and row.id is None:
            new.setdefault(type(row), []).append(row)
    for table, rows in new.items():
        if len(rows) > 1:
            keys = draw_ids(connection, table.__table__, len(rows))  # type: ignore[attr-defined]
            for row, key in zip(rows, keys, strict=True):
                row.id = key


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    work: Work | None = session.info.get("work")
    if work is None:
        return
    rows = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, Record)]
    if rows and not work.verb:
        raise RuntimeError("a reading Work was asked to save")
    _raise_versions(session, work)
    for row in rows:
        if isinstance(row, Line):
            _touch_root(session, work, row)
    if work._connection.dialect.name == "sqlite":  # noqa: SLF001 - our own
        _number_lines(session, work._connection)  # noqa: SLF001
    for row in (*session.new, *session.dirty):
        if isinstance(row, Searchable):
            row.index_text(row.RESOURCE)


def _raise_versions(session: Session, work: Work) -> None:
    """What changes gets a new version; what is frozen refuses."""
    for row in session.dirty:
        if isinstance(row, Record) and changed_names(row):
            refuse_frozen(row, moving=True, undoing=work.undoes is not None)
            row.updated_at = clock.now()
            row.version += 1
            work.raised[str(row.__tablename__), row.id or 0] = row
    for row in session.deleted:
        if isinstance(row, Record):
            refuse_frozen(row, moving=False)


def _touch_root(session: Session, work: Work, line: Line) -> None:
    """A changed line is a change of the record around it: it gets a new version, once in a Work, and may refuse."""
    table, key = line.root()
    if table is None or key is None or (table, key) in work.raised:
        return
    described = RESOURCES.by_table(table)
    if described is None:
        return
    with session.no_autoflush:
        root = session.get(described[0].table, key)
    if root is None or root in session.deleted:
        return
    refuse_frozen(root, moving=True)
    root.updated_at = clock.now()
    root.version += 1
    work.raised[table, key] = root


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: Any) -> None:
    work: Work | None = session.info.get("work")
    if work is None:
        return
    changes = []
    for row in session.new:
        if isinstance(row, Record):
            work.raised.setdefault((str(row.__tablename__), row.id or 0), row)
            changes.append(_change(work, row, None, {c.name: getattr(row, c.name) for c in kept(row)}))
    for row in session.dirty:
        if isinstance(row, Record):
            changed = [name for name in changed_names(row) if name not in SYSTEM_COLUMNS]
            shown = {c.name for c in kept(row)}
            names = [name for name in changed if name in shown]
            before = {name: _before(row, name) for name in names}
            if changed:  # of a secret it is told that it changed, never from what to what
                changes.append(_change(work, row, before, {name: getattr(row, name) for name in names}))
    gone = [row for row in session.deleted if isinstance(row, Record)]
    changes += [_change(work, row, {c.name: getattr(row, c.name) for c in whole(row)}, None) for row in gone]
    for row in (*session.new, *session.dirty, *session.deleted):
        work.touched.add(row.__tablename__)
    work.record_changes(changes)


def _before(row: Record, name: str) -> Any:
    deleted = get_history(row, name).deleted
    return deleted[0] if deleted else None


def kept(row: Record | type[Record]) -> list[sa.Column[Any]]:
    """The columns whose values the history shows: no secrets, nothing the system fills in."""
    return [c for c in columns_of_row(row) if c.name not in SYSTEM_COLUMNS and not c.info.get("secret")]


def whole(row: Record) -> list[sa.Column[Any]]:
    """The columns that a removed row needs to be put back as it was."""
    return [c for c in columns_of_row(row) if c.name not in ("search", "sort_key") and not c.info.get("secret")]


def _change(work: Work, row: Record, before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    def code(values: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if values is None else {name: encode(value) for name, value in values.items()}

    entity, root = row.root()
    around = work.raised.get((entity or "", root or 0))
    return {
        "entity": row.__tablename__,
        "record": row.id,
        "root_entity": entity,
        "root": root,
        "version": around.version if around else row.version,
        "before": code(before),
        "after": code(after),
    }
