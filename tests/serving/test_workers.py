"""Two workers and a Redis between them: a tab keeps its state whichever of them answers, and both do."""

from collections import Counter
from contextlib import ExitStack

import httpx
import psutil
import pytest

from tests.support import seed
from tests.support.served import Served, until
from tests.support.socket import STATE, Tab, handler

WORKERS = 2


@pytest.fixture(scope="module")
def served(tmp_path_factory, redis_url):
    found = Served(tmp_path_factory.mktemp("workers"), CRM_WORKERS=str(WORKERS), CRM_REDIS_URL=redis_url)
    yield found
    found.kill()


def connections(served):
    """Which process holds how many connections of clients."""
    held: Counter[int] = Counter()
    for pid in served.pids():
        for one in psutil.Process(pid).net_connections("tcp"):
            if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == served.port:
                held[pid] += 1
    return held


def test_the_api_is_answered_by_both_workers_and_both_agree(served):
    with ExitStack() as opened:
        browsers, keys = [], []
        # whoever is idle takes the next connection: on a busy machine the same one may do so many times
        while len(browsers) < 300 and not (len(browsers) > 20 and len(connections(served)) == WORKERS):
            browsers.append(opened.enter_context(served.http()))
            answer = browsers[-1].post("/api/v1/accounts", json={"name": f"Cuenta {len(browsers)}"})
            assert answer.status_code == 201
            keys.append(answer.json()["id"])
        assert len(connections(served)) == WORKERS
        assert len(set(keys)) == len(keys)
        for key, browser in zip(reversed(keys), browsers, strict=True):
            assert browser.get(f"/api/v1/accounts/{key}").json()["id"] == key


def test_an_idempotency_key_counts_in_both(served):
    ids = set()
    for _ in range(12):
        with served.http() as browser:
            answer = browser.post("/api/v1/accounts", json={"name": "Una sola"}, headers={"Idempotency-Key": "one"})
            ids.add(answer.json()["id"])
    assert len(ids) == 1


def test_a_tab_that_reconnects_finds_its_state_on_either_worker(served):
    cookie, seen = served.people["cookies"]["admin"], set()
    with Tab(served.url, cookie) as tab:
        tab.load("/accounts?q=quim")
        tab.expect(seed.ACCOUNTS[1])
        tab.send(handler("session.me.fold"), {"folded": True}, "/accounts?q=quim")
        tab.expect('"folded_rx_state_": true')
    for _ in range(60):
        with Tab(served.url, cookie, tab.token) as again:
            again.send(f"{STATE}.hydrate", path="/accounts?q=quim")
            again.expect('"folded_rx_state_"')
            if any(said.startswith('["new_token"') for said in again.heard):
                continue  # the other worker had not noticed yet that the tab was gone: Reflex took this one for a copy
            assert '"folded_rx_state_": true' in again.text  # only the state kept that
            assert seed.ACCOUNTS[1] in again.text
            seen |= set(connections(served))
        if len(seen) == WORKERS:
            break
    assert len(seen) == WORKERS
    with Tab(served.url, served.people["cookies"]["stranger"], tab.token) as thief:
        thief.load("/accounts?q=quim")
        assert seed.ACCOUNTS[1] not in thief.settle()


def test_a_sign_out_counts_in_both_workers_soon(served):
    with httpx.Client(base_url=served.url, headers={"Origin": served.url}, timeout=60) as browser:
        who = {"email": "leaver@mistral.example", "password": seed.PASSWORD}
        cookie = browser.post("/auth/sign-in", json=who).cookies["crm_session"]

    def codes():
        found = set()
        for _ in range(10):
            with httpx.Client(base_url=served.url, cookies={"crm_session": cookie}, timeout=60) as one:
                found.add(one.get("/api/v1/accounts").status_code)
        return found

    assert codes() == {200}
    with Tab(served.url, cookie) as tab:
        tab.load("/accounts")
        tab.expect(seed.ACCOUNTS[0])
        tab.send(handler("session.me.sign_out"), path="/accounts")
        tab.expect("/login")
    assert until(lambda: codes() == {401}, 60)
