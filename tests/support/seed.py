"""A small company with people of several roles, written through the services in a process of its own.

`python -m tests.support.seed` does it to the database of the environment and prints who is there as JSON.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.server import clean_environment

PASSWORD = "verde lluvia tranvía 9"
COMPANY = "Compañía Secreta Mistral"
ADMIN = "ada.admin@mistral.example"
ACCOUNTS = ("Zanahoria Confidencial", "Quimera Reservada", "Ébano Oculto")
MAIL = "buzon.secreto@zanahoria.example"


def seed(data: Path, **environment: str) -> dict[str, Any]:
    """Fill the database of that data folder; `{"cookies": {who: cookie}, "tokens": …, "ids": …}`.

    Where the environment names no other database, the company is made once a run and then copied.
    """
    if environment:
        return _filled(data, **environment)
    template, people = _template()
    shutil.copytree(template, data, dirs_exist_ok=True)
    return people


@cache
def _template() -> tuple[Path, dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="crm-seed-"))
    return folder, _filled(folder)


def forget() -> None:
    """Take the template away, if one was made: at the end of the run (its processes end without `atexit`)."""
    if _template.cache_info().currsize:
        shutil.rmtree(_template()[0])
        _template.cache_clear()


def _filled(data: Path, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.seed"],
        env=clean_environment(data, **environment), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def _fill() -> dict[str, Any]:
    from crm_app.core.settings import settings
    from crm_app.services import actions, identity, schema, users
    from crm_app.services.actors import SYSTEM

    schema.migrate(settings().database_url)
    first = users.set_up(
        {
            "company": COMPANY, "country": "ES", "currency": "EUR", "language": "es", "time_zone": "Europe/Madrid",
            "name": "Ada Admin", "email": ADMIN, "password": PASSWORD,
        },
        "Mozilla/5.0 Chrome/120 Linux", "192.0.2.7",
    )  # fmt: skip
    actions.run(SYSTEM, "roles", "create", None, {"name": "Nada"})
    ids, cookies, tokens = {"admin": first.user}, {"admin": first.cookie}, {}
    people = (("reader", "Read-only"), ("stranger", "Nada"), ("seller", "Back office"), ("leaver", "Back office"))
    for who, role in people:
        ids[who] = users.add_user(SYSTEM, f"{who}@mistral.example", role, f"{who.capitalize()} Persona", PASSWORD)
        cookies[who] = identity.open_session(ids[who], "Mozilla/5.0 Firefox/120 Linux", "192.0.2.8", stay=False).cookie
    admin = identity.actor_by_cookie(cookies["admin"])
    assert admin is not None
    sector = actions.run(admin, "sectors", "create", None, {"name": "Sector Sigiloso"}).id
    for name in ACCOUNTS:
        values = {"name": name, "email": MAIL, "sector": sector, "owner": ids["admin"], "notes": "nota muy privada"}
        actions.run(admin, "accounts", "create", None, values)
    actions.run(admin, "accounts", "change", 1, {"phone": "+34 600 111 222"})
    for who, key in ids.items():
        tokens[who] = identity.make_token(SYSTEM, key, f"llave de {who}")
    return {"ids": ids, "cookies": cookies, "tokens": tokens}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_fill()))
