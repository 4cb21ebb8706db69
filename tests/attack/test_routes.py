"""Every address over plain HTTP, by people who may not, from other sites, with every method; and how each answer is dressed."""

import http.client
import itertools
import json
import re
import socket

import httpx
import pytest

from tests.support import seed
from tests.support.server import serving

from .conftest import SECRETS, shown

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
API = "/api/v1"
EVIL = "https://evil.example"


def operations(company):
    """Every address and method that the API says it has, with 1 for every number."""
    description = company.http("admin").get(f"{API}/openapi.json").json()
    resources = ("accounts", "users", "roles", "tokens", "jobs", "changes", "attachments", "settings")
    found = set()
    for path, methods in description["paths"].items():
        filled = re.sub(r"\{(id|[a-z]*_?id|record|verb|kind)\}", "1", path)
        for resource in resources if "{" in filled else ("",):
            address = re.sub(r"\{\w+\}", resource, filled)
            found |= {
                (method.upper(), address if address.startswith(API) else API + address)
                for method in methods
                if method in ("get", "post", "put", "patch", "delete")
            }
    assert len(found) > 40
    return sorted(found)


BODIES = (
    {"name": "PWNED", "email": "pwned@x.example"},
    [],
    {"items": [{"name": "PWNED"}]},
    {"name": seed.ACCOUNTS[0][:3], "role": 1},
)


def test_nobody_gets_nothing_from_the_api(company):
    before = company.dump()
    with company.http() as nobody:
        for (method, path), cookie in itertools.product(
            operations(company), ("", "crm_session=x", "crm_session=' OR 1=1 --")
        ):
            answer = nobody.request(
                method,
                path,
                json=BODIES[0],
                headers={"Origin": company.url} | ({"Cookie": cookie} if cookie else {}),
            )
            public = path.removeprefix(API) in ("/docs", "/openapi.json") or path.startswith(f"{API}/docs")
            assert answer.status_code in ((200,) if public and method == "GET" else (401, 404, 405)), (
                method,
                path,
                answer.status_code,
            )
            assert shown(answer.text) == []
    assert company.dump() == before


def test_a_role_without_rights_gets_nothing_from_the_api(company):
    hidden = tuple(one for one in SECRETS if one not in (seed.COMPANY, "Persona", "mistral.example", "llave de"))
    before = {name: rows for name, rows in company.dump().items() if name not in ("token", "change_set")}
    for who, headers in (("stranger", {}), ("", {"Authorization": f"Bearer {company.tokens['stranger']}"})):
        with company.http(who, **headers) as browser:
            for (method, path), body in itertools.product(operations(company), BODIES[:2]):
                answer = browser.request(method, path, json=body)
                assert answer.status_code < 500, (method, path, answer.text)
                assert shown(answer.text, hidden) == [], (method, path)
    assert {name: rows for name, rows in company.dump().items() if name not in ("token", "change_set")} == before


def test_a_reader_changes_nothing_over_the_api(company):
    before = {name: rows for name, rows in company.dump().items() if name not in ("token", "change_set")}
    with company.http("reader") as browser:
        assert seed.ACCOUNTS[0] in browser.get(f"{API}/accounts").text
        for (method, path), body in itertools.product(operations(company), BODIES):
            if method != "GET":
                assert browser.request(method, path, json=body).status_code < 500, (method, path)
    assert {name: rows for name, rows in company.dump().items() if name not in ("token", "change_set")} == before


def test_every_method_on_every_address_answers_in_words(company):
    paths = (
        *(f"{API}/{one}" for one in ("accounts", "accounts/1", "nada", "", "bulk/accounts")),
        "/",
        "/accounts",
        "/auth/sign-in",
        "/healthz",
        "/_event",
        "/nada",
    )
    with company.http("admin") as browser:
        for path, method in itertools.product(paths, METHODS):
            if (method, path) == ("DELETE", f"{API}/accounts/1"):
                continue
            assert browser.request(method, path, json={}).status_code < 500, (method, path)


CLOSED = (
    "/_upload", "/_upload/x", "/_health", "/_all_routes", "/auth-codespace", "/_upload?x=1", "//_upload", "/_UPLOAD", "/%5Fupload",
    "/./_upload", "/x/../_upload", "/_health/",
)  # fmt: skip
OUTSIDE = (
    "/../crm.db", "/..%2fcrm.db", "/%2e%2e/crm.db", "/assets/..%2f..%2f..%2fpyproject.toml", "/assets/%2e%2e/%2e%2e/%2e%2e/rxconfig.py",
    "/assets/....//....//crm.db", "/..%5c..%5ccrm.db", "/%00", "/assets/%00/x", "/secret.key", "/data/crm.db", "/.web/backend", "/files/x",
    "/.git/config", "/backend/stateful_pages.json", f"{API}/accounts/1/files/..%2f..%2fcrm.db", f"{API}/attachments/..%2fsecret.key",
    "//etc/passwd", "/%2fetc%2fpasswd", "/fonts/../../../../../../etc/passwd",
)  # fmt: skip


