"""What a picker does not find is made in passing."""

import re

from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready


def offer(page, name):
    return page.get_by_role("option", name=es("Create \u201c{name}\u201d").replace("{name}", name))


def test_a_picker_makes_what_it_does_not_find_and_the_form_keeps_what_was_typed(tabs, made, stored):
    key = made(name="Anfitriona")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.fill("#f-city", "A medias")
    page.fill("#f-parent", "Matriz Recién Hecha")
    offer(page, "Matriz Recién Hecha").click()
    asked = page.locator("dialog[open]")
    expect(asked.locator(".dialog-title")).to_have_text(es("New account"))
    expect(asked.get_by_label(es("Name"))).to_have_value("Matriz Recién Hecha")
    asked.get_by_label(es("E-mail")).fill("esto no es")
    asked.get_by_role("button", name=es("Save")).click()
    expect(asked.locator(".field-error")).to_contain_text("name@example.com".replace("name", "nombre"))
    asked.get_by_label(es("E-mail")).fill("matriz@hecha.example")
    page.keyboard.press("Control+Enter")
    expect(asked).to_have_count(0)
    expect(page.locator("#f-parent")).to_have_value("Matriz Recién Hecha")
    expect(page.locator("#f-parent")).to_be_focused()
    expect(page.locator("#f-city")).to_have_value("A medias")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    found = stored(key)
    parent = stored(found["parent"])
    assert (found["city"], parent["name"], parent["email"]) == (
        "A medias",
        "Matriz Recién Hecha",
        "matriz@hecha.example",
    )


def test_it_nests_once_and_no_deeper(tabs, made, stored):
    key = made(name="Anidada")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.fill("#f-sector", "Hija rara")
    offer(page, "Hija rara").click()
    first = page.locator("dialog[open]").first
    first.get_by_label(es("Part of")).fill("Madre rara")
    offer(page, "Madre rara").click()
    second = page.locator("dialog[open]").nth(1)
    second.get_by_label(es("Part of")).fill("Abuela rara")
    expect(second.get_by_role("status")).to_have_text(es("Nothing matches"))
    expect(offer(page, "Abuela rara")).to_have_count(0)
    page.keyboard.press("Escape")
    assert faults(page) == []
    second.get_by_role("button", name=es("Save")).click()
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(first.get_by_label(es("Part of"))).to_have_value("Madre rara")
    first.get_by_role("button", name=es("Save")).click()
    expect(page.locator("#f-sector")).to_have_value("Hija rara")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    assert isinstance(stored(key)["sector"], int)


def test_lines_and_cells_make_records_too(tabs, made, served):
    key = made(name="Con personas")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.get_by_role("button", name=es("Add contact")).click()
    page.get_by_role("combobox", name=es("Contact"), exact=True).fill("Eva Recién")
    offer(page, "Eva Recién").click()
    page.locator("dialog[open]").get_by_role("button", name=es("Save")).click()
    expect(page.get_by_role("combobox", name=es("Contact"), exact=True)).to_have_value("Eva Recién")
    page.keyboard.press("Control+Enter")
    page.get_by_role("tab", name=re.compile(f"^{es('Contacts')}")).click()
    expect(page.locator(".related-panel")).to_contain_text("Eva Recién")
    page.goto("/accounts?q=con%20personas")
    ready(page)
    page.locator("td[data-field=sector]").dblclick()
    page.locator(".cell-editor").get_by_role("combobox").fill("Sector de paso")
    offer(page, "Sector de paso").click()
    page.locator("dialog[open]").get_by_role("button", name=es("Save")).click()
    expect(page.locator("td[data-field=sector]")).to_have_text("Sector de paso")
    with served.http() as browser:
        sector = browser.get(f"/api/v1/accounts/{key}").json()["sector"]
        assert browser.get(f"/api/v1/sectors/{sector}").json()["name"] == "Sector de paso"


def test_giving_up_makes_nothing_and_changes_nothing(tabs, made, served):
    page = tabs(address=f"/accounts/{made(name='Indecisa')}")
    ready(page)
    page.fill("#f-zone", "Zona de nadie")
    offer(page, "Zona de nadie").click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#f-zone")).to_have_value("")
    expect(page.locator(".unsaved")).to_have_count(0)
    with served.http() as browser:
        assert browser.get("/api/v1/zones?q=nadie").json()["total"] == 0


def test_a_filter_makes_nothing_and_a_name_that_is_there_is_not_made_again(tabs, made):
    page = tabs(address=f"/accounts/{made(name='Repetida')}")
    ready(page)
    page.fill("#f-sector", "SECTOR sigiloso")
    expect(page.get_by_role("option", name=re.compile("Sector Sigiloso"))).to_be_visible()
    expect(offer(page, "SECTOR sigiloso")).to_have_count(0)


def test_a_double_is_told_before_it_is_made_and_can_be_taken_instead(tabs, made, stored, served):
    first = made(name="Acme Original", email="info@acme-original.example")
    key = made(name="Que elige")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.fill("#f-parent", "Acme Repetida")
    offer(page, "Acme Repetida").click()
    asked = page.locator("dialog[open]")
    asked.get_by_label(es("E-mail")).fill("INFO@acme-original.example")
    asked.get_by_role("button", name=es("Save")).click()
    told = asked.get_by_role("alert")
    expect(told).to_contain_text("Acme Original")
    expect(asked.get_by_role("button", name=es("Save all the same"))).to_be_visible()
    assert faults(page) == []
    told.get_by_role("button", name=es("Take that one")).click()
    expect(asked).to_have_count(0)
    expect(page.locator("#f-parent")).to_have_value("Acme Original")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    assert stored(key)["parent"] == first
    with served.http() as browser:
        assert browser.get("/api/v1/accounts", params={"q": "Acme Repetida"}).json()["total"] == 0
