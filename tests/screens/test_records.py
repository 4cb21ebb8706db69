"""What stands beside a record: notes, files, related records, a vCard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, head, ready

pytestmark = pytest.mark.browser
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def made_in(served):
    """Make a record of any list over the API; its id."""

    def make(resource, **values):
        with served.http() as browser:
            answer = browser.post(f"/api/v1/{resource}", json=values)
            assert answer.status_code == 201, answer.text
            return answer.json()["id"]

    return make


def note_of(page, text):
    return page.locator(".event", has=page.locator(".note-text", has_text=text))


def test_a_note_is_written_changed_removed_and_brought_back(tabs, made):
    page = tabs(address=f"/accounts/{made(name='Notas S. L.')}")
    ready(page)
    page.fill("#f-city", "Sin guardar")
    page.fill(".composer textarea", "Llamar el lunes")
    page.click(".composer button[type=submit]")
    expect(note_of(page, "Llamar el lunes")).to_be_visible()
    expect(page.locator(".composer textarea").first).to_have_value("")
    expect(page.locator("#f-city")).to_have_value("Sin guardar")
    note_of(page, "Llamar el lunes").get_by_role("button", name=es("Edit")).click()
    page.fill(".composer.is-inside textarea", "Llamar el martes")
    page.click(".composer.is-inside button[type=submit]")
    note_of(page, "Llamar el martes").get_by_role("button", name=es("Remove")).click()
    expect(page.locator(".note-text")).to_have_count(0)
    page.locator(".toast", has_text=es("Note removed.")).get_by_role("button", name=es("Undo")).click()
    expect(note_of(page, "Llamar el martes")).to_be_visible()


def test_a_note_that_is_sent_twice_is_written_once(tabs, made, served):
    key = made(name="Nota doble S. L.")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.fill(".composer textarea", "Con dos pulsaciones")
    page.locator(".composer button[type=submit]").dblclick()
    expect(note_of(page, "Con dos pulsaciones")).to_be_visible()
    expect(page.locator(".composer textarea").first).to_have_value("")
    page.fill(".composer textarea", "Con dos envíos")
    page.evaluate(
        "() => { const box = document.querySelector('.composer'); box.requestSubmit(); box.requestSubmit(); }"
    )
    expect(note_of(page, "Con dos envíos")).to_be_visible()
    expect(page.locator(".composer textarea").first).to_have_value("")
    page.fill(".composer textarea", "Otra")
    page.click(".composer button[type=submit]")
    expect(note_of(page, "Otra")).to_be_visible()
    with served.http() as browser:
        texts = [note["text"] for note in browser.get(f"/api/v1/accounts/{key}/notes").json()["items"]]
    assert texts == ["Otra", "Con dos envíos", "Con dos pulsaciones"]


def test_a_reader_sees_notes_and_files_but_adds_none(tabs, made, served):
    key = made(name="Solo lectura")
    with served.http() as browser:
        browser.post(f"/api/v1/accounts/{key}/notes", json={"text": "A la vista"})
    page = tabs("reader", address=f"/accounts/{key}")
    ready(page)
    expect(note_of(page, "A la vista")).to_be_visible()
    expect(page.locator(".composer")).to_have_count(0)
    expect(page.locator(".file-drop")).to_have_count(0)


def tab(page, name):
    """Open that tab of the record, whose count may stand beside its name."""
    page.locator(".record-tabs").get_by_role("tab", name=re.compile(f"^{re.escape(name)}")).click()


def test_files_come_are_refused_are_saved_go_and_come_back(tabs, made, tmp_path):
    large = tmp_path / "grande.bin"
    with large.open("wb") as file:
        file.truncate(25_000_001)
    small = tmp_path / "oferta ñ.txt"
    small.write_text("hola")
    page = tabs(address=f"/accounts/{made(name='Archivos S. L.')}")
    ready(page)
    tab(page, es("Files"))
    page.set_input_files(".file-drop input[multiple]", [small, large])
    row = page.locator("#files .item", has_text="oferta ñ.txt")
    expect(row).to_contain_text("4 B")
    expect(page.locator(".file-sent", has_text="grande.bin")).to_contain_text("25 MB")
    answer = page.request.get(row.get_by_role("link").get_attribute("href"))
    assert (answer.text(), answer.headers["content-disposition"].partition(";")[0]) == ("hola", "attachment")
    row.get_by_role("button").click()
    expect(row).to_have_count(0)
    page.locator(".toast", has_text="oferta ñ.txt").get_by_role("button", name=es("Undo")).click()
    expect(row).to_be_visible()


def let_go(page, place, moment, name):
    """A file is carried over that place ("dragover") or let go there ("drop"); whether the page has taken care of it."""
    return page.evaluate(
        """([place, moment, name]) => {
            const carried = new DataTransfer();
            carried.items.add(new File(["hola"], name, { type: "text/plain" }));
            const told = new DragEvent(moment, { dataTransfer: carried, bubbles: true, cancelable: true });
            document.querySelector(place).dispatchEvent(told);
            return told.defaultPrevented;
        }""",
        [place, moment, name],
    )


def test_a_file_may_be_let_go_anywhere_on_a_record_and_nowhere_leaves_the_page(tabs, made):
    page = tabs(address=f"/accounts/{made(name='Soltar S. L.')}")
    ready(page)
    page.fill("#f-city", "Sin guardar")
    assert let_go(page, "h1", "dragover", "suelto.txt")
    expect(page.locator(".drop-veil")).to_have_text(es("Let go to add them"))
    assert let_go(page, "h1", "drop", "suelto.txt")
    expect(page.locator("#files .item", has_text="suelto.txt")).to_be_visible()
    expect(page.locator(".drop-veil")).to_have_count(0)
    assert let_go(page, "h1", "drop", "otro.txt")
    expect(page.locator("#files .item")).to_have_count(2)
    tab(page, es("Details"))
    expect(page.locator("#f-city")).to_have_value("Sin guardar")
    page.goto("/accounts")
    ready(page)
    assert let_go(page, "h1", "dragover", "fuera.txt")
    assert let_go(page, "h1", "drop", "fuera.txt")


def test_a_press_on_undo_counts_though_the_page_changes_under_it(tabs, made, stored):
    key = made(name="Pulsación S. L.", city="Ávila")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.fill("#f-city", "Soria")
    page.keyboard.press("Control+Enter")
    page.locator(".toast").get_by_role("button", name=es("Undo")).hover()
    page.mouse.down()
    page.evaluate("document.querySelector('nav a[href=\"/contacts\"]').click()")
    page.wait_for_url("**/contacts")
    ready(page)
    page.mouse.up()
    expect(page.locator(".toast", has_text=es("Undone."))).to_have_count(1)
    assert stored(key)["city"] == "Ávila"


def test_tabs_that_have_no_room_fade_and_the_chosen_one_is_in_sight(tabs, made, made_in):
    key = made(name="Pestañas S. L.")
    for kind in ("quotes", "orders", "deliveries", "invoices"):
        made_in(kind, account=key, lines=[{"description": "Algo", "quantity": "1", "price": "10"}])
    page = tabs(address=f"/accounts/{key}", width=640, has_touch=True)
    ready(page)
    row = page.locator(".record-tabs .tabs-list")
    expect(row).to_have_attribute("data-more", "after")
    assert "calc(100% - 48px)" in row.evaluate("one => getComputedStyle(one).maskImage")
    tab(page, es("Files"))
    expect(row).to_have_attribute("data-more", "before")
    expect(row.get_by_role("tab", selected=True)).to_be_in_viewport(ratio=0.9)


def test_a_product_shows_its_newest_picture(tabs, made_in, tmp_path):
    picture = tmp_path / "foto.png"
    picture.write_bytes(PNG)
    page = tabs(address=f"/products/{made_in('products', name='Con foto')}")
    ready(page)
    tab(page, es("Files"))
    page.set_input_files(".file-drop input[multiple]", picture)
    expect(page.locator(".record-head .record-picture")).to_be_visible()
    assert page.locator(".record-picture").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1


def test_a_price_stands_in_the_head_with_what_it_is_in(tabs, made_in):
    key = made_in("products", name="Con precio", code="CP-1", price="1234.567891", currency="USD", unit="caja")
    page = tabs(address=f"/products/{key}")
    ready(page)
    expect(page.locator(".facts .fact dd")).to_have_text(["CP-1", "1.234,567891\u00a0USD", "caja", "\u2013"])


def test_related_records_are_links_to_themselves_and_to_their_list(tabs, made, made_in):
    mother = made(name="Casa madre")
    made(name="Hija primera", parent=mother)
    made_in("contacts", name="Begoña Ruiz", accounts=[{"account": mother, "title": "Compras"}])
    page = tabs(address=f"/accounts/{mother}")
    ready(page)
    around = es("{what} around it").replace("{what}", es("Accounts"))
    tab(page, around)
    related = page.locator(".related-panel")
    related.get_by_role("link", name=es("Show all")).click()
    page.wait_for_url(re.compile(rf"/accounts\?filter%5Bparent%5D={mother}$"))
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)
    page.go_back()
    tab(page, es("Contacts"))
    expect(related).to_contain_text("Compras")
    related.get_by_role("link", name="Begoña Ruiz").click()
    expect(page.locator("h1")).to_have_text("Begoña Ruiz")
    tab(page, es("Accounts"))
    related.get_by_role("link", name="Casa madre").click()
    expect(page.locator("h1")).to_have_text("Casa madre")


def test_what_is_related_and_the_files_have_tabs_with_their_counts_and_the_form_keeps_what_was_typed(
    tabs, made, post, goods
):
    lines = [{"description": "Silla", "quantity": "1", "price": "10"}]
    key = made(name="Con pestañas S. L.", country="ES", roles=["customer"])
    for _ in range(2):
        invoice = post("invoices", account=key, lines=lines)["id"]
    number = post(f"invoices/{invoice}/issue")["number"]
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    strip = page.locator(".record-tabs")
    assert strip.get_by_role("tab").all_inner_texts() == [
        es("Details"),
        f"{es('Invoices')}\n2",
        f"{es('Lines')}\n1",
        es("Files"),
    ]
    expect(page.locator(".fact", has_text=es("Balance")).first).to_contain_text(es("1 open invoice"))
    page.fill("#f-city", "Sin guardar")
    tab(page, es("Invoices"))
    expect(page.locator("#f-city")).to_be_hidden()
    row = page.locator(".related-list li", has_text=number)
    expect(row.locator(".badge")).to_have_count(1)
    expect(page.locator(".related-list li", has_text=es("Draft"))).to_have_count(1)
    expect(page.locator(".unsaved")).to_be_visible()
    assert faults(page) == []
    tab(page, es("Details"))
    expect(page.locator("#f-city")).to_have_value("Sin guardar")
    page.fill("#f-email", "esto no es")
    tab(page, es("Invoices"))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-email")).to_be_visible()  # what is wrong is shown
    expect(page.locator(".record-tabs [aria-selected=true]")).to_have_text(es("Details"))


def test_contacts_notes_and_files_of_daughters_are_rolled_up(tabs, made, made_in, served):
    mother = made(name="Cabecera")
    house = made(name="Intermedia", parent=mother)
    shop = made(name="Tienda del fondo", parent=house)
    made_in("contacts", name="Gloria Fondo", accounts=[{"account": shop, "title": "Ventas"}])
    with served.http() as browser:
        browser.post(f"/api/v1/accounts/{shop}/notes", json={"text": "Nota del fondo"})
        browser.post(f"/api/v1/accounts/{shop}/attachments?name=fondo.txt", content=b"fondo")
    page = tabs(address=f"/accounts/{house}")
    ready(page)
    related, files = page.locator(".related-panel"), page.locator("#files .item")
    tab(page, es("{what} around it").replace("{what}", es("Accounts")))
    expect(related.locator("[data-level='0']")).to_have_text("Cabecera")
    expect(related.locator("[data-level='1'] [aria-current]")).to_have_text("Intermedia")
    expect(related.locator("[data-level='2']")).to_have_text("Tienda del fondo")
    tab(page, es("Details"))
    page.fill("#f-city", "Sin guardar")
    below = page.get_by_role("switch", name=es("With what is below it"))
    below.check()
    tab(page, es("Contacts"))
    expect(related).to_contain_text("Gloria Fondo")
    expect(related).to_contain_text("Ventas \u00b7 Tienda del fondo")
    tab(page, es("Notes"))
    expect(related).to_contain_text("Nota del fondo")
    tab(page, es("Files"))
    expect(files.filter(has_text="fondo.txt")).to_contain_text("Tienda del fondo")
    tab(page, es("Contacts"))
    below.uncheck()
    expect(page.get_by_role("tab", name=re.compile(f"^{es('Contacts')}"))).to_have_count(0)
    expect(page.locator("#f-city")).to_have_value("Sin guardar")  # the form is back, as it was left
    tab(page, es("Files"))
    expect(files).to_have_count(0)


def test_a_contact_is_saved_as_a_vcard(tabs, made_in):
    page = tabs(address=f"/contacts/{made_in('contacts', name='José Núñez')}")
    ready(page)
    page.locator(".page-actions button").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=es("Save as vCard")).click()
    assert download.value.suggested_filename == "José Núñez.vcf"
    assert "FN:José Núñez" in Path(download.value.path()).read_text()


def test_a_record_is_never_shown_under_the_address_of_another(tabs, made):
    first, second = (made(name=name) for name in ("Minas Viejas", "Minas Nuevas"))
    page = tabs(address=f"/accounts/{first}")
    expect(page.locator(".record-head")).to_contain_text("Minas Viejas")
    page.locator("nav").get_by_role("link", name=es("Accounts")).first.click()
    page.fill("#list-filter", "minas")
    link = page.locator(f'table[data-list] a[href="/accounts/{second}"]').first
    expect(link).to_be_visible()
    page.evaluate(
        """() => {
          window.told = [];
          const look = () => {
            if (/^.accounts.[0-9]+$/.test(location.pathname)) window.told.push(document.querySelector("main")?.textContent + document.title);
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    link.click()
    expect(page.locator(".record-head")).to_contain_text("Minas Nuevas")
    told = page.evaluate("window.told")
    assert told
    assert not [text for text in told if "Minas Viejas" in text]


def test_a_record_is_read_while_its_link_is_pressed_and_again_with_the_next_press(tabs, made, served):
    key = made(name="Presurosa S. L.", city="Soria")
    page = tabs()
    with page.expect_websocket() as opened:
        page.goto("/accounts?q=Presurosa")
    ready(page)
    link = page.locator("table[data-list] a.row-link", has_text="Presurosa")
    link.hover()
    with opened.value.expect_event("framereceived", lambda frame: "account_record" in frame and "Soria" in frame):
        page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    assert page.url.endswith("/accounts?q=Presurosa"), "pressed is not clicked"
    with served.http() as browser:
        tag = browser.get(f"/api/v1/accounts/{key}").headers["etag"]
        changed = browser.patch(f"/api/v1/accounts/{key}", json={"city": "Teruel"}, headers={"If-Match": tag})
        assert changed.status_code == 200, changed.text
    page.wait_for_timeout(1_100)  # a press within a second asks for nothing again: it is the same click
    link.click()
    expect(page.locator("#f-city")).to_have_value("Teruel")
    page.go_back()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#f-city")).to_have_value("Teruel")


def test_the_next_step_of_an_account_is_a_quote_for_it(tabs, made):
    key = made(name="Ofertas Prado S. L.", roles=["customer"], credit_limit="900")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    expect(page.locator(".fact dt")).to_contain_text([es("Balance"), es("Overdue balance"), es("Credit left")])
    expect(page.locator(".record-owner")).to_be_visible()
    page.locator(".record-head .button-primary").click()
    page.wait_for_url(f"**/quotes/new?account={key}")
    expect(page.locator("#f-account")).to_have_value("Ofertas Prado S. L.")


def test_the_records_before_and_after_in_the_list_are_one_press_away(tabs, made):
    keys = [made(name=f"Vecino {letter}") for letter in "abc"]
    page = tabs(address="/accounts?q=vecino&sort=name")
    ready(page)
    page.get_by_role("link", name="Vecino b").click()
    page.wait_for_url(f"**/accounts/{keys[1]}")
    page.get_by_role("link", name=es("Next in the list")).click()
    page.wait_for_url(f"**/accounts/{keys[2]}")
    expect(page.locator("h1")).to_have_text("Vecino c")
    expect(page.get_by_role("button", name=es("Next in the list"))).to_be_disabled()
    page.get_by_role("link", name=es("Previous in the list")).click()
    page.get_by_role("link", name=es("Previous in the list")).click()
    page.wait_for_url(f"**/accounts/{keys[0]}")
    other = tabs(address=f"/accounts/{keys[0]}")
    ready(other)
    expect(other.locator(".neighbours")).to_have_count(0)


def test_an_issued_invoice_takes_files_and_shows_no_empty_sections(tabs, made, post, tmp_path):
    lines = [{"description": "Silla", "quantity": "1", "price": "10"}]
    invoice = post("invoices", account=made(name="Adjuntos S. L.", country="ES"), lines=lines)["id"]
    page = tabs(address=f"/invoices/{invoice}")
    ready(page)
    shares = page.locator(".section-title", has_text=es("Split between salespeople"))
    expect(shares).to_be_visible()
    post(f"invoices/{invoice}/issue")
    page.reload()
    ready(page)
    expect(shares).to_have_count(0)
    expect(page.locator(".related")).to_have_count(0)
    signed = tmp_path / "firmado.txt"
    signed.write_text("recibido")
    page.set_input_files(".file-drop input[multiple]", signed)
    expect(page.locator("#files .item", has_text="firmado.txt")).to_be_visible()


def test_the_companys_own_page_is_filled_and_saved(tabs):
    page = tabs(address="/settings/company")
    ready(page)
    expect(page.locator("#f-name")).to_have_value("Compañía Secreta Mistral")
    page.fill("#f-city", "Segovia")
    page.locator(".unsaved").get_by_role("button", name=es("Save")).click()
    expect(page.locator(".unsaved")).to_be_hidden()
    page.reload()
    expect(page.locator("#f-city")).to_have_value("Segovia")


@pytest.mark.parametrize("address", ["/roles", "/roles/new", "/sequences/1", "/roles/1"])
def test_a_page_that_a_role_does_not_show_says_so_and_leads_back(tabs, address):
    page = tabs("reader", address=address)
    empty = page.locator("main .empty")
    expect(empty).to_contain_text(es("Your role does not let you see this. An administrator can change that."))
    expect(page.locator(".skeleton")).to_have_count(0)
    expect(page.get_by_role("link", name=es("Invoices"), exact=True)).to_be_visible()
    empty.get_by_role("link").click()
    page.wait_for_url(re.compile(r"//[^/]+/$"))


def test_what_another_record_holds_too_is_named_and_linked_after_saving(tabs, made):
    other = made(name="Gemela Primera S. L.", email="gemela@primera.example")
    page = tabs(address=f"/accounts/{made(name='Gemela Segunda S. L.')}")
    ready(page)
    expect(page.locator(".banner")).to_have_count(0)
    page.fill("#f-email", "Gemela@primera.example")
    page.get_by_role("button", name=es("Save"), exact=True).click()
    twin = page.locator(".banner").get_by_role("link", name="Gemela Primera S. L.")
    expect(twin).to_have_text("Correo electrónico: igual que en Gemela Primera S. L.")
    twin.click()
    page.wait_for_url(f"**/accounts/{other}")
    expect(page.locator(".banner").get_by_role("link", name="Gemela Segunda S. L.")).to_be_visible()


def test_one_calls_and_writes_from_the_head_and_sees_who_must_not_be_contacted(tabs, post):
    key = post("contacts", name="Noa Ferreiro", phone="+34 600 100 100 ext. 12", email="noa+crm@x.example")["id"]
    page = tabs(address=f"/contacts/{key}")
    ready(page)
    ways = page.locator("a.reach")
    expect(ways).to_have_text(["noa+crm@x.example", "+34 600 100 100 ext. 12"])
    assert [way.get_attribute("href") for way in ways.all()] == ["mailto:noa%2Bcrm@x.example", "tel:+34600100100"]
    refused = head(page).locator(".badge", has_text=es("Do not contact"))
    expect(refused).to_have_count(0)
    page.get_by_role("checkbox", name=es("Do not contact")).check()
    page.keyboard.press("Control+Enter")
    expect(refused).to_be_visible()


def test_from_their_tab_one_gets_to_where_people_are_added_and_removed(tabs, post):
    person = post("contacts", name="Uxía Ares")["id"]
    key = post("accounts", name="Naviera Ares", contacts=[{"contact": person}])["id"]
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.get_by_role("tab", name=es("Contacts")).click()
    page.get_by_role("button", name=es("Add or remove"), exact=True).click()
    add = page.locator("#lines-contacts").get_by_role("button", name=es("Add contact"), exact=True)
    expect(add).to_be_focused()
    expect(add).to_be_in_viewport()
