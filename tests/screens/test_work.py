"""What people do all day: sign in, find, make, change, undo."""

import re
import time

import pyotp
from playwright.sync_api import expect

from tests.support import seed
from tests.support.server import serving

from .conftest import alive, es, ready


def sign_in(page, email, password=seed.PASSWORD):
    page.fill("#auth-email", email)
    page.fill("#auth-password", password)
    page.locator("form", has=page.locator("#auth-password")).locator("button[type=submit]").click()


def test_the_first_visit_sets_the_company_up(browser, tmp_path):
    with serving(tmp_path) as url:
        context = browser.new_context(base_url=url, locale="es-ES")
        page = alive(context.new_page())
        page.goto("/accounts")
        page.wait_for_url("**/setup")
        page.fill("#auth-company", "Primera S. L.")
        page.fill("#auth-name", "Eva")
        page.fill("#auth-email", "eva@primera.example")
        page.fill("#auth-password", "1234")
        page.click("form button[type=submit]")
        expect(page.locator("[data-error-for=password]")).not_to_be_empty()
        page.fill("#auth-password", seed.PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(url + "/")
        expect(page.locator(".nav-head")).to_contain_text("Primera")
        page.goto("/setup")
        page.wait_for_url(lambda address: "/setup" not in address)
        context.close()


def test_signing_in_wrong_then_right_leads_where_one_was_going(tabs):
    page = tabs("", address="/accounts/2")
    page.wait_for_url("**/login?next=*")
    sign_in(page, seed.ADMIN, "no es esta")
    expect(page.locator("[data-error-for=password]")).not_to_be_empty()
    expect(page.locator("#auth-email")).to_have_value(seed.ADMIN)
    sign_in(page, seed.ADMIN)
    page.wait_for_url("**/accounts/2")
    expect(page.locator("h1")).to_have_text(seed.ACCOUNTS[1])
    assert page.evaluate("document.cookie") == ""


def test_where_a_sign_in_leads_is_never_another_site(tabs, served):
    page = tabs("", address="/login?next=https://evil.example/")
    sign_in(page, seed.ADMIN)
    page.wait_for_url(served.url + "/")
    assert page.url.startswith(served.url)


def test_the_second_factor(tabs):
    page = tabs("leaver", address="/settings/me")
    expect(page.locator("#name")).to_have_value("Leaver Persona")
    page.get_by_role("button", name=es("Set up an authenticator")).click()
    secret = page.locator(".form-narrow .code-block code").first.text_content()
    totp = pyotp.TOTP(secret)
    page.fill("#code", totp.now())
    page.fill("#codes_password", seed.PASSWORD)
    page.get_by_role("button", name=es("Switch it on")).click()
    expect(page.get_by_text(es("Signing in asks for a code of your authenticator."))).to_be_visible()
    fresh = tabs("", address="/login")
    sign_in(fresh, "leaver@mistral.example")
    expect(fresh.locator("#auth-code")).to_be_visible()
    fresh.fill("#auth-code", "000000")
    fresh.click("form button[type=submit]")
    expect(fresh.locator("[data-error-for=code]")).not_to_be_empty()
    fresh.fill("#auth-code", totp.at(time.time() + 30))
    fresh.click("form button[type=submit]")
    expect(fresh.locator(".nav")).to_be_visible()


def test_the_language_changes_without_a_reload(tabs):
    page = tabs("seller", address="/accounts")
    ready(page)
    page.evaluate("window.same = true")
    page.get_by_role("button", name=es("Language")).click()
    page.get_by_role("menuitemradio", name="English").click()
    expect(page.locator("h1")).to_have_text("Accounts")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("window.same")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitemradio", name="Español").click()
    expect(page.locator("h1")).to_have_text(es("Accounts"))


def test_making_changing_and_undoing_an_account(tabs, served):
    page = tabs(address="/accounts/new")
    page.fill("#f-name", "Nueva Ola S. A.")
    page.fill("#f-email", "esto no es")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#e-email")).not_to_be_empty()
    expect(page.locator("#f-email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-name")).to_have_value("Nueva Ola S. A.")
    page.fill("#f-email", "hola@ola.example")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/accounts/\d+$"))
    expect(page.locator("h1")).to_have_text("Nueva Ola S. A.")
    page.fill("#f-city", "Ourense")
    expect(page.locator(".unsaved")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    expect(page.locator(".timeline")).to_contain_text("Ourense")
    page.locator(".toast", has_text=es("Saved.")).get_by_role("button", name=es("Undo")).click()
    expect(page.locator("#f-city")).to_have_value("")
    expect(page.locator(".unsaved")).to_be_hidden()
    page.fill("#f-city", "Lugo")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Lugo")
    page.locator(".timeline .event", has_text="Lugo").first.get_by_role("button", name=es("Undo")).click()
    expect(page.locator("#f-city")).to_have_value("")


def test_removing_asks_first_and_can_be_undone(tabs, made):
    key = made(name="Fugaz y Hermanos")
    page = tabs(address=f"/accounts/{key}")
    page.get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=es("Remove")).click()
    page.locator("dialog[open] .button-danger-solid").click()
    page.wait_for_url(re.compile("/accounts$"))
    page.locator(".toast").get_by_role("button", name=es("Undo")).click()
    page.fill("#list-filter", "fugaz")
    expect(page.locator("table[data-list]")).to_contain_text("Fugaz y Hermanos")


def rows(page):
    return page.locator("table[data-list][aria-busy=false] tbody tr")


def test_the_list_filters_while_one_types_and_the_newest_text_wins(tabs):
    page = tabs(address="/accounts")
    expect(rows(page)).to_have_count(50)
    page.locator("#list-filter").press_sequentially("cliente 042", delay=25)
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Cliente 042")
    expect(page).to_have_url(re.compile(r"q=cliente\+042"))
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#list-filter")).to_have_value("cliente 042")
    page.fill("#list-filter", "nada de nada")
    expect(page.locator(".empty")).to_be_visible()
    page.locator(".empty button").click()
    expect(rows(page)).to_have_count(50)


def test_sort_pages_and_chips_live_in_the_address(tabs):
    page = tabs(address="/accounts")
    expect(rows(page)).to_have_count(50)
    page.locator("th button.sort").first.click()
    expect(page).to_have_url(re.compile("sort=-name"))
    page.get_by_role("button", name=es("Next page")).click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.locator(".list-foot")).to_contain_text("51")
    page.go_back()
    expect(page.locator(".list-foot")).to_contain_text("1–50")
    page.go_back()
    expect(page).not_to_have_url(re.compile("sort="))
    page.go_forward()
    expect(page).to_have_url(re.compile("sort=-name"))
    page.goto("/accounts?filter[city]=Soria&q=cliente&sort=-name")
    expect(page.locator(".chip", has_text="Soria")).to_be_visible()
    expect(rows(page).first).to_contain_text("Cliente 119")
    page.locator(".chip", has_text="Soria").get_by_role("button").last.click()
    expect(page).not_to_have_url(re.compile("Soria"))
    expect(page).to_have_url(re.compile("q=cliente"))


