"""Every handler there is, called over a raw websocket by people who may not, with arguments that no page would send."""

import re
import time
from collections import defaultdict
from contextlib import ExitStack
from itertools import cycle

import pytest

from tests.support import seed
from tests.support.dump import dump
from tests.support.socket import STATE, Tab, handler

from .conftest import SECRETS, shown

INTERNAL = f"{STATE}.reflex___state____"
# what a page would send, and what an attacker hopes for
PLAUSIBLE = {
    "form": {"name": "PWNED", "email": "pwned@x.example", "token_name": "pwned", "code": "123456", "value": "1", "language": "en"},
    "record": 1, "row": 1, "version": 1, "name": "name", "text": "a", "page": 1, "operator": "eq", "change_set": "9", "asking": True,
    "permission": "accounts.remove", "scope": "all", "purpose": "reset", "origin": "http://x.example", "session": 1, "token": 1,
    "place": -1, "values": ["a"], "language": "en", "theme": "dark", "folded": True, "is_open": True, "shown": True, "key": "n1", "var_name": "may", "value": ["*"],
    "vars": {f"{STATE}.crm_app___state___session____me.may": ["*"]}, "info": "x", "component_stack": "y",
}  # fmt: skip
HOSTILE = "'; DROP TABLE account; --<img src=x onerror=alert(1)>\x00\u202e\ud83d\ude00\ud800=1+1"
DEEP: dict = {}
for _ in range(60):
    DEEP = {"a": [DEEP]}
ABSURD = (None, HOSTILE, "A" * 100_000, [1, [2]], {"$ne": 1, "": HOSTILE, "name": {"a": [1]}}, DEEP, 10**30, -1, True)
AT_ONCE = 50  # a refusal is followed by an event of its own, and more than 120 together would be cut as a flood
SMALL, FOLLOW = "\u00b2", f"{INTERNAL}on_load_internal_state.on_load_internal"


def plausible(names):
    """Payloads for a handler with those parameters that might do something."""
    yield {name: PLAUSIBLE.get(name, "1") for name in names}
    if "change_set" in names:
        yield from ({"change_set": str(number)} for number in range(1, 13))
    if set(names) == {"key"}:
        yield from ({"key": str(number)} for number in range(1, 4))


def absurd(names):
    """Payloads that no page sends."""
    (usual, *_) = plausible(names)
    yield {}
    yield usual | {"self": 1, "extra": HOSTILE}
    if names:
        yield from (dict.fromkeys(names, value) for value in ABSURD)
    if "form" in names:
        yield from (usual | {"form": {"name": value, "roles": value, HOSTILE[:9]: value}} for value in ABSURD)


def calls_of(handlers, *, with_absurd):
    """(handler, payload): all that is plausible for each handler, all that is absurd for each function.

    A handler that many lists inherit is one function: they share its absurdities out among them.
    """
    of_one_function = defaultdict(list)
    for name, about in handlers.items():
        yield from ((name, call) for call in plausible(about["names"]))
        of_one_function[about["code"]].append(name)
    for heirs in of_one_function.values() if with_absurd else ():
        yield from zip(cycle(heirs), absurd(handlers[heirs[0]]["names"]))


def address_of(name, resource, key):
    if resource == "settings":
        return "/settings/company"
    if not resource:
        return "/settings/me"
    return f"/{resource}/{key}" if "_record." in name else f"/{resource}"


def walk(company, handlers, cookie, *, with_absurd=True):
    """Call everything; everything that was said in return."""
    called = {name: about for name, about in handlers.items() if not name.endswith("session____me.sign_out")}
    groups = defaultdict(list)
    for name, call in calls_of(called, with_absurd=with_absurd):
        groups[name.rpartition(".")[0], address_of(name, called[name]["resource"], 1)].append((name, call))
    heard = []
    for (_, address), events in groups.items():
        for start in range(0, len(events), AT_ONCE):
            with Tab(company.url, cookie) as tab:
                tab.load(address)
                for name, call in events[start : start + AT_ONCE]:
                    tab.send(name, call, path=address)
                heard.append(tab.answered())
                assert tab.connected
    time.sleep(0.5)  # what the last ones came to
    return "\n".join(heard)


def test_every_handler_says_who_may_call_it(handlers):
    ours = {name: about for name, about in handlers.items() if ".crm_app___" in name and not name.endswith(".setvar")}
    assert len(ours) > 100
    assert [name for name, about in ours.items() if not about["needs"]] == []
    public = {name.rpartition(".")[2] for name, about in ours.items() if about["needs"] == "public"}
    assert public == {"session_lost", "welcome", "speak", "broken", "stay", "dismiss"}


