"""Who is held and why, for programs and as a workbook."""

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.fields import Number
from crm_app.services import credit, receivable_sheets, whole
from crm_app.services.work import Work

from .calls import Call, add, reply
from .statements import saved

_AMOUNT = Number(4)


def held(call: Call) -> Response:
    """Every customer that is held or warned, the hardest first: the effect, each reason and what lifts it. `partial` says that some
    may be missing of whom the caller may not read everything."""
    say = call.actor.speech.say
    with Work(call.actor) as work:
        found = credit.held(work)
    items = [
        {
            "account": one.account, "name": one.name, "effect": one.effect.value, "overdue": _AMOUNT.json(one.overdue),
            "days": one.days, "since": one.since.isoformat() if one.since else None,
            "limit": None if one.limit is None else _AMOUNT.json(one.limit),
            "exposed": None if one.exposed is None else _AMOUNT.json(one.exposed),
            "holds": [
                {"effect": hold.effect.value, "why": say(hold.why), "lift": say(hold.lift)} for hold in one.holds
            ],
        }
        for one in found
    ]  # fmt: skip
    return reply({"partial": whole.partial(call.actor, "held.read"), "items": items})


def held_sheet(call: Call) -> Response:
    """The same as a workbook in the caller's language."""
    return saved(*receivable_sheets.held(call.actor))


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/held", held)
    add(router, "GET", "/held.xlsx", held_sheet)
    return router
