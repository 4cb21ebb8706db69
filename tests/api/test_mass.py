"""Changing, removing and exporting many records over HTTP."""

import csv
import io
import zipfile

import pytest

from crm_app.services import jobs
from tests.support import crm


def accounts(api, count, **values):
    items = [{"name": f"Account {number:03}", "city": "Soria"} | values for number in range(count)]
    return api.post("/api/v1/bulk/accounts", json={"items": items}).json()["ids"]


def total(api, **params):
    return api.get("/api/v1/accounts", params=params).json()["total"]


def test_ids_are_changed_and_undone(api):
    ids = accounts(api, 5)
    answer = api.post("/api/v1/bulk/accounts/change", json={"ids": ids[:3], "values": {"city": "Teruel"}})
    assert (answer.status_code, answer.json()["count"], answer.json()["refused"]) == (200, 3, 0)
    assert total(api, **{"filter[city]": "Teruel"}) == 3
    assert api.post(f"/api/v1/changes/{answer.json()['change_set']}/undo").status_code == 200
    assert total(api, **{"filter[city]": "Teruel"}) == 0


def test_words_are_added_and_removed_beside_other_values(api):
    ids = accounts(api, 2, tags=["new"], roles=["prospect"])
    body = {"ids": ids, "values": {"city": "Lugo"}, "add": {"tags": ["vip"]}, "remove": {"roles": ["prospect"]}}
    answer = api.post("/api/v1/bulk/accounts/change", json=body)
    assert (answer.status_code, answer.json()["count"]) == (200, 2)
    found = api.get(f"/api/v1/accounts/{ids[0]}").json()
    assert (found["city"], found["tags"], found["roles"]) == ("Lugo", ["new", "vip"], [])
    api.post(f"/api/v1/changes/{answer.json()['change_set']}/undo")
    found = api.get(f"/api/v1/accounts/{ids[1]}").json()
    assert (found["city"], found["tags"], found["roles"]) == ("Soria", ["new"], ["prospect"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "values"),
        ({"add": []}, "add"),
        ({"remove": "tags"}, "remove"),
        ({"values": None}, "values"),
        ({"add": {"name": ["x"]}}, "name"),
        ({"add": {"roles": ["king"]}}, "roles"),
    ],
)
def test_what_cannot_be_done_to_many_names_its_field(api, body, field):
    ids = accounts(api, 1)
    answer = api.post("/api/v1/bulk/accounts/change", json={"ids": ids} | body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def test_a_filter_of_many_becomes_a_job_that_its_caller_can_follow(api):
    accounts(api, 300)
    body = {"filter": {"filter[city]": "Soria", "q": "account"}}
    answer = api.post("/api/v1/bulk/accounts/remove", json=body)
    assert (answer.status_code, answer.json()["count"]) == (202, 300)
    jobs.run_once()
    job = api.get(f"/api/v1/jobs/{answer.json()['job']}").json()
    assert (job["state"], job["done"], job["total"], job["result"]["count"]) == ("done", 300, 300, 300)
    assert total(api) == 0
    api.post(f"/api/v1/changes/{job['result']['change_set']}/undo")
    assert total(api) == 300


def test_the_same_key_does_it_once(api):
    ids = accounts(api, 2)
    answers = [
        api.post("/api/v1/bulk/accounts/remove", json={"ids": ids}, headers={"Idempotency-Key": "one"}).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    other = api.post("/api/v1/bulk/accounts/remove", json={"ids": ids[:1]}, headers={"Idempotency-Key": "one"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {}, {"ids": []}, {"ids": ["1"]}, {"ids": [True]}, {"ids": [1], "filter": {}}, {"ids": list(range(1, 502))}, {"ids": {"a": 1}},
        {"filter": []}, {"filter": {"filter[x]": "1"}}, {"filter": {"filter[city][near]": "1"}}, {"filter": {"q": {}}}, {"filter": {"city": "Soria"}}, [], {"ids": [2**70]},
    ],
)  # fmt: skip
def test_what_is_no_selection_is_refused_and_touches_nothing(api, body):
    accounts(api, 1)
    for verb in ("change", "remove"):
        sent = body | {"values": {"city": "X"}} if isinstance(body, dict) else body
        assert api.post(f"/api/v1/bulk/accounts/{verb}", json=sent).status_code == 422
    assert total(api, **{"filter[city]": "Soria"}) == 1


def test_a_token_that_may_only_read_changes_nothing(api, admin):
    ids = accounts(api, 1)
    reader = crm.client(admin, "accounts.read")
    assert reader.post("/api/v1/bulk/accounts/change", json={"ids": ids, "values": {"city": "X"}}).status_code == 403
    assert reader.get("/api/v1/accounts/export.csv").status_code == 200
    assert crm.client().get("/api/v1/accounts/export.csv").status_code == 401


def test_csv_has_what_is_filtered_in_its_order_with_the_chosen_columns(api):
    accounts(api, 3)
    api.post("/api/v1/accounts", json={"name": "=1+1", "city": "Ávila"})
    answer = api.get("/api/v1/accounts/export.csv?sort=-name&columns=city,name&filter[city]=Soria")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["id", "city", "name"]
    assert [row[1:] for row in rows[1:]] == [["Soria", f"Account {number:03}"] for number in (2, 1, 0)]
    found = api.get("/api/v1/accounts/export.csv?q=%3D1%2B1&columns=name&filter[city]=Ávila").text
    assert "'=1+1" in found
    ids = [int(row[0]) for row in rows[1:3]]
    picked = api.get(f"/api/v1/accounts/export.csv?ids={ids[0]},{ids[1]}").text
    assert len(picked.strip().splitlines()) == 3


def test_csv_for_people_has_their_words_as_heads_and_telephones_as_they_are(api):
    phones = ("+34 600 100 200", "+34 (91) 555-10.20")
    for number, phone in enumerate(phones):
        api.post("/api/v1/accounts", json={"name": f"P{number}", "phone": phone, "city": "+1+cmd|'/c calc'!A0"})
    answer = api.get("/api/v1/accounts/export.csv?heads=labels&columns=name,phone,city&sort=name")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["id", "Name", "Telephone", "City"]
    assert tuple(row[2] for row in rows[1:]) == phones
    assert {row[3] for row in rows[1:]} == {"'+1+cmd|'/c calc'!A0"}
    assert api.get("/api/v1/accounts/export.csv?heads=x").status_code == 422


def test_xlsx_is_a_workbook_without_formulas(api):
    api.post("/api/v1/accounts", json={"name": "=1+1", "credit_limit": "12.50", "roles": ["customer"]})
    answer = api.get("/api/v1/accounts/export.xlsx?columns=name,credit_limit,roles,created_at")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<t>=1+1</t>" in sheet
    assert "<v>12.5</v>" in sheet
    assert "Credit limit" in sheet
    assert 'state="frozen"' in sheet


def test_a_bad_question_is_no_file(api):
    assert api.get("/api/v1/accounts/export.csv?filter[nothing]=1").status_code == 422
    assert api.get("/api/v1/accounts/export.xlsx?ids=1;2").status_code == 422
    assert api.get("/api/v1/nothing/export.csv").status_code == 404


def test_several_sorts(api):
    for name, city in (("B", "Soria"), ("A", "Soria"), ("C", "Lugo")):
        api.post("/api/v1/accounts", json={"name": name, "city": city})
    found = api.get("/api/v1/accounts?sort=-city,name").json()["items"]
    assert [item["name"] for item in found] == ["A", "B", "C"]
    assert api.get("/api/v1/accounts?sort=city,name,-tax_id,zone").status_code == 422


def test_many_that_are_given_what_should_tell_them_apart_are_told_so(api):
    ids = accounts(api, 3)
    sent = {"values": {"email": "info@acme.example", "city": "Soria"}}
    several = api.post("/api/v1/bulk/accounts/change", json=sent | {"ids": ids[:2]}).json()
    assert several["warnings"] == [{"field": "email", "message": "E-mail: now the same in 2 records.", "id": None}]
    alone = api.post("/api/v1/bulk/accounts/change", json=sent | {"ids": ids[2:]}).json()["warnings"]
    assert [one["id"] for one in alone] == ids[:2]
    for values in ({"email": ""}, {"city": "Lugo"}):
        assert api.post("/api/v1/bulk/accounts/change", json={"values": values, "ids": ids}).json()["warnings"] == []
