"""Fresh databases for each test, cheaply: migrated, and with a company in them, once a run; then copied."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import crm, reset
from tests.support.postgres import named, run_sql

_numbers = itertools.count(1)


def migrate(url: str) -> str:
    from crm_app.services import schema
    from crm_app.services.database import engine_for

    schema.migrate(url)
    engine_for(url).dispose()  # PostgreSQL copies no template that somebody is connected to
    return url


def sqlite_template(folder: Path) -> Path:
    template = folder / "template.db"
    migrate(f"sqlite:///{template}")
    return template


def sqlite_founded(template: Path, folder: Path) -> Path:
    """Another template, with a company in it."""
    with sqlite_copy(template, folder) as url:
        _found(url, folder)
    return folder / "crm.db"


def _found(url: str, folder: Path) -> None:
    with crm.using(url, folder):
        assert crm.founded() == crm.FOUNDER


@contextmanager
def sqlite_copy(template: Path, folder: Path) -> Iterator[str]:
    # The migration may have left pages in the write-ahead log, which is part of the database.
    for suffix in ("", "-wal"):
        if (source := template.with_name(template.name + suffix)).exists():
            shutil.copyfile(source, folder / f"crm.db{suffix}")
    yield f"sqlite:///{folder / 'crm.db'}"


def postgres_template(server: str) -> str:
    run_sql(server, "CREATE DATABASE crm_template")
    migrate(named(server, "crm_template"))
    return "crm_template"


def postgres_founded(server: str, template: str, folder: Path) -> str:
    """Another template, with a company in it."""
    _copy(server, template, "crm_founded")
    _found(named(server, "crm_founded"), folder)
    return "crm_founded"


def _copy(server: str, template: str, name: str) -> None:
    run_sql(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


_free: dict[tuple[str, str], list[str]] = {}


@contextmanager
def postgres_copy(server: str, template: str) -> Iterator[str]:
    """A database as the template: one that nobody uses any more and that has been put back, or else a new one."""
    from crm_app.services.database import engine_for

    free = _free.setdefault((server, template), [])
    name = free.pop() if free else _remembering(server, template)
    url = named(server, name)
    try:
        yield url
    finally:
        engine_for(url).dispose()  # the next test must not be given a connection that is closed here
        if reset.restore(url):
            free.append(name)
        else:
            run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def _remembering(server: str, template: str) -> str:
    name = f"crm_{next(_numbers)}"
    _copy(server, template, name)
    reset.prepare(named(server, name))
    return name