def test_nobody_gets_nothing(company, handlers):
    before = company.dump()
    said = walk(company, handlers, "")
    assert shown(said) == []
    assert "/login" in said
    # nothing ran, not even what only changes the caller's own screen
    assert not re.search(r'"(folded|keys_shown|menu|asking)_rx_state_": true|"filter_answer_rx_state_": [1-9]', said)
    assert company.dump() == before


def test_a_false_cookie_is_nobody(company, handlers):
    before = company.dump()
    few = {name: about for name, about in handlers.items() if "account" in name}
    for cookie in ("x", "A" * 5000, "' OR 1=1 --", seed.PASSWORD.replace(" ", "")):
        assert shown(walk(company, few, cookie.encode("ascii", "ignore").decode(), with_absurd=False)) == []
    assert company.dump() == before


def without(found, user):
    """The dump less what is that user's own to change, and the index that follows their name."""
    kept = {name: rows for name, rows in found.items() if not name.startswith("user_search")}
    kept["user"] = [
        row
        if row["id"] != user
        else {key: row[key] for key in ("id", "email", "role", "team", "active", "password", "totp")}
        for row in kept["user"]
    ]
    for name in ("session", "token"):
        kept[name] = [row for row in kept[name] if row["user"] != user]
    own = {row["id"] for row in kept["change_set"] if row["actor"] == user}
    kept["change_set"] = [row for row in kept["change_set"] if row["id"] not in own]
    kept["change"] = [row for row in kept["change"] if row["change_set"] not in own]
    touched = {(row["entity"], row["record"]) for row in found["change"] if row["change_set"] in own}
    assert touched <= {("user", user)}
    return kept


@pytest.mark.parametrize(
    ("who", "hidden"),
    [
        ("reader", ("llave de admin", "192.0.2.7")),
        (
            "stranger",
            tuple(one for one in SECRETS if one not in (seed.COMPANY, "Persona", "mistral.example", "llave de")),
        ),
    ],
)
def test_who_may_not_change_changes_nothing(company, handlers, who, hidden):
    user = company.ids[who]
    before = without(company.dump(), user)
    said = walk(company, handlers, company.cookies[who])
    assert shown(said, hidden) == []
    assert without(company.dump(), user) == before
    assert (seed.ACCOUNTS[0] in said) is (who == "reader")  # the walk does reach what may be read


def test_who_may_do_all_this_breaks_nothing_with_absurd_arguments(spoiled, handlers):
    """Never an unforeseen error, and never half a write: whatever was stored has its history."""
    safe = ("my_account.end_device", "drop_codes", "make_link", ".remove", "sign_out")
    some = {name: about for name, about in handlers.items() if not name.endswith(safe)}
    some = {
        name: about
        for name, about in some.items()
        if not about["resource"] or about["resource"] in ("accounts", "roles", "sectors")
    }
    already = spoiled.log.count("An event failed")
    walk(spoiled, some, spoiled.cookies["seller"])
    with Tab(spoiled.url, spoiled.cookies["admin"]) as tab:
        for address in (
            f"/accounts/{SMALL}", "/accounts/99999999999999999999999", "/accounts/-1", "/accounts/1%00", "/accounts/nada", "/users/0",
            "/accounts?filter[owner][empty]=true", "/accounts?filter[owner]=", "/accounts?filter[owner]=1,,2", "/accounts?filter[owner][in]=1,,x",
            "/accounts?sort=__class__", "/accounts?page=99999999999", "/accounts?page=%C2%B2", "/accounts?filter[nada][eq]=1",
            "/accounts?filter[name][contains]=" + "%00" * 50, "/accounts?q=" + "%F0%9F%98%80" * 400, "/accounts?filter[created_at][between]=1",
            "/accounts?filter[roles]=nadie", "/accounts?filter[active]=quizas", "/roles/1", "/roles/new", "/settings/company?x=%ff", "/nowhere",
        ):  # fmt: skip
            tab.load(address)
        for address in ("/accounts", "/", "/accounts/nada/statement", "/accounts//statement"):
            tab.send(handler("receivables.account_statement.load"), {}, address)
        tab.settle(0.4)
    fresh = spoiled.log.split("An event failed")[already + 1 :]
    assert fresh == [], fresh[0][:3000]


def test_an_administrator_is_not_refused(company):
    """The walk above would prove nothing if its calls were refused for being wrong."""
    with Tab(company.url, company.cookies["admin"]) as tab:
        tab.load("/accounts/2")
        tab.expect(seed.ACCOUNTS[1])
        tab.send(
            handler("accounts.account_record.save"),
            {"form": {"city": "Lugo"}, "record": 2, "version": 1},
            "/accounts/2",
        )
        tab.expect("Guardado")
    assert [row["city"] for row in company.dump()["account"] if row["id"] == 2] == ["Lugo"]


