"""Who comes in, for how long, and what is held against guessing."""

import time
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, NotAllowed, NotSignedIn, TooMany
from crm_app.core.i18n import Speech
from crm_app.models.users import Attempt, RecoveryCode, Session, Token, User
from crm_app.services import actions, codes, grants, guessing, identity, users
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work, column_of
from tests.support import crm, kernel

EMAIL = "ana@acme.example"


def sign_in(email: object = EMAIL, password: object = crm.PASSWORD, address="10.0.0.1", **more):
    return identity.sign_in({"email": email, "password": password, **more}, "a test", address)


def count(table) -> int:
    with Work(SYSTEM) as work:
        return work.session.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_password_opens_a_session_and_signing_out_ends_it(admin):
    found = sign_in(f"  {EMAIL.upper()} ")
    assert identity.actor_by_cookie(found.cookie).user == admin
    assert (found.lives, sign_in(stay=True).lives) == (timedelta(hours=12), timedelta(days=30))
    with Work(SYSTEM) as work:
        assert found.cookie not in work.session.scalars(sa.select(column_of(Session, "proof"))).all()
    identity.sign_out(found.cookie)
    assert identity.actor_by_cookie(found.cookie) is None
    assert [identity.actor_by_cookie(cookie) for cookie in ("", "x", "x" * 500, "\ud800")] == [None] * 4


def test_a_wrong_sign_in_never_tells_what_was_wrong(admin):
    sleeper = crm.member("off@acme.example", "Sales")
    actions.run(SYSTEM, "users", "change", sleeper, {"active": False})
    tries = [
        (EMAIL, "wrong"),
        ("nobody@acme.example", crm.PASSWORD),
        ("off@acme.example", crm.PASSWORD),
        (EMAIL, ""),
        ("", ""),
        (None, None),
        (["x"], {"y": 1}),
        ("a\x00@b.es", "p\x00"),
        ("\ud800@b.es", "\ud800"),
        ("' OR 1=1 --", "x"),
        ("%", "%"),
        (EMAIL, crm.PASSWORD + " "),
    ]
    texts = set()
    for number, (email, password) in enumerate(tries):
        with pytest.raises(Invalid) as caught:
            sign_in(email, password, f"10.0.1.{number}")
        texts.add((type(caught.value), tuple(caught.value.fields), caught.value.fields["password"].text))
    assert len(texts) == 1


def test_an_unknown_user_takes_as_long_as_a_known_one(admin):
    def seconds(email: str, number: int) -> float:
        start = time.thread_time()  # of this thread alone, whatever else the machine has to do
        with pytest.raises(Invalid):
            sign_in(email, "wrong password", f"10.0.2.{number}")
        return time.thread_time() - start

    seconds(EMAIL, 0)
    known, unknown = ([seconds(email, number) for number in range(1, 4)] for email in (EMAIL, "nobody@acme.example"))
    assert 0.25 < min(known) / min(unknown) < 4  # without the work of hashing it would be a tenth


def test_spaces_and_composed_letters_of_a_password_are_as_typed(admin):
    users.change_password(kernel.actor(admin), crm.PASSWORD, "  año del caracol ")
    assert sign_in(password="  an\u0303o del caracol ")
    with pytest.raises(Invalid):
        sign_in(password="año del caracol")


def guess(times, *, email=EMAIL, places=None, **more):
    for number in range(times):
        with pytest.raises(Invalid):
            sign_in(email, "wrong", places(number) if places else "10.0.0.1", **more)


def test_guessing_is_slowed_down_by_person_and_place(admin):
    guess(5)
    with pytest.raises(TooMany) as caught:
        sign_in(address="10.0.0.1")
    assert 1 <= caught.value.seconds <= 900
    assert sign_in(address="10.9.9.9")  # nobody is shut out from elsewhere
    with clock.frozen(clock.ago(minutes=-16)):
        assert sign_in(address="10.0.0.1")


def test_how_long_to_wait_is_told_in_one_or_many():
    told = [Speech("es").say(TooMany(seconds).message).rpartition("dentro de ")[2] for seconds in (1, 2, 90, 91)]
    assert told == ["1 segundo.", "2 segundos.", "90 segundos.", "2 minutos."]


