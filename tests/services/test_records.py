"""Nobody reads, finds, chooses, changes or removes what their role does not reach."""

import itertools

import pytest

from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.core.query import Filter, Query
from crm_app.services import actions, bulk, listing, records, values
from crm_app.services.actors import SYSTEM, Actor
from crm_app.services.work import Work
from tests.support import kernel

VERBS = ("read", "create", "change", "remove")


def grants(scope: str, **other: str) -> dict[str, str]:
    return {f"accounts.{verb}": other.get(verb, scope) for verb in VERBS} | {"users.read": "all"}


def test_a_scope_holds_in_every_verb(admin):
    team = kernel.team()
    mate = kernel.user_with({}, team)
    for scope, place, reached in [
        ("all", None, {"mine", "mates", "others", "nobodys"}),
        ("team", team, {"mine", "mates"}),
        ("team", None, {"mine"}),
        ("own", team, {"mine"}),
    ]:
        who = kernel.user_with(grants(scope), place)
        owners = {"mine": who.user, "mates": mate.user, "others": admin, "nobodys": None}
        for name, owner in owners.items():
            key = kernel.account(name=name, city="León")
            kernel.change(SYSTEM, key, owner=owner)
            listed = [
                key in kernel.ids(who, *question) for question in (("",), (name,), ("", Filter("city", "eq", "León")))
            ]
            assert listed == [name in reached] * 3
            with Work(who) as work:
                assert (key in dict(records.options(work, kernel.ACCOUNTS, name))) == (name in reached)
            if name in reached:
                kernel.change(who, key, notes="seen")
                assert kernel.value(key, "notes") == "seen"
                actions.run(who, "accounts", "remove", key)
            else:
                for act in (
                    lambda key=key, who=who: kernel.item(key, who),
                    lambda key=key, who=who: kernel.change(who, key, notes="seen"),
                    lambda key=key, who=who: actions.run(who, "accounts", "remove", key),
                ):
                    with pytest.raises(Missing):
                        act()
                assert kernel.value(key, "notes") is None


def test_without_the_permission_each_verb_is_refused_by_name(admin):
    key = kernel.account()
    for verb, act in {
        "read": kernel.ids,
        "create": kernel.account,
        "change": lambda who: kernel.change(who, key, name="X"),
        "remove": lambda who: actions.run(who, "accounts", "remove", key),
    }.items():
        who = kernel.user_with({name: scope for name, scope in grants("all").items() if name != f"accounts.{verb}"})
        with pytest.raises(NotAllowed) as caught:
            act(who)
        assert caught.value.permission == f"accounts.{verb}"
    assert kernel.names() == ["Acme"]


def test_what_may_be_read_but_not_changed_is_said_so(admin):
    key = kernel.account(owner=admin)
    who = kernel.user_with(grants("own", read="all"))
    for act in (lambda: kernel.change(who, key, name="X"), lambda: actions.run(who, "accounts", "remove", key)):
        with pytest.raises(NotAllowed):
            act()


def test_nobody_hands_a_record_out_of_their_own_reach(admin):
    team = kernel.team()
    who, mate = kernel.user_with(grants("team"), team), kernel.user_with({}, team)
    key = kernel.account(who)
    assert kernel.value(key, "owner") == who.user
    kernel.change(who, key, owner=mate.user)
    for owner in (admin, None):
        with pytest.raises(Invalid) as caught:
            kernel.change(who, key, owner=owner, team=None)
        assert list(caught.value.fields) == ["owner"]
    with pytest.raises(Invalid):
        kernel.account(who, owner=admin)
    with pytest.raises(Invalid), Work(who, "accounts.create") as work:
        bulk.create(work, kernel.ACCOUNTS, [{"name": "A"}, {"name": "B", "owner": admin}])
    assert (kernel.value(key, "owner"), len(kernel.ids())) == (mate.user, 1)


