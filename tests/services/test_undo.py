"""Whatever was done can be taken back, once, by whoever may, as long as nobody built on it."""

from datetime import timedelta

import pytest

from crm_app.core import clock
from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.services import actions, grants, history, records, timeline, users
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, kernel


def values(key):
    return {name: found for name, found in kernel.item(key).values.items() if name != "updated_at"}


def undo_of(outcome, who=SYSTEM):
    return actions.undo(who, outcome.change_set)


def test_a_creation_a_change_and_a_removal_are_taken_back(admin):
    made = actions.run(SYSTEM, "accounts", "create", None, {"name": "Acme", "roles": ["customer"], "owner": admin})
    first = values(made.id)
    changed = kernel.change(SYSTEM, made.id, name="Acme 2", roles=[], city="León")
    second = values(made.id)
    removed = actions.run(SYSTEM, "accounts", "remove", made.id)
    undo_of(removed)
    assert values(made.id) == second
    assert kernel.names(text="león acme") == ["Acme 2"]
    undo_of(changed)
    assert values(made.id) == first
    undo_of(made)
    assert kernel.ids() == []


def test_an_undo_can_itself_be_undone_and_nothing_twice(admin):
    key = kernel.account(city="León")
    changed = kernel.change(SYSTEM, key, city="Ávila")
    undone = undo_of(changed)
    assert kernel.value(key, "city") == "León"
    with pytest.raises(Invalid) as caught:
        undo_of(changed)
    assert caught.value.fields[""].text == "This has been undone already."
    undo_of(undone)
    assert (kernel.value(key, "city"), kernel.item(key).version) == ("Ávila", 4)
    with Work(SYSTEM) as work:
        told = timeline.of(work, kernel.ACCOUNTS, key)
    assert [(entry.kind, entry.undoes, entry.undone) for entry in told] == [
        ("change", undone.change_set, False),
        ("change", changed.change_set, True),
        ("change", None, True),
        ("create", None, False),
    ]
    assert [(step.label, step.before, step.after) for step in told[0].steps] == [("City", "León", "Ávila")]


def test_two_who_undo_at_once_undo_once(admin):
    key = kernel.account(city="León")
    changed = kernel.change(SYSTEM, key, city="Ávila")
    found = kernel.at_once(*[lambda: undo_of(changed)] * 2)
    assert sorted(isinstance(one, Invalid) for one in found) == [False, True]
    assert (kernel.value(key, "city"), kernel.item(key).version) == ("León", 3)


def test_what_was_changed_again_since_is_not_undone_and_says_where(admin):
    key = kernel.account(city="León", street="Mayor 1")
    changed = kernel.change(SYSTEM, key, city="Ávila", street="Mayor 2")
    kernel.change(SYSTEM, key, city="Burgos")
    with pytest.raises(Conflict) as caught:
        undo_of(changed)
    assert (caught.value.theirs, caught.value.message.args) == ({"city": "Burgos"}, {"fields": "Ciudad"})
    assert kernel.value(key, "street") == "Mayor 2"
    kernel.change(SYSTEM, key, city="Ávila", notes="elsewhere")
    undo_of(changed)
    assert (kernel.value(key, "city"), kernel.value(key, "street"), kernel.value(key, "notes")) == (
        "León",
        "Mayor 1",
        "elsewhere",
    )


