"""The versions of a quote on its page, and a verb that asks for a word before it runs."""

from playwright.sync_api import expect

from crm_app.core import clock
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


def test_what_a_newer_version_supersedes_does_not_count_under_the_list_and_it_says_so(tabs, post, goods):
    lines = [{"product": goods["bolt"], "quantity": "10"}]
    quote = post("quotes", account=goods["customer"], lines=lines)["id"]
    post(f"quotes/{quote}/send")
    post(f"quotes/{quote}/revise")
    page = tabs(address=f"/quotes?filter[account]={goods['customer']}")
    expect(page.locator("table[data-list] tbody tr")).to_have_count(2)
    foot = page.locator(".sum-row")
    expect(foot).to_contain_text("30,25")
    expect(foot).to_contain_text(es("Sum without superseded versions"))
    assert faults(page) == []
    page.goto(f"/quotes?filter[account]={goods['customer']}&filter[superseded]=false")
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)
    expect(foot).to_contain_text("30,25")
    expect(foot).not_to_contain_text(es("Sum without superseded versions"))


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


def test_a_draft_of_a_day_that_has_passed_is_dated_anew_in_a_dialog_before_what_else_is_asked(
    tabs, post, goods, served
):
    line = {"product": goods["hour"], "quantity": "2"}
    order = post("orders", account=goods["customer"], lines=[line])["id"]
    post(f"orders/{order}/confirm")
    note = post(f"orders/{order}/deliver", date="2026-01-02")["result"]["id"]
    with served.http() as browser:
        rows = browser.get(f"/api/v1/deliveries/{note}").json()["lines"]
        browser.patch(f"/api/v1/deliveries/{note}", json={"lines": [{"id": rows[0]["id"], "quantity": "3"}]})
    post(f"deliveries/{post('deliveries', account=goods['customer'], lines=[line])['id']}/issue")
    page = tabs(address=f"/deliveries/{note}")
    ready(page)
    head(page).get_by_role("button", name=es("Issue"), exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".field-error")).to_contain_text("El último número de esta serie es del ")
    assert faults(page) == []
    dialog.get_by_label(es("Date"), exact=True).first.fill("3/1/26")
    dialog.get_by_role("button", name=es("Issue"), exact=True).click()
    expect(dialog.locator(".field-error")).not_to_be_empty()
    today = clock.today("Europe/Madrid")
    dialog.get_by_label(es("Date"), exact=True).first.fill(f"{today:%d/%m/%Y}")
    dialog.get_by_role("button", name=es("Issue"), exact=True).dblclick()
    expect(dialog.get_by_role("alert")).to_contain_text("3 entregados de 2 pedidos")
    dialog.get_by_role("button", name=es("Issue"), exact=True).click()
    expect(head(page).locator(".badge").first).to_contain_text(es("Issued"))
    with served.http() as browser:
        assert browser.get(f"/api/v1/deliveries/{note}").json()["date"] == today.isoformat()


def test_a_new_record_shows_its_form_on_a_narrow_page_whatever_was_shown_of_the_last_one(tabs, post, goods, made):
    quote = post("quotes", account=goods["customer"], lines=[{"product": goods["hour"], "quantity": "1"}])["id"]
    page = tabs(address=f"/quotes/{quote}", width=768, height=1024)
    ready(page)
    page.get_by_role("tab", name=es("History"), exact=True).click()
    expect(page.locator(".split-main")).to_be_hidden()
    page.goto("/quotes/new")
    ready(page)
    expect(page.locator("#f-account")).to_be_visible()
    expect(page.locator("aside.aside")).to_be_hidden()
    first, second = (made(name=f"Ficha con pestañas {number}") for number in range(2))
    page.goto(f"/accounts/{first}")
    ready(page)
    page.get_by_role("tab", name=es("Files")).click()
    expect(page.locator("#f-city")).to_be_hidden()
    page.goto(f"/accounts/{second}")
    ready(page)
    expect(page.locator("#f-city")).to_be_visible()


def test_what_was_confirmed_once_stays_confirmed_while_another_date_is_asked_for(tabs, post, goods, served):
    line = {"product": goods["hour"], "quantity": "2"}
    order = post("orders", account=goods["customer"], lines=[line])["id"]
    post(f"orders/{order}/confirm")
    note = post(f"orders/{order}/deliver")["result"]["id"]
    with served.http() as browser:
        rows = browser.get(f"/api/v1/deliveries/{note}").json()["lines"]
        browser.patch(f"/api/v1/deliveries/{note}", json={"lines": [{"id": rows[0]["id"], "quantity": "3"}]})
    post(f"deliveries/{post('deliveries', account=goods['customer'], lines=[line])['id']}/issue")
    page = tabs(address=f"/deliveries/{note}")
    ready(page)
    head(page).get_by_role("button", name=es("Issue"), exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("3 entregados de 2 pedidos")
    with served.http() as browser:
        assert browser.patch(f"/api/v1/deliveries/{note}", json={"date": "2026-01-02"}).status_code == 200
    dialog.get_by_role("button", name=es("Issue"), exact=True).click()
    expect(dialog.locator(".field-error")).to_contain_text("El último número de esta serie es del ")
    expect(dialog.get_by_role("alert")).to_contain_text("3 entregados de 2 pedidos")
    assert faults(page) == []
    today = clock.today("Europe/Madrid")
    dialog.get_by_label(es("Date"), exact=True).first.fill(f"{today:%d/%m/%Y}")
    dialog.get_by_role("button", name=es("Issue"), exact=True).click()
    expect(head(page).locator(".badge").first).to_contain_text(es("Issued"))
