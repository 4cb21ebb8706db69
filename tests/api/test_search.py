"""The global search over HTTP."""

from tests.support import crm


def test_it_finds_records_of_every_list(api):
    api.post("/api/v1/accounts", json={"name": "Núñez S.L.", "city": "Soria"})
    api.post("/api/v1/contacts", json={"name": "Ana Núñez"})
    answer = api.get("/api/v1/search", params={"q": "nunez"})
    assert answer.status_code == 200
    assert answer.json()["items"] == [
        {"resource": "accounts", "id": 1, "label": "Núñez S.L.", "hint": "Soria"},
        {"resource": "contacts", "id": 1, "label": "Ana Núñez", "hint": ""},
    ]
    assert answer.headers["cache-control"] == "no-store"


def test_recent_records_are_named_by_their_numbers(api):
    api.post("/api/v1/accounts", json={"name": "Uno"})
    api.post("/api/v1/accounts", json={"name": "Dos"})
    recent = {"recent": "accounts.2,accounts.1,accounts.99,nada.1,'; DROP TABLE account,accounts.999999999999999999"}
    assert [found["label"] for found in api.get("/api/v1/search", params=recent).json()["items"]] == ["Dos", "Uno"]
    assert api.get("/api/v1/search").json()["items"] == []


def test_a_stranger_is_asked_who_they_are(admin):
    assert crm.client().get("/api/v1/search?q=a").status_code == 401


def test_a_token_finds_no_more_than_it_may(api, admin):
    api.post("/api/v1/accounts", json={"name": "Núñez S.L."})
    api.post("/api/v1/contacts", json={"name": "Ana Núñez"})
    narrow = crm.client(admin, "contacts.read")
    assert [found["resource"] for found in narrow.get("/api/v1/search?q=nunez").json()["items"]] == ["contacts"]


def test_it_is_described(api):
    paths = api.get("/api/v1/openapi.json").json()["paths"]
    assert any(path.endswith("/search") for path in paths)
