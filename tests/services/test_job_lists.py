"""Jobs as people see them: one's own, everybody's for administrators; what they are, how they stand, what came of them."""

import csv
import io
from datetime import timedelta

import pytest

from crm_app.core import clock
from crm_app.core.errors import Missing
from crm_app.core.i18n import Speech
from crm_app.core.query import Query
from crm_app.services import actions, history, jobs, mass, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.jobs import read as read_jobs
from tests.support import crm, kernel

SELLER = {"accounts.read": "all", "accounts.create": "own", "accounts.change": "own"}


@pytest.fixture
def work_of(admin, monkeypatch):
    """Who puts changes of many accounts off: there are three, all of them to be read."""
    monkeypatch.setattr(mass, "SMALL", 2)
    seller = kernel.user_with(SELLER)
    for name in ("=Uno", "Dos", "Tres"):
        kernel.account(seller, name)
    return seller


def put_off(who, **values):
    found = mass.start(who, records.resource_of("accounts"), mass.Selection(), "change", mass.Deed(values))
    return found.result["job"]


def api(who, *scopes):
    return crm.client(who.user, *scopes)


def listed(client, query=""):
    answer = client.get(f"/api/v1/jobs{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_one_sees_ones_own_jobs_and_administrators_all(work_of, admin):
    other = kernel.user_with(SELLER)
    key = put_off(work_of, city="Soria")
    assert [one["id"] for one in listed(api(work_of))["items"]] == [key]
    assert listed(api(other)) == {"items": [], "total": 0, "page": 1, "size": 50}
    (one,) = listed(api(kernel.actor(admin)))["items"]
    assert (one["id"], one["actor"], one["title"]) == (key, work_of.user, "Change (Accounts)")
    with Work(SYSTEM, "jobs.run") as work:
        jobs.enqueue(work, "tidy")
    assert [one["title"] for one in listed(api(kernel.actor(admin)))["items"]] == ["Daily tidying", "Change (Accounts)"]
    assert listed(api(work_of))["total"] == 1


def test_a_token_with_limits_sees_no_jobs_but_those_it_began_itself(work_of):
    narrow = api(work_of, "accounts.*")
    theirs = put_off(work_of, city="Soria")
    body = {"filter": {}, "values": {"city": "Lugo"}}
    own = narrow.post("/api/v1/bulk/accounts/change", json=body).json()["job"]
    assert narrow.get(f"/api/v1/jobs/{own}").status_code == 200
    for path in (f"/api/v1/jobs/{theirs}", f"/api/v1/jobs/{theirs}/refused.csv"):
        assert narrow.get(path).status_code == 404
    assert narrow.post(f"/api/v1/jobs/{theirs}/cancel").status_code == 404
    assert narrow.get("/api/v1/jobs").status_code == 403


def test_jobs_are_listed_by_how_they_stand(work_of):
    client = api(work_of)
    first, second = put_off(work_of, city="Soria"), put_off(work_of, city="Lugo")
    jobs.run_once()
    assert [one["id"] for one in listed(client, "?filter[state]=done")["items"]] == [first]
    assert [one["id"] for one in listed(client, "?filter[state][in]=running,waiting")["items"]] == [second]
    page = listed(client, "?size=1&page=2")
    assert ([one["id"] for one in page["items"]], page["total"]) == ([first], 2)
    for wrong in ("filter[state]=asleep", "filter[name]=mass", "filter[state][lt]=done", "sort=name", "q=x"):
        assert client.get(f"/api/v1/jobs?{wrong}").status_code == 422, wrong


def test_undo_is_offered_until_all_of_a_job_is_undone(work_of, admin, monkeypatch):
    monkeypatch.setattr(mass, "CHUNK", 2)
    put_off(work_of, city="Soria")
    while jobs.run_once():
        pass
    me = kernel.actor(admin)

    def offered():
        (row,) = read_jobs(me, "", 1).page.rows
        return row.undo

    key = int(offered())
    batch = history.batch_of(me, key)
    assert len(batch) > 1
    with Work(me, "changes.undo") as work:
        history.undo(work, batch[0])
    assert offered() == str(key), "the rest of it can still be taken back"
    actions.undo(me, key)
    assert offered() == ""


def test_what_a_job_left_as_it_was_comes_as_a_file(work_of):
    other = kernel.user_with(SELLER)
    key = put_off(other, city="Soria")
    jobs.run_once()
    client = api(other)
    found = client.get(f"/api/v1/jobs/{key}").json()
    assert (found["state"], found["result"]["count"], found["result"]["refused"]) == ("done", 0, 3)
    assert [one["name"] for one in found["result"]["first"]] == ["Tres", "Dos", "=Uno"]
    assert "left" not in found["result"]
    answer = client.get(f"/api/v1/jobs/{key}/refused.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="job-{key}.csv"')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["id", "name", "detail"]
    assert [row[1] for row in rows[1:]] == ["Tres", "Dos", "'=Uno"]
    assert {row[2] for row in rows[1:]} == {"Su rol no lo permite: Cambiar (Cuentas)."}
    assert api(work_of).get(f"/api/v1/jobs/{key}/refused.csv").status_code == 404


def test_a_job_that_left_nothing_has_no_file(work_of):
    key = put_off(work_of, city="Soria")
    jobs.run_once()
    assert api(work_of).get(f"/api/v1/jobs/{key}/refused.csv").status_code == 404


def test_a_job_that_this_version_does_not_know_is_told_by_its_name(work_of):
    key = put_off(work_of, city="Soria")
    with Work(SYSTEM, "jobs.run") as work:
        jobs.one(work, key, "cancel").name = "from tomorrow"
    with Work(SYSTEM) as work:
        assert jobs.title(jobs.one(work, key), Speech("es")) == "from tomorrow"


def test_nobody_cancels_or_reads_what_is_not_theirs(work_of):
    key = put_off(work_of, city="Soria")
    other = kernel.user_with(SELLER)
    with pytest.raises(Missing), Work(other, "jobs.cancel") as work:
        jobs.cancel(work, key)
    with Work(other) as work:
        assert jobs.page(work, Query()) == ([], 0)


def test_what_waits_for_tomorrow_says_so_and_is_not_looked_at_every_second(work_of):
    with Work(SYSTEM, "jobs.run") as work:
        key = jobs.enqueue(work, "tidy", due_at=clock.now() + timedelta(days=1))
        assert jobs.going(work) is False
        moment = Speech("en").moment(jobs.one(work, key).due_at)
        assert jobs.told(jobs.one(work, key), Speech("en")) == f"Begins on {moment}."
    put_off(work_of, city="Soria")
    with Work(work_of) as work:
        assert jobs.going(work) is True


def test_undo_is_offered_to_who_may_undo_only(work_of, admin):
    put_off(work_of, city="Soria")
    jobs.run_once()
    rows = {who: read_jobs(kernel.actor(who), "", 1).page.rows for who in (work_of.user, admin)}
    assert {who: [row.undo != "" for row in found] for who, found in rows.items()} == {
        work_of.user: [False], admin: [True],
    }  # fmt: skip
