"""The data folder is its owner's alone: what an older version left readable for others is closed at the start."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from crm_app.core.settings import settings

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OURS = {"secret.key", "files", "backups"}


def close_to_others() -> None:
    """Take from group and others what they may do with the database, backups, key and stored files (folders 700, files 600).

    Only what this program made is touched, the data folder itself only where nothing else lies in it. Of a folder that is
    closed already nothing is read, so that this costs nothing at most starts; what belongs to another user is left as it is.
    """
    with suppress(OSError):
        for path in _database():
            _close(path)
        data = settings().data_dir
        _close(data / "secret.key")
        for folder in (settings().backups_dir, settings().files_dir):
            if _is_open(folder):
                for path in folder.rglob("*"):
                    _close(path)
                _close(folder)  # last: cut off before, it is begun again
        if _is_open(data) and all(_is_ours(path) for path in data.iterdir()):
            _close(data)


def _database() -> Iterator[Path]:
    url = sa.engine.make_url(settings().database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        for end in ("", "-wal", "-shm", "-journal"):
            yield Path(url.database + end)


def _is_ours(path: Path) -> bool:
    return path.name in _OURS or path.name.startswith((".secret-", "crm.db"))


def _is_open(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and path.stat().st_mode & _OTHERS != 0


def _close(path: Path) -> None:
    if path.is_symlink() or not path.exists():
        return
    mode = path.stat().st_mode
    if mode & _OTHERS and path.stat().st_uid == os.geteuid():
        path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
