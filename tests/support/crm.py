"""A CRM on a fresh database, reached as a program reaches it: through its HTTP API."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.support.loop import run

PASSWORD = "tres palabras y 9 nubes"
COMPANY = {
    "company": "Acme", "country": "ES", "currency": "EUR", "language": "en", "time_zone": "Europe/Madrid",
    "name": "Ana", "email": "ana@acme.example", "password": PASSWORD,
}  # fmt: skip
FOUNDER = 1


@contextmanager
def using(database: str, data: Path) -> Iterator[None]:
    """Let the program work on that database and data folder."""
    from crm_app.core.settings import settings
    from crm_app.services import identity
    from crm_app.services.database import engine_for

    kept = {name: os.environ.get(name) for name in ("CRM_DATABASE_URL", "CRM_DATA_DIR")}
    os.environ |= {"CRM_DATABASE_URL": database, "CRM_DATA_DIR": str(data)}
    settings.cache_clear()
    identity._known.clear()
    try:
        yield
    finally:
        engine_for(settings().database_url).dispose()
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()
        identity._known.clear()


def founded(**other: str) -> int:
    """Set the company up, with other answers where they are given; the administrator's id."""
    from crm_app.services import users

    return users.set_up(COMPANY | other, "a test", "127.0.0.1").user


class _Inside(httpx.BaseTransport):
    """Straight into the application, without a network. An error that nobody foresaw is a 500, as it would be outside."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return run(_answer(self._app, request, request.read()))


async def _answer(app: Any, request: httpx.Request, body: bytes) -> httpx.Response:
    url, coming, said = request.url, [body], []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method, "scheme": url.scheme,
        "headers": [(name.lower(), value) for name, value in request.headers.raw], "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0], "query_string": url.query, "root_path": "",
        "server": (url.host, url.port or 80), "client": ("testclient", 50_000),
    }  # fmt: skip

    whole = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if coming:
            return {"type": "http.request", "body": coming.pop()}
        await whole.wait()  # nobody hangs up before the answer is there
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            whole.set()

    with suppress(Exception):  # the application has said a 500 before it raised
        await app(scope, receive, send)
    head, *parts = said
    content = b"".join(part.get("body", b"") for part in parts)
    return httpx.Response(head["status"], headers=head["headers"], stream=httpx.ByteStream(content))


@cache
def _application() -> Any:
    from crm_app.api.app import build

    return build()


def client(user: int | None = None, *scopes: str, app: Any = None) -> httpx.Client:
    """A program with that user's token, or a stranger."""
    from crm_app.services import identity
    from crm_app.services.actors import SYSTEM

    found = httpx.Client(transport=_Inside(app or _application()), base_url="http://testserver", follow_redirects=True)
    if user is not None:
        found.headers["Authorization"] = f"Bearer {identity.make_token(SYSTEM, user, 'a test', scopes)}"
    return found


def member(email: str, role: str, team: int | None = None) -> int:
    """A new user with that role."""
    from crm_app.services import actions, users
    from crm_app.services.actors import SYSTEM

    key = users.add_user(SYSTEM, email, role, email.partition("@")[0], PASSWORD)
    if team is not None:
        actions.run(SYSTEM, "users", "change", key, {"team": team})
    return key
