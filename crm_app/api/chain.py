"""The chain around a document, and what became of each of its lines: what the strips on its page show."""

from dataclasses import asdict
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.models.trade import AMOUNT, QUANTITY
from crm_app.services import records, strip
from crm_app.services.work import Work

from .calls import Call, add, reply
from .money_paths import DOCUMENTS


def chain(resource: str, call: Call) -> Response:
    """The documents that this one was made from and those made from it, that the caller may read; payments come last."""
    say = call.actor.speech.say
    with Work(call.actor) as work:
        key = records.reach(work, records.resource_of(resource), call.path["id"])
        found = strip.chain_of(work, resource, key)
    items = [
        asdict(node)
        | {
            "kind": say(node.kind),
            "date": node.date.isoformat() if node.date else None,
            "money": AMOUNT.json(node.money),
            "standing": say(node.standing.text),
        }
        for node in found
    ]
    return reply({"items": items})


def ledger(resource: str, call: Call) -> Response:
    """Of each line how much was quoted, ordered, reserved, delivered, returned, invoiced and credited; drafts do not count."""
    with Work(call.actor) as work:
        key = records.reach(work, records.resource_of(resource), call.path["id"])
        found = strip.lines_of(work, resource, key)
    items = [
        {"line": line.line, "description": line.text, "unit": line.unit, "quantity": QUANTITY.json(line.quantity)}
        | {name: QUANTITY.json(line.sums.get(name, 0)) for name in strip.SUMS}
        for line in found
    ]
    return reply({"items": items})


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    for resource in (*DOCUMENTS, "payments"):
        add(router, "GET", f"/{resource}/{{id}}/chain", partial(chain, resource))
    for resource in DOCUMENTS:
        add(router, "GET", f"/{resource}/{{id}}/ledger", partial(ledger, resource))
    return router
