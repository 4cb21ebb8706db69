"""A served company full of secrets, and the list of everything that can be called."""

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support import seed
from tests.support.dump import dump
from tests.support.server import clean_environment, serving

# What nobody but the company's own people may ever see.
SECRETS = (
    seed.COMPANY, seed.ADMIN, "Ada Admin", *seed.ACCOUNTS, seed.MAIL, "nota muy privada", "Sigiloso", "Persona", "mistral.example",
    "llave de", "192.0.2.7",
)  # fmt: skip
_LIST = """
import json
from crm_app.crm_app import app
from crm_app.pages.registry import PAGES
from reflex_base.registry import RegistrationContext
import inspect
found = {}
for name, one in RegistrationContext.get().event_handlers.items():
    function = one.handler.fn
    state = one.states[0] if one.states else None
    found[name] = {
        "names": [part for part in inspect.signature(function).parameters if part != "self"],
        "needs": getattr(function, "_needs", None),
        "resource": getattr(getattr(state, "resource", None), "name", ""),
        "background": getattr(one.handler, "is_background", False),
        "code": str(inspect.unwrap(function).__code__),
    }
print("LIST" + json.dumps({"handlers": found, "pages": [page.route for page in PAGES]}))
"""


@dataclass(frozen=True)
class Company:
    """The running server and who is in its database."""

    url: str
    data: Path
    ids: dict[str, int]
    cookies: dict[str, str]
    tokens: dict[str, str]

    def dump(self) -> dict[str, Any]:
        return dump(self.data)

    @property
    def log(self) -> str:
        return (self.data / "server.log").read_text()

    def http(self, who: str = "", **headers: str) -> httpx.Client:
        """A browser with that person's cookie, and a connection for each request: the server hangs up on whom it refuses."""
        cookies = {"crm_session": self.cookies[who]} if who else {}
        return httpx.Client(
            base_url=self.url,
            cookies=cookies,
            headers={"Origin": self.url} | headers,
            timeout=60,
            limits=httpx.Limits(max_keepalive_connections=0),
        )


def shown(text: str, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    """The secrets that stand in the text."""
    return [secret for secret in secrets if secret in text]


@pytest.fixture(scope="package")
def company(tmp_path_factory):
    with _open(tmp_path_factory.mktemp("company")) as found:
        yield found


@pytest.fixture
def spoiled(tmp_path):
    """Another one, for whoever breaks what they may break."""
    with _open(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """Another one, which counts events as it does outside; the others let the walks through their thousands."""
    with _open(tmp_path_factory.mktemp("guarded"), events="60") as found:
        yield found


@contextmanager
def _open(data, events="1000000"):
    seeded = seed.seed(data)
    with serving(data, CRM_EVENTS_PER_SECOND=events) as url:
        found = Company(url, data, seeded["ids"], seeded["cookies"], seeded["tokens"])
        yield found
    keys = (*seeded["cookies"].values(), *seeded["tokens"].values(), seed.PASSWORD, "clave equivocada")
    assert not shown(found.log, (*SECRETS, *keys)), "the log holds what it must not"


@pytest.fixture(scope="package")
def callable_things(tmp_path_factory):
    """Every registered handler, as the application itself lists them, and every page."""
    environment = clean_environment(tmp_path_factory.mktemp("list"), REFLEX_TELEMETRY_ENABLED="false")
    done = subprocess.run([sys.executable, "-c", _LIST], env=environment, capture_output=True, text=True, check=False)
    assert "LIST" in done.stdout, done.stderr
    return json.loads(done.stdout.rpartition("LIST")[2])


@pytest.fixture(scope="package")
def handlers(callable_things):
    return callable_things["handlers"]


@pytest.fixture(scope="package")
def pages(callable_things):
    return callable_things["pages"]
