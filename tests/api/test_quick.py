"""Records made in passing, from a picker."""

import pytest

from crm_app.core.resource import RESOURCES
from crm_app.services import doubles, users
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, kernel


def test_the_dialog_asks_for_the_name_what_is_needed_and_what_tells_most(api):
    found = api.get("/api/v1/lists/quick/accounts").json()
    assert [field["name"] for field in found["fields"]] == ["name", "tax_id", "city", "phone", "email", "roles"]
    assert (found["title"], found["label"], found["fields"][0]["required"]) == ("New account", "name", True)


def test_every_list_that_can_be_added_to_asks_for_all_that_it_cannot_be_without(api):
    for resource in RESOURCES:
        needed = {
            name
            for name in resource.writable
            if resource.fields[name].required and resource.fields[name].default is None
        }
        assert needed | {resource.label} <= set(resource.brief) <= set(resource.writable) | {resource.label}, (
            resource.name
        )


def test_who_may_not_make_such_a_record_is_asked_for_nothing(api, admin):
    reader = crm.client(crm.member("reader@acme.example", "Read-only"))
    assert reader.get("/api/v1/lists/quick/accounts").json()["fields"] == []
    assert reader.post("/api/v1/lists/quick/accounts", json={"name": "No"}).status_code == 403
    assert api.get("/api/v1/accounts").json()["total"] == 0


def test_what_is_typed_is_read_as_the_person_writes_it_and_a_repeated_call_makes_one_record(api, admin):
    users.change_profile(crm_actor(admin), {"language": "es"})
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = api.post("/api/v1/lists/quick/products", json={"name": "Tornillo", "price": "1.234,50"}, headers=key)
        assert (answer.status_code, answer.json()) == (201, {"id": 1, "name": "Tornillo"})
    assert api.get("/api/v1/products/1").json()["price"] == "1234.5"
    assert api.get("/api/v1/products").json()["total"] == 1


def test_faults_come_back_at_their_fields(api):
    answer = api.post("/api/v1/lists/quick/contacts", json={"name": "", "email": "nothing"})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"name", "email"})


def test_there_is_no_dialog_for_what_the_api_does_not_show(api):
    for name in ("nothing", "notes"):
        assert api.get(f"/api/v1/lists/quick/{name}").status_code == 404


@pytest.mark.parametrize(("language", "name"), [("es", "España"), ("en", "Spain")])
def test_countries_are_picked_by_their_names_in_the_callers_language(api, admin, language, name):
    users.change_profile(crm_actor(admin), {"language": language})
    found = api.get("/api/v1/lists/countries", params={"q": name}).json()
    assert found["items"] == [{"id": "ES", "name": name}]
    assert len(api.get("/api/v1/lists/countries").json()["items"]) > 240


def crm_actor(user):
    from crm_app.services import identity

    return identity.actor_by_token(identity.make_token(SYSTEM, user, "a test"), "")


def test_who_is_told_of_a_double_may_take_that_one_or_make_another_all_the_same(api):
    first = api.post("/api/v1/accounts", json={"name": "Acme", "email": "info@acme.example"}).json()["id"]
    sent, key = {"name": "Acme S.L.", "email": "INFO@acme.example"}, {"Idempotency-Key": "quick"}
    for _ in range(2):
        answer = api.post("/api/v1/lists/quick/accounts?wary=true", json=sent, headers=key)
        assert (answer.status_code, answer.json()) == (
            200, {"warnings": [{"field": "email", "message": "E-mail: the same as in Acme.", "id": first, "name": "Acme"}]},
        )  # fmt: skip
    assert api.get("/api/v1/accounts").json()["total"] == 1
    for _ in range(2):
        answer = api.post("/api/v1/lists/quick/accounts", json=sent, headers=key)
        assert (answer.status_code, answer.json()["name"]) == (201, "Acme S.L.")
    assert api.get("/api/v1/accounts").json()["total"] == 2
    answer = api.post("/api/v1/lists/quick/accounts?wary=true", json={"name": "Other", "email": "x@acme.example"})
    assert answer.status_code == 201
    assert api.post("/api/v1/lists/quick/accounts?wary=perhaps", json=sent).json()["fields"].keys() == {"wary"}


def test_of_a_double_that_one_may_not_see_nothing_is_told_before_one_is_stored(api, admin):
    kernel.account(name="Secret", email="info@acme.example", owner=admin)
    seller = kernel.user_with(dict.fromkeys(("accounts.read", "accounts.create"), "own"))
    mine = crm.client(seller.user)
    known, free = (
        mine.post("/api/v1/lists/quick/accounts?wary=true", json={"name": name, "email": email})
        for name, email in (("Known", "info@acme.example"), ("Free", "nobody@acme.example"))
    )
    assert [(one.status_code, one.json()["name"]) for one in (known, free)] == [(201, "Known"), (201, "Free")]
    with Work(seller) as work:
        (told,) = doubles.of_record(work, RESOURCES.get("accounts"), known.json()["id"])
    assert (told.field, told.id) == ("email", None)


def test_a_picker_tells_apart_who_is_called_the_same(api):
    def make(list_, **values):
        return api.post(f"/api/v1/{list_}", json=values).json()["id"]

    mora = make("accounts", name="Mora, S.L.", tax_id="B12345674", city="Lugo", phone="982 100 100")
    buyer = make("contacts", name="Ana Gil", email="a@x.example", accounts=[{"account": mora, "title": "Compras"}])
    other = make("contacts", name="Ana Gil", email="b@x.example", phone="600 100 100")
    found = api.get("/api/v1/lists/quick/contacts/options?q=gil&size=20").json()["items"]
    assert found == [
        {"id": buyer, "name": "Ana Gil", "more": "Mora, S.L. \u00b7 Compras"},
        {"id": other, "name": "Ana Gil", "more": "b@x.example \u00b7 600 100 100"},
    ]
    found = api.get(f"/api/v1/lists/quick/accounts/options?filter[contacts]={buyer}").json()["items"]
    assert found == [{"id": mora, "name": "Mora, S.L.", "more": "B12345674 \u00b7 Lugo"}]
    assert api.get("/api/v1/lists/quick/nothing/options").status_code == 404


def test_a_picker_offers_what_is_active_first_and_says_what_is_not(api):
    for name, active in (("Acero Viejo", False), ("Acero Zamora", True), ("Acero Alto", True)):
        assert api.post("/api/v1/accounts", json={"name": name, "active": active, "city": "Ourense"}).status_code == 201

    def offered(**asked):
        return api.get("/api/v1/lists/quick/accounts/options", params={"q": "acero", **asked}).json()["items"]

    assert [item["name"] for item in offered()] == ["Acero Alto", "Acero Zamora", "Acero Viejo"]
    assert offered()[-1]["more"].startswith("Not active")
    assert not offered()[0]["more"].startswith("Not active")
    assert [item["name"] for item in offered(size=2)] == ["Acero Alto", "Acero Zamora"]
    assert [item["name"] for item in offered(size=3)][-1] == "Acero Viejo"
    assert [item["name"] for item in offered(**{"filter[active]": "false"})] == ["Acero Viejo"]
