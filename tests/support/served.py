"""A server that can be killed and started again where it was."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from tests.support import seed
from tests.support.net import free_port
from tests.support.server import _wait


class Served:
    """`crm serve` in a process group of its own, on a port that stays the same."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "REFLEX_"))}
        self.environment = clean | {"CRM_DATA_DIR": str(data)} | environment
        self.people = seed.seed(data, **environment)
        self.start()

    def start(self) -> None:
        log = self.data / "server.log"
        with log.open("a") as output:
            command = [sys.executable, "-m", "crm_app.cli", "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        try:
            _wait(self.url, self.process, log)
        except RuntimeError:
            self.kill()  # its workers too
            raise

    def kill(self) -> None:
        """As the power cut does: everything at once, no word to anybody."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

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
            base_url=self.url, headers={"Authorization": f"Bearer {self.people['tokens'][who]}"}, timeout=30
        )

    @property
    def log(self) -> str:
        return (self.data / "server.log").read_text()


def until(what, seconds: float = 20):
    """Ask again until it is true; what it was."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)
