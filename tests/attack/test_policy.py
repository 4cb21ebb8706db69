"""Each page may run its own inline scripts, and nothing else may."""

import base64
import hashlib
import re

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from crm_app.api.edge import Edge
from tests.support.loop import run

INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
SCRIPTS = re.compile(r"script-src ([^;]*)")


def allowed(answer):
    return set(SCRIPTS.search(answer.headers["content-security-policy"])[1].split())


def hashes(html):
    found = {hashlib.sha256(script.encode()).digest() for script in INLINE.findall(html)}
    return {f"'sha256-{base64.b64encode(one).decode()}'" for one in found}


def test_each_page_allows_its_own_scripts_and_no_others(company, pages):
    seen = set()
    with company.http("admin") as browser:
        for route in (*pages, "/nowhere", "/accounts/", "/accounts.html", "/offline.html"):
            answer = browser.get(re.sub(r"\[+\.*\w+\]+", "1", route if route.startswith("/") else f"/{route}"))
            assert answer.headers["content-type"].startswith("text/html"), route
            assert allowed(answer) == {"'self'"} | hashes(answer.text), route
            assert len(answer.headers["content-security-policy"]) < 1_000, route
            seen |= hashes(answer.text)
    assert len(seen) > 10  # one header for all of them would have to hold so many


def test_what_can_be_no_file_is_answered_with_the_page_that_says_so(company):
    with company.http("admin") as browser:
        for path in (
            "/%00",
            "/accounts/%00",
            "/auth/%00",
            "/accounts/" + "a" * 300,
            "/" + "ñ" * 130,
            "/" + "a/" * 1_100,
        ):
            answer = browser.get(path)
            assert answer.status_code == 404, path
            assert answer.headers["content-type"].startswith("text/html"), path
            assert allowed(answer) == {"'self'"} | hashes(answer.text), path
        for path in ("/api/v1/accounts/%00", "/api/v1/" + "a" * 300):
            assert browser.get(path).headers["content-type"].startswith("application/problem+json"), path


def test_a_page_that_has_not_changed_keeps_its_policy(company):
    with company.http("admin") as browser:
        for path in ("/", "/accounts", "/login"):
            first = browser.get(path)
            again = browser.get(path, headers={"If-None-Match": first.headers["etag"]})
            assert again.status_code == 304
            assert allowed(again) == allowed(first)


def test_what_is_no_page_runs_nothing_inline(company):
    with company.http("admin") as browser:
        for path in ("/sw.js", "/app.css", "/icons.svg", "/healthz", "/api/v1/accounts", "/_event/?EIO=9", "/ping"):
            assert allowed(browser.get(path)) == {"'self'"}, path
        assert "connect-src 'self'" in browser.get("/sw.js").headers["content-security-policy"]


def build(folder, **scripts):
    """A page with one inline script in each of its HTML files."""
    for name, script in scripts.items():
        file = folder / ("index.html" if name == "index" else f"{name}/index.html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<script>{script}</script><script src='/x.js'></script>")


def behind_the_edge(page):
    return Edge(Starlette(routes=[Mount("/", StaticFiles(directory=page, html=True))]), page)


def get(edge, path):
    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="http://x") as browser:
            return await browser.get(path)

    return run(asked())


def test_a_policy_grows_with_its_page_alone(tmp_path):
    build(tmp_path, index="a()", x="b()")
    edge = behind_the_edge(tmp_path)
    first, second = get(edge, "/"), get(edge, "/x")
    assert allowed(first) == {"'self'"} | hashes("<script>a()</script>")
    assert allowed(second) == {"'self'"} | hashes("<script>b()</script>")


def test_a_page_that_is_built_anew_under_a_running_server_runs(tmp_path):
    live, new, old = (tmp_path / name for name in ("live", "new", "old"))
    build(live, index="a()", x="b()")
    edge = behind_the_edge(live)
    assert get(edge, "/x").status_code == 200
    build(new, index="c()", x="d()", y="e()")
    live.rename(old)
    assert get(edge, "/x").status_code == 404, "for an instant there is none"
    new.rename(live)
    for path, script in (("/x", "d()"), ("/", "c()"), ("/y", "e()")):
        answer = get(edge, path)
        assert answer.status_code == 200, path
        assert script in answer.text
        assert allowed(answer) == {"'self'"} | hashes(answer.text), path
