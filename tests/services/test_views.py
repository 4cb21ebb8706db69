"""Saved views: who sees them, who may change them, what they count."""

from types import SimpleNamespace

import pytest

from crm_app.core.errors import Invalid, Missing, NotAllowed
from crm_app.core.query import Filter, Query
from crm_app.services import actions, views
from crm_app.services.actors import SYSTEM, Actor
from crm_app.services.work import Work
from crm_app.state import lists
from crm_app.state.views import read_views
from tests.support import kernel

READ = {"accounts.read": "all"}


def save(who, name="Mine", query=Query(), shared="personal"):  # noqa: B008 - a value
    with Work(who, "accounts.read") as work:
        return views.save(work, kernel.ACCOUNTS, name, query, shared)


def seen(who):
    with Work(who) as work:
        return [view.name for view in views.of(work, kernel.ACCOUNTS)]


def test_a_view_is_seen_by_whom_it_is_shared_with(admin):
    team = kernel.team()
    ana, mate, other = kernel.user_with(READ, team), kernel.user_with(READ, team), kernel.user_with(READ)
    for shared in ("personal", "team", "everybody"):
        save(ana, shared, shared=shared)
    assert seen(ana) == ["personal", "team", "everybody"]
    assert (seen(mate), seen(other)) == (["team", "everybody"], ["everybody"])
    with pytest.raises(NotAllowed):
        seen(kernel.user_with({"products.read": "all"}))


def test_it_keeps_the_question_and_the_columns_but_not_the_page(admin):
    query = Query("ana", (Filter("city", "eq", "León"),), "-city,name", 3, 50, ("name", "city"))
    key = save(kernel.actor(admin), "León", query)
    with Work(kernel.actor(admin)) as work:
        found = views.of(work, kernel.ACCOUNTS)[0]
    assert found == views.View(
        key, "accounts", "León", Query("ana", query.filters, query.sort, columns=query.columns).url(), "personal", True
    )


def test_only_its_owner_changes_it_and_what_everybody_sees_an_administrator_too(admin):
    ana, ben = kernel.user_with(READ), kernel.user_with(READ)
    own, common = save(ana), save(ana, "Common", shared="everybody")
    for who, key in (
        (ben, own),
        (ben, common),
        (kernel.actor(admin), own),
        (ana, 999),
        (ana, True),
        (ana, "1"),
        (ana, 2**70),
    ):
        with pytest.raises(Missing), Work(who, "views.change") as work:
            views.change(work, key, {"name": "Taken"})
    with Work(kernel.actor(admin), "views.change") as work:
        views.change(work, common, {"name": "Tidied", "shared": "team"})
    with Work(ana, "views.remove") as work:
        views.remove(work, own)
    assert seen(ana) == ["Tidied"]


@pytest.mark.parametrize(
    ("name", "shared"),
    [("", "personal"), ("x" * 61, "team"), (None, "team"), ("a", "world"), ("a", None), ("a\x00", "team")],
)
def test_what_is_no_view_is_refused(admin, name, shared):
    with pytest.raises(Invalid):
        save(kernel.actor(admin), name, shared=shared)
    with pytest.raises(Invalid):
        save(kernel.actor(admin), "Wrong", Query(filters=(Filter("nothing", "eq", "1"),)))
    assert seen(kernel.actor(admin)) == []


def test_counts_are_of_what_the_reader_may_read(admin):
    ana = kernel.user_with({"accounts.read": "own"})
    save(kernel.actor(admin), "León", Query(filters=(Filter("city", "eq", "León"),)), "everybody")
    for owner in (ana.user, admin, admin):
        kernel.account(city="León", owner=owner)
    for who, count in ((ana, 1), (kernel.actor(admin), 3)):
        with Work(who) as work:
            assert list(views.counts(work, kernel.ACCOUNTS, views.of(work, kernel.ACCOUNTS)).values()) == [
                (count, False)
            ]


def test_a_user_takes_their_views_along(admin):
    ana = kernel.user_with(READ)
    save(ana, shared="everybody")
    actions.run(SYSTEM, "users", "remove", ana.user)
    assert seen(kernel.actor(admin)) == []


def columns(who):
    with Work(who) as work:
        return views.usual(work, kernel.ACCOUNTS).columns


def keep(who, *names, **widths):
    with Work(who, "accounts.read") as work:
        views.keep(work, kernel.ACCOUNTS, views.Usual(names, tuple(widths.items())))


def test_columns_are_kept_for_each_person_alone_and_are_no_view(admin):
    ana, ben = kernel.user_with(READ), kernel.user_with(READ)
    keep(ana, "name", "city")
    keep(ana, "city", "nothing", "tags", "city")
    keep(ben, "email")
    assert (columns(ana), columns(ben), columns(kernel.actor(admin))) == (("city", "tags"), ("email",), ())
    assert (seen(ana), seen(kernel.actor(admin))) == ([], [])
    keep(ana)
    assert (columns(ana), columns(ben)) == ((), ("email",))
    with pytest.raises(NotAllowed):
        keep(kernel.user_with({"products.read": "all"}), "name")
    with pytest.raises(NotAllowed):
        keep(SYSTEM, "name")


