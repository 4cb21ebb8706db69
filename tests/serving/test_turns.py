"""Who sends many heavy requests at once waits for themselves."""

import asyncio
import threading

from starlette.requests import HTTPConnection

from crm_app.api import turns
from tests.support.loop import run


def caller(cookie="", token="", address="198.51.100.7"):
    headers = [(b"cookie", f"crm_session={cookie}".encode())] if cookie else []
    headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
    return HTTPConnection({"type": "http", "headers": headers, "client": (address, 1)})


async def of(who, work):
    turns.comes_from(who)
    return await turns.in_thread(work)


def test_one_caller_keeps_no_more_than_their_share_of_the_threads_busy():
    begun, may_end = threading.Semaphore(0), threading.Event()
    counted = []

    def heavy():
        counted.append(1)
        begun.release()
        may_end.wait()

    async def scene(greedy, *others):
        asked = [asyncio.create_task(of(greedy, heavy)) for _ in range(3 * turns.SHARE)]
        await asyncio.to_thread(lambda: [begun.acquire() for _ in range(turns.SHARE)])
        answers = [await of(other, lambda: "at once") for other in others for _ in range(3)]
        busy = len(counted)
        may_end.set()
        await asyncio.gather(*asked)
        return answers, busy, turns._shares.get()

    greedy, others = caller("a"), (caller("b"), caller(token="a"), caller(), caller(address="198.51.100.8"))
    answers, busy, left = run(scene(greedy, *others))
    assert (answers, busy, len(counted)) == (["at once"] * 12, turns.SHARE, 3 * turns.SHARE)
    assert left == {}


def test_strangers_of_one_address_share_and_who_shows_something_is_told_apart():
    async def whose(*people):
        found = []
        for one in people:
            turns.comes_from(one)
            found.append(turns._whose.get())
        return found

    first, again, other, token, here, there, near = run(
        whose(
            caller("a"), caller("a", address="203.0.113.1"), caller("b"), caller(token="a"), caller(), caller(address="203.0.113.1"),
            caller(address="2001:db8::1"),
        )
    )  # fmt: skip
    assert first == again
    assert len({first, other, token, here, there, near}) == 6
    assert (here, near) == ("198.51.100.7", "2001:db8::/64")
    assert "a" not in (first, token)
