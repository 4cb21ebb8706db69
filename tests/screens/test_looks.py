"""Every page in every size, theme and language: reachable by everybody, and hostile text stays text."""

import pytest
from playwright.sync_api import expect

from crm_app.core.resource import RESOURCES
from tests.support.axe import faults
from tests.support.served import until

from .conftest import es, ready

PAGES = (
    "/accounts", "/accounts/2", "/accounts/new", "/accounts?q=nadaquecoincida", "/accounts/999999", "/settings", "/settings/me",
    "/settings/company", "/jobs", "/users", "/users/1", "/users/new", "/roles", "/roles/2", "/teams", "/teams/new", "/sectors", "/sectors/1", "/zones", "/nowhere",
)  # fmt: skip
HOSTILE = (
    '<img src=x onerror="window.pwned=1">', "=HYPERLINK(1)", "مرحبا \u202eevil", "😀🏴‍☠️ ñandú", "'; DROP TABLE account; --", "{{7*7}} ${7*7}", "<script>window.pwned=1</script>",
)  # fmt: skip


@pytest.fixture
def speak(served):
    """Let the administrator's language be another one, until the test ends."""

    def choose(language):
        with served.http() as browser:
            mine = f"/api/v1/users/{served.people['ids']['admin']}"
            assert browser.patch(mine, json={"language": language}).status_code == 200

    yield choose
    choose("es")


@pytest.mark.parametrize("half", [0, 1])  # of the pages, so that two processors share them
@pytest.mark.parametrize("language", ["es", "en"])
def test_axe_finds_nothing_in_either_theme_and_width(tabs, speak, language, half):
    """Words in another language are longer and have no other colours: in English each page has its turn with one width."""
    speak(language)
    page, stranger = tabs(), tabs("")
    found = []
    for tab, addresses in ((page, PAGES), (stranger, ("/login", "/welcome?key=x"))):
        for number, address in enumerate(addresses[half::2]):
            tab.goto(address)
            if tab is page:
                ready(tab)
            else:
                expect(tab.locator("html")).to_have_attribute("lang", "en")  # the browser's, told by the server
                tab.get_by_role("button", name={"es": "Español", "en": "English"}[language], exact=True).click()
            expect(tab.locator("h1, .empty h2").first).to_be_visible()
            expect(tab.locator("html")).to_have_attribute("lang", language)
            for width in (1440, 768) if language == "es" else ((1440, 768)[number % 2],):
                tab.set_viewport_size({"width": width, "height": 1024})
                themes = ("light", "dark") if language == "es" else ("light",)
                found += faults(tab, f"{address} {width}", themes=themes)
    assert not found, "\n".join(sorted(set(found)))


@pytest.fixture(scope="package")
def trade(post):
    """The pages of a sale, from the quote to the money, and of what it needs."""
    product = post("products", name="Pieza", code="PIE", price="2.5", stocked=True)["id"]
    buyer = post("accounts", name="Compras Núñez", country="ES", roles=["customer"])["id"]
    line = {"product": product, "quantity": "3"}
    made = {name: post(name, account=buyer, lines=[line])["id"] for name in ("quotes", "orders", "invoices")}
    post(f"orders/{made['orders']}/confirm")
    post(f"invoices/{made['invoices']}/issue")
    made["payments"] = post("payments", account=buyer, amount="1")["id"]
    made |= {"products": product, "contacts": post("contacts", name="Begoña Ruiz")["id"]}
    for name, values in {"price-lists": {}, "credit-policies": {}, "categories": {}, "warehouses": {}}.items():
        made[name] = post(name, name="Una", **values)["id"]
    return [f"/{name}/{key}" for name, key in made.items()] + [f"/accounts/{buyer}/statement", "/ageing", "/held", "/"]


@pytest.mark.parametrize("half", [0, 1])
def test_axe_finds_nothing_on_any_list_record_and_new_record(tabs, trade, half):
    page, found = tabs(), []
    lists = [f"/{one.name}" for one in RESOURCES if one.nav and f"/{one.name}" not in PAGES]
    fresh = [f"/{name}/new" for name in ("quotes", "invoices", "payments", "products", "price-lists", "tax-rates")]
    for number, address in enumerate([*trade, *lists, *fresh][half::2]):
        page.set_viewport_size({"width": (1440, 768)[number % 2], "height": 1024})
        page.goto(address)
        expect(page.locator("main :is(h1, .empty h2)").first).to_be_visible()
        expect(page.locator("main :is([aria-busy=true], .skeleton)")).to_have_count(0)
        found += faults(page, address)
    assert not found, "\n".join(sorted(set(found)))


