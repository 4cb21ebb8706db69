"""From quote to cash in the browser: by touch on a tablet, by keyboard at a desk."""

import re
from contextlib import suppress

from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, head, ready

NUMBER = re.compile(r"/invoices/\d+$")


def cell(page, field, line):
    return page.locator(f'table.lines tbody tr[data-key] [data-field="{field}"]').nth(line)


def choose(page, line, text, name):
    """Type into the product cell of a line and take what is found."""
    cell(page, "product", line).focus()
    page.keyboard.type(text)
    expect(page.locator("#grid-products [role=option]").first).to_contain_text(name)
    page.keyboard.press("Enter")


def step(page, name):
    """Press the verb in the head; the page is shown anew."""
    head(page).get_by_role("button", name=es(name), exact=True).click()


def total(page):
    return page.locator(".totals .total").last


def test_a_quote_made_on_a_tablet_ends_as_a_paid_invoice(tabs, post, goods):
    page = tabs(address="/quotes/new", width=768, height=1024, has_touch=True)
    ready(page)
    page.fill("#f-account", f"Talleres Quintana {goods['mark']}")
    page.get_by_role("option", name="Talleres Quintana").first.click()
    choose(page, 0, f"TOR-{goods['mark']}", "Tornillo largo")
    cell(page, "quantity", 0).fill("12")
    page.get_by_role("button", name=es("Add line"), exact=True).click()
    choose(page, 1, f"montaje {goods['mark']}", "Hora de montaje")
    cell(page, "quantity", 1).fill("2")
    expect(total(page)).to_have_text("133,10")  # (30 + 80) with 21 %
    page.get_by_role("button", name=es("Save")).click()
    page.wait_for_url(re.compile(r"/quotes/\d+$"))
    step(page, "Send")
    expect(head(page).locator(".badge").first).to_contain_text(es("Sent"))
    step(page, "Accept")
    expect(head(page).locator(".badge").first).to_contain_text(es("Accepted"))
    assert faults(page) == []
    invoice = head(page).get_by_role("button", name=es("Make an invoice"), exact=True)
    expect(invoice).to_be_enabled()
    invoice.click()
    with suppress(Late):
        invoice.click(timeout=150)
    page.wait_for_url(NUMBER)
    step(page, "Issue")
    expect(page.locator(".record-head h1")).to_contain_text("F-")
    step(page, "Record a payment")
    asked = page.locator("dialog[open]")
    expect(asked.locator("#v-amount")).to_have_value("133,10")
    post(f"invoices/{page.url.rpartition('/')[2]}/pay", amount="33.10")
    asked.locator("button[type=submit]").click()
    expect(asked.locator(".field-error", has_text="100,00")).to_be_visible()
    expect(asked.locator("#v-amount")).to_have_value("100,00")
    asked.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/payments/\d+$"))
    expect(page.locator(".rows-none, .section table").first).to_be_visible()
    page.go_back()
    expect(head(page)).to_contain_text(es("Paid"))
    assert faults(page) == []


def test_what_an_issued_document_names_can_be_opened_from_it(tabs, post, goods):
    lines = [{"product": goods["bolt"], "quantity": "4"}]
    invoice = post("invoices", account=goods["customer"], lines=lines)["id"]
    page = tabs(address=f"/invoices/{invoice}")
    ready(page)
    expect(page.locator(".combo-way")).to_have_count(0)
    post(f"invoices/{invoice}/issue")
    page.reload()
    ready(page)
    expect(page.locator("#f-account")).to_be_disabled()
    assert faults(page) == []
    page.get_by_role("link", name=f"Talleres Quintana {goods['mark']}", exact=True).last.click()
    expect(page).to_have_url(re.compile(rf"/accounts/{goods['customer']}$"))


def test_a_second_click_made_no_second_invoice(served, post, goods):
    quote = post("quotes", account=goods["customer"], lines=[{"product": goods["bolt"], "quantity": "4"}])["id"]
    first, second = (post(f"quotes/{quote}/invoice")["result"] for _ in range(2))
    assert first == second
    with served.http() as browser:
        found = browser.get("/api/v1/invoices", params={"filter[quote]": str(quote)}).json()
    assert found["total"] == 1


def test_lines_are_typed_without_a_mouse_and_a_fault_stands_at_its_cell(tabs, goods):
    page = tabs(address="/quotes/new")
    ready(page)
    page.fill("#f-account", f"Talleres Quintana {goods['mark']}")
    page.get_by_role("option", name="Talleres Quintana").first.click()
    choose(page, 0, f"TOR-{goods['mark']}", "Tornillo largo")
    expect(cell(page, "quantity", 0)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("0")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    expect(cell(page, "quantity", 0)).to_have_attribute("aria-invalid", "true")
    cell(page, "quantity", 0).fill("3")
    expect(total(page)).to_have_text("9,08")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/quotes/\d+$"))
    expect(total(page)).to_have_text("9,08")


def test_axe_finds_nothing_on_the_documents_and_what_is_owed(tabs, post, goods):
    lines = [{"product": goods["bolt"], "quantity": "4"}, {"product": goods["hour"], "quantity": "1", "discount": "10"}]
    order = post("orders", account=goods["customer"], lines=lines)["id"]
    post(f"orders/{order}/confirm")
    note = post(f"orders/{order}/deliver", issue=True)["result"]["id"]
    invoice = post(f"deliveries/{note}/invoice", issue=True)["result"]["id"]
    page = tabs()
    for address in (
        f"/orders/{order}", f"/deliveries/{note}", f"/invoices/{invoice}", "/invoices", "/quotes/new", "/payments/new", "/ageing",
        f"/accounts/{goods['customer']}/statement", "/price-lists/new", "/tax-rates",
    ):  # fmt: skip
        page.goto(address)
        expect(page.locator("nav .truncate.grow").first).not_to_be_empty()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert faults(page, address) == []
