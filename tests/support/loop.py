"""One event loop in a thread of its own, for all that is asynchronous in a test run."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

_LOOP = asyncio.new_event_loop()


def run(coroutine: Coroutine[Any, Any, Any], seconds: float = 120) -> Any:
    """What the coroutine gives, for a test that is none itself."""
    if not _LOOP.is_running():
        threading.Thread(target=_LOOP.run_forever, daemon=True).start()
    return asyncio.run_coroutine_threadsafe(coroutine, _LOOP).result(seconds)
