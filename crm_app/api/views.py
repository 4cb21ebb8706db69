"""The caller's saved views over HTTP: their own, their team's and everybody's."""

from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.responses import Response

from crm_app.core.errors import Invalid, Missing
from crm_app.core.i18n import Message
from crm_app.core.query import Query
from crm_app.core.resource import RESOURCES
from crm_app.services import records, views
from crm_app.services.work import Work

from .calls import LISTED, Call, add, once, reply, strangers

_FIELDS = ("name", "query", "shared")


def listing(call: Call) -> Response:
    """The views of one list (`resource`), else of every list that the caller may read."""
    asked = dict(call.params).get("resource", "")
    with Work(call.actor) as work:
        if asked:
            found = views.of(work, records.resource_of(asked[:60]))
        else:
            readable = (resource for resource in RESOURCES if call.actor.may(resource.permission("read")))
            found = [view for resource in readable for view in views.of(work, resource)]
    return reply(
        {"items": [_plain(view) for view in found], "total": len(found), "page": 1, "size": max(1, len(found))}
    )


def _plain(view: views.View) -> dict[str, Any]:
    found = asdict(view)
    return found | {"query": found.pop("url")}


def read(call: Call) -> Response:
    """One view."""
    with Work(call.actor) as work:
        return reply(_plain(views.one(work, _key(call))))


def create(call: Call) -> Response:
    """A new view of the caller's own."""
    given = _given(call, "resource", *_FIELDS)
    resource = RESOURCES.get(given["resource"]) if isinstance(given.get("resource"), str) else None
    if resource is None:
        raise Invalid({"resource": Message("Choose one from the list.")})
    shared, query = given.get("shared", "personal"), _query(given.get("query", ""))

    def save() -> Response:
        with Work(call.actor, resource.permission("read"), label="Save as a view") as work:
            key = views.save(work, resource, given.get("name", ""), query, shared)
            made = _plain(views.one(work, key))
        return reply(made, 201, Location=f"/api/v1/views/{key}")

    return once(call, ["views", given], save)


def change(call: Call) -> Response:
    """Another name, other readers, another question; the caller's own views only."""
    given = _given(call, *_FIELDS)
    query = _query(given.pop("query")) if "query" in given else None
    with Work(call.actor, "views.change", label="Change a view") as work:
        views.change(work, _key(call), given, query)
        work.session.flush()
        return reply(_plain(views.one(work, _key(call))))


def remove(call: Call) -> Response:
    """Take a view of one's own away."""
    with Work(call.actor, "views.remove", label="Remove a view") as work:
        views.remove(work, _key(call))
    return Response(status_code=204)


def _given(call: Call, *known: str) -> dict[str, Any]:
    unknown = [name for name in call.values if name not in known]
    if unknown:
        raise Invalid({name[:60]: Message("This field cannot be set.") for name in unknown})
    return dict(call.values)


def _query(text: object) -> Query:
    """The query part of a list's address. Raises Invalid."""
    if not isinstance(text, str) or len(text) > 8_000:
        raise Invalid({"query": Message("This must be text.")})
    asked = parse_qsl(text.removeprefix("?"), keep_blank_values=True)
    strange = strangers((name for name, _ in asked), LISTED)
    if strange:
        raise Invalid({"query": Message("Use only: {options}.", options=", ".join(LISTED))})
    return Query.from_params(asked)


def _key(call: Call) -> int:
    key = call.path["id"]
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Missing("view", key[:40])
    return int(key)


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/views", listing, ("resource",))
    add(router, "POST", "/views", create)
    add(router, "GET", "/views/{id}", read)
    add(router, "PATCH", "/views/{id}", change)
    add(router, "DELETE", "/views/{id}", remove)
    return router
