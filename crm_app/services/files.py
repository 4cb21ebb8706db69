"""Files that hang on records. The bytes lie once under their SHA-256, outside every folder that is served.

Whoever may read a record may read its files; whoever may change it may add and remove them.
"""

import hashlib
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, NotAllowed, TooLarge
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.core.settings import UPLOAD_LIMIT, settings
from crm_app.models.files import Attachment
from crm_app.models.history import Change
from crm_app.models.snapshots import DocumentSnapshot

from . import history, records, trees
from .actors import SYSTEM
from .refusals import told
from .values import hold
from .work import Work, all_or_nothing, column_of

LIMIT = UPLOAD_LIMIT
KEEP_DAYS = 7  # a file that nothing refers to stays this long: somebody may be about to refer to it
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
PICTURES = tuple(sorted(name for name in INLINE if name.startswith("image/")))
UNKNOWN = "application/octet-stream"
_HEX = re.compile(r"[0-9a-f]{64}")
_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


@dataclass(frozen=True)
class File:
    """One file of a record. `size` in bytes."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    author: int | None
    record: int


@dataclass(frozen=True)
class Stored:
    """Bytes that are in the store."""

    sha256: str
    size: int
    media_type: str


def is_hash(text: str) -> bool:
    """True for what may be a SHA-256 in small hexadecimal digits."""
    return _HEX.fullmatch(text) is not None


def path_of(sha256: str) -> Path:
    """Where the bytes with that hash lie: in folders of its first two and next two digits."""
    if not is_hash(sha256):
        raise ValueError("not a SHA-256")
    return settings().files_dir / sha256[:2] / sha256[2:4] / sha256


def small_of(sha256: str) -> Path:
    """The folder for small pictures of the bytes with that hash: what lies there can be drawn again."""
    return path_of(sha256).with_name(f"{sha256}.small")


class Upload:
    """Bytes on their way into the store. Left without `keep`, nothing of them stays.

    Raises TooLarge beyond the limit, Unavailable where the disk is full.
    """

    def __init__(self, limit: int | None = None) -> None:
        folder = settings().files_dir / "incoming"
        self._path = folder / secrets.token_hex(16)
        with told():
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb")
        self._hash = hashlib.sha256()
        self._head = b""
        self._limit = LIMIT if limit is None else limit
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what a full disk did not take is not to be kept
            self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise TooLarge(self._limit)
        if len(self._head) < 16:
            self._head = (self._head + chunk)[:16]
        self._hash.update(chunk)
        with told():
            self._file.write(chunk)

    def keep(self) -> Stored:
        """Put the bytes in their place, durably. Bytes that are there already are only marked as used now."""
        sha256 = self._hash.hexdigest()
        target = path_of(sha256)
        with told():
            self._file.flush()
            os.fsync(self._file.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                os.utime(target)
            else:
                self._path.replace(target)
                _sync_folder(target.parent)
        return Stored(sha256, self.size, media_type_of(self._head))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def media_type_of(head: bytes) -> str:
    """The media type that the first 16 bytes tell, for images and PDF; what a sender claims is never believed."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((found for mark, found in _MARKS if head.startswith(mark)), UNKNOWN)


def clean_name(raw: object) -> str:
    """A file's name as it can be shown and saved anywhere: no folders, no control or direction marks, at most 200 characters."""
    text = unicodedata.normalize("NFC", raw[:2000] if isinstance(raw, str) else "")
    last = re.split(r"[/\\]", text)[-1]
    kept = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip(
        " ."
    )
    if len(kept) > 200:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) <= 20 else kept[:200]
    return kept or "file"


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition header of that file name (RFC 6266, RFC 5987)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%;]', "_", plain) or "file"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def may_attach(work: Work, resource: Resource, key: object) -> int:
    """The record's id. Raises Missing, or NotAllowed for who may read but not change it."""
    try:
        return records.one(work, resource, key, "change").id
    except Missing:
        records.one(work, resource, key)
        raise NotAllowed(resource.permission("change")) from None


@all_or_nothing
def attach(work: Work, resource: Resource, key: object, name: object, stored: Stored) -> File:
    """Hang stored bytes on a record. Raises Missing, NotAllowed; Invalid for no bytes at all."""
    if stored.size == 0:
        raise Invalid({"file": Message("The file is empty.")})
    record = may_attach(work, resource, key)
    hold(work, resource, record)
    row = Attachment(
        resource=resource.name,
        record=record,
        name=clean_name(name),
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        author=work.actor.user,
    )
    work.session.add(row)
    work.session.flush()
    return _file(row)


def of_record(work: Work, resource: Resource, key: object, *, below: bool = False) -> list[File]:
    """The files of a record, newest first, 500 at most. Raises Missing, NotAllowed.

    With `below`, also those of the records below it in its tree, as far as the actor may read these.
    """
    number, given = records.reach(work, resource, key), {"resource": resource.name}
    if not below:
        return [File(*row) for row in work.read(_hanging(), given | {"key": number})]
    where = trees.family(work, resource, number, whole=True)
    return [File(*row) for row in work.read(_files().where(column_of(Attachment, "record").in_(where)), given)]


