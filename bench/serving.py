"""The program, served as a user would serve it."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.stores import ROOT, Store, environment
from tests.support.net import free_port

START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server: where it is reached, its process, and how long it took to answer."""

    url: str
    process: int
    started: float


@contextmanager
def serving(store: Store) -> Iterator[Server]:
    """`crm serve` on that database."""
    port = free_port()
    begun = time.monotonic()
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "crm_app.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment(store.environment | {"CRM_EVENTS_PER_SECOND": "1000000"}),  # few people play many
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/ping", server)
        yield Server(f"http://127.0.0.1:{port}", server.pid, time.monotonic() - begun)
    finally:
        server.terminate()
        server.wait(20)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            if server.poll() is not None or time.monotonic() > until:
                server.kill()
                raise RuntimeError("The server did not start; see above.") from None
            time.sleep(0.05)
        else:
            return