def test_an_account_is_its_teams_too_whoever_owns_it(admin):
    north, south = kernel.team(), kernel.team()
    owner = kernel.user_with(grants("team") | {"teams.read": "all"}, north)
    mate, stranger = (kernel.user_with(grants("team") | {"teams.read": "all"}, team) for team in (north, south))
    key = kernel.account(owner)
    assert (kernel.value(key, "team"), kernel.ids(mate), kernel.ids(stranger)) == (north, [key], [])
    kernel.change(owner, key, owner=stranger.user)
    assert (kernel.value(key, "team"), kernel.ids(mate), kernel.ids(stranger)) == (north, [key], [key])
    kernel.change(mate, key, owner=admin)
    assert (kernel.ids(mate), kernel.ids(stranger), kernel.ids(kernel.user_with(grants("own"), north))) == (
        [key],
        [],
        [],
    )
    with pytest.raises(Invalid):
        kernel.change(mate, key, team=south)
    kernel.change(SYSTEM, key, team=None)
    assert (kernel.value(key, "team"), kernel.ids(mate)) == (None, [])


def test_a_reference_leads_only_to_what_the_actor_may_see(admin):
    sector = actions.run(SYSTEM, "sectors", "create", None, {"name": "Trade"}).id
    blind = kernel.user_with({name: scope for name, scope in grants("all").items() if name != "users.read"})
    for given in ({"sector": sector}, {"owner": admin}, {"zone": 99}):
        with pytest.raises(Invalid) as caught:
            kernel.account(blind, **given)
        assert list(caught.value.fields) == list(given)
    key = kernel.account(sector=sector, owner=admin)
    kernel.change(blind, key, sector=sector, owner=admin, name="Acme 2")  # what stands there already may stay
    assert kernel.item(key, blind).labels == {"sector": "Trade", "owner": "Ana"}
    with pytest.raises(Invalid):
        kernel.change(blind, key, owner=blind.user)


def test_a_role_with_an_unknown_scope_gives_nothing(admin):
    who = kernel.user_with({"accounts.read": "everything", "accounts.create": "ALL"})
    assert (who.scope("accounts.read"), who.may("accounts.create")) == ("", False)
    with pytest.raises(NotAllowed):
        kernel.ids(who)


def test_the_widest_grant_counts_and_a_tokens_limits_narrow_it():
    who = Actor(1, "A", {"accounts.read": "own", "accounts.*": "team", "*": ""})
    assert [who.scope(f"accounts.{verb}") for verb in ("read", "change")] == ["team", "team"]
    assert who.scope("sectors.read") == ""
    for limits, reached in {
        ("accounts.read",): ["read"],
        ("accounts.*",): ["read", "change"],
        ("*",): ["read", "change"],
        ("accounts",): [],
    }.items():
        assert [verb for verb in ("read", "change") if who.limited(limits).may(f"accounts.{verb}")] == reached


# ---- stale saves


def test_changes_of_other_fields_meanwhile_are_both_kept(admin):
    key = kernel.account(name="Acme")
    for number in range(5):
        kernel.change(SYSTEM, key, **{("city", "street", "notes", "region", "city")[number]: f"value {number}"})
    assert kernel.change(SYSTEM, key, 1, phone="600 100 200", name="Acme").version == 7
    assert (kernel.value(key, "city"), kernel.value(key, "phone")) == ("value 4", "600 100 200")


def test_a_field_that_somebody_else_set_is_a_conflict_that_shows_theirs(admin):
    key = kernel.account(name="Acme", city="León")
    kernel.change(SYSTEM, key, city="Ávila", name="Acme 2")
    kernel.change(SYSTEM, key, street="Mayor 1")
    with pytest.raises(Conflict) as caught:
        kernel.change(SYSTEM, key, 1, city="Burgos", name="Acme 2", phone="600 100 200")
    assert (caught.value.version, caught.value.theirs) == (3, {"city": "Ávila"})
    assert (kernel.item(key).version, kernel.value(key, "phone")) == (3, None)
    assert kernel.change(SYSTEM, key, 2, city="Burgos").version == 4


