"""A part of a document, several documents in one, and the printed page, in the browser."""

import re
import zipfile

from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, head, ready

INVOICE = re.compile(r"/invoices/\d+$")


def order_of(post, goods, customer=None, quantity="10"):
    """A confirmed order of bolts and two hours."""
    lines = [{"product": goods["bolt"], "quantity": quantity}, {"product": goods["hour"], "quantity": "2"}]
    key = post("orders", account=customer or goods["customer"], lines=lines)["id"]
    post(f"orders/{key}/confirm")
    return key


def pick(page, name):
    """Take an entry of the verbs' menu."""
    head(page).get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=name, exact=True).click()


def test_lines_are_chosen_by_keyboard_and_the_sum_follows(tabs, post, goods, served):
    order = order_of(post, goods)
    page = tabs(address=f"/orders/{order}")
    ready(page)
    pick(page, es("{verb}: choose lines…").format(verb=es("Make an invoice")))
    dialog = page.get_by_role("dialog")
    total = dialog.locator(".choose-total b")
    expect(total).to_have_text("127,05 EUR")  # (25 + 80) with 21 %
    bolts = dialog.locator("tbody tr").first.locator("input.input")
    bolts.fill("10,5")
    expect(dialog.locator(".field-error")).to_have_text(es("At most {most} is left.").format(most="10"))
    expect(bolts).to_have_attribute("aria-invalid", "true")
    bolts.fill("4")
    dialog.locator("tbody tr").nth(1).get_by_role("checkbox").press("Space")
    expect(total).to_have_text("12,10 EUR")
    assert faults(page) == []
    dialog.get_by_role("button", name=es("Make an invoice"), exact=True).dblclick()
    page.wait_for_url(INVOICE)
    with served.http() as browser:
        found = browser.get("/api/v1/invoices", params={"filter[order]": order}).json()["items"]
    assert [one["total"] for one in found] == ["12.10"]


def test_a_share_and_another_order_go_in_by_touch(tabs, post, goods):
    first = order_of(post, goods)
    order_of(post, goods, quantity="20")
    page = tabs(address=f"/orders/{first}", width=768, height=1024, has_touch=True)
    ready(page)
    pick(page, es("{verb}: choose lines…").format(verb=es("Make an invoice")))
    dialog = page.get_by_role("dialog")
    dialog.locator(".choose-others input").tap()
    expect(dialog.locator("tbody tr")).to_have_count(4)
    dialog.get_by_role("button", name=es("A part"), exact=True).tap()
    expect(dialog.locator(".choose-net b")).to_have_text("117,50 EUR")  # half of 25 + 80 + 50 + 80
    dialog.get_by_role("button", name=es("Make an invoice"), exact=True).tap()
    page.wait_for_url(INVOICE)
    expect(page.locator(".totals .total").last).to_have_text("142,18")


def test_picked_orders_of_one_customer_become_one_invoice_and_of_two_none(tabs, post, goods, served):
    mine = [order_of(post, goods), order_of(post, goods)]
    stranger = post("accounts", name=f"Otra casa {goods['mark']}", country="ES")["id"]
    theirs = order_of(post, goods, customer=stranger)
    page = tabs(address="/orders")
    ready(page)
    for key in (*mine, theirs):
        page.locator(f'table[data-list] tr[data-row="{key}"] [data-pick]').check()
    bar = page.locator(".bulk")
    bar.get_by_role("button", name=es("Make an invoice")).click()
    expect(page.locator(".toast").last).to_contain_text(
        es("Only documents of one customer in one currency go into one.")
    )
    page.locator(f'table[data-list] tr[data-row="{theirs}"] [data-pick]').uncheck()
    bar.get_by_role("button", name=es("Make an invoice")).click()
    page.wait_for_url(INVOICE)
    expect(page.locator(".totals .total").last).to_have_text("254,10")


def test_the_papers_of_what_is_picked_come_in_one_file_by_touch_too(tabs, post, goods):
    orders = [order_of(post, goods) for _ in range(21)]
    mine = orders[-2:]
    page = tabs(address="/orders", width=768, height=1024, has_touch=True)
    ready(page)
    for key in mine:
        page.locator(f'table[data-list] tr[data-row="{key}"] [data-pick]').check()
    link = page.locator(".bulk").get_by_role("link", name="PDF")
    expect(link).to_have_attribute("href", "/api/v1/orders/papers.zip?ids=" + ",".join(map(str, mine)))
    assert faults(page, place=".bulk") == []
    with page.expect_download() as coming:
        link.tap()
    expect(page.locator(".toast").last).to_contain_text(es("The PDFs are being prepared and come as one ZIP file."))
    with zipfile.ZipFile(coming.value.path()) as whole:
        assert [whole.read(name)[:4] for name in whole.namelist()] == [b"%PDF"] * 2
    page.locator(".bulk-all").tap()
    expect(link).to_have_count(0)
    with page.expect_download() as coming:  # so many are drawn by a job
        page.locator(".bulk").get_by_role("button", name="PDF").tap()
        expect(page.locator(".bulk-running").get_by_role("progressbar")).to_be_visible()
    with zipfile.ZipFile(coming.value.path()) as whole:
        count = len(whole.namelist())
    assert count >= len(orders)
    expect(page.locator(".toast").last).to_contain_text(es("PDFs in the ZIP file: {count}.").format(count=count))
    page.goto(page.url.rpartition("/")[0] + "/jobs")
    with page.expect_download() as again:
        page.get_by_role("link", name=es("Download")).first.tap()
    assert again.value.suggested_filename == coming.value.suggested_filename


