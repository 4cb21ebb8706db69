"""What is installed and built already is neither installed nor built again, and nobody is asked for it."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9"  # the port that throws everything away


def test_a_second_setup_does_nothing_and_needs_no_network():
    page = ROOT / ".web" / "build" / "client"
    before = {path: path.stat().st_mtime_ns for path in (page, *page.glob("*"), *ROOT.glob(".venv/.*.stamp"))}
    assert len(before) > 5
    environment = os.environ | dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "PIP_INDEX_URL"), NOWHERE)
    environment.pop("MAKEFLAGS", None)  # of a `make test` that this may be a part of
    done = subprocess.run(
        ["make", "--no-print-directory", "setup"],  # noqa: S607
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path: path.stat().st_mtime_ns for path in before} == before
