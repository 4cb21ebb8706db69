"""Work for later: there when its cause is, run once, tried again, stopped when asked."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, Unavailable
from crm_app.core.i18n import Message, Speech
from crm_app.services import jobs, tidying
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support.served import until


@pytest.fixture
def ran(admin, monkeypatch):
    """What the job "note" was called with; `fault` in its args makes it fail."""
    calls = []

    def note(task, word="", fault=""):
        calls.append(word)
        if fault:
            raise {"bug": RuntimeError, "away": Unavailable}.get(fault, RuntimeError)
        if word == "wrong":
            raise Invalid({"": Message("x")}, Message("That cannot be done."))

    monkeypatch.setitem(jobs._JOBS, "note", note)
    return calls


def put(name="note", **args):
    with Work(SYSTEM, "test.run") as work:
        return jobs.enqueue(work, name, args)


def state(key, language="en"):
    with Work(SYSTEM) as work:
        found = jobs.one(work, key)
    return found.state, found.attempts, jobs.reason(found, Speech(language))


def test_a_job_is_run_once(ran):
    key = put(word="a")
    assert (jobs.run_once(), jobs.run_once()) == (True, False)
    assert (ran, state(key)) == (["a"], ("done", 1, ""))


def test_a_job_is_not_there_when_its_cause_was_not_saved(ran):
    with pytest.raises(ZeroDivisionError), Work(SYSTEM, "test.run") as work:
        jobs.enqueue(work, "note", {"word": "a"})
        _ = 1 / 0
    assert jobs.run_once() is False


def test_two_of_a_kind_do_not_wait_together(ran):
    for _ in range(2):
        with Work(SYSTEM, "test.run") as work:
            jobs.enqueue(work, "note", {"word": "a"}, once="only")
    assert [jobs.run_once() for _ in range(2)] == [True, False]
    with Work(SYSTEM, "test.run") as work:
        assert jobs.enqueue(work, "note", {"word": "b"}, once="only") is not None


def test_a_job_waits_until_it_is_due(ran):
    with Work(SYSTEM, "test.run") as work:
        jobs.enqueue(work, "note", {"word": "a"}, due_at=clock.now() + timedelta(hours=1))
    assert jobs.run_once() is False
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert jobs.run_once() is True


@pytest.mark.parametrize("fault", ["bug", "away"])
def test_a_job_that_fails_is_tried_five_times_ever_later_and_then_given_up(ran, fault):
    key = put(word="a", fault=fault)
    now = clock.now()
    for attempt, wait in enumerate((0, 10, 40, 160, 640), 1):
        with clock.frozen(now + timedelta(seconds=wait - 1)):
            assert attempt == 1 or jobs.run_once() is False
        now += timedelta(seconds=wait + 1)
        with clock.frozen(now):
            assert jobs.run_once() is True
        assert state(key)[:2] == ("failed" if attempt == 5 else "waiting", attempt)
    assert state(key)[2].endswith(".")
    assert "Error" not in state(key)[2]


def test_a_refusal_is_not_tried_again_and_its_sentence_is_kept(ran):
    key = put(word="wrong")
    jobs.run_once()
    assert state(key) == ("failed", 1, "That cannot be done.")


def test_why_a_job_failed_is_said_in_the_language_of_whoever_reads_it(ran, api, monkeypatch):
    def refuse(_task):
        raise Missing("Account", 7)

    monkeypatch.setitem(jobs._JOBS, "refuse", refuse)
    key, unknown = put("refuse"), put()
    with Work(SYSTEM, "test.run") as work:
        jobs.one(work, unknown, "cancel").name = "from tomorrow"
    jobs.run_once(), jobs.run_once()
    assert state(key, "en")[2] == "There is no Account 7, or you may not see it."
    assert state(key, "es")[2] == "No existe o no está a su alcance: Cuenta 7."
    assert api.get(f"/api/v1/jobs/{key}").json()["error"] == state(key, "en")[2]
    assert state(unknown, "es")[2] == "Esta versión del programa no conoce esta clase de tarea."


def test_the_job_of_a_killed_worker_is_taken_by_the_next(ran):
    key = put(word="a")
    assert jobs._claim() is not None
    assert jobs.run_once() is False
    with clock.frozen(clock.now() + jobs.HOLD + timedelta(seconds=1)):
        assert jobs.run_once() is True
    assert state(key)[:2] == ("done", 2)


def test_a_job_that_runs_long_and_says_nothing_stays_with_its_worker(ran, monkeypatch):
    def held():
        with Work(SYSTEM) as work:
            return jobs.one(work, key).held_until

    def long(_task):
        first = held()
        ran.append(until(lambda: held() > first))

    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.01)
    monkeypatch.setitem(jobs._JOBS, "long", long)
    key = put("long")
    assert jobs.run_once() is True
    assert (ran, state(key)[0], held()) == ([True], "done", None)


@pytest.mark.parametrize("admin", ["postgresql"], indirect=True)
def test_a_server_that_starts_leaves_to_the_other_servers_of_a_postgresql_what_they_run(ran):
    key = put(word="a")
    assert jobs._claim() is not None
    assert jobs.let_go() == 0
    assert (jobs.run_once(), state(key)[0]) == (False, "running")


@pytest.mark.parametrize("admin", ["sqlite"], indirect=True)  # what other servers of a PostgreSQL run is theirs
def test_a_server_that_starts_goes_on_at_once_with_what_the_last_one_left(ran):
    key = put(word="a")
    assert jobs._claim() is not None
    assert jobs.let_go() == 1
    assert jobs.run_once() is True
    assert state(key)[:2] == ("done", 2)
    assert jobs.let_go() == 0


def test_a_worker_that_lost_its_job_neither_goes_on_nor_closes_it(ran):
    key = put(word="a")
    slow = jobs._claim()
    with clock.frozen(clock.now() + jobs.HOLD + timedelta(seconds=1)):
        assert jobs._claim().attempt == 2
    with pytest.raises(jobs.Cancelled):
        slow.progress(1, 2)
    jobs._finish(slow, "done", "")
    assert state(key)[:2] == ("running", 2)


def test_a_cancelled_job_stops_at_its_next_progress(ran, api, monkeypatch):
    def long(task):
        task.progress(1, 3)
        assert api.get(f"/api/v1/jobs/{task.id}").json()["done"] == 1
        assert api.post(f"/api/v1/jobs/{task.id}/cancel").json()["state"] == "cancelled"
        task.progress(2, 3)
        ran.append("never")

    monkeypatch.setitem(jobs._JOBS, "long", long)
    key = put("long")
    jobs.run_once()
    assert (ran, state(key)[0]) == ([], "cancelled")
    assert api.post(f"/api/v1/jobs/{key}/retry").json()["state"] == "waiting"


def test_every_job_is_run_by_one_of_many_workers(ran):
    for number in range(20):
        put(word=str(number))
    stop = threading.Event()

    def work():
        while not stop.is_set() and jobs.run_once():
            pass

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while jobs.run_once():
        pass
    assert sorted(ran, key=int) == [str(number) for number in range(20)]


def test_the_runner_stops_when_told(ran):
    stop = threading.Event()
    runner = threading.Thread(target=jobs.run_forever, args=(stop,))
    runner.start()
    put(word="a")
    assert until(lambda: ran)
    stop.set()
    runner.join(60)
    assert (runner.is_alive(), ran) == (False, ["a"])


@pytest.mark.parametrize("admin", ["sqlite"], indirect=True)
def test_a_worker_that_is_started_anew_goes_on_at_once_with_what_the_dead_one_ran(ran):
    key = put(word="a")
    assert jobs._claim() is not None
    stop = threading.Event()
    runner = threading.Thread(target=jobs.run_forever, args=(stop,), kwargs={"alone": True})
    runner.start()
    assert until(lambda: ran)
    stop.set()
    runner.join(60)
    assert (state(key)[:2], ran) == (("done", 2), ["a"])


def test_tidying_drops_what_has_run_out_and_is_due_again_tomorrow(admin):
    from crm_app.models.users import Session

    tidying.ensure_daily()
    tidying.ensure_daily()
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert [jobs.run_once(), jobs.run_once()] == [True, False]
        with Work(SYSTEM) as work:
            assert [found.state for found in jobs.page(work, jobs.Query())[0]] == ["waiting", "done"]
            assert work.session.scalar(sa.select(sa.func.count()).select_from(Session)) == 0
