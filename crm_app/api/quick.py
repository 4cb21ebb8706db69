"""What a picker on a page offers, and records made in passing from it: what its small dialog asks for, and the making."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Missing, TakenBack
from crm_app.core.query import Filter, Query
from crm_app.core.resource import Resource
from crm_app.services import actions, columns, doubles, records
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .calls import LISTED, Call, add, flag, reply

_TOLD = 2  # things beside a name
_ACTIVE = "active"


def _resource(call: Call) -> Resource:
    found = records.resource_of(call.path["resource"])
    if not found.api:
        raise Missing("list", found.name)
    return found


def options(call: Call) -> Response:
    """The first records that the query finds, each with the first two things that tell it from others of its name: of a person
    where they are and what they are there, else the record's facts. What is not active stands last, and says so.
    """
    found, query = _resource(call), Query.from_params(call.params)
    with Work(call.actor) as work:
        here, off = _both(work, found, query)
        told = [("", item) for item in here] + [(call.actor.speech.say("Not active"), item) for item in off]
        inside = columns.texts(work, found, found.columns, [item.id for _, item in told])
        items = [
            {
                "id": item.id,
                "name": str(item.values[found.label] or f"#{item.id}"),
                "more": _first(
                    [word, *(texts.get(item.id, "") for texts in inside.values()), *_facts(work, found, item)]
                ),
            }
            for word, item in told
        ]
    return reply({"items": items})


def _both(work: Work, found: Resource, query: Query) -> tuple[list[records.Item], list[records.Item]]:
    """The records of the page: those that are active, then as many as there is room for of those that are not."""
    names = (found.label, *found.facts)
    if _ACTIVE not in found.fields or query.page > 1 or any(part.field == _ACTIVE for part in query.filters):
        return records.page(work, found, query, columns=names).items, []
    here, off = (query.adding(Filter(_ACTIVE, "eq", value)) for value in ("true", "false"))
    first = records.page(work, found, here, columns=names).items
    room = query.size - len(first)
    return first, records.page(work, found, replace(off, size=room), columns=names).items if room else []


def _facts(work: Work, found: Resource, item: records.Item) -> list[str]:
    return [records.shown(work, found, item, name) for name in found.facts]


def _first(texts: list[str]) -> str:
    return columns.BETWEEN.join([text for text in texts if text][:_TOLD])


def shape(call: Call) -> Response:
    """The dialog's title and fields in the caller's language; no fields for who may not make such a record."""
    found = _resource(call)
    may = "create" in found.verbs and call.actor.may(found.permission("create"))
    say = call.actor.speech.say
    fields = [found.fields[name].shape(say) for name in found.brief] if may else []
    given = _own(found, call.actor) if may else {}
    return reply({"title": say(found.new_one), "label": found.label, "fields": fields, "given": given})


def _own(found: Resource, actor: Actor) -> dict[str, Any]:
    """Whoever makes it is its owner, as in the form."""
    if found.owner not in found.brief or not actor.user:
        return {}
    return {found.owner: str(actor.user), "texts": {found.owner: actor.name}}


def make(call: Call) -> Response:
    """A new record from what a person typed into the dialog, in their own way of writing numbers and dates.

    With `wary` none is made where others hold what should tell it from them: these are named instead, as `warnings`. Of those
    that the caller may not see nothing is told before the record is stored: asking must leave a trace.
    """
    found = _resource(call)
    actor = replace(call.actor, speech=replace(call.actor.speech, typed=True))
    verb, wary = actions.find(found.name, "create"), flag(call, "wary")
    told: list[dict[str, Any]] = []
    with suppress(TakenBack), Work(actor, found.permission("create"), label=verb.label) as work:
        outcome = actions.run_in(work, verb, None, call.values, once=call.once)
        told = _warned(work, found, outcome.id or 0) if wary else []
        if told:
            raise TakenBack
        name = records.names_of(work, found, [outcome.id or 0]).get(outcome.id or 0, "")
    return reply({"warnings": told}) if told else reply({"id": outcome.id, "name": name}, 201)


def _warned(work: Work, found: Resource, key: int) -> list[dict[str, Any]]:
    doubled = [(one, one.id) for one in doubles.of_record(work, found, key) if one.id is not None]
    names = records.names_of(work, found, [other for _, other in doubled])
    say = work.actor.speech.say
    return [
        {"field": one.field, "message": say(one.text), "id": other, "name": names.get(other, "")}
        for one, other in doubled
    ]


def routes() -> APIRouter:
    """The routes under /api/v1/lists/quick."""
    router = APIRouter()
    add(router, "GET", "/lists/quick/{resource}", shape)
    add(router, "POST", "/lists/quick/{resource}", make, ("wary",))
    add(router, "GET", "/lists/quick/{resource}/options", options, LISTED)
    return router
