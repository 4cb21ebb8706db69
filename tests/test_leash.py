"""What a test run starts ends with it, also when nobody is left to end it."""

import subprocess
import sys
from pathlib import Path

from tests.support.served import until

ROOT = Path(__file__).resolve().parent.parent
RUN = """
import signal, subprocess, sys
from tests.support.leash import leashed
server = subprocess.Popen(["sleep", "600"], process_group=0)
with leashed(server, signal.SIGTERM, sys.argv[1]):
    print(server.pid, flush=True)
    sys.stdin.read()
"""


def state_of(process: str) -> str:
    """Empty for a process that is gone; "Z" first for one that only waits to be counted."""
    asked = ["ps", "-o", "stat=", "-p", process]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def test_what_a_killed_run_has_started_ends_and_leaves_no_folder(tmp_path):
    folder = tmp_path / "kept by nobody"
    folder.mkdir()
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    server = run.stdout.readline().strip()
    assert state_of(server)[:1] in {"S", "R"}
    run.kill()
    run.communicate()
    assert until(lambda: not folder.exists())
    assert state_of(server)[:1] in {"", "Z"}
