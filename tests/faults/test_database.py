"""The database is locked, full, gone and back: said in a plain sentence, and over by itself."""

import resource
import sqlite3
import sys

import pytest

from tests.support.postgres import named, postgres, run_sql
from tests.support.served import until
from tests.support.socket import Tab, handler

PATH = "/api/v1/accounts"
SENTENCE = "La base de datos no responde"
FULL = "disco de la base de datos"


def refused(answer, sentence=SENTENCE):
    """503 in words, nothing of the machine in it."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
    assert sentence in answer.json()["detail"]
    assert not any(word in answer.text.lower() for word in ("sqlite", "psycopg", "traceback", "select ", "insert "))


def names(browser):
    return {item["name"] for item in browser.get(PATH, params={"size": 500}).json()["items"]}


def test_a_locked_database_is_said_and_passes(serve):
    served = serve()
    lock = sqlite3.connect(served.data / "crm.db", isolation_level=None)
    with served.http() as browser, Tab(served.url, served.people["cookies"]["admin"]) as tab:
        tab.load("/accounts/2")
        tab.expect('"version_rx_state_": 1')
        lock.execute("BEGIN EXCLUSIVE")
        tab.send(
            handler("accounts.account_record.save"),
            {"form": {"city": "Lugo"}, "record": 2, "version": 1},
            "/accounts/2",
        )
        refused(browser.post(PATH, json={"name": "Mientras"}))
        tab.expect(SENTENCE)
        assert browser.get(f"{PATH}/2").status_code == 200  # reading goes on
        assert browser.get("/healthz").status_code == 200
        lock.execute("ROLLBACK")
        lock.close()
        assert browser.post(PATH, json={"name": "Después"}).status_code == 201
        assert "Mientras" not in names(browser)
        tab.send(
            handler("accounts.account_record.save"),
            {"form": {"city": "Lugo"}, "record": 2, "version": 1},
            "/accounts/2",
        )
        tab.expect('"version_rx_state_": 2')
    assert "An event failed" not in served.log
    assert served.check() == ""


@pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="the size of a running program's files can be limited on Linux only"
)
def test_a_full_disk_is_said_and_passes(serve):
    served = serve()
    with served.http() as browser:
        assert browser.post(PATH, json={"name": "Antes"}).status_code == 201
        size = max(path.stat().st_size for path in served.data.glob("crm.db*"))
        for pid in served.pids():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size + 20_000, resource.RLIM_INFINITY))
        kept, answer = [], None
        for number in range(200):
            answer = browser.post(PATH, json={"name": f"Lleno {number}", "notes": "n" * 9000})
            if answer.status_code != 201:
                break
            kept.append(f"Lleno {number}")
        refused(answer, FULL)
        refused(browser.post(PATH, json={"name": "Lleno también", "notes": "n" * 9000}), FULL)
        assert browser.get(f"{PATH}/2").status_code == 200
        for pid in served.pids():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert browser.post(PATH, json={"name": "Después"}).status_code == 201
        assert {"Antes", "Después", *kept} <= names(browser)
        assert not [name for name in names(browser) if name.startswith("Lleno") and name not in kept]
    assert served.check() == ""


def test_a_database_that_goes_away_and_comes_back(serve, tmp_path):
    (tmp_path / "db").mkdir()
    served = serve(CRM_DATABASE_URL=f"sqlite:///{tmp_path / 'db' / 'crm.db'}")
    with served.http() as browser:
        assert browser.post(PATH, json={"name": "Antes"}).status_code == 201
        (tmp_path / "db").rename(tmp_path / "elsewhere")
        kept = []
        for number in range(10):
            answer = browser.post(PATH, json={"name": f"Entretanto {number}"})
            if answer.status_code == 201:
                kept.append(f"Entretanto {number}")
            else:
                refused(answer, "")
        (tmp_path / "elsewhere").rename(tmp_path / "db")
        assert until(lambda: browser.post(PATH, json={"name": "Después"}).status_code == 201)
        assert {"Antes", "Después", *kept} <= names(browser)
    assert served.check() == ""


@pytest.fixture
def own_postgres():
    with postgres() as cluster:
        yield cluster


def test_postgresql_stops_and_starts_again(serve, own_postgres):
    run_sql(own_postgres.url, "CREATE DATABASE faults")
    served = serve(CRM_DATABASE_URL=named(own_postgres.url, "faults"))
    with served.http() as browser, Tab(served.url, served.people["cookies"]["admin"]) as tab:
        tab.load("/accounts/2")
        tab.expect('"version_rx_state_": 1')
        assert browser.post(PATH, json={"name": "Antes"}).status_code == 201
        own_postgres.stop()
        refused(browser.post(PATH, json={"name": "Mientras"}), "")
        refused(browser.get(PATH), "")
        tab.send(
            handler("accounts.account_record.save"),
            {"form": {"city": "Lugo"}, "record": 2, "version": 1},
            "/accounts/2",
        )
        tab.expect(SENTENCE)
        assert browser.get("/healthz").status_code == 200
        assert until(lambda: browser.get("/readyz").status_code == 503)
        own_postgres.start()
        assert until(lambda: browser.post(PATH, json={"name": "Después"}).status_code == 201)
        assert names(browser) >= {"Antes", "Después"}
        assert "Mientras" not in names(browser)
        tab.send(
            handler("accounts.account_record.save"),
            {"form": {"city": "Lugo"}, "record": 2, "version": 1},
            "/accounts/2",
        )
        tab.expect('"version_rx_state_": 2')
        assert until(lambda: browser.get("/readyz").status_code == 200)
    assert "An event failed" not in served.log
    assert sys.platform == "win32" or "Traceback" not in served.log
