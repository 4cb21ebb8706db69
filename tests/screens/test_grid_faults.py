"""What stands against a line is said at its cell, and an opened line and the shares can be used by everybody."""

import pytest
from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, ready


@pytest.fixture(scope="package")
def shop(served, post):
    """A customer, and products of which one is not sold any more and one is in a tax class without a rate."""

    def make(path, **values):
        return post(path, **values)["id"]

    found = {
        "customer": make("accounts", name="Faltas Soria", country="ES"),
        "good": make("products", name="Falta buena", code="FA-OK", price="17.2", currency="EUR", stocked=True),
        "gone": make("products", name="Falta retirada", code="FA-OLD", price="3", currency="EUR"),
        "untaxed": make("products", name="Falta sin tipo", code="FA-TAX", price="4", currency="EUR", tax_class="zero"),
    }

    def invoice(*names):
        lines = [{"product": found[name], "quantity": "2"} for name in names]
        return make("invoices", account=found["customer"], lines=lines)

    found |= {"sold": invoice("good", "gone"), "taxed": invoice("good", "untaxed"), "plain": invoice("good")}
    with served.http() as browser:
        assert browser.patch(f"/api/v1/products/{found['gone']}", json={"active": False}).status_code == 200
    return found


@pytest.fixture
def opened(tabs, shop):
    """A draft of the shop in a tab."""

    def go(name):
        page = tabs(address=f"/invoices/{shop[name]}")
        ready(page)
        expect(cell(page, "price", 0)).to_have_value("17,20")
        return page

    return go


@pytest.fixture
def ten_percent(served):
    """The company gives ten percent at most, until the test ends."""
    with served.http() as browser:
        assert browser.patch("/api/v1/settings", json={"max_discount": "10"}).status_code == 200
    yield
    with served.http() as browser:
        browser.patch("/api/v1/settings", json={"max_discount": None})


def cell(page, field, line):
    return page.locator(f'table.lines tbody tr[data-key]:not(.line-more):not(.group) [data-field="{field}"]').nth(line)


def told(page, field, line):
    """What the cell says is wrong with it."""
    marked = cell(page, field, line)
    expect(marked).to_have_attribute("aria-invalid", "true")
    return page.locator(f"#{marked.get_attribute('aria-describedby')}")


@pytest.fixture
def no_zero_rate(served):
    """There is no rate of the class "zero" today, until the test ends."""
    with served.http() as browser:
        rates = browser.get("/api/v1/tax-rates?filter[tax_class]=zero&size=100").json()["items"]
        assert rates
        for rate in rates:
            later = {"valid_from": "2999-01-01", "valid_to": None}
            assert browser.patch(f"/api/v1/tax-rates/{rate['id']}", json=later).status_code == 200
        yield
        for rate in rates:
            before = {name: rate[name] for name in ("valid_from", "valid_to")}
            assert browser.patch(f"/api/v1/tax-rates/{rate['id']}", json=before).status_code == 200


def test_a_discount_over_the_limit_is_refused_at_its_cell(opened, ten_percent):
    page = opened("plain")
    cell(page, "discount", 0).fill("10,5")
    expect(told(page, "discount", 0)).to_contain_text(es("At most {most} %.").format(most="10"))
    cell(page, "discount", 0).fill("10")
    expect(cell(page, "discount", 0)).not_to_have_attribute("aria-invalid", "true")


def test_a_product_that_is_not_sold_any_more_is_refused_at_its_cell(opened):
    page = opened("sold")
    cell(page, "quantity", 1).fill("3")
    expect(told(page, "product", 1)).to_contain_text(es("This product is not active."))
    expect(cell(page, "product", 0)).not_to_have_attribute("aria-invalid", "true")


def test_a_tax_class_without_a_rate_is_refused_at_its_line(opened, no_zero_rate):
    page = opened("taxed")
    page.locator(".record-head").get_by_role("button", name=es("Issue"), exact=True).click()
    text = es("There is no tax rate for this class on that day. Add one in the settings.")
    expect(page.locator(".line-faults")).to_have_count(1)
    expect(page.locator(".line-faults")).to_contain_text(text)
    expect(page.locator("tr:has(+ .line-faults) [data-field=product]")).to_have_value("Falta sin tipo")


def test_a_price_shows_two_decimals_and_keeps_six(opened, shop, served):
    page = opened("plain")
    cell(page, "price", 0).fill("17,123456")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    expect(cell(page, "price", 0)).to_have_value("17,123456")
    cell(page, "price", 0).fill("17,2")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".unsaved")).to_be_hidden()
    expect(cell(page, "price", 0)).to_have_value("17,20")
    with served.http() as browser:
        assert browser.get(f"/api/v1/invoices/{shop['plain']}").json()["lines"][0]["price"] == "17.2"


def test_an_opened_line_and_the_shares_are_for_everybody(opened):
    page = opened("plain")
    cell(page, "product", 0).focus()
    page.keyboard.press("Alt+Enter")
    expect(page.locator(".line-more")).to_be_visible()
    shares = page.locator(".rows", has=page.locator("input[name=shares]"))
    shares.get_by_role("button", name=es("Add share")).click()
    expect(shares.locator(".rows-line")).to_have_count(1)
    shares.evaluate("rows => rows.scrollIntoView({block: 'center'})")  # not half behind the bar at the foot
    assert faults(page, "an opened line and shares") == []
