"""A copy of everything in one file, taken while the program runs, and put back."""

import hashlib
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Refusal
from crm_app.core.i18n import Message
from crm_app.core.settings import settings
from crm_app.models.users import User

from . import files, schema
from .database import unavailable
from .refusals import told

_FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")


class OnlySqlite(Refusal):
    """Another database has tools of its own for this."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "Only a SQLite database is copied by this command. Copy PostgreSQL with pg_dump, and the folder files/ beside it."
            )
        )


class AlreadyThere(Refusal):
    """A copy never takes another file's place."""

    def __init__(self, target: Path) -> None:
        super().__init__(Message("{file} is there already. Name another file.", file=str(target)))


class NotACopy(Refusal):
    """The file holds no sound database of this program."""

    def __init__(self) -> None:
        super().__init__(Message("This is no copy that this program made, or it is damaged. Nothing has been changed."))


class InUse(Refusal):
    """There is a company already."""

    def __init__(self) -> None:
        super().__init__(
            Message("There is a company already. With --replace it gives way to the copy; it is itself copied first.")
        )


class Damaged(Refusal):
    """There is something where the database should be, and it cannot be read."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "There is a damaged database. With --replace it gives way to the copy; it is kept in the folder backups/."
            )
        )


@dataclass(frozen=True)
class Restored:
    """How many files came back, and the copy of the database that was there before."""

    files: int
    before: Path | None


def make(target: Path | None = None) -> Path:
    """Database (consistent, as of one moment) and files as .tar.gz, readable by its owner only. Raises OnlySqlite, AlreadyThere."""
    url = settings().database_url
    if sa.engine.make_url(url).get_backend_name() != "sqlite":
        raise OnlySqlite
    target = target or settings().backups_dir / f"crm-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
    if target.exists():
        raise AlreadyThere(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = schema.backup(url, "copy")
    if copy is None:
        raise OnlySqlite
    part = target.with_name(target.name + ".part")
    try:
        with (
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz") as archive,
        ):
            archive.add(copy, "crm.db")
            for path in files.stored():
                archive.add(path, f"files/{path.relative_to(settings().files_dir)}")
        part.replace(target)
    finally:
        copy.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return target


def restore(source: Path, *, replace: bool = False) -> Restored:
    """Database and files as the copy has them (a .tar.gz of `make`, or a .db of the folder backups/), brought up to date.

    All is looked at before anything is changed, and the database changes in one transaction, also under a running program,
    which should be started anew then. What is there may be damaged, or of a newer program. Raises OnlySqlite, NotACopy, InUse,
    Damaged; SchemaTooNew for the copy.
    """
    url = settings().database_url
    live = sa.engine.make_url(url)
    if live.get_backend_name() != "sqlite" or not live.database:
        raise OnlySqlite
    settings().files_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings().files_dir) as name:
        folder = Path(name)
        found = _unpack(source, folder)
        _inspect(folder / "crm.db")
        before = _made_way(Path(live.database), url, replace=replace)
        for path in found:
            target = files.path_of(path.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        with (
            told(),
            closing(sqlite3.connect(folder / "crm.db")) as copy,
            closing(sqlite3.connect(live.database)) as there,
        ):
            copy.backup(there)
    schema.migrate()
    return Restored(len(found), before)


def _made_way(database: Path, url: str, *, replace: bool) -> Path | None:
    """What was there, copied or put aside; None where nobody used it. Raises InUse, Damaged."""
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        used = _is_used(database)
    except sqlite3.OperationalError as locked:
        raise unavailable(locked) or locked from locked
    except sqlite3.DatabaseError:
        if not replace:
            raise Damaged from None
        return _put_aside(database)
    if used and not replace:
        raise InUse
    return schema.backup(url, "before-restore") if used else None


def _is_used(database: Path) -> bool:
    """Whether anybody signs in there, whatever version of the program made it."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(database)) as live:
        there = live.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (User.__tablename__,))
        return bool(there.fetchone() and live.execute(f'SELECT 1 FROM "{User.__tablename__}" LIMIT 1').fetchone())  # noqa: S608


def _put_aside(database: Path) -> Path:
    """A file that cannot be read is kept as it is, with what belongs to it."""
    settings().backups_dir.mkdir(parents=True, exist_ok=True)
    target = settings().backups_dir / f"crm-{clock.now():%Y%m%d-%H%M%S}-damaged.db"
    for end in ("-wal", "-shm", ""):
        if (part := database.with_name(database.name + end)).exists():
            shutil.copyfile(part, target.with_name(target.name + end))
            part.unlink()
    return target


def _unpack(source: Path, folder: Path) -> list[Path]:
    """The copy's parts laid into the folder; its files, each of which holds what its name says."""
    try:
        with source.open("rb") as raw:
            if raw.read(16) == b"SQLite format 3\0":
                shutil.copyfile(source, folder / "crm.db")
                return []
        with tarfile.open(source, "r:gz") as archive:
            return list(_parts(archive, folder))
    except (tarfile.TarError, EOFError, OSError) as broken:
        if isinstance(broken, OSError) and broken.errno:  # the system's own: no such file, no room for what is in it
            raise
        raise NotACopy from None


def _parts(archive: tarfile.TarFile, folder: Path) -> Iterator[Path]:
    """Nothing but the database and files of the store leaves the archive, under names of ours."""
    for member in archive:
        match, content = _FILE.fullmatch(member.name), archive.extractfile(member)
        if content is None or not (match or member.name == "crm.db"):
            raise NotACopy
        target = folder / (match[1] if match else "crm.db")
        digest = _write(content, target)
        if match:
            if digest != match[1]:
                raise NotACopy
            yield target


def _write(content: IO[bytes], target: Path) -> str:
    """The SHA-256 of what was written."""
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while part := content.read(1 << 20):
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def _inspect(database: Path) -> None:
    """Refuse what is no sound database of ours, or one of a newer program."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone() == ("ok",)
            revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        raise NotACopy from None
    if not sound or revision is None:
        raise NotACopy
    schema.refuse_newer(revision[0])
