"""From quote to cash: lists of many invoices, ageing, a quote that becomes an issued invoice over REST and in a real browser.

`python -m bench.trade` prints what the kernel does, as JSON.
"""

import itertools
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

from bench.browser import browsing, signed_in
from bench.figures import Figure, median, percentile
from bench.serving import Server
from bench.stores import ROOT, Store, environment
from bench.words import ADMINISTRATOR, PASSWORD

REPEATS = 30
QUOTES = 100
RUSH_SECONDS = 10
CLIENTS = 4
PRESS = 60  # milliseconds between pressing a button of the mouse and letting it go; a link is followed at the second
RIVALS = {
    "REST, a quote of 10 lines becomes an issued invoice": (("Odoo 18", 754.0), ("Dolibarr 20", 218.0)),
    "an invoice on the screen": (("Odoo 18", 470.0), ("Dolibarr 20", 335.0)),
    "the same, pressed as by a hand": (("Odoo 18", 470.0), ("Dolibarr 20", 335.0)),
    "the same, in a page that goes on": (("Odoo 18", 470.0), ("Dolibarr 20", 335.0)),
}
AIMS = {
    "the list of invoices": 120.0,
    "invoices that are overdue": 120.0,
    "ageing of all": 300.0,
    "REST, a quote of 10 lines becomes an issued invoice": 45.0,
    "click to the issued invoice": 200.0,
    "an invoice on the screen": 80.0,
    "the same, pressed as by a hand": 80.0,
    "the same, in a page that goes on": 80.0,
    "keystroke to totals, 50 lines": 100.0,
}
# A click counts from when it is heard to the end of the frame in which what it leads to stands in the page. What is waited for
# is told before: the page looks for it by itself, where a question that comes after the click waits until the page can answer.
PROBE = """
(() => {
  let clicked = 0;
  let begin = null;
  const painted = () => new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - clicked);
    channel.port2.postMessage(0);
  });
  const waited = async (there) => {
    const until = clicked + 20000;
    do {
      if (performance.now() > until) throw new Error(`not in 20 s, at ${location.pathname}`);
      await new Promise(requestAnimationFrame);
    } while (!there());
    return painted();
  };
  const heard = () => {
    clicked = performance.now();
    begin?.();
    begin = null;
  };
  addEventListener("click", heard, true);
  addEventListener("input", heard, true);
  const expect = (there) => {
    window.__took = new Promise((done, fail) => { begin = () => waited(there).then(done, fail); });
  };
  window.__expect = (path, selector) =>
    expect(() => location.pathname.match(path) && document.querySelector(selector));
  window.__expectAnother = (selector) => {
    const last = () => [...document.querySelectorAll(selector)].at(-1)?.textContent;
    const before = last();
    expect(() => last() !== before);
  };
})();
"""
SHOWN = "table.lines tbody tr[data-key]"


