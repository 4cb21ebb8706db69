"""One served company and one browser for all screens; every tab is watched for what must never happen."""

import itertools
import os
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from crm_app.core.i18n import translate
from tests.support.served import Served

_NUMBERS = itertools.count(1)

PATIENCE = 60_000  # ms: nobody waits for so long but a machine that has much else to do
expect.set_options(timeout=PATIENCE)
SLOWER = float(os.environ.get("CRM_TEST_SLOWER", "1"))  # how many times slower the tabs are, to hunt for races


def pytest_collection_modifyitems(items):
    for item in items:
        if "/screens/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


def es(text):
    """The text as a Spanish page has it."""
    return translate(text, "es")


@pytest.fixture(scope="package")
def served(tmp_path_factory):
    found = Served(tmp_path_factory.mktemp("screens"))
    with found.http() as browser:
        names = [f"Cliente {number:03}" for number in range(120)]
        answer = browser.post(
            "/api/v1/bulk/accounts", json={"items": [{"name": name, "city": "Soria"} for name in names]}
        )
        assert answer.status_code < 300, answer.text
    yield found
    found.kill()


# React has taken the painted page over; a page without a script (that of a machine without a network) needs nobody to.
ALIVE = """() => !document.querySelector('script[type=module]')
  || Object.keys(document.querySelector('main') ?? {}).some(key => key.startsWith('__reactProps$'))"""


def alive(page):
    """Let the page go on only when it lives: what is pressed or typed before is lost. The page itself."""
    for name in ("goto", "reload"):
        setattr(page, name, living(page, getattr(page, name)))
    return page


def living(page, go):
    def gone(*args, **options):
        answer = go(*args, **options)
        page.wait_for_function(ALIVE)
        return answer

    return gone


# A toast stays ten times as long: a machine that has much else to do looks late, and nothing waits for one to go.
LASTING = """{
  const later = window.setTimeout;
  window.setTimeout = (act, wait = 0, ...given) => later(act, [6_000, 10_000].includes(wait) ? 10 * wait : wait, ...given);
}"""


class Watch:
    """What the tabs of a test did that a page of ours never does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.faults: list[str] = []

    def tab(self, context):
        context.add_init_script(LASTING)
        page = alive(context.new_page())
        if SLOWER > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def _request(self, request) -> None:
        host = urlsplit(request.url)
        # the browser's own viewer of PDFs comes from within it
        if (
            host.scheme not in ("data", "blob", "chrome", "chrome-extension")
            and host.netloc != urlsplit(self.url).netloc
        ):
            self.faults.append(f"foreign request: {request.url}")

    def _console(self, message) -> None:
        text = message.text
        if "Content Security Policy" in text or "Content-Security-Policy" in text:
            self.faults.append(text)


@pytest.fixture
def watch(served):
    found = Watch(served.url)
    yield found
    assert found.faults == []


@pytest.fixture
def tabs(browser, served, watch):
    """Open a tab: as that person, in that size and theme. `installed` lets the service worker take every file of the page."""
    contexts = []

    def opened(who="admin", *, width=1440, height=900, address="", installed=False, **more):
        more["service_workers"] = "allow" if installed else "block"
        context = browser.new_context(base_url=served.url, viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if who:
            context.add_cookies([{"name": "crm_session", "value": served.people["cookies"][who], "url": served.url}])
        page = watch.tab(context)
        if address:
            page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def post(served):
    """What the API answers to a POST."""

    def send(path, **values):
        with served.http() as browser:
            answer = browser.post(f"/api/v1/{path}", json=values)
            assert answer.status_code < 300, answer.text
            return answer.json()

    return send


@pytest.fixture
def goods(post):
    """A customer and two products, by the names that one types; others in each test."""
    mark = f"{next(_NUMBERS)}"
    bolt = post("products", name=f"Tornillo largo {mark}", code=f"TOR-{mark}", price="2.50", unit="ud")
    hour = post("products", name=f"Hora de montaje {mark}", code=f"HOR-{mark}", price="40", kind="service", unit="h")
    customer = post("accounts", name=f"Talleres Quintana {mark}", country="ES", city="Soria")
    return {"customer": customer["id"], "bolt": bolt["id"], "hour": hour["id"], "mark": mark}


@pytest.fixture(scope="package")
def shop(post):
    """A customer and two products with barcodes; one of them has been sold to the customer."""

    def make(path, **values):
        return post(path, **values)["id"]

    nut = make("products", name="Tuerca rejilla", code="RJ-NUT", barcode="8400000000017", price="2", cost="1.50", currency="EUR",
               unit="ud", stocked=True)  # fmt: skip
    bolt = make("products", name="Perno rejilla", code="RJ-BOLT", barcode="8400000000024", price="5", currency="EUR")
    customer = make("accounts", name="Rejillas Soria", country="ES")
    warehouse = make("warehouses", name="Nave rejilla")
    make("stock-moves", product=nut, warehouse=warehouse, quantity="40")
    sold = make(
        "invoices", account=customer, lines=[{"product": nut, "quantity": "10", "price": "1.75", "discount": "5"}]
    )
    post(f"invoices/{sold}/issue")
    return {"nut": nut, "bolt": bolt, "customer": customer}


@pytest.fixture
def made(served):
    """Make an account over the API; its id."""

    def make(**values):
        with served.http() as browser:
            answer = browser.post("/api/v1/accounts", json={"name": "Ficha de prueba"} | values)
            assert answer.status_code == 201, answer.text
            return answer.json()["id"]

    return make


@pytest.fixture
def stored(served):
    """An account as it is stored."""

    def read(key):
        with served.http() as browser:
            return browser.get(f"/api/v1/accounts/{key}").json()

    return read


def head(page):
    """The head of a record's page, where its verbs are."""
    return page.locator(".record-head")


def ready(page):
    """The page lives (the server has said whose company it is), and its list or record has been filled."""
    expect(page.locator("nav .truncate.grow").first).not_to_be_empty()
    expect(
        page.locator(
            "table[data-list][aria-busy=false], table.jobs, .record-head, .empty, .settings-page, .doors"
        ).first
    ).to_be_visible()
    page.wait_for_load_state("load")
