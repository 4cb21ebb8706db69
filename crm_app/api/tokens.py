"""The caller's own API tokens over HTTP."""

import json
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Invalid, Missing, NotAllowed
from crm_app.core.i18n import Message
from crm_app.services import identity

from .calls import Call, add, once, reply

MAX_SCOPES = 100


def listing(call: Call) -> Response:
    """The caller's tokens, without their keys."""
    found = [_plain(token) for token in identity.own_tokens(call.actor)]
    return reply({"items": found, "total": len(found), "page": 1, "size": max(1, len(found))})


def _plain(token: Any) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "used_at": token.used_at,
    }


def create(call: Call) -> Response:
    """A new token; this answer is the only place where its key stands: a repeated request gets it without. A token with limits
    cannot make another.
    """
    unknown = set(call.values) - {"name", "scopes"}
    if unknown:
        raise Invalid({name[:60]: Message("This field cannot be set.") for name in unknown})
    if call.actor.limits or call.actor.user is None:
        raise NotAllowed("tokens.create")
    user, scopes, shown = call.actor.user, _scopes(call), []

    def make() -> Response:
        shown.append(identity.make_token(call.actor, user, call.values.get("name", ""), scopes))
        made = identity.own_tokens(call.actor)[-1]
        return reply(_plain(made), 201, Location=f"/api/v1/tokens/{made.id}")

    told = once(call, ["tokens", call.values], make)
    return reply(json.loads(bytes(told.body)) | {"token": "".join(shown)}, 201, Location=told.headers["location"])


def _scopes(call: Call) -> tuple[str, ...]:
    raw = call.values.get("scopes") or []
    if not isinstance(raw, list) or len(raw) > MAX_SCOPES or not all(isinstance(scope, str) for scope in raw):
        raise Invalid({"scopes": Message("Send a list of permissions, such as accounts.read or accounts.*.")})
    return tuple(raw)


def remove(call: Call) -> Response:
    """Take a token back. It stops working at once."""
    key = call.path["id"]
    if not (key.isascii() and key.isdigit() and len(key) < 19 and identity.end_token(call.actor, int(key))):
        raise Missing("token", key[:40])
    return Response(status_code=204)


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/tokens", listing)
    add(router, "POST", "/tokens", create)
    add(router, "DELETE", "/tokens/{id}", remove)
    return router
