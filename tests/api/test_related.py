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


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"filter[accounts]": "{daughter}"}, ["Begoña", "Both"]),
        ({"filter[accounts]": "{mother}"}, ["Begoña", "Both", "Boss"]),
        ({"filter[accounts][in]": "{daughter},{other}"}, ["Begoña", "Both", "Else"]),
        ({"filter[accounts][ne]": "{mother}"}, ["Alone", "Else"]),
        ({"filter[accounts][empty]": "true"}, ["Alone"]),
        ({"filter[accounts][empty]": "false"}, ["Begoña", "Both", "Boss", "Else"]),
        ({"filter[accounts]": ""}, ["Alone"]),
        ({"filter[accounts]": "999"}, []),
        ({"filter[accounts]": "{daughter}", "q": "bot"}, ["Both"]),
    ],
)
def test_contacts_are_found_by_their_accounts_with_those_below_these(api, mother, asked, found):
    daughter = mother + 1
    other = api.post("/api/v1/accounts", json={"name": "Other"}).json()["id"]
    links = {"Both": (daughter, other), "Boss": (mother,), "Else": (other,), "Alone": ()}
    for name, accounts in links.items():
        rows = [{"account": key} for key in accounts]
        assert api.post("/api/v1/contacts", json={"name": name, "accounts": rows}).status_code == 201
    keys = {"mother": mother, "daughter": daughter, "other": other}
    params = {name: value.format(**keys) for name, value in asked.items()}
    page = api.get("/api/v1/contacts", params=params).json()
    assert (sorted(item["name"] for item in page["items"]), page["total"]) == (sorted(found), len(found))


def test_accounts_are_found_by_a_contact_and_products_by_a_supplier(api, mother):
    account = {"filter[contacts]": "1"}
    assert [item["name"] for item in api.get("/api/v1/accounts", params=account).json()["items"]] == ["Daughter"]
    codes = [{"supplier": mother + 1, "code": "X-1"}]
    assert api.post("/api/v1/products", json={"name": "Bought", "supplier_codes": codes}).status_code == 201
    assert api.post("/api/v1/products", json={"name": "Made"}).status_code == 201
    supplier = {"filter[supplier_codes]": str(mother)}
    assert [item["name"] for item in api.get("/api/v1/products", params=supplier).json()["items"]] == ["Bought"]
    refused = api.get("/api/v1/contacts", params={"filter[accounts]": "x"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["filter[accounts]"])