def test_guessing_many_people_from_one_place_is_slowed_down(admin):
    for number in range(40):
        guess(1, email=f"somebody{number}@acme.example", places=lambda number: f"2001:db8:1:1::{number}")
    with pytest.raises(TooMany):
        sign_in(address="2001:db8:1:1:ffff::1")  # of the same network
    assert sign_in(address="2001:db8:1:2::1")
    with Work(SYSTEM) as work:
        assert not any("acme" in subject for subject in work.session.scalars(sa.select(column_of(Attempt, "subject"))))


def test_guessing_one_person_from_everywhere_is_slowed_down_and_shuts_no_known_device_out(admin):
    mark = sign_in(address="10.1.1.1").mark
    guess(50, places=lambda number: f"10.2.0.{number}")
    with pytest.raises(TooMany):
        sign_in(address="10.3.3.3")
    for forged in (
        "",
        "x",
        "A" * 22 + "." + "A" * 22,
        mark[:-1] + ("a" if mark[-1] != "a" else "b"),
        mark.partition(".")[0],
    ):
        with pytest.raises(TooMany):
            identity.sign_in({"email": EMAIL, "password": crm.PASSWORD}, "", "10.3.3.3", forged)
    again = identity.sign_in({"email": EMAIL, "password": crm.PASSWORD}, "", "10.3.3.3", mark)
    assert (again.user, again.mark) == (admin, mark)
    with clock.frozen(clock.ago(minutes=-61)):
        assert sign_in(address="10.3.3.3")


def test_a_known_device_is_counted_by_itself_and_known_for_its_own_people_only(admin):
    crm.member("b@acme.example", "Sales")
    mark = sign_in().mark
    for _ in range(5):
        with pytest.raises(Invalid):
            identity.sign_in({"email": EMAIL, "password": "wrong"}, "", "10.0.0.1", mark)
    with pytest.raises(TooMany):
        identity.sign_in({"email": EMAIL, "password": crm.PASSWORD}, "", "10.0.0.1", mark)
    assert not guessing.knows(mark, "b@acme.example")
    both = identity.sign_in({"email": "b@acme.example", "password": crm.PASSWORD}, "", "10.0.0.1", mark).mark
    assert [guessing.knows(both, email) for email in (EMAIL, "b@acme.example", "c@acme.example")] == [True, True, False]
    for number in range(20):
        both = guessing.marked(both, f"u{number}@acme.example")
    assert guessing.knows(both, "u19@acme.example")
    assert len(both) < 250


def test_a_burst_of_guesses_gets_no_further_than_one_after_another(admin):
    found = kernel.at_once(*[lambda: sign_in(password="wrong")] * 16)
    assert [sum(isinstance(one, kind) for one in found) for kind in (Invalid, TooMany)] == [5, 11]
    found = kernel.at_once(*[lambda: users.change_password(kernel.actor(admin), "wrong", "x")] * 12)
    assert [sum(isinstance(one, kind) for one in found) for kind in (Invalid, TooMany)] == [5, 7]


def test_what_was_right_does_not_count(admin):
    for _ in range(12):
        sign_in()
    assert count(Attempt) == 0


def test_a_session_ends_in_time_and_lives_on_while_it_is_used(admin):
    found, start = sign_in(), clock.now()

    def after(**time_passed):
        identity._known.clear()
        with clock.frozen(start + timedelta(**time_passed)):
            return identity.actor_by_cookie(found.cookie)

    assert after(hours=11).user == admin
    assert after(hours=22).user == admin
    assert after(hours=35) is None


def test_a_token_is_no_cookie_and_a_cookie_no_token_even_a_moment_later(admin):
    cookie, token = sign_in().cookie, identity.make_token(SYSTEM, admin, "shop", ("accounts.read",))
    assert (identity.actor_by_cookie(cookie).user, identity.actor_by_token(token, "").user) == (admin, admin)
    assert identity.actor_by_cookie(token) is None
    with pytest.raises(NotSignedIn):
        identity.actor_by_token(cookie, "")
    assert identity.actor_by_token(token, "").may("accounts.read"), "what was refused is not remembered for the other"


