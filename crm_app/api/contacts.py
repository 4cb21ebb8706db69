"""What only contacts have: a vCard."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.services import cards, files
from crm_app.services.work import Work

from .calls import Call, add


def vcard(call: Call) -> Response:
    """The contact as a vCard 4.0, to be saved."""
    with Work(call.actor) as work:
        name, content = cards.vcard(work, call.path["id"])
    headers = {
        "Content-Disposition": files.disposition(files.clean_name(name), inline=False),
        "Cache-Control": "no-store",
    }
    return Response(content, headers=headers, media_type=cards.MEDIA_TYPE)


def routes() -> APIRouter:
    """The route of this module."""
    router = APIRouter()
    add(router, "GET", "/contacts/{id}/vcard", vcard)
    return router
