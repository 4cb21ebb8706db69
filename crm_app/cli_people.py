"""`crm user` and `crm token`: who signs in, how they come in again, and the keys of their programs."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

Report = Callable[[argparse.Namespace, dict[str, Any], str], None]


def add_to(commands: Any, command: Callable[..., argparse.ArgumentParser], report: Report) -> None:
    """Add its commands to the parser. `command` makes one, `report` prints what it found."""

    def begin(inside: Any, name: str, act: Callable[..., int | None], text: str) -> argparse.ArgumentParser:
        return command(inside, name, lambda options: act(options, report), text)

    users = commands.add_parser("user", help="people who sign in").add_subparsers(required=True, metavar="COMMAND")
    user = begin(users, "add", _add, "add a user; without a password, print the path of a one-time invitation")
    user.add_argument("email", metavar="EMAIL")
    user.add_argument("--role", required=True)
    user.add_argument("--name", default="")
    user.add_argument(
        "--password-stdin", action="store_true", help="read the password from the first line of the input"
    )
    begin(users, "list", _list, "print who there is, with their roles")
    link = begin(users, "link", _link, "print the path of a one-time link to a new password")
    link.add_argument("email", metavar="EMAIL")
    tokens = commands.add_parser("token", help="keys for programs").add_subparsers(required=True, metavar="COMMAND")
    token = begin(tokens, "add", _add_token, "make an API token of a user and print it, this once")
    token.add_argument("email", metavar="EMAIL")
    token.add_argument("--name", required=True)
    token.add_argument(
        "--scope",
        action="append",
        default=[],
        metavar="PERMISSION",
        help="narrow it, e.g. accounts.read; may be repeated",
    )


def _add(options: argparse.Namespace, report: Report) -> None:
    from crm_app.services import schema, users
    from crm_app.services.actors import SYSTEM

    schema.migrate()
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    key = users.add_user(SYSTEM, options.email, options.role, options.name, password)
    if password is not None:
        report(options, {"id": key}, f"{options.email} can sign in.")
        return
    path = users.make_link(SYSTEM, key, "invite")
    told = f"{options.email} is invited; this works once, for seven days:\n{path}"
    report(options, {"id": key, "invitation": path}, told)


def _list(options: argparse.Namespace, report: Report) -> None:
    from crm_app.core.query import MAX_SIZE, Query
    from crm_app.services import records, schema
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work

    schema.migrate()
    found: list[dict[str, Any]] = []
    with Work(SYSTEM) as work:
        resource, total = records.resource_of("users"), 1
        while len(found) < total:
            page = records.page(work, resource, Query(page=len(found) // MAX_SIZE + 1, size=MAX_SIZE), cap=None)
            total = page.total
            found += [{"id": item.id, **item.values} for item in page.items]
        roles = records.names_of(work, records.resource_of("roles"), {one["role"] for one in found})
    shown = ("id", "email", "name", "language", "active")
    rows = [{name: one[name] for name in shown} | {"role": roles.get(one["role"], "")} for one in found]
    width = max((len(row["email"]) for row in rows), default=0)
    lines = [
        f"{row['id']:>5}  {row['email']:<{width}}  {row['role']}{'' if row['active'] else '  (not active)'}"
        for row in rows
    ]
    report(options, {"users": rows}, "\n".join(lines) or "There is nobody yet.")


def _link(options: argparse.Namespace, report: Report) -> int | None:
    from crm_app.services import users
    from crm_app.services.actors import SYSTEM

    key = _key_of(options.email)
    if key is None:
        return _nobody(options)
    path = users.make_link(SYSTEM, key)
    report(options, {"id": key, "link": path}, f"This works once, for two hours:\n{path}")
    return None


def _add_token(options: argparse.Namespace, report: Report) -> int | None:
    from crm_app.services import identity
    from crm_app.services.actors import SYSTEM

    key = _key_of(options.email)
    if key is None:
        return _nobody(options)
    token = identity.make_token(SYSTEM, key, options.name, tuple(options.scope))
    report(options, {"token": token}, token)
    return None


def _key_of(email: str) -> int | None:
    from crm_app.core.query import Filter, Query
    from crm_app.services import records, schema
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work

    schema.migrate()
    wanted = Query(filters=(Filter("email", "eq", email),), size=1)
    with Work(SYSTEM) as work:
        found = records.page(work, records.resource_of("users"), wanted).items
    return found[0].id if found else None


def _nobody(options: argparse.Namespace) -> int:
    print(f"There is no user {options.email}.", file=sys.stderr)
    return 1
