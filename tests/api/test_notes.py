"""Notes over HTTP."""

from tests.support import crm


def test_a_note_is_written_once_and_listed(api):
    api.post("/api/v1/accounts", json={"name": "Acme"})
    once = {"Idempotency-Key": "n1"}
    made = api.post("/api/v1/accounts/1/notes", json={"text": " Prefers mornings "}, headers=once)
    assert (made.status_code, made.json()["text"]) == (201, "Prefers mornings")
    assert api.post("/api/v1/accounts/1/notes", json={"text": " Prefers mornings "}, headers=once).json() == made.json()
    found = api.get("/api/v1/accounts/1/notes").json()
    assert (found["total"], found["items"][0]["id"]) == (1, made.json()["id"])
    assert api.get("/api/v1/accounts/1/changes").json()["items"][0]["text"] == "Prefers mornings"
    assert api.post(f"/api/v1/changes/{made.json()['change_set']}/undo").status_code == 200
    assert api.get("/api/v1/accounts/1/notes").json()["total"] == 0


def test_a_note_needs_words_and_a_record(api):
    api.post("/api/v1/accounts", json={"name": "Acme"})
    assert list(api.post("/api/v1/accounts/1/notes", json={"text": "  "}).json()["fields"]) == ["text"]
    assert list(api.post("/api/v1/accounts/1/notes", json={"text": "a", "author": 2}).json()["fields"]) == ["author"]
    assert api.post("/api/v1/accounts/9/notes", json={"text": "a"}).status_code == 404
    assert api.get("/api/v1/notes").status_code == 404
    assert api.get("/api/v1/notes/1").status_code == 404


def test_notes_are_not_for_who_may_not_read_the_record(api):
    api.post("/api/v1/accounts", json={"name": "Acme"})
    api.post("/api/v1/accounts/1/notes", json={"text": "secret"})
    seller = crm.client(crm.member("v@acme.example", "Sales"))
    for answer in (seller.get("/api/v1/accounts/1/notes"), seller.post("/api/v1/accounts/1/notes", json={"text": "a"})):
        assert answer.status_code == 404
        assert "secret" not in answer.text
