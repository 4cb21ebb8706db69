"""The API's own description: openapi.json, and the same for people to read. Both are public; neither holds data."""

from functools import cache
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from . import openapi
from .problems import KINDS, dump

_POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=300",
}


async def document(_request: Request) -> Response:
    """The OpenAPI document."""
    return Response(openapi.as_bytes(), headers=_HEADERS, media_type="application/json")


async def page(_request: Request) -> Response:
    """The page."""
    return Response(_page(), headers=_HEADERS, media_type="text/html")


async def style(_request: Request) -> Response:
    """The page's style; colours and type come from the product's tokens."""
    return Response(_STYLE, headers=_HEADERS, media_type="text/css")


@cache
def _page() -> str:
    found = openapi.document()
    tags = [tag["name"] for tag in found["tags"]]
    groups = {tag: [] for tag in tags}  # type: dict[str, list[tuple[str, str, dict[str, Any]]]]
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append((path, method, operation))
    words = {tag["name"]: tag["description"] for tag in found["tags"]}
    contents = "".join(f'<li><a href="#{tag}">{escape(words[tag])}</a></li>' for tag in tags)
    sections = "".join(_section(tag, words[tag], groups[tag], found) for tag in tags)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>CRM API</title><link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/api/v1/docs.css"></head>
<body><nav aria-label="Contents"><p class="brand">CRM API</p><ul><li><a href="#start">Start</a></li>{contents}
<li><a href="#problems">Errors</a></li></ul></nav>
<main><header id="start"><h1>CRM API</h1><p>{_marked(found["info"]["description"])}</p>{_START}
<p><a href="/api/v1/openapi.json">openapi.json</a> describes the same for programs.</p></header>
{sections}{_problems()}</main></body></html>"""


_START = """<pre><code>curl -H "Authorization: Bearer $TOKEN" "$SERVER/api/v1/accounts?q=nunez&amp;sort=-created_at&amp;size=20"

curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
     -H "Idempotency-Key: shop-2041" -d '{"name": "José Núñez S.L."}' "$SERVER/api/v1/accounts"</code></pre>"""


def _marked(text: str) -> str:
    """Escaped, with `words in backticks` as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _section(tag: str, title: str, operations: list[tuple[str, str, dict[str, Any]]], found: dict[str, Any]) -> str:
    shown = "".join(_operation(path, method, operation, found) for path, method, operation in operations)
    schema = _schema_of(operations, found)
    table = f"<h3>Fields</h3>{_fields(schema)}" if schema else ""
    return f'<section id="{escape(tag)}"><h2>{escape(title)}</h2>{table}{shown}</section>'