def test_an_option_is_taken_where_one_ticks_it(tabs, post, goods, served):
    lines = [
        {"product": goods["bolt"], "quantity": "10"},
        {"product": goods["hour"], "quantity": "2", "choice": "optional"},
    ]
    page = tabs(address=f"/quotes/{post('quotes', account=goods['customer'], lines=lines)['id']}")
    ready(page)
    pick(page, es("{verb}: choose lines…").format(verb=es("Make an order")))
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".choose-total b")).to_have_text("30,25 EUR")
    option = dialog.locator("tbody tr").nth(1)
    expect(option).to_contain_text(es("Optional"))
    expect(option.get_by_role("checkbox")).not_to_be_checked()
    option.get_by_role("checkbox").check()
    expect(dialog.locator(".choose-total b")).to_have_text("127,05 EUR")
    dialog.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(r"/orders/\d+$"))
    with served.http() as browser:
        order = browser.get(f"/api/v1/orders/{page.url.rsplit('/', 1)[1]}").json()
    assert order["total"] == "127.05"


def test_the_printed_page_is_shown_over_the_form_and_nothing_is_framed(tabs, post, goods, served):
    order = order_of(post, goods)
    page = tabs(address=f"/orders/{order}", width=1024, height=768)
    ready(page)
    pick(page, es("Preview"))
    paper = page.get_by_role("dialog").get_by_role("img")
    expect(paper).to_have_accessible_name(es("Printed page {n}").format(n=1))
    expect(paper).to_contain_text(re.compile(r"P-\d{4}-\d+.*Talleres Quintana"))
    assert faults(page, place="dialog[open]") == []
    address = page.get_by_role("dialog").get_by_role("link").get_attribute("href")
    with served.http() as browser:
        file = browser.get(address)
    assert (file.headers["content-type"], file.content[:4]) == ("application/pdf", b"%PDF")
    assert file.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in file.headers["content-security-policy"]
    page.keyboard.press("Escape")
    expect(paper).to_have_count(0)


def test_the_page_is_drawn_beside_the_document_while_it_is_written(tabs, post):
    post("accounts", name="Papelera Ágata", country="ES", roles=["customer"], street="Calle del Papel, 7", city="Soria")
    post("products", name="Resma Ágata", code="RS-AGATA", price="4", cost="3", currency="EUR")
    page = tabs(address="/quotes/new")
    aside = page.locator("aside")
    expect(aside).to_contain_text(es("Choose a customer and add a line: the printed page appears here."))
    page.fill("#f-account", "Papelera Ágata")
    page.get_by_role("option", name="Papelera Ágata").click()
    expect(page.locator("#f-currency")).to_have_attribute("placeholder", "EUR")
    expect(page.locator("#f-ship_street")).to_have_attribute("placeholder", "Calle del Papel, 7")
    page.locator('table.lines [data-field="product"]').first.fill("Resma Ágata")
    page.get_by_role("option", name="RS-AGATA").click()

    paper = aside.get_by_role("img")
    for word in ("Papelera Ágata", "Calle del Papel, 7", "Resma Ágata", "4,84", es("Draft").upper()):
        expect(paper).to_contain_text(word)
    expect(aside.locator(".told")).to_contain_text("25,0")
    page.fill("#f-notes", "สวัสดี 北京")
    strange = aside.locator(".told > div", has_text=es("Printed as a question mark"))
    expect(strange.locator("dd")).to_have_text("สวด")
    page.fill("#f-notes", "Se entrega por la mañana")
    expect(strange).to_have_count(0)
    expect(paper).to_contain_text("Se entrega por la mañana")
    assert faults(page, "/quotes/new") == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/quotes/\d+$"))
    expect(paper).to_contain_text("Se entrega por la mañana")
    page.locator(".aside-sides").get_by_role("button", name=es("History")).click()
    expect(aside).to_contain_text(es("created it"))
    page.locator("[data-primary]").click()
    expect(page.locator(".badge", has_text=es("Sent"))).to_be_visible()
    page.locator(".aside-sides").get_by_role("button", name=es("Preview")).click()
    expect(paper).to_contain_text("COT-")
    expect(paper).not_to_contain_text(es("Draft").upper())
    assert faults(page, "/quotes/1") == []
