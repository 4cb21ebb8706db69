"""Many records in one request: all of them or none."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.services import actions, bulk, doubles
from crm_app.services.work import Work

from .calls import Call, add, reply
from .rest import resource_in

LIMIT = 10_000_000


def create(call: Call) -> Response:
    """Create up to 5,000 records, sent as a list or as {"items": […]}."""
    resource = resource_in(call)
    given = call.body.get("items") if isinstance(call.body, dict) else call.body
    if not isinstance(given, list):
        raise Invalid({"items": Message("Send 1 to {count} records.", count=bulk.LIMIT)})
    found = bulk.action_of(resource)
    with Work(call.actor, resource.permission("create"), label=found.label) as work:
        outcome = actions.run_in(work, found, None, {"items": given}, once=call.once)
        ids = (outcome.result or {})["ids"]
        doubled = doubles.of_many(work, resource, ids)
    say = call.actor.speech.say
    told = [{"row": row, "field": one.field, "message": say(one.text), "id": one.id} for row, one in doubled]
    answer = {"ids": ids, "total": len(ids), "change_set": outcome.change_set}
    return reply(answer | ({"warnings": told} if told else {}), 201)


def routes() -> APIRouter:
    """The route of this module."""
    router = APIRouter()
    add(router, "POST", "/bulk/{resource}", create, limit=LIMIT)
    return router