def _schema_of(operations: list[tuple[str, str, dict[str, Any]]], found: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the record that these operations are about: what reading one gives."""
    for _, method, operation in operations:
        content = operation["responses"].get("200", {}).get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        if method == "get" and name:
            new = found["components"]["schemas"].get(f"{name}New", {})
            return {**found["components"]["schemas"][name], "needed": new.get("required", [])}
    return None


def _fields(schema: dict[str, Any]) -> str:
    rows = []
    for name, shape in schema["properties"].items():
        notes = [shape.get("title", ""), shape.get("description", "")]
        if "maxLength" in shape:
            notes.append(f"at most {shape['maxLength']} characters")
        if shape.get("readOnly"):
            notes.append("read only")
        if "default" in shape:
            notes.append(f"default {shape['default']}")
        if name in schema["needed"]:
            notes.append("needed")
        text = escape("; ".join(note for note in notes if note))
        rows.append(f"<tr><td><code>{escape(name)}</code></td><td>{escape(_type(shape))}</td><td>{text}</td></tr>")
    return f'<div class="wide"><table><thead><tr><th>Field</th><th>Type</th><th></th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _type(shape: dict[str, Any]) -> str:
    kind = shape.get("type", "")
    names = [name for name in kind if name != "null"] if isinstance(kind, list) else [kind]
    if "enum" in shape:
        return " · ".join(str(value) for value in shape["enum"] if value is not None)
    if names == ["array"]:
        return f"list of {_type(shape['items'])}"
    return str(shape.get("format", names[0]))


def _operation(path: str, method: str, operation: dict[str, Any], found: dict[str, Any]) -> str:
    known = found["components"]["parameters"]
    parameters = [
        known[part["$ref"].rpartition("/")[2]] if "$ref" in part else part for part in operation["parameters"]
    ]
    rows = "".join(
        f"<tr><td><code>{escape(part['name'])}</code></td><td>{part['in']}</td><td>{escape(part.get('description', ''))}</td></tr>"
        for part in parameters
    )
    table = f'<div class="wide"><table><tbody>{rows}</tbody></table></div>' if rows else ""
    answers = "".join(
        f"<li><b>{status}</b> {_marked(_answer(response, found))}</li>"
        for status, response in operation["responses"].items()
    )
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><span class="method {method}">{method.upper()}</span>'
        f'<code class="path">{escape(path)}</code><span class="what">{escape(operation["summary"])}</span></summary>'
        f'<div class="body">{table}{_example(operation)}<ul class="answers">{answers}</ul></div></details>'
    )


def _answer(response: dict[str, Any], found: dict[str, Any]) -> str:
    if "$ref" in response:
        response = found["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return str(response["description"])


def _example(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return (
        f"<pre><code>{escape(dump(content['example']).decode(), quote=False)}</code></pre>"
        if content.get("example")
        else ""
    )


def _problems() -> str:
    rows = "".join(
        f'<tr id="{code}"><td><code>{status}</code></td><td><code>{code}</code></td><td>{escape(title)}</td></tr>'
        for _, status, code, title in KINDS
    )
    return (
        '<section id="problems"><h2>Errors</h2><p>Every error is an <code>application/problem+json</code> with <code>type</code>, '
        "<code>title</code>, <code>status</code> and <code>detail</code>, a sentence in your language.</p>"
        f'<div class="wide"><table><thead><tr><th>Status</th><th>Name</th><th></th></tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


_STYLE = """
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: var(--space-4) }
body { margin: 0; background: var(--canvas); color: var(--ink); font: var(--text-body); display: grid; grid-template-columns: 220px minmax(0, 1fr) }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: var(--space-5) var(--space-4); border-right: var(--border) }
nav ul { list-style: none; margin: 0; padding: 0 }
nav a { display: block; padding: var(--space-1) var(--space-2); border-radius: var(--radius-2); color: var(--ink-2); text-decoration: none }
nav a:hover { background: var(--hover); color: var(--ink) }
.brand { font: var(--text-h2); margin: 0 0 var(--space-3); padding: 0 var(--space-2) }
main { padding: var(--space-6) var(--space-6) var(--space-9); max-width: 980px; background: var(--surface); min-height: 100vh }
h1 { font: var(--text-figure); margin: 0 0 var(--space-3) } h2 { font: var(--text-h1); margin: var(--space-8) 0 var(--space-3) }
h3 { font: var(--text-h3); margin: var(--space-4) 0 var(--space-2) }
a { color: var(--accent-text) } :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px }
code { font-family: var(--font-mono); font-size: 12px } pre { background: var(--sunken); border: var(--border); border-radius: var(--radius-3); padding: var(--space-3) var(--space-4); overflow: auto }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font: var(--text-table); margin: 0 0 var(--space-3) }
th { text-align: left; color: var(--ink-2); font: var(--text-small); border-bottom: var(--border-strong); padding: var(--space-2) }
td { border-bottom: var(--border); padding: var(--space-2); vertical-align: top } tr:target { background: var(--selected) }
details { border: var(--border); border-radius: var(--radius-3); margin: 0 0 var(--space-2); background: var(--raised) }
summary { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: center; padding: var(--space-2) var(--space-3); cursor: pointer; list-style: none }
summary:hover { background: var(--hover) } .path { font-size: 13px } .what { color: var(--ink-2); margin-left: auto }
.body { padding: var(--space-3); border-top: var(--border) } .answers { margin: 0; padding-left: var(--space-4); color: var(--ink-2); font: var(--text-table) }
.method { font: var(--text-micro); min-width: 56px; text-align: center; padding: 1px 6px; border-radius: var(--radius-1); background: var(--draft-subtle); color: var(--draft-text) }
.get { background: var(--open-subtle); color: var(--open-text) } .post { background: var(--done-subtle); color: var(--done-text) }
.patch { background: var(--wait-subtle); color: var(--wait-text) } .delete { background: var(--late-subtle); color: var(--late-text) }
@media (max-width: 800px) { body { display: block } nav { position: static; height: auto; border-right: 0 } main { padding: var(--space-4) } }
@media print { nav { display: none } details > .body { display: block } }
"""


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    router.add_api_route("/openapi.json", document, methods=["GET"])
    router.add_api_route("/docs", page, methods=["GET"])
    router.add_api_route("/docs.css", style, methods=["GET"])
    return router
