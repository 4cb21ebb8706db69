"""What a stranger can pile up: sockets of one address, and states that belong to nobody."""

import time
from pathlib import Path
from types import SimpleNamespace

import reflex as rx
from redis.asyncio import Redis
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken

from crm_app.api.edge import Doors, Edge, Weights, sender
from crm_app.core.errors import Unavailable
from crm_app.services import guessing, identity
from crm_app.services.actors import SYSTEM
from crm_app.state import strangers
from crm_app.state.guard import Floods, SessionOwner
from crm_app.state.session import Me
from tests.support import kernel
from tests.support.loop import run


def test_an_address_opens_a_burst_and_then_a_few_a_second(admin, monkeypatch):
    doors, now = Doors(per_second=2, burst=3, at_once=10), [100.0]
    monkeypatch.setattr("crm_app.services.guessing.time.monotonic", lambda: now[0])

    def knock(address="198.51.100.7", cookie=""):
        with doors.opened(run(sender(_socket(cookie, address)))) as may:
            return may

    person = identity.open_session(admin, "a test", "", stay=False).cookie
    assert [knock() for _ in range(9)] == [True, True, True] + [False] * 6
    assert knock("198.51.100.8")
    assert [knock(cookie=person) for _ in range(4)] == [
        True,
        True,
        True,
        False,
    ]  # whoever is signed in waits for no stranger
    assert not knock("198.51.100.9", person)
    assert not knock(cookie="no session of ours")
    now[0] += 1.0
    assert [knock() for _ in range(3)] == [True, True, False]  # what was refused is not charged
    assert [knock(f"2001:db8::{n}") for n in range(4)] == [True, True, True, False]  # one network