def test_what_the_event_claims_of_itself_is_not_believed(company):
    cookie = f"crm_session={company.cookies['admin']}"
    forged = {
        "pathname": "/accounts", "asPath": "/accounts", "headers": {"cookie": cookie, "Cookie": cookie}, "ip": "127.0.0.1",
        "token": company.tokens["admin"], "sid": "x", "cookie": cookie,
    }  # fmt: skip
    with Tab(company.url) as tab:
        for name in (handler("accounts.account_list.load"), f"{STATE}.hydrate", FOLLOW):
            tab.raw(
                {
                    "name": name,
                    "payload": {},
                    "router_data": forged,
                    "token": company.tokens["admin"],
                    "headers": {"cookie": cookie},
                }
            )
        assert shown(tab.answered()) == []


def test_garbage_is_survived(company):
    with Tab(company.url, company.cookies["admin"]) as tab:
        for message in (
            "x",
            1,
            None,
            [],
            {},
            {"name": 1},
            {"name": "a", "payload": 7},
            {"name": "a" * 99_999},
            {"payload": {}},
            "{" * 9000,
            "null",
        ):
            if tab.connected:
                tab.raw(message)
        tab.settle()
    with Tab(company.url, company.cookies["admin"]) as tab:
        tab.load("/accounts")
        tab.expect(seed.ACCOUNTS[0])


# ---- somebody else's client token


def test_the_token_of_an_open_tab_gives_nothing(company):
    with Tab(company.url, company.cookies["admin"]) as owner:
        owner.load("/accounts")
        owner.expect(seed.ACCOUNTS[0])
        for cookie in ("", company.cookies["stranger"]):
            with Tab(company.url, cookie, owner.token) as thief:
                thief.load("/accounts/1")
                assert shown(thief.answered(), SECRETS[1:7]) == []
        owner.send(handler("accounts.account_list.search"), {"text": "quim"}, "/accounts")
        owner.expect('"text_rx_state_": "quim"')


@pytest.mark.parametrize("first", ["hydrate", "event"])
@pytest.mark.parametrize("who", ["", "stranger"])
def test_the_token_of_a_tab_that_has_gone_gives_nothing(company, who, first):
    with Tab(company.url, company.cookies["admin"]) as owner:
        owner.load("/accounts/1")
        owner.expect(seed.ACCOUNTS[0])
    with Tab(company.url, company.cookies["admin"], owner.token) as again:  # the state is still there
        again.send(f"{STATE}.hydrate", path="/accounts/1")
        again.expect(seed.ACCOUNTS[0])
    with Tab(company.url, company.cookies.get(who, ""), owner.token) as thief:
        if first == "event":
            thief.send(handler("session.me.speak"), {"language": "en"}, "/accounts/1")
            thief.send(handler("accounts.account_record.ask_remove"), {"asking": True}, "/accounts/1")
        thief.load("/accounts/1")
        told = thief.answered()
    for own in (f"{who}@mistral.example", f"{who.capitalize()} Persona"):  # who they are themselves they may know
        told = told.replace(own, "")
    assert shown(told, SECRETS[1:]) == []


def test_who_signs_in_next_in_the_same_tab_sees_nothing_of_the_one_before(company):
    with company.http() as browser:
        signed = browser.post("/auth/sign-in", json={"email": "seller@mistral.example", "password": seed.PASSWORD})
        cookie = signed.cookies["crm_session"]
    with Tab(company.url, cookie) as tab:
        tab.load("/accounts/1")
        tab.expect(seed.ACCOUNTS[0])
        tab.send(handler("session.me.sign_out"), path="/accounts/1")
        tab.expect("/login")
        told = len(tab.heard)
        for name in (
            "accounts.account_record.load",
            "accounts.account_list.load",
            "session.me.load",
            "session.me.speak",
        ):
            tab.send(handler(name), {"language": "en"} if name.endswith("speak") else {}, "/accounts/1")
        tab.load("/accounts/1")
        tab.answered()
        assert shown("\n".join(tab.heard[told:])) == []
    with Tab(company.url, company.cookies["stranger"], tab.token) as following:
        following.load("/accounts/1")
        assert shown(following.answered(), SECRETS[1:8]) == []


