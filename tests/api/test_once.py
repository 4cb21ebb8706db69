"""An Idempotency-Key is honoured by every POST: the first answer comes again, and nothing is done twice."""

import pytest

from crm_app.core.errors import Invalid
from crm_app.services import receipts
from crm_app.services.actors import SYSTEM
from tests.support import crm, kernel

KEY = {"Idempotency-Key": "once and no more"}


@pytest.fixture
def program(admin):
    return crm.client(crm.FOUNDER)


def twice(program, address, **sent):
    first, again = (program.post(address, headers=KEY, **sent) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    return first


def test_a_view_a_file_and_an_undo_are_made_once(program):
    account = kernel.account(name="Una vez")
    twice(program, "/api/v1/views", json={"resource": "accounts", "name": "Mía", "query": "q=uno"})
    assert [view["name"] for view in program.get("/api/v1/views").json()["items"]] == ["Mía"]
    other = {"resource": "accounts", "name": "Otra", "query": ""}
    assert "Idempotency-Key" in program.post("/api/v1/views", headers=KEY, json=other).json()["fields"]
    files = f"/api/v1/accounts/{account}/attachments"
    of_file = {"Idempotency-Key": "a file"}
    made = [program.post(f"{files}?name=a.txt", headers=of_file, content=b"one") for _ in range(2)]
    assert [told.status_code for told in made] == [201, 201]
    assert made[0].json()["id"] == made[1].json()["id"]
    assert program.get(files).json()["total"] == 1
    program.patch(f"/api/v1/accounts/{account}", json={"city": "Ávila"})
    deed = program.get("/api/v1/changes").json()["items"][0]["id"]
    undone = [program.post(f"/api/v1/changes/{deed}/undo", headers={"Idempotency-Key": "undo"}) for _ in range(2)]
    assert [told.status_code for told in undone] == [200, 200]
    assert undone[0].json() == undone[1].json()


def test_the_key_of_a_token_is_told_once_only(program):
    first, again = (program.post("/api/v1/tokens", headers=KEY, json={"name": "Robot"}) for _ in range(2))
    assert (first.json()["id"], first.json()["token"] != "") == (again.json()["id"], True)
    assert again.json()["token"] == ""
    assert [token["name"] for token in program.get("/api/v1/tokens").json()["items"]].count("Robot") == 1


def test_what_fails_is_not_kept_and_what_is_still_at_work_is_not_begun_again(program):
    asked = receipts.request_of("work")

    def fail():
        raise Invalid({"": "no"})

    with pytest.raises(Invalid):
        receipts.kept(SYSTEM, "key", asked, fail)

    def meanwhile():
        with pytest.raises(Invalid) as refused:
            receipts.kept(SYSTEM, "key", asked, dict)
        assert list(refused.value.fields) == ["Idempotency-Key"]
        return {"done": 1}

    assert receipts.kept(SYSTEM, "key", asked, meanwhile) == {"done": 1}
    assert receipts.kept(SYSTEM, "key", asked, fail) == {"done": 1}


def test_of_many_at_once_with_one_key_only_one_is_carried_out(program):
    done = []

    def act():
        done.append(1)
        return {"done": len(done)}

    def ask():
        try:
            return receipts.kept(SYSTEM, "many", receipts.request_of("one"), act)
        except Invalid as refused:
            return list(refused.fields)

    told = kernel.at_once(*[ask] * 6)
    assert (len(done), {"done": 1} in told) == (1, True)
    assert [one for one in told if one not in ({"done": 1}, ["Idempotency-Key"])] == []