def raw(company, method, path, headers=None):
    """A request whose address no library has tidied up: (status, headers, text)."""
    connection = http.client.HTTPConnection(company.url.removeprefix("http://"), timeout=60)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    found = (
        answer.status,
        {name.lower(): value for name, value in answer.getheaders()},
        answer.read().decode("utf-8", "replace"),
    )
    connection.close()
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", CLOSED)
def test_what_reflex_leaves_open_is_closed(company, method, path):
    status, _, text = raw(
        company, method, path, {"Cookie": f"crm_session={company.cookies['admin']}", "Origin": company.url}
    )
    assert status in (404, 405)
    assert '"db"' not in text


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_file_outside_the_page_is_served(company, path):
    status, _, text = raw(company, "GET", path, {"Cookie": f"crm_session={company.cookies['admin']}"})
    assert status < 500
    assert not re.search(r"SQLite format|root:x:|\[build-system\]|SameOriginPlugin|\[core\]", text)
    key = (company.data / "secret.key").read_text()
    assert key not in text


def heard(company, said):
    """The first bytes that the server says to these; nothing where it hangs up."""
    host, _, port = company.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(said)
        try:
            return line.recv(100)
        except ConnectionResetError:
            return b""


def test_a_head_of_a_request_has_room_for_what_a_page_sends_and_no_more(company):
    def asked(size):
        return heard(
            company, b"GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: a=" + b"x" * size + b"\r\nConnection: close\r\n\r\n"
        )

    assert asked(30_000).startswith(b"HTTP/1.1 200")
    assert not asked(400_000).startswith(b"HTTP/1.1 200")


def test_http_2_without_tls_is_not_spoken(company):
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
    assert heard(company, preface)[3:4] != b"\4"  # its first frame would be SETTINGS


def test_another_site_reaches_nothing(company):
    before = company.dump()
    for origin in (EVIL, "null", "http://127.0.0.1", company.url + ".evil.example", "file://", "http://["):
        with company.http("admin", Origin=origin) as browser:
            for path in (
                "/auth/sign-in",
                "/auth/set-up",
                "/auth/redeem",
                "/auth/password",
                "/auth/codes-off",
                f"{API}/accounts",
                f"{API}/bulk/accounts",
                "/_event/",
            ):
                assert browser.post(path, json={"name": "PWNED"}).status_code == 403, (origin, path)
            for method in ("PATCH", "DELETE", "PUT"):
                assert browser.request(method, f"{API}/accounts/1", json={"name": "PWNED"}).status_code == 403
            asked = browser.options(f"{API}/accounts", headers={"Access-Control-Request-Method": "POST"})
            assert "access-control-allow-origin" not in asked.headers
            assert "access-control-allow-origin" not in browser.get(f"{API}/accounts").headers
            answer = browser.get(
                "/_event/?EIO=4&transport=websocket&token=x",
                headers={
                    "Connection": "Upgrade",
                    "Upgrade": "websocket",
                    "Sec-WebSocket-Version": "13",
                    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                },
            )
            assert answer.status_code == 403, origin
    with company.http("admin", **{"Sec-Fetch-Site": "cross-site"}) as browser:
        del browser.headers["Origin"]
        assert browser.post("/auth/sign-in", json={}).status_code == 403
        assert browser.post(f"{API}/accounts", json={"name": "PWNED"}).status_code == 403
    assert company.dump() == before


# ---- how answers are dressed


ANSWERS = (
    ("GET", "/"), ("GET", "/accounts"), ("GET", "/accounts/1"), ("GET", "/nada/nada"), ("GET", "/tokens.css"), ("GET", "/healthz"), ("GET", "/ping"),
    ("GET", f"{API}/accounts"), ("GET", f"{API}/nada"), ("GET", f"{API}/docs"), ("GET", f"{API}/openapi.json"), ("POST", "/auth/sign-in"),
    ("GET", "/_health"), ("GET", "/_event/?EIO=9"), ("PUT", f"{API}/accounts"), ("OPTIONS", "/accounts"), ("GET", "/icons.svg"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ANSWERS)
@pytest.mark.parametrize("who", ["", "admin"])
def test_every_answer_wears_the_headers(company, method, path, who):
    with company.http(who, Origin=company.url) as browser:
        _dressed(browser.request(method, path).headers)


def test_a_refusal_wears_them_too(company):
    with company.http("admin", Origin=EVIL) as browser:
        answer = browser.post(f"{API}/accounts", json={})
    assert answer.status_code == 403
    _dressed(answer.headers)


def _dressed(headers):
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";") if part.strip())
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in policy.get("script-src", "")
    assert "*" not in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert [name for name in headers if name.startswith("access-control-")] == []
    assert headers["server"] == "crm"
    assert headers.get("vary", "accept-encoding") == "accept-encoding"


def test_nothing_personal_is_kept_by_a_cache(company):
    with company.http("admin") as browser:
        assert browser.get(f"{API}/accounts").headers["cache-control"] == "no-store"
        assert browser.get("/accounts").headers["cache-control"] == "no-cache"
        asset = re.search(r'/assets/[^"]+\.js', browser.get("/accounts").text)[0]
        assert "immutable" in browser.get(asset).headers["cache-control"]
        assert "immutable" not in browser.get("/assets/nada.js").headers["cache-control"]


