"""A server that can be killed and started again where it was."""

import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.support import seed
from tests.support.leash import leashed
from tests.support.net import free_port
from tests.support.server import clean_environment, start, wait


class Served:
    """`crm serve` in a process group of its own, on a port that stays the same."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = clean_environment(data, **environment)
        self.people = seed.seed(data, **environment)
        self._leash = ExitStack()
        self.start()

    def start(self) -> None:
        self.process = start(self.data, self.port, self.environment)
        self._leash.enter_context(leashed(self.process, signal.SIGKILL))
        wait(self.url, self.process, self.data / "server.log")

    def kill(self) -> None:
        """As the power cut does: everything at once, no word to anybody."""
        self._leash.close()

    def pids(self) -> list[int]:
        """The server and its workers."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rpartition(")")[2].split()[2]) == self.process.pid:
                    found.append(int(stat.parent.name))
            except OSError:
                continue
        return found

    def check(self) -> str:
        """What `crm check` finds wrong; "" when all is well."""
        done = subprocess.run(
            [sys.executable, "-m", "crm_app.cli", "check"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def http(self, who: str = "admin") -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.people['tokens'][who]}"}, timeout=60
        )

    @property
    def log(self) -> str:
        return (self.data / "server.log").read_text()


def until(what, seconds: float = 120):
    """Ask again until it is true; what it was."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)
