"""The papers of many documents in one file: who gets it, how far it is, and what is left when it is cancelled."""

import zipfile
from dataclasses import replace

import pytest

from crm_app.core.errors import Invalid, Missing, NotAllowed
from crm_app.core.i18n import Speech
from crm_app.core.query import Filter, Query
from crm_app.models.jobs import Job
from crm_app.services import actions, bundles, files, jobs, papers, records
from crm_app.services.actors import SYSTEM
from crm_app.services.mass import Selection
from crm_app.services.work import Work
from tests.support import kernel
from tests.support.trade import customer, document, line, run


def quotes(count, word="R"):
    anna = customer()
    return [document("quotes", anna, line(1, "10"), reference=f"{word}{number}") for number in range(count)]


def start(selection, who=SYSTEM, kind="quotes", once=None):
    return bundles.start(who, records.resource_of(kind), selection, once)


def finished(outcome):
    while jobs.run_once():
        pass
    with Work(SYSTEM) as work:
        found = work.session.get(Job, outcome.result["job"])
        return found.state, found.result, found.done, found.total


def content(job, who=SYSTEM):
    with Work(who) as work:
        name, path = bundles.file_of(work, job)
    with zipfile.ZipFile(path) as whole:
        return name, {part: whole.read(part) for part in whole.namelist()}


def test_everything_that_is_asked_for_comes_in_one_file_each_as_it_comes_alone(trading):
    keys = quotes(3, "Wanted")
    run("quotes", "send", keys[0])
    outcome = start(Selection(Query(filters=(Filter("reference", "in", "Wanted0,Wanted2"),))))
    assert outcome.result["count"] == 2
    state, result, done, total = finished(outcome)
    assert (state, done, total) == ("done", 2, 2)
    assert (result["count"], result["refused"]) == (2, 0)
    name, found = content(outcome.result["job"])
    assert name.endswith(".zip")
    alone = [papers.paper(SYSTEM, records.resource_of("quotes"), key) for key in (keys[0], keys[2])]
    assert found == {one.name: one.content for one in alone}
    assert result["size"] == files.path_of(result["file"]).stat().st_size


def test_who_asked_gets_the_file_and_only_while_they_may_read_such_documents(trading):
    keys = quotes(2)
    ana = kernel.user_with({"quotes.read": "all"})
    other = kernel.user_with({"quotes.read": "all", "jobs.read": "all"})
    outcome = start(Selection(ids=tuple(keys)), ana)
    job = outcome.result["job"]
    with pytest.raises(Missing):
        content(job, ana)  # it is not made yet
    assert finished(outcome)[0] == "done"
    assert len(content(job, ana)[1]) == 2
    with pytest.raises(Missing):
        content(job, other)
    with pytest.raises(NotAllowed):
        content(job, replace(ana, grants={}))


def test_what_is_gone_meanwhile_is_left_out_and_told(trading, monkeypatch):
    keys = quotes(3)
    outcome, draw = start(Selection(ids=tuple(keys))), papers.paper

    def removing(who, resource, key):
        if key == keys[0]:
            actions.run(SYSTEM, "quotes", "remove", keys[1], {})
        return draw(who, resource, key)

    monkeypatch.setattr(papers, "paper", removing)
    state, result, _, _ = finished(outcome)
    assert (state, result["count"], result["refused"]) == ("done", 2, 1)
    said = bundles.told(result, Speech("en", "GB"))
    assert said == "PDFs in the ZIP file: 2. Documents that are gone meanwhile: 1."


def test_a_cancelled_one_stops_and_leaves_no_file(trading, monkeypatch):
    outcome = start(Selection(ids=tuple(quotes(12))))
    drawn, draw = [], papers.paper

    def cancelling(*asked):
        drawn.append(asked)
        with Work(SYSTEM, "jobs.cancel") as work:
            jobs.cancel(work, outcome.result["job"])
        return draw(*asked)

    monkeypatch.setattr(papers, "paper", cancelling)
    state, result, _, _ = finished(outcome)
    assert (state, result, len(drawn)) == ("cancelled", None, 10)


def test_none_too_many_and_what_has_no_papers_are_refused(trading, monkeypatch):
    keys = quotes(3)
    monkeypatch.setattr(bundles, "MOST", 2)
    with pytest.raises(Invalid) as refused:
        start(Selection(ids=tuple(keys)))
    assert list(refused.value.fields) == ["ids"]
    with pytest.raises(Invalid) as refused:
        start(Selection(Query(text="nothing is called so")))
    assert list(refused.value.fields) == ["filter"]
    with pytest.raises(Missing):
        start(Selection(), kind="accounts")
    with pytest.raises(NotAllowed):
        start(Selection(ids=tuple(keys[:1])), kernel.user_with({"accounts.read": "all"}))


def test_a_request_that_comes_twice_is_one_job(trading):
    keys = tuple(quotes(1))
    first, second = (start(Selection(ids=keys), once="k1") for _ in range(2))
    assert first.result == second.result
