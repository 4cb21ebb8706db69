"""The built application, served by the real command in a process of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.leash import leashed
from tests.support.net import free_port

START_SECONDS = 180  # only what does not start at all takes so long


@contextmanager
def serving(data: Path, **environment: str) -> Iterator[str]:
    """Serve with `data` as data folder and no setting but the given CRM_… ones; give the base URL."""
    port = free_port()
    server = start(data, port, clean_environment(data, **environment))
    with leashed(server, signal.SIGTERM):
        wait(f"http://127.0.0.1:{port}", server, data / "server.log")
        yield f"http://127.0.0.1:{port}"


def clean_environment(data: Path, **environment: str) -> dict[str, str]:
    """What our own programs are given: no setting of the machine but where the data is, and those that are named."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "REFLEX_"))}
    return inherited | {"CRM_DATA_DIR": str(data)} | environment


def start(data: Path, port: int, environment: dict[str, str]) -> subprocess.Popen:
    """`crm serve` in a process group of its own; what it says is added to `server.log`."""
    command = [sys.executable, "-m", "crm_app.cli", "serve", "--port", str(port)]
    with (data / "server.log").open("a") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def wait(url: str, server: subprocess.Popen, log: Path) -> None:
    """Until it answers; it and nobody else who had that port."""
    until = time.monotonic() + START_SECONDS
    while True:
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            raise RuntimeError(f"crm serve did not start:\n{log.read_text()}")
        try:
            urllib.request.urlopen(f"{url}/ping", timeout=10).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            if server.poll() is None:
                return
