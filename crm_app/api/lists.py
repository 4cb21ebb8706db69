"""Lists that are the same for everybody: countries by their names in the caller's language."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.fields import countries, fold

from .calls import Call, add, reply


def listing(call: Call) -> Response:
    """Countries (ISO 3166-1) whose name or code matches `q`, in the order of their names."""
    text = fold(dict(call.params).get("q", "")[:100])
    names = call.actor.speech.locale.territories
    found = sorted((fold(str(names[code])), code) for code in countries() if text in fold(f"{names[code]} {code}"))
    items = [{"id": code, "name": str(names[code])} for _, code in found]
    return reply({"items": items, "total": len(items), "page": 1, "size": max(1, len(items))})


def routes() -> APIRouter:
    """The routes under /api/v1/lists."""
    router = APIRouter()
    add(router, "GET", "/lists/countries", listing)
    return router
