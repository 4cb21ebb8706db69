"""What roles may do, over HTTP: the permissions there are, and those that a role holds."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.services import actions, grants
from crm_app.services.work import Work

from .calls import Call, add, reply


def listing(call: Call) -> Response:
    """Every permission that a role can hold, with the scopes it can be held in."""
    with Work(call.actor) as work:
        work.require("roles.read")
    items = [{"permission": name, "scopes": scopes} for name, scopes in sorted(actions.granted().items())]
    return reply({"items": items, "total": len(items), "page": 1, "size": len(items)})


def show(call: Call) -> Response:
    """Those that the role holds."""
    return _told(grants.of(call.actor, call.path["id"]))


def change(call: Call) -> Response:
    """Give some in the scopes named and take some away; all others stay. With If-Match only while the role is as it was."""
    return _told(grants.change(call.actor, call.path["id"], call.values, call.version))


def _told(found: tuple[int, int, dict[str, str]]) -> Response:
    key, version, held = found
    body = {"id": key, "version": version, "permissions": dict(sorted(held.items()))}
    return reply(body, ETag=f'"{version}"')


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/permissions", listing)
    add(router, "GET", "/roles/{id}/permissions", show)
    add(router, "PATCH", "/roles/{id}/permissions", change)
    return router
