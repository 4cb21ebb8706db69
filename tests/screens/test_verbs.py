"""Verbs in the head of a document: what is refused is seen, what ends it is asked for first, what can be taken back offers it."""

from playwright.sync_api import expect

from .conftest import es, head, ready
from .test_choosing import order_of, pick


def test_a_verb_that_is_refused_says_why_where_one_sees_it(tabs, post, goods):
    order = order_of(post, goods)
    post(f"orders/{order}/deliver")
    note = post(f"orders/{order}/deliver")["result"]["id"]
    post(f"deliveries/{note}/issue")
    page = tabs(address=f"/orders/{order}", height=600)
    ready(page)
    page.locator("#files, .files").last.scroll_into_view_if_needed()
    pick(page, es("Cancel it"))
    expect(page.locator(".draft-form .banner-late")).to_be_in_viewport()
    narrow = tabs(address=f"/orders/{order}", width=768, height=1024)
    ready(narrow)
    narrow.get_by_role("tab", name=es("History")).click()
    pick(narrow, es("Cancel it"))
    expect(narrow.locator(".draft-form .banner-late")).to_be_in_viewport()


def test_what_ends_a_draft_is_asked_for_first(tabs, post, goods):
    key = post("quotes", account=goods["customer"], lines=[{"description": "Cosa", "price": "1"}])["id"]
    page = tabs(address=f"/quotes/{key}")
    ready(page)
    pick(page, es("Cancel it"))
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text(es("This cannot be taken back."))
    dialog.get_by_role("button", name=es("Leave it"), exact=True).click()
    expect(dialog).to_have_count(0)
    expect(head(page).locator(".badge").first).to_contain_text(es("Draft"))
    pick(page, es("Cancel it"))
    dialog.get_by_role("button", name=es("Cancel it"), exact=True).click()
    expect(head(page).locator(".badge").first).not_to_contain_text(es("Draft"))
    expect(page.locator(".toast").get_by_role("button", name=es("Undo"))).to_have_count(0)


def test_what_can_be_taken_back_offers_it(tabs, post, goods):
    order = order_of(post, goods)
    page = tabs(address=f"/orders/{order}")
    ready(page)
    for verb in ("Put on hold", "Cancel it"):
        pick(page, es(verb))
        expect(head(page).locator(".badge").first).not_to_contain_text(es("Confirmed"))
        page.locator(".toast").last.get_by_role("button", name=es("Undo")).click()
        expect(head(page).locator(".badge").first).to_contain_text(es("Confirmed"))


def test_a_document_is_called_what_it_is(tabs, post, goods):
    order = order_of(post, goods)
    note = post(f"orders/{order}/deliver")["result"]["id"]
    post(f"deliveries/{note}/issue")
    invoice = post(f"deliveries/{note}/invoice")["result"]["id"]
    post(f"invoices/{invoice}/issue")
    back = post(f"deliveries/{note}/return")["result"]["id"]
    credit = post(f"invoices/{invoice}/credit")["result"]["id"]
    page = tabs(address=f"/invoices/{credit}")
    ready(page)
    expect(head(page).get_by_role("heading", level=1)).to_have_text(es("Credit note"))
    page.goto(f"/deliveries/{back}")
    ready(page)
    expect(head(page).get_by_role("heading", level=1)).to_have_text(es("Return"))
    expect(head(page).locator(".record-sub")).to_contain_text(es("Return"))
    page.goto(f"/deliveries/{note}")
    ready(page)
    expect(head(page).locator(".record-sub")).to_contain_text(es("Delivery note"))


def test_a_number_that_is_none_is_told_with_one_as_the_reader_types_it(tabs, post, goods):
    page = tabs(address=f"/orders/{order_of(post, goods)}")
    ready(page)
    pick(page, es("{verb}: choose lines…").format(verb=es("Make an invoice")))
    dialog = page.get_by_role("dialog")
    dialog.locator("tbody tr").first.locator("input.input").fill("doce")
    told = es("Write a number such as {example}.").format(example="1.234,56")
    expect(dialog.locator(".field-error")).to_have_text(told)
