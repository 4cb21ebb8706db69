"""What lies in the data folder is its owner's alone, also where an older version left it open."""

import pytest

from crm_app.core.settings import settings
from crm_app.services import folder


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder as a version before the eighth release left it."""
    found = tmp_path / "data"
    monkeypatch.setenv("CRM_DATA_DIR", str(found))
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    settings.cache_clear()
    for name in ("crm.db", "crm.db-wal", "crm.db-shm", "secret.key", "backups/crm-1.db", "files/ab/cd/abcd"):
        path = found / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for path in (found, *found.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield found
    settings.cache_clear()


def modes(data):
    return {path.relative_to(data).as_posix(): path.stat().st_mode & 0o777 for path in (data, *data.rglob("*"))}


def test_what_an_older_version_left_open_is_closed(data):
    folder.close_to_others()
    assert modes(data) == {
        path.relative_to(data).as_posix(): 0o700 if path.is_dir() else 0o600 for path in (data, *data.rglob("*"))
    }


def test_what_this_program_did_not_make_is_left_as_it_is_and_so_is_the_folder_around_it(data):
    (data / "notes.txt").write_text("x")
    (data / "notes.txt").chmod(0o644)
    (data / "backups" / "elsewhere").symlink_to(data / "notes.txt")
    folder.close_to_others()
    found = modes(data)
    assert (found["."], found["notes.txt"]) == (0o755, 0o644)
    assert (found["crm.db"], found["files/ab/cd/abcd"], found["files"]) == (0o600, 0o600, 0o700)


def test_a_folder_that_is_not_there_yet_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("CRM_SECRET_KEY", "x")
    settings.cache_clear()
    folder.close_to_others()
    settings.cache_clear()
    assert not (tmp_path / "none").exists()
