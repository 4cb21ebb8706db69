"""Each page may run its own inline scripts, and nothing else may."""

import base64
import hashlib
import re

from crm_app.api.edge import page_policies

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


def test_a_policy_grows_with_its_page_alone(tmp_path):
    for name, script in (("index.html", "a()"), ("x/index.html", "b()")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"<script>{script}</script><script src='/x.js'></script>")
    found = page_policies(tmp_path)
    assert {name: policy.count("sha256-") for name, policy in found.items()} == {"index.html": 1, "x/index.html": 1}
    assert found["index.html"] != found["x/index.html"]
