"""Jobs over HTTP: the caller's own, and everybody's for who may see them."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Missing
from crm_app.core.i18n import Speech
from crm_app.core.query import Query
from crm_app.services import bundles, files, jobs, mass
from crm_app.services.work import Work

from .calls import LISTED, Call, add, once, reply
from .exports import sent

_SHOWN = ("id", "name", "actor", "state", "due_at", "attempts", "done", "total", "created_at", "finished_at")


def _plain(found: Any, speech: Speech) -> dict[str, Any]:
    result = (
        {name: value for name, value in found.result.items() if name not in ("left", bundles.FILE, jobs.REACHED)}
        if found.result
        else None
    )
    words = {"title": jobs.title(found, speech), "error": jobs.reason(found, speech)}
    return {name: getattr(found, name) for name in _SHOWN} | words | {"result": result}


def _key(call: Call) -> int:
    key = call.path["id"]
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Missing("job", key[:40])
    return int(key)


def listing(call: Call) -> Response:
    """Jobs, newest first."""
    query = Query.from_params(call.params)
    with Work(call.actor) as work:
        found, total = jobs.page(work, query)
    return reply(
        {
            "items": [_plain(job, call.actor.speech) for job in found],
            "total": total,
            "page": query.page,
            "size": query.size,
        }
    )


def show(call: Call) -> Response:
    """One job."""
    with Work(call.actor) as work:
        return reply(_plain(jobs.one(work, _key(call)), call.actor.speech))


def cancel(call: Call) -> Response:
    """Let a job not run, or stop."""
    return _by_hand(call, "jobs.cancel", jobs.cancel)


def retry(call: Call) -> Response:
    """Let a job that failed or was cancelled run again."""
    return _by_hand(call, "jobs.retry", jobs.retry)


def _by_hand(call: Call, verb: str, carry_out: Callable[[Work, int], Any]) -> Response:
    def act() -> Response:
        with Work(call.actor, verb) as work:
            found = carry_out(work, _key(call))
        return reply(_plain(found, call.actor.speech))

    return once(call, [verb, _key(call)], act)


def refused(call: Call) -> Response:
    """The records that a job left as they were, each with the reason."""
    key = _key(call)
    with Work(call.actor) as work:
        content = mass.refused_csv(work, key)
    headers = {"Content-Disposition": files.disposition(f"job-{key}.csv", inline=False), "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type="text/csv; charset=utf-8")


def gathered(call: Call) -> Response:
    """The ZIP file that a job has made of papers."""
    with Work(call.actor) as work:
        name, path = bundles.file_of(work, _key(call))
    return sent(path.open("rb"), name, "application/zip")


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/jobs", listing, LISTED)
    add(router, "GET", "/jobs/{id}", show)
    add(router, "GET", "/jobs/{id}/refused.csv", refused)
    add(router, "GET", "/jobs/{id}/papers.zip", gathered)
    add(router, "POST", "/jobs/{id}/cancel", cancel)
    add(router, "POST", "/jobs/{id}/retry", retry)
    return router
