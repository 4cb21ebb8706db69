"""Fresh databases for each test, cheaply: migrated, and with a company in them, once a run; then copied."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import crm
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


@contextmanager
def postgres_copy(server: str, template: str) -> Iterator[str]:
    name = f"crm_{next(_numbers)}"
    _copy(server, template, name)
    try:
        yield named(server, name)
    finally:
        run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")  # a forgotten connection must not keep it
