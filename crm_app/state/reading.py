"""Where the readings of events run: a few threads of their own.

With more threads than processors they only take the interpreter's lock from one another, ten times as often; and a save that
waits for its turn must not keep those waiting who only read.
"""

import asyncio
import contextvars
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_DRAWERS = ThreadPoolExecutor(1, thread_name_prefix="drawing")
_READERS = ThreadPoolExecutor(max(2, os.cpu_count() or 2), thread_name_prefix="reading")


async def reading(function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    """The function's result; it only reads, and that quickly. What writes or takes long runs by `asyncio.to_thread`."""
    return await _run(_READERS, function, *args, **named)


async def drawing(function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    """The same of what draws for the screen, one after the other: what nobody waits for any more is not begun."""
    return await _run(_DRAWERS, function, *args, **named)


async def _run(pool: ThreadPoolExecutor, function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(pool, lambda: context.run(function, *args, **named))
