"""How long the page takes to build, and how big it is."""

import gzip
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure
from bench.stores import ROOT

CLIENT = ROOT / ".web" / "build" / "client"


def measure() -> list[Figure]:
    """Build it anew with the packages that are there, as after a change in the source."""
    (CLIENT.parent / ".stamp").unlink(missing_ok=True)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "tools/build_page.py"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    spent = time.perf_counter() - begun
    scripts = [file for file in CLIENT.rglob("*.js") if file.is_file()]
    sheets = [file for file in CLIENT.rglob("*.css") if file.is_file()]
    return [
        Figure("Build", "page, packages installed before", spent, "s"),
        Figure("Build", "all scripts of all pages, compressed", _compressed(scripts), "kB"),
        Figure("Build", "all style sheets, compressed", _compressed(sheets), "kB"),
    ]


def _compressed(files: list[Path]) -> float:
    return sum(len(gzip.compress(file.read_bytes())) for file in files) / 1000
