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

from tests.support.net import free_port

START_SECONDS = 60


@contextmanager
def serving(data: Path, **environment: str) -> Iterator[str]:
    """Serve with `data` as data folder and no setting but the given CRM_… ones; give the base URL."""
    port = free_port()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "REFLEX_"))}
    log = data / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "crm_app.cli", "serve", "--port", str(port)],
            env=inherited | {"CRM_DATA_DIR": str(data)} | environment, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/ping", timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            if server.poll() is not None or time.monotonic() > until:
                server.kill()
                raise RuntimeError(f"crm serve did not start:\n{log.read_text()}") from None
            time.sleep(0.1)
        else:
            return
