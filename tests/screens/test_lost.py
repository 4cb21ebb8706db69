"""Two people at once, a session that ends, a server that dies, a tab that is doubled: nothing typed is lost."""

import re
from importlib import resources

import pytest
from playwright.sync_api import expect

from tests.support import seed
from tests.support.axe import faults
from tests.support.relay import relay
from tests.support.served import until

from .conftest import es, ready
from .test_work import sign_in


def test_two_people_on_the_same_field_choose(tabs, made, stored):
    key = made(name="Disputada", city="Antes")
    one, two = tabs(address=f"/accounts/{key}"), tabs("seller", address=f"/accounts/{key}")
    for page in (one, two):
        expect(page.locator("#f-city")).to_have_value("Antes")
    one.fill("#f-city", "De Ada")
    one.keyboard.press("Control+Enter")
    expect(one.locator(".unsaved")).to_be_hidden()
    two.fill("#f-city", "De Seller")
    two.fill("#f-postcode", "27001")
    two.keyboard.press("Control+Enter")
    chooser = two.locator("dialog[open]")
    expect(chooser).to_contain_text("De Ada")
    expect(chooser).to_contain_text("De Seller")
    assert stored(key)["city"] == "De Ada"
    chooser.locator("button[type=submit]").click()
    expect(two.locator("dialog[open]")).to_have_count(0)
    expect(two.locator(".unsaved")).to_be_hidden()
    assert (stored(key)["city"], stored(key)["postcode"]) == ("De Seller", "27001")


def test_two_people_on_different_fields_are_both_kept(tabs, made, stored):
    key = made(name="Compartida")
    one, two = tabs(address=f"/accounts/{key}"), tabs("seller", address=f"/accounts/{key}")
    for page in (one, two):
        expect(page.locator("#f-name")).to_have_value("Compartida")
    one.fill("#f-city", "Lugo")
    one.keyboard.press("Control+Enter")
    expect(one.locator(".unsaved")).to_be_hidden()
    two.fill("#f-phone", "+34 600 111 333")
    two.keyboard.press("Control+Enter")
    expect(two.locator(".unsaved")).to_be_hidden()
    assert stored(key)["city"] == "Lugo"
    assert stored(key)["phone"].endswith("333")


