"""Bodies that never end, and how many connections there are: one slow script does not shut everybody else out."""

import asyncio
import resource

import httpx
import pytest

from crm_app import serving
from crm_app.api import patience, sign_in
from crm_app.api.edge import Edge
from crm_app.core.errors import TooSlow
from tests.support.loop import run


async def _never():
    yield b"{"
    await asyncio.Event().wait()


def test_a_body_that_does_not_come_is_answered_and_hung_up_on(admin, tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "GRACE", 0.0)

    async def asked():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(Edge(sign_in.build(), tmp_path)), base_url="http://x"
        ) as browser:
            return await browser.post("/auth/sign-in", content=_never(), headers={"Origin": "http://x"})

    answer = run(asked())
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    assert answer.json()["type"] == "/api/v1/docs#too-slow"


class _Clock:
    """Time that passes when a message is waited for."""

    def __init__(self, monkeypatch, *waits):
        self.now, self.waits = 100.0, list(waits)
        monkeypatch.setattr(patience.time, "monotonic", lambda: self.now)

    async def receive(self):
        seconds, size, more = self.waits.pop(0)
        self.now += seconds
        return {"type": "http.request", "body": b"x" * size, "more_body": more}


def read(clock):
    async def whole():
        waiting, size = patience.Patience(clock.receive), 0
        while True:
            message = await waiting()
            size += len(message["body"])
            if not message["more_body"]:
                return size, await waiting()

    return run(whole())


def test_a_slow_telephone_may_take_its_time_and_what_comes_after_the_body_too(monkeypatch):
    steady = [(15.0, 40_000, True)] * 9 + [(15.0, 40_000, False), (10_000.0, 0, False)]
    size, last = read(_Clock(monkeypatch, *steady))
    assert (size, last["body"]) == (400_000, b"")


@pytest.mark.parametrize("drip", [(19.0, 1, True), (1.0, 100, True)])
def test_one_byte_now_and_then_does_not_keep_a_connection(monkeypatch, drip):
    with pytest.raises(TooSlow):
        read(_Clock(monkeypatch, *[drip] * 100))


@pytest.mark.parametrize(
    ("limits", "room", "asked"),
    [
        ((1_024, 1_048_576), 4_000, (4_300, 1_048_576)),
        ((1_024, 4_096), 3_796, (4_096, 4_096)),
        ((256, 256), 300, (256, 256)),
        ((1_024, -1), 4_000, (4_300, -1)),
        ((20_000, 20_000), 4_000, None),
        ((-1, -1), 4_000, None),
    ],
)
def test_as_many_connections_as_the_system_lets_it_have(monkeypatch, limits, room, asked):
    given = []
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, wanted: given.append(wanted))
    assert (serving._room(), given) == (room, [asked] if asked else [])