def test_widths_are_kept_beside_the_columns_or_without_any(admin):
    ana, ben = kernel.user_with(READ), kernel.user_with(READ)
    keep(ana, name=320, nothing=99)
    keep(ben, "city", "name", city=60)

    def widths(who):
        with Work(who) as work:
            return views.usual(work, kernel.ACCOUNTS).widths

    assert (columns(ana), widths(ana), columns(ben), widths(ben)) == (
        (),
        (("name", 320),),
        ("city", "name"),
        (("city", 60),),
    )
    key = save(ana, query=Query(widths=(("name", 320),)))
    with Work(ana) as work:
        assert views.one(work, key).url == "widths=name%3A320"
    keep(ana)
    assert widths(ana) == ()


def test_nobody_makes_a_view_of_the_row_that_keeps_columns(admin):
    ana = kernel.user_with(READ)
    with pytest.raises(Invalid):
        save(ana, "Mine", shared="usual")
    keep(ana, "city")
    for key in range(1, 4):
        with pytest.raises(Missing), Work(ana, "views.remove") as work:
            views.remove(work, key)
    assert columns(ana) == ("city",)


def test_a_view_of_a_list_that_one_may_no_longer_read_is_not_there(admin):
    ana = kernel.user_with(READ)
    key = save(ana)
    blind = Actor(ana.user, "Ana", {"products.read": "all"})
    for attempt in (
        lambda work: views.one(work, key),
        lambda work: views.change(work, key, {"name": "Other"}),
        lambda work: views.remove(work, key),
    ):
        with pytest.raises(Missing), Work(blind, "views.change") as work:
            attempt(work)
    with Work(ana) as work:
        assert views.one(work, key).name == "Mine"


def done(who, verb, act):
    """What undoes it."""
    with Work(who, f"views.{verb}") as work:
        act(work)
    return work.change_set


def refused(who, change_set):
    with pytest.raises(Missing):
        actions.undo(who, change_set)


def test_a_view_that_was_changed_or_removed_comes_back_for_whom_it_was(admin):
    query = Query("ana", (Filter("city", "eq", "León"),), "-city", columns=("name", "city"))
    ana, ben = (kernel.user_with(READ | {"changes.undo": "own"}) for _ in range(2))
    chief = kernel.actor(admin)
    key = save(ana, "León", query, "everybody")
    with Work(ana) as work:
        before = views.of(work, kernel.ACCOUNTS)
    changed = done(
        ana, "change", lambda work: views.change(work, key, {"name": "Other", "shared": "personal"}, Query("x"))
    )
    refused(ben, changed)
    actions.undo(ana, changed)
    removed = done(chief, "remove", lambda work: views.remove(work, key))
    assert seen(ana) == []
    save(ben, "Another", shared="everybody")
    refused(ana, removed)
    actions.undo(chief, removed)
    with Work(ana) as work:
        assert [one for one in views.of(work, kernel.ACCOUNTS) if one.name == "León"] == before


def test_who_undoes_everything_does_not_reach_into_views_of_ones_own(admin):
    ana = kernel.user_with(READ | {"changes.undo": "own"})
    key = save(ana)
    removed = done(ana, "remove", lambda work: views.remove(work, key))
    refused(kernel.actor(admin), removed)
    actions.undo(ana, removed)
    assert seen(ana) == ["Mine"]


def test_columns_and_widths_are_no_part_of_the_history(admin):
    ana = kernel.user_with(READ)
    with Work(ana, "accounts.read") as work:
        views.keep(work, kernel.ACCOUNTS, views.Usual(("name", "city")))
    assert (work.change_set, columns(ana)) == (None, ("name", "city"))


def test_counts_come_with_the_rows_once_they_are_known_to_come_quickly(admin, monkeypatch):
    who = kernel.actor(admin)
    key = save(who, "Sevilla", Query(filters=(Filter("city", "eq", "Sevilla"),)))
    kernel.account(who, city="Sevilla")

    def opened():
        return lists.read(who, kernel.ACCOUNTS, Query(), None, None, opening=True)

    monkeypatch.setattr(views, "_QUICK", 60)
    monkeypatch.setattr(views, "_took", {})
    assert opened().counts is None
    assert read_views(who, kernel.ACCOUNTS)[1][key] == "1"
    kernel.account(who, "Second", city="Sevilla")
    assert opened().counts[key] == "2"
    assert opened().counts == read_views(who, kernel.ACCOUNTS)[1]
    assert lists.read(who, kernel.ACCOUNTS, Query(), None, None).counts is None
    monkeypatch.setattr(views, "_QUICK", 0)
    assert opened().counts is None


def test_one_count_that_had_to_wait_does_not_make_a_view_slow(admin, monkeypatch):
    who = kernel.actor(admin)
    save(who, "Sevilla", Query(filters=(Filter("city", "eq", "Sevilla"),)))
    times = iter((0, 1, 1, 9, 9, 17))
    monkeypatch.setattr(views, "time", SimpleNamespace(monotonic=lambda: next(times)))
    monkeypatch.setattr(views, "_took", {})
    took = []
    with Work(who) as work:
        monkeypatch.setattr(views.records, "count", lambda *_: (0, False))
        for _ in range(3):
            views.counts(work, kernel.ACCOUNTS, views.of(work, kernel.ACCOUNTS))
            took += views._took.values()
    assert took == [1, 2, 4]