def test_a_session_that_ends_while_one_types_is_taken_up_in_place(tabs, made, stored, served):
    key = made(name="Interrumpida")
    page = tabs("", address=f"/login?next=/accounts/{key}")
    sign_in(page, seed.ADMIN)
    page.wait_for_url(f"**/accounts/{key}")
    page.fill("#f-city", "A medias")
    cookie = next(one["value"] for one in page.context.cookies() if one["name"] == "crm_session")
    end_session(served, cookie)
    page.keyboard.press("Control+Enter")
    asked = page.locator("dialog[open]")
    expect(asked).to_contain_text(es("Sign in again"))
    expect(page.locator("#f-city")).to_have_value("A medias")
    sign_in(page, seed.ADMIN)
    expect(asked).to_have_count(0)
    expect(page.locator("#f-city")).to_have_value("A medias")
    assert page.url.endswith(f"/accounts/{key}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    assert stored(key)["city"] == "A medias"


def end_session(served, cookie):
    """As the administrator does who signs everybody out; the server forgets after a while what it had looked up."""
    import sqlite3
    import time
    from contextlib import closing
    from hashlib import sha256

    from crm_app.services import identity

    with closing(sqlite3.connect(served.data / "crm.db", timeout=20)) as connection, connection:
        gone = connection.execute(
            "DELETE FROM session WHERE proof = ?", (sha256(cookie.encode()).hexdigest(),)
        ).rowcount
    assert gone == 1
    time.sleep(identity._CACHE_SECONDS + 0.1)


def test_a_server_that_dies_and_comes_back(tabs, made, stored, served):
    key = made(name="Resistente")
    page = tabs(address=f"/accounts/{key}")
    expect(page.locator("#f-name")).to_have_value("Resistente")
    served.kill()
    page.fill("#f-city", "Sin red")
    expect(page.locator(".connection")).to_contain_text(
        es("The server cannot be reached. What you type is kept; the connection comes back by itself.")
    )
    served.start()
    expect(page.locator(".connection")).not_to_contain_text("servidor")
    expect(page.locator("#f-city")).to_have_value("Sin red")
    page.locator(".unsaved button[type=submit]").click()
    assert until(lambda: stored(key)["city"] == "Sin red")
    expect(page.locator(".unsaved")).to_be_hidden()


def test_a_network_that_falls_silent_is_noticed_and_what_was_typed_is_saved_later(tabs, made, stored, served, watch):
    key = made(name="Enmudecida")
    with relay(served.url) as network:
        watch.url = network.url
        page = tabs(address=f"{network.url}/accounts/{key}")
        ready(page)
        page.fill("#f-city", "En el túnel")
        network.fall_silent()
        page.keyboard.press("Control+Enter")
        said = page.locator(".connection")
        expect(said).to_contain_text(
            es("The server cannot be reached. What you type is kept; the connection comes back by itself."),
            timeout=60_000,
        )
        page.fill("#f-region", "Huesca")
        network.come_back()
        expect(said).not_to_contain_text("servidor", timeout=60_000)
        expect(page.locator("#f-city")).to_have_value("En el túnel")
        assert stored(key)["city"] is None
        expect(page.locator(".unsaved button[type=submit]")).to_be_enabled(timeout=60_000)
        page.locator(".unsaved button[type=submit]").click()
        expect(page.locator(".unsaved")).to_be_hidden(timeout=60_000)
    assert (stored(key)["city"], stored(key)["region"]) == ("En el túnel", "Huesca")


def test_a_doubled_tab_and_a_reload_show_the_same(tabs, made, watch):
    key = made(name="Doble")
    page = tabs(address=f"/accounts/{key}")
    expect(page.locator("h1")).to_have_text("Doble")
    with page.context.expect_page() as opened:
        page.evaluate(
            "window.open(location.href, '_blank')"
        )  # the session storage goes with it, as with "duplicate tab"
    other = opened.value
    expect(other.locator("h1")).to_have_text("Doble")
    other.close()
    page.fill("#f-phone", "+34 600 999 888")
    page.reload()
    expect(page.locator("#f-phone")).to_have_value("+34 600 999 888")
    expect(page.locator(".unsaved")).to_be_visible()
    page.goto("/accounts?q=doble")
    ready(page)
    expect(page.locator("table[data-list]")).to_contain_text("Doble")


# what `showNewVersionBanner` of Reflex's state.js does
THEIRS = """() => {
  const banner = document.createElement("div");
  banner.id = "reflex-new-version-banner";
  banner.setAttribute("role", "alert");
  banner.append("A new version of this app is available.");
  const button = document.createElement("button");
  button.textContent = "Reload";
  button.onclick = () => { window.pressed = true; };
  banner.append(button);
  document.body.append(banner);
}"""


def test_reflex_tells_of_a_newer_version_by_the_banner_that_ours_stands_in_for():
    source = resources.files("reflex_base") / ".templates/web/utils/state.js"
    text = source.read_text()
    assert 'NEW_VERSION_BANNER_ID = "reflex-new-version-banner"' in text
    assert "if (document.getElementById(NEW_VERSION_BANNER_ID)) {\n    return;" in text


@pytest.mark.parametrize(("who", "address"), [("admin", "/accounts"), ("", "/login")])
def test_a_page_that_is_older_than_its_server_says_so_in_its_readers_language(tabs, who, address):
    page = tabs(who, address=address)
    if not who:
        expect(page.locator("html")).to_have_attribute("lang", "en")  # the browser's, told by the server
        page.get_by_role("button", name="Español", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    told = page.locator(".newer")
    expect(told).to_be_hidden()
    page.evaluate(THEIRS)
    expect(told).to_contain_text(es("There is a newer version of this page. What is typed and not saved is kept."))
    expect(page.get_by_text("A new version")).to_have_count(0)
    assert faults(page) == []
    told.get_by_role("button", name=es("Load it")).click()
    assert page.evaluate("window.pressed") is True


def test_without_a_connection_what_is_open_stays_until_there_is_something_to_go_to(tabs, made):
    key = made(name="En el tren")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.context.set_offline(True)
    said = page.locator(".connection")
    expect(said).to_contain_text("servidor")
    orders = page.locator('.nav a[href="/orders"]')
    orders.click()
    page.locator('.topbar a[href="/accounts"]').click()
    expect(page.locator("#f-name")).to_have_value("En el tren")
    assert page.url.endswith(f"/accounts/{key}")
    page.context.set_offline(False)
    expect(said).to_be_empty()
    orders.click()
    page.wait_for_url("**/orders")
    expect(page.locator("h1")).to_have_text(re.compile("^Pedidos"))


def test_what_went_wrong_on_a_page_is_not_told_on_the_next(tabs, made):
    key = made(name="Anterior")
    page = tabs(address="/accounts?columns=name,nope")
    ready(page)
    expect(page.locator(".toast-late")).to_contain_text("nope")
    page.locator(f'tr[data-row="{key}"] a').first.click()
    page.wait_for_url(f"**/accounts/{key}")
    expect(page.locator(".toast-late")).to_have_count(0)
