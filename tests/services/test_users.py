"""The first set-up happens once, and nobody raises themselves."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, NotAllowed, NotSignedIn, TooMany
from crm_app.models.users import BUILT_IN_ROLES, Role, User
from crm_app.services import actions, bulk, codes, grants, identity, records, users
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, kernel


@pytest.fixture
def empty(database, tmp_path):
    with crm.using(database, tmp_path):
        yield database


def count(table) -> int:
    with Work(SYSTEM) as work:
        return work.session.scalar(sa.select(sa.func.count()).select_from(table))


def test_the_first_visit_makes_company_roles_and_administrator_and_no_second_one_does(empty):
    assert not identity.ready()
    found = users.set_up(crm.COMPANY, "a test", "")
    assert identity.ready()
    who = identity.actor_by_cookie(found.cookie)
    assert (who.user, who.name, who.scope("anything.at_all"), who.speech.zone) == (1, "Ana", "all", "Europe/Madrid")
    assert count(Role) == len(BUILT_IN_ROLES)
    with pytest.raises(users.AlreadySetUp):
        users.set_up({**crm.COMPANY, "email": "other@acme.example"}, "", "")
    assert count(User) == 1


def test_of_many_first_visitors_one_wins(empty):
    found = kernel.at_once(
        *[
            lambda number=number: users.set_up({**crm.COMPANY, "email": f"u{number}@acme.example"}, "", "")
            for number in range(6)
        ]
    )
    assert sum(isinstance(one, identity.SignedIn) for one in found) == 1
    assert sum(isinstance(one, users.AlreadySetUp) for one in found) == 5
    assert (count(User), count(Role)) == (1, len(BUILT_IN_ROLES))


def test_a_set_up_with_faults_names_them_all_and_leaves_nothing(empty):
    wrong = {
        "company": "",
        "country": "XX",
        "currency": "euro",
        "language": "fr",
        "time_zone": "Mars",
        "name": "",
        "email": "no",
        "password": "short",
    }
    with pytest.raises(Invalid) as caught:
        users.set_up(wrong, "", "")
    assert {"company", "country", "name", "email", "password"} <= set(caught.value.fields)
    for name, bad in {"currency": "eur", "time_zone": "Mars", "password": "1234567890"}.items():
        with pytest.raises(Invalid) as caught:
            users.set_up({**crm.COMPANY, name: bad}, "", "")
        assert list(caught.value.fields) == [name]
    assert (count(User), count(Role), identity.ready()) == (0, 0, False)


# ---- the last administrator


def test_the_last_administrator_stays_whatever_is_tried(admin):
    weak = kernel.role_with({})
    strong = kernel.item(admin, resource="users").values["role"]
    for act in (
        lambda: actions.run(SYSTEM, "users", "change", admin, {"active": False}),
        lambda: actions.run(SYSTEM, "users", "change", admin, {"role": weak}),
        lambda: actions.run(SYSTEM, "users", "remove", admin),
    ):
        with pytest.raises(Invalid):
            act()
    with pytest.raises(Invalid), Work(SYSTEM, "roles.change") as work:
        work.locked(Role, strong).grants = {"accounts.read": "all"}
    assert kernel.actor(admin).scope("*") == "all"


def test_two_administrators_who_step_down_at_once_do_not_both(admin):
    weak = kernel.role_with({})
    second = crm.member("b@acme.example", "Administrator")
    found = kernel.at_once(
        *[lambda key=key: actions.run(SYSTEM, "users", "change", key, {"role": weak}) for key in (admin, second)]
    )
    assert sorted(isinstance(one, Invalid) for one in found) == [False, True]


# ---- no escalation

MANAGER = {
    f"{name}.{verb}": "all" for name in ("users", "roles", "teams") for verb in ("read", "create", "change", "remove")
}


def test_who_manages_users_cannot_make_or_touch_anybody_stronger(admin):
    helper = kernel.user_with({**MANAGER, "accounts.read": "own"})
    strong = kernel.item(admin, resource="users").values["role"]
    wider, equal = kernel.role_with({"accounts.read": "all"}), kernel.role_with({"accounts.read": "own"})
    person = {"name": "X", "email": "x@acme.example"}
    key = actions.run(helper, "users", "create", None, {**person, "role": equal}).id
    for role in (strong, wider):
        for act in (
            lambda role=role: actions.run(
                helper, "users", "create", None, {"name": "Y", "email": "y@acme.example", "role": role}
            ),
            lambda role=role: actions.run(helper, "users", "change", key, {"role": role}),
            lambda role=role: actions.run(helper, "users", "change", helper.user, {"role": role}),
        ):
            with pytest.raises(NotAllowed):
                act()
    for act in (
        lambda: actions.run(helper, "users", "change", admin, {"email": "mine@acme.example"}),
        lambda: actions.run(helper, "users", "change", admin, {"active": False}),
        lambda: actions.run(helper, "users", "remove", admin),
        lambda: users.make_link(helper, admin),
        lambda: users.drop_codes(helper, admin),
        lambda: users.add_user(helper, "z@acme.example", "Administrator"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert users.make_link(helper, key).startswith("/welcome?key=")


def test_many_at_once_is_no_way_around(admin):
    helper = kernel.user_with(MANAGER)
    strong = kernel.item(admin, resource="users").values["role"]
    given = [{"name": "A", "email": "a@acme.example", "role": strong}]
    with pytest.raises(NotAllowed), Work(helper, "users.create") as work:
        bulk.create(work, records.resource_of("users"), given)
    with Work(SYSTEM, "users.create") as work:
        (key,) = bulk.create(work, records.resource_of("users"), given)
    assert kernel.actor(key).scope("*") == "all"
    assert [found[:2] for found in kernel.history("user")][-1] == ("users.create", key)


def test_a_role_grows_and_shrinks_only_within_its_changers_own_rights(admin):
    helper = kernel.user_with({**MANAGER, "accounts.read": "team"})
    role = kernel.role_with({"accounts.read": "own"}, "Mine")
    grants.change(helper, role, {"accounts.read": "team"})
    for permission, scope in (("accounts.read", "all"), ("accounts.remove", "own"), ("changes.undo", "own")):
        with pytest.raises(NotAllowed):
            grants.change(helper, role, {permission: scope})
    for permission, scope in (
        ("accounts.fly", "all"),
        ("*", "all"),
        ("accounts.read", "everything"),
        ("accounts.read", ["all"]),
        ("sectors.read", "own"),
    ):
        with pytest.raises(Invalid):
            grants.change(SYSTEM, role, {permission: scope})
    stronger = kernel.role_with({"accounts.read": "all"}, "Stronger")
    for act in (
        lambda: grants.change(helper, stronger, {"accounts.read": ""}),
        lambda: actions.run(helper, "roles", "remove", stronger),
        lambda: actions.run(helper, "roles", "change", stronger, {"name": "Weaker"}),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert grants.of(SYSTEM, role)[2] == {"accounts.read": "team"}
    with pytest.raises(Invalid):
        actions.run(SYSTEM, "roles", "change", role, {"grants": {"*": "all"}})


def test_a_limited_token_of_an_administrator_makes_no_administrator(admin):
    token = identity.make_token(kernel.actor(admin), admin, "narrow", ("users.*", "roles.*"))
    limited = identity.actor_by_token(token, "")
    strong = kernel.item(admin, resource="users").values["role"]
    for act in (
        lambda: actions.run(limited, "users", "create", None, {"name": "X", "email": "x@acme.example", "role": strong}),
        lambda: users.make_link(limited, admin),
        lambda: grants.change(limited, kernel.role_with({}), {"accounts.read": "all"}),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_ones_own_profile_is_name_language_and_appearance(admin):
    who = kernel.user_with({})
    users.change_profile(
        who,
        {"name": "Bea", "language": "en", "theme": "dark", "role": 1, "email": "x@y.es", "active": False, "team": 1},
    )
    row = kernel.item(who.user, resource="users").values
    assert (row["name"], row["language"], row["theme"], row["email"], row["active"]) == (
        "Bea",
        "en",
        "dark",
        who.email,
        True,
    )
    assert row["role"] != 1
    for values in ({"name": ""}, {"language": "fr"}, {"theme": "pink"}, {"name": "\x00"}):
        with pytest.raises(Invalid) as caught:
            users.change_profile(who, values)
        assert list(caught.value.fields) == list(values)


# ---- one-time links


def redeem(path: str, password: object = "una clave larga 9"):  # noqa: S107 - of nobody
    return users.redeem(path.partition("key=")[2], password, "", "")


def test_a_link_works_once_and_ends_every_session(admin):
    key = crm.member("b@acme.example", "Sales")
    cookie = identity.sign_in({"email": "b@acme.example", "password": crm.PASSWORD}, "", "").cookie
    link = users.make_link(SYSTEM, key)
    with pytest.raises(Invalid):
        redeem(link, "short")
    assert identity.actor_by_cookie(redeem(link).cookie).user == key
    assert identity.actor_by_cookie(cookie) is None
    with pytest.raises(NotSignedIn):
        redeem(link)
    assert identity.sign_in({"email": "b@acme.example", "password": "una clave larga 9"}, "", "").user == key


def test_one_link_comes_in_once_though_used_twice_at_once(admin):
    link = users.make_link(SYSTEM, crm.member("b@acme.example", "Sales"))
    found = kernel.at_once(*[lambda: redeem(link)] * 3)
    assert sum(isinstance(one, identity.SignedIn) for one in found) == 1


def test_a_link_that_is_old_replaced_made_up_or_of_a_sleeper_is_refused(admin):
    key = crm.member("b@acme.example", "Sales")
    old, new = users.make_link(SYSTEM, key), users.make_link(SYSTEM, key)
    for path in (old, "key=", "key=x", "key=\x00", "key=" + "x" * 10_000):
        with pytest.raises(NotSignedIn):
            redeem(path)
    for purpose, life in (("reset", timedelta(hours=2)), ("invite", timedelta(days=7))):
        link = users.make_link(SYSTEM, key, purpose)
        with clock.frozen(clock.now() + life), pytest.raises(NotSignedIn):
            redeem(link)
    actions.run(SYSTEM, "users", "change", key, {"active": False})
    for path in (link, new):
        with pytest.raises(NotSignedIn):
            redeem(path)


def test_a_link_opens_no_more_than_who_made_it_may_do_when_it_is_used(admin):
    key = crm.member("b@acme.example", "Sales")
    grants_of = {"Sales": dict(BUILT_IN_ROLES["Sales"]), "Administrator": {"*": "all"}}
    helper = kernel.user_with(grants_of["Sales"] | {"users.read": "all", "users.change": "all"})
    link = users.make_link(helper, key, "invite")

    def give(user, role):
        with Work(SYSTEM) as work:
            found = users.role_called(work, role)
        actions.run(SYSTEM, "users", "change", user, {"role": found})

    give(key, "Administrator")  # whoever kept a copy of the link would come in with that role
    with pytest.raises(NotSignedIn):
        redeem(link)
    give(key, "Sales")
    actions.run(SYSTEM, "users", "change", helper.user, {"active": False})
    with pytest.raises(NotSignedIn):
        redeem(link)
    actions.run(SYSTEM, "users", "change", helper.user, {"active": True})
    for forged in (link.rpartition(".")[0], f"{link.rpartition('.')[0]}.{admin}", f"{link}.x", f"{link}9"):
        with pytest.raises(NotSignedIn):
            redeem(forged)
    assert redeem(link).user == key


def test_who_changes_their_password_needs_no_link_any_more(admin):
    key = crm.member("b@acme.example", "Sales")
    link = users.make_link(kernel.actor(admin), key)
    users.change_password(kernel.actor(key), crm.PASSWORD, "una clave larga 9")
    with pytest.raises(NotSignedIn):
        redeem(link)


def test_only_ones_own_sessions_are_seen_and_ended(admin):
    key = crm.member("b@acme.example", "Sales")
    cookie = identity.sign_in({"email": "b@acme.example", "password": crm.PASSWORD}, "a phone", "10.0.0.7").cookie
    who = identity.actor_by_cookie(cookie)
    (mine,) = users.my_sessions(who)
    assert (mine.device, mine.address, mine.current) == ("a phone", "10.0.0.7", True)
    for number in (mine.id, 0, -1, 2**63, "x", None):
        with pytest.raises(Missing):
            users.end_session(kernel.actor(admin), number)
    users.end_session(kernel.actor(key), mine.id)
    assert identity.actor_by_cookie(cookie) is None


def test_two_users_have_two_addresses_whatever_the_case(admin):
    for verb, key in (("create", None), ("change", crm.member("b@acme.example", "Sales"))):
        with pytest.raises(Invalid) as caught:
            actions.run(
                SYSTEM, "users", verb, key, {"name": "X", "email": "ANA@Acme.example", "role": kernel.role_with({})}
            )
        assert list(caught.value.fields) == ["email"]


# ---- what ends with a password, and what does not


def test_a_link_does_not_lead_past_the_second_factor(admin):
    key = crm.member("b@acme.example", "Sales")
    secret = codes.new_secret(kernel.actor(key), "")[0]
    with clock.frozen(clock.ago(minutes=2)):
        recovery = codes.switch_on(kernel.actor(key), secret, pyotp.TOTP(secret).at(clock.now()), crm.PASSWORD)
    before = stored(key)
    for purpose in ("invite", "reset"):
        link = users.make_link(SYSTEM, key, purpose).partition("key=")[2]
        with pytest.raises(codes.CodeNeeded):
            users.redeem(link, "una clave larga 9", "", "")
        used = pyotp.TOTP(secret).at(clock.ago(minutes=2))
        for wrong in (used, "aaaa-bbbb-cccc-dddd"):
            with pytest.raises(Invalid):
                users.redeem(link, "una clave larga 9", "", "", code=wrong)
        assert stored(key) == before
        if purpose == "invite":
            with clock.frozen(clock.ago(minutes=-16)):
                code = pyotp.TOTP(secret).at(clock.now())
                assert users.redeem(link, "una clave larga 9", "", "", code=code).user == key
                with pytest.raises(NotSignedIn):
                    users.redeem(link, "una clave larga 9", "", "", code=recovery[1])
                before = stored(key)
    with clock.frozen(clock.ago(minutes=-32)):
        link = users.make_link(SYSTEM, key).partition("key=")[2]
        assert users.redeem(link, "otra clave larga 9", "", "", code=recovery[0]).user == key
    assert codes.state_of(kernel.actor(key)) == (True, 9)


def stored(key):
    with Work(SYSTEM) as work:
        row = work.session.get(User, key)
        return row.password, row.totp_step, codes.state_of(kernel.actor(key))


def test_codes_at_a_link_are_guessed_five_times_at_most(admin):
    key = crm.member("b@acme.example", "Sales")
    secret = codes.new_secret(kernel.actor(key), "")[0]
    with clock.frozen(clock.ago(minutes=2)):
        codes.switch_on(kernel.actor(key), secret, pyotp.TOTP(secret).at(clock.now()), crm.PASSWORD)
    link = users.make_link(SYSTEM, key).partition("key=")[2]
    found = kernel.at_once(*[lambda: users.redeem(link, "una clave larga 9", "", "", code="000000")] * 9)
    assert [sum(isinstance(one, kind) for one in found) for kind in (Invalid, TooMany)] == [5, 4]


def test_tokens_live_on_past_a_new_password_unless_they_are_told_not_to(admin):
    key = crm.member("b@acme.example", "Sales")

    def token():
        return identity.make_token(SYSTEM, key, "a test")

    def works(one):
        try:
            return identity.actor_by_token(one, "").user == key
        except NotSignedIn:
            return False

    kept = token()
    users.change_password(kernel.actor(key), crm.PASSWORD, "una clave larga 9")
    redeem(users.make_link(SYSTEM, key, "invite"))
    assert works(kept)
    users.change_password(kernel.actor(key), "una clave larga 9", "otra clave larga 9", tokens_too=True)
    assert not works(kept)
    reset, others = token(), identity.make_token(SYSTEM, admin, "another's")
    redeem(users.make_link(SYSTEM, key, "reset"))
    assert not works(reset)
    here, there, last = redeem(users.make_link(SYSTEM, key)).cookie, sign_in_as("b@acme.example"), token()
    users.end_everything(identity.actor_by_cookie(here))
    assert [identity.actor_by_cookie(cookie) is None for cookie in (here, there)] == [False, True]
    assert not works(last)
    assert identity.actor_by_token(others, "").user == admin


def sign_in_as(email):
    return identity.sign_in({"email": email, "password": "una clave larga 9"}, "", "").cookie
