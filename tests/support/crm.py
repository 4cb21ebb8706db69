"""A CRM on a fresh database, reached as a program reaches it: through its HTTP API."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

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


def client(user: int | None = None, *scopes: str, app=None) -> TestClient:
    """A program with that user's token, or a stranger. An error that nobody foresaw is a 500, as it would be outside."""
    from crm_app.api.app import build
    from crm_app.services import identity
    from crm_app.services.actors import SYSTEM

    found = TestClient(app or build(), raise_server_exceptions=False)
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
