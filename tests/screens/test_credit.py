"""Who is held, told where it matters; instalments on the invoice; a deposit by amount; rates from a file."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.axe import faults
from tests.support.served import until

from .conftest import es, ready

ECB = b"Date,USD,JPY,XAF,\n2025-02-03,1.0300,160.00,N/A,\n2025-02-02,1.0200,oops,N/A,\n"


@pytest.fixture(scope="package")
def late(post):
    """A customer whose first of two instalments is due today and paid in part, and the invoice."""
    parts = [{"percent": "50", "days": 0}, {"percent": "50", "days": 30}]
    terms = post("payment-terms", name="Mitad y mitad", parts=parts)["id"]
    policy = post("credit-policies", name="Con tacto", levels=[{"days": -1, "effect": "warn"}])["id"]
    account = post("accounts", name="Muebles Ñíguez", country="ES", payment_terms=terms, credit_policy=policy)["id"]
    line = {"description": "Armario", "quantity": "1", "price": "100"}
    invoice = post("invoices", account=account, lines=[line])["id"]
    post(f"invoices/{invoice}/issue")
    post(f"invoices/{invoice}/pay", amount="20")
    return {"account": account, "invoice": invoice}


def test_the_invoice_shows_its_instalments_and_the_customer_is_on_the_list_of_who_is_held(tabs, late):
    page = tabs(address=f"/invoices/{late['invoice']}")
    ready(page)
    rows = page.locator("#instalments tbody tr")
    expect(rows.nth(0)).to_contain_text("40,50")
    expect(rows.nth(0)).to_contain_text(es("Partly paid"))
    expect(rows.nth(1)).to_contain_text("60,50")
    page.goto("/held")
    row = page.locator(f'table.held tr[data-row="{late["account"]}"]')
    expect(row).to_contain_text("Con tacto")
    page.fill("#list-filter", "niguez")
    expect(page.locator("table.held tbody tr")).to_have_count(1)
    page.wait_for_url("**/held?q=niguez")
    assert faults(page, "/held") == []
    page.locator(".tab", has_text=es("Notice")).click()
    expect(row).to_be_visible()
    assert page.locator("a[download$=xlsx]").get_attribute("href") == "/api/v1/held.xlsx"
    row.get_by_role("link", name=es("Open items")).click()
    page.wait_for_url(re.compile(r"/invoices\?filter"))
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)


def test_ageing_is_narrowed_and_sorted_and_stays_so_with_the_way_back(tabs, late, post):
    other = post("accounts", name="Ñíguez Tablas", country="ES")["id"]
    for price in ("1000", "2000"):
        invoice = post("invoices", account=other, lines=[{"description": "Tabla", "quantity": "1", "price": price}])
        post(f"invoices/{invoice['id']}/issue")
    page = tabs()
    page.goto("/ageing")
    page.fill("#list-filter", "niguez")
    names = page.locator("table.aged tbody .name")
    expect(names).to_have_text(["Muebles Ñíguez", "Ñíguez Tablas"])
    page.wait_for_url("**/ageing?q=niguez")
    head = page.locator("table.aged th", has_text=es("Total"))
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(names.first).to_have_text("Ñíguez Tablas")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(names.first).to_have_text("Muebles Ñíguez")
    page.wait_for_url("**/ageing?q=niguez&sort=total")
    assert faults(page, "/ageing") == []
    names.first.click()
    page.wait_for_url("**/statement**")
    page.go_back()
    expect(names.first).to_have_text("Muebles Ñíguez")
    expect(page.locator("#list-filter")).to_have_value("niguez")


def test_ageing_is_summed_by_zone_and_a_sum_opens_its_customers_and_they_their_open_items(tabs, post):
    zone = post("zones", name="Zona de Ñuble")["id"]
    account = post("accounts", name="Cobre de Ñuble", country="ES", zone=zone)["id"]
    invoice = post("invoices", account=account, lines=[{"description": "Hilo", "quantity": "1", "price": "1234"}])["id"]
    post(f"invoices/{invoice}/issue")
    page = tabs()
    page.goto("/ageing")
    page.get_by_role("group", name=es("Sum by")).get_by_role("button", name=es("Zone")).click()
    page.wait_for_url("**/ageing?group=zone")
    page.fill("#list-filter", "nuble")
    names = page.locator("table.aged tbody .name")
    expect(names).to_have_text(["Zona de Ñuble"])
    expect(page.locator("table.aged tfoot")).to_contain_text("1.493,14")
    assert faults(page, "/ageing by zone") == []
    names.first.click()
    page.wait_for_url(f"**/ageing?zone={zone}&itself=1")
    expect(names).to_have_text(["Cobre de Ñuble"])
    expect(page.locator("#ageing-zones")).to_have_value("Zona de Ñuble")
    sheet = page.locator("a[download$=xlsx]").get_attribute("href")
    assert re.fullmatch(rf"/api/v1/ageing\.xlsx\?date=\d{{4}}-\d\d-\d\d&zone={zone}&itself=1", sheet)
    page.reload()
    expect(names).to_have_text(["Cobre de Ñuble"])
    names.first.click()
    page.wait_for_url(f"**/accounts/{account}/statement?show=open")
    expect(page.locator("table.unsettled tbody a.name")).to_have_count(1)
    page.go_back()
    expect(names).to_have_text(["Cobre de Ñuble"])


def test_an_order_says_what_stands_against_the_customer_that_is_chosen(tabs, late, post):
    page = tabs(address="/orders/new", width=768, height=1024, has_touch=True)
    ready(page)
    expect(page.locator(".notices")).to_have_count(0)
    page.fill("#f-account", "Muebles")
    page.get_by_role("option", name="Muebles").first.click()
    expect(page.locator(".notices")).to_contain_text("Con tacto")
    order = post("orders", account=late["account"], lines=[{"description": "Silla", "quantity": "1", "price": "10"}])[
        "id"
    ]
    page.goto(f"/orders/{order}")
    expect(page.locator(".notices")).to_contain_text(es("Notice"))
    assert faults(page, "/orders", ".notices") == []


def test_a_draft_invoice_says_that_the_company_has_no_tax_identifier_and_where_to_write_it(tabs, post):
    account = post("accounts", name="Cliente Sin Emisor", country="ES")["id"]
    invoice = post("invoices", account=account, lines=[{"description": "Obra", "quantity": "1", "price": "10"}])["id"]
    page = tabs(address=f"/invoices/{invoice}")
    ready(page)
    told = page.locator(".notices")
    expect(told).to_contain_text(es("Your company has no tax identifier: the invoice would be issued without it."))
    assert faults(page, "/invoices", ".notices") == []
    told.get_by_role("link", name=es("Company settings")).click()
    page.wait_for_url("**/settings/company")
    post(f"invoices/{invoice}/issue")
    page.goto(f"/invoices/{invoice}")
    expect(page.get_by_text(es("Issued")).first).to_be_visible()
    expect(told).to_have_count(0)


def test_a_deposit_is_asked_for_by_amount(tabs, post):
    account = post("accounts", name="Hotel del Anticipo", country="ES")["id"]
    order = post("orders", account=account, lines=[{"description": "Obra", "quantity": "1", "price": "1000"}])["id"]
    post(f"orders/{order}/confirm")
    page = tabs(address=f"/orders/{order}")
    ready(page)
    page.get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=re.compile(es("Make an invoice") + ":")).click()
    page.locator(".choose .segmented button", has_text=es("Deposit, amount")).click()
    page.locator(".choose-share").fill("1000,50")
    expect(page.locator(".choose .field-error")).to_be_visible()
    page.locator(".choose-share").fill("250,50")
    expect(page.locator(".choose-total b")).to_have_text("303,11 EUR")
    page.locator(".choose button[type=submit]").click()
    page.wait_for_url(re.compile(r"/invoices/\d+$"))
    expect(page.locator(".totals .total").last).to_have_text("303,11")


def test_a_file_of_rates_is_told_before_it_is_written_and_taken_back_by_the_notice(tabs, served):
    def rates():
        with served.http() as browser:
            return browser.get("/api/v1/exchange-rates?size=500").json()["total"]

    page, before = tabs(address="/exchange-rates"), rates()
    ready(page)
    page.locator("[data-row-file]").click()
    chooser, write = page.locator(".row-file input[type=file]"), page.locator(".row-file button[type=submit]")
    chooser.set_input_files({"name": "eurofxref-hist.csv", "mimeType": "text/csv", "buffer": ECB})
    expect(page.locator(".row-lines")).to_contain_text("oops")
    expect(write).to_be_disabled()
    assert faults(page, "/exchange-rates", "dialog[open]") == []
    chooser.set_input_files(
        {"name": "eurofxref-hist.csv", "mimeType": "text/csv", "buffer": ECB.replace(b"oops", b"161")}
    )
    expect(page.locator(".row-told")).to_contain_text("JPY, USD")
    expect(write).to_be_enabled()
    write.click()
    expect(page.locator(".toast").last).to_contain_text(es("The rates are there."))
    assert rates() == before + 4
    page.locator(".toast").last.get_by_role("button", name=es("Undo")).click()
    assert until(lambda: rates() == before)


def test_rows_of_counted_stock_are_pasted_and_only_what_is_made_by_hand_is_offered(tabs, post, served):
    bolt = post("products", name="Perno contado", code="PERNO-C", kind="goods", stocked=True)["id"]
    post("warehouses", name="Nave contada")
    page = tabs(address="/stock-moves/new")
    ready(page)
    reasons = page.locator("select[name=reason] option").all_text_contents()
    assert reasons == [es("Adjustment"), es("Opening stock")]
    page.goto("/stock-moves")
    ready(page)
    page.locator("[data-row-file]").click()
    rows, write = page.locator(".row-file textarea"), page.locator(".row-file button[type=submit]")
    rows.fill("PERNO-C\tNave contada\t7\nNADA\tNave contada\t1")
    expect(page.locator(".row-lines")).to_contain_text("NADA")
    expect(write).to_be_disabled()
    rows.fill("PERNO-C\tNave contada\t7")
    expect(write).to_be_enabled()
    write.click()
    expect(page.locator(".toast").last).to_contain_text(es("The stock is as it was counted."))
    with served.http() as browser:
        assert browser.get(f"/api/v1/products/{bolt}/stock").json()["on_hand"] == "7"


def test_a_statement_is_switched_to_what_is_open_and_stays_so_with_the_way_back(tabs, post):
    account = post("accounts", name="Toldos Abiertos", country="ES")["id"]
    keys = [
        post("invoices", account=account, lines=[{"description": "Toldo", "quantity": "1", "price": price}])["id"]
        for price in ("100", "200")
    ]
    for key in keys:
        post(f"invoices/{key}/issue")
    post(f"invoices/{keys[0]}/pay")
    page = tabs(address=f"/accounts/{account}/statement")
    expect(page.locator("table tbody a.name")).to_have_count(3)
    page.get_by_role("button", name=es("Open items")).click()
    page.wait_for_url("**/statement?show=open&date=*")
    expect(page.locator("table.unsettled tbody a.name")).to_have_count(1)
    expect(page.locator("table.unsettled tfoot")).to_contain_text("242,00")
    sheet = page.locator("a[download$=xlsx]").get_attribute("href")
    assert f"/accounts/{account}/open-items.xlsx?show=open&date=" in sheet
    with page.expect_download() as saved:
        page.get_by_role("link", name="PDF").click()
    assert saved.value.suggested_filename.startswith("Partidas abiertas ")
    assert faults(page, "/statement") == []
    page.reload()
    expect(page.locator("table.unsettled tbody a.name")).to_have_count(1)
    page.get_by_role("button", name=es("Movements")).click()
    expect(page.locator("table tbody a.name")).to_have_count(3)


@pytest.mark.parametrize("address", ["/ageing", "/accounts"])
def test_what_is_typed_before_the_page_is_loaded_waits_for_it(tabs, late, address):
    page = tabs()
    asked, held, free = [], [], []

    def hold(route):
        line = route.connect_to_server()
        route.on_message(lambda sent: (asked.append(sent), line.send(sent)))
        # the socket opens; what the server then tells of the page is held back
        line.on_message(lambda told: held.append((route, told)) if told[:2] == "42" and not free else route.send(told))

    page.route_web_socket(re.compile("/_event"), hold)
    page.goto(address)
    page.fill("#list-filter", "niguez")
    until(lambda: page.evaluate("1") and held)
    page.wait_for_timeout(300)
    assert [sent for sent in asked if "niguez" in str(sent)] == []
    free.append(True)
    for route, told in held:
        route.send(told)
    expect(page.locator("tbody tr").filter(has_text="Muebles")).to_have_count(1)
    expect(page.locator("tbody tr").filter(has_text=re.compile("Cliente|Compras"))).to_have_count(0)
    expect(page.locator("#list-filter")).to_have_value("niguez")


def test_an_invoice_tells_what_settles_it_and_lets_it_be_taken_back(tabs, post):
    account = post("accounts", name="Talleres Saldados", country="ES")["id"]
    order = post("orders", account=account, lines=[{"description": "Obra", "quantity": "1", "price": "1000"}])["id"]
    post(f"orders/{order}/confirm")
    deposit = post(f"orders/{order}/invoice", deposit_amount="100", issue=True)["result"]["id"]
    invoice = post(f"orders/{order}/invoice", issue=True)["result"]["id"]
    payment = post(f"invoices/{invoice}/pay", amount="300")["result"]["id"]
    note = post("invoices", account=account, kind="credit_note", corrects=invoice, lines=[{"description": "Abono", "quantity": "1", "price": "10"}])["id"]  # fmt: skip
    post(f"invoices/{note}/issue")
    page = tabs(address=f"/invoices/{invoice}")
    ready(page)
    rows = page.locator("#settlements tbody tr")
    expect(rows).to_have_count(3)
    for number, (link, kind, money) in enumerate(
        ((f"/payments/{payment}", "Payment", "300,00 EUR"), (f"/invoices/{note}", "Credit note", "12,10 EUR"), (f"/invoices/{deposit}", "Deposit, net", "100,00 EUR"))
    ):  # fmt: skip
        expect(rows.nth(number).get_by_role("link")).to_have_attribute("href", link)
        expect(rows.nth(number)).to_contain_text(es(kind))
        expect(rows.nth(number)).to_contain_text(money)
    expect(rows.nth(2).get_by_role("button")).to_have_count(0)
    assert faults(page, "/invoices", "#settlements") == []
    rows.nth(0).get_by_role("button", name=es("Take back")).dblclick()
    expect(rows).to_have_count(2)
    rows.nth(0).get_by_role("button", name=es("Take back")).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(es("Deposit, net"))
    free = page.locator("#free-means > p")
    expect(free).to_have_count(2)
    assert faults(page, "/invoices", "#free-means") == []
    free.nth(0).get_by_role("button").dblclick()
    expect(free).to_have_count(1)
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("300,00 EUR")
    expect(free).to_contain_text("12,10 EUR")
    post(f"payments/{payment}/unallocate")
    page.goto(f"/invoices/{deposit}")
    expect(rows.get_by_role("link")).to_have_attribute("href", f"/invoices/{invoice}")
    post(f"payments/{payment}/allocate")
    page.goto(f"/invoices/{invoice}")
    expect(rows).to_have_count(2)
    page.goto(f"/invoices/{note}")
    expect(page.get_by_text(es("Issued")).first).to_be_visible()
    expect(rows).to_have_count(0)