def test_a_mixture_is_taken_back_as_one_or_not_at_all(admin):
    kept, gone = kernel.account(name="Kept", city="León"), kernel.account(name="Gone")
    before = values(kept), values(gone)
    with Work(SYSTEM, "accounts.change") as work:
        records.change(work, kernel.ACCOUNTS, kept, {"city": "Ávila"})
        records.remove(work, kernel.ACCOUNTS, gone)
        new = records.create(work, kernel.ACCOUNTS, {"name": "New"})
        records.change(work, kernel.ACCOUNTS, new, {"city": "Lugo"})
        records.change(work, kernel.ACCOUNTS, kept, {"city": "Burgos", "name": "Kept 2"})
        many = records.insert_many(work, kernel.ACCOUNTS, [{"name": "A"}, {"name": "B"}])
    changed = kernel.change(SYSTEM, many[0], name="C")
    with pytest.raises(Conflict):
        actions.undo(SYSTEM, work.change_set)
    assert sorted(kernel.names()) == ["B", "C", "Kept 2", "New"]
    undo_of(changed)
    actions.undo(SYSTEM, work.change_set)
    assert sorted(kernel.names()) == ["Gone", "Kept"]
    assert {**values(kept), "version": 0} == {**before[0], "version": 0}
    assert values(gone) == before[1]


def test_an_import_is_taken_back_row_by_row(admin):
    with Work(SYSTEM, "accounts.create") as work:
        records.insert_many(
            work, kernel.ACCOUNTS, [{"name": f"Account {number}", "phone": "600 100 200"} for number in range(300)]
        )
    assert len(kernel.ids()) == 300
    actions.undo(SYSTEM, work.change_set)
    assert (kernel.ids(), kernel.ids(text="account")) == ([], [])


def test_a_record_that_others_refer_to_since_is_not_undone(admin):
    sector = actions.run(SYSTEM, "sectors", "create", None, {"name": "Trade"})
    kernel.account(sector=sector.id)
    with pytest.raises(Invalid):
        undo_of(sector)
    removed = actions.run(SYSTEM, "accounts", "remove", kernel.ids()[0])
    undo_of(sector)
    with pytest.raises(Invalid):
        undo_of(removed)


def test_what_is_no_change_is_missing(admin):
    for key in (0, -1, "x", None, 2**63, 10**30, 999_999, "1; DROP TABLE account"):
        with pytest.raises(Missing):
            actions.undo(SYSTEM, key)


ALL = {f"accounts.{verb}": "all" for verb in ("read", "create", "change", "remove")} | {"users.read": "all"}


def test_undo_reaches_as_far_as_its_scope(admin):
    team = kernel.team()
    boss, mate, own, none = (
        kernel.user_with({**ALL, **({"changes.undo": scope} if scope else {})}, team=place)
        for scope, place in (("all", None), ("team", team), ("own", team), ("", team))
    )
    for who, doer, allowed in [
        (boss, mate, True),
        (mate, own, True),
        (mate, boss, False),
        (own, own, True),
        (own, mate, False),
        (own, boss, False),
    ]:
        made = actions.run(doer, "accounts", "create", None, {"name": "Acme"})
        with Work(who) as work:
            assert [entry.mine for entry in timeline.of(work, kernel.ACCOUNTS, made.id)] == [allowed]
        if allowed:
            undo_of(made, who)
        else:
            with pytest.raises(Missing):
                undo_of(made, who)
    with pytest.raises(NotAllowed):
        undo_of(actions.run(none, "accounts", "create", None, {"name": "Acme"}), none)


def test_undo_does_nothing_that_the_actor_could_not_do_by_hand(admin):
    for lacking, act in {
        "accounts.create": lambda: actions.run(SYSTEM, "accounts", "remove", kernel.account()),
        "accounts.remove": lambda: actions.run(SYSTEM, "accounts", "create", None, {"name": "Acme"}),
        "accounts.change": lambda: kernel.change(SYSTEM, kernel.account(), city="León"),
    }.items():
        done = act()
        before = kernel.ids()
        without = kernel.user_with(
            {name: scope for name, scope in ALL.items() if name != lacking} | {"changes.undo": "all"}
        )
        with pytest.raises(NotAllowed):
            undo_of(done, without)
        narrow = kernel.user_with({**ALL, lacking: "own", "changes.undo": "all"})
        with pytest.raises((Missing, Invalid)):
            undo_of(done, narrow)
        assert kernel.ids() == before


