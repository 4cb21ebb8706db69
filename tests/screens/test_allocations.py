"""What a payment settles is typed beside what is open, and head, rows and history follow at once."""

from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready


def test_what_is_allocated_stands_in_the_head_and_the_history_at_once(tabs, post):
    account = post("accounts", name="Cobros a mano", country="ES")["id"]
    for price in ("100", "50"):
        key = post("invoices", account=account, lines=[{"description": "Obra", "quantity": "1", "price": price}])["id"]
        post(f"invoices/{key}/issue")
    payment = post("payments", account=account, amount="200")["id"]
    post(f"payments/{payment}/post")
    page = tabs(address=f"/payments/{payment}", width=1024, height=768, has_touch=True)
    ready(page)
    free = page.locator(".fact", has_text=es("Not allocated")).first
    typed = page.locator("input.num")
    expect(typed).to_have_count(2)
    typed.nth(0).fill("300")
    expect(page.locator(".field-error", has_text="121")).to_have_count(1)
    typed.nth(0).fill("21")
    expect(page.locator(".section .count[role=status]")).to_contain_text("179,00")
    assert faults(page, "/payments") == []
    page.get_by_role("button", name=es("Allocate"), exact=True).last.click()
    expect(free).to_contain_text("179,00")
    expect(page.locator("table.sums tbody tr")).to_have_count(1)
    page.get_by_role("button", name=es("Oldest first")).dblclick()
    expect(page.locator(".section .count[role=status]")).to_contain_text("18,50")
    assert [typed.nth(row).input_value() for row in range(2)] == ["100", "60,5"]
    expect(free).to_contain_text("179,00"), "nothing is saved yet"
    page.get_by_role("button", name=es("Allocate"), exact=True).first.click()
    expect(free).to_contain_text("18,50")
    expect(page.locator("table.sums tbody tr")).to_have_count(3)
    page.locator("table.sums tbody tr").nth(0).get_by_role("button", name=es("Take back")).click()
    expect(free).to_contain_text("39,50")
    expect(page.locator("table.sums tbody tr")).to_have_count(2)
    page.get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=es("Pay back"), exact=True).click()
    expect(page.locator("dialog[open] #v-amount")).to_have_value("39,50")
    page.locator("dialog[open] button[type=submit]").click()
    page.wait_for_url(lambda url: not url.endswith(f"/{payment}"))
    expect(page.locator("table.sums tbody tr").first).to_contain_text(es("Payment received"))
    assert faults(page, "/payments") == []


def test_what_an_invoice_in_another_currency_takes_of_the_money_is_shown_and_may_be_typed(tabs, post):
    post("exchange-rates", currency="GBP", day="2020-01-01", rate="1.25")
    account = post("accounts", name="Cobros en libras", country="ES")["id"]
    lines = [{"description": "Obra", "quantity": "1", "price": "100"}]
    for more in ({}, {"currency": "GBP"}):
        post(f"invoices/{post('invoices', account=account, lines=lines, **more)['id']}/issue")
    payment = post("payments", account=account, amount="300")["id"]
    post(f"payments/{payment}/post")
    page = tabs(address=f"/payments/{payment}")
    ready(page)
    rest, typed = page.locator(".section .count[role=status]"), page.locator("input.num")
    pounds = page.get_by_label(es("Settle of {number}").split("{")[0]).last
    taken = page.locator(".taken input")
    pounds.fill("100")
    expect(taken).to_have_value("125")
    expect(rest).to_contain_text("175,00")
    taken.fill("126,40")
    expect(rest).to_contain_text("173,60")
    assert faults(page, "/payments") == []
    page.get_by_role("button", name=es("Allocate"), exact=True).first.click()
    expect(page.locator(".fact", has_text=es("Not allocated")).first).to_contain_text("173,60")
    expect(page.locator("table.sums tbody tr")).to_have_count(1)
    expect(typed.last).to_have_value("")


def test_an_amount_that_nobody_types_any_more_is_told_with_its_thousands(tabs, post):
    account = post("accounts", name="Cobros grandes", country="ES")["id"]
    payment = post("payments", account=account, amount="12345.60")["id"]
    page = tabs(address=f"/payments/{payment}")
    ready(page)
    amount = page.locator("#f-amount")
    expect(amount).to_have_value("12345,60")
    page.get_by_role("button", name=es("Post"), exact=True).click()
    expect(amount).to_be_disabled()
    expect(amount).to_have_value("12.345,60")
