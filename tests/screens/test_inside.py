"""The lines inside a record: many at a time, and how one reaches an account."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready

NAMES = ("Inés Varias", "Óscar Varias", "Uxía Varias")


@pytest.fixture(scope="package")
def people(served):
    with served.http() as browser:
        return [browser.post("/api/v1/contacts", json={"name": name}).json()["id"] for name in NAMES]


def links(served, key):
    with served.http() as browser:
        return [link["contact"] for link in browser.get(f"/api/v1/accounts/{key}").json()["contacts"]]


def test_several_contacts_are_added_and_removed_at_once(tabs, served, made, people):
    key = made(name="Varios S. L.", contacts=[{"contact": people[0], "title": "Compras"}])
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    lines = page.locator(".rows", has=page.locator("input[name=contacts]"))
    lines.get_by_role("button", name=es("Add several contacts")).click()
    page.keyboard.type("varias")
    for name in NAMES:  # the first one is there already
        page.locator(".combo-list .option", has_text=name).click()
    assert faults(page, "several") == []
    lines.get_by_role("button", name=es("Add these")).click()
    expect(lines.locator(".rows-line")).to_have_count(3)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    assert links(served, key) == people
    for name in NAMES[:2]:
        lines.get_by_role("checkbox", name=es("Select {name}").format(name=name)).check()
    lines.get_by_role("button", name=es("Remove the {n} selected").format(n=2)).press(
        "Enter"
    )  # the notice may lie over it
    expect(lines.locator(".rows-line")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    assert links(served, key) == people[2:]
    page.locator(".toast").get_by_role("button", name=es("Undo")).last.click()
    expect(lines.locator(".rows-line")).to_have_count(3)
    assert links(served, key) == people


def test_a_telephone_has_a_purpose_a_time_and_is_the_usual_one(tabs, served, made):
    key = made(name="Teléfonos S. L.")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    lines = page.locator(".rows", has=page.locator("input[name=phones]"))
    lines.get_by_role("button", name=es("Add telephone")).click()
    lines.get_by_label(es("Telephone"), exact=True).fill("600 123 456")
    lines.get_by_label(es("Valid from")).fill("1/2/2026")
    lines.get_by_label(es("Valid to")).fill("1/1/2026")
    lines.get_by_label(es("Usual one")).check()
    page.keyboard.press("Control+Enter")
    expect(lines.locator(".field-error")).to_have_text(es("It ends before it begins."))
    lines.get_by_label(es("Valid to")).fill("1/3/2026")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    with served.http() as browser:
        [phone] = browser.get(f"/api/v1/accounts/{key}").json()["phones"]
    assert {name: phone[name] for name in ("number", "valid_from", "valid_to", "usual")} == {
        "number": "600 123 456", "valid_from": "2026-02-01", "valid_to": "2026-03-01", "usual": True,
    }  # fmt: skip


# of the focused element: how far it reaches under the bar at the foot of the form
UNDER = """() => {
  const bar = document.querySelector(".unsaved").getBoundingClientRect();
  const here = document.activeElement.getBoundingClientRect();
  return document.activeElement.closest(".unsaved") ? 0 : Math.max(0, here.bottom - bar.top);
}"""


@pytest.mark.parametrize(("width", "height", "touch"), [(1440, 600, False), (768, 700, True)])
def test_nothing_that_has_the_focus_lies_under_the_bar(tabs, made, width, height, touch):
    page = tabs(address=f"/accounts/{made(name='Barra baja')}", width=width, height=height, has_touch=touch)
    ready(page)
    page.fill("#f-name", "Barra muy baja")
    expect(page.locator(".unsaved")).to_be_visible()
    met = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("!document.activeElement.closest('.draft-body')"):
            break
        met.add(page.evaluate("document.activeElement.id || document.activeElement.name"))
        assert page.evaluate(UNDER) == 0, page.evaluate("document.activeElement.outerHTML")
    assert {"f-city", "f-email", "f-credit_limit", "f-notes"} <= met
    # one that is pressed where it looks out from under the bar comes out of there
    hidden = page.locator("#f-street")
    hidden.evaluate(
        """element => { const main = element.closest(".split-main");
        main.scrollTop += element.getBoundingClientRect().top - document.querySelector(".unsaved").getBoundingClientRect().top + 8; }"""
    )
    box = hidden.bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + 3)
    expect(hidden).to_be_focused()
    assert page.evaluate(UNDER) == 0


def test_the_field_that_is_typed_into_stays_in_sight_when_the_bar_comes(tabs, made):
    page = tabs(address=f"/accounts/{made(name='Barra nueva')}", height=600)
    ready(page)
    field = page.locator("#f-street")
    field.focus()
    field.evaluate(
        """element => { const main = element.closest(".split-main");
        main.scrollTop += element.getBoundingClientRect().bottom - main.getBoundingClientRect().bottom + 2; }"""
    )
    page.keyboard.type("A")
    expect(page.locator(".unsaved")).to_be_visible()
    page.wait_for_function(f"({UNDER})() === 0")


def test_what_is_worked_out_of_a_line_stands_there_only_once_it_is(tabs, post, goods):
    quote = post("quotes", account=goods["customer"], lines=[{"product": goods["hour"], "quantity": "2"}])["id"]
    page = tabs(address=f"/quotes/{quote}")
    ready(page)
    page.get_by_role("button", name=es("Add share"), exact=True).click()
    expect(page.locator(".rows-plain")).to_be_empty()
