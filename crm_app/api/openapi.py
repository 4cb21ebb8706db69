"""The OpenAPI 3.1 document, made from the Resources: it cannot say anything else than what the routes do."""

from functools import cache
from typing import Any

from crm_app.core.fields import Computed
from crm_app.core.query import MAX_SIZE, OPERATORS, PAGE_SIZE
from crm_app.core.resource import RESOURCES, Resource
from crm_app.services import actions, merged

from .money_paths import money_paths
from .own_paths import own_paths
from .paths import gives, in_query, operation, other_paths, page_of, reads, refusals, schema, shape_of, takes, use
from .problems import dump
from .schemas import COUNT, MAYBE, TEXT, all_schemas, field_of, name_of, schema_of

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_OPERATOR_WORDS = {
    "eq": "is equal to",
    "ne": "is not equal to",
    "in": "is one of several values parted by commas",
    "lt": "is less than",
    "le": "is at most",
    "gt": "is more than",
    "ge": "is at least",
    "between": "lies between two values parted by a comma",
    "contains": "contains the text",
    "starts": "starts with the text",
    "empty": "is empty (true) or not (false)",
}
_REFUSALS = {
    "400": "The body is not valid JSON.",
    "401": "No token, or one that is not valid.",
    "403": "The role does not allow it.",
    "404": "There is no such record, or it may not be seen.",
    "409": "The record's state does not allow the verb; `moves` are those that it does.",
    "410": "It was merged into another record, `id`; nothing was done to that one.",
    "412": "Somebody else changed the record; `version` is the stored one, `theirs` their values.",
    "413": "Too large.",
    "422": "Not valid; `fields` says what is wrong at which field.",
    "429": "Too many attempts; see `Retry-After`.",
    "503": "The database does not answer just now; nothing was saved.",
}


@cache
def document() -> dict[str, Any]:
    """The whole document. Made once: the Resources do not change while the program runs."""
    shown = [resource for resource in RESOURCES if resource.api]
    paths: dict[str, Any] = {}
    for resource in shown:
        paths |= _paths_of(resource)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "CRM API", "version": "1", "description": _INTRODUCTION},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "tags": [{"name": resource.name, "description": resource.many} for resource in shown] + _OTHER_TAGS,
        "paths": paths | other_paths() | own_paths() | money_paths(),
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token from POST /tokens or `crm token add`.",
                }
            },
            "schemas": all_schemas(shown),
            "responses": {f"Problem{status}": _problem(text) for status, text in _REFUSALS.items()},
            "parameters": _parameters(),
        },
    }


_INTRODUCTION = (
    "Money, quantities and rates are JSON strings; dates are ISO 8601, times UTC. Every record has a `version`, which is also "
    "its `ETag`: send it back as `If-Match` and a change that would overwrite somebody else's is refused (412). Send an "
    "`Idempotency-Key` with any POST and it can be repeated safely. Errors are RFC 9457 problems."
)
_OTHER_TAGS = [
    {"name": "bulk", "description": "Many records at once"},
    {"name": "export", "description": "Lists as files"},
    {"name": "attachments", "description": "Files of records"},
    {"name": "files", "description": "Documents drawn from records"},
    {"name": "notes", "description": "Notes on records"},
    {"name": "changes", "description": "What was done, and undo"},
    {"name": "search", "description": "Every list at once"},
    {"name": "tokens", "description": "Your own API tokens"},
    {"name": "views", "description": "Saved views of lists"},
    {"name": "jobs", "description": "Work that runs later"},
]


_BEFORE = in_query("before", COUNT, "What is older than the change set of that id: the `next` of the page before.")
_THEN = in_query(
    "as_of",
    {"type": "string", "format": "date-time"},
    "The record's own fields as they were at that time, without its lines.",
    "2026-11-23T14:05:00Z",
)


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/problem+json": {"schema": _PROBLEM}}}


def _parameters() -> dict[str, Any]:
    return {
        "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}, "example": 1},
        "q": in_query(
            "q", {"type": "string", "maxLength": 200}, "Words to search for; accents and case do not matter.", "nunez"
        ),
        "page": in_query("page", {"type": "integer", "minimum": 1, "default": 1}, "Page, from 1."),
        "size": in_query(
            "size", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": PAGE_SIZE}, "Records a page."
        ),
        "fields": in_query(
            "fields",
            {"type": "string"},
            "Only these fields, parted by commas. Lines inside the records come in lists only when they are named here.",
        ),
        "below": in_query(
            "below", {"type": "boolean", "default": False}, "Also of the records below this one in its tree."
        ),
        "IfMatch": _header("If-Match", "The ETag that came with the record.", '"3"'),
        "IdempotencyKey": _header(
            "Idempotency-Key", "A word of yours, different for each request; at most 200 characters.", "order-2041"
        ),
    }


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": description, "example": example}


def _paths_of(resource: Resource) -> dict[str, Any]:
    if resource.name == SINGLE:
        return {f"/{resource.name}": _single(resource)}
    key = f"/{resource.name}/{{id}}"
    paths: dict[str, Any] = {f"/{resource.name}": _collection(resource), key: _record(resource)}
    if resource.sums:
        paths[f"/{resource.name}/sums"] = {"get": _sums(resource)}
    for found in actions.of(resource.name):
        paths[f"{key}/{found.verb}"] = {"post": _action(resource, found)}
    below, number = use("below") if resource.tree else [], use("id")
    beside: tuple[tuple[str, str, str, list[Any], dict[str, Any]], ...] = (
        ("changes", "What happened to it, newest first", "Entry", [_BEFORE, *use("size")], {"next": MAYBE}),
        ("files", "Documents drawn from it", "Paper", [], {}),
        ("related", "What belongs to it and is kept elsewhere", "Related", below, {}),
    )
    for part, summary, name, asked, more in beside:
        listed = shape_of(items={"type": "array", "items": schema(name)}, **more)
        paths[f"{key}/{part}"] = reads(resource.name, part, summary, listed, [*number, *asked])
    return paths


