"""Verbs in the head of a document: what is refused is seen."""

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