def test_a_changed_password_ends_every_other_session(admin):
    here, there = sign_in(), sign_in()
    users.change_password(identity.actor_by_cookie(here.cookie), crm.PASSWORD, "otra clave larga 77")
    assert identity.actor_by_cookie(here.cookie).user == admin
    assert identity.actor_by_cookie(there.cookie) is None
    with pytest.raises(Invalid):
        sign_in()
    for current, new, field in [
        ("wrong", "una clave nueva 1", "current"),
        ("otra clave larga 77", "short", "new"),
        (None, None, "current"),
    ]:
        with pytest.raises(Invalid) as caught:
            users.change_password(identity.actor_by_cookie(here.cookie), current, new)
        assert list(caught.value.fields) == [field]


def test_an_inactive_user_is_out_at_once_with_cookie_and_token(admin):
    key = crm.member("b@acme.example", "Sales")
    cookie, token = sign_in("b@acme.example").cookie, identity.make_token(SYSTEM, key, "a test")
    assert (identity.actor_by_cookie(cookie).user, identity.actor_by_token(token, "").user) == (key, key)
    actions.run(SYSTEM, "users", "change", key, {"active": False})
    assert identity.actor_by_cookie(cookie) is None
    with pytest.raises(NotSignedIn):
        identity.actor_by_token(token, "")


def test_a_changed_role_counts_at_once(admin):
    who = kernel.user_with({"roles.read": "all"})
    token = identity.make_token(SYSTEM, who.user, "a test")
    assert not identity.actor_by_token(token, "").may("accounts.read")
    role = kernel.item(who.user, resource="users").values["role"]
    grants.change(SYSTEM, role, {"accounts.read": "all"})
    assert identity.actor_by_token(token, "").may("accounts.read")


# ---- second factor


@pytest.fixture
def secret(admin):
    """The administrator's authenticator; switched on two minutes ago."""
    return switch_on(admin)


def switch_on(user):
    """The secret of an authenticator that the user has switched on two minutes ago."""
    found, _ = codes.new_secret(kernel.actor(user), "Acme")
    with clock.frozen(clock.ago(minutes=2)):
        codes.switch_on(kernel.actor(user), found, pyotp.TOTP(found).at(clock.now()), crm.PASSWORD)
    return found


def test_a_code_is_asked_for_and_works_once(secret):
    with pytest.raises(codes.CodeNeeded):
        sign_in()
    now = clock.now()
    with clock.frozen(now):
        code = pyotp.TOTP(secret).at(now)
        assert sign_in(code=f" {code[:3]} {code[3:]} ")
        for wrong in (
            code,
            pyotp.TOTP(secret).at(now - timedelta(seconds=30)),
            "000000",
            "12345",
            "abcdef",
            "１２３４５６",
        ):
            with pytest.raises(Invalid) as caught:
                sign_in(code=wrong)
            if wrong != code:
                break
            assert caught.value.fields["code"].text.startswith("That code does not match")
        assert sign_in(code=pyotp.TOTP(secret).at(now + timedelta(seconds=30)))


def test_one_code_opens_one_session_though_it_comes_eight_times_at_once(secret):
    now = clock.now()
    with clock.frozen(now):
        code = pyotp.TOTP(secret).at(now)
        found = kernel.at_once(*[lambda: sign_in(code=code)] * 4)
    assert sum(isinstance(one, identity.SignedIn) for one in found) == 1
    assert sum(isinstance(one, Invalid) for one in found) == 3


def test_codes_are_guessed_five_times_at_most(secret):
    for _ in range(5):
        with pytest.raises(Invalid):
            sign_in(code="000000")
    with pytest.raises(TooMany):
        sign_in(code=pyotp.TOTP(secret).now())


def test_a_second_factor_comes_and_goes_only_with_the_password_or_an_administrator(admin):
    who = kernel.actor(admin)
    found, _ = codes.new_secret(who, "Acme")
    for password in ("wrong", None):
        with pytest.raises(Invalid) as caught:
            codes.switch_on(who, found, pyotp.TOTP(found).now(), password)
        assert list(caught.value.fields) == ["password"]
    assert (codes.state_of(who), count(RecoveryCode)) == ((False, 0), 0)
    codes.switch_on(who, found, pyotp.TOTP(found).now(), crm.PASSWORD)
    for act in (codes.switch_off, codes.renew_recovery):
        with pytest.raises(Invalid):
            act(who, "wrong ")
    assert codes.state_of(who) == (True, 10)
    codes.switch_off(who, crm.PASSWORD)
    assert (codes.state_of(who), count(RecoveryCode)) == ((False, 0), 0)
    with pytest.raises(Invalid):
        codes.renew_recovery(who, crm.PASSWORD)


