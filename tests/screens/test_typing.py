"""What is typed into the grid quicker than the server answers, or not left before it is saved, goes nowhere else and is not lost."""

from playwright.sync_api import expect

from .conftest import es, ready
from .test_grid import cell, code, fresh, middle, paste, stays, total


def slowly(page, latency):
    """The same network, far away."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    far = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", far)


def typed(page, *keys):
    for key in keys:
        page.keyboard.type(key, delay=20)
        page.keyboard.press("Tab")


def groups(page):
    return page.evaluate(
        """() => [...document.querySelectorAll('table.lines tr[data-key]')].map(line =>
          line.querySelector('[data-field=group], [data-field=product]').value)"""
    )


def test_lines_typed_ahead_of_a_slow_server_are_the_lines_that_are_saved(tabs, shop):
    page = fresh(tabs)
    slowly(page, 900)
    for what, how in (("RJ-NUT", "3"), ("RJ-BOLT", "2"), ("Portes", "1")):
        typed(page, what, how, "")
        page.keyboard.press("Enter")
    expect(cell(page, "product", 3)).to_be_focused()
    page.keyboard.press("ArrowUp")
    cell(page, "price", 2).fill("4,5")
    cell(page, "product", 3).focus()
    page.keyboard.type("RJ-BOLT", delay=20)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: "/new" not in address)
    ready(page)
    stays(page, "product", ["Tuerca rejilla", "Perno rejilla", "Portes", "Perno rejilla"])
    stays(page, "quantity", ["3", "2", "1", "1"])
    expect(total(page)).to_have_text("30,86")  # (6 + 10 + 4.50 + 5) with 21 %


def test_what_is_being_typed_is_saved_kept_or_taken_back_by_escape(tabs, shop):
    page = fresh(tabs)
    page.keyboard.type("Portes a obra", delay=20)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".line-faults")).to_contain_text(es("This is needed."))
    stays(page, "product", ["Portes a obra"])
    cell(page, "product", 0).focus()
    page.keyboard.type("RJ-", delay=20)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cell(page, "product", 0)).to_be_focused()
    stays(page, "product", ["Portes a obra"])
    page.keyboard.type("RJ-NUT", delay=20)
    cell(page, "quantity", 0).click()  # a code that is left by mouse is the product's all the same
    stays(page, "product", ["Tuerca rejilla"])
    page.keyboard.press("Control+z")
    stays(page, "product", ["Portes a obra"])
    page.keyboard.press("Enter")
    page.keyboard.type("Sin salir", delay=20)
    page.wait_for_timeout(400)
    page.reload()
    ready(page)
    stays(page, "product", ["Portes a obra", "Sin salir"])


def test_a_group_goes_as_a_whole_and_its_name_is_saved_while_it_is_typed(tabs, shop):
    page = fresh(tabs)
    code(page, "RJ-NUT", "Tuerca")
    page.get_by_role("button", name=es("Group"), exact=True).click()
    page.keyboard.type("Montaje")
    page.keyboard.press("Enter")
    expect(cell(page, "product", 1)).to_be_focused()
    for _ in range(2):
        code(page, "RJ-BOLT", "Perno")
        typed(page, "", "")
        page.keyboard.press("Enter")
    expect(page.locator("tr.subtotal .num")).to_have_text("10,00")
    name = page.locator("tr.group input")
    name.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(name).to_be_focused()
    assert groups(page) == ["Montaje", "Perno rejilla", "Perno rejilla", "", "Tuerca rejilla"]
    page.locator("tr.group [data-grip]").hover()
    page.mouse.down()
    x, y = middle(cell(page, "product", 3))
    page.mouse.move(x, y - 5, steps=4)
    page.mouse.move(x, y + 5, steps=4)
    page.mouse.up()
    assert groups(page) == ["Tuerca rejilla", "Montaje", "Perno rejilla", "Perno rejilla", ""]
    name.focus()
    page.keyboard.press("Control+Delete")
    assert groups(page) == ["Tuerca rejilla", "Perno rejilla", "Perno rejilla", ""]
    page.keyboard.press("Control+z")
    name.fill("Acabado")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: "/new" not in address)
    ready(page)
    assert groups(page) == ["Tuerca rejilla", "Acabado", "Perno rejilla", "Perno rejilla"]


def test_a_column_of_numbers_goes_down_its_column(tabs, shop):
    page = fresh(tabs)
    for _ in range(2):
        code(page, "RJ-NUT", "Tuerca")
        typed(page, "", "")
        page.keyboard.press("Enter")
    cell(page, "quantity", 0).focus()
    paste(page, "5\t1,10 €\n7\t\n2\t3\n4\n")
    stays(page, "quantity", ["5", "7", "2", "4"])
    assert [cell(page, "price", line).input_value() for line in range(4)] == ["1,10", "", "3", ""]
    expect(page.locator(".line-faults")).to_have_count(2)
    expect(page.locator(".line-faults").last).to_contain_text(es("Choose a product or write what it is."))
    page.keyboard.press("Control+z")
    stays(page, "quantity", ["1", "1", "1"])
    expect(page.locator(".line-faults")).to_have_count(0)
