"""Behind a real reverse proxy that ends TLS: people come in, the socket lives, and the rules of one's own site hold."""

import httpx
import pytest
from socketio.exceptions import ConnectionError as NotConnected

from tests.support import seed
from tests.support.dump import dump
from tests.support.proxy import proxy
from tests.support.served import Served
from tests.support.socket import Tab, handler


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    found = Served(tmp_path_factory.mktemp("proxied"))
    yield found
    found.kill()


@pytest.fixture(scope="module")
def front(served, tmp_path_factory):
    with proxy(tmp_path_factory.mktemp("proxy"), served.url) as found:
        yield found


def client(front, **headers):
    return httpx.Client(base_url=front.url, verify=front.trust, headers={"Origin": front.url} | headers, timeout=60)


def sign_in(browser):
    return browser.post("/auth/sign-in", json={"email": seed.ADMIN, "password": seed.PASSWORD})


def test_who_signs_in_through_the_proxy_gets_secure_cookies_and_is_known_by_their_own_address(front, served):
    with client(front, **{"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "http"}) as browser:
        answer = sign_in(browser)
        assert answer.status_code == 200
        cookies = answer.headers.get_list("set-cookie")
        assert len(cookies) == 2
        assert all("; secure" in one.lower() and "; httponly" in one.lower() for one in cookies)
        assert "strict-transport-security" in answer.headers
        page = browser.get("/accounts", follow_redirects=False)
        assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
        assert browser.get("/api/v1/accounts").json()["total"] == 3
        assert browser.post("/api/v1/accounts", json={"name": "Por el proxy"}).status_code == 201
    addresses = {row["address"] for row in dump(served.data)["session"]}
    assert "127.0.0.1" in addresses
    assert "198.51.100.1" not in addresses  # a client's own claim


def test_the_socket_lives_through_the_proxy(front):
    with client(front) as browser:
        cookie = sign_in(browser).cookies["crm_session"]
    with Tab(front.url, cookie, trust=front.trust, Origin=front.url) as tab:
        tab.load("/accounts")
        tab.expect(seed.ACCOUNTS[0])
        tab.send(handler("accounts.account_list.search"), {"text": "quim"}, "/accounts")
        tab.expect('"text_rx_state_": "quim"')
        assert tab.connected


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1", "null"])
def test_another_site_is_refused_behind_the_proxy_too(front, origin):
    with client(front, Origin=origin) as browser:
        assert sign_in(browser).status_code == 403
    with pytest.raises(NotConnected), Tab(front.url, trust=front.trust, Origin=origin):
        pass
