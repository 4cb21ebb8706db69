"""Who is let in, and how everybody else is answered."""

from dataclasses import replace

from tests.support import crm, kernel


def test_a_stranger_is_told_to_sign_in(api):
    stranger = crm.client()
    for answer in (
        stranger.get("/api/v1/accounts"),
        stranger.post("/api/v1/accounts", json={"name": "x"}),
        stranger.get("/api/v1/jobs"),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_token_is_refused_and_guessing_is_stopped(api):
    stranger = crm.client()
    stranger.headers["Authorization"] = "Bearer nonsense"
    statuses = [stranger.get("/api/v1/accounts").status_code for _ in range(41)]
    assert statuses == [401] * 40 + [429]
    assert int(stranger.get("/api/v1/accounts").headers["retry-after"]) > 0


def test_a_token_with_limits_does_only_what_they_name_and_makes_no_other(api, admin):
    narrow = crm.client(admin, "accounts.read")
    assert narrow.get("/api/v1/accounts").status_code == 200
    assert narrow.post("/api/v1/accounts", json={"name": "x"}).status_code == 403
    assert narrow.get("/api/v1/sectors").status_code == 403
    assert narrow.post("/api/v1/tokens", json={"name": "wider"}).status_code == 403


def test_a_tokens_key_is_shown_once_and_dies_with_it(api):
    made = api.post("/api/v1/tokens", json={"name": "shop", "scopes": ["accounts.read"]}).json()
    other = crm.client()
    other.headers["Authorization"] = f"Bearer {made['token']}"
    assert other.get("/api/v1/accounts").status_code == 200
    assert all("token" not in token for token in api.get("/api/v1/tokens").json()["items"])
    assert api.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    assert other.get("/api/v1/accounts").status_code == 401
    assert api.delete(f"/api/v1/tokens/{made['id']}").status_code == 404
    assert api.post("/api/v1/tokens", json={"name": "x", "scopes": ["'; drop"]}).status_code == 422


def test_with_the_cookie_only_our_own_pages_may_change_anything(api, admin):
    from crm_app.services import identity

    browser = crm.client()
    browser.cookies.set("crm_session", identity.open_session(admin, "a test", "", stay=False).cookie)
    assert browser.get("/api/v1/accounts").status_code == 200
    for headers, status in (
        ({}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://testserver"}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
    ):
        assert browser.post("/api/v1/accounts", json={"name": "x"}, headers=headers).status_code == status, headers


def test_a_wrong_authorization_is_not_saved_by_the_cookie(api, admin):
    from crm_app.services import identity

    browser = crm.client()
    browser.cookies.set("crm_session", identity.open_session(admin, "a test", "", stay=False).cookie)
    assert browser.get("/api/v1/accounts", headers={"Authorization": "Basic eA=="}).status_code == 401


def test_the_two_addresses_for_watchers_tell_strangers_no_details(api):
    stranger = crm.client()
    assert stranger.get("/healthz").json() == {"status": "ok"}
    assert stranger.get("/readyz").json() == {"status": "ok"}


def test_not_ready_without_a_database(tmp_path, monkeypatch):
    from crm_app.services import checks

    monkeypatch.setattr(checks, "_last", (0.0, False))
    with crm.using(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path):
        answer = crm.client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})


def test_not_ready_and_not_begun_without_the_redis_that_was_named(admin, monkeypatch):
    from crm_app import serving
    from crm_app.core.settings import settings
    from crm_app.services import checks

    monkeypatch.setattr(checks, "_last", (0.0, False))
    monkeypatch.setattr(checks, "settings", lambda: replace(settings(), redis_url="redis://127.0.0.1:1/0"))
    assert crm.client().get("/readyz").status_code == 503
    assert serving.obstacle("127.0.0.1", 8000).startswith("Redis (CRM_REDIS_URL) does not answer: Error 111")
    (found,) = [one for one in checks.integrity() if one.name == "redis"]
    assert not found.well


