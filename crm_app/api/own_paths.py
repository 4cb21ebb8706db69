"""The paths of what belongs to people: their tokens, views and jobs, and what their roles let them do."""

from typing import Any

from crm_app.models.users import SCOPES
from crm_app.models.views import Shared
from crm_app.services.jobs import STATES

from .paths import (
    GONE,
    gives,
    gives_file,
    in_query,
    operation,
    page_of,
    posts,
    reads,
    refusals,
    schema,
    shape_of,
    takes,
    use,
)
from .schemas import COUNT, TEXT


def own_paths() -> dict[str, Any]:
    """All of them."""
    number = use("id")
    return {**_token_paths(number), **_view_paths(number), **_permission_paths(number), **_job_paths(number)}


def _token_paths(number: list[Any]) -> dict[str, Any]:
    token = schema("Token")
    body = takes(token, {"name": "Shop", "scopes": ["accounts.read"]})
    gone = {"204": {"description": GONE}, **refusals("404")}
    return {
        "/tokens": reads("tokens", "list", "Your tokens", page_of(token), [])
        | posts("tokens", "create", "Create a token", token, [], body, "201"),
        "/tokens/{id}": {"delete": operation("tokens", "tokens.remove", "Take a token back", number, gone)},
    }


def _view_paths(number: list[Any]) -> dict[str, Any]:
    view = schema("View")
    readers = {"type": "string", "enum": [member.value for member in Shared], "default": "personal"}
    given: dict[str, Any] = {
        "name": {"type": "string", "maxLength": 60},
        "query": TEXT | {"description": "The query part of the list's address: text, filters, sort, columns."},
        "shared": readers,
    }
    new = {
        "type": "object",
        "required": ["resource", "name"],
        "properties": {"resource": TEXT} | given,
        "additionalProperties": False,
    }
    changed = {"type": "object", "properties": given, "additionalProperties": False}
    example = {"resource": "accounts", "name": "Soria", "query": "filter[city]=Soria&sort=-name", "shared": "team"}
    gone = {"204": {"description": GONE}, **refusals("404")}
    answers = {"200": gives(view), **refusals("400", "404", "422")}
    which = [in_query("resource", TEXT, "Only those of this list.", "accounts")]
    summary = "Saved views: your own, your team's and everybody's"
    return {
        "/views": reads("views", "list", summary, page_of(view), which)
        | posts("views", "create", "Save a view", view, [], takes(new, example), "201"),
        "/views/{id}": reads("views", "read", "One view", view, number)
        | {
            "patch": operation("views", "views.change", "Change a view of yours", number, answers, takes(changed)),
            "delete": operation("views", "views.remove", "Remove a view of yours", number, gone),
        },
    }


def _permission_paths(number: list[Any]) -> dict[str, Any]:
    scope = {"type": "string", "enum": list(SCOPES)}
    held = shape_of(id=COUNT, version=COUNT, permissions={"type": "object", "additionalProperties": scope})
    given = {"type": ["string", "null"], "enum": [*SCOPES, "", None], "description": "Empty takes it away."}
    body = takes({"type": "object", "additionalProperties": given}, {"accounts.read": "team", "accounts.remove": ""})
    one = shape_of(permission=TEXT, scopes={"type": "array", "items": scope})
    answers = {"200": gives(held), **refusals("400", "404", "412", "422")}
    asked = [*number, *use("IfMatch")]
    change = operation("roles", "roles.permit", "Give and take permissions; all others stay", asked, answers, body)
    return {
        "/permissions": reads("roles", "permissions", "Every permission that a role can hold", page_of(one), []),
        "/roles/{id}/permissions": reads("roles", "permitted", "What a role may do", held, number) | {"patch": change},
    }


def _job_paths(number: list[Any]) -> dict[str, Any]:
    job = schema("Job")
    asked = [
        in_query("filter[state]", TEXT, f"Only in this state: {', '.join(STATES)}.", "running"),
        *use("page", "size"),
    ]
    return {
        "/jobs": reads("jobs", "list", "Your jobs, newest first; administrators see all", page_of(job), asked),
        "/jobs/{id}": reads("jobs", "read", "One job", job, number),
        "/jobs/{id}/refused.csv": {
            "get": operation(
                "jobs", "jobs.refused", "The records that it left, and why", number, gives_file("text/csv")
            )
        },
        "/jobs/{id}/papers.zip": {
            "get": operation(
                "jobs", "jobs.papers", "The PDFs that it has gathered", number, gives_file("application/zip")
            )
        },
        "/jobs/{id}/cancel": posts("jobs", "cancel", "Cancel", job, number),
        "/jobs/{id}/retry": posts("jobs", "retry", "Try again", job, number),
    }
