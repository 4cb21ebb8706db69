"""Cells of a list that are edited where they stand."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready


@pytest.fixture
def listed(tabs, made):
    """A list that shows one new account; (page, the account's id)."""

    def opened(name, *, who="admin", tab=None, **values):
        key = made(name=name, **values)
        page = tabs(who, address=f"/accounts?q={name}", **(tab or {}))
        ready(page)
        expect(page.locator("tbody tr")).to_have_count(1)
        return page, key

    return opened


def cell(page, name, row=0):
    return page.locator("table[data-list] tbody tr").nth(row).locator(f"td[data-field={name}]")


def editor(page):
    return page.locator(".cell-editor")


def test_a_double_click_edits_enter_saves_and_the_toast_takes_it_back(listed, stored):
    page, key = listed("Celdaria", city="Antes")
    cell(page, "city").dblclick()
    expect(editor(page).locator("input")).to_have_value("Antes")
    page.keyboard.type("Lugo")
    page.keyboard.press("Enter")
    expect(editor(page)).to_have_count(0)
    expect(cell(page, "city")).to_have_text("Lugo")
    expect(cell(page, "city")).to_be_focused()
    assert stored(key)["city"] == "Lugo"
    page.locator(".toast", has_text=es("Saved.")).get_by_role("button", name=es("Undo")).click()
    expect(cell(page, "city")).to_have_text("Antes")
    assert stored(key)["city"] == "Antes"


def test_the_keys_lead_through_a_row(listed, stored):
    page, key = listed("Tecladora", city="Antes")
    page.keyboard.press("j")
    page.keyboard.press("F2")
    expect(editor(page).locator("input")).to_have_value("Tecladora")
    expect(editor(page).locator("input")).to_be_focused()
    page.keyboard.type("Tecladora Dos")
    page.keyboard.press("Tab")
    roles = editor(page).locator("input[type=checkbox]")
    expect(roles).to_have_count(6)
    roles.nth(1).check()
    page.keyboard.press("Tab")
    expect(editor(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(editor(page)).to_have_count(0)
    expect(cell(page, "city")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "zone")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.keyboard.type("no se guarda")
    page.keyboard.press("Escape")
    expect(cell(page, "city")).to_have_text("Antes")
    page.keyboard.press("Enter")
    page.keyboard.type("Orense")
    page.keyboard.press("Shift+Tab")
    expect(cell(page, "city")).to_have_text("Orense")
    found = stored(key)
    assert (found["name"], found["roles"], found["city"]) == ("Tecladora Dos", ["supplier"], "Orense")


def test_every_kind_of_field_is_saved_from_its_cell(listed, served, stored):
    with served.http() as browser:
        sector = browser.post("/api/v1/sectors", json={"name": "Relojería fina"}).json()["id"]
    page, key = listed("Clasista")
    columns = "name,sector,country,language,currency,payment_days,credit_limit,notes,tags,active"
    page.goto(f"/accounts?q=clasista&columns={columns}")
    ready(page)
    for name, words in (("sector", "relojer"), ("country", "portu")):
        cell(page, name).dblclick()
        editor(page).get_by_role("combobox").fill(words)
        page.get_by_role("option").first.click()
        expect(editor(page)).to_have_count(0)
    cell(page, "language").dblclick()
    editor(page).locator("select").select_option("en")
    page.keyboard.press("Enter")
    expect(editor(page)).to_have_count(0)
    for name, text in (
        ("payment_days", "30"),
        ("credit_limit", "1.234,5"),
        ("notes", "dos palabras"),
        ("tags", "uno, dos"),
    ):
        cell(page, name).dblclick()
        editor(page).locator("input, textarea").first.fill(text)
        page.keyboard.press("Enter")
        expect(editor(page)).to_have_count(0)
    cell(page, "active").dblclick()
    editor(page).locator("input[type=checkbox]").uncheck()
    page.locator("h1").click()
    expect(cell(page, "active")).to_have_text(es("Not active"))
    found = stored(key)
    told = [
        found[name]
        for name in ("sector", "country", "language", "payment_days", "credit_limit", "notes", "tags", "active")
    ]
    assert told == [sector, "PT", "en", 30, "1234.5", "dos palabras", ["dos", "uno"], False]


def test_what_is_refused_stays_in_its_cell_with_the_reason(listed, stored):
    page, key = listed("Refutada", phone="+34 600 111 222")
    cell(page, "phone").dblclick()
    page.keyboard.type("nada de eso")
    page.keyboard.press("Enter")
    expect(editor(page).locator(".field-error")).to_contain_text("+34 600 123 456")
    expect(editor(page).locator("input")).to_have_value("nada de eso")
    expect(editor(page).locator("input")).to_have_attribute("aria-invalid", "true")
    assert stored(key)["phone"] == "+34 600 111 222"
    page.keyboard.type("+34 600 999 999")
    page.keyboard.press("Enter")
    expect(editor(page)).to_have_count(0)
    assert stored(key)["phone"] == "+34 600 999 999"


def test_a_refusal_after_tab_leads_back_and_keeps_what_was_typed_since(listed, stored):
    page, key = listed("Adelantada", phone="+34 600 111 222")
    cell(page, "owner").dblclick()
    expect(editor(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Tab")
    editor(page).locator("input[type=tel]").fill("nada")
    page.keyboard.press("Tab")
    expect(editor(page).locator(".field-error")).not_to_be_empty()
    expect(editor(page).locator("input[type=tel]")).to_have_value("nada")
    page.keyboard.press("Escape")
    expect(cell(page, "phone")).to_have_text("+34 600 111 222")
    assert stored(key)["phone"] == "+34 600 111 222"


def test_a_stale_save_says_who_changed_what_and_keeps_what_was_typed(listed, served, stored):
    page, key = listed("Rancia", city="Antes")
    for choice, kept in ((es("Save mine"), "De Ada"), (es("Keep theirs"), "De Seller")):
        cell(page, "city").dblclick()
        editor(page).locator("input").fill("De Ada 2" if kept != "De Ada" else "De Ada")
        with served.http("seller") as browser:
            assert browser.patch(f"/api/v1/accounts/{key}", json={"city": "De Seller"}).status_code == 200
        page.keyboard.press("Enter")
        expect(editor(page).locator(".cell-clash")).to_contain_text("Seller Persona")
        expect(editor(page).locator(".cell-clash")).to_contain_text("De Seller")
        expect(editor(page).locator("input")).to_have_value("De Ada 2" if kept != "De Ada" else "De Ada")
        editor(page).get_by_role("button", name=choice).click()
        expect(editor(page)).to_have_count(0)
        expect(cell(page, "city")).to_have_text(kept)
        assert stored(key)["city"] == kept


def test_who_may_only_read_edits_nothing(listed):
    page, _ = listed("Intocable", who="reader", city="Antes")
    cell(page, "city").dblclick()
    page.keyboard.press("F2")
    page.wait_for_timeout(300)
    expect(editor(page)).to_have_count(0)


def test_a_long_press_edits_on_a_touch_screen(listed, stored):
    page, key = listed("Dedo", city="Antes", tab={"width": 768, "height": 1024, "has_touch": True, "is_mobile": True})
    box = cell(page, "city").bounding_box()
    touch = page.context.new_cdp_session(page)
    point = {"x": box["x"] + 20, "y": box["y"] + 20}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(editor(page).locator("input")).to_have_value("Antes")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    editor(page).locator("input").fill("Con el dedo")
    editor(page).get_by_role("button", name=es("Save")).tap()
    expect(editor(page)).to_have_count(0)
    assert stored(key)["city"] == "Con el dedo"
    assert page.url.endswith("q=Dedo")


def test_axe_finds_nothing_in_an_open_cell(listed):
    page, _ = listed("Accesible", city="Antes")
    fields = ("name", "roles", "sector", "city", "active")
    page.goto(f"/accounts?q=accesible&columns={','.join(fields)}")
    ready(page)
    for field in fields:
        page.get_by_role("link", name="Accesible").focus()
        if field == "name":
            page.keyboard.press("F2")
        else:
            cell(page, field).dblclick()
        expect(editor(page)).to_be_visible()
        assert faults(page, field) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
