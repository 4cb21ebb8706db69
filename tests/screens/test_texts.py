"""Texts for documents: made in the settings, shown where a new document will take them."""

import re

from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready


def test_a_text_is_made_in_the_settings_and_shown_on_a_new_document(tabs, goods):
    page = tabs(address="/settings")
    ready(page)
    page.get_by_role("link", name=es("Document texts")).click()
    page.wait_for_url("**/document-texts")
    ready(page)
    page.goto("/document-texts/new")
    ready(page)
    page.locator("#f-name").fill("Portes de pedidos")
    page.locator("#f-document").select_option("orders")
    page.locator("#f-text_es").fill("Portes pagados desde 300 €.")
    page.locator("#f-text_en").fill("Carriage paid from 300 €.")
    assert faults(page) == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/document-texts/\d+$"))
    ready(page)
    expect(page.locator("h1")).to_have_text("Portes de pedidos")
    page.goto(f"/orders/new?account={goods['customer']}")
    expect(page.locator("#f-terms")).to_have_attribute("placeholder", "Portes pagados desde 300 €.")
    page.goto("/document-texts/new")
    ready(page)
    page.locator("#f-name").fill("Otros portes")
    page.locator("#f-document").select_option("orders")
    page.locator("#f-text_es").fill("Otros.")
    page.keyboard.press("Control+Enter")
    told = es("\u201c{name}\u201d is the usual text of these documents already.").format(name="Portes de pedidos")
    expect(page.get_by_text(told)).to_be_visible()