def test_what_strangers_of_an_address_are_refused_is_not_charged_and_a_person_pays_their_own(monkeypatch):
    floods, now = Floods(per_second=2), [100.0]
    monkeypatch.setattr(guessing, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def passed(actor, count):
        return sum(not floods.refuses(actor, "198.51.100.7") for _ in range(count))

    assert (passed(None, 100), passed(SYSTEM, 100)) == (8, 8)
    now[0] += 0.5
    assert (passed(None, 1), passed(SYSTEM, 1)) == (1, 0)


def test_an_address_keeps_so_many_open_at_once():
    doors = Doors(per_second=1000, burst=1000, at_once=2)
    with doors.opened("a") as first, doors.opened("a") as second, doors.opened("a") as third:
        assert (first, second, third) == (True, True, False)
    with doors.opened("a") as again:
        assert again
    assert not doors._open  # nothing is kept of who has gone


async def _states(*owners):
    """A store with the state of each: (token, user or None)."""
    manager = StateManagerMemory(token_expiration=3600)
    for name, user in owners:
        root = await manager.get_state(BaseStateToken(ident=name, cls=rx.State))
        root.substates[SessionOwner.get_name()]._owner = user
    return manager


def test_states_of_nobody_go_once_their_tab_has_gone():
    async def scene():
        manager = await _states(("stranger", None), ("watching", None), ("member", 7))
        app = SimpleNamespace(
            state_manager=manager, event_namespace=SimpleNamespace(token_to_sid={"watching": "a socket"})
        )
        soon = strangers.forget(app, time.time() - strangers.STAY)
        late = strangers.forget(app, time.time() + 1)
        left = sorted(manager.states)
        await manager.close()
        return soon, late, left

    assert run(scene()) == (0, 1, ["member", "watching"])


async def _event(manager, name, user, *, more=False):
    """What an event of that tab does to the store: the root is changed, with `more` another state too."""
    token = BaseStateToken(ident=name, cls=rx.State)
    async with manager.modify_state(token) as root:
        owner = await root.get_state(SessionOwner)
        owner._owner, owner._bound = user, True
        root.is_hydrated = True
        if more:
            (await root.get_state(Me)).language = "en"
    return await _ttls(manager, name)


def test_in_redis_too_states_of_nobody_go_soon_and_those_of_a_user_stay(redis_url):
    manager = strangers.manager_for(StateManagerRedis(redis=Redis.from_url(redis_url), token_expiration=3600))

    async def scene():
        lives = {
            "stranger": await _event(manager, "stranger", None, more=True),
            "member": await _event(manager, "member", 7, more=True),
            "signed in": [await _event(manager, "late", user, more=user is None) for user in (None, 7)],
        }
        watching = await _event(manager, "watching", None)
        for key in (*await manager.redis.keys("stranger_*"), *await manager.redis.keys("watching_*")):
            await manager.redis.expire(key, 5)
        await manager.keep({"watching": "a socket"})
        left = {name: await _ttls(manager, name) for name in ("stranger", "watching")}
        await manager.close()
        await manager.redis.aclose()
        return lives, watching, left

    lives, watching, left = run(scene())
    assert len(lives["stranger"]) >= 3
    assert all(0 < life <= strangers.STAY for life in (*lives["stranger"], *watching, *lives["signed in"][0]))
    assert all(life > 3500 for life in (*lives["member"], *lives["signed in"][1]))
    assert len(lives["signed in"][1]) == len(lives["signed in"][0])
    assert all(life <= 5 for life in left["stranger"])
    assert all(5 < life <= strangers.STAY for life in left["watching"])


async def _ttls(manager, name):
    return [await manager.redis.ttl(key) for key in await manager.redis.keys(f"{name}_*")]


def test_states_in_memory_are_kept_by_reflexs_own_manager():
    manager = StateManagerMemory(token_expiration=3600)
    assert strangers.manager_for(manager) is manager


def _socket(cookie="", address="198.51.100.7"):
    headers = [(b"cookie", f"crm_session={cookie}".encode())] if cookie else []
    return {"type": "websocket", "path": "/_event/", "headers": headers, "client": (address, 1), "query_string": b""}


def test_strangers_of_one_address_send_little_and_each_person_much(admin, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(guessing, "time", SimpleNamespace(monotonic=lambda: now[0]))
    people = [admin, kernel.user_with({"accounts.read": "all"}).user]
    cookies = [identity.open_session(user, "a test", "", stay=False).cookie for user in people]
    weights = Weights(60)

    def sent(size, *who):
        return not run(weights.refuses(_socket(*who), size))

    assert [sent(900_000) for _ in range(4)] == [True, True, False, False]
    assert not sent(900_000, "no session of ours")
    assert sent(900_000, "", "198.51.100.8")
    assert not sent(8_000_000, "", "198.51.100.9")
    assert [sent(8_000_000, cookies[0]) for _ in range(4)] == [True, True, True, False]
    assert sent(8_000_000, cookies[1])
    now[0] += 10
    assert [sent(900_000) for _ in range(2)] == [True, False]


def test_a_socket_that_sends_too_much_is_closed_before_anybody_reads_it(admin):
    said, heard = [], []

    async def app(_scope, receive, _send):
        while (message := await receive())["type"] != "websocket.disconnect":
            heard.append(message)

    async def receive():
        return {"type": "websocket.receive", "text": "A" * 700_000}

    async def send(message):
        said.append(message)

    run(Edge(app, Path("nowhere"))(_socket(), receive, send))
    assert [len(message["text"]) for message in heard] == [700_000, 700_000]
    assert said == [{"type": "websocket.close", "code": 1009}]


def test_a_socket_stays_open_while_the_database_is_away(admin, monkeypatch):
    def away(_cookie):
        raise Unavailable

    monkeypatch.setattr(identity, "actor_by_cookie", away)
    weights = Weights(60)
    assert not run(weights.refuses(_socket("somebody"), 1_000))
    assert run(weights.refuses(_socket("somebody"), 8_000_000))


def test_what_a_stranger_is_refused_is_not_taken_from_the_others_of_that_address(monkeypatch):
    monkeypatch.setattr(guessing, "time", SimpleNamespace(monotonic=lambda: 100.0))
    weights = Weights(60)

    def sent(size):
        return not run(weights.refuses(_socket(), size))

    assert [sent(size) for size in (8_000_000, 1_000, 1_920_000, 900_000, 8_000_000, 900_000)] == [
        False, True, False, True, False, True,
    ]  # fmt: skip
