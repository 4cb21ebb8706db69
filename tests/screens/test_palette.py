"""Search everything, make something new, begin the day, and go on without a network."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support import seed
from tests.support.axe import faults

from .conftest import es, ready

BOX = "dialog.palette input"


def opened(page):
    page.keyboard.press("Control+k")
    expect(page.locator(BOX)).to_be_focused()


def chosen(page):
    """The text of the option that Enter would open."""
    return page.locator('dialog.palette [role=option][aria-selected="true"]')


def test_ctrl_k_types_its_way_to_a_record_without_a_mouse(tabs):
    page = tabs(address="/accounts")
    ready(page)
    opened(page)
    page.keyboard.type("ebano")
    expect(chosen(page)).to_contain_text("Ébano Oculto")
    expect(page.locator("dialog.palette mark").first).to_have_text("Ébano")
    active = page.locator(BOX).get_attribute("aria-activedescendant")
    assert page.evaluate("id => document.getElementById(id).getAttribute('role')", active) == "option"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/accounts/\d+$"))
    expect(page.locator("h1")).to_have_text("Ébano Oculto")
    expect(page.locator("dialog.palette")).to_have_count(0)


def test_the_arrows_go_round_and_escape_gives_the_focus_back(tabs):
    page = tabs(address="/accounts")
    ready(page)
    page.locator("[data-global-search]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(BOX)).to_be_focused()
    page.fill(BOX, "cliente 00")
    options = page.locator("dialog.palette [role=option]")
    expect(options).to_have_count(5)
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.palette")).to_have_count(0)
    expect(page.locator("[data-global-search]")).to_be_focused()


def test_the_slash_is_the_lists_own_filter_where_there_is_one(tabs):
    page = tabs(address="/accounts")
    ready(page)
    page.keyboard.press("/")
    expect(page.locator("#list-filter")).to_be_focused()
    page.goto("/settings")
    ready(page)
    page.keyboard.press("/")
    expect(page.locator(BOX)).to_be_focused()


def test_the_newest_text_wins(tabs):
    page = tabs(address="/accounts")
    ready(page)

    late = []

    def hold(route):
        late.append(route)

    page.route("**/api/v1/search?q=zana", hold)
    opened(page)
    with page.expect_request("**/api/v1/search?q=zana"):
        page.locator(BOX).press_sequentially("zana")
    page.fill(BOX, "quimera")
    expect(chosen(page)).to_contain_text("Quimera Reservada")
    for route in late:
        route.fulfill(json={"items": [{"resource": "accounts", "id": 1, "label": seed.ACCOUNTS[0], "hint": ""}]})
    assert late
    page.wait_for_timeout(300)  # for what must not happen there is nothing to wait for
    expect(chosen(page)).to_contain_text("Quimera Reservada")


def test_what_was_visited_last_comes_back_by_number_only(tabs):
    page = tabs(address="/accounts/1")
    ready(page)
    page.goto("/accounts/2")
    ready(page)
    opened(page)
    recent = page.locator("dialog.palette [role=group]").first
    expect(recent).to_contain_text(es("Visited last"))
    expect(recent.locator("[role=option]").first).to_contain_text(seed.ACCOUNTS[1])
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "accounts.2" in kept
    assert not any(name in kept for name in seed.ACCOUNTS)


def test_pages_and_commands_are_found_by_name(tabs):
    page = tabs(address="/accounts")
    ready(page)
    opened(page)
    page.keyboard.type("nueva cuen")
    expect(chosen(page)).to_contain_text(es("New account"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/new")
    expect(page.locator("#f-name")).to_be_visible()
    opened(page)
    page.keyboard.type("oscuro")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    opened(page)
    page.keyboard.type("como el")
    page.keyboard.press("Enter")
    expect(page.locator("html")).not_to_have_class(re.compile("dark"))


def test_what_is_named_so_comes_before_what_only_holds_the_word_and_before_settings(tabs):
    page = tabs(address="/accounts")
    ready(page)
    opened(page)
    for typed in ("Invoices", "Accounts", "Sales orders"):
        page.fill(BOX, es(typed).lower())
        expect(page.locator("dialog.palette [role=option]").first).to_contain_text(es(typed))
        expect(page.locator("dialog.palette [role=group]").first).to_contain_text(es("Pages"))
    page.fill(BOX, "cliente 01")
    expect(page.locator("dialog.palette [role=option]").first).to_contain_text("Cliente 01")


def test_whoever_is_called_so_comes_before_the_documents_made_for_them(tabs, post, goods):
    post("quotes", account=goods["customer"], lines=[{"product": goods["bolt"], "quantity": "1"}])
    page = tabs(address="/accounts")
    ready(page)
    opened(page)
    page.fill(BOX, f"quintana {goods['mark']}")
    found = page.locator("dialog.palette [role=option]")
    expect(found).to_have_count(2)
    assert [text.startswith("Talleres Quintana") for text in found.all_inner_texts()] == [True, False]


def test_who_may_nothing_is_offered_nothing(tabs):
    page = tabs("stranger", address="/")
    expect(page.locator("[aria-busy=false]").first).to_be_visible()
    expect(page.locator(".count-row, .tile")).to_have_count(0)
    expect(page.get_by_role("button", name=es("Create"), exact=True)).to_have_count(0)
    opened(page)
    page.keyboard.type("zanahoria")
    expect(page.locator(".palette-note")).to_have_text(es("Nothing matches"))
    page.fill(BOX, "nuev")
    expect(page.locator("dialog.palette [role=option]")).to_have_count(0)


def test_the_plus_makes_what_one_may_make(tabs):
    page = tabs(address="/accounts/1")
    ready(page)
    page.get_by_role("button", name=es("Create"), exact=True).click()
    page.get_by_role("menuitem", name=es("New account"), exact=True).click()
    page.wait_for_url("**/accounts/new")


def test_the_day_begins_with_what_was_done(tabs, made, served):
    key = made(name="Recién Hecha")
    with served.http() as browser:
        total = browser.get("/api/v1/accounts").json()["total"]
    page = tabs(address="/")
    mine = page.locator("section.need", has_text=es("Go on where you were"))  # what presses today may stand before it
    expect(mine.locator("li").first).to_contain_text("Recién Hecha")
    expect(page.locator('.count-row[href="/accounts"] .count-total')).to_have_text(str(total))
    expect(page.locator('.nav-item[href="/"]')).to_have_attribute("aria-current", "page")
    mine.get_by_role("link", name="Recién Hecha").click()
    page.wait_for_url(f"**/accounts/{key}")
    expect(page.locator('.nav-item[href="/"]')).not_to_have_attribute("aria-current", "page")
    other = tabs("seller", address="/")
    expect(other.locator(".need", has_text=es("What others changed"))).to_contain_text("Ada Admin")


@pytest.mark.parametrize("width", [1440, 768])
def test_axe_finds_nothing_at_home_and_in_the_search(tabs, width):
    page = tabs(address="/", width=width)
    expect(page.locator(".count-row").first).to_be_visible()
    found = faults(page, "home")
    opened(page)
    page.keyboard.type("cliente")
    expect(page.locator("dialog.palette [role=option]").first).to_be_visible()
    assert found + faults(page, "search") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def worker(page):
    """Wait until the page is under its service worker."""
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function("async () => (await caches.keys()).length === 1 && !!(await caches.match('/accounts'))")


def test_it_can_be_installed(tabs, served):
    page = tabs(address="/accounts", installed=True)
    ready(page)
    worker(page)
    devtools = page.context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["display"] == "standalone"
    # a private window cannot install anything; that is the only thing that may be wrong
    errors = {one["errorId"] for one in devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}
    names = page.evaluate("caches.keys()")
    assert re.fullmatch(r"shell-[0-9a-f]{16}", names[0])
    with served.http() as browser:
        answer = browser.get("/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_without_a_network_it_opens_and_says_so(tabs):
    page = tabs(address="/accounts", installed=True)
    ready(page)
    worker(page)
    kept = page.evaluate(
        "(async () => (await (await caches.open((await caches.keys())[0])).keys()).map(one => new URL(one.url).pathname))()"
    )
    assert not [path for path in kept if path.startswith(("/api", "/auth", "/_event", "/ping"))]
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".shell")).to_be_visible()
    expect(page.locator(".connection")).to_have_text(
        es("The server cannot be reached. What you type is kept; the connection comes back by itself.")
    )
    page.goto("/settings/company")
    expect(page.locator("h1")).to_have_text("Sin conexión con el servidor")
    page.context.set_offline(False)
    expect(page.locator(".record-head")).to_be_visible()


def test_without_a_network_it_speaks_the_language_spoken_last(tabs):
    page = tabs(address="/accounts", installed=True)
    ready(page)
    worker(page)
    page.evaluate("localStorage.removeItem('language')")
    page.reload()
    ready(page)
    page.wait_for_function("() => localStorage.getItem('language') === 'es'")  # it has been told, and tells no more
    page.add_init_script("localStorage.setItem('language', 'en')")  # the page that is open writes its own again
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".connection")).to_have_text(
        "The server cannot be reached. What you type is kept; the connection comes back by itself."
    )
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.context.set_offline(False)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("h1")).to_have_text(es("Accounts"))