def test_a_changed_password_counts_at_the_next_event_of_an_open_socket(company):
    with Tab(company.url, company.cookies["leaver"]) as tab, company.http() as browser:
        tab.load("/accounts")
        tab.expect(seed.ACCOUNTS[0])
        who = {"email": "leaver@mistral.example", "password": seed.PASSWORD}
        assert browser.post("/auth/sign-in", json=who).status_code == 200
        assert (
            browser.post("/auth/password", json={"current": seed.PASSWORD, "new": "otra frase larga 7"}).status_code
            == 200
        )
        told = len(tab.heard)
        tab.send(handler("accounts.account_list.search"), {"text": "quim"}, "/accounts")
        tab.answered()
        assert shown("\n".join(tab.heard[told:])) == []
        assert browser.get("/api/v1/accounts").status_code == 200  # the browser that changed it stays


# ---- too much


def test_a_message_over_the_limit_is_refused_and_hurts_nobody(company):
    with Tab(company.url, company.cookies["admin"]) as other, Tab(company.url, company.cookies["admin"]) as tab:
        tab.send(handler("accounts.account_list.search"), {"text": "A" * 10_000_000}, "/accounts")
        tab.settle(1)
        other.load("/accounts")
        other.expect(seed.ACCOUNTS[0])
        assert "AAAAAAAAAA" not in tab.text


def flood(tabs, count, meanwhile=lambda: None):
    """Send that many events over these tabs in turn; how many were let through, and how many might have been."""
    begun = time.monotonic()
    for number in range(count):
        tabs[number % len(tabs)].send(handler("session.me.speak"), {"language": ("es", "en")[number // len(tabs) % 2]})
    meanwhile()
    for tab in tabs:
        tab.settle()
    passed = sum(tab.text.count("language_rx_state_") for tab in tabs)
    return passed, 4 * 60 + 60 * (time.monotonic() - begun)


def test_a_flood_is_cut_and_others_are_served(guarded):
    with Tab(guarded.url, guarded.cookies["reader"]) as other, Tab(guarded.url, guarded.cookies["admin"]) as tab:
        other.load("/accounts")
        other.expect(seed.ACCOUNTS[0])

        def ask():
            other.send(handler("accounts.account_list.search"), {"text": "quim"}, "/accounts")
            other.expect('"text_rx_state_": "quim"')

        passed, allowed = flood([tab], 1500, ask)
        assert 100 < passed <= allowed + 5


@pytest.mark.parametrize("who", ["reader", ""])
def test_more_tabs_do_not_allow_more_events(guarded, who):
    """The client token is the stranger's to choose: it is the person who counts, and for nobody the address."""
    with ExitStack() as opened:
        tabs = [opened.enter_context(Tab(guarded.url, guarded.cookies.get(who, ""))) for _ in range(8)]
        passed, allowed = flood(tabs, 2400)
        assert 100 < passed <= allowed + 5
        elsewhere = opened.enter_context(Tab(guarded.url, **{"X-Forwarded-For": "203.0.113.9"}))
        elsewhere.send(handler("session.me.speak"), {"language": "en"})
        elsewhere.expect('"language_rx_state_": "en"')


# ---- the log


def test_a_stranger_does_not_fill_the_disk_with_complaints_about_nonsense(company):
    """Each such packet is a fault in the library that reads it, before anybody is asked who sends it."""
    before = len(company.log)
    with Tab(company.url) as tab:
        for _ in range(3_000):
            tab.raw((1, 2, 3))  # more than an event has
        tab.answered()
    grown = company.log[before:]
    assert "TypeError" in grown
    assert len(grown) < 150_000


def test_the_log_tells_nothing_and_cannot_be_forged(company):
    with Tab(company.url, company.cookies["admin"], Authorization="Bearer " + company.tokens["admin"]) as tab:
        tab.send("nada.nadie\nFORGED LINE", {"password": seed.PASSWORD, "email": seed.ADMIN})
        page = f"{INTERNAL}frontend_event_exception_state.handle_frontend_exception"
        tab.send(
            page,
            {
                "info": f"boom {seed.ADMIN}\nFORGED LINE crm_session={company.cookies['admin']}",
                "component_stack": seed.MAIL,
            },
        )
        tab.settle()
    lines = company.log.splitlines()
    assert any("A page failed" in line for line in lines)
    assert not any(line.startswith("FORGED") for line in lines)
    assert (
        shown(company.log, (*SECRETS, company.cookies["admin"], company.tokens["admin"], seed.PASSWORD, tab.token))
        == []
    )


def test_the_dump_sees_every_change(company):
    """The comparisons above rest on it."""
    before = dump(company.data)
    with company.http("admin") as browser:
        browser.patch("/api/v1/accounts/3", json={"city": "Vigo"})
    assert dump(company.data) != before
