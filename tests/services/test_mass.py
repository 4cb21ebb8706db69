"""Many records at once: the same rules as for one, one undo, and who refuses is named."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.core.query import Filter, Query
from crm_app.models.jobs import Job
from crm_app.services import actions, jobs, mass, records
from crm_app.services.actors import SYSTEM
from crm_app.services.mass import Deed, Selection
from crm_app.services.work import Work
from tests.support import kernel


def accounts(count, **values):
    with Work(SYSTEM, "accounts.create") as work:
        rows = [{"name": f"Account {number:04}", "city": "León"} | values for number in range(count)]
        return records.insert_many(work, kernel.ACCOUNTS, rows)


def change(values, ids=None, who=SYSTEM, filters=()):
    selection = Selection(Query(filters=tuple(filters)), tuple(ids) if ids is not None else None)
    return mass.start(who, kernel.ACCOUNTS, selection, "change", Deed(values))


def remove(ids=None, who=SYSTEM, filters=()):
    selection = Selection(Query(filters=tuple(filters)), tuple(ids) if ids is not None else None)
    return mass.start(who, kernel.ACCOUNTS, selection, "remove", Deed())


def label(ids=None, filters=(), **parts):
    selection = Selection(Query(filters=tuple(filters)), tuple(ids) if ids is not None else None)
    return mass.start(SYSTEM, kernel.ACCOUNTS, selection, "change", Deed(**parts))


def finished(outcome):
    while jobs.run_once():
        pass
    with Work(SYSTEM) as work:
        found = work.session.get(Job, outcome.result["job"])
        return found.state, found.result


def everything(keys):
    return [{name: found for name, found in kernel.item(key).values.items() if name != "updated_at"} for key in keys]


def test_a_change_of_many_is_one_change_set_and_leaves_rows_that_have_the_value_already(admin):
    ids = accounts(3)
    kernel.change(SYSTEM, ids[0], city="Ávila")
    outcome = change({"city": "Ávila"}, ids)
    assert outcome.result == {"count": 3, "refused": 0, "first": [], "job": None, "warnings": []}
    assert [(kernel.value(key, "city"), kernel.item(key).version) for key in ids] == [("Ávila", 2)] * 3
    assert [entry[1:] for entry in kernel.history() if entry[0] == "accounts.change"][1:] == [
        (key, {"city": "León"}, {"city": "Ávila"}) for key in ids[1:]
    ]


def test_words_are_added_to_what_a_record_has_and_taken_away_again(admin):
    ids = [
        kernel.account(name="None"),
        kernel.account(name="New", tags=["new"], roles=["prospect"]),
        kernel.account(name="Both", tags=["new", "vip"], roles=["customer", "supplier"]),
    ]
    before = everything(ids)
    outcome = label(ids, add={"tags": ["VIP"], "roles": ["customer"]}, take={"roles": ["supplier"]})
    assert (outcome.result["count"], outcome.result["refused"]) == (3, 0)
    assert [kernel.value(key, "tags") for key in ids] == [("vip",), ("new", "vip"), ("new", "vip")]
    assert [kernel.value(key, "roles") for key in ids] == [("customer",), ("customer", "prospect"), ("customer",)]
    assert [entry[2:] for entry in kernel.history() if entry[0] == "accounts.change"][2] == (
        {"roles": ["customer", "supplier"]},
        {"roles": ["customer"]},
    )
    actions.undo(SYSTEM, outcome.change_set)
    assert everything(ids) == before
    label(ids, take={"tags": ["new"]}, values={"city": "Ávila"})
    assert [kernel.value(key, "tags") for key in ids] == [None, (), ("vip",)]
    assert {kernel.value(key, "city") for key in ids} == {"Ávila"}


def test_a_record_that_lacks_the_word_is_not_touched_by_taking_it_away(admin):
    key = kernel.account(name="None")
    assert label([key], take={"tags": ["new"], "roles": ["customer"]}).result["count"] == 1
    assert (kernel.item(key).version, kernel.value(key, "tags")) == (1, None)


def test_a_record_with_no_room_for_another_word_is_left_and_named(admin):
    full, free = kernel.account(name="Full", tags=[f"t{number}" for number in range(30)]), kernel.account(name="Free")
    outcome = label([full, free], add={"tags": ["vip"]})
    assert (outcome.result["count"], outcome.result["refused"]) == (1, 1)
    assert outcome.result["first"] == [
        {"id": full, "name": "Full", "detail": "Como máximo 30 etiquetas, separadas por comas."}
    ]
    assert (len(kernel.value(full, "tags")), kernel.value(free, "tags")) == (30, ("vip",))


def test_everything_filtered_is_labelled_by_a_job_that_one_undo_takes_back(admin, monkeypatch):
    monkeypatch.setattr(mass, "CHUNK", 100)
    inside, outside = accounts(250, tags=("new",)), accounts(3, city="Lugo")
    outcome = label(filters=[Filter("city", "eq", "León")], add={"roles": ["customer"]}, take={"tags": ["new"]})
    state, result = finished(outcome)
    assert (state, result["count"], result["refused"]) == ("done", 250, 0)
    assert {(kernel.value(key, "roles"), kernel.value(key, "tags")) for key in inside} == {(("customer",), ())}
    assert {(kernel.value(key, "roles"), kernel.value(key, "tags")) for key in outside} == {((), None)}
    actions.undo(SYSTEM, result["change_set"])
    assert {(kernel.value(key, "roles"), kernel.value(key, "tags")) for key in inside} == {((), ("new",))}


@pytest.mark.parametrize(
    "parts",
    [
        {"add": {"tags": []}},
        {"add": {"tags": None}},
        {"add": {"tags": "," * 9}},
        {"add": {"tags": ["x" * 41]}},
        {"add": {"roles": ["king"]}},
        {"add": {"roles": [{}]}},
        {"add": {"city": ["Ávila"]}},
        {"add": {"version": [1]}},
        {"add": {"addresses": [1]}},
        {"take": {"nothing": ["x"]}},
        {"values": {"tags": ["a"]}, "add": {"tags": ["b"]}},
    ],
)
def test_what_cannot_be_added_or_taken_is_refused_before_anything_is_done(admin, parts):
    ids = accounts(2)
    with pytest.raises(Invalid):
        label(ids, **parts)
    assert [kernel.item(key).version for key in ids] == [1, 1]


def test_the_search_text_follows(admin):
    ids = accounts(3)
    change({"city": "Ávila"}, ids[:2])
    assert (kernel.ids(text="avila"), kernel.ids(text="leon")) == (ids[:2], ids[2:])
    actions.undo(SYSTEM, kernel_last())
    assert kernel.ids(text="leon") == ids


def kernel_last():
    from sqlalchemy import func, select

    from crm_app.models.history import ChangeSet

    with Work(SYSTEM) as work:
        return work.session.scalar(select(func.max(ChangeSet.id)))


def test_everything_that_is_filtered_is_changed_and_undone_as_one(admin, monkeypatch):
    monkeypatch.setattr(mass, "CHUNK", 200)
    inside, outside = accounts(450), accounts(3, city="Lugo")
    kernel.change(SYSTEM, inside[5], notes="kept")
    before = everything((*inside[:9], *outside))
    outcome = change({"city": "Ávila", "payment_days": "30"}, filters=[Filter("city", "eq", "León")])
    assert outcome.result["count"] == 450
    state, result = finished(outcome)
    assert (state, result["count"], result["refused"]) == ("done", 450, 0)
    assert {kernel.value(key, "city") for key in inside} == {"Ávila"}
    assert {kernel.value(key, "city") for key in outside} == {"Lugo"}
    actions.undo(SYSTEM, result["change_set"])
    assert everything((*inside[:9], *outside)) == before
    assert {kernel.value(key, "payment_days") for key in inside} == {None}
    with pytest.raises(Invalid):
        actions.undo(SYSTEM, result["change_set"])


def test_removal_takes_the_lines_along_and_undo_brings_them_back(admin):
    ids = [
        kernel.account(name=f"A {n}", addresses=[{"street": f"Mayor {n}"}], phones=[{"number": f"600 000 00{n}"}])
        for n in range(4)
    ]
    before = everything(ids)
    lines = [[line.values for line in kernel.item(key).lines["addresses"]] for key in ids]
    outcome = remove(ids)
    assert (outcome.result["count"], kernel.ids()) == (4, [])
    actions.undo(SYSTEM, outcome.change_set)
    assert everything(ids) == before
    assert [[line.values for line in kernel.item(key).lines["addresses"]] for key in ids] == lines
    assert kernel.ids(text="a 2") == [ids[2]]


def test_what_others_refer_to_stays_and_is_named(admin):
    parent = kernel.account(name="Parent")
    child = kernel.account(name="Child", parent=parent)
    free = kernel.account(name="Free")
    outcome = remove([parent, free])
    assert (outcome.result["count"], outcome.result["refused"]) == (1, 1)
    assert [(one["id"], one["name"]) for one in outcome.result["first"]] == [(parent, "Parent")]
    assert mass.told("remove", outcome.result, SYSTEM.speech) == (
        "1 ficha eliminada. 1 queda como estaba: Parent. "
        "Otros registros dependen de este: Cuentas (Child). Modifíquelos antes."
    )
    assert remove([parent, child]).result["count"] == 2
    assert kernel.ids() == []


def test_undo_of_a_removal_puts_a_tree_back_whatever_the_order_of_its_numbers(admin):
    first = kernel.account(name="Branch of a branch")
    top = kernel.account(name="Head office", phones=[{"number": "600 000 001"}])
    branch = kernel.account(name="Branch", parent=top)
    kernel.change(SYSTEM, first, parent=branch)
    leaf = kernel.account(name="Leaf", parent=first)
    before = everything([first, top, branch, leaf])
    outcome = remove([first, top, branch, leaf])
    assert (outcome.result["count"], kernel.ids()) == (4, [])
    actions.undo(SYSTEM, outcome.change_set)
    assert everything([first, top, branch, leaf]) == before
    assert [line.values["number"] for line in kernel.item(top).lines["phones"]] == ["600 000 001"]


def test_a_record_that_breaks_its_own_rule_is_left_and_the_rest_changed(admin):
    ids = accounts(3)
    outcome = change({"parent": ids[1]}, ids)
    assert (outcome.result["count"], outcome.result["first"][0]["id"]) == (2, ids[1])
    assert outcome.result["first"][0]["detail"] == "No puede depender de sí mismo."
    assert [kernel.value(key, "parent") for key in ids] == [ids[1], None, ids[1]]


def test_values_are_read_once_and_refused_before_anything_is_done(admin):
    ids = accounts(2)
    for values in (
        {},
        {"name": ""},
        {"city": "x" * 999},
        {"sector": 99},
        {"version": 3},
        {"unknown": 1},
        {"addresses": []},
    ):
        with pytest.raises(Invalid):
            change(values, ids)
    with pytest.raises(Missing):
        mass.start(SYSTEM, kernel.ACCOUNTS, Selection(), "explode", Deed())


def test_a_value_that_must_differ_cannot_be_given_to_many(admin):
    key = actions.run(SYSTEM, "sectors", "create", None, {"name": "One"}).id
    with pytest.raises(Invalid) as caught:
        mass.start(SYSTEM, records.resource_of("sectors"), Selection(ids=(key,)), "change", Deed({"name": "Two"}))
    assert (
        caught.value.fields["name"].text == "No two records have the same value here: it cannot be set in many at once."
    )


def test_nobody_reaches_past_their_own_scope(admin):
    team = kernel.team()
    mine = kernel.user_with({"accounts.read": "all", "accounts.change": "own", "changes.undo": "own"}, team)
    own, other = accounts(1, owner=mine.user) + accounts(1, owner=admin)
    outcome = change({"city": "Ávila"}, [own, other], mine)
    assert (outcome.result["count"], outcome.result["first"][0]["id"]) == (1, other)
    assert kernel.value(other, "city") == "León"
    with pytest.raises(Invalid):
        change({"owner": admin}, [own], mine)
    with pytest.raises(NotAllowed):
        remove([own], mine)
    mate = kernel.user_with({"accounts.read": "team", "accounts.change": "team", "teams.read": "all"}, team)
    for values in ({"owner": admin}, {"owner": None}, {"team": kernel.team()}, {"team": None}):
        with pytest.raises(Invalid):
            change(values, [own], mate)
    assert change({"team": team}, [own], mate).result["count"] == 1
    blind = kernel.user_with({"accounts.read": "own", "accounts.change": "own"})
    assert change({"city": "Lugo"}, [own, other], blind).result["count"] == 0


def test_tables_with_rules_over_several_rows_go_through_them(admin):
    sales = [kernel.user_with({"accounts.read": "own"}).user for _ in range(2)]
    users = records.resource_of("users")
    outcome = mass.start(SYSTEM, users, Selection(ids=tuple(sales)), "change", Deed({"active": "false"}))
    assert outcome.result["count"] == 2
    actions.undo(SYSTEM, outcome.change_set)
    assert [kernel.item(key, resource="users").values["active"] for key in sales] == [True, True]
    outcome = mass.start(SYSTEM, users, Selection(ids=(sales[0], 99_999)), "remove", Deed())
    assert (outcome.result["count"], outcome.result["refused"]) == (1, 0)


def test_an_undo_that_would_lose_a_later_change_is_refused(admin):
    ids = accounts(3)
    outcome = change({"city": "Ávila"}, ids)
    kernel.change(SYSTEM, ids[1], city="Burgos")
    with pytest.raises(Conflict) as caught:
        actions.undo(SYSTEM, outcome.change_set)
    assert caught.value.theirs == {"city": "Burgos"}
    assert [kernel.value(key, "city") for key in ids] == ["Ávila", "Burgos", "Ávila"]


class Killed(BaseException):
    """What ends a process at once."""


@pytest.mark.parametrize("moment", ["progress", "keep", "_result"])
def test_a_job_that_is_cut_off_goes_on_where_it_was_and_counts_each_record_once(admin, monkeypatch, moment):
    ids = accounts(450)
    monkeypatch.setattr(mass, "CHUNK", 200)
    full = [f"t{number}" for number in range(30)]
    refusing = {ids[440], ids[300], ids[10]}
    for key in refusing:
        kernel.change(SYSTEM, key, tags=full)
    outcome = label(filters=[Filter("city", "eq", "León")], add={"tags": ["new"]})
    owner = mass if moment == "_result" else jobs.Task
    told, calls = getattr(owner, moment), []

    def cut(*args):
        calls.append(args)
        if len(calls) == 3:
            raise Killed
        return told(*args)

    monkeypatch.setattr(owner, moment, cut)
    with pytest.raises(Killed):
        jobs.run_once()
    kernel.change(SYSTEM, ids[449], tags=["other"])  # since then, by somebody else
    with clock.frozen(clock.now() + jobs.HOLD + timedelta(seconds=1)):
        state, result = finished(outcome)
    assert (state, result["count"], result["refused"]) == ("done", 447, 3)
    assert {one["id"] for one in result["left"]} == refusing
    assert kernel.value(ids[449], "tags") == ("other",)
    assert kernel.value(ids[0], "tags") == ("new",)


def test_how_far_a_job_is_is_found_without_reading_all_that_ever_changed_in_its_list(admin):
    """It is asked for after each part of the job, while nobody else can write."""
    plans = []

    def explain(connection, cursor, statement, values, *_):
        if "count(distinct" in statement.lower():
            sqlite = connection.dialect.name == "sqlite"
            other = connection.connection.cursor()
            if not sqlite:
                other.execute("SET LOCAL enable_seqscan = off")
            other.execute(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", values)
            plans.append(" ".join(str(row) for row in other.fetchall()))

    with Work(SYSTEM) as work:
        sa.event.listen(work.session.get_bind(), "before_cursor_execute", explain)
        try:
            mass._result(work, records.resource_of("accounts"), "batch", mass.Refused())
        finally:
            sa.event.remove(work.session.get_bind(), "before_cursor_execute", explain)
    (plan,) = plans
    assert ("ix_change_change_set" in plan, "ix_change_record" in plan) == (True, False), plan


@pytest.mark.parametrize("gone", ["role", "person"])
def test_a_role_that_is_taken_away_while_a_job_runs_ends_it(admin, monkeypatch, gone):
    monkeypatch.setattr(mass, "SMALL", 1)
    monkeypatch.setattr(mass, "CHUNK", 2)
    who = kernel.user_with({"accounts.read": "all", "accounts.change": "all"})
    poor = kernel.role_with({"accounts.read": "all"})
    ids = accounts(6)
    outcome = change({"city": "Lugo"}, ids, who)
    apply = mass._apply

    def once(*given):
        apply(*given)
        monkeypatch.setattr(mass, "_apply", apply)
        taken.append({"role": poor} if gone == "role" else {"active": False})

    taken = []
    keep = jobs.Task.progress

    def progress(task, done, total):
        keep(task, done, total)
        while taken:
            actions.run(SYSTEM, "users", "change", who.user, taken.pop())

    monkeypatch.setattr(mass, "_apply", once)
    monkeypatch.setattr(jobs.Task, "progress", progress)
    state, result = finished(outcome)
    assert (state, result["count"]) == ("failed", 2)
    assert sorted(kernel.value(key, "city") for key in ids) == ["León"] * 4 + ["Lugo"] * 2


def test_nobody_fills_the_queue_that_others_stand_in(admin, monkeypatch):
    monkeypatch.setattr(mass, "SMALL", 1)
    ids = accounts(2)
    sol, ben = (kernel.user_with({"accounts.read": "all", "accounts.change": "all"}) for _ in range(2))
    asked = [change({"city": f"City {number}"}, ids, sol) for number in range(jobs.MOST_WAITING)]
    with pytest.raises(Invalid) as told:
        change({"city": "One more"}, ids, sol)
    assert list(told.value.fields) == [""]
    assert change({"city": "Lugo"}, ids, ben).result["job"]
    with Work(sol, "jobs.cancel") as work:
        jobs.cancel(work, asked[0].result["job"])
    assert change({"city": "One more"}, ids, sol).result["job"]


def test_who_asked_for_a_job_may_see_and_cancel_it_and_nobody_else(admin):
    mine = kernel.user_with({"accounts.read": "all", "accounts.change": "all"})
    other = kernel.user_with({"accounts.read": "all"})
    accounts(300)
    key = change({"city": "Ávila"}, who=mine, filters=[Filter("city", "eq", "León")]).result["job"]
    for verb in ("read", "cancel"):
        with pytest.raises(Missing), Work(other, "jobs.cancel") as work:
            jobs.one(work, key, verb)
    with Work(mine, "jobs.cancel") as work:
        assert jobs.cancel(work, key).state == "cancelled"


@pytest.mark.parametrize("verb", ["change", "remove"])
def test_a_cancelled_job_stops_tells_exactly_what_it_has_done_and_that_can_be_undone(admin, monkeypatch, verb):
    ids = accounts(5)
    monkeypatch.setattr(mass, "SMALL", 1)
    monkeypatch.setattr(mass, "CHUNK", 2)
    outcome = change({"city": "Ávila"}, ids) if verb == "change" else remove(ids)
    key, progress, told = outcome.result["job"], jobs.Task.progress, {}

    def cancelled_after(task, done, total):
        progress(task, done, total)
        if done == 2:
            with Work(SYSTEM, "jobs.cancel") as work:
                told.update(jobs.cancel(work, key).result)

    monkeypatch.setattr(jobs.Task, "progress", cancelled_after)
    while jobs.run_once():
        pass
    with Work(SYSTEM) as work:
        found = jobs.one(work, key)
    assert (found.state, found.done, found.result) == ("cancelled", 2, told)
    assert [told["count"], told["refused"]] == [2, 0]
    changed = [number for number in ids if number not in kernel.ids() or kernel.value(number, "city") == "Ávila"]
    assert changed == ids[3:]
    actions.undo(SYSTEM, told["change_set"])
    assert [kernel.value(number, "city") for number in ids] == ["León"] * 5
