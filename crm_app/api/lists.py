"""Lists that are the same for everybody: countries by their names in the caller's language."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.fields import countries, fold

from .calls import Call, add, reply


def listing(call: Call) -> Response:
    """Countries (ISO 3166-1) whose name or code matches `q`, in the order of their names."""
    text = fold(dict(call.params).get("q", "")[:100])
    known = call.actor.speech.locale.territories
    names = {code: str(known.get(code, code)) for code in countries()}  # not every language names every country
    found = sorted((fold(name), code) for code, name in names.items() if text in fold(f"{name} {code}"))
    items = [{"id": code, "name": names[code]} for _, code in found]
    return reply({"items": items, "total": len(items), "page": 1, "size": max(1, len(items))})


def routes() -> APIRouter:
    """The routes under /api/v1/lists."""
    router = APIRouter()
    add(router, "GET", "/lists/countries", listing, ("q", "size", "fields"))  # a picker asks it as any list
    return router