@cache
def _hanging() -> sa.Select[Any]:
    """The statement for the files of the record :key, made once."""
    return _files().where(column_of(Attachment, "record") == sa.bindparam("key"))


def _files() -> sa.Select[Any]:
    """Files on records of that :resource, newest first, as `File` takes them."""
    columns = [column_of(Attachment, part.name) for part in fields(File)]
    mine = column_of(Attachment, "resource") == sa.bindparam("resource")
    return sa.select(*columns).where(mine).order_by(column_of(Attachment, "id").desc()).limit(500)


def one(work: Work, key: int) -> File:
    """The file with that id. Raises Missing, also when the actor may not read its record."""
    row = _row(work, key)
    _reachable(work, row)
    return _file(row)


def resource_holding(work: Work, key: int) -> Resource:
    """The Resource of the record that the file hangs on. Raises Missing."""
    row = _row(work, key)
    _reachable(work, row)
    return records.resource_of(row.resource)


@all_or_nothing
def remove(work: Work, key: int) -> None:
    """Take a file off its record. Raises Missing, NotAllowed. The bytes go days later, when nothing refers to them."""
    row = _row(work, key)
    _reachable(work, row)
    may_attach(work, records.resource_of(row.resource), row.record)
    work.session.delete(row)
    path = path_of(row.sha256)
    if path.exists():
        os.utime(path)  # from now on it stays for as long as one may undo


@history.stands_beside(Attachment, "File", "name")
def _may_take_back(work: Work, change: Change) -> None:
    """Whoever may change the record may put its files back, and take them off."""
    values = change.after or change.before or {}
    row = work.session.get(Attachment, change.record)
    resource, record = (
        (row.resource, row.record) if row is not None else (values.get("resource", ""), values.get("record"))
    )
    may_attach(work, records.resource_of(resource), record)


def newest_picture(work: Work, resource: Resource, key: int) -> int | None:
    """The newest image among the record's files. The caller may read the record."""
    number = column_of(Attachment, "id")
    statement = sa.select(number).where(
        column_of(Attachment, "resource") == resource.name,
        column_of(Attachment, "record") == key,
        column_of(Attachment, "media_type").in_(PICTURES),
    )
    found: int | None = work.session.scalar(statement.order_by(number.desc()).limit(1))
    return found


def _row(work: Work, key: int) -> Attachment:
    row = work.session.scalar(sa.select(Attachment).where(column_of(Attachment, "id") == key))
    if row is None:
        raise Missing("file", key)
    return row


def _reachable(work: Work, row: Attachment) -> None:
    try:
        records.one(work, records.resource_of(row.resource), row.record)
    except (Missing, NotAllowed):
        raise Missing("file", row.id or 0) from None


def _file(row: Attachment) -> File:
    return File(row.id or 0, row.name, row.media_type, row.size, row.sha256, row.created_at, row.author, row.record)


# ---- the store as a whole


def stored() -> Iterator[Path]:
    """Every file in the store."""
    yield from (path for path in settings().files_dir.glob("??/??/*") if _HEX.fullmatch(path.name))


def missing(work: Work) -> list[str]:
    """Hashes that records refer to and the store lacks."""
    found = sa.select(column_of(Attachment, "sha256")).distinct().execution_options(yield_per=1000)
    return [sha256 for sha256 in work.session.scalars(found) if not path_of(sha256).is_file()]


def _used(work: Work, hashes: list[str]) -> set[str]:
    """Those of the hashes that an attachment, a document's paper or its logo refers to."""
    kept = [column_of(DocumentSnapshot, name) for name in ("pdf", "signed_pdf", "logo")]
    columns = column_of(Attachment, "sha256"), *kept
    return {
        sha256 for column in columns for sha256 in work.session.scalars(sa.select(column).where(column.in_(hashes)))
    }


def orphans(work: Work, days: int = KEEP_DAYS) -> list[Path]:
    """Files that no record has referred to for that many days."""
    before = clock.ago(days=days).timestamp()
    old = [path for path in stored() if path.stat().st_mtime < before]
    found: list[Path] = []
    for start in range(0, len(old), 500):
        batch = old[start : start + 500]
        used = _used(work, [path.name for path in batch])
        found += [path for path in batch if path.name not in used]
    return found


def drop_orphans() -> int:
    """Delete orphans, and uploads that were broken off more than a day ago; how many."""
    with Work(SYSTEM) as work:
        gone = orphans(work)
    yesterday = clock.ago(days=1)
    for path in (settings().files_dir / "incoming").glob("*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < yesterday:
            gone.append(path)
    for path in gone:
        path.unlink(missing_ok=True)
        shutil.rmtree(path.with_name(f"{path.name}.small"), ignore_errors=True)
    return len(gone)
