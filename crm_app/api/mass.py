"""Many records changed, removed or printed in one request: picked by their ids, or everything that a filter finds."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.query import Query
from crm_app.services import bundles, mass

from .calls import LISTED, Call, add, reply, strangers
from .rest import resource_in


def change(call: Call) -> Response:
    """Set the `values` of every record of the selection; `add` words to fields of several, `remove` them from there."""
    parts = {name: call.values.get(name, {}) for name in ("values", "add", "remove")}
    wrong = {name: Message("Send a JSON object.") for name, part in parts.items() if not isinstance(part, dict)}
    if wrong:
        raise Invalid(wrong)
    return _run(call, "change", mass.Deed(parts["values"], parts["add"], parts["remove"]))


def remove(call: Call) -> Response:
    """Take every record of the selection away."""
    return _run(call, "remove", mass.Deed())


def gather(call: Call) -> Response:
    """The papers of the selection as one ZIP file, made by a job."""
    outcome = bundles.start(call.actor, resource_in(call), _selection(call), call.once)
    return reply(outcome.result or {}, 202)


def _run(call: Call, verb: str, deed: mass.Deed) -> Response:
    """What was done; 202 with the number of a job where it is too much for one request."""
    outcome = mass.start(call.actor, resource_in(call), _selection(call), verb, deed, call.once)
    result = dict(outcome.result or {})
    return reply(result | {"change_set": outcome.change_set}, 202 if result["job"] else 200)


def _selection(call: Call) -> mass.Selection:
    """Exactly one of `ids` and `filter`: nobody shall touch everything by leaving something out."""
    given = call.values
    if ("ids" in given) == ("filter" in given):
        raise Invalid({"ids": Message("Send either ids or a filter.")})
    if "ids" in given:
        return mass.picked(given["ids"])
    asked = given["filter"]
    if not isinstance(asked, dict) or not all(isinstance(value, str | int) for value in asked.values()):
        raise Invalid({"filter": Message("Send a JSON object.")})
    strange = strangers(asked, LISTED)
    if strange:  # a misspelt name shall not widen what is touched
        raise Invalid({name: Message("Use only: {options}.", options=", ".join(LISTED)) for name in strange})
    return mass.Selection(Query.from_params([(str(name), str(value)) for name, value in asked.items()]))


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "POST", "/bulk/{resource}/change", change)
    add(router, "POST", "/bulk/{resource}/remove", remove)
    add(router, "POST", "/bulk/{resource}/papers", gather)
    return router