def test_an_administrator_takes_the_second_factor_off_whom_it_shuts_out(admin):
    key = crm.member("b@acme.example", "Sales")
    switch_on(key)
    with pytest.raises(NotAllowed):
        users.drop_codes(kernel.actor(key), key)
    users.drop_codes(kernel.actor(admin), key)
    assert (codes.state_of(kernel.actor(key)), count(RecoveryCode)) == ((False, 0), 0)
    assert sign_in("b@acme.example")


def test_a_recovery_code_comes_in_place_of_a_code_once(admin, secret):
    who = kernel.actor(admin)
    ten = codes.renew_recovery(who, crm.PASSWORD)
    assert len(set(ten)) == 10
    with Work(SYSTEM) as work:
        stored = work.session.scalars(sa.select(column_of(RecoveryCode, "proof"))).all()
    assert not any(code.replace("-", "").upper() in proof or code in proof for code in ten for proof in stored)
    assert sign_in(code=ten[0])
    with pytest.raises(Invalid):
        sign_in(code=ten[0])
    assert sign_in(code=f" {ten[1].upper().replace('-', ' ')} ")
    found = kernel.at_once(*[lambda: sign_in(code=ten[2])] * 3)
    assert sum(isinstance(one, identity.SignedIn) for one in found) == 1
    assert codes.state_of(who) == (True, 7)
    fresh = codes.renew_recovery(who, crm.PASSWORD)
    with clock.frozen(clock.ago(minutes=-16)):
        with pytest.raises(Invalid):
            sign_in(code=ten[3])
        assert sign_in(code=fresh[0])


def test_a_recovery_code_is_its_owners_alone(admin, secret):
    key = crm.member("b@acme.example", "Sales")
    switch_on(key)
    theirs = codes.renew_recovery(kernel.actor(key), crm.PASSWORD)
    with pytest.raises(Invalid):
        sign_in(code=theirs[0])
    assert sign_in("b@acme.example", code=theirs[0])


# ---- tokens


def test_a_token_opens_no_more_than_its_maker_may_do(admin):
    helper = kernel.user_with({"users.change": "all", "users.read": "all", "accounts.read": "own"})
    weak = kernel.user_with({"accounts.read": "own"})
    with pytest.raises(NotAllowed):
        identity.make_token(helper, admin, "steal")
    with pytest.raises(NotAllowed):
        identity.make_token(weak, helper.user, "steal")
    assert identity.actor_by_token(identity.make_token(helper, weak.user, "help"), "").user == weak.user
    limited = identity.actor_by_token(identity.make_token(kernel.actor(admin), admin, "narrow", ("accounts.*",)), "")
    assert [limited.may(name) for name in ("accounts.change", "users.read")] == [True, False]
    for scopes in ((), ("*",), ("users.read",), ("accounts.read", "users.read")):
        with pytest.raises(NotAllowed):
            identity.make_token(limited, admin, "wider", scopes)
    assert identity.make_token(limited, admin, "narrower", ("accounts.read",))
    assert count(Token) == 3


def test_a_token_ends_only_by_its_owner_and_at_once(admin):
    key = crm.member("b@acme.example", "Sales")
    token = identity.make_token(SYSTEM, key, "a test")
    (row,) = identity.own_tokens(kernel.actor(key))
    assert identity.actor_by_token(token, "").user == key
    assert not identity.end_token(kernel.actor(admin), row.id)
    assert identity.end_token(kernel.actor(key), row.id)
    with pytest.raises(NotSignedIn):
        identity.actor_by_token(token, "")


def test_wrong_tokens_are_slowed_down_and_right_ones_not_named(admin):
    for _ in range(40):
        with pytest.raises(NotSignedIn):
            identity.actor_by_token("wrong", "10.0.0.1")
    with pytest.raises(TooMany):
        identity.actor_by_token("wrong", "10.0.0.1")
    with pytest.raises(Missing):
        identity.make_token(SYSTEM, 999, "nobody's")
    with pytest.raises(Invalid):
        identity.make_token(SYSTEM, admin, " ")
    with Work(SYSTEM) as work:
        assert work.session.scalar(sa.select(column_of(User, "id"))) == admin
