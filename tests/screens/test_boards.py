"""A list with its ready views, its sums and its board: by mouse, by keyboard, by finger."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready


@pytest.fixture(scope="package")
def quotes(post):
    """Three drafts of one customer; their ids."""
    account = post("accounts", name="Tablero y Tablas", roles=["customer"], country="ES")["id"]
    lines = [{"description": "Tabla", "quantity": "1", "price": "10.10"}]
    return [post("quotes", account=account, reference="tablas", lines=lines)["id"] for _ in range(3)]


@pytest.fixture
def board(tabs, quotes):
    page = tabs(address="/quotes?q=tablas&view=board")
    expect(page.locator(".card")).to_have_count(3)
    return page


def lane(page, state):
    return page.locator(f"[data-lane={state}]")


def test_views_are_there_with_counts_and_sums_stand_under_the_rows(tabs, quotes):
    page = tabs(address="/quotes?q=tablas")
    ready(page)
    expect(page.get_by_role("tab", name=es("Expired"))).to_contain_text("0")
    expect(page.locator("tfoot .sum-row")).to_contain_text("36,66 EUR")
    page.get_by_role("tab", name=es("Open")).click()
    expect(page).to_have_url(
        re.compile(r"/quotes\?filter%5Bstatus%5D%5Bin%5D=draft%2Csent&filter%5Bsuperseded%5D=false$")
    )
    expect(page.locator(".chip-edit")).to_have_count(2)


def test_which_version_of_a_quote_it_is_is_not_cut_off(tabs, post, goods):
    lines = [{"description": "Tabla", "price": "1"}]
    first = post("quotes", account=goods["customer"], reference="versionada", lines=lines)["id"]
    post(f"quotes/{first}/send")
    post(f"quotes/{post(f'quotes/{first}/revise')['result']['id']}/send")
    page = tabs(address="/quotes?q=versionada")
    ready(page)
    number = page.locator("table[data-list] .row-link", has_text="-v2")
    expect(number).to_be_visible()
    assert number.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_a_card_is_carried_by_mouse_and_by_keyboard_and_goes_back_where_no_verb_leads(board):
    first = lane(board, "draft").locator(".card").first
    number = first.get_attribute("data-card")
    first.drag_to(lane(board, "sent"))
    expect(lane(board, "sent").locator(f"[data-card='{number}']:not(.is-waiting)")).to_be_visible()
    expect(lane(board, "sent").locator(".lane-name .count")).to_have_text("1")
    lane(board, "sent").locator(".card").drag_to(lane(board, "draft"))
    expect(board.locator(".toasts")).to_contain_text(es("Accept"))
    expect(lane(board, "sent").locator(f"[data-card='{number}']:not(.is-waiting)")).to_be_visible()
    title = lane(board, "sent").locator(".card-title")
    title.focus()
    for key in (" ", "ArrowRight", " "):
        board.keyboard.press(key)
    expect(lane(board, "accepted").locator(f"[data-card='{number}']:not(.is-waiting)")).to_be_visible()


def test_what_cannot_be_taken_back_is_asked_for_first(board):
    card = lane(board, "draft").locator(".card").first
    number = card.get_attribute("data-card")
    card.drag_to(lane(board, "cancelled"))
    dialog = board.locator("dialog[open]")
    dialog.get_by_role("button", name=es("Leave it")).click()
    expect(lane(board, "draft").locator(f"[data-card='{number}']:not(.is-waiting)")).to_be_visible()
    lane(board, "draft").locator(f"[data-card='{number}']").drag_to(lane(board, "cancelled"))
    dialog.get_by_role("button", name=es("Cancel it")).click()
    expect(lane(board, "cancelled").locator(f"[data-card='{number}']:not(.is-waiting)")).to_be_visible()


def test_a_finger_that_rests_on_a_card_carries_it(tabs, quotes):
    page = tabs(address="/quotes?q=tablas&view=board", width=1024, height=768, has_touch=True)
    card = lane(page, "draft").locator(".card").first
    number = card.get_attribute("data-card")
    start, end = card.bounding_box(), lane(page, "sent").bounding_box()
    wire = page.context.new_cdp_session(page)

    def touch(kind, *points):
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    at = (start["x"] + 30, start["y"] + 40)
    touch("touchStart", at)
    expect(page.locator(".card.is-ghost")).to_be_visible()  # it is held
    for step in range(1, 6):
        touch("touchMove", (at[0] + (end["x"] + 60 - at[0]) * step / 5, at[1] + 10))
    expect(lane(page, "sent")).to_have_class("lane is-target")
    touch("touchEnd")
    expect(lane(page, "sent").locator(f"[data-card='{number}']:not(.is-waiting)")).to_be_visible()


def test_nothing_of_a_board_is_in_anybodys_way(tabs, quotes):
    page = tabs(address="/quotes?view=board", width=768, height=1024)
    expect(page.locator(".card").first).to_be_visible()
    assert faults(page) == []
    page.locator(".lane-strip").first.click()
    expect(page.locator(".lane-strip")).not_to_have_count(0)


def test_a_card_that_was_moved_offers_to_take_it_back(tabs, served):
    with served.http() as browser:
        account = browser.post("/api/v1/accounts", json={"name": "Vuelta"}).json()["id"]
        lines = [{"description": "Tabla", "price": "1"}]
        quote = browser.post("/api/v1/quotes", json={"account": account, "reference": "vuelta", "lines": lines}).json()
    page = tabs(address="/quotes?q=vuelta&view=board")
    card = f"[data-card='{quote['id']}']:not(.is-waiting)"
    lane(page, "draft").locator(card).drag_to(lane(page, "sent"))
    expect(lane(page, "sent").locator(card)).to_be_visible()
    expect(page.locator(".toast")).to_have_count(1)  # it has a number now, which is not given back
    expect(page.locator(".toast").get_by_role("button", name=es("Undo"))).to_have_count(0)
    lane(page, "sent").locator(card).drag_to(lane(page, "accepted"))
    expect(lane(page, "accepted").locator(card)).to_be_visible()
    page.locator(".toast").last.get_by_role("button", name=es("Undo")).click()
    expect(lane(page, "sent").locator(card)).to_be_visible()
    expect(lane(page, "accepted").locator(".card")).to_have_count(0)
