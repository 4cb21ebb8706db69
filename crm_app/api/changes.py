"""The history over HTTP: what happened to a record, the change sets, and undo."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.query import Query
from crm_app.services import actions, changes, timeline
from crm_app.services.work import Work

from .calls import Call, add, once, reply
from .rest import resource_in


def listing(call: Call) -> Response:
    """Change sets, newest first."""
    query = Query.from_params(call.params)
    with Work(call.actor) as work:
        found, total = changes.page(work, query)
    return reply({"items": [asdict(deed) for deed in found], "total": total, "page": query.page, "size": query.size})


def show(call: Call) -> Response:
    """One change set with a page of the records that it touched."""
    query = Query.from_params(call.params)
    with Work(call.actor) as work:
        deed = changes.one(work, call.path["id"])
        parts, total = changes.parts(work, deed, query)
    items: list[dict[str, Any]] = [asdict(part) for part in parts]
    return reply(asdict(deed) | {"items": items, "total": total, "page": query.page, "size": query.size})


def undo(call: Call) -> Response:
    """Take a change set back; the answer names the change set that did."""
    key = changes.key_of(call.path["id"])

    def take_back() -> Response:
        return reply({"id": key, "change_set": actions.undo(call.actor, key).change_set})

    return once(call, ["undo", key], take_back)


def of_record(call: Call) -> Response:
    """What happened to a record, newest first; `next` is the value of `before` that continues."""
    resource = resource_in(call)
    params = dict(call.params)
    query = Query.from_params(call.params)
    before = params.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Invalid({"before": Message("Write a whole number.")})
    with Work(call.actor) as work:
        entries = timeline.of(work, resource, call.path["id"], before=int(before) if before else None, size=query.size)
    following = entries[-1].change_set if len(entries) == query.size else None
    return reply({"items": [_plain(call, entry) for entry in entries], "next": following})


def _plain(call: Call, entry: timeline.Entry) -> dict[str, Any]:
    """A line of the timeline in the caller's words."""
    say = call.actor.speech.say
    steps = [asdict(step) | {"label": say(step.label)} for step in entry.steps]
    return asdict(entry) | {"label": say(entry.label), "steps": steps}


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/changes", listing, ("page", "size"))
    add(router, "GET", "/changes/{id}", show, ("page", "size"))
    add(router, "POST", "/changes/{id}/undo", undo)
    add(router, "GET", "/{resource}/{id}/changes", of_record, ("before", "size"))
    return router
