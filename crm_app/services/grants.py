"""What a role may do: the permissions it holds, each in a scope."""

from collections.abc import Mapping

from crm_app.core.errors import Conflict, Invalid
from crm_app.core.i18n import Message
from crm_app.models.users import Role

from . import actions, records
from .actors import Actor
from .work import Work


def of(actor: Actor, role: object) -> tuple[int, int, dict[str, str]]:
    """Id, version and permissions of a role. Raises NotAllowed, Missing."""
    with Work(actor) as work:
        return _read(work, role)


def change(
    actor: Actor, role: object, given: Mapping[str, object], version: int | None = None
) -> tuple[int, int, dict[str, str]]:
    """Give permissions in the scopes named, take those away that are "" or None; all others stay. What `of` tells then.

    Raises Invalid by the names that there are not, NotAllowed for what is wider than the actor's own, and Conflict where
    the role has another version than the one that is named.
    """
    scopes = actions.granted()
    wrong = [name for name, scope in given.items() if not _fits(scopes.get(name), scope)]
    if wrong:
        raise Invalid({name[:60]: Message("There is no such permission.") for name in wrong})
    with Work(actor, "roles.change", label="Permissions") as work:
        item = records.one(work, records.resource_of("roles"), role, "change")
        row = work.locked(Role, item.id)
        if version is not None and version != row.version:
            raise Conflict(row.version, {name: row.grants.get(name, "") for name in given})
        kept = {name: held for name, held in row.grants.items() if name not in given}
        row.grants = kept | {name: str(scope) for name, scope in given.items() if scope}
        work.session.flush()
        return int(row.id or 0), row.version, dict(row.grants)


def _fits(scopes: tuple[str, ...] | None, scope: object) -> bool:
    return scopes is not None and (scope is None or (isinstance(scope, str) and scope in ("", *scopes)))


def _read(work: Work, role: object) -> tuple[int, int, dict[str, str]]:
    item = records.one(work, records.resource_of("roles"), role)
    row = work.session.get(Role, item.id)
    return item.id, item.version, dict(row.grants) if row else {}
