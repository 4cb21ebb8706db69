"""Make .venv/ hold exactly one lock file's packages, and do nothing when it already does.

Runs with the standard library only, under the Python that .venv/ shall have.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = ("requirements.lock", "requirements-dev.lock")  # the second holds all of the first


def main() -> int:
    lock = sys.argv[1]
    interpreter = f"{sys.version}\n{VENV}"  # a copied or moved tree, or another Python, needs a new environment
    if _read("interpreter") != interpreter:
        print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
        if made.returncode:
            print("This Python cannot make virtual environments (on Debian: install python3-venv).", file=sys.stderr)
            return 1
        _write("interpreter", interpreter)
    if _read(lock) == _wanted(lock):
        return 0
    print(f"Installing {lock} …", flush=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "-qq"]  # only errors
    # a lock names everything: nothing is left to be resolved, over which an older pip would stumble ("granian[reload]")
    for arguments in (["--require-hashes", "-r", lock], ["--no-build-isolation", "-e", "."]):
        if subprocess.run([*pip, "--no-deps", *arguments], cwd=ROOT, check=False).returncode:
            return 1
    for held in LOCKS[: LOCKS.index(lock) + 1]:
        _write(held, _wanted(held))
    return 0


def _wanted(lock: str) -> str:
    """Contents, not times: a fresh checkout changes every file's time."""
    return hashlib.sha256((ROOT / lock).read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def _stamp(name: str) -> Path:
    return VENV / f".{name}.stamp"


def _read(name: str) -> str:
    return _stamp(name).read_text() if _stamp(name).exists() else ""


def _write(name: str, text: str) -> None:
    """Whole or not at all, and never into a file that a copied tree shares."""
    making = _stamp(name).with_suffix(".making")
    making.write_text(text)
    making.replace(_stamp(name))


if __name__ == "__main__":
    sys.exit(main())
