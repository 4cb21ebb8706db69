"""Saved views over HTTP: mine, my team's, everybody's."""

import pytest

from tests.support import crm, kernel

PATH = "/api/v1/views"


def save(api, name="Soria", **more):
    return api.post(PATH, json={"resource": "accounts", "name": name} | more)


def names(api, **params):
    return [view["name"] for view in api.get(PATH, params=params).json()["items"]]


@pytest.fixture
def team(admin):
    """A team's two sellers and somebody of no team, as programs."""
    key = kernel.team()
    people = (("sol@acme.example", key), ("ben.mate@acme.example", key), ("eva.alone@acme.example", None))
    return [crm.client(crm.member(email, "Sales", of)) for email, of in people]


def test_a_view_is_made_read_changed_and_removed(api):
    made = save(api, query="?filter[city]=Soria&sort=-name&columns=name,city&page=3", shared="everybody")
    assert made.status_code == 201
    key = made.json()["id"]
    assert made.headers["location"] == f"{PATH}/{key}"
    assert made.json() == {
        "id": key,
        "resource": "accounts",
        "name": "Soria",
        "query": "filter%5Bcity%5D=Soria&sort=-name&columns=name%2Ccity",
        "shared": "everybody",
        "mine": True,
    }
    assert api.get(f"{PATH}/{key}").json() == made.json()
    changed = api.patch(f"{PATH}/{key}", json={"name": "Lugo", "query": "filter[city]=Lugo", "shared": "personal"})
    assert (changed.status_code, changed.json()["name"], changed.json()["query"]) == (
        200,
        "Lugo",
        "filter%5Bcity%5D=Lugo",
    )
    assert (names(api), names(api, resource="accounts"), names(api, resource="products")) == (["Lugo"], ["Lugo"], [])
    assert api.delete(f"{PATH}/{key}").status_code == 204
    assert api.get(f"{PATH}/{key}").status_code == 404
    assert names(api) == []


def test_a_view_is_seen_by_whom_it_is_shared_with_and_changed_by_its_owner_alone(team):
    ana, ben, eva = team
    keys = {shared: save(ana, shared, shared=shared).json()["id"] for shared in ("personal", "team", "everybody")}
    assert names(ana) == ["personal", "team", "everybody"]
    assert (names(ben), names(eva)) == (["team", "everybody"], ["everybody"])
    assert [view["mine"] for view in ben.get(PATH).json()["items"]] == [False, False]
    assert eva.get(f"{PATH}/{keys['team']}").status_code == 404
    for who in (ben, eva):
        for key in keys.values():
            assert who.patch(f"{PATH}/{key}", json={"name": "Taken"}).status_code == 404
            assert who.delete(f"{PATH}/{key}").status_code == 404
    assert names(ana) == ["personal", "team", "everybody"]


def test_an_administrator_tidies_what_everybody_sees_and_nothing_else(api, team):
    common, own = (save(team[0], shared, shared=shared).json()["id"] for shared in ("everybody", "personal"))
    assert api.patch(f"{PATH}/{common}", json={"name": "Tidied"}).json()["name"] == "Tidied"
    assert api.patch(f"{PATH}/{own}", json={"name": "Tidied"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"shared": "world"}, "shared"),
        ({"shared": "usual"}, "shared"),
        ({"shared": ["team"]}, "shared"),
        ({"query": 7}, "query"),
        ({"query": "filter[nothing]=1"}, "filter[nothing]"),
        ({"query": "filter[city][near]=1"}, "filter[city][near]"),
        ({"query": "page=x"}, "page"),
        ({"query": "flter[city]=Soria"}, "query"),
        ({"query": "&" * 9_000}, "query"),
        ({"owner": 1}, "owner"),
        ({"resource": "nothing"}, "resource"),
        ({"resource": {}}, "resource"),
    ],
)
def test_what_is_no_view_names_its_field_and_saves_nothing(api, body, field):
    answer = save(api, **body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert names(api) == []


def test_a_question_of_too_many_parts_is_refused(api):
    assert save(api, query="&".join(f"filter[city][ne]={number}" for number in range(21))).status_code == 422
    assert list(save(api, query="a=1&" * 200).json()["fields"]) == ["query"]


def test_a_token_and_a_role_see_the_views_of_lists_that_they_may_read(api, admin):
    save(api)
    other = crm.client(admin, "products.read")
    assert (names(other), other.get(PATH, params={"resource": "accounts"}).status_code) == ([], 403)
    assert save(other).status_code == 403
    key = api.get(PATH).json()["items"][0]["id"]
    for answer in (
        other.get(f"{PATH}/{key}"),
        other.patch(f"{PATH}/{key}", json={"name": "X"}),
        other.delete(f"{PATH}/{key}"),
    ):
        assert answer.status_code == 404
    assert (crm.client().get(PATH).status_code, crm.client().post(PATH, json={}).status_code) == (401, 401)
    assert names(api) == ["Soria"]


def test_a_token_with_limits_reads_views_and_writes_none(api, admin):
    made = save(api, shared="everybody").json()
    undo = api.patch(f"{PATH}/{made['id']}", json={"name": "Soria"})
    narrow = crm.client(admin, "accounts.*", "changes.undo")
    before = (names(api), undo.json())
    for answer in (
        save(narrow, "Mine"),
        narrow.patch(f"{PATH}/{made['id']}", json={"name": "X"}),
        narrow.delete(f"{PATH}/{made['id']}"),
        narrow.post(f"/api/v1/changes/{api.get('/api/v1/changes').json()['items'][0]['id']}/undo"),
    ):
        assert (answer.status_code, answer.json()["permission"].partition(".")[0]) == (403, "views")
    assert (names(api), narrow.get(f"{PATH}/{made['id']}").json()) == before
    whole = crm.client(admin, "*")
    assert save(whole, "Whole").status_code == 201


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "1.5", "-1", "²"])
def test_what_is_no_number_is_no_view(api, key):
    for method in ("get", "delete"):
        assert getattr(api, method)(f"{PATH}/{key}").status_code == 404
    assert api.patch(f"{PATH}/{key}", json={"name": "X"}).status_code == 404


def test_the_document_describes_them(api):
    paths = api.get("/api/v1/openapi.json").json()["paths"]
    assert (sorted(paths["/views"]), sorted(paths["/views/{id}"])) == (["get", "post"], ["delete", "get", "patch"])
