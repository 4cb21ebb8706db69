"""Notes of records over HTTP."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.services import actions, notes
from crm_app.services.work import Work

from .calls import Call, add, reply, with_below
from .rest import resource_in


def listing(call: Call) -> Response:
    """The notes on a record, newest first."""
    with Work(call.actor) as work:
        found = notes.of_record(work, resource_in(call), call.path["id"], below=with_below(call))
    return reply({"items": [asdict(note) for note in found], "total": len(found), "page": 1, "size": 500})


def write(call: Call) -> Response:
    """A new note on a record."""
    resource = resource_in(call)
    found = notes.action_of(resource)
    with Work(call.actor, "notes.create", label=found.label) as work:
        outcome = actions.run_in(work, found, call.path["id"], call.values, once=call.once)
        key = (outcome.result or {})["note"]
        made = notes.there(work, [key]).get(key)
    return reply((asdict(made) if made else {"id": key}) | {"change_set": outcome.change_set}, 201)


def routes() -> APIRouter:
    """The routes of this module; they come before any Resource's own verbs."""
    router = APIRouter()
    add(router, "GET", "/{resource}/{id}/notes", listing, ("below",))
    add(router, "POST", "/{resource}/{id}/notes", write)
    return router
