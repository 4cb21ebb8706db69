"""The documents drawn from a record."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Missing
from crm_app.services import files, logos, papers
from crm_app.services.work import Work

from .attachments import SANDBOX, VIEWER
from .calls import Call, add, has, reply
from .rest import resource_in


def listing(call: Call) -> Response:
    """What there is; a Resource without documents has none."""
    with Work(call.actor) as work:
        found = papers.listing(work, resource_in(call), call.path["id"])
    return reply({"items": [asdict(ready) for ready in found]})


def content(call: Call) -> Response:
    """The bytes, as a download unless `inline=1` asks to see them."""
    if call.path["kind"] != "pdf":
        raise Missing("file", call.path["kind"][:40])
    return sent(papers.paper(call.actor, resource_in(call), call.path["id"]), call)


def sent(paper: papers.Paper, call: Call) -> Response:
    """The answer that is saved as a PDF of that name, or shown with `inline=1`."""
    inline = dict(call.params).get("inline") == "1"
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": files.disposition(paper.name, inline=inline),
        "Content-Security-Policy": VIEWER if inline else SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if paper.sha256:
        headers["ETag"] = f'"{paper.sha256}"'
        if has(call.headers, headers["ETag"]):
            return Response(status_code=304, headers=headers)
    return Response(paper.content, headers=headers, media_type=papers.MEDIA_TYPE)


def logo(call: Call) -> Response:
    """A picture that stands at the head of papers, for whoever is signed in."""
    sha256 = call.path["sha256"].lower()
    with Work(call.actor) as work:
        found = files.is_hash(sha256) and logos.shown(work, sha256)
    picture = papers.logo_of(sha256) if found else None
    if picture is None:
        raise Missing("file", sha256[:40])
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(picture, headers=headers, media_type=files.media_type_of(picture[:16]))


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/logos/{sha256}", logo)
    add(router, "GET", "/{resource}/{id}/files", listing)
    add(router, "GET", "/{resource}/{id}/files/{kind}", content, ("inline",))
    return router
