"""A day with a list: filter, choose, sort, save, select, change, undo, take away as a file; and nothing in its way for anybody."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready

SIZES = {"desk": {"width": 1440, "height": 900}, "tablet": {"width": 768, "height": 1024, "has_touch": True}}
MANY = 260


@pytest.fixture(scope="package")
def many(served):
    """More records than are changed at once: a change of all of them is a job."""
    with served.http() as browser:
        items = [
            {"name": f"Lista {number:03}", "city": "Zamora" if number % 2 else "Teruel", "tags": ["viejo"]}
            for number in range(MANY)
        ]
        answer = browser.post("/api/v1/bulk/accounts", json={"items": items})
        assert answer.status_code == 201, answer.text
    return served


# the bar may have come and gone between two looks
NOTING = """new MutationObserver(() => { window.progress ||= !!document.querySelector('[role=progressbar]'); })
  .observe(document.body, {childList: true, subtree: true})"""


TOP = "document.querySelector('.table-scroll').scrollTop"


def rows(page):
    return page.locator("table[data-list][aria-busy=false] tbody tr")


def button(page, text):
    return page.get_by_role("button", name=es(text), exact=True)


def edit(page, chip):
    """Open the form of the chip with that text; an empty text is the chip that adds another."""
    target = page.locator(".chip-edit", has_text=chip) if chip else page.locator(".chip-ghost")
    target.click()
    return page.locator(".filter-form")


def chosen(form, place, value):
    form.locator("select").nth(place).select_option(value)


def tagged(served, tag):
    with served.http() as browser:
        return browser.get("/api/v1/accounts", params={"filter[tags]": tag, "size": 1}).json()["total"]


@pytest.fixture(params=SIZES)
def page(tabs, many, request):
    found = tabs(address="/accounts?q=lista", **SIZES[request.param])
    expect(rows(found)).to_have_count(50)
    return found


def test_a_filter_is_added_and_changed_where_it_stands(page):
    form = edit(page, "")
    expect(form.locator("select").first).to_be_focused()
    chosen(form, 0, "city")
    chosen(form, 1, "eq")
    form.locator("[name=value]").fill("Zamora")
    page.keyboard.press("Enter")
    expect(page.locator(".list-foot")).to_contain_text(str(MANY // 2))
    expect(page.locator(".chip-edit")).to_be_focused()
    expect(page).to_have_url(re.compile(r"filter%5Bcity%5D=Zamora"))
    page.keyboard.press("Enter")
    expect(form.locator("[name=value]")).to_be_focused()
    expect(form.locator("[name=value]")).to_have_value("Zamora")
    chosen(form, 0, "in")
    expect(form.locator("textarea")).to_have_value("Zamora")
    form.locator("textarea").fill("Zamora\nTeruel")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".chip-edit")).to_contain_text("Zamora, Teruel")
    expect(page.locator(".list-foot")).to_contain_text(str(MANY))
    edit(page, "Zamora")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.locator(".chip-edit")).to_be_focused()
    edit(page, "Zamora")
    chosen(form, 0, "filled")
    form.locator("[type=submit]").click()
    expect(page.locator(".chip-edit")).to_contain_text(es("is not empty"))
    page.get_by_role("button", name=es("Remove the filter {name}").format(name=es("City"))).click()
    expect(page.locator(".chip-edit")).to_have_count(0)


def test_every_kind_asks_with_its_own_input_and_a_fault_stays_at_its_field(page):
    form = edit(page, "")
    chosen(form, 0, "roles")
    chosen(form, 1, "in")
    expect(form.locator("[type=checkbox]")).to_have_count(6)
    chosen(form, 0, "active")
    expect(form.locator("select[name=value] option")).to_have_count(2)
    chosen(form, 0, "created_at")
    chosen(form, 1, "between")
    expect(form.locator(".day-input [name=value]")).to_have_count(2)
    chosen(form, 0, "owner")
    expect(form.locator("[role=combobox]")).to_be_visible()
    chosen(form, 0, "credit_limit")
    chosen(form, 1, "ge")
    form.locator("[name=value]").fill("mucho")
    page.keyboard.press("Enter")
    expect(form.locator(".field-error")).not_to_be_empty()
    expect(form.locator("[name=value]")).to_be_focused()
    expect(form.locator("[name=value]")).to_have_value("mucho")
    expect(form.locator("[name=value]")).to_have_attribute("aria-invalid", "true")
    form.locator("[name=value]").fill("1.000,5")
    page.keyboard.press("Enter")
    expect(page.locator(".chip-edit")).to_contain_text("1.000,5")
    expect(page).to_have_url(re.compile(r"credit_limit%5D%5Bge%5D=1000.5"))


def test_columns_are_kept_for_whoever_chose_them(page, tabs):
    heads = page.locator("thead th")
    page.get_by_role("button", name=es("Columns")).click()
    box = page.locator(".columns-list").get_by_label(es("Tags"), exact=True)
    box.click()
    expect(box).to_be_checked()
    expect(heads.get_by_text(es("Tags"), exact=True)).to_have_count(1)
    page.get_by_role("button", name=es("Move {name} forward").format(name=es("Tags"))).click()
    button(page, "Done").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/accounts\?q=lista$"))
    page.goto("/accounts")
    ready(page)
    expect(heads.get_by_text(es("Tags"), exact=True)).to_have_count(1)
    other = tabs("seller", address="/accounts")
    ready(other)
    expect(other.locator("thead th").get_by_text(es("Tags"), exact=True)).to_have_count(0)
    page.get_by_role("button", name=es("Columns")).click()
    button(page, "As it was").click()
    expect(heads.get_by_text(es("Tags"), exact=True)).to_have_count(0)


def test_a_finger_sorts_by_several_columns(tabs, many):
    page = tabs(address="/accounts?q=lista&sort=city", **SIZES["tablet"])
    expect(rows(page)).to_have_count(50)
    page.get_by_role("button", name=es("Columns")).tap()
    name = page.get_by_role("button", name=es("Sort by {name} too").format(name=es("Name")), exact=True)
    expect(name).to_have_attribute("aria-pressed", "false")
    name.tap()
    expect(name).to_have_attribute("aria-pressed", "true")
    name.tap()
    expect(page).to_have_url(re.compile(r"sort=city%2C-name"))
    expect(page.locator("dialog[open]").get_by_text(es("Tags"), exact=True)).to_have_count(1)
    assert faults(page, place="dialog[open]") == []
    button(page, "Done").tap()
    expect(rows(page).first).to_contain_text("Lista 258")


def test_a_column_is_drawn_wider_by_pointer_and_keys_and_stays_so_for_whoever_did_it(page, tabs):
    edge = page.get_by_role("separator", name=es("Width of the column {name}").format(name=es("City")))
    if page.evaluate("matchMedia('(pointer: coarse)').matches"):
        expect(edge).to_have_count(0)
        return
    head = page.locator("thead th", has=edge)

    def wide(of=head):
        return round(of.bounding_box()["width"])

    usual, box = wide(), edge.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y)
    page.mouse.move(x + 60, y)
    page.mouse.up()
    assert wide() == usual + 60
    expect(edge).to_have_attribute("aria-valuenow", str(usual + 60))
    edge.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    assert wide() == usual + 92
    expect(page.locator("th[data-drawn]")).to_have_count(0)  # kept
    page.goto("/accounts")
    ready(page)
    assert wide() == usual + 92
    other = tabs("seller", address="/accounts")
    ready(other)
    theirs = other.locator("thead th", has=other.get_by_role("separator", name=es("City"), exact=False))
    assert wide(theirs) == usual
    edge.focus()
    page.keyboard.press("Home")
    expect(edge).to_have_attribute("aria-valuenow", "48")
    edge.dblclick()
    page.wait_for_function(f"() => document.activeElement.parentElement.offsetWidth === {usual}")
    page.goto("/accounts")
    ready(page)
    assert wide() == usual


def test_a_view_is_saved_shared_reloaded_and_removed(page, tabs):
    page.locator("th button.sort").first.click()
    page.locator("th button.sort", has_text=es("City")).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"sort=-name%2Ccity"))
    tab = page.get_by_role("tab", name="Las de lista")
    button(page, "Save as a view").click()
    page.fill("#view-name", "Nada")
    button(page, "Cancel").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    button(page, "Save as a view").click()
    expect(page.locator("#view-name")).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] .field-error")).not_to_be_empty()
    page.fill("#view-name", "Las de lista")
    page.keyboard.press("Enter")
    expect(tab).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(rows(page).first).to_contain_text("Lista 259")
    page.get_by_role("tab", name=es("All"), exact=True).click()
    expect(page.locator("#list-filter")).to_have_value("")
    tab.click()
    expect(page.locator("#list-filter")).to_have_value("lista")
    other = tabs("seller", address="/accounts")
    ready(other)
    expect(other.get_by_role("tab", name="Las de lista")).to_have_count(0)
    button(page, "This view").click()
    page.get_by_role("menuitem", name=es("Name and share…")).click()
    page.select_option("#view-shared", "everybody")
    button(page, "Save the view").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    other.reload()
    other.get_by_role("tab", name="Las de lista").click()
    expect(rows(other).first).to_contain_text("Lista 259")
    expect(other.get_by_role("button", name=es("This view"))).to_have_count(0)
    page.fill("#list-filter", "lista 1")
    expect(tab.locator(".wait")).to_be_visible()
    button(page, "This view").click()
    page.get_by_role("menuitem", name=es("Save the changes")).click()
    expect(tab.locator(".wait")).to_have_count(0)
    button(page, "This view").click()
    page.get_by_role("menuitem", name=es("Remove the view")).click()
    expect(tab).to_have_count(0)


def test_a_view_that_is_taken_away_comes_back_and_one_that_is_gone_is_saved_anew(tabs, many, post):
    address = "filter[city]=Zamora&sort=name"
    for name in ("Vista de vuelta", "Vista perdida"):
        key = post("views", resource="accounts", name=name, query=address)["id"]
    page = tabs(address="/accounts")
    tab = page.get_by_role("tab", name="Vista de vuelta")
    tab.click()
    button(page, "This view").click()
    page.get_by_role("menuitem", name=es("Remove the view")).click()
    expect(tab).to_have_count(0)
    page.locator(".toast").get_by_role("button", name=es("Undo")).click()
    expect(tab).to_have_count(1)
    lost = page.get_by_role("tab", name="Vista perdida")
    lost.click()
    page.fill("#list-filter", "lista 1")
    expect(lost.locator(".wait")).to_be_visible()
    with many.http() as browser:
        assert browser.delete(f"/api/v1/views/{key}").status_code == 204
    button(page, "This view").click()
    page.get_by_role("menuitem", name=es("Save the changes")).click()
    told = es("Somebody has removed this view. Save what you see as a new one.")
    expect(page.locator("dialog[open] .field-error")).to_have_text(told)
    expect(lost).to_have_count(0)
    page.fill("#view-name", "Vista hallada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Vista hallada")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#list-filter")).to_have_value("lista 1")


def test_some_rows_are_tagged_and_it_is_undone(page, many):
    for number in range(2):
        rows(page).nth(number).locator("[data-pick]").check()
    page.get_by_role("button", name=es("Tag…")).click()
    expect(page.locator("dialog[open] .dialog-title")).to_contain_text("2")
    expect(page.locator("#bulk-how")).to_have_value("add")
    page.fill("#bulk-value", "urgente")
    page.locator("dialog[open] [type=submit]").click()
    toast = page.locator(".toast", has_text="2")
    expect(toast).to_be_visible()
    assert tagged(many, "urgente") == 2
    toast.get_by_role("button", name=es("Undo")).click()
    expect(page.locator(".toast", has_text=es("Undone."))).to_be_visible()
    assert (tagged(many, "urgente"), tagged(many, "viejo")) == (0, MANY)


def test_an_undo_that_is_refused_leaves_the_list_as_it_is(page, many):
    rows(page).first.locator("[data-pick]").check()
    page.get_by_role("button", name=es("Tag…")).click()
    expect(page.locator("dialog[open] .dialog-title")).to_have_text(es("Tag 1 record"))
    page.fill("#bulk-value", "caduco")
    page.locator("dialog[open] [type=submit]").click()
    expect(page.locator(".toast").last).to_contain_text(es("1 record changed."))
    undo = page.locator(".toast").last.get_by_role("button", name=es("Undo"))
    expect(undo).to_be_visible()
    with many.http() as browser:
        newest = browser.get("/api/v1/changes").json()["items"][0]["id"]
        assert browser.post(f"/api/v1/changes/{newest}/undo").status_code == 200
    undo.click()
    expect(page.locator(".toast", has_text=es("This has been undone already."))).to_be_visible()
    expect(rows(page)).to_have_count(50)


@pytest.mark.parametrize("size", SIZES)
def test_the_way_back_leads_to_where_the_list_was_left(tabs, many, size):
    page = tabs(address="/accounts?q=lista&sort=name", **SIZES[size])
    expect(rows(page)).to_have_count(50)
    link = rows(page).nth(40).locator(".row-link")
    link.scroll_into_view_if_needed()
    name, top = link.inner_text(), page.evaluate(TOP)
    link.click()
    expect(page.locator("h1")).to_have_text(name)
    page.go_back()
    expect(rows(page).nth(40)).to_have_class(re.compile("is-current"))
    expect(rows(page).nth(40).locator(".row-link")).to_be_focused()
    assert (page.evaluate(TOP), top > 0) == (top, True)
    page.keyboard.press("j")
    expect(rows(page).nth(41).locator(".row-link")).to_be_focused()


def test_a_page_behind_the_last_one_offers_the_way_to_it(tabs, many):
    page = tabs(address="/accounts?q=lista&page=999999")
    expect(page.locator(".empty")).to_contain_text(es("There is no page {number}").format(number=999999))
    button(page, "Last page").click()
    expect(rows(page)).to_have_count(MANY % 50)


def test_everything_filtered_is_changed_with_progress_and_one_undo(page, many):
    page.locator("thead [type=checkbox]").check()
    page.locator(".bulk-all").click()
    expect(page.locator(".bulk-count")).to_contain_text(str(MANY))
    page.get_by_role("button", name=es("Tag…")).click()
    page.select_option("#bulk-how", "take")
    page.evaluate(NOTING)
    page.fill("#bulk-value", "viejo")
    page.locator("dialog[open] [type=submit]").click()
    toast = page.locator(".toast", has_text=str(MANY))
    expect(toast).to_be_visible()
    assert page.evaluate("window.progress")
    expect(page.locator("[role=progressbar]")).to_have_count(0)
    assert tagged(many, "viejo") == 0
    toast.get_by_role("button", name=es("Undo")).click()
    expect(page.locator(".toast", has_text=es("Undone."))).to_be_visible()
    assert tagged(many, "viejo") == MANY


def test_the_tabs_count_anew_after_many_are_changed(tabs, made):
    for number in range(2):
        made(name=f"Pestaña {number}", roles=["supplier"])
    page = tabs(address="/accounts?q=pestaña")
    ready(page)
    count = page.locator(".tab", has_text=es("Suppliers")).locator(".count")
    expect(count).to_have_text(re.compile(r"^\d+$"))
    before = int(count.inner_text())
    page.locator("thead [type=checkbox]").check()
    page.get_by_role("button", name=es("Remove…")).click()
    page.locator("dialog[open] .button-danger").click()
    expect(count).to_have_text(str(before - 2))
    page.locator(".toast").get_by_role("button", name=es("Undo")).last.click()
    expect(count).to_have_text(str(before))


def test_what_is_filtered_is_taken_away_as_a_file(page):
    page.locator(".toolbar").get_by_role("button", name=es("Export")).click()
    with page.expect_download() as coming:
        page.get_by_role("menuitem", name="CSV").click()
    with Path(coming.value.path()).open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row[es("Name")] for row in found] == [f"Lista {number:03}" for number in range(MANY)]


def test_axe_finds_nothing_in_the_form_of_a_filter(page):
    form = edit(page, "")
    found = []
    for name, how in (("city", "eq"), ("roles", "in"), ("owner", "in"), ("credit_limit", "between"), ("city", "in")):
        chosen(form, 0, name)
        chosen(form, 1, how)
        found += faults(page, place=".filter-form")
    form.locator("[type=submit]").click()
    expect(form.locator(".field-error")).not_to_be_empty()
    found += faults(page, place=".filter-form")
    form.locator("textarea").fill("Zamora")
    form.locator("[type=submit]").click()
    expect(page.locator(".chip-edit")).to_be_focused()
    assert found + faults(page, place=".toolbar") == []


def test_axe_finds_nothing_in_the_dialogs_of_columns_and_views(page):
    page.get_by_role("button", name=es("Columns")).click()
    found = faults(page, place="dialog[open]")
    page.keyboard.press("Escape")
    button(page, "Save as a view").click()
    expect(page.locator("#view-name")).to_be_focused()
    assert found + faults(page, place="dialog[open]") == []


def test_axe_finds_nothing_in_the_bar_of_a_selection_and_what_it_asks(page):
    rows(page).first.locator("[data-pick]").check()
    expect(page.locator(".bulk")).to_be_visible()
    found = faults(page, place=".bulk")
    assert page.evaluate("document.querySelector('.bulk').scrollWidth <= document.querySelector('.bulk').clientWidth")
    for verb in ("Change…", "Tag…", "Remove…"):
        page.get_by_role("button", name=es(verb)).click()
        expect(page.locator("dialog[open]")).to_be_visible()
        if verb == "Change…":
            page.select_option("#bulk-field", "roles")
            expect(page.locator("#bulk-how")).to_be_visible()
        found += faults(page, place="dialog[open]")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    assert found == []


def test_a_column_or_a_filter_of_the_address_that_is_none_is_left_out_and_said(tabs, many):
    page = tabs(
        address="/accounts?columns=name,colour,city&filter[city]=Zamora&filter[colour]=red&filter[created_at][ge]=soon"
    )
    ready(page)
    expect(page.locator("[data-chip]")).to_have_count(1)
    expect(page.locator("[data-chip]")).to_contain_text("Zamora")
    expect(page.get_by_text(es("Left out of the filters. {what}").partition("{")[0])).to_contain_text("colour")
    expect(
        page.get_by_text(es("This list has no column “{name}”. It is left out.").replace("{name}", "colour"))
    ).to_be_visible()
    heads = page.locator("table[data-list] thead th .sort")
    assert [text.strip() for text in heads.all_inner_texts()] == [es("Name"), es("City")]
    expect(rows(page).first).to_be_visible()


def test_the_bar_of_a_selection_has_room_on_a_telephone(tabs, many):
    page = tabs(address="/accounts", width=390, height=844, has_touch=True, is_mobile=True)
    ready(page)
    for number in range(2):  # of two, merging is offered too
        rows(page).nth(number).locator("[data-pick]").check()
    page.get_by_role("button", name=es("Merge…")).wait_for()
    assert page.evaluate(OVERLAPS) == []
    button(page, "Clear the selection").click()
    expect(page.locator(".list-foot")).to_be_visible()


# what stands in the bar of a selection and lies over something else in it, or outside of it
OVERLAPS = """() => {
  const bar = document.querySelector('.bulk'), all = bar.getBoundingClientRect();
  const seen = [...bar.querySelectorAll('.bulk-count, button, a')].map(one => [one.textContent, one.getBoundingClientRect()]);
  const out = seen.filter(([, box]) => box.left < all.left || box.right > all.right || box.top < all.top || box.bottom > all.bottom);
  const over = seen.filter(([, one], at) => seen.some(([, other], place) => place > at && one.right > other.left + 1 &&
    one.left < other.right - 1 && one.bottom > other.top + 1 && one.top < other.bottom - 1));
  const wide = [...bar.querySelectorAll('button')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one => [one.textContent]);
  return [...out, ...over, ...wide].map(([text]) => text);
}"""


@pytest.mark.parametrize("width", [390, 1440])
def test_a_long_notice_is_read_to_its_end_and_can_be_put_away(tabs, many, width):
    names = ",".join(f"{letter}{'olumn' * 10}" for letter in "abc")
    page = tabs(address=f"/accounts?columns=name,{names}", width=width, height=844)
    ready(page)
    notice = page.locator(".toast-late")
    box = notice.bounding_box()
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    assert box["height"] > 60
    notice.locator(".toast-close").click()
    expect(notice).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_sales_by_salesperson_show_the_whole_customer_and_the_amount(tabs, post, goods, size):
    lines = [{"product": goods["bolt"], "quantity": "4"}]
    post(f"invoices/{post('invoices', account=goods['customer'], lines=lines)['id']}/issue")
    page = tabs(address="/sold-shares", **SIZES[size])
    ready(page)

    def wide(name):
        return page.locator("table[data-list] thead th", has_text=es(name)).first.bounding_box()

    customer, salesperson, share = (wide(name) for name in ("Customer", "Salesperson", "Share of the net"))
    assert customer["width"] > 1.3 * salesperson["width"]
    assert share["x"] + share["width"] <= SIZES[size]["width"]
