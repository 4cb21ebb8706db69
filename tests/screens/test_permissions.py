"""What a role may do, given and taken on its page."""

from playwright.sync_api import expect

from tests.support import seed

from .conftest import es, ready


def test_history_and_jobs_stand_in_the_matrix_and_are_given_there(tabs, post, served):
    role = post("roles", name="Gestoría externa")["id"]
    page = tabs(address=f"/roles/{role}")
    ready(page)
    undo = page.get_by_label(f"{es('History')}: {es('Undo')}")
    undo.select_option("own")
    page.get_by_label(f"{es('Jobs')}: {es('See')}").select_option("all")
    expect(page.get_by_text(es("Saved.")).last).to_be_visible()
    expect(undo).to_have_value("own")
    with served.http() as program:
        found = program.get(f"/api/v1/roles/{role}/permissions").json()
    assert found == {"id": role, "version": 3, "permissions": {"changes.undo": "own", "jobs.read": "all"}}


def test_what_one_may_see_but_not_change_is_no_form(tabs, post, made, served):
    mail = "vecina@mistral.example"
    role, team = (post(kind, name="Solo lo suyo")["id"] for kind in ("roles", "teams"))
    person = post("users", name="Vecina Persona", email=mail, role=role, team=team)["id"]
    grants = {"accounts.read": "all", "accounts.change": "team", "accounts.remove": "own"}
    with served.http() as program:
        program.patch(f"/api/v1/roles/{role}/permissions", json=grants).raise_for_status()
    own, other = made(name="De la vecina", owner=person), made(name="De otra persona")
    admin = tabs(address=f"/users/{person}")
    ready(admin)
    admin.locator(".record-head button[aria-haspopup=menu]").last.click()
    admin.get_by_role("menuitem", name=es("Invitation link")).click()
    page = tabs("", address=admin.locator("dialog[open] code").inner_text())
    page.fill("input[name=password]", seed.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/welcome" not in address)
    page.goto(f"/accounts/{own}")
    expect(page.locator("#f-city")).to_be_editable()
    page.goto(f"/accounts/{other}")
    expect(page.locator(".record-head")).to_contain_text("De otra persona")
    expect(page.locator("input:not([type=search]).input:not([readonly]):not([disabled])")).to_have_count(0)
    expect(page.locator(".nav-title:visible")).to_have_text([es("Relations")])