@pytest.mark.parametrize(("width", "height"), [(768, 1024), (1024, 768), (390, 844)])
def test_nothing_scrolls_sideways_and_fingers_hit(tabs, width, height):
    page = tabs(width=width, height=height, has_touch=True, is_mobile=True)
    found = []
    for address in PAGES:
        page.goto(address)
        ready(page)
        found += misfits(page, address)
    assert not found, "\n".join(sorted(set(found)))


@pytest.mark.parametrize("half", [0, 1])
def test_every_list_record_and_new_record_fits_every_width(tabs, trade, half):
    """One visit to each page, in four widths, the narrowest last: nothing is read anew as the window is drawn."""
    page, found = tabs(has_touch=True, is_mobile=True), []
    lists = [f"/{one.name}" for one in RESOURCES if one.nav and f"/{one.name}" not in PAGES]
    fresh = [f"/{name}/new" for name in ("quotes", "invoices", "payments", "products", "price-lists", "tax-rates")]
    for address in [*trade, *lists, *fresh, "/roles/2"][half::2]:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        expect(page.locator("main :is(h1, .empty h2)").first).to_be_visible()
        expect(page.locator("main :is([aria-busy=true], .skeleton)")).to_have_count(0)
        for width in (1440, 1024, 768, 360):
            page.set_viewport_size({"width": width, "height": 900})
            found += misfits(page, f"{address} {width}", small=width < 1440)
    assert not found, "\n".join(sorted(set(found)))


def misfits(page, where, *, small=True):
    """What scrolls sideways, what ends elsewhere than at the gutter, what is too small for a finger."""
    page.evaluate(SETTLED)
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    found = [f"{wide} px too wide"] if wide > 0 else []
    found += page.evaluate(ENDS) + (page.evaluate(SMALL) if small else [])
    return [f"{where}: {one}" for one in found]


# heads of lists whose last column ends nearer to the edge than the title does, and lines of sums without a sum
ENDS = """() => [...document.querySelectorAll('.table[data-list]')].flatMap(table => {
  const last = [...table.querySelectorAll('thead th')].filter(one => one.offsetWidth).at(-1);
  const gutter = getComputedStyle(document.querySelector('.toolbar') ?? table).paddingRight, found = [];
  if (last && document.querySelector('.toolbar') && getComputedStyle(last).paddingRight !== gutter) found.push(`ends ${getComputedStyle(last).paddingRight} before the edge`);
  const sums = table.querySelector('tfoot tr');
  if (sums?.offsetHeight && ![...sums.querySelectorAll('.num')].some(one => one.offsetWidth)) found.push('a line of sums without a sum');
  return found;
})"""


# the letters have their shapes, and what follows from that has been laid out
SETTLED = (
    """document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))"""
)

# what is pressed, is seen, and is smaller than a finger; a link in running text, and a box whose label is the target, may be
SMALL = """() => [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, [role=tab]')].flatMap(found => {
  const target = found.matches('[type=checkbox], [type=radio]') ? found.closest('label') ?? found : found.closest('.input') ?? found;
  const box = target.getBoundingClientRect();
  if (!box.width || !box.height || !found.checkVisibility({opacityProperty: true, visibilityProperty: true}) || found.closest('[popover]:not(:popover-open)')) return [];
  if (found.matches('.skip, p a, .crumbs a')) return [];
  const after = getComputedStyle(found, '::after'), before = getComputedStyle(found, '::before');
  const grown = [after, before].some(style => style.position === 'absolute' && style.content !== 'none');
  return (box.width < 43.5 || box.height < 43.5) && !grown ? [`${found.tagName} ${found.className || found.id} ${Math.round(box.width)}×${Math.round(box.height)}`] : [];
})"""


