"""Clients in a closed loop, in a process of their own: list, search, open, as fast as the server answers.

`python -m bench.load URL PASSWORD CLIENTS SECONDS` prints what it measured as JSON.
"""

import asyncio
import json
import random
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import aiohttp

from bench.wire import Failed, Tab, sign_in
from bench.words import USERS, WORDS

SEARCHES = 3  # words looked for on each visit to the list


@dataclass
class Measured:
    """Milliseconds of each request by its kind, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: {"list": [], "search": [], "open": []})
    errors: list[str] = field(default_factory=list)


async def _timed(measured: Measured, kind: str, act: Callable[[], Awaitable[None]]) -> None:
    begun = time.perf_counter()
    try:
        await act()
    except (Failed, aiohttp.ClientError, OSError) as error:
        measured.errors.append(f"{kind}: {error}")
        await asyncio.sleep(0.1)
    else:
        measured.times[kind].append((time.perf_counter() - begun) * 1000)


async def _visit(tab: Tab, measured: Measured, chance: random.Random) -> None:
    await _timed(measured, "list", tab.open_list)
    known = tab.rows
    for word in chance.sample(WORDS, SEARCHES):
        await _timed(measured, "search", partial(tab.search, word))
    key = chance.choice(tab.rows or known or [1])
    await _timed(measured, "open", lambda: tab.open_account(key))


async def _client(tab: Tab, measured: Measured, chance: random.Random, until: float) -> None:
    await asyncio.sleep(chance.random() * 0.2)
    while time.perf_counter() < until:
        await _visit(tab, measured, chance)


async def run(url: str, password: str, clients: int, seconds: float) -> dict[str, object]:
    """Let that many clients work for so long."""
    measured = Measured()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        cookies = [await sign_in(http, url, email, password) for email in USERS]
        tabs = [await Tab(http, url, cookies[number % len(cookies)]).__aenter__() for number in range(clients)]
        before, begun = _busy(), time.perf_counter()
        each = [_client(tab, measured, random.Random(number), begun + seconds) for number, tab in enumerate(tabs)]  # noqa: S311
        await asyncio.gather(*each)
        elapsed, busy = time.perf_counter() - begun, _busy() - before
        await asyncio.gather(*(tab.__aexit__() for tab in tabs))
    return {"seconds": elapsed, "busy": busy, "times": measured.times, "errors": measured.errors}


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    found = asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
    print(json.dumps(found))