def test_unknown_addresses_and_methods_are_problems(api):
    for answer, status in (
        (api.get("/api/v1/nothing"), 404),
        (api.get("/api/v1/accounts/1/2/3/4"), 404),
        (api.get("/api/v1/"), 404),
        (api.put("/api/v1/accounts", json={}), 405),
        (api.post("/api/v1/accounts/1/explode"), 404),
        (api.post("/api/v1/accounts/1/remove"), 404),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
    for method, path, allowed in (
        ("PUT", "accounts", "GET, HEAD, POST"), ("PUT", "accounts/1", "DELETE, GET, HEAD, PATCH"), ("POST", "sold-lines", "GET, HEAD"),
        ("DELETE", "tokens", "GET, HEAD, POST"),
    ):  # fmt: skip
        answer = api.request(method, f"/api/v1/{path}", json={})
        assert (answer.status_code, answer.headers.get("allow")) == (405, allowed), (method, path)


def test_a_stranger_is_answered_in_the_language_they_ask_for(api):
    for language in ("es", "en"):
        answer = crm.client().get("/api/v1/accounts", headers={"Accept-Language": f"{language}-XX,de;q=0.5"}).json()
        from crm_app.core.i18n import translate

        assert answer["detail"] == translate("Sign in to go on.", language)


def test_what_nobody_foresaw_is_a_500_that_tells_nothing(api, monkeypatch):
    from crm_app.services import records

    def broken(*_args, **_options):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(records, "page", broken)
    answer = api.get("/api/v1/accounts")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_the_description_names_every_resource_and_is_public(api):
    from crm_app.core.resource import RESOURCES

    found = crm.client().get("/api/v1/openapi.json").json()
    assert found["openapi"] == "3.1.0"
    assert {f"/{resource.name}" for resource in RESOURCES if resource.api} <= found["paths"].keys()
    names = [operation["operationId"] for methods in found["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    page = crm.client().get("/api/v1/docs")
    assert "<script" not in page.text
    assert "'unsafe" not in page.headers["content-security-policy"]
    assert all(f'id="{resource.name}"' in page.text for resource in RESOURCES if resource.api)


def test_what_the_description_names_as_a_default_is_one_of_the_choices(api):
    def shapes(part):
        if isinstance(part, dict):
            yield part
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from shapes(inner)

    found = list(shapes(crm.client().get("/api/v1/openapi.json").json()))
    chosen = [(one["default"], one["enum"]) for one in found if "default" in one and "enum" in one]
    assert len(chosen) > 10
    assert [default for default, choices in chosen if default not in choices] == []


def test_every_reference_in_the_description_leads_somewhere(api):
    found = crm.client().get("/api/v1/openapi.json").json()

    def references(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            for inner in part.values():
                yield from references(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from references(inner)

    for reference in set(references(found)):
        target = found
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        assert target


def test_a_token_with_limits_sees_and_ends_no_tokens(api, admin):
    other = api.post("/api/v1/tokens", json={"name": "other"}).json()
    for scopes in (("accounts.read",), ("*",)):
        narrow = crm.client(admin, *scopes)
        assert narrow.get("/api/v1/tokens").status_code == 403
        assert narrow.delete(f"/api/v1/tokens/{other['id']}").status_code == 403
    assert other["id"] in [token["id"] for token in api.get("/api/v1/tokens").json()["items"]]


def test_a_token_is_limited_only_to_permissions_that_there_are(api):
    for scope in ("accounts.fly", "nothing.*", "accounts", "*.read", ""):
        answer = api.post("/api/v1/tokens", json={"name": "x", "scopes": [scope]})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["scopes"])
    assert api.post("/api/v1/tokens", json={"name": "x", "scopes": ["changes.undo", "invoices.*"]}).status_code == 201


def test_a_head_answers_as_a_get_does(api):
    key = api.post("/api/v1/accounts", json={"name": "Acme"}).json()["id"]
    answer = api.head(f"/api/v1/accounts/{key}")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


def test_a_record_is_read_as_it_was(api):
    key = api.post("/api/v1/accounts", json={"name": "One"}).json()["id"]
    api.patch(f"/api/v1/accounts/{key}", json={"name": "Two"})
    assert api.get(f"/api/v1/accounts/{key}").json()["name"] == "Two"
    past = api.get(f"/api/v1/accounts/{key}", params={"as_of": "2026-01-01T00:00:00Z"})
    assert past.status_code == 404
    assert api.get(f"/api/v1/accounts/{key}", params={"as_of": "2999-01-01T00:00:00Z"}).json()["name"] == "Two"
    wrong = api.get(f"/api/v1/accounts/{key}", params={"as_of": "yesterday"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["as_of"])


def test_holding_a_customer_and_setting_its_credit_is_a_permission_of_its_own(api):
    key = api.post("/api/v1/accounts", json={"name": "Acme"}).json()["id"]
    clerk = crm.client(crm.member("clerk@acme.example", "Back office"))
    held = clerk.post(f"/api/v1/accounts/{key}/hold", json={})
    assert (held.status_code, held.json()["held"]) == (200, True)
    assert clerk.post(f"/api/v1/accounts/{key}/release", json={}).json()["held"] is False
    assert clerk.patch(f"/api/v1/accounts/{key}", json={"credit_limit": "500"}).json()["credit_limit"] == "500"
    helper = crm.client(crm.member("help@acme.example", "Support"))
    for verb in ("hold", "release"):
        assert helper.post(f"/api/v1/accounts/{key}/{verb}", json={}).status_code == 403
    for name, value in (("held", True), ("credit_limit", "900"), ("credit_limit", None)):
        answer = helper.patch(f"/api/v1/accounts/{key}", json={name: value, "city": "León"})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [name])
    assert helper.patch(f"/api/v1/accounts/{key}", json={"held": False, "city": "León"}).json()["city"] == "León"
    seller = crm.client(crm.member("sell@acme.example", "Sales"))
    assert list(seller.post("/api/v1/accounts", json={"name": "B", "held": True}).json()["fields"]) == ["held"]
    assert seller.post("/api/v1/accounts", json={"name": "B", "held": False}).status_code == 201


def test_what_needs_a_permission_of_its_own_is_not_set_in_many_nor_by_undo(api):
    key = api.post("/api/v1/accounts", json={"name": "Acme"}).json()["id"]
    held = api.post(f"/api/v1/accounts/{key}/hold", json={}).json()["change_set"]
    helper = crm.client(
        kernel.user_with({"accounts.read": "all", "accounts.change": "all", "changes.undo": "all"}).user or 0
    )
    for values in ({"held": False}, {"credit_limit": "999999"}):
        found = helper.post("/api/v1/bulk/accounts/change", json={"ids": [key], "values": values})
        assert (found.status_code, found.json()["refused"]) == (200, 1)
    assert helper.post(f"/api/v1/changes/{held}/undo", json={}).status_code == 403
    assert (
        api.get(f"/api/v1/accounts/{key}").json()["held"],
        api.get(f"/api/v1/accounts/{key}").json()["credit_limit"],
    ) == (True, None)


def test_a_verb_held_for_some_sets_its_field_only_in_those(api):
    clerk = kernel.user_with({"accounts.read": "all", "accounts.change": "all", "accounts.hold": "own"})
    mine, other = (
        api.post("/api/v1/accounts", json={"name": "A", "owner": owner}).json()["id"] for owner in (clerk.user, None)
    )
    program = crm.client(clerk.user)
    assert program.patch(f"/api/v1/accounts/{mine}", json={"held": True}).json()["held"] is True
    assert list(program.patch(f"/api/v1/accounts/{other}", json={"held": True}).json()["fields"]) == ["held"]


def test_many_are_changed_by_the_rules_of_one(api):
    first, second = (api.post("/api/v1/accounts", json={"name": name, "country": "ES"}).json()["id"] for name in "AB")
    contact = api.post("/api/v1/contacts", json={"name": "Eva", "consent": "given"}).json()["id"]

    def change(resource, key, **values):
        return api.post(f"/api/v1/bulk/{resource}/change", json={"ids": [key], "values": values}).json()["refused"]

    assert change("accounts", first, tax_id="rubbish!!") == 1
    assert (change("accounts", first, parent=second), change("accounts", second, parent=first)) == (0, 1)
    assert change("contacts", contact, do_not_contact=True) == 0
    assert api.get(f"/api/v1/contacts/{contact}").json()["consent"] == "withdrawn"


def test_a_past_that_nobody_can_have_is_not_there(api):
    for key in ("9" * 40, "abc", "0"):
        assert api.get(f"/api/v1/accounts/{key}", params={"as_of": "2999-01-01T00:00:00Z"}).status_code == 404
