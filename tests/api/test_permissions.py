"""What roles may do, read and changed by programs."""

import pytest

from crm_app.models.users import BUILT_IN_ROLES
from crm_app.services import actions
from tests.support import crm, kernel


@pytest.fixture
def role(api):
    return api.post("/api/v1/roles", json={"name": "Becarios"}).json()["id"]


def test_every_permission_there_is_is_listed_with_the_scopes_it_has(api):
    found = {one["permission"]: one["scopes"] for one in api.get("/api/v1/permissions").json()["items"]}
    assert found["accounts.read"] == ["own", "team", "all"]
    assert found["sectors.change"] == ["all"]
    assert (found["changes.undo"], found["jobs.read"]) == (["own", "team", "all"], ["all"])
    assert found.keys() == actions.granted().keys()


def test_the_roles_that_come_with_a_company_hold_only_scopes_that_there_are(api):
    """A permission of a module that is yet to come may stand there; what it will have nobody knows."""
    scopes = actions.granted()
    held = [(name, scope) for given in BUILT_IN_ROLES.values() for name, scope in given.items() if name in scopes]
    assert [(name, scope) for name, scope in held if scope not in scopes[name]] == []


def test_permissions_are_given_and_taken_as_one_change_that_is_undone(api, role):
    path = f"/api/v1/roles/{role}/permissions"
    before = api.get(path)
    assert before.json() == {"id": role, "version": 1, "permissions": {}}
    assert before.headers["etag"] == '"1"'
    given = api.patch(path, json={"accounts.read": "team", "accounts.change": "own", "changes.undo": "own"})
    assert given.json()["permissions"] == {"accounts.change": "own", "accounts.read": "team", "changes.undo": "own"}
    assert (given.json()["version"], given.headers["etag"]) == (2, '"2"')
    taken = api.patch(path, json={"accounts.change": "", "changes.undo": None, "accounts.read": "all"})
    assert taken.json()["permissions"] == {"accounts.read": "all"}
    assert api.patch(path, json={"accounts.read": "all"}).json()["version"] == 3
    (latest, *_) = api.get("/api/v1/changes").json()["items"]
    api.post(f"/api/v1/changes/{latest['id']}/undo")
    assert api.get(path).json()["permissions"] == given.json()["permissions"]


def test_what_is_given_counts_at_once(api, role):
    other = crm.client(crm.member("becaria@acme.example", "Becarios"))
    assert other.get("/api/v1/accounts").status_code == 403
    api.patch(f"/api/v1/roles/{role}/permissions", json={"accounts.read": "all"})
    assert other.get("/api/v1/accounts").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"accounts.explode": "all"}, {"accounts.read": "everybody"}, {"sectors.read": "own"}, {"*": "all"}, {"accounts.*": "all"},
        {"accounts.read": True}, {"accounts.read": ["all"]}, {"accounts.read": {"a": 1}}, {"": "all"}, {"a" * 5000: "all"}, {"\x00": "all"},
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused_by_its_name_and_nothing_else_is_given(api, role, wrong):
    path = f"/api/v1/roles/{role}/permissions"
    answer = api.patch(path, json={"contacts.read": "all"} | wrong)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [next(iter(wrong))[:60]]
    assert api.get(path).json() == {"id": role, "version": 1, "permissions": {}}


def test_a_stale_change_is_refused(api, role):
    path = f"/api/v1/roles/{role}/permissions"
    api.patch(path, json={"accounts.read": "all"}, headers={"If-Match": '"1"'})
    stale = api.patch(path, json={"accounts.read": "own"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    assert stale.json()["theirs"] == {"accounts.read": "all"}
    assert api.get(path).json()["permissions"] == {"accounts.read": "all"}


def test_nobody_gives_more_than_they_hold_nor_reads_what_they_may_not(api, role):
    path = f"/api/v1/roles/{role}/permissions"
    helper = crm.client(kernel.user_with({"roles.read": "all", "roles.change": "all", "accounts.read": "team"}).user)
    assert helper.patch(path, json={"accounts.read": "team"}).status_code == 200
    for wider in ({"accounts.read": "all"}, {"accounts.remove": "own"}):
        assert helper.patch(path, json=wider).status_code == 403
    assert helper.get(path).json()["permissions"] == {"accounts.read": "team"}
    reader = crm.client(crm.member("lee@acme.example", "Read-only"))
    for answer in (reader.get(path), reader.get("/api/v1/permissions"), reader.patch(path, json={})):
        assert answer.status_code == 403
    assert api.get("/api/v1/roles/999/permissions").status_code == 404
