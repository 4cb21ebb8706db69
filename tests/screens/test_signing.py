"""The receiver signs a delivery note on the tablet: what the pen draws is on the paper, and a name alone is enough."""

from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready


def note_of(post, name):
    account = post("accounts", name=name, country="ES")["id"]
    key = post("deliveries", account=account, lines=[{"description": "Caja", "quantity": "2", "price": "5"}])["id"]
    post(f"deliveries/{key}/issue")
    return key


def drawn(page):
    """One stroke of five points from the left to the right."""
    box = page.locator(".pad-ground").bounding_box()
    at = [(box["x"] + box["width"] * part, box["y"] + box["height"] * down) for part, down in ((0.1, 0.7), (0.3, 0.2), (0.5, 0.8), (0.7, 0.2), (0.9, 0.7))]  # fmt: skip
    page.mouse.move(*at[0])
    page.mouse.down()
    for place in at[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def test_who_receives_the_goods_signs_and_the_paper_beside_shows_it(tabs, post):
    note = note_of(post, "Recepción con firma")
    page = tabs(address=f"/deliveries/{note}", width=1024, height=768, has_touch=True)
    ready(page)
    page.get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=es("Sign"), exact=True).click()
    strokes = page.locator("input[name=strokes]")
    drawn(page)
    expect(strokes).to_have_value("100,280 300,80 500,320 700,80 900,280")
    page.get_by_role("button", name=es("Clear")).click()
    expect(strokes).to_have_value("")
    assert faults(page, "/deliveries", ".dialog") == []
    drawn(page)
    page.get_by_role("dialog").get_by_role("button", name=es("Sign"), exact=True).click()
    expect(page.locator("#ve-name")).not_to_be_empty()
    expect(strokes).to_have_value("100,280 300,80 500,320 700,80 900,280")
    page.fill("#v-name", "Marta Ríos")
    page.get_by_role("dialog").get_by_role("button", name=es("Sign"), exact=True).dblclick()
    expect(page.locator(".record-head .badge-done")).to_contain_text(es("Signed"))
    page.get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=es("Preview")).click()
    expect(page.locator(".preview svg polyline")).to_have_count(1)
    expect(page.locator(".preview svg text", has_text="Marta Ríos")).to_have_count(1)
