"""Lists, records and verbs over HTTP, for every Resource alike."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crm_app.core.errors import Conflict, Invalid, Missing, Moved, NotAllowed
from crm_app.core.fields import BadValue, MomentKind
from crm_app.core.i18n import Message
from crm_app.core.query import Query
from crm_app.core.resource import RESOURCES, Resource
from crm_app.services import actions, doubles, history, merging, records, related, sums
from crm_app.services.work import Work

from .calls import LISTED, Call, add, has, reply, with_below


def resource_in(call: Call) -> Resource:
    """The Resource that the address names. Raises Missing, also for one that the API does not show."""
    found = records.resource_of(call.path["resource"])
    if not found.api:
        raise Missing("list", found.name)
    return found


def listing(call: Call) -> Response:
    """One page of a list, all that match counted."""
    return reply(page_of(call, resource_in(call)))


def page_of(call: Call, resource: Resource) -> dict[str, Any]:
    """The page that the query part asks for."""
    query = Query.from_params(call.params)
    names = _names(resource, dict(call.params).get("fields", ""))
    with Work(call.actor) as work:
        found = records.page(work, resource, query, columns=names, cap=None)
        whole = records.with_lines(work, resource, found.items, names)
    items = [records.as_json(resource, item, names) for item in whole]
    return {"items": items, "total": found.total, "page": query.page, "size": query.size}


def _names(resource: Resource, text: str) -> tuple[str, ...]:
    """The fields and lines asked for, in that order; all fields, no lines, without a wish. `id` and `version` come anyway."""
    wanted = tuple(dict.fromkeys(name for part in text[:2000].split(",") if (name := part.strip())))
    known = [*resource.fields, *(part.name for part in RESOURCES.lines(resource))]
    unknown = [name for name in wanted if name not in known and name not in ("id", "version")]
    if unknown:
        options = ", ".join(known)
        told = Message("There is no field {name} here. Use only: {options}.", name=unknown[0][:60], options=options)
        raise Invalid({"fields": told})
    return tuple(name for name in wanted if name in known) if wanted else tuple(resource.fields)


def sums_of(call: Call) -> Response:
    """What the amounts of all that the query finds come to, per currency. Raises Missing where a list has no sums."""
    resource = resource_in(call)
    if not resource.sums:
        raise Missing("list", f"{resource.name}/sums")
    with Work(call.actor) as work:
        found = sums.of(work, resource, Query.from_params(call.params), cap=None) or []
    kinds = resource.fields
    items = [
        {"currency": one.currency, "count": one.count}
        | {name: kinds[name].kind.json(amount) for name, amount in one.amounts.items()}
        for one in found
    ]
    return reply({"items": items})


def show(call: Call) -> Response:
    """One record, with its version as ETag; 304 for a caller that has this version. With `as_of`, as it was then; with `fields`, these.

    301 for one that was merged into another, which the caller may read. A document is always sent: what is paid, delivered or
    invoiced of it follows from others, and makes no new version.
    """
    resource, asked = resource_in(call), dict(call.params)
    wishes = asked.get("fields", "")
    names = _names(resource, wishes) if wishes else None
    if asked.get("as_of"):
        return _past(call, resource, asked["as_of"], names)
    with Work(call.actor) as work:
        try:
            item = records.one(work, resource, call.path["id"])
        except Missing:
            led = merging.led(work, resource, call.path["id"])
            if led is None:
                raise
            return _led_on(call, resource, led)
    tag = f'"{item.version}"'
    if resource.workflow is None and has(call.headers, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return reply(records.as_json(resource, item, names), ETag=tag)


def _led_on(call: Call, resource: Resource, led: merging.Led) -> Response:
    """The way to the record that the one asked for is a part of now."""
    detail = call.actor.speech.say(led.text)
    return reply({"id": led.into, "detail": detail}, 301, Location=f"/api/v1/{resource.name}/{led.into}")


def _past(call: Call, resource: Resource, text: str, names: tuple[str, ...] | None) -> Response:
    """The record's own fields as they were at that time (ISO 8601 with an offset), without its lines. Missing when it was not there."""
    try:
        moment = MomentKind().parse(text)
    except BadValue as bad:
        raise Invalid({"as_of": bad.message}) from None
    key = call.path["id"]
    with Work(call.actor) as work:
        values = history.as_of(work, resource, key, moment) if moment else None
    if values is None:
        raise Missing(resource.one, key[:40])
    kinds = resource.fields
    shown = kinds if names is None else names
    found = {name: kinds[name].kind.json(value) for name, value in values.items() if name in kinds and name in shown}
    return reply({"id": int(key), "as_of": MomentKind().json(moment)} | found)


@contextmanager
def _there(call: Call, resource: Resource, key: object) -> Iterator[None]:
    """A block that changes that record. Raises Moved where it was merged: nothing is done to the other one unasked."""
    try:
        yield
    except Missing:
        with Work(call.actor) as work:
            led = merging.led(work, resource, key)
        if led is None:
            raise
        raise Moved(led.text, resource.name, led.into) from None


