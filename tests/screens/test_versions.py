"""The versions of a quote on its page, and a verb that asks for a word before it runs."""

from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, head, ready


def test_the_versions_of_a_quote_are_linked_and_compared(tabs, post, goods, served):
    lines = [{"product": goods["bolt"], "quantity": "10"}, {"description": "Portes", "quantity": "1", "price": "9"}]
    quote = post("quotes", account=goods["customer"], lines=lines)["id"]
    post(f"quotes/{quote}/send")
    newer = post(f"quotes/{quote}/revise")["result"]["id"]
    with served.http() as browser:
        rows = browser.get(f"/api/v1/quotes/{newer}").json()["lines"]
        browser.patch(f"/api/v1/quotes/{newer}", json={"lines": [{"id": rows[0]["id"], "quantity": "12"}]})
    page = tabs(address=f"/quotes/{newer}")
    ready(page)
    section = page.locator("#versions")
    changes = section.get_by_role("region", name=es("What changed"))
    expect(changes.locator("tbody tr", has_text=es("Quantity"))).to_contain_text("12")
    expect(changes.locator("tbody tr", has_text="Portes")).to_contain_text(es("Line removed"))
    assert faults(page) == []
    section.get_by_role("link").first.click()
    page.wait_for_url(f"**/quotes/{quote}")
    ready(page)
    expect(head(page)).to_contain_text(es("Superseded\x04feminine"))
    expect(head(page).get_by_role("button", name=es("Accept"), exact=True)).to_have_count(0)


def test_more_than_was_ordered_is_confirmed_in_a_dialog(tabs, post, goods, served):
    order = post("orders", account=goods["customer"], lines=[{"product": goods["hour"], "quantity": "2"}])["id"]
    post(f"orders/{order}/confirm")
    note = post(f"orders/{order}/deliver")["result"]["id"]
    with served.http() as browser:
        rows = browser.get(f"/api/v1/deliveries/{note}").json()["lines"]
        browser.patch(f"/api/v1/deliveries/{note}", json={"lines": [{"id": rows[0]["id"], "quantity": "3"}]})
    page = tabs(address=f"/deliveries/{note}")
    ready(page)
    head(page).get_by_role("button", name=es("Issue"), exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("3 entregados de 2 pedidos")
    assert faults(page) == []
    dialog.get_by_role("button", name=es("Issue"), exact=True).click()
    expect(head(page).locator(".badge").first).to_contain_text(es("Issued"))
