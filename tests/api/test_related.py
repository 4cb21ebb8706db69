"""What belongs to a record, over HTTP, and rolled up over the records below it."""

import pytest


@pytest.fixture
def mother(api):
    """A mother company with a daughter that has a contact, a note and a file; the mother's id."""
    key = api.post("/api/v1/accounts", json={"name": "Mother"}).json()["id"]
    daughter = api.post("/api/v1/accounts", json={"name": "Daughter", "parent": key}).json()["id"]
    link = {"account": daughter, "title": "Buyer"}
    assert api.post("/api/v1/contacts", json={"name": "Begoña", "accounts": [link]}).status_code == 201
    assert api.post(f"/api/v1/accounts/{daughter}/notes", json={"text": "Call"}).status_code == 201
    assert api.post(f"/api/v1/accounts/{daughter}/attachments?name=a.txt", content=b"a").status_code == 201
    return key


def test_notes_and_files_of_daughters_come_where_they_are_asked_for(api, mother):
    for part in ("notes", "attachments"):
        address = f"/api/v1/accounts/{mother}/{part}"
        assert api.get(address).json()["items"] == []
        assert api.get(f"{address}?below=false").json()["items"] == []
        assert [item["record"] for item in api.get(f"{address}?below=true").json()["items"]] == [mother + 1]


def test_related_records_are_grouped_with_their_place_in_the_tree(api, mother):
    alone = api.get(f"/api/v1/accounts/{mother}/related").json()["items"]
    assert [group["title"] for group in alone] == ["Accounts around it"]
    assert [(item["name"], item["level"]) for item in alone[0]["items"]] == [("Mother", 0), ("Daughter", 1)]
    whole = api.get(f"/api/v1/accounts/{mother}/related?below=1").json()["items"]
    assert [(group["title"], group["total"]) for group in whole] == [
        ("Accounts around it", 1),
        ("Contacts", 1),
        ("Notes", 1),
    ]
    assert whole[1]["items"] == [
        {"resource": "contacts", "id": 1, "name": "Begoña", "more": "Buyer \u00b7 Daughter", "level": 0}
    ]


def test_a_wish_that_is_neither_yes_nor_no_is_refused(api, mother):
    answer = api.get(f"/api/v1/accounts/{mother}/notes?below=perhaps")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["below"])
