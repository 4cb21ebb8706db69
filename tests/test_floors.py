"""Imports go down, one module opens sessions, one reads the environment: the house's laws, read from its text."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "crm_app"
FLOORS = ("core", "models", "documents", "services", "state", "pages", "api")

# floor: (our floors it may import, packages it must never import)
MAY = {
    "core": ({"core"}, {"reflex", "sqlmodel", "sqlalchemy", "alembic", "fpdf", "lxml", "fastapi", "starlette"}),
    "models": ({"core", "models"}, {"reflex", "fastapi", "starlette"}),
    "documents": ({"core", "documents"}, {"reflex", "sqlmodel", "sqlalchemy", "fastapi", "starlette"}),
    "services": ({"core", "models", "documents", "services"}, {"reflex", "fastapi", "starlette"}),
    "state": ({"core", "models", "services", "state"}, {"sqlmodel", "sqlalchemy", "fastapi"}),
    "pages": ({"core", "models", "state", "pages"}, {"sqlmodel", "sqlalchemy", "fastapi"}),
    "api": ({"core", "models", "services", "api"}, {"reflex", "sqlmodel", "sqlalchemy"}),
}
UPWARDS = {
    "models/migrations/env.py": {"services"},  # Alembic starts there, and the engine's settings live above
}
SESSIONS = ("services/work.py", "services/database.py", "services/schema.py", "models/migrations/")
ENVIRONMENT = ("core/settings.py", "cli.py", "serving.py", "../rxconfig.py")
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "handler", "data", "info", "process", "do", "misc", "common"}
# services and pages that are written for one Resource may name it; generic code never
LONG_FUNCTIONS = {"upgrade"}  # a migration is a list of tables
LONG_FILES = {"models/migrations/versions/0001_first_tables.py"}  # likewise
# tables without history may be written by statement; these columns of records too, as the system keeps them, not a user
STATEMENTS_ON_RECORDS = {
    ("services/carried.py", "Invoice"): "credited, which follows from the credit notes",
    ("services/codes.py", "User"): "totp_step, so that a code works once",
    ("services/quotes.py", "Quote"): "superseded, which follows from the newer version",
    ("services/views.py", "SavedView"): "the row that keeps columns and widths, a habit and no view",
}


def files(*under: str) -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if not under or name_of(path).startswith(under))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path, *, top_only: bool = False) -> Iterator[tuple[str, str]]:
    """(module, name) of every import, relative ones made absolute."""
    package = ("crm_app", *path.relative_to(ROOT).parts[:-1])
    for node in tree_of(path).body if top_only else ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from ((module, alias.name) for alias in node.names)


def floor_of(module: str, name: str) -> str:
    parts = [*module.split("."), name]
    return parts[1] if parts[0] == "crm_app" and len(parts) > 1 else ""


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, kinds))


def dotted(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""


@pytest.mark.parametrize("floor", FLOORS)
def test_every_import_goes_down(floor):
    ours, never = MAY[floor]
    breaches = []
    for path in files(f"{floor}/"):
        allowed = ours | UPWARDS.get(name_of(path), set())
        for module, name in imports(path):
            target = floor_of(module, name)
            if (target in FLOORS and target not in allowed) or module.split(".")[0] in never:
                breaches.append(f"{name_of(path)} imports {module} {name}".strip())
    assert breaches == []


def test_above_services_only_resources_and_enums_of_models_are_known():
    from importlib import import_module

    from sqlmodel import SQLModel

    breaches = []
    for path in files("state/", "api/", "pages/"):
        for module, name in imports(path):
            if module.startswith("crm_app.models"):
                found = getattr(import_module(module), name or "__name__")
                if isinstance(found, type) and issubclass(found, SQLModel):
                    breaches.append(f"{name_of(path)} imports the table {name}")
            if name in {"Session", "select"}:
                breaches.append(f"{name_of(path)} imports {name}")
    assert breaches == []


def test_services_do_not_import_each_other_in_circles():
    needs = {
        path.stem: {
            name if module == "crm_app.services" else module.rpartition(".")[2]
            for module, name in imports(path, top_only=True)
            if module.startswith("crm_app.services")
        }
        for path in files("services/")
    }
    while free := {name for name, needed in needs.items() if not needed & needs.keys()}:
        needs = {name: needed for name, needed in needs.items() if name not in free}
    assert needs == {}


def test_only_work_opens_a_session_and_commits():
    breaches = []
    for path in files():
        if name_of(path).startswith(SESSIONS):
            continue
        for node in nodes(path, ast.Call):
            called = dotted(node.func)
            if called.rpartition(".")[2] in {"commit", "create_engine", "sessionmaker"} or called in {
                "engine",
                "engine_for",
                "database.engine",
            }:
                breaches.append(f"{name_of(path)}:{node.lineno} {called}")
    assert breaches == []


def test_records_are_changed_through_the_session_so_that_history_sees_it():
    from sqlmodel import SQLModel

    from crm_app.models import registry
    from crm_app.models.base import Record

    assert registry.MODULES
    records = {mapper.class_.__name__ for mapper in SQLModel._sa_registry.mappers if issubclass(mapper.class_, Record)}
    breaches = []
    for path in files():
        for node in nodes(path, ast.Call):
            if dotted(node.func) in {"sa.update", "sa.delete", "sa.insert", "update", "delete", "insert"} and node.args:
                table = dotted(node.args[0])
                if table in records and (name_of(path), table) not in STATEMENTS_ON_RECORDS:
                    breaches.append(f"{name_of(path)}:{node.lineno} {ast.unparse(node.func)}({table})")
    assert breaches == []


def test_the_environment_is_read_in_one_place():
    breaches = [
        f"{name_of(path)}:{node.lineno}"
        for path in files()
        if name_of(path) not in ENVIRONMENT
        for node in nodes(path, ast.Attribute)
        if dotted(node) in {"os.environ", "os.getenv"}
    ]
    assert breaches == []


def test_no_file_has_a_name_that_says_nothing():
    assert [name_of(path) for path in files() if path.stem in FORBIDDEN_NAMES] == []
    folders = [path for path in ROOT.rglob("*") if path.is_dir() and path.name in FORBIDDEN_NAMES]
    assert [folder.relative_to(ROOT).as_posix() for folder in folders] == []


def test_generic_code_asks_no_resource_for_its_name():
    named = re.compile(r"\bresource(\.name)?$|\bresource_name$")
    breaches = []
    for path in files():
        for node in nodes(path, ast.Compare, ast.Match):
            sides = [node.subject] if isinstance(node, ast.Match) else [node.left, *node.comparators]
            words = [
                side for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str) and side.value
            ]
            asks = any(named.search(dotted(side)) for side in sides)
            if asks and (words or isinstance(node, ast.Match)):
                breaches.append(f"{name_of(path)}:{node.lineno} {ast.unparse(node)[:80]}")
    assert breaches == []


def test_no_function_is_longer_than_forty_lines():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1}"
        for path in files()
        for node in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno + 1 > 40 and node.name not in LONG_FUNCTIONS
    ]
    assert long == []


def test_no_file_is_longer_than_four_hundred_lines():
    long = {
        name_of(path): len(path.read_text().splitlines())
        for path in files()
        if len(path.read_text().splitlines()) > 400
    }
    assert {name: size for name, size in long.items() if name not in LONG_FILES} == {}