def measure(store: Store, server: Server) -> list[Figure]:
    """What the kernel, REST and the browser take."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.trade"],
        cwd=ROOT,
        env=environment(store.environment),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    found["REST, a quote of 10 lines becomes an issued invoice"] = _converted(server)
    found |= _clicked(server)

    def figure(name: str, value: float, unit: str, better: str = "less", **more: Any) -> Figure:
        return Figure("From quote to cash", name, value, unit, store.database, store.accounts, better, **more)

    rate = figure("REST, issued invoices in one series", _rush(server), "/s", "more", aim=40.0)
    return [
        figure(
            f"{name}, {word}", value, "ms", aim=AIMS.get(name), rivals=RIVALS.get(name, ()) if word == "median" else ()
        )
        for name, times in found.items()
        for word, value in (("median", median(times)), ("p95", percentile(times, 0.95)))
    ] + [rate]


# ---- REST


class Program:
    """Somebody's program: a bearer token's calls."""

    def __init__(self, server: Server) -> None:
        self._url = server.url
        self._headers = {"Content-Type": "application/json", "Origin": server.url}
        form = {"email": ADMINISTRATOR, "password": PASSWORD}
        request = urllib.request.Request(f"{self._url}/auth/sign-in", json.dumps(form).encode(), self._headers)  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            self._headers["Cookie"] = answer.headers["Set-Cookie"].partition(";")[0]
        self.products = self._active("products", "filter[sold]=true&filter[price][gt]=0")
        self.customers = self._active("accounts", "filter[roles]=customer")

    def _active(self, resource: str, more: str) -> list[int]:
        return [int(one["id"]) for one in self.ask(f"{resource}?size=100&filter[active]=true&{more}")["items"]]

    def ask(self, path: str, values: dict[str, Any] | None = None) -> Any:
        """The answer to a GET, or with values to a POST."""
        body = None if values is None else json.dumps(values).encode()
        request = urllib.request.Request(f"{self._url}/api/v1/{path}", body, self._headers)  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return json.load(answer)

    def post(self, path: str, **values: Any) -> Any:
        """The answer to a POST."""
        return self.ask(path, values)

    def quote(self, number: int, lines: int = 10) -> int:
        """A draft of so many lines."""
        each = [{"product": self.products[place % len(self.products)], "quantity": "2"} for place in range(lines)]
        return int(self.post("quotes", account=self.customers[number % len(self.customers)], lines=each)["id"])

    def invoice(self, quote: int) -> int:
        """The issued invoice of that quote."""
        return int(self.post(f"quotes/{quote}/invoice", issue=True)["result"]["id"])


def _converted(server: Server) -> list[float]:
    program = Program(server)
    times = []
    for number in range(QUOTES):
        quote = program.quote(number)
        begun = time.perf_counter()
        program.invoice(quote)
        times.append((time.perf_counter() - begun) * 1000)
    return times[10:]


def _rush(server: Server) -> float:
    """Invoices a second that a few programs issue at once, all in one series; their quotes were there before."""
    programs = [Program(server) for _ in range(CLIENTS)]
    waiting = [[program.quote(number) for number in range(60 * RUSH_SECONDS // CLIENTS)] for program in programs]
    issued = itertools.count()
    until = time.perf_counter() + RUSH_SECONDS

    def work(program: Program, quotes: list[int]) -> None:
        for quote in quotes:
            if time.perf_counter() > until:
                return
            program.invoice(quote)
            next(issued)

    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=pair) for pair in zip(programs, waiting, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return next(issued) / (time.perf_counter() - begun)


# ---- in the browser


def _clicked(server: Server) -> dict[str, list[float]]:
    program = Program(server)
    quotes = [program.quote(number) for number in range(REPEATS)]
    for quote in quotes:
        program.post(f"quotes/{quote}/accept")
    with browsing() as browser:
        context = signed_in(browser, server)
        context.add_init_script(PROBE)
        page = context.new_page()
        return {
            "click to the issued invoice": [_press_invoice(page, quote) for quote in quotes][3:],
            "an invoice on the screen": _opened(page, press=0, anew=True),
            "the same, pressed as by a hand": _opened(page, press=PRESS, anew=True),
            "the same, in a page that goes on": _opened(page, press=PRESS, anew=False),
            "keystroke to totals, 50 lines": _typed(page, program),
        }


@contextmanager
def _shown(page: Page, address: str) -> Iterator[None]:
    page.goto(address)
    page.locator(SHOWN).first.wait_for()
    page.wait_for_timeout(150)
    yield


def _press_invoice(page: Page, quote: int) -> float:
    with _shown(page, f"/quotes/{quote}"):
        _expect_invoice(page)
        page.locator(".record-head .button-primary").click()
        return _took(page)


def _expect_invoice(page: Page) -> None:
    page.evaluate(f"__expect(/^.invoices.[0-9]+$/, '{SHOWN}')")


def _took(page: Page) -> float:
    return float(page.evaluate("__took"))


def _opened(page: Page, press: int, *, anew: bool) -> list[float]:
    """From the list, which was loaded `anew` each time, or to which the way back led."""
    times: list[float] = []
    page.goto("/invoices")
    for number in range(REPEATS):
        if times and anew:
            page.goto("/invoices")
        elif times:
            page.go_back()
        link = page.locator("table[data-list] tbody tr a").nth(number)
        link.wait_for()
        page.wait_for_timeout(500)  # who opens an invoice has found it in the list first
        _expect_invoice(page)
        link.click(delay=press)
        times.append(_took(page))
    return times[3:]


def _typed(page: Page, program: Program) -> list[float]:
    quote = program.quote(0, lines=50)
    times = []
    with _shown(page, f"/quotes/{quote}"):
        cell = page.locator('table.lines tbody tr[data-key] [data-field="quantity"]').first
        for number in range(REPEATS):
            page.evaluate("__expectAnother('.totals .total')")
            cell.fill(str(3 + number))
            times.append(_took(page))
    return times[3:]


# ---- the kernel


def _questions() -> dict[str, Callable[[], object]]:
    from datetime import date

    from crm_app.core.query import Filter, Query
    from crm_app.models.invoices import INVOICES
    from crm_app.services import ageing as ages
    from crm_app.services import records, statements
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work

    today = date.today()  # noqa: DTZ011 - the company's zone matters little here

    def page(*filters: Filter, text: str = "", sort: str = "") -> records.Page:
        with Work(SYSTEM) as work:
            return records.page(work, INVOICES, Query(text=text, filters=filters, sort=sort))

    def ageing() -> object:
        with Work(SYSTEM) as work:
            return ages.ageing(work, today)

    def statement() -> object:
        with Work(SYSTEM) as work:
            return statements.statement(work, 7, today.replace(month=1, day=1), today)

    overdue = (
        Filter("status", "eq", "issued"),
        Filter("balance", "gt", "0"),
        Filter("next_due", "lt", today.isoformat()),
    )
    return {
        "the list of invoices": page,
        "invoices that are overdue": lambda: page(*overdue),
        "invoices that are overdue, by balance": lambda: page(*overdue, sort="-balance"),
        "a number": lambda: page(text="B-0001"),
        "ageing of all": ageing,
        "a statement": statement,
    }


def _times(ask: Callable[[], object]) -> list[float]:
    ask()
    found = []
    for _ in range(REPEATS // 3):
        begun = time.perf_counter()
        ask()
        found.append((time.perf_counter() - begun) * 1000)
    return found


if __name__ == "__main__":
    print(json.dumps({name: _times(ask) for name, ask in _questions().items()}))
