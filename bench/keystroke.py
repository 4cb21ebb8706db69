"""From a key pressed in the list's filter to the painted rows, in a real browser; and how long the list takes to come.

A key counts as answered in the first frame whose rows belong to a text that holds it: where somebody types faster than
rows come, a letter waits for the rows of the next one.
"""

import random
from typing import Any

from playwright.sync_api import Browser, Page

from bench.browser import browsing, signed_in
from bench.figures import Figure, median, percentile
from bench.serving import Server
from bench.stores import Store
from bench.words import WORDS

RIVALS = (("Odoo 18", 760.0), ("Dolibarr 20", 410.0))
AIMS = {100_000: 120.0, 1_000_000: 150.0}
PACE = 90  # ms between two letters
TYPED = 40  # words
ROWS = "table[data-list][aria-busy=false] tbody tr, .empty"
# The page's policy forbids what Playwright's own waiting needs (eval), so the waiting is in the probe too.
PROBE = """
(() => {
  let keys = [], times = [], pressed = 0, rows = 0;
  const ours = (event) => event.target.id === "list-filter";
  addEventListener("keydown", (event) => { if (ours(event)) pressed = performance.now(); }, true);
  addEventListener("keyup", () => { pressed = 0; }, true);
  addEventListener("input", (event) => {
    if (ours(event)) keys.push({ text: event.target.value, at: pressed || performance.now() }); // "á" comes without its key
  }, true);
  const address = () => document.querySelector("[data-address]")?.dataset.address;
  const shown = () => new URLSearchParams(address()).get("q") ?? "";
  const painted = (done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  });
  const answered = () => {
    const text = shown(), at = keys.findLastIndex((key) => key.text === text);
    painted((now) => {
      for (const key of keys.splice(0, at + 1)) times.push(now - key.at);
    });
  };
  let before;
  const row = ({ target }) => (target.matches?.("tbody") ? target : target.parentElement?.closest("tbody"));
  new MutationObserver((changes) => {
    rows += changes.some(row);
    if (before !== (before = address())) answered();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["data-address"] });
  window.__bench = {
    forget: () => { keys = []; times = []; rows = 0; },
    take: () => ({ times, rows, waiting: keys.length }),
    loaded: new Promise((done) => {
      const rows = () => document.querySelector("table[data-list] tr[data-row]");
      const watch = new MutationObserver(() => { if (rows()) { watch.disconnect(); painted(done); } });
      watch.observe(document, { subtree: true, childList: true });
    }),
    until: async (text) => { while (shown() !== text) await new Promise((done) => setTimeout(done, 10)); },
  };
})();
"""


def measure(store: Store, server: Server) -> list[Figure]:
    """Loads of the list, then words typed letter by letter."""

    def figure(name: str, value: float, unit: str, **more: Any) -> Figure:
        return Figure("Browser", name, value, unit, store.database, store.accounts, **more)

    with browsing() as browser:
        loads = _loads(browser, server)
        times = _typed(browser, server)
    rivals = RIVALS if store.accounts == 100_000 else ()
    return [
        figure("keystroke to painted rows, median", median(times), "ms", rivals=rivals),
        figure("keystroke to painted rows, p95", percentile(times, 0.95), "ms", aim=AIMS.get(store.accounts)),
        figure("keystrokes measured", len(times), ""),
        *(figure(name, value, unit) for name, value, unit in loads),
    ]


def _typed(browser: Browser, server: Server) -> list[float]:
    """Milliseconds of each key."""
    context = signed_in(browser, server)
    context.add_init_script(PROBE)
    page = context.new_page()
    page.goto("/accounts")
    page.wait_for_selector(ROWS)
    chance = random.Random(1)  # noqa: S311 - the same words each time
    times: list[float] = []
    _type(page, "mart")  # warms up
    for word in chance.sample(WORDS, TYPED):
        found = _type(page, word)
        if found["waiting"] or not found["rows"]:
            raise RuntimeError(f"{word!r}: no rows were painted for {found['waiting']} of its letters")
        times += found["times"]
    context.close()
    return times


def _type(page: Page, word: str) -> Any:
    """Empty the filter, then type the word into it."""
    page.focus("#list-filter")
    page.keyboard.press("Escape")
    page.evaluate("__bench.until('')")
    page.wait_for_timeout(250)
    page.focus("#list-filter")
    page.evaluate("__bench.forget()")
    page.keyboard.type(word, delay=PACE)
    page.evaluate("text => __bench.until(text)", word)
    page.wait_for_timeout(60)
    return page.evaluate("__bench.take()")


def _loads(browser: Browser, server: Server) -> list[tuple[str, float, str]]:
    """The list's first load: cold, with nothing in the browser's cache, and warm. What goes over the wire at the first."""
    cold, warm = [], []
    for _ in range(5):
        context = signed_in(browser, server)
        context.add_init_script(PROBE)
        page = context.new_page()
        cold.append(_load(page))
        page.wait_for_timeout(300)
        warm.append(_load(page))
        context.close()
    return [
        ("first load of the list, nothing cached", median(cold), "ms"),
        ("first load, over the wire", _sent(browser, server), "kB"),
        ("load of the list again", median(warm), "ms"),
    ]


def _sent(browser: Browser, server: Server) -> float:
    """What a first load takes from the server, in kB. By itself: counting slows it."""
    context = signed_in(browser, server)
    context.add_init_script(PROBE)
    page = context.new_page()
    counter = context.new_cdp_session(page)
    counter.send("Network.enable")
    sizes: list[float] = []
    counter.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    _load(page)
    page.wait_for_timeout(300)
    context.close()
    return sum(sizes) / 1000


def _load(page: Page) -> float:
    """Milliseconds from the navigation to the painted rows."""
    page.goto("/accounts", wait_until="commit")
    page.wait_for_selector(ROWS)
    return float(page.evaluate("__bench.loaded"))
