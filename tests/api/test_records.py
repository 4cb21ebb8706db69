"""Lists and records over HTTP."""

from tests.support import crm


def make(api, **values):
    answer = api.post("/api/v1/accounts", json={"name": "Acme", **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_new_record_has_an_address_a_version_and_its_values(api):
    answer = api.post("/api/v1/accounts", json={"name": " José Núñez S.L. ", "roles": ["customer"]})
    assert answer.status_code == 201
    assert (answer.headers["location"], answer.headers["etag"]) == ("/api/v1/accounts/1", '"1"')
    assert answer.json()["name"] == "José Núñez S.L."
    assert answer.json()["roles"] == ["customer"]
    assert api.get("/api/v1/accounts/1").json() == answer.json()


def test_a_list_finds_filters_sorts_and_pages(api):
    for name, city in (("José Núñez", "León"), ("Peña", "León"), ("Zubia", "Vigo")):
        make(api, name=name, city=city)
    assert [item["name"] for item in api.get("/api/v1/accounts?q=nunez").json()["items"]] == ["José Núñez"]
    found = api.get(
        "/api/v1/accounts", params={"filter[city]": "León", "sort": "-name", "size": 1, "page": 2, "fields": "name"}
    )
    assert found.json() == {"items": [{"id": 1, "version": 1, "name": "José Núñez"}], "total": 2, "page": 2, "size": 1}
    assert api.get("/api/v1/accounts?filter[city][ne]=León").json()["total"] == 1
    assert api.get("/api/v1/accounts?filter[name][contains]=zu").json()["total"] == 1


def test_a_wrong_question_is_answered_with_its_faults(api):
    for question, field in (
        ("size=501", "size"), ("page=0", "page"), ("sort=notes", "sort"), ("fields=password", "fields"),
        ("filter[nope]=1", "filter[nope]"), ("filter[email][lt]=1", "filter[email]"), ("filter[owner]=x", "filter[owner]"),
    ):  # fmt: skip
        answer = api.get(f"/api/v1/accounts?{question}")
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), question


def test_a_stale_write_is_refused_and_changes_nothing(api):
    make(api)
    assert api.patch("/api/v1/accounts/1", json={"city": "León"}, headers={"If-Match": '"1"'}).headers["etag"] == '"2"'
    for values in ({"city": "Vigo"}, {"name": "Other"}):
        answer = api.patch("/api/v1/accounts/1", json=values, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["version"]) == (412, 2)
    assert api.delete("/api/v1/accounts/1", headers={"If-Match": '"1"'}).status_code == 412
    kept = api.get("/api/v1/accounts/1").json()
    assert (kept["name"], kept["city"], kept["version"]) == ("Acme", "León", 2)


def test_without_if_match_the_last_write_stands(api):
    make(api)
    assert api.patch("/api/v1/accounts/1", json={"city": "León"}).status_code == 200
    assert api.patch("/api/v1/accounts/1", json={"city": "Vigo"}).json()["city"] == "Vigo"


def test_an_unchanged_record_is_not_sent_again(api):
    make(api)
    assert api.get("/api/v1/accounts/1", headers={"If-None-Match": '"1"'}).status_code == 304


def test_a_removed_record_is_gone_and_undo_brings_it_back(api):
    made = make(api)
    assert api.delete("/api/v1/accounts/1").status_code == 204
    assert api.get("/api/v1/accounts/1").status_code == 404
    newest = api.get("/api/v1/changes").json()["items"][0]
    assert newest["verb"] == "accounts.remove"
    assert api.post(f"/api/v1/changes/{newest['id']}/undo").status_code == 200
    assert api.get("/api/v1/accounts/1").json()["name"] == made["name"]


def test_the_history_of_a_record_tells_each_step(api):
    make(api)
    api.patch("/api/v1/accounts/1", json={"city": "León"})
    entries = api.get("/api/v1/accounts/1/changes").json()["items"]
    assert [entry["kind"] for entry in entries] == ["change", "create"]
    assert entries[0]["steps"] == [{"label": "City", "before": "", "after": "León"}]
    shown = api.get(f"/api/v1/changes/{entries[0]['change_set']}").json()
    assert shown["items"] == [
        {"resource": "accounts", "record": 1, "before": {"city": None}, "after": {"city": "León"}}
    ]


def test_the_same_idempotency_key_gives_the_same_answer_once(api):
    key = {"Idempotency-Key": "order-1"}
    first = api.post("/api/v1/accounts", json={"name": "Acme"}, headers=key)
    again = api.post("/api/v1/accounts", json={"name": "Acme"}, headers=key)
    other = api.post("/api/v1/accounts", json={"name": "Other"}, headers=key)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert (other.status_code, list(other.json()["fields"])) == (422, ["Idempotency-Key"])
    assert api.get("/api/v1/accounts").json()["total"] == 1


def test_the_settings_are_one_record_at_one_address(api):
    assert api.get("/api/v1/settings").json()["name"] == "Acme"
    assert api.patch("/api/v1/settings", json={"name": "Beta"}).json()["name"] == "Beta"
    assert api.patch("/api/v1/settings", json={"currency": "eur"}).json()["fields"].keys() == {"currency"}
    assert api.post("/api/v1/settings", json={"name": "x"}).status_code == 405


def test_many_records_come_in_all_or_none(api):
    answer = api.post("/api/v1/bulk/accounts", json=[{"name": "a"}, {"email": "x"}, 3, {"name": "b", "city": "León"}])
    assert answer.status_code == 422
    assert [(fault["row"], sorted(fault["fields"])) for fault in answer.json()["errors"]] == [
        (1, ["email", "name"]),
        (2, [""]),
    ]
    assert api.get("/api/v1/accounts").json()["total"] == 0
    made = api.post("/api/v1/bulk/accounts", json=[{"name": "a"}, {"name": "b", "city": "León"}]).json()
    assert (made["ids"], made["total"]) == ([1, 2], 2)
    assert api.get("/api/v1/accounts/2").json()["city"] == "León"
    assert api.post(f"/api/v1/changes/{made['change_set']}/undo").status_code == 200
    assert api.get("/api/v1/accounts").json()["total"] == 0


def test_repeats_among_many_are_told_by_their_row(api):
    api.post("/api/v1/sectors", json={"name": "Metal"})
    answer = api.post("/api/v1/bulk/sectors", json=[{"name": "Textil"}, {"name": "Metal"}, {"name": "Textil"}])
    assert [(fault["row"], list(fault["fields"])) for fault in answer.json()["errors"]] == [
        (1, ["name"]),
        (2, ["name"]),
    ]


def test_five_thousand_are_taken_and_one_more_is_not(api):
    rows = [{"name": f"Account {number}"} for number in range(5_001)]
    assert api.post("/api/v1/bulk/accounts", json=rows).json()["fields"].keys() == {"items"}
    assert api.post("/api/v1/bulk/accounts", json=rows[:5_000]).json()["total"] == 5_000
    assert api.get("/api/v1/accounts?q=account").json()["total"] == 5_000


def test_what_others_refer_to_is_not_removed(api):
    sector = api.post("/api/v1/sectors", json={"name": "Metal"}).json()["id"]
    make(api, sector=sector)
    assert api.delete(f"/api/v1/sectors/{sector}").status_code == 422
    assert api.get(f"/api/v1/sectors/{sector}").status_code == 200


def test_every_resource_of_the_api_lists_itself(api):
    from crm_app.core.resource import RESOURCES

    for resource in (found for found in RESOURCES if found.api):
        assert api.get(f"/api/v1/{resource.name}").status_code == 200, resource.name
        assert api.get(f"/api/v1/{resource.name}/999999").status_code == 404, resource.name


def test_a_role_sees_and_does_no_more_than_it_holds(api, admin):
    reader = crm.client(crm.member("rita@acme.example", "Read-only"))
    make(api)
    assert reader.get("/api/v1/accounts/1").status_code == 200
    assert reader.patch("/api/v1/accounts/1", json={"city": "x"}).status_code == 403
    assert reader.post("/api/v1/accounts", json={"name": "x"}).status_code == 403
    assert reader.post("/api/v1/bulk/accounts", json=[{"name": "x"}]).status_code == 403
    assert reader.delete("/api/v1/accounts/1").status_code == 403
    for closed in ("roles", "changes", "settings"):
        assert reader.get(f"/api/v1/{closed}").status_code == 403, closed


def test_a_seller_reaches_only_the_teams_records(api):
    seller = crm.client(crm.member("sol@acme.example", "Sales"))
    make(api, name="Not hers")
    assert seller.get("/api/v1/accounts").json()["total"] == 0
    assert seller.get("/api/v1/accounts/1").status_code == 404
    assert seller.patch("/api/v1/accounts/1", json={"city": "x"}).status_code == 404
    assert seller.get("/api/v1/accounts/1/changes").status_code == 404
    assert seller.post("/api/v1/accounts", json={"name": "Hers"}).status_code == 201
    assert (
        seller.post("/api/v1/bulk/accounts", json=[{"name": "Hers too"}, {"name": "x", "owner": 1}]).json()["errors"][
            0
        ]["row"]
        == 1
    )
    assert seller.get("/api/v1/accounts").json()["total"] == 1


def test_what_another_record_holds_too_is_told_beside_the_new_one_and_the_changed_one(api):
    make(api, email="info@acme.example")
    twin = make(api, name="Twin", email="INFO@acme.example")
    warned = [{"field": "email", "message": "E-mail: the same as in Acme.", "id": 1}]
    assert twin["warnings"] == warned
    assert "warnings" not in api.get("/api/v1/accounts/2").json()
    assert "warnings" not in api.patch("/api/v1/accounts/2", json={"city": "León"}).json()
    assert api.patch("/api/v1/accounts/2", json={"email": "info@acme.example"}).json()["warnings"] == warned
    assert "warnings" not in api.patch("/api/v1/accounts/2", json={"email": "two@acme.example"}).json()


def test_a_list_of_words_is_sent_as_a_list_and_null_clears_it(api):
    made = make(api, roles=["customer"], tags=["vip"])
    for field, example in (("roles", "customer"), ("tags", "vip")):
        for wrong in ("", "customer", "a,b", 5, True, {}):
            answer = api.patch("/api/v1/accounts/1", json={field: wrong})
            told = f'Send a list such as ["{example}"]. An empty list or null clears it.'
            assert (answer.status_code, answer.json()["fields"]) == (422, {field: told}), wrong
    assert api.get("/api/v1/accounts/1").json() == made
    cleared = api.patch("/api/v1/accounts/1", json={"roles": None, "tags": None}).json()
    assert (cleared["roles"], cleared["tags"]) == ([], [])
    shape = api.get("/api/v1/openapi.json").json()["components"]["schemas"]["AccountChange"]["properties"]
    for field in ("roles", "tags"):
        assert (shape[field]["type"], shape[field]["description"]) == (
            ["array", "null"],
            "`null` is taken for an empty list.",
        )


def test_a_fault_says_what_to_do(api):
    make(api)
    for values, told in (
        ({"nome": "x"}, "There is no field of this name here."),
        ({"created_at": "2026-01-01T00:00:00Z"}, "This field is filled by the program: leave it out."),
        ({"active": None}, "Send true or false."),
        ({"sector": 99}, "There is no such record, or you may not see it. Choose another."),
        ({"tags": ["a,b"]}, "A tag holds no comma: it would be two."),
        ({"tags": ["a" * 41]}, "Each tag is a text of at most 40 characters."),
    ):
        answer = api.patch("/api/v1/accounts/1", json=values)
        assert (answer.status_code, list(answer.json()["fields"].values())) == (422, [told]), values
    fields = api.get("/api/v1/accounts?filter[active][lt]=1").json()["fields"]
    assert fields == {"filter[active]": "Active cannot be filtered in that way. Possible operators: eq, ne."}
    told = api.get("/api/v1/accounts?fields=name,nome").json()["fields"]["fields"]
    assert told.startswith("There is no field nome here. Use only: name, legal_name, ")


def test_records_are_merged_over_http_and_old_addresses_lead_to_what_is_left(api):
    kept, gone = make(api, name="Kept"), make(api, name="Gone", email="g@gone.example")
    asked = {"records": [{"id": gone["id"], "version": 1}], "keep": {"name": gone["id"]}}
    answer = api.post(f"/api/v1/accounts/{kept['id']}/merge", json=asked, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    found = answer.json()
    assert (found["name"], found["email"], found["version"]) == ("Gone", "g@gone.example", 2)
    led = api.get(f"/api/v1/accounts/{gone['id']}", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (301, f"/api/v1/accounts/{kept['id']}")
    assert led.json() == {"id": kept["id"], "detail": "Gone was merged into Gone."}
    for refused in (
        api.patch(f"/api/v1/accounts/{gone['id']}", json={"city": "x"}),
        api.delete(f"/api/v1/accounts/{gone['id']}"),
        api.post(f"/api/v1/accounts/{gone['id']}/merge", json={"records": [kept["id"]]}),
    ):
        assert (refused.status_code, refused.headers["location"]) == (410, f"/api/v1/accounts/{kept['id']}")
        told = {"title": "Merged into another record", "detail": "Gone was merged into Gone.", "id": kept["id"]}
        assert refused.json().items() >= told.items()
    assert api.get(f"/api/v1/accounts/{kept['id']}").json()["version"] == 2
    assert api.patch("/api/v1/accounts/999", json={"city": "x"}).status_code == 404
    assert api.post(f"/api/v1/changes/{found['change_set']}/undo").status_code == 200
    assert api.get(f"/api/v1/accounts/{gone['id']}", follow_redirects=False).json()["name"] == "Gone"


def test_a_stale_merge_is_412_and_a_bad_one_422_at_its_field(api):
    kept, gone = make(api, name="Kept")["id"], make(api, name="Gone")["id"]
    way = f"/api/v1/accounts/{kept}/merge"
    assert api.post(way, json={"records": [{"id": gone, "version": 9}]}).status_code == 412
    assert api.post(way, json={"records": [gone]}, headers={"If-Match": '"9"'}).status_code == 412
    for sent, field in (
        ({}, "records"),
        ({"records": [kept]}, "records.0"),
        ({"records": [gone, 999]}, "records.1"),
        ({"records": [gone], "keep": {"nome": gone}}, "keep.nome"),
    ):
        answer = api.post(way, json=sent)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), sent
    assert api.get("/api/v1/accounts").json()["total"] == 2


def test_what_many_new_records_share_with_others_is_told_by_their_row(api):
    make(api, email="info@acme.example")
    rows = [{"name": "One"}, {"name": "Two", "email": "INFO@acme.example"}, {"name": "Three", "tax_id": "B12345674"}]
    made = api.post("/api/v1/bulk/accounts", json=rows).json()
    assert made["warnings"] == [{"row": 1, "field": "email", "message": "E-mail: the same as in Acme.", "id": 1}]
    again = api.post("/api/v1/bulk/accounts", json=[{"name": "Twin", "tax_id": "B12345674"}] * 2).json()
    told = [(one["row"], one["id"]) for one in again["warnings"]]
    three, twins = made["ids"][2], again["ids"]
    assert told == [(0, three), (0, twins[1]), (1, three), (1, twins[0])]
    assert "warnings" not in api.post("/api/v1/bulk/accounts", json=[{"name": "Four"}]).json()


def test_what_happened_is_told_in_the_callers_language(api):
    make(api)
    api.patch("/api/v1/accounts/1", json={"city": "Soria"})
    api.patch("/api/v1/users/1", json={"language": "es"})
    newest, oldest = api.get("/api/v1/accounts/1/changes").json()["items"]
    assert (newest["label"], newest["verb"], newest["kind"]) == ("Cambiar", "accounts.change", "change")
    assert newest["steps"] == [{"label": "Ciudad", "before": "", "after": "Soria"}]
    assert oldest["label"] == "Crear"
