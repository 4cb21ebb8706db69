"""The global search over HTTP: records of every list at once, by text or by their numbers."""

import re
from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.services import find
from crm_app.services.work import Work

from .calls import Call, add, reply

_KEY = re.compile(r"([a-z_]{1,60})\.(\d{1,18})", re.ASCII)


def listing(call: Call) -> Response:
    """The best records for the text `q`; without one those that `recent` names ("accounts.7,contacts.3")."""
    params = dict(call.params)
    text = params.get("q", "")
    with Work(call.actor) as work:
        if text.strip():
            hits = find.find(work, text)
        else:
            hits = find.recall(
                work, [(name, int(number)) for name, number in _KEY.findall(params.get("recent", "")[:2000])]
            )
    items = [asdict(hit) for hit in hits]
    return reply({"items": items, "total": len(items), "page": 1, "size": max(1, len(items))})


def routes() -> APIRouter:
    """The route of this module."""
    router = APIRouter()
    add(router, "GET", "/search", listing, ("q", "recent"))
    return router