SINGLE = "settings"  # one record, at the address of a list


def _single(resource: Resource) -> dict[str, Any]:
    return {method: spec | {"parameters": spec["parameters"][1:]} for method, spec in _record(resource).items()}


def _collection(resource: Resource) -> dict[str, Any]:
    sortable = [spec.name for spec in resource.shown.values() if spec.sortable]
    order = {"type": "string", "enum": [*sortable, *(f"-{name}" for name in sortable)]}
    parameters = [
        *use("q", "page", "size", "fields"),
        in_query("sort", order, "A leading - turns the order round."),
        *_filters(resource),
    ]
    answers = {"200": gives(page_of(schema(name_of(resource)))), **refusals("422")}
    found = {"get": operation(resource.name, f"{resource.name}.list", resource.many, parameters, answers)}
    if "create" in resource.verbs:
        made = {
            "201": gives(_written(resource), "Created; its address is in `Location`."),
            **refusals("400", "413", "422"),
        }
        body = takes(schema(f"{name_of(resource)}New"), example_of(resource))
        found["post"] = operation(resource.name, f"{resource.name}.create", "Create", use("IdempotencyKey"), made, body)
    return found


def _written(resource: Resource) -> dict[str, Any]:
    """The record that was made or changed, with what there is to warn of."""
    shape = schema(name_of(resource))
    if not resource.telling:
        return shape
    text = "Left out where no other record holds the same in: {}. `id` is null for one that you may not see."
    one = {"type": "object", "properties": {"field": TEXT, "message": TEXT, "id": {"type": ["integer", "null"]}}}
    warnings = {"type": "array", "description": text.format(", ".join(resource.telling)), "items": one}
    return {"allOf": [shape, {"type": "object", "properties": {"warnings": warnings}}]}


def _sums(resource: Resource) -> dict[str, Any]:
    """What the list comes to, per currency."""
    amounts = {name: field_of(resource.fields[name]) for name in resource.sums}
    one = {"type": "object", "properties": {"currency": TEXT, "count": COUNT} | amounts}
    answers = {
        "200": gives({"type": "object", "properties": {"items": {"type": "array", "items": one}}}),
        **refusals("422"),
    }
    text = "What all that is found comes to, per currency; what is contrary (a credit note) is taken away"
    if resource.uncounted is not None:
        text += f", what {resource.uncounted.url} finds is left out unless it is asked for"
    return operation(resource.name, f"{resource.name}.sums", text, [*use("q"), *_filters(resource)], answers)


def example_of(resource: Resource) -> dict[str, Any]:
    """The least that a new record needs."""
    found: dict[str, Any] = {}
    for name in resource.writable:
        spec = resource.fields[name]
        if spec.required and spec.default is None:
            shape = schema_of(spec.kind)
            found[name] = shape.get("example", 1 if shape.get("type") == "integer" else spec.label)
    return found


def _filters(resource: Resource) -> list[dict[str, Any]]:
    found = []
    for spec in resource.asked.values():
        shape = schema_of(spec.kind) if isinstance(spec.kind, Computed) else TEXT
        for operator in (name for name in OPERATORS if name in spec.kind.operators):
            name = f"filter[{spec.name}]" + ("" if operator == "eq" else f"[{operator}]")
            given = {"type": "boolean"} if operator == "empty" else TEXT if operator == "in" else shape
            found.append(in_query(name, given, f"{spec.label} {_OPERATOR_WORDS[operator]}."))
    return found


def _record(resource: Resource) -> dict[str, Any]:
    tag, shape = resource.name, schema(name_of(resource))
    gone = ("404", "410") if merged.happens(resource.name) else ("404",)
    found = {
        "get": operation(
            tag, f"{tag}.read", "Read", [*use("id"), _THEN, *use("fields")], {"200": gives(shape), **refusals("404")}
        )
    }
    if "change" in resource.verbs:
        answers = {"200": gives(_written(resource)), **refusals("400", *gone, "409", "412", "413", "422")}
        body = takes(schema(f"{name_of(resource)}Change"))
        found["patch"] = operation(tag, f"{tag}.change", "Change", use("id", "IfMatch"), answers, body)
    if "remove" in resource.verbs:
        answers = {"204": {"description": "Removed."}, **refusals(*gone, "409", "412", "422")}
        found["delete"] = operation(tag, f"{tag}.remove", "Remove", use("id", "IfMatch"), answers)
    return found


def _action(resource: Resource, found: actions.Action) -> dict[str, Any]:
    given = {name: field_of(resource.fields[name]) if name in resource.fields else {} for name in found.fields}
    result = {"type": "object", "properties": {"resource": TEXT, "id": COUNT}}
    shape = {
        "allOf": [
            schema(name_of(resource)),
            {"type": "object", "properties": {"result": result, "change_set": COUNT}},
        ]
    }
    answers = {"200": gives(shape), **refusals("400", "404", "409", "412", "422")}
    body = {"required": False, "content": {"application/json": {"schema": {"type": "object", "properties": given}}}}
    parameters = use("id", "IfMatch", "IdempotencyKey")
    return operation(resource.name, f"{resource.name}.{found.verb}", found.label, parameters, answers, body)


@cache
def as_bytes() -> bytes:
    """The document as it is sent."""
    return dump(document())