def create(call: Call) -> Response:
    """A new record."""
    resource = resource_in(call)
    if "create" not in resource.verbs:
        raise HTTPException(405)
    body, _ = run(call, resource, "create", None)
    return reply(body, 201, Location=f"/api/v1/{resource.name}/{body['id']}", ETag=f'"{body["version"]}"')


def change(call: Call) -> Response:
    """Set fields. With If-Match, only while nobody has changed the record since."""
    resource = resource_in(call)
    return changed(call, resource, call.path["id"])


def changed(call: Call, resource: Resource, key: object) -> Response:
    """The answer to a PATCH of that record."""
    body, _ = run(call, resource, "change", key)
    return reply(body, ETag=f'"{body["version"]}"')


def remove(call: Call) -> Response:
    """Take the record away."""
    resource = resource_in(call)
    with _there(call, resource, call.path["id"]):
        actions.run(call.actor, resource.name, "remove", call.path["id"], version=call.version)
    return Response(status_code=204)


def act(call: Call) -> Response:
    """Run one of the Resource's own verbs on a record."""
    resource = resource_in(call)
    verb = call.path["verb"]
    if verb not in {found.verb for found in actions.of(resource.name)}:
        raise Missing("verb", verb[:40])
    body, outcome = run(call, resource, verb, call.path["id"])
    result = {"result": outcome.result} if outcome.result else {}
    return reply(body | result | {"change_set": outcome.change_set}, ETag=f'"{body["version"]}"')


def run(call: Call, resource: Resource, verb: str, key: object) -> tuple[dict[str, Any], actions.Outcome]:
    """Run the verb and read the record in the same transaction. Raises Conflict when If-Match names another version."""
    found = actions.find(resource.name, verb)
    version = call.version
    with _there(call, resource, key), Work(call.actor, resource.permission(verb), label=found.label) as work:
        outcome = actions.run_in(work, found, key, call.values, version=version, once=call.once)
        # HTTP is stricter than the kernel, which lets changes of different fields stand side by side
        if version is not None and outcome.version is not None and outcome.version not in (version, version + 1):
            raise Conflict(outcome.version - 1, {})
        body = _seen(work, resource, outcome)
        return body | _warned(work, resource, verb, body["id"], call), outcome


def _warned(work: Work, resource: Resource, verb: str, key: int, call: Call) -> dict[str, Any]:
    """`warnings` beside a record that was made or changed, where what came now is the same in another one."""
    found = doubles.of_record(work, resource, key, call.values) if verb in ("create", "change") else []
    told = [{"field": one.field, "message": call.actor.speech.say(one.text), "id": one.id} for one in found]
    return {"warnings": told} if told else {}


def _seen(work: Work, resource: Resource, outcome: actions.Outcome) -> dict[str, Any]:
    """The record as it is now; only its number where the caller may write but not read, or where it is gone since."""
    try:
        return records.as_json(resource, records.one(work, resource, outcome.id))
    except (Missing, NotAllowed):
        return {"id": outcome.id, "version": outcome.version}


def related_to(call: Call) -> Response:
    """What belongs to a record and is kept elsewhere, in groups; with `below` rolled up over the records below it."""
    resource, say = resource_in(call), call.actor.speech.say
    with Work(call.actor) as work:
        item = records.one(work, resource, call.path["id"])
        groups = related.of_record(work, resource, item, below=with_below(call))
    items = [
        {
            "title": say(group.title),
            "total": group.total,
            "items": [
                {"resource": link.resource, "id": link.id, "name": link.text, "more": link.more, "level": link.level}
                for link in group.links
            ],
        }
        for group in groups
    ]
    return reply({"items": items})


def settings_record(call: Call) -> tuple[Resource, int]:
    """The company's one record. Raises Missing before the set-up."""
    resource = records.resource_of("settings")
    with Work(call.actor) as work:
        found = records.page(work, resource, Query(size=1))
    if not found.items:
        raise Missing(resource.one)
    return resource, found.items[0].id


def show_settings(call: Call) -> Response:
    """The company's settings."""
    resource, key = settings_record(call)
    return show(_at(call, resource, key))


def change_settings(call: Call) -> Response:
    """Set some of the company's settings."""
    resource, key = settings_record(call)
    return changed(call, resource, key)


def _at(call: Call, resource: Resource, key: int) -> Call:
    path: Mapping[str, str] = {"resource": resource.name, "id": str(key)}
    return Call(call.actor, path, call.params, call.headers, call.body)


def routes() -> APIRouter:
    """The routes that serve every Resource; they come after those with a name of their own."""
    router = APIRouter()
    add(router, "GET", "/settings", show_settings, ("as_of", "fields"))
    add(router, "PATCH", "/settings", change_settings)
    add(router, "GET", "/{resource}", listing, (*LISTED, "fields"))
    add(router, "POST", "/{resource}", create)
    add(router, "GET", "/{resource}/sums", sums_of, LISTED)
    add(router, "GET", "/{resource}/{id}", show, ("as_of", "fields"))
    add(router, "PATCH", "/{resource}/{id}", change)
    add(router, "DELETE", "/{resource}/{id}", remove)
    add(router, "GET", "/{resource}/{id}/related", related_to, ("below",))
    add(router, "POST", "/{resource}/{id}/{verb}", act)
    return router
