"""Serving: what has to hold before, the settings that Reflex wants, and the server that this process becomes."""

import gc
import os
import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from crm_app.core.settings import settings

CONNECTIONS = 4_000  # of one worker at once; of a thousand, a single idle script would leave none to others
HEAD = 65_536  # bytes of a request's first line and headers: those of a socket are kept as long as it is open
_FILES = 300  # that a worker has open beside them

ROOT = Path(__file__).resolve().parent.parent  # where rxconfig.py and the built page lie


def obstacle(host: str, port: int) -> str:
    """Why it cannot be served there as things are; "" when it can."""
    from crm_app.services import checks  # what only starts a program does without

    if settings().workers > 1 and not settings().redis_url:
        return "More than one worker needs CRM_REDIS_URL: without it each keeps half of a session."
    if not (ROOT / ".web" / "build" / "client").is_dir():
        return "The page is not built yet. `make setup` builds it."
    return checks.without_redis() or _taken(host, port)


def _taken(host: str, port: int) -> str:
    """Why nothing can listen there. The server itself would share the port with another one, request by request."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()  # one that listens with SO_REUSEADDR is told only now
    except OSError as refused:
        return f"Nothing can listen on {host}, port {port}: {refused.strerror or refused}."
    return ""


def serve(host: str, port: int) -> NoReturn:
    """Become the server."""
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # glibc keeps a heap per thread otherwise: a tenth of the memory
    os.environ.update(environment())
    os.chdir(ROOT)
    print(f"Serving on http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}", flush=True)  # noqa: S104, T201
    _become_granian("--host", host, "--port", str(port), "--workers", str(settings().workers))


def _become_granian(*options: str) -> NoReturn:
    """Replace this process, so that signals reach granian itself.

    It writes no access log unless asked to, which is right: the address of a websocket carries a token.
    """
    fixed = ("--interface", "asgi", "--factory", "--respawn-failed-workers")
    logs = ("--log-level", "warning", "--log-config", str(ROOT / "crm_app" / "core" / "logs.json"))
    # Now and then a worker with an open websocket never ends (granian's issue 875); by default it is waited for.
    patience = ("--workers-kill-timeout", "5")
    # Browsers speak HTTP/2 over TLS only, which is not ended here; over it, a few bytes become megabytes of headers.
    room = ("--backpressure", str(_room()), "--http", "1", "--http1-buffer-size", str(HEAD))
    how = (*fixed, *logs, *patience, *room, *options)
    command = (sys.executable, "-m", "granian", *how, "crm_app.serving:application")
    os.execv(sys.executable, command)  # noqa: S606


def _room() -> int:
    """How many connections a worker may hold: as far as the system lets it open so many files, which it is asked for."""
    wanted = CONNECTIONS + _FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < wanted:  # below 0: without limit
        soft = wanted if hard < 0 else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(_FILES, (wanted if soft < 0 else min(wanted, soft)) - _FILES)


def application() -> Any:
    """What granian's worker serves."""
    gc.disable()  # nothing that is imported goes again: to look for what may go would take a tenth of the start
    with without("aiohttp", "valkey"):
        import socketio  # noqa: F401 - its clients and its other brokers are no part of a server: twelve megabytes

    from crm_app.crm_app import served

    found = served()
    gc.collect()
    gc.freeze()  # what is there from the start stays: to look through all of it again and again makes everybody wait
    gc.enable()
    return found


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """Let what is imported meanwhile do without these modules, which it takes where they are there. One that is loaded stays."""
    barred = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(barred))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in barred:
            del sys.modules[name]


def environment() -> dict[str, str]:
    """What the server is told. Reflex reads its own variables at import, so they are set before anything imports it."""
    found = {
        # Relative to where the command was given, before the move to where Reflex looks for rxconfig.py and the page.
        "CRM_DATA_DIR": str(settings().data_dir),
        "CRM_DATABASE_URL": settings().database_url,
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        # The page was built before; without these two the server would build it again.
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        # Seconds after which each side finds out that the other has gone without a word (Reflex: 25 and 120).
        "REFLEX_SOCKET_INTERVAL": "10",
        "REFLEX_SOCKET_TIMEOUT": "10",
        # Bytes of one event: several long texts of one form, or the lines of a long document (Reflex: 1,000,000).
        "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": "8000000",
    }
    if settings().redis_url:
        found |= {"REFLEX_REDIS_URL": settings().redis_url, "REFLEX_STATE_MANAGER_MODE": "redis"}
    return found