# ---- cookies, and who may say that the connection is safe


def signed(company, headers=None, source="127.0.0.1", base=""):
    connection = http.client.HTTPConnection(
        (base or company.url).removeprefix("http://"), timeout=60, source_address=(source, 0)
    )
    body = json.dumps({"email": seed.ADMIN, "password": seed.PASSWORD})
    where = base or company.url
    connection.request(
        "POST",
        "/auth/sign-in",
        body,
        {"Content-Type": "application/json", "Origin": where} | (headers or {}),
    )
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return answer.headers


def test_the_cookie_is_for_the_server_alone(company):
    cookie = signed(company)["set-cookie"]
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "path=/" in cookie.lower()
    assert "domain" not in cookie.lower()
    assert "secure" not in cookie.lower()  # it would be lost on http://localhost
    assert "max-age" not in cookie.lower()


def test_a_trusted_proxy_makes_it_secure_and_others_do_not(company):
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    found = signed(company, told | {"Origin": company.url.replace("http:", "https:")})
    assert "secure" in found["set-cookie"].lower()
    assert "strict-transport-security" in found
    found = signed(company, told, source="127.0.0.2")
    assert "secure" not in found["set-cookie"].lower()
    assert "strict-transport-security" not in found


# ---- guessing


def test_guessing_is_slowed_down_and_tells_nothing(tmp_path):
    seed.seed(tmp_path)
    with serving(tmp_path) as url, httpx.Client(base_url=url, headers={"Origin": url}, timeout=60) as browser:

        def attempt(email, password="clave equivocada", **headers):  # noqa: S107
            return browser.post("/auth/sign-in", json={"email": email, "password": password}, headers=headers)

        there, absent = attempt(seed.ADMIN), attempt("nadie@x.example")
        assert (there.status_code, there.json()["fields"]) == (absent.status_code, absent.json()["fields"])
        for _ in range(4):
            assert attempt(seed.ADMIN).status_code == 422
        limited = attempt(seed.ADMIN, seed.PASSWORD)
        assert limited.status_code == 429
        assert int(limited.headers["retry-after"]) > 0
        for number in range(45):  # other names from the same place, which a proxy that is not trusted cannot hide
            last = attempt(f"nadie{number}@x.example", Forwarded=f"for=198.51.100.{number}")
        assert last.status_code == 429
        assert attempt("reader@mistral.example", seed.PASSWORD).status_code == 429
        for number in range(45):
            answer = browser.get("/api/v1/accounts", headers={"Authorization": f"Bearer guess{number}"})
        assert answer.status_code == 429
        log = (tmp_path / "server.log").read_text()
        assert not shown(log, (*SECRETS, seed.PASSWORD, "clave equivocada", "guess1", "nadie1"))


def test_the_set_up_is_open_once(company):
    with company.http() as browser:
        again = {
            "company": "Otra",
            "name": "Eva",
            "email": "eva@evil.example",
            "password": seed.PASSWORD,
            "country": "ES",
            "currency": "EUR",
            "language": "es",
            "time_zone": "UTC",
        }
        answer = browser.post("/auth/set-up", json=again)
        assert answer.status_code in (409, 422)
        assert "set-cookie" not in answer.headers
        assert "Eva" not in str(company.dump()["user"])


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/set-up", "/auth/redeem", "/auth/password", "/auth/codes-off"])
def test_a_form_that_is_sent_before_its_page_runs_leads_back_to_it(company, path):
    form = {"email": seed.ADMIN, "password": seed.PASSWORD}
    pages = {
        f"{company.url}/login?next=/accounts/1": "/login?next=/accounts/1",
        f"{company.url}/welcome?key=x": "/welcome?key=x",
        f"{company.url}//elsewhere.example/": "/login",
        f"{company.url}/\\elsewhere.example": "/login",
        "https://elsewhere.example/x": "/login",
        "": "/login",
    }
    with company.http("reader") as browser:
        for page, leads in pages.items():
            answer = browser.post(path, data=form, headers={"Referer": page}, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, leads)
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/set-up", "/auth/redeem", "/auth/password", "/auth/codes-off"])
def test_bodies_that_no_page_sends_are_refused_in_words(company, path):
    bodies = (
        b"",
        b"x",
        b"[]",
        b"null",
        b"{",
        b'{"email": 1, "password": []}',
        b'{"email":{"$ne":1},"password":true}',
        b"A" * 20_000_000,
        b'{"a":' * 90,
        b"\xff\xfe",
        b'{"key": "\\ud800"}',
    )
    with company.http("reader") as browser:
        for body in bodies:
            try:
                answer = browser.post(path, content=body, headers={"Content-Type": "application/json"})
            except httpx.TransportError:
                continue  # hung up in the middle of a body over the limit
            assert 400 <= answer.status_code < 500, body[:20]
            assert shown(answer.text) == []
