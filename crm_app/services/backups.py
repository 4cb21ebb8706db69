"""A copy of everything in one file, taken while the program runs."""

import os
import tarfile
from pathlib import Path

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Refusal
from crm_app.core.i18n import Message
from crm_app.core.settings import settings

from . import files, schema


class OnlySqlite(Refusal):
    """Another database has tools of its own for this."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "Only a SQLite database is copied by this command. Copy PostgreSQL with pg_dump, and the folder files/ beside it."
            )
        )


def make(target: Path | None = None) -> Path:
    """Database (consistent, as of one moment) and files as .tar.gz, readable by its owner only. Raises OnlySqlite."""
    url = settings().database_url
    if sa.engine.make_url(url).get_backend_name() != "sqlite":
        raise OnlySqlite
    target = target or settings().backups_dir / f"crm-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
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
