"""The database's schema follows the models, and no file is migrated without a copy of it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from crm_app.models import migrations
from crm_app.services import schema
from crm_app.services.database import engine_for
from tests.support import crm, kernel

NEXT = '''"""The next."""
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{last}"


def upgrade() -> None:
    op.create_table("newer", sa.Column("id", sa.Integer(), primary_key=True))
    {then}
'''


def newest(url: str) -> str:
    with engine_for(url).connect() as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()


@pytest.fixture
def a_newer_program(monkeypatch, tmp_path):
    """Let the program know one migration more; its text is given."""

    def grow(url: str, then: str = "pass") -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, folder)
        (folder / "versions" / "next.py").write_text(NEXT.format(last=newest(url), then=then))
        monkeypatch.setattr(migrations, "__file__", str(folder / "__init__.py"))

    return grow


def test_the_migrations_make_what_the_models_say(database):
    assert schema.differences(database) == []
    assert schema.pending(database) == 0
    engine_for(database).dispose()


def test_the_revisions_are_those_that_alembic_finds():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    newest_first = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert schema.known() == newest_first[::-1]


def test_a_difference_is_seen(database):
    with engine_for(database).execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE sector ADD COLUMN odd INTEGER")
    assert [found[0] for found in schema.differences(database)] == ["remove_column"]
    engine_for(database).dispose()


def test_a_newer_schema_is_refused_with_a_sentence(database, tmp_path):
    with crm.using(database, tmp_path):
        with engine_for(database).execution_options(writes=True).begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'f00d'")
        for ask in (schema.pending, schema.migrate):
            with pytest.raises(
                schema.SchemaTooNew, match=r"newer version of this program \(revision f00d\).*put back the copy"
            ):
                ask(database)
        assert newest(database) == "f00d"


def test_a_file_with_data_is_copied_before_it_is_migrated(database, tmp_path, a_newer_program):
    with crm.using(database, tmp_path):
        crm.founded()
        key = kernel.account(name="Núñez")
        a_newer_program(database)
        assert schema.pending(database) == 1
        assert schema.migrate(database) == 1
        assert (schema.migrate(database), newest(database), kernel.value(key, "name")) == (0, "next", "Núñez")
        copies = list((tmp_path / "backups").glob("*")) if (tmp_path / "backups").exists() else []
        if database.startswith("sqlite"):
            (copy,) = copies
            with closing(sqlite3.connect(copy)) as old:
                assert old.execute("SELECT name FROM account").fetchall() == [("Núñez",)]
                assert old.execute("SELECT count(*) FROM sqlite_master WHERE name = 'newer'").fetchone() == (0,)
        else:
            assert copies == []


def test_a_migration_that_breaks_leaves_the_schema_as_it_was(database, tmp_path, a_newer_program):
    with crm.using(database, tmp_path):
        last = newest(database)
        a_newer_program(database, "raise RuntimeError('broken')")
        with pytest.raises(RuntimeError, match="broken"):
            schema.migrate(database)
        assert newest(database) == last
        assert not sa.inspect(engine_for(database)).has_table("newer")


def test_two_workers_that_start_at_once_both_find_it_migrated(postgresql, tmp_path, a_newer_program):
    # (SQLite's writers begin IMMEDIATE: there the second waits at its first word)
    with crm.using(postgresql, tmp_path):
        a_newer_program(postgresql)
        # alembic keeps its context in one place per process, so a second program is a process
        import subprocess
        import sys

        program = (
            f"from crm_app.models import migrations; migrations.__file__ = {migrations.__file__!r}\n"
            f"from crm_app.services import schema; schema.migrate({postgresql!r})"
        )
        both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
        assert [one.wait(240) for one in both] == [0, 0]
        assert newest(postgresql) == "next"


def test_a_new_file_is_made_without_a_copy(tmp_path):
    url = f"sqlite:///{tmp_path / 'deep' / 'new.db'}"
    with crm.using(url, tmp_path):
        assert schema.migrate() >= 1
        assert not (tmp_path / "backups").exists()
        assert schema.backup("postgresql+psycopg://nowhere/x", "now") is None


def test_a_new_migration_bears_the_next_number_and_is_written_without_a_warning(monkeypatch, tmp_path, recwarn):
    with crm.using(f"sqlite:///{tmp_path / 'crm.db'}", tmp_path):
        schema.migrate()
        folder = tmp_path / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, folder)
        monkeypatch.setattr(migrations, "__file__", str(folder / "__init__.py"))
        before, recwarn_before = schema.known(), len(recwarn)
        with closing(sqlite3.connect(tmp_path / "crm.db")) as other:
            other.execute("DROP INDEX ix_team_sort")
        schema.make_migration("teams in order")
        number = f"{int(before[-1]) + 1:04}"
        assert schema.known() == [*before, number]
        assert (folder / "versions" / f"{number}_teams_in_order.py").exists()
        assert [str(one.message) for one in recwarn.list[recwarn_before:]] == []