def test_a_double_click_on_save_makes_one(tabs, served):
    page = tabs(address="/accounts/new")
    page.fill("#f-name", "Sólo Una Vez")
    page.locator(".unsaved button[type=submit]").dblclick()
    page.wait_for_url(re.compile(r"/accounts/\d+$"))
    with served.http() as browser:
        assert browser.get("/api/v1/accounts", params={"q": "solo una vez"}).json()["total"] == 1


def test_the_way_back_from_a_new_record_leads_past_its_empty_form(tabs):
    page = tabs(address="/accounts")
    ready(page)
    page.locator("[data-create]").click()
    page.fill("#f-name", "Vuelta Atrás")
    page.locator(".unsaved button[type=submit]").click()
    page.wait_for_url(re.compile(r"/accounts/\d+$"))
    expect(page.locator("h1")).to_have_text("Vuelta Atrás")
    page.go_back()
    page.wait_for_url(re.compile(r"/accounts(\?.*)?$"))


def test_what_does_not_exist_says_so_and_offers_the_way_back(tabs):
    page = tabs()
    for address in (
        "/accounts/999999",
        "/accounts/nada",
        "/accounts/²",
        "/accounts?sort=nada",
        "/nowhere",
        "/nowhere/at/all",
    ):
        page.goto(address)
        expect(page.locator(".empty"), address).to_be_visible()
        assert page.locator(".empty p").inner_text(), address
        expect(page.locator("h1"), address).to_have_count(1)
        expect(page.locator(".empty a, .empty button").first, address).to_be_visible()
    page.goto("/accounts?page=99999999999")
    expect(rows(page)).to_have_count(50)
    expect(page.locator(".toast-late")).to_contain_text("page")
    page.goto("/accounts?page=99")
    ready(page)
    page.goto("/accounts/999999")
    page.locator(".empty a").click()
    expect(rows(page)).to_have_count(50)


def test_who_follows_a_link_goes_on_in_the_content(tabs, served):
    page = tabs(address="/accounts")
    expect(rows(page)).to_have_count(50)
    expect(page.locator("body")).to_be_focused()
    page.get_by_role("link", name=es("Contacts"), exact=True).click()
    page.wait_for_url("**/contacts")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("link", name=es("Accounts"), exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts")
    expect(page.locator("main")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.querySelector('main')).outlineStyle") == "none"
    page.keyboard.press("c")
    page.wait_for_url("**/accounts/new")
    expect(page.locator("#f-name")).to_be_focused()
    page.goto("/accounts/999999")
    page.locator(".empty a").click()
    expect(rows(page)).to_have_count(50)
    expect(page.locator("main")).to_be_focused()


def test_a_first_sort_with_shift_is_by_that_column_alone_the_next_beside_it(tabs):
    page = tabs(address="/accounts")
    expect(rows(page)).to_have_count(50)
    heads = page.locator("table[data-list] thead")
    heads.get_by_role("button", name=es("City")).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"[?&]sort=city$"))
    heads.get_by_role("button", name=es("Name"), exact=True).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"[?&]sort=city%2Cname$"))


def test_a_reader_sees_no_way_to_make_or_save(tabs):
    page = tabs("reader", address="/accounts")
    expect(rows(page)).to_have_count(50)
    expect(page.locator("[data-create]")).to_have_count(0)
    page.goto("/accounts/2")
    expect(page.locator("h1")).to_have_text(seed.ACCOUNTS[1])
    expect(page.locator("#f-name")).to_be_disabled()
    expect(page.locator(".unsaved")).to_have_count(0)
    expect(page.get_by_role("button", name=es("Undo"))).to_have_count(0)
    page.goto("/accounts/new")
    expect(page.locator(".empty")).to_contain_text(f"{es('Create')} ({es('Accounts')})")
    expect(page.locator("form")).to_have_count(0)


def test_the_keys(tabs):
    page = tabs(address="/accounts")
    expect(rows(page)).to_have_count(50)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    second = rows(page).nth(1).locator(".row-link").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/accounts/\d+$"))
    expect(page.locator("h1")).to_have_text(second)
    page.keyboard.press("e")
    expect(page.locator("#f-name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#f-name")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("dialog[open] .keys-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.go_back()
    expect(rows(page)).to_have_count(50)
    page.keyboard.press("/")
    expect(page.locator("#list-filter")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_url("**/accounts/new")
    expect(page.locator("#f-name")).to_be_focused()
