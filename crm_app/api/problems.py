"""The one place where an error becomes an HTTP answer: RFC 9457 `application/problem+json`, in the caller's language."""

import json
import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from crm_app.core.errors import (
    Conflict,
    IllegalMove,
    Invalid,
    Missing,
    Moved,
    NotAllowed,
    NotSignedIn,
    Refusal,
    TooLarge,
    TooMany,
    TooSlow,
    Unavailable,
)
from crm_app.core.i18n import Message, Speech
from crm_app.services import identity
from crm_app.services.bulk import RowsInvalid

from . import turns

RETRY_SECONDS = 5
_log = logging.getLogger(__name__)


class Malformed(Refusal):
    """The request is not what HTTP or JSON want; 400."""


class Foreign(Refusal):
    """A request with the session's cookie that another site's page sent; 403."""

    def __init__(self) -> None:
        super().__init__(Message("This request came from another site and was refused."))


# kind of error, status, stable name of the problem, English title
KINDS: tuple[tuple[type[Refusal], int, str, str], ...] = (
    (Malformed, 400, "malformed", "The request cannot be read"),
    (NotSignedIn, 401, "not-signed-in", "Not signed in"),
    (NotAllowed, 403, "not-allowed", "Not allowed"),
    (Foreign, 403, "foreign", "Refused"),
    (Moved, 410, "merged", "Merged into another record"),
    (Missing, 404, "missing", "Not found"),
    (TooSlow, 408, "too-slow", "Too slow"),
    (IllegalMove, 409, "illegal-move", "Not possible in this state"),
    (Conflict, 412, "conflict", "Changed by somebody else"),
    (TooLarge, 413, "too-large", "Too large"),
    (Invalid, 422, "invalid", "Not valid"),
    (TooMany, 429, "too-many", "Too many attempts"),
    (Unavailable, 503, "unavailable", "Not available just now"),
    (Refusal, 422, "refused", "Refused"),
)
_HTTP = {
    404: ("missing", "Not found", "There is nothing at this address."),
    405: ("method", "Method not allowed", "This address does not take that method."),
}
_BROKEN = ("failure", "Something went wrong", "Something went wrong here. It has been noted; try again later.")


def dump(value: Any) -> bytes:
    """JSON as UTF-8. A character that UTF-8 cannot hold is written as a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value)


def speech_of(request: Request) -> Speech:
    """The caller's own language once they are known, else what the header asks for."""
    known = getattr(request.state, "speech", None)
    return (
        known if isinstance(known, Speech) else Speech(identity.language_of(request.headers.get("accept-language", "")))
    )


def answer(
    status: int, code: str, title: str, detail: str, more: Mapping[str, Any], headers: Mapping[str, str]
) -> Response:
    """A problem document."""
    body = {"type": f"/api/v1/docs#{code}", "title": title, "status": status, "detail": detail, **more}
    return Response(dump(body), status, dict(headers), media_type="application/problem+json")


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - what it is registered for
    speech = speech_of(request)
    status, code, title = next((status, code, title) for kind, status, code, title in KINDS if isinstance(error, kind))
    return answer(status, code, speech.say(title), speech.say(error.message), _details(error, speech), _headers(error))


def _details(error: Refusal, speech: Speech) -> dict[str, Any]:
    if isinstance(error, RowsInvalid):
        return {"errors": [{"row": row, "fields": _said(fields, speech)} for row, fields in sorted(error.rows.items())]}
    if isinstance(error, Invalid):
        known = {"known": list(error.known)} if error.known else {}
        return {"fields": _said(error.fields, speech)} | known
    if isinstance(error, IllegalMove):
        return {"state": error.state, "verb": error.verb, "moves": list(error.open_moves)}
    if isinstance(error, NotAllowed):
        return {"permission": error.permission}
    if isinstance(error, Moved):
        return {"id": error.into}
    if isinstance(error, Conflict):
        return {"version": error.version, "theirs": error.theirs}
    return {}


def _said(fields: Mapping[str, Message], speech: Speech) -> dict[str, str]:
    return {name: speech.say(message) for name, message in fields.items()}


def _headers(error: Refusal) -> dict[str, str]:
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": 'Bearer realm="crm"'}
    if isinstance(error, Moved):
        return {"Location": f"/api/v1/{error.resource}/{error.into}"}
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, TooSlow):
        return {"Connection": "close"}  # the rest of it may come after all
    if isinstance(error, Unavailable):
        return {"Retry-After": str(RETRY_SECONDS)}
    return {"ETag": f'"{error.version}"'} if isinstance(error, Conflict) else {}


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    speech = speech_of(request)
    code, title, detail = _HTTP.get(
        error.status_code, ("malformed", "The request cannot be read", "The request cannot be read.")
    )
    headers = dict(error.headers or {}) | ({"Allow": _allowed(request)} if error.status_code == 405 else {})
    return answer(error.status_code, code, speech.say(title), speech.say(detail), {}, headers)


def _allowed(request: Request) -> str:
    """The methods that the address takes (RFC 9110, 15.5.6): those of every route that fits it, not of the first alone."""
    fits = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    methods = {method for route in fits for method in getattr(route, "methods", None) or ()}
    return ", ".join(sorted(methods - {request.method}))


def _gone(_request: Request, _error: Exception) -> Response:
    """Whoever sent half a request has hung up: nobody reads this, and there is nothing to note."""
    return Response(status_code=400)


class Shield:
    """Whatever was not foreseen is logged here and answered with a 500 that tells nothing. Threads work for who calls."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        started = False
        if scope["type"] == "http":
            turns.comes_from(Request(scope))

        async def watched(message: AsgiMessage) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            _log.exception("A request failed: %s %s", scope.get("method"), scope.get("path"))
            if started or scope["type"] != "http":
                raise
            speech = speech_of(Request(scope))
            code, title, detail = _BROKEN
            await answer(500, code, speech.say(title), speech.say(detail), {}, {})(scope, receive, send)


def install(app: FastAPI) -> None:
    """Let the app answer every error as a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_middleware(Shield)
