"""A save: from the click to "Saved" on the screen, and over REST."""

import json
import time
import urllib.request
from http.cookiejar import CookieJar

from playwright.sync_api import Page

from bench.browser import browsing, signed_in
from bench.figures import Figure, median, percentile
from bench.serving import Server
from bench.stores import Store
from bench.words import ADMINISTRATOR, PASSWORD

CLICKS = 30
CALLS = 200
PROBE = """
(() => {
  let clicked = 0, done = 0;
  addEventListener("click", () => { clicked = performance.now(); done = 0; }, true);
  new MutationObserver((changes) => {
    const toast = changes.flatMap((change) => [...change.addedNodes]).find((node) => node.matches?.(".toast"));
    if (!toast || done) return;
    done = -1;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { done = performance.now() - clicked; };
      channel.port2.postMessage(0);
    });
  }).observe(document, { subtree: true, childList: true });
  window.__saved = async () => {
    while (done <= 0) await new Promise((next) => setTimeout(next, 10));
    return done;
  };
})();
"""


def measure(store: Store, server: Server) -> list[Figure]:
    """Both ways to save."""
    found = {"click to the toast that says so": _clicks(server), "REST, a change": _calls(server)}
    return [
        Figure("A save", f"{name}, {word}", value, "ms", store.database, store.accounts)
        for name, times in found.items()
        for word, value in (("median", median(times)), ("p95", percentile(times, 0.95)))
    ]


def _clicks(server: Server) -> list[float]:
    with browsing() as browser:
        context = signed_in(browser, server)
        context.add_init_script(PROBE)
        page = context.new_page()
        return [_save(page, 100 + number) for number in range(CLICKS)]


def _save(page: Page, account: int) -> float:
    page.goto(f"/accounts/{account}")
    street = page.locator("[data-record-form] [name=street]")
    street.wait_for()
    page.wait_for_timeout(150)
    street.fill(f"Calle Mayor, {time.time_ns() % 10**9}")
    page.locator("[data-record-form] button[type=submit]").click()
    return float(page.evaluate("__saved()"))


def _calls(server: Server) -> list[float]:
    http = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def send(method: str, path: str, body: dict[str, str]) -> None:
        headers = {"Content-Type": "application/json", "Origin": server.url}
        http.open(
            urllib.request.Request(server.url + path, json.dumps(body).encode(), headers, method=method)  # noqa: S310
        ).read()

    send("POST", "/auth/sign-in", {"email": ADMINISTRATOR, "password": PASSWORD})
    times = []
    for number in range(CALLS):
        begun = time.perf_counter()
        send("PATCH", f"/api/v1/accounts/{200 + number}", {"street": f"Calle Mayor, {time.time_ns() % 10**9}"})
        times.append((time.perf_counter() - begun) * 1000)
    return times[10:]