def test_undo_hands_no_record_to_where_the_actor_does_not_reach(admin):
    seller = kernel.user_with({**ALL, "accounts.change": "own", "changes.undo": "all"})
    key = kernel.account(owner=admin)
    taken = kernel.change(SYSTEM, key, owner=seller.user)
    with pytest.raises(Invalid) as caught:
        undo_of(taken, seller)
    assert list(caught.value.fields) == ["owner"]
    assert kernel.value(key, "owner") == seller.user


def test_undo_is_no_way_around_the_rules_on_users_and_roles(admin):
    helper = kernel.user_with(
        {"users.change": "all", "users.read": "all", "roles.change": "all", "roles.read": "all", "changes.undo": "all"}
    )
    strong, weak = kernel.role_with({"*": "all"}), kernel.role_with({})
    key = actions.run(SYSTEM, "users", "create", None, {"name": "X", "email": "x@acme.example", "role": strong}).id
    demoted = actions.run(SYSTEM, "users", "change", key, {"role": weak})
    with pytest.raises(NotAllowed):
        undo_of(demoted, helper)
    grants.change(SYSTEM, weak, {"accounts.read": "all"})
    grants.change(SYSTEM, weak, {"accounts.read": ""})
    with Work(SYSTEM) as work:
        taken_away = timeline.of(work, records.resource_of("roles"), weak)[0].change_set
    with pytest.raises(NotAllowed):
        actions.undo(helper, taken_away)


def test_a_password_cannot_be_put_back(admin):
    users.change_password(kernel.actor(admin), crm.PASSWORD, "otra clave larga 77")
    with Work(SYSTEM) as work:
        last = timeline.of(work, records.resource_of("users"), admin)[0]
    assert (last.label, last.kind, last.steps) == ("Password changed", "change", ())
    with pytest.raises(Invalid):
        actions.undo(SYSTEM, last.change_set)


def test_a_user_comes_back_without_the_secrets(admin):
    key = crm.member("b@acme.example", "Sales")
    removed = actions.run(SYSTEM, "users", "remove", key)
    undo_of(removed)
    assert kernel.item(key, resource="users").values["email"] == "b@acme.example"
    from crm_app.services import identity

    with pytest.raises(Invalid):
        identity.sign_in({"email": "b@acme.example", "password": crm.PASSWORD}, "", "")


def test_a_record_is_told_as_it_was_at_any_moment(admin):
    start = clock.now() + timedelta(hours=1)
    moments = [start + timedelta(hours=hour) for hour in range(6)]
    with clock.frozen(moments[1]):
        key = kernel.account(name="One", roles=["customer"])
    with clock.frozen(moments[2]):
        kernel.change(SYSTEM, key, name="Two", city="León")
    with clock.frozen(moments[3]):
        removed = actions.run(SYSTEM, "accounts", "remove", key)
    with Work(SYSTEM) as work:
        gone = [history.as_of(work, kernel.ACCOUNTS, key, moment) for moment in moments]
    with clock.frozen(moments[4]):
        undo_of(removed)
    with Work(SYSTEM) as work:
        back = [history.as_of(work, kernel.ACCOUNTS, key, moment) for moment in moments]
    for found in (gone, back):
        assert [(one or {}).get("name") for one in found[:4]] == [None, "One", "Two", None]
        assert [(one or {}).get("city") for one in found[:4]] == [None, None, "León", None]
        assert found[1]["roles"] == ("customer",)
    assert (gone[5], back[4]["name"], back[5]["city"]) == (None, "Two", "León")


def test_the_past_is_only_for_who_may_see_the_record(admin):
    seller = kernel.user_with({"accounts.read": "own"})
    key = kernel.account(owner=admin)
    gone = kernel.account(owner=seller.user)
    actions.run(SYSTEM, "accounts", "remove", gone)
    for hidden in (key, gone):
        with Work(seller) as work, pytest.raises(Missing):
            history.as_of(work, kernel.ACCOUNTS, hidden, clock.now())
        with Work(seller) as work, pytest.raises(Missing):
            timeline.of(work, kernel.ACCOUNTS, hidden)