def test_hostile_text_stays_text(tabs, made, stored):
    page = tabs()
    for text in HOSTILE:
        key = made(name=text)
        page.goto(f"/accounts/{key}")
        expect(page.locator("h1")).to_have_text(" ".join(text.split()))
        page.fill("#f-city", text)
        page.keyboard.press("Control+Enter")
        expect(page.locator(".unsaved")).to_be_hidden()
        expect(page.locator(".timeline")).to_contain_text(text)
        page.get_by_role("button", name="Más acciones").click()
        page.locator("[role=menuitem].danger").click()
        expect(page.locator("dialog[open] .dialog-title")).to_contain_text(text)
        page.locator("dialog[open] .button-danger-solid").click()
        expect(page.locator(".toast", has_text=text).first).to_be_visible()
        page.wait_for_url(lambda address, key=key: not address.endswith(f"/{key}"))  # the notice goes along to the list
        ready(page)
        page.locator(".toast", has_text=text).locator("button").first.click()
        assert until(lambda key=key: "version" in stored(key)), "the button undoes"
        page.goto(f"/accounts?q={key}")
        ready(page)
    page.goto("/accounts?sort=-name")
    ready(page)
    for text in HOSTILE:
        page.fill("#list-filter", text[:40])
        page.wait_for_function("text => new URLSearchParams(location.search).get('q') === text", arg=text[:40].strip())
        expect(page.locator("table[data-list][aria-busy=false], .empty").first).to_be_visible()
    assert page.evaluate("window.pwned") is None
    assert page.locator("main img").count() == 0
    page.goto(
        "/accounts?q="
        "%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E&filter[city]=%3Cscript%3Ewindow.pwned%3D1%3C/script%3E"
    )
    ready(page)
    assert page.evaluate("window.pwned") is None


CUT = """() => [...document.querySelectorAll('.table thead th, .table thead th span, .nav-item span, .nav-head span')]
  .filter(one => one.clientWidth > 1 && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 4))
  .map(one => one.textContent)"""


@pytest.mark.parametrize("width", [1280, 768])
@pytest.mark.parametrize("address", ["/tax-rates", "/sequences", "/currencies", "/warehouses"])
def test_heads_and_the_menu_are_not_cut_in_spanish(tabs, address, width):
    page = tabs(address=address, width=width, height=800)
    ready(page)
    assert page.evaluate(CUT) == []


def test_every_bucket_of_the_ageing_can_be_reached_and_the_total_stays_in_sight(tabs, goods, post):
    line = {"product": goods["hour"], "quantity": "1"}
    invoice = post("invoices", account=goods["customer"], lines=[line])
    post(f"invoices/{invoice['id']}/issue")
    page = tabs(address="/ageing", width=1024, height=768)
    expect(page.locator(".aged tbody tr").first).to_be_visible()
    older, total = (page.locator(".aged thead th", has_text=es(text)).last for text in ("Older", "Total"))
    expect(total).to_be_in_viewport()
    older.scroll_into_view_if_needed()
    expect(older).to_be_in_viewport()


def test_a_tablet_shows_what_an_invoice_comes_to_and_what_is_open(tabs, goods, post):
    line = {"product": goods["hour"], "quantity": "1"}
    invoice = post("invoices", account=goods["customer"], lines=[line])
    page = tabs(address=f"/invoices/{invoice['id']}", width=768, height=1024)
    ready(page)
    for label in ("Total", "Balance"):
        expect(page.locator(".fact", has=page.locator("dt", has_text=es(label)))).to_be_visible()


# cells of a column whose words do not fit
SHORT = """name => [...document.querySelectorAll(`table[data-list] tbody td[data-field=${name}], td[data-field=${name}] *`)]
  .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
  .map(one => one.innerText)"""


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024)])
def test_a_tablet_shows_the_whole_name_of_a_contact_and_its_address(tabs, post, width, height):
    post("contacts", name="Maximiliano Etxeberria Goñi", email="maximiliano.etxe@correo.example", city="Soria")
    page = tabs(address="/contacts?q=maximiliano", width=width, height=height, has_touch=True)
    ready(page)
    expect(page.locator("table[data-list] tbody td[data-field=name]").first).to_contain_text(
        "Maximiliano Etxeberria Goñi"
    )
    for name in ("name", "email"):
        assert page.evaluate(SHORT, name) == []
    expect(page.locator("table[data-list] tbody td[data-field=email]").first).to_be_visible(visible=width > height)


def test_a_currency_is_known_by_its_whole_code_and_its_name_has_the_room(tabs):
    page = tabs(address="/currencies")
    ready(page)
    expect(page.locator("table[data-list] tbody td[data-field=code]", has_text="EUR")).to_be_visible()
    assert page.evaluate(SHORT, "code") == []
    code, name = (
        page.locator(f"table[data-list] td[data-field={one}]").first.bounding_box()["width"] for one in ("code", "name")
    )
    assert code < name / 2
