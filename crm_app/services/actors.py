"""Who acts: an Actor is what Work needs to know of a user, nothing more. Pure: `identity` reads it from the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crm_app.core.i18n import Speech

_MOST_SCOPES = 1_000  # that are remembered
_WIDTH = {"": 0, "own": 1, "team": 2, "all": 3}


@dataclass(frozen=True)
class Actor:
    """A user (or the system, `user` None) with grants: permission to scope. "*" stands for every permission."""

    user: int | None
    name: str
    grants: Mapping[str, str]
    team: int | None = None
    speech: Speech = field(default_factory=Speech)
    session: int | None = None
    email: str = ""
    theme: str = "system"
    limits: tuple[str, ...] = ()
    _scopes: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def scope(self, permission: str) -> str:
        """The widest scope held: all, team, own, or "" for none. An API token's limits narrow what may be done at all."""
        known = self._scopes.get(permission)
        if known is None:
            if len(self._scopes) >= _MOST_SCOPES:
                self._scopes.clear()
            known = self._scopes[permission] = self._scope_of(permission)
        return known

    def _scope_of(self, permission: str) -> str:
        if not self.covers(permission):
            return ""
        resource = permission.partition(".")[0]
        held = (self.grants.get(name, "") for name in (permission, f"{resource}.*", "*"))
        return max((scope for scope in held if scope in _WIDTH), key=_WIDTH.__getitem__, default="")

    def covers(self, scope: str) -> bool:
        """True when a token's scope ("accounts.*") stays within this actor's own limits."""
        return not self.limits or any(_covers(limit, scope) for limit in self.limits)

    def may(self, permission: str) -> bool:
        """True when the permission is held in any scope."""
        return bool(self.scope(permission))

    def lacks(self, grants: Mapping[str, str]) -> str:
        """The first of these grants that is wider than what the actor holds, "" when none is."""
        wider = (
            name for name, scope in grants.items() if scope not in _WIDTH or _WIDTH[self.scope(name)] < _WIDTH[scope]
        )
        return next(wider, "")

    def limited(self, limits: tuple[str, ...]) -> "Actor":
        """The same actor, narrowed to these permissions."""
        return replace(self, limits=limits)


def _covers(limit: str, permission: str) -> bool:
    return limit in (permission, "*") or (limit.endswith(".*") and permission.startswith(limit[:-1]))


SYSTEM = Actor(user=None, name="System", grants={"*": "all"})
