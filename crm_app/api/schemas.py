"""Field kinds, Resources and what the routes give and take, as JSON Schema."""

from collections.abc import Callable
from typing import Any

from crm_app.core import fields
from crm_app.core.fields import Kind
from crm_app.core.resource import RESOURCES, FieldSpec, Lines, Resource

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
MAYBE = {"type": ["integer", "null"]}
MOMENT = {"type": "string", "format": "date-time"}
VALUES = {"type": ["object", "null"]}


def _text(kind: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": kind.size}


def _number(kind: Any) -> dict[str, Any]:
    return {
        "type": "string",
        "pattern": r"^-?\d+(\.\d+)?$",
        "description": f"At most {kind.places} decimals.",
        "example": "10.5",
    }


def _options(kind: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [value for value, _ in kind.pairs()]}


# the nearest class of a kind's own line of descent counts
_SHAPES: dict[type[Kind], Callable[[Any], dict[str, Any]]] = {
    fields.Email: lambda kind: {
        "type": "string",
        "format": "email",
        "maxLength": kind.size,
        "example": "info@example.com",
    },
    fields.Phone: lambda kind: {"type": "string", "maxLength": kind.size, "example": "+34 600 123 456"},
    fields.Country: lambda _: {"type": "string", "pattern": "^[A-Z]{2}$", "example": "ES"},
    fields.Text: _text,
    fields.Boolean: lambda _: {"type": "boolean"},
    fields.Reference: lambda kind: {"type": "integer", "minimum": 1, "description": f"Id in `{kind.resource}`."},
    fields.Whole: lambda kind: {"type": "integer", "minimum": kind.least, "maximum": kind.most},
    fields.Number: _number,
    fields.Day: lambda _: {"type": "string", "format": "date", "example": "2026-11-23"},
    fields.MomentKind: lambda _: {"type": "string", "format": "date-time", "example": "2026-11-23T14:05:00Z"},
    fields.Choices: lambda kind: {"type": "array", "uniqueItems": True, "items": _options(kind)},
    fields.Tags: lambda _: {"type": "array", "maxItems": 30, "items": {"type": "string", "maxLength": 40}},
    fields.Choice: _options,
}


def schema_of(kind: Kind) -> dict[str, Any]:
    """The JSON schema of a value of that kind."""
    shape = next((_SHAPES[base] for base in type(kind).__mro__ if base in _SHAPES), None)
    return shape(kind) if shape else {}


def field_of(spec: FieldSpec) -> dict[str, Any]:
    """The schema of a field, with its name and whether it may be empty."""
    found = {"title": spec.label, **schema_of(spec.kind)}
    if spec.help:
        found["description"] = spec.help
    if spec.readonly:
        found["readOnly"] = True
    if spec.default is not None and not (spec.readonly and spec.default == ""):  # what a view tells has no default
        found["default"] = spec.kind.json(spec.default)
    several = found.get("type") == "array"
    if several:
        found.setdefault("description", "`null` is taken for an empty list.")
    optional = not spec.required and (spec.default is None or several)
    if optional and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def name_of(resource: Resource) -> str:
    """The name of the Resource's schema: "accounts" becomes "Account"."""
    return "".join(word.capitalize() for word in resource.one.split())


def all_schemas(shown: list[Resource]) -> dict[str, Any]:
    """Every schema of the document by its name."""
    schemas: dict[str, Any] = {}
    counted = {"id": {"type": "integer", "readOnly": True}, "version": {"type": "integer", "readOnly": True}}
    for resource in shown:
        known = {name: field_of(spec) for name, spec in resource.fields.items()}
        given: dict[str, Any] = {name: field_of(resource.fields[name]) for name in resource.writable}
        required = _needed(resource)
        for part in RESOURCES.lines(resource):
            known[part.name], given[part.name] = _lines(part, counted)
        schemas[name_of(resource)] = {"type": "object", "properties": counted | known, "required": ["id", "version"]}
        schemas[f"{name_of(resource)}Change"] = {"type": "object", "properties": given, "additionalProperties": False}
        schemas[f"{name_of(resource)}New"] = schemas[f"{name_of(resource)}Change"] | (
            {"required": required} if required else {}
        )
    return schemas | _FIXED


def _needed(resource: Resource) -> list[str]:
    return [
        name for name in resource.writable if resource.fields[name].required and resource.fields[name].default is None
    ]


_ORIGIN = {
    "type": ["integer", "null"],
    "readOnly": True,
    "description": "Id of the line that this one was made from, however far back.",
}


def _lines(part: Lines, counted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schemas of the lines inside a record: as they are given out, and as they are taken."""
    inside = {name: field_of(spec) for name, spec in part.resource.fields.items()}
    inside |= dict.fromkeys(part.resource.origins, _ORIGIN)
    taken: dict[str, Any] = {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "description": "Of a line that stays; without it the line is new."},
            "version": {"type": "integer"},
        }
        | inside,
        "additionalProperties": False,
    }
    needed = _needed(part.resource)
    text = "The whole list: a line with an `id` is changed, one without is new, one that is missing is removed."
    if needed:
        text += " A new line needs " + ", ".join(f"`{name}`" for name in needed) + "."
    given = {"type": "object", "properties": counted | inside, "required": ["id", "version"]}
    array = {"type": "array", "title": part.resource.many, "maxItems": part.limit}
    return array | {"items": given}, array | {"items": taken, "description": text}


_FIXED: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "example": "/api/v1/docs#invalid"},
            "title": TEXT,
            "status": {"type": "integer", "example": 422},
            "detail": {"type": "string", "description": "A sentence in the caller's language."},
            "fields": {"type": "object", "additionalProperties": TEXT, "example": {"name": "This is needed."}},
            "moves": {"type": "array", "items": TEXT},
            "version": {"type": "integer"},
            "theirs": {"type": "object"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/RowProblem"}},
        },
    },
    "RowProblem": {
        "type": "object",
        "description": "What is wrong with one of many records; `row` counts from 0.",
        "properties": {"row": COUNT, "fields": {"type": "object", "additionalProperties": TEXT}},
    },
    "File": {
        "type": "object",
        "properties": {
            "id": COUNT,
            "name": TEXT,
            "media_type": TEXT,
            "size": COUNT,
            "sha256": TEXT,
            "created_at": {"type": "string", "format": "date-time"},
            "author": {"type": ["integer", "null"]},
            "record": COUNT,
            "content": {"type": "string", "format": "uri-reference"},
        },
    },
    "Note": {
        "type": "object",
        "properties": {
            "id": COUNT,
            "text": TEXT,
            "created_at": {"type": "string", "format": "date-time"},
            "author": {"type": ["integer", "null"]},
            "record": COUNT,
            "change_set": {"type": "integer", "description": "Only in the answer that makes it."},
        },
    },
    "ChangeSet": {
        "type": "object",
        "properties": {
            "id": COUNT,
            "at": MOMENT,
            "actor": MAYBE,
            "who": TEXT,
            "verb": {
                "type": "string",
                "description": "The permission under which it was done.",
                "example": "accounts.change",
            },
            "label": {"type": "string", "description": "What it was, in the caller's language."},
            "undoes": MAYBE | {"description": "The change set that it took back."},
            "undone": {"type": "boolean", "description": "Whether a later one took it back."},
        },
    },
    "Part": {
        "type": "object",
        "description": "One record's part in a change set: the columns that changed. None before what is new, none after what is gone.",
        "properties": {"resource": TEXT, "record": COUNT, "before": VALUES, "after": VALUES},
    },
    "Entry": {
        "type": "object",
        "description": "What one change set did to a record, in the caller's words.",
        "properties": {
            "change_set": COUNT,
            "at": MOMENT,
            "who": TEXT,
            "verb": TEXT,
            "kind": {"type": "string", "enum": ["create", "change", "remove", "note"]},
            "label": TEXT,
            "steps": {
                "type": "array",
                "items": {"type": "object", "properties": {"label": TEXT, "before": TEXT, "after": TEXT}},
            },
            "undoes": MAYBE,
            "undone": {"type": "boolean"},
            "mine": {"type": "boolean", "description": "Whether you may undo it."},
            "note": MAYBE,
            "text": {"type": "string", "description": "Of a note: its text as it was written."},
        },
    },
    "Paper": {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "example": "pdf"},
            "name": TEXT,
            "size": COUNT | {"description": "Bytes; 0 until it is drawn."},
            "sha256": TEXT,
            "ready": {"type": "boolean", "description": "It lies in the store; else it is drawn when it is asked for."},
        },
    },
    "Related": {
        "type": "object",
        "properties": {
            "title": TEXT,
            "total": COUNT,
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"resource": TEXT, "id": COUNT, "name": TEXT, "more": TEXT, "level": COUNT},
                },
            },
        },
    },
    "View": {
        "type": "object",
        "properties": {
            "id": COUNT,
            "resource": TEXT,
            "name": TEXT,
            "query": {"type": "string", "description": "The query part of the list's address."},
            "shared": {"type": "string", "enum": ["personal", "team", "everybody"]},
            "mine": {"type": "boolean", "description": "Whether you may change it."},
        },
    },
    "Token": {
        "type": "object",
        "properties": {
            "id": COUNT,
            "name": TEXT,
            "scopes": {"type": "array", "items": TEXT, "example": ["accounts.read"]},
            "created_at": {"type": "string", "format": "date-time"},
            "used_at": {"type": ["string", "null"], "format": "date-time"},
            "token": {"type": "string", "description": "Only in the answer that makes it."},
        },
    },
    "Job": {
        "type": "object",
        "properties": {
            "id": COUNT,
            "name": TEXT,
            "state": {"type": "string", "enum": ["waiting", "running", "done", "failed", "cancelled"]},
            "due_at": {"type": "string", "format": "date-time"},
            "attempts": COUNT,
            "done": COUNT,
            "total": COUNT,
            "title": {"type": "string", "description": "What it does, in the caller's language."},
            "actor": {"type": ["integer", "null"], "description": "Who asked for it; none for the program itself."},
            "error": TEXT,
            "result": {"type": ["object", "null"], "description": "What came of it, as far as it is."},
            "created_at": {"type": "string", "format": "date-time"},
            "finished_at": {"type": ["string", "null"], "format": "date-time"},
        },
    },
}
