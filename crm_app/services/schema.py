"""The schema of the configured database: migrated at start, after a copy of a SQLite file has been taken.

Alembic is loaded only where there is something to migrate: it takes a twentieth of the memory of a server.
"""

import re
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.settings import settings
from crm_app.models import migrations

from .database import engine_for
from .refusals import told

if TYPE_CHECKING:
    from alembic.config import Config


_UNREAD = "Skipped unsupported reflection of expression-based index"  # ours are searches
_FOLLOWS = re.compile(r"""^revision = ["'](\w+)["']\ndown_revision = ["']?(\w+)["']?$""", re.MULTILINE)


class SchemaTooNew(Exception):
    """The database has a migration that this program does not know."""


def _folder() -> Path:
    return Path(migrations.__file__).parent


def _config(url: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.attributes["url"] = url
    return config


def known() -> list[str]:
    """The revisions of this program, oldest first, as the files say which one follows which."""
    texts = [path.read_text(encoding="utf-8") for path in (_folder() / "versions").glob("*.py")]
    after = {match[2]: match[1] for text in texts if (match := _FOLLOWS.search(text))}
    found = [after["None"]]
    while following := after.get(found[-1]):
        found.append(following)
    return found


def _current(url: str) -> str | None:
    with engine_for(url).connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found


def pending(url: str) -> int:
    """How many migrations the database lacks. Raises SchemaTooNew, with the sentence for the operator."""
    revisions, current = known(), _current(url)
    if current is None:
        return len(revisions)
    refuse_newer(current)
    return len(revisions) - 1 - revisions.index(current)


def refuse_newer(revision: str) -> None:
    """Raise SchemaTooNew for a revision that this program does not know."""
    if revision not in known():
        raise SchemaTooNew(
            f"The database was migrated by a newer version of this program (revision {revision}). "
            "Start that version again, or put back the copy in the folder backups/ that it made before migrating: crm restore FILE."
        )


def migrate(url: str | None = None) -> int:
    """Bring the database up to date; the number of migrations made. A SQLite file that holds data is copied first."""
    url = url or settings().database_url
    missing = pending(url)
    if missing:
        if _current(url) is not None:
            backup(url, "before-migration")
        _upgrade(url)
    return missing


def _upgrade(url: str) -> None:
    from alembic import command

    command.upgrade(_config(url), "head")


def backup(url: str, name: str) -> Path | None:
    """A consistent copy of a SQLite database in the backups folder, while it is in use; None for another database.

    Raises Unavailable where the disk is full: then nothing of it is left.
    """
    source = sa.engine.make_url(url)
    if source.get_backend_name() != "sqlite" or not source.database:
        return None
    folder = settings().backups_dir
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"crm-{clock.now():%Y%m%d-%H%M%S}-{name}.db"
    try:
        with told(), closing(sqlite3.connect(source.database)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def make_migration(message: str) -> None:
    """Write a migration for what the models have and the configured database lacks; it bears the next number."""
    from alembic import command

    config, number = _config(settings().database_url), f"{int(known()[-1]) + 1:04}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _UNREAD)
        scripts = command.revision(config, message=message, autogenerate=True, rev_id=number)
    for script in scripts if isinstance(scripts, list) else [scripts]:
        if script is not None:
            path = Path(script.path)
            text = "".join(line for line in path.read_text().splitlines(keepends=True) if "# ###" not in line)
            path.write_text(_with_search(text))


def _with_search(text: str) -> str:
    """A new migration's text; each table it makes that is searched gets its search index."""
    made = [part.partition("'")[0] for part in text.split("op.create_table('")[1:] if "'sort_key'" in part]
    if not made:
        return text
    own = "from crm_app.models import base\n"
    text = text.replace(own, f"{own}from crm_app.models.migrations import search_index\n")
    return text.rstrip() + "\n" + "".join(f'    search_index(op, "{table}")\n' for table in made)


def differences(url: str) -> list[Any]:
    """What the models and the database disagree about; empty when all is well."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine_for(url).connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", _UNREAD)
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": migrations.ours})
        return list(compare_metadata(context, migrations.metadata()))
