"""Threads for the work of requests, and a share of them for each caller: who sends many heavy requests at once waits for their own
ones, not everybody for them.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from starlette.requests import HTTPConnection

from crm_app.services import guessing, identity
from crm_app.services.database import POOL_SIZE

SHARE = POOL_SIZE // 2  # threads that one caller keeps busy at most
_threads: RunVar[anyio.CapacityLimiter] = RunVar("crm_api_threads")
_shares: RunVar[dict[str, anyio.CapacityLimiter]] = RunVar("crm_api_shares")
_whose: ContextVar[str] = ContextVar("crm_api_caller", default="")

T = TypeVar("T")


def comes_from(request: HTTPConnection) -> None:
    """From here on it is for this caller that threads work: by what they show, else by where they are."""
    shown = request.headers.get("authorization") or request.cookies.get(identity.COOKIE, "")
    place = guessing.place(request.client.host if request.client else "")
    _whose.set(hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest() if shown else place)


async def in_thread(work: Callable[..., T], *args: object) -> T:
    """Run blocking work in a thread: no more of them at once than there are database connections, nor than the caller's share."""
    limiter = _kept(_threads, lambda: anyio.CapacityLimiter(POOL_SIZE))
    async with _share(_whose.get()):
        return await anyio.to_thread.run_sync(partial(work, *args), limiter=limiter)


@asynccontextmanager
async def _share(whose: str) -> AsyncIterator[None]:
    """Wait for a place among those of that caller; what nobody uses is forgotten."""
    shares = _kept(_shares, dict[str, anyio.CapacityLimiter])
    mine = shares.setdefault(whose, anyio.CapacityLimiter(SHARE))
    try:
        async with _borrowed(mine):
            yield
    finally:
        if not mine.borrowed_tokens and not mine.statistics().tasks_waiting:
            shares.pop(whose, None)


@asynccontextmanager
async def _borrowed(limiter: anyio.CapacityLimiter) -> AsyncIterator[None]:
    """A token for this piece of work: one request may do several, one after the other."""
    key = object()
    await limiter.acquire_on_behalf_of(key)
    try:
        yield
    finally:
        limiter.release_on_behalf_of(key)


def _kept(where: RunVar[T], made: Callable[[], T]) -> T:
    """What this event loop keeps there."""
    try:
        return where.get()
    except LookupError:
        found = made()
        where.set(found)
        return found
