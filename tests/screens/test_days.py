"""Dates in the browser: typed as one likes, in the page's own form, with a calendar for keys and fingers."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from crm_app.core import clock
from tests.support.axe import faults

from .conftest import es, ready


@pytest.fixture
def person(post):
    """A new contact; its id."""

    return lambda **values: post("contacts", **{"name": "Fechas Ruiz"} | values)["id"]


def kept(served, key):
    with served.http() as browser:
        return browser.get(f"/api/v1/contacts/{key}").json()["birthday"]


@pytest.mark.parametrize("locale", ["es-ES", "en-US"])
def test_a_date_follows_the_page_and_not_the_browser(tabs, served, person, locale):
    key = person(birthday="1980-04-03")
    page = tabs(address=f"/contacts/{key}", locale=locale)
    ready(page)
    field = page.locator("#f-birthday")
    expect(field).to_have_value("03/04/1980")
    expect(field).to_have_attribute("placeholder", "\u2013")
    field.focus()
    expect(field).to_have_attribute("placeholder", "dd/mm/aaaa")
    for typed, shown in (("5-6-81", "05/06/1981"), ("7 ago 1982", "07/08/1982"), ("1983-09-08", "08/09/1983")):
        field.fill(typed)
        field.press("Tab")
        expect(field).to_have_value(shown)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    expect(field).to_have_value("08/09/1983")
    assert kept(served, key) == "1983-09-08"


def test_what_is_no_date_stays_and_says_so_at_its_field(tabs, served, person):
    key = person()
    page = tabs(address=f"/contacts/{key}")
    ready(page)
    page.fill("#f-birthday", "31/2/1980")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#e-birthday")).to_have_text(es("Write a date such as {example}.").format(example="23/11/2026"))
    expect(page.locator("#f-birthday")).to_have_value("31/2/1980")
    expect(page.locator("#f-birthday")).to_be_focused()
    page.reload()
    ready(page)
    expect(page.locator("#f-birthday")).to_have_value("31/2/1980")  # the draft came back
    page.fill("#f-birthday", "")
    assert kept(served, key) is None


def test_the_calendar_is_walked_with_keys_and_gives_the_focus_back(tabs, served, person):
    key = person(birthday="1980-01-31")
    page = tabs(address=f"/contacts/{key}")
    ready(page)
    field = page.locator("#f-birthday")
    field.press("ArrowDown")
    calendar = page.get_by_role("dialog", name=es("Choose a day"))
    expect(calendar.locator("[aria-selected=true] button")).to_be_focused()
    expect(calendar.locator("th").first).to_have_text("L")  # in Spain the week begins on a Monday
    assert faults(page, "calendar") == []
    page.keyboard.press("PageDown")
    expect(calendar.locator(".calendar-head")).to_contain_text("febrero de 1980")
    for pressed in ("ArrowRight", "ArrowUp", "End"):
        page.keyboard.press(pressed)
    page.keyboard.press("Enter")
    expect(calendar).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value("24/02/1980")
    field.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(calendar).to_have_count(0)
    expect(field).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    assert kept(served, key) == "1980-02-24"


def test_a_finger_picks_a_day(tabs, person):
    page = tabs(
        address=f"/contacts/{person(birthday='1980-02-10')}", width=768, height=1024, has_touch=True, is_mobile=True
    )
    ready(page)
    page.locator(".prop", has=page.locator("#f-birthday")).get_by_role("button", name=es("Choose a day")).tap()
    calendar = page.get_by_role("dialog", name=es("Choose a day"))
    day = calendar.get_by_role("button", name="15 de febrero de 1980")
    box = day.bounding_box()
    assert (box["width"], box["height"]) == (44, 44)
    day.tap()
    expect(page.locator("#f-birthday")).to_have_value("15/02/1980")


def test_a_filter_keeps_a_day_that_is_told_from_today(tabs, served, person):
    person(birthday=(clock.today() - timedelta(days=3)).isoformat(), name="Cerca de hoy")
    page = tabs(address="/contacts?filter[birthday][ge]=2000-12-31")
    ready(page)
    chip = page.locator(".chip-edit").first
    expect(chip).to_contain_text("31 dic 2000")
    chip.click()
    value = page.locator(".filter-form [name=value]")
    expect(value).to_have_value("31/12/2000")
    value.fill("-30")
    value.press("Enter")
    expect(chip).to_contain_text("hace 30 d\u00edas")
    page.wait_for_function("() => decodeURIComponent(location.search).includes('filter[birthday][ge]=today-30')")
    expect(page.locator("table[data-list] tbody")).to_contain_text("Cerca de hoy")
    chip.click()
    expect(value).to_have_value("-30")


def test_a_cell_of_a_list_takes_a_date_as_it_is_typed(tabs, served, person):
    key = person(name="Celda con fecha")
    page = tabs(address="/contacts?q=celda&columns=name,birthday")
    ready(page)
    page.locator("td[data-field=birthday]").dblclick()
    field = page.locator(".cell-editor input")
    expect(field).to_be_focused()
    field.fill("3/4/80")
    page.keyboard.press("Enter")
    expect(page.locator("td[data-field=birthday]")).to_contain_text("3 abr 1980")
    assert kept(served, key) == "1980-04-03"


def test_rates_of_a_file_are_taken_from_a_day_that_is_typed(tabs, tmp_path):
    file = tmp_path / "rates.csv"
    file.write_text("date,currency,rate\n2026-01-05,USD,0.91\n2026-03-05,USD,0.92\n2026-03-06,USD,0.93\n")
    page = tabs(address="/exchange-rates")
    ready(page)
    page.locator("[data-row-file]").click()
    page.set_input_files(".row-file input[type=file]", file)
    told = page.locator(".row-told dd").first
    expect(told).to_have_text("3")
    since = page.locator(".row-file .day-input input")
    since.fill("1/2/2026")
    since.press("Tab")
    expect(since).to_have_value("01/02/2026")
    expect(told).to_have_text("2")
