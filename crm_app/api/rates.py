"""A file of exchange rates over HTTP: read under a limit, rehearsed, or written as one act."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Boolean, Day
from crm_app.core.settings import RATES_LIMIT
from crm_app.services import rate_files
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .calls import admitted, read_body, reply
from .turns import in_thread

_KINDS = {"rehearse": Boolean(), "inverse": Boolean(), "since": Day()}


async def take(request: Request) -> Response:
    """The bytes of the file are the body, ?name= in the address what it is called; with `rehearse` nothing is written."""
    actor = await in_thread(admitted, request, ("name", *_KINDS))
    await in_thread(_may, actor)
    asked = _asked(request)
    content = await read_body(request, RATES_LIMIT)
    return await in_thread(_take, request, actor, content, asked)


def _may(actor: Actor) -> None:
    with Work(actor) as work:
        rate_files.may_import(work)


def _asked(request: Request) -> dict[str, Any]:
    found = {}
    for name, kind in _KINDS.items():
        try:
            found[name] = kind.parse(request.query_params.get(name))
        except BadValue as bad:
            raise Invalid({name: bad.message}) from None
    return found


def _take(request: Request, actor: Actor, content: bytes, asked: dict[str, Any]) -> Response:
    name = request.query_params.get("name", "")
    file = rate_files.File(name, content, asked["since"], inverse=bool(asked["inverse"]))
    if asked["rehearse"]:
        return reply(_plain(actor, rate_files.rehearse(actor, file)))
    return reply(_plain(actor, rate_files.import_file(actor, file, request.headers.get("idempotency-key"))))


def _plain(actor: Actor, told: rate_files.Told) -> dict[str, Any]:
    say = actor.speech.say
    return {
        "read_as": say(told.text), "new": told.new, "changed": told.changed, "same": told.same, "blank": told.blank,
        "currencies": list(told.currencies), "left_out": list(told.others),
        "from": told.first.isoformat() if told.first else None, "to": told.last.isoformat() if told.last else None,
        "refused": told.wrong, "lines": [{"line": one.line, "detail": say(one.why)} for one in told.refused],
        "change_set": told.change_set,
    }  # fmt: skip


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    router.add_api_route("/exchange-rates/import", take, methods=["POST"], include_in_schema=False)
    return router