def test_a_version_that_never_was_counts_as_before_everything(admin):
    key = kernel.account(city="León")
    kernel.change(SYSTEM, key, city="Ávila")
    kernel.change(SYSTEM, key, city="Burgos")
    for version in (0, -1, 4, 99, 2**70):
        with pytest.raises(Conflict):
            kernel.change(SYSTEM, key, version, city="Lugo")
        with pytest.raises(Conflict):
            actions.run(SYSTEM, "accounts", "remove", key, version=version)


# ---- hostile values


def test_every_fault_is_told_at_once_at_its_field(admin):
    with pytest.raises(Invalid) as caught:
        kernel.account(
            name=" ",
            email="no",
            phone="x",
            country="XX",
            roles=["king"],
            sector="1.5",
            active="perhaps",
            id=7,
            version=3,
            password="x",
            search="x",
        )
    assert set(caught.value.fields) == {
        "name",
        "email",
        "phone",
        "country",
        "roles",
        "sector",
        "active",
        "id",
        "version",
        "password",
        "search",
    }
    for field in ("created_at", "updated_at", "sort_key", "__class__", "metadata", "RESOURCE"):
        with pytest.raises(Invalid) as caught:
            kernel.account(**{field: "2026-01-01T00:00:00Z"})
        assert list(caught.value.fields) == [field]


def test_hostile_text_is_refused_or_kept_to_the_letter(admin):
    for text in ("a\x00b", "\ud800", "a" * 161, "a" * 10_000_000, ["a"], {"a": 1}, True, 10**5000):
        with pytest.raises(Invalid):
            kernel.account(name=text)
    for text in (
        "'; DROP TABLE account; --",
        "%_\\",
        '"',
        "{0} %s :x ?",
        "😀👩‍👩‍👧",
        "ñÑ",
        "<script>alert(1)</script>",
        "ﷺ" * 160,
        "\u202e",
    ):
        key = kernel.account(name=text)
        assert kernel.value(key, "name") == text
        assert kernel.change(SYSTEM, key, notes=text, city=text[:80]).version == 2


def test_what_is_no_record_is_missing(admin):
    kernel.account()
    for key in (0, -1, "x", None, "1.0", 2**63, 10**30, True, "1 OR 1=1", [1], {}, "١", 10**5000):
        for verb, once in (("change", None), ("remove", None), ("change", "key")):
            with pytest.raises(Missing):
                actions.run(SYSTEM, "accounts", verb, key, {}, once=once)


def test_what_is_asked_for_in_ever_other_orders_is_not_kept_for_ever(admin):
    kernel.account(name="Acme")
    orders = itertools.islice(itertools.permutations(kernel.ACCOUNTS.fields), values.KEPT + 20)
    with Work(SYSTEM) as work:
        for place, columns in enumerate(orders):
            query = Query(text="acme" if place % 2 else "", sort="-name" if place % 3 else "")
            assert len(records.page(work, kernel.ACCOUNTS, query, columns=columns).items) == 1
    assert values.selecting.cache_info().currsize <= values.KEPT
    assert listing._plain.cache_info().maxsize == values.KEPT


def test_an_unknown_resource_or_verb_is_missing():
    for resource, verb in (
        ("nothing", "create"),
        ("accounts", "fly"),
        ("settings", "create"),
        ("settings", "remove"),
        (None, "create"),
        ("accounts", None),
    ):
        with pytest.raises(Missing):
            actions.find(resource, verb)


def test_a_verb_reaches_the_records_of_its_own_scope(admin):
    team = kernel.team()
    who = kernel.user_with({"accounts.read": "all", "accounts.change": "team", "accounts.remove": "own"}, team)
    mate, far = kernel.user_with({}, team), kernel.user_with({})
    keys = [kernel.account(owner=one.user) for one in (who, mate, far)]

    def reached(actor, verb):
        with Work(actor) as work:
            return [records.reaches(work, kernel.ACCOUNTS, key, verb) for key in keys]

    assert reached(who, "read") == [True, True, True]
    assert reached(who, "change") == [True, True, False]
    assert reached(who, "remove") == [True, False, False]
    assert reached(far, "change") == [False, False, False]
    assert reached(kernel.user_with({"*": "all"}), "remove") == [True, True, True]
