"""Records and people for the tests of the kernel, made as the program makes them."""

import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.models.history import Change, ChangeSet
from crm_app.services import actions, identity, records
from crm_app.services.actors import SYSTEM, Actor
from crm_app.services.work import Work, column_of

_numbers = itertools.count(1)
ACCOUNTS = RESOURCES.get("accounts")


def actor(user: int) -> Actor:
    with Work(SYSTEM) as work:
        return identity.actor_of(work, user)


def role_with(grants: Mapping[str, str], name: str = "") -> int:
    from crm_app.models.users import Role

    with Work(SYSTEM, "roles.create") as work:
        row = Role(name=name or f"Role {next(_numbers)}", grants=dict(grants))
        work.session.add(row)
        work.session.flush()
        return row.id


def team(name: str = "") -> int:
    return actions.run(SYSTEM, "teams", "create", None, {"name": name or f"Team {next(_numbers)}"}).id


def user_with(grants: Mapping[str, str], team: int | None = None) -> Actor:
    """A user whose role holds these grants, as an Actor."""
    number = next(_numbers)
    values = {"name": f"User {number}", "email": f"user{number}@acme.example", "role": role_with(grants), "team": team}
    return actor(actions.run(SYSTEM, "users", "create", None, values).id)


def account(who: Actor = SYSTEM, name: str = "Acme", **values: object) -> int:
    return actions.run(who, "accounts", "create", None, {"name": name, **values}).id


def change(who: Actor, key: int, version: int | None = None, **values: object) -> actions.Outcome:
    return actions.run(who, "accounts", "change", key, values, version=version)


def item(key: int, who: Actor = SYSTEM, resource: str = "accounts") -> records.Item:
    with Work(who) as work:
        return records.one(work, records.resource_of(resource), key)


def value(key: int, name: str, who: Actor = SYSTEM) -> object:
    return item(key, who).values[name]


def ids(
    who: Actor = SYSTEM, text: str = "", *filters: Filter, sort: str = "", size: int = 500, page: int = 1
) -> list[int]:
    with Work(who) as work:
        return [found.id for found in records.page(work, ACCOUNTS, Query(text, filters, sort, page, size)).items]


def names(who: Actor = SYSTEM, text: str = "", *filters: Filter, sort: str = "") -> list[str]:
    with Work(who) as work:
        return [
            found.values["name"] for found in records.page(work, ACCOUNTS, Query(text, filters, sort, size=500)).items
        ]


def history(entity: str = "account") -> list[tuple[str, int, dict | None, dict | None]]:
    """Every recorded change of that table: verb, record, before, after."""
    with Work(SYSTEM) as work:
        found = sa.select(ChangeSet.verb, Change.record, Change.before, Change.after).join(
            ChangeSet, Change.change_set == ChangeSet.id
        )
        rows = work.session.execute(
            found.where(column_of(Change, "entity") == entity).order_by(column_of(Change, "id"))
        )
        return [tuple(row) for row in rows]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call gave, or the exception it raised; all in threads of their own."""

    def safe(call: Callable[[], object]) -> object:
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - the sentence is what is wanted
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(safe, calls))
