"""Databases full of accounts, or of invoices, made once and kept in the system's folder for temporary files."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.postgres import postgres
from bench.words import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
KEPT = Path(tempfile.gettempdir()) / "crm-bench"


@dataclass(frozen=True)
class Store:
    """A database with that many accounts, as settings of the program."""

    database: str
    accounts: int
    environment: dict[str, str]


@contextmanager
def store(database: str, accounts: int, invoices: int = 0) -> Iterator[Store]:
    """That many accounts and invoices on "sqlite" or "postgres", filled at the first call (a million takes minutes)."""
    if database == "sqlite":
        yield _on_sqlite(accounts, invoices)
        return
    with postgres(KEPT / "postgres") as socket:
        yield _on_postgres(socket, accounts, invoices)


def environment(settings: dict[str, str]) -> dict[str, str]:
    """The environment of a process of the program: ours, and of the program's settings only the given ones."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "REFLEX_"))}
    return inherited | settings


def _fill(settings: dict[str, str], accounts: int, invoices: int) -> None:
    print(f"Making {accounts:,} accounts and {invoices:,} invoices, this once …", file=sys.stderr, flush=True)
    steps = [["crm_app.cli", "demo", "--accounts", str(accounts), "--password", PASSWORD]]
    if invoices:
        steps.append(["bench.sales", str(invoices)])
    for words in steps:
        _run(words, settings)


def _run(words: list[str], settings: dict[str, str]) -> None:
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", *words], cwd=ROOT, env=environment(settings), stdout=subprocess.DEVNULL, check=True
    )


def _named(accounts: int, invoices: int) -> str:
    return f"{accounts}-{invoices}" if invoices else str(accounts)


def _on_sqlite(accounts: int, invoices: int) -> Store:
    folder = KEPT / f"sqlite-{_named(accounts, invoices)}"
    if not folder.exists():
        making = folder.with_name(f"{folder.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        _fill({"CRM_DATA_DIR": str(making)}, accounts, invoices)
        making.rename(folder)
    return _up_to_date(Store("sqlite", accounts, {"CRM_DATA_DIR": str(folder)}))


def _on_postgres(socket: Path, accounts: int, invoices: int) -> Store:
    address = f"host={socket} user=crm dbname=postgres"
    folder = KEPT / f"postgres-{_named(accounts, invoices)}"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"crm_{_named(accounts, invoices)}".replace("-", "_")
    making = f"{name}_making"
    with psycopg.connect(address, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"DROP DATABASE IF EXISTS {making}")
            connection.execute(f"CREATE DATABASE {making}")
            _fill(_settings(folder, socket, making), accounts, invoices)
            connection.execute(f"ALTER DATABASE {making} RENAME TO {name}")
    with psycopg.connect(address.replace("dbname=postgres", f"dbname={name}"), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # what autovacuum would have done long before
    return _up_to_date(Store("postgres", accounts, _settings(folder, socket, name)))


def _up_to_date(kept: Store) -> Store:
    """The same, of which an earlier version of the program may have made the tables."""
    _run(["crm_app.cli", "migrate"], kept.environment)
    return kept


def _settings(folder: Path, socket: Path, name: str) -> dict[str, str]:
    return {"CRM_DATA_DIR": str(folder), "CRM_DATABASE_URL": f"postgresql+psycopg://crm@/{name}?host={socket}"}
