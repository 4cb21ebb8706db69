"""What may stand in the query part of an address: what is read there, and nothing else."""

import pytest

from tests.support import crm


def asked(found, operation):
    """The names of its parameters."""
    named = [
        found["components"]["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in operation["parameters"]
    ]
    return [one["name"] for one in named if one["in"] == "query"]


@pytest.mark.parametrize("admin", ["sqlite"], indirect=True)  # it is refused before the database is asked
def test_every_address_takes_what_its_description_names_and_refuses_all_else(api):
    found = crm.client().get("/api/v1/openapi.json").json()
    for path, methods in found["paths"].items():
        address = path.replace("{id}", "1").replace("{resource}", "accounts").replace("{kind}", "pdf")
        for method, operation in methods.items():
            params = dict.fromkeys([*asked(found, operation), "nonsense"], "1")
            answer = api.request(method.upper(), f"/api/v1{address}", params=params)
            assert (answer.status_code, list(answer.json()["fields"])) == (422, ["nonsense"]), (method, path)


@pytest.mark.parametrize("admin", ["sqlite"], indirect=True)
def test_a_misspelt_question_is_refused_and_told_what_can_be_asked(api):
    api.post("/api/v1/accounts", json={"name": "Uno", "city": "Soria"})
    for question, name in (
        ("city=Lugo", "city"),
        ("flter[city]=Lugo", "flter[city]"),
        ("Q=lugo", "Q"),
        ("limit=5", "limit"),
    ):
        answer = api.get(f"/api/v1/accounts?{question}")
        assert answer.status_code == 422
        assert answer.json()["fields"] == {
            name: "Use only: q, sort, columns, widths, page, size, filter[\u2026], fields."
        }
    answer = api.patch("/api/v1/accounts/1?dry_run=1", json={"city": "Lugo"})
    assert answer.json()["fields"] == {"dry_run": "This address takes no parameters."}
    assert api.get("/api/v1/accounts/1").json()["city"] == "Soria"
    assert crm.client().get("/api/v1/accounts?flter=1").status_code == 401


def test_the_fields_that_are_named_come_and_no_others(api):
    api.post("/api/v1/accounts", json={"name": "Uno", "city": "Soria", "phones": [{"number": "+34 600 000 000"}]})
    one = {"id": 1, "version": 1}
    assert api.get("/api/v1/accounts?fields=id").json()["items"] == [one]
    assert api.get("/api/v1/accounts/1?fields=id,version").json() == one
    assert api.get("/api/v1/accounts/1?fields=city,name").json() == one | {"city": "Soria", "name": "Uno"}
    (line,) = api.get("/api/v1/accounts/1?fields=phones").json()["phones"]
    assert line["number"] == "+34 600 000 000"
    assert list(api.get("/api/v1/accounts/1?fields=nope").json()["fields"]) == ["fields"]
    then = api.get("/api/v1/accounts/1", params={"fields": "city", "as_of": "2999-01-01T00:00:00Z"}).json()
    assert then == {"id": 1, "as_of": "2999-01-01T00:00:00Z", "city": "Soria"}


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", W/"1"', "*"])
def test_what_a_caller_has_is_known_by_its_tag_however_it_came(api, tag):
    api.post("/api/v1/accounts", json={"name": "Uno"})
    assert api.get("/api/v1/accounts/1", headers={"If-None-Match": tag}).status_code == 304
    assert api.get("/api/v1/accounts/1", headers={"If-None-Match": '"7"'}).status_code == 200


def test_records_are_asked_for_by_their_ids(api):
    for name, parent in (("Uno", None), ("Dos", 1), ("Tres", 1)):
        api.post("/api/v1/accounts", json={"name": name, "parent": parent})

    def ids(question):
        answer = api.get(f"/api/v1/accounts?{question}&fields=id")
        return (
            sorted(item["id"] for item in answer.json()["items"])
            if answer.status_code == 200
            else answer.json()["fields"]
        )

    assert ids("filter[id]=1") == [1]  # and none of those below it
    assert ids("filter[id][in]=3,1,77") == [1, 3]
    assert ids("filter[id][ne]=1") == [2, 3]
    assert ids("filter[id]=one") == {"filter[id]": "Choose one from the list."}
    assert list(ids("filter[id][lt]=3")) == ["filter[id]"]


def test_whether_something_is_empty_is_asked_with_yes_or_no(api):
    api.post("/api/v1/accounts", json={"name": "Uno", "city": "Soria"})
    totals = [
        api.get(f"/api/v1/accounts?filter[city][empty]={word}").json().get("total")
        for word in ("", "true", "false", "0")
    ]
    assert totals == [0, 0, 1, 1]
    wrong = api.get("/api/v1/accounts?filter[city][empty]=flase").json()["fields"]
    assert wrong == {"filter[city]": "Answer yes or no."}
    wrong = api.get("/api/v1/accounts?filter[contacts][empty]=flase").json()["fields"]
    assert wrong == {"filter[contacts]": "Answer yes or no."}
