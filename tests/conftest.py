"""Fixtures every floor may use."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import chromium, crm, databases, net, seed
from tests.support.postgres import postgres
from tests.support.redis import redis
from tests.support.server import serving

# No time is too long on a machine that has much else to do; and a run tells of the change, not of the dice.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("suite")

# As Python has it, a tenth of each processor's time would go into looking for circles of objects: seven hundred allocations begin
# it, and all that was imported is looked through again and again.
gc.set_threshold(50_000, 10, 10)

# Seconds of a processor that these take, fixtures and all, where it is more than ten.
LONG = {
    "tests/attack/": 100, "tests/api/test_hostile.py": 70, "tests/test_northwind_trade.py": 50, "tests/faults/test_numbers.py": 45,
    "tests/faults/test_database.py": 25, "tests/faults/test_killed.py": 25, "tests/services/test_demo.py": 30, "tests/serving/": 30,
    "tests/screens/test_looks.py::test_axe_finds_nothing_in_either_theme_and_width[es-0]": 30,
    "tests/screens/test_looks.py::test_axe_finds_nothing_in_either_theme_and_width[es-1]": 30,
    "tests/screens/test_looks.py::test_axe_finds_nothing_on_any_list_record_and_new_record[0]": 40,
    "tests/screens/test_looks.py::test_axe_finds_nothing_on_any_list_record_and_new_record[1]": 40,
    "tests/screens/test_looks.py": 80,
}  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What takes long comes first in each processor's share: the last tests, which go from one to the other, are short."""
    shares = [[] for _ in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))]
    seconds = [0] * len(shares)
    rest = list(items)
    for name, long in LONG.items():
        these = [item for item in rest if item.nodeid.startswith(name)]
        rest = [item for item in rest if not item.nodeid.startswith(name)]
        least = seconds.index(min(seconds))
        shares[least] += these
        seconds[least] += long
    size = -(-len(items) // len(shares))
    for share in shares:
        missing = size - len(share)
        share.extend(rest[:missing])
        del rest[:missing]
    items[:] = [item for share in shares for item in share]


def pytest_collection_finish():
    gc.freeze()


def pytest_sessionfinish():
    seed.forget()


@pytest.fixture
def free_port():
    return net.free_port


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres() as cluster:
        yield cluster.url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_template(postgres_url):
    return databases.postgres_template(postgres_url)


@pytest.fixture
def sqlite(sqlite_template, tmp_path) -> Iterator[str]:
    """URL of a fresh, migrated SQLite database."""
    with databases.sqlite_copy(sqlite_template, tmp_path) as url:
        yield url


@pytest.fixture
def postgresql(postgres_url, postgres_template) -> Iterator[str]:
    """URL of a fresh, migrated PostgreSQL database."""
    with databases.postgres_copy(postgres_url, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> str:
    """URL of a fresh, migrated database; the test runs once on each kind."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(request, tmp_path_factory):
    """A migrated database for all tests of a module, on each kind; the program works on it until they are through."""
    folder = tmp_path_factory.mktemp("lasting")
    if request.param == "sqlite":
        fresh = databases.sqlite_copy(request.getfixturevalue("sqlite_template"), folder)
    else:
        names = ("postgres_url", "postgres_template")
        fresh = databases.postgres_copy(*(request.getfixturevalue(name) for name in names))
    with fresh as url, crm.using(url, folder):
        yield


@pytest.fixture(scope="module")
def trading(lasting):
    """A Spanish company that sells, with its taxes: one for all tests of a module, on each kind of database."""
    from tests.support import trade

    return trade.found()


@pytest.fixture(scope="session")
def sqlite_founded_template(sqlite_template, tmp_path_factory):
    return databases.sqlite_founded(sqlite_template, tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def postgres_founded_template(postgres_url, postgres_template, tmp_path_factory):
    return databases.postgres_founded(postgres_url, postgres_template, tmp_path_factory.mktemp("founded"))


@pytest.fixture
def sqlite_founded(sqlite_founded_template, tmp_path) -> Iterator[str]:
    """URL of a fresh SQLite database in which `crm.COMPANY` has just been set up."""
    with databases.sqlite_copy(sqlite_founded_template, tmp_path) as url:
        yield url


@pytest.fixture
def postgresql_founded(postgres_url, postgres_founded_template) -> Iterator[str]:
    """URL of a fresh PostgreSQL database in which `crm.COMPANY` has just been set up."""
    with databases.postgres_copy(postgres_url, postgres_founded_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def admin(request, tmp_path) -> Iterator[int]:
    """The id of the administrator of a company on a fresh database; the test runs once on each kind."""
    with crm.using(request.getfixturevalue(f"{request.param}_founded"), tmp_path):
        yield crm.FOUNDER


@pytest.fixture
def api(admin):
    """The administrator's program."""
    return crm.client(admin)


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """Base URL of the built application with an empty data folder of its own."""
    with serving(tmp_path_factory.mktemp("data")) as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    return chromium.find() or pytest.fail(chromium.MISSING)


@pytest.fixture(scope="session")
def browser(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, server):
    """An empty tab with its own cookies; addresses are relative to the server."""
    context = browser.new_context(base_url=server)
    yield context.new_page()
    context.close()
