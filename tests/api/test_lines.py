"""Lines inside records over HTTP."""

STREET = {"purpose": "delivery", "street": "Calle Mayor, 1", "city": "León"}


def make(api, **values):
    answer = api.post("/api/v1/accounts", json={"name": "Acme", **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_lines_are_made_shown_and_replaced_with_their_record(api):
    made = make(api, addresses=[STREET, STREET | {"street": "Otra"}], phones=[{"number": "600 100 200"}])
    assert [line["street"] for line in made["addresses"]] == ["Calle Mayor, 1", "Otra"]
    assert api.get("/api/v1/accounts/1").json() == made
    second = made["addresses"][1]
    body = {"addresses": [{**second, "city": "Vigo"}, {"street": "Nueva"}]}
    changed = api.patch("/api/v1/accounts/1", json=body).json()
    assert [(line["street"], line["city"]) for line in changed["addresses"]] == [("Otra", "Vigo"), ("Nueva", None)]
    assert changed["addresses"][0]["id"] == second["id"]
    assert changed["phones"] == made["phones"]
    assert changed["version"] == 2


def test_nothing_where_a_list_or_an_answer_is_needed_is_refused_and_changes_nothing(api):
    made = make(api, addresses=[STREET], active=False)
    for body in ({"addresses": ""}, {"addresses": None}, {"addresses": " "}, {"active": None}, {"active": ""}):
        answer = api.patch("/api/v1/accounts/1", json=body)
        assert (answer.status_code, set(answer.json()["fields"])) == (422, set(body)), body
    assert api.get("/api/v1/accounts/1").json() == made
    assert api.patch("/api/v1/accounts/1", json={"addresses": []}).json()["addresses"] == []


def test_what_is_wrong_in_a_line_is_said_at_its_place(api):
    wrong = {"name": "", "addresses": [{"street": ""}, {"street": "A", "country": "XX"}, 7, {"id": 99}], "emails": "x"}
    answer = api.post("/api/v1/accounts", json=wrong)
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"name", "emails"}
    del wrong["emails"]
    answer = api.post("/api/v1/accounts", json=wrong)
    assert set(answer.json()["fields"]) == {
        "name",
        "addresses.0.street",
        "addresses.1.country",
        "addresses.2",
        "addresses.3",
    }


def test_a_list_brings_lines_only_when_asked(api):
    make(api, addresses=[STREET])
    make(api, name="Beta")
    assert "addresses" not in api.get("/api/v1/accounts").json()["items"][0]
    found = api.get("/api/v1/accounts?fields=name,addresses").json()["items"]
    assert [[line["city"] for line in item["addresses"]] for item in found] == [["León"], []]
    assert set(found[0]) == {"id", "version", "name", "addresses"}
    assert "addresses" in api.get("/api/v1/accounts?fields=nope").json()["fields"]["fields"]


def test_many_records_come_with_their_lines_and_one_undo_takes_all(api):
    rows = [{"name": "A", "addresses": [STREET, STREET]}, {"name": "B", "emails": [{"address": "b@b.example"}]}]
    made = api.post("/api/v1/bulk/accounts", json=rows).json()
    assert len(api.get(f"/api/v1/accounts/{made['ids'][0]}").json()["addresses"]) == 2
    assert api.get(f"/api/v1/accounts/{made['ids'][1]}").json()["emails"][0]["purpose"] == "billing"
    assert api.post(f"/api/v1/changes/{made['change_set']}/undo").status_code == 200
    assert api.get("/api/v1/accounts").json()["total"] == 0


def test_a_wrong_line_in_a_row_stops_all(api):
    ends = {"street": "A", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}
    rows = [{"name": "A", "addresses": [ends]}, {"name": "B", "phones": [{"number": "x"}]}, {"name": "C"}]
    answer = api.post("/api/v1/bulk/accounts", json=rows).json()
    assert [(fault["row"], list(fault["fields"])) for fault in answer["errors"]] == [
        (0, ["addresses.0.valid_to"]),
        (1, ["phones.0.number"]),
    ]
    assert api.get("/api/v1/accounts").json()["total"] == 0


def test_the_document_tells_of_lines(api):
    schemas = api.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert schemas["Account"]["properties"]["addresses"]["items"]["properties"]["street"]["maxLength"] == 200
    assert "`street`" in schemas["AccountNew"]["properties"]["addresses"]["description"]
    assert schemas["Contact"]["properties"]["accounts"]["items"]["properties"]["account"]["type"] == "integer"
