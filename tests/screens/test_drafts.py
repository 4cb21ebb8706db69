"""What is typed and not saved: each tab has its own, and that of a closed tab is offered."""

from playwright.sync_api import expect

from tests.support.served import until

from .conftest import es, ready


def beside(page, address):
    """Another tab of the same browser. It shares its storage, as any second tab does."""
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto(address)
    ready(other)
    return other


def test_two_tabs_on_one_record_keep_their_own_drafts(tabs, made):
    address = f"/accounts/{made(name='Bifronte')}"
    one = tabs(address=address)
    ready(one)
    one.fill("#f-city", "De la primera")
    two = beside(one, address)
    expect(two.locator("#f-city")).to_have_value("")
    expect(two.locator(".left-draft")).to_have_count(0)
    two.fill("#f-city", "De la segunda")
    for page, text in ((one, "De la primera"), (two, "De la segunda")):
        page.wait_for_timeout(300)
        page.reload()
        expect(page.locator("#f-city")).to_have_value(text)


def test_the_draft_of_a_closed_tab_is_offered_and_taken_up(tabs, made, stored):
    key = made(name="Abandonada")
    one = tabs(address=f"/accounts/{key}")
    ready(one)
    lost = beside(one, f"/accounts/{key}")
    lost.fill("#f-city", "Perdida")
    lost.wait_for_timeout(300)
    lost.close()
    one.reload()
    left = one.locator(".left-draft")
    expect(left).to_be_visible()
    expect(one.locator("#f-city")).to_have_value("")
    left.get_by_role("button", name=es("Take them up")).click()
    expect(left).to_have_count(0)
    expect(one.locator("#f-city")).to_have_value("Perdida")
    one.keyboard.press("Control+Enter")
    expect(one.locator(".unsaved")).to_be_hidden()
    assert stored(key)["city"] == "Perdida"
    one.reload()
    ready(one)
    one.wait_for_timeout(500)
    expect(left).to_have_count(0)


def test_a_left_draft_that_is_thrown_away_does_not_come_back(tabs, made):
    address = f"/accounts/{made(name='Desechada')}"
    one = tabs(address=address)
    ready(one)
    lost = beside(one, address)
    lost.fill("#f-city", "Nada")
    lost.wait_for_timeout(300)
    lost.close()
    one.reload()
    one.locator(".left-draft").get_by_role("button", name=es("Discard")).click()
    expect(one.locator("#f-city")).to_have_value("")
    one.reload()
    ready(one)
    one.wait_for_timeout(500)
    expect(one.locator(".left-draft")).to_have_count(0)


def kept(page, *texts):
    """The browser's storage holds what was typed."""
    said = "JSON.stringify([...Object.values(localStorage), ...Object.values(sessionStorage)])"
    assert until(lambda: all(text in page.evaluate(said) for text in texts))


def test_a_draft_older_than_the_record_asks_field_by_field(tabs, made, stored, served):
    key = made(name="Envejecida", city="Antes")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.fill("#f-city", "La mía")
    page.fill("#f-region", "Galicia")
    kept(page, "La mía", "Galicia")
    with served.http("seller") as browser:
        assert browser.patch(f"/api/v1/accounts/{key}", json={"city": "La suya"}).status_code == 200
    page.reload()
    expect(page.locator("#f-city")).to_have_value("La mía")
    expect(page.locator("#f-region")).to_have_value("Galicia")
    page.keyboard.press("Control+Enter")
    chooser = page.locator("dialog[open]")
    expect(chooser).to_contain_text("La suya")
    expect(chooser).to_contain_text("La mía")
    assert stored(key)["city"] == "La suya"
    chooser.locator("button[type=submit]").click()
    expect(page.locator(".unsaved")).to_be_hidden()
    assert (stored(key)["city"], stored(key)["region"]) == ("La mía", "Galicia")


def test_a_doubled_tab_takes_a_draft_of_its_own(tabs, made):
    page = tabs(address=f"/accounts/{made(name='Duplicada')}")
    ready(page)
    page.fill("#f-city", "Común")
    page.wait_for_timeout(300)
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href, '_blank')")
    other = opened.value
    expect(other.locator("#f-city")).to_have_value("Común")
    other.wait_for_timeout(400)
    other.fill("#f-city", "Aparte")
    other.wait_for_timeout(300)
    page.reload()
    expect(page.locator("#f-city")).to_have_value("Común")


def test_a_text_that_is_far_too_long_is_refused_at_its_field_and_kept(tabs, made, stored):
    key = made(name="Larguísima")
    page = tabs(address=f"/accounts/{key}")
    ready(page)
    page.evaluate(
        """() => {
          const field = document.querySelector("#f-city");
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, "ñ".repeat(1500000));
          field.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    page.locator(".unsaved [type=submit]").click()
    expect(page.locator("#e-city")).to_contain_text(es("At most {size} characters.").format(size=80))
    assert page.evaluate("document.querySelector('#f-city').value.length") == 1_500_000


def test_a_long_document_is_kept_like_any_other(tabs, post, goods):
    """300 lines with their texts in chapters; the browser's storage takes some millions of characters."""
    text = "Según la muestra entregada en la visita; entrega en obra, color a elegir. " * 3
    lines = [{"product": goods["bolt"], "description": text, "group": f"Capítulo {one // 30}"} for one in range(300)]
    page = tabs(address=f"/quotes/{post('quotes', account=goods['customer'], lines=lines)['id']}")
    ready(page)
    quantity = page.locator('table.lines [data-field="quantity"]').nth(3)
    quantity.fill("77")
    kept(page, "77")
    page.reload()
    ready(page)
    expect(quantity).to_have_value("77")
    expect(page.locator(".unsaved")).to_contain_text(es("1 change not saved, kept on this device"))


def test_what_the_browser_does_not_keep_is_said(tabs, made):
    page = tabs(address=f"/accounts/{made(name='Sin sitio')}")
    ready(page)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }")
    page.fill("#f-city", "Soria")
    expect(page.locator(".unsaved")).to_contain_text(es("1 change not saved and not kept on this device: save it soon"))
