"""Records that are one are merged in the browser: from a record's menu, from the notice of its doubles, from a list's selection."""

import re

from playwright.sync_api import expect

from tests.support.axe import faults

from .conftest import es, head, ready


def test_two_accounts_become_one_from_the_menu_and_undo_brings_both_back(tabs, post, stored):
    kept = post("accounts", name="Bodegas Montalvo", city="Haro", notes="Paga bien.")["id"]
    gone = post("accounts", name="Bodegas Montalvo S.L.", city="Logroño", email="pedidos@montalvo.example")["id"]
    post("invoices", account=gone, lines=[{"description": "Vino", "price": "5"}])
    page = tabs(address=f"/accounts/{kept}")
    ready(page)
    head(page).get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=es("Merge…"), exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=es("Merge"), exact=True)).to_be_disabled()
    dialog.locator(".merge-likely").get_by_text("Bodegas Montalvo S.L.").click()
    expect(dialog.get_by_text(es("Goes over: {what}.").format(what="1 factura"))).to_be_visible()
    expect(dialog.locator(".merge-row")).to_have_count(4)  # name, notes, address, e-mail
    expect(dialog.get_by_role("radio", name="Bodegas Montalvo", exact=True)).to_be_checked()
    expect(dialog.get_by_role("radio", name="pedidos@montalvo.example", exact=True)).to_be_checked()
    assert faults(page) == []
    dialog.get_by_role("radio", name="Bodegas Montalvo S.L.", exact=True).check()
    dialog.get_by_role("radio", name="Logroño", exact=True).check()
    dialog.get_by_role("button", name=es("Merge"), exact=True).dblclick()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bodegas Montalvo S.L.")
    found = stored(kept)
    assert (found["city"], found["email"], found["notes"]) == ("Logroño", "pedidos@montalvo.example", "Paga bien.")
    page.locator(".toasts").get_by_role("button", name=es("Undo"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bodegas Montalvo")
    assert (stored(gone)["id"], stored(gone)["city"]) == (gone, "Logroño")


def test_what_is_picked_in_a_list_is_merged_on_a_tablet(tabs, post, stored):
    first, second = (post("contacts", name=f"Inés Abascal {end}", mobile=f"+3460000010{end}")["id"] for end in (1, 2))
    page = tabs(address="/contacts?q=abascal", width=768, height=1024, has_touch=True)
    ready(page)
    merge = page.locator(".bulk").get_by_role("button", name=es("Merge…"), exact=True)
    page.get_by_role("checkbox", name=es("Select {name}").format(name="Inés Abascal 1")).tap()
    expect(page.locator(".bulk")).to_be_visible()
    expect(merge).to_have_count(0)
    page.get_by_role("checkbox", name=es("Select {name}").format(name="Inés Abascal 2")).tap()
    merge.tap()
    dialog = page.get_by_role("dialog")
    left = dialog.locator(".merge-side", has_text="Inés Abascal 2").get_by_role("radio")
    left.tap()
    expect(left).to_be_checked()
    expect(dialog.locator(".merge-row").get_by_role("radio", name="Inés Abascal 2", exact=True)).to_be_checked()
    assert faults(page) == []
    dialog.get_by_role("button", name=es("Merge"), exact=True).tap()
    page.wait_for_url(re.compile(rf"/contacts/{second}$"))
    page.goto(f"/contacts/{first}")
    page.wait_for_url(re.compile(rf"/contacts/{second}$"))
    told = es("{gone} was merged into {name}.").format(gone="Inés Abascal 1", name="Inés Abascal 2")
    expect(page.locator(".toasts")).to_contain_text(told)


def test_the_notice_of_a_double_leads_there_and_two_tax_identifiers_ask_by_keyboard(tabs, post, stored):
    kept = post("accounts", name="Quesos Urbasa", tax_id="B12345674", country="ES", email="hola@urbasa.example")["id"]
    gone = post("accounts", name="Urbasa", tax_id="A58818501", country="ES", email="hola@urbasa.example")["id"]
    page = tabs(address=f"/accounts/{kept}")
    ready(page)
    button = page.locator(".notices").get_by_role("button", name=es("Merge…"), exact=True)
    button.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".merge-side")).to_have_count(2)
    run = dialog.get_by_role("button", name=es("Merge"), exact=True)
    run.press("Enter")
    expect(dialog.get_by_role("alert").first).to_contain_text("B12345674")
    assert stored(gone)["name"] == "Urbasa"
    dialog.get_by_role("checkbox", name=es("They are one all the same")).press("Space")
    run.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".notices")).to_have_count(0)
    assert stored(kept)["tax_id"] == "B12345674"


def test_the_dialog_does_not_outlast_its_page(tabs, post):
    kept, other = (post("accounts", name=name)["id"] for name in ("Sedas Orihuela", "Paños Orihuela"))
    page = tabs(address="/accounts?q=orihuela")
    ready(page)
    page.get_by_role("link", name="Sedas Orihuela").click()
    page.wait_for_url(f"**/accounts/{kept}")
    head(page).get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=es("Merge…"), exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Paños Orihuela")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"/accounts/{other}")
    head(page).get_by_role("button", name=es("More actions")).click()
    page.get_by_role("menuitem", name=es("Merge…"), exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paños Orihuela")
    expect(page.get_by_role("dialog")).to_have_count(0)
