"""How a path is described, and the paths that belong to no Resource alone."""

from typing import Any

from crm_app.core.query import OPERATORS
from crm_app.core.settings import ROWS_LIMIT
from crm_app.services import bulk, bundles, files, mass, papers, thumbnails

from .schemas import COUNT, TEXT

_JSON = "application/json"
GONE = "Removed."


def refusals(*statuses: str) -> dict[str, Any]:
    """What may go wrong everywhere, and these."""
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in ("401", "403", *statuses, "503")}


def in_query(name: str, schema: dict[str, Any], description: str, example: Any = None) -> dict[str, Any]:
    """A parameter of the address."""
    found = {"name": name, "in": "query", "schema": schema, "description": description}
    return found if example is None else found | {"example": example}


def use(*names: str) -> list[dict[str, Any]]:
    """Parameters that the document names."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def schema(name: str) -> dict[str, Any]:
    """A schema that the document names."""
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(items: dict[str, Any]) -> dict[str, Any]:
    """A page of such items."""
    properties = {"items": {"type": "array", "items": items}, "total": COUNT, "page": COUNT, "size": COUNT}
    return {"type": "object", "required": ["items", "total", "page", "size"], "properties": properties}


def gives(schema: dict[str, Any], text: str = "Done.") -> dict[str, Any]:
    """An answer of JSON."""
    return {"description": text, "content": {_JSON: {"schema": schema}}}


def takes(schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    """A body of JSON."""
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    return {"required": True, "content": {_JSON: content}}


def operation(
    tag: str, name: str, summary: str, parameters: list[Any], responses: dict[str, Any], body: Any = None
) -> dict[str, Any]:
    """One method of one address."""
    found = {"tags": [tag], "operationId": name, "summary": summary, "parameters": parameters, "responses": responses}
    return found if body is None else found | {"requestBody": body}


def other_paths() -> dict[str, Any]:
    """All of them."""
    number, which = use("id"), [_WHICH]
    return {
        **_bulk_paths(which),
        **_found_paths(),
        **_change_paths(number),
        **_attachment_paths([*which, *number], number),
        **_note_paths([*which, *number]),
        **_contact_paths(number),
        **_paper_paths([*which, *number]),
        **_export_paths(which),
        **_row_file_paths(),
    }


_WHICH = {"name": "resource", "in": "path", "required": True, "schema": TEXT, "example": "accounts"}


def reads(tag: str, name: str, summary: str, shape: dict[str, Any], parameters: list[Any]) -> dict[str, Any]:
    """A GET."""
    return {"get": operation(tag, f"{tag}.{name}", summary, parameters, {"200": gives(shape), **refusals("404")})}


def posts(
    tag: str,
    name: str,
    summary: str,
    shape: dict[str, Any],
    parameters: list[Any],
    body: Any = None,
    status: str = "200",
) -> dict[str, Any]:
    """A POST."""
    answers = {status: gives(shape), **refusals("400", "404", "422")}
    return {"post": operation(tag, f"{tag}.{name}", summary, parameters, answers, body)}


def shape_of(**properties: Any) -> dict[str, Any]:
    """An object of these properties."""
    return {"type": "object", "properties": properties}


def _bulk_paths(which: list[Any]) -> dict[str, Any]:
    many = {"type": "array", "maxItems": bulk.LIMIT, "items": {"type": "object"}}
    told = shape_of(row=COUNT, field=TEXT, message=TEXT, id={"type": ["integer", "null"]})
    text = "Of the first 100 that hold what should tell them from others: their row, from 0, and the other record."
    doubled = {"type": "array", "items": told, "description": text}
    made = shape_of(ids={"type": "array", "items": COUNT}, total=COUNT, change_set=COUNT, warnings=doubled)
    asked = [*which, *use("IdempotencyKey")]
    create = "Create up to 5,000 records, all or none"
    return {
        "/bulk/{resource}": posts("bulk", "create", create, made, asked, takes(many), "201"),
        "/bulk/{resource}/change": _mass("change", "Give every selected record the same values", asked),
        "/bulk/{resource}/remove": _mass("remove", "Remove every selected record", asked),
        "/bulk/{resource}/papers": _gather(asked),
    }


_WORDS = {"type": "object", "additionalProperties": {"type": "array", "items": TEXT, "minItems": 1}}
_DEED = {
    "values": {"type": "object", "description": "Fields and the values that every record gets; all else stays."},
    "add": _WORDS | {"description": "Fields of several words, and those that every record is given."},
    "remove": _WORDS | {"description": "Fields of several words, and those that every record loses."},
}


def _mass(verb: str, summary: str, asked: list[Any]) -> dict[str, Any]:
    """A selection in, what was done to it out; 202 where it has become a job."""
    refused = {"type": "array", "maxItems": mass.NAMED, "items": shape_of(id=COUNT, name=TEXT, detail=TEXT)}
    number = {"type": ["integer", "null"]}
    told = shape_of(field=TEXT, message=TEXT, id=number)
    warnings = {
        "type": "array",
        "items": told,
        "description": "What should tell records apart and is the same in several now.",
    }
    done = shape_of(count=COUNT, refused=COUNT, first=refused, job=number, change_set=number, warnings=warnings)
    body = _selection()
    example: dict[str, Any] = {"ids": [1, 2]}
    if verb == "change":
        body = body | {"properties": body["properties"] | _DEED}
        example |= {"values": {"city": "Madrid"}, "add": {"tags": ["vip"]}, "remove": {"roles": ["prospect"]}}
    answers = {
        "200": gives(done, "Done. Records that refuse are counted, and the first of them named."),
        "202": gives(done, f"More than {mass.SMALL} records: `job` goes through them; see GET /jobs/{{id}}."),
        **refusals("400", "404", "413", "422"),
    }
    return {"post": operation("bulk", f"bulk.{verb}", summary, asked, answers, takes(body, example))}


def _selection() -> dict[str, Any]:
    """Some records by their ids, or everything that a filter finds."""
    ids = {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1, "maxItems": mass.MOST_IDS}
    text = "The parameters of a list, such as `q` and `filter[city]`; {} is every record."
    choice = {"type": "object", "description": text, "additionalProperties": {"type": ["string", "integer"]}}
    return shape_of(ids=ids, filter=choice) | {"oneOf": [{"required": ["ids"]}, {"required": ["filter"]}]}


def _gather(asked: list[Any]) -> dict[str, Any]:
    summary = "The PDFs of many quotes, orders, delivery notes or invoices as one ZIP file"
    text = f"`job` makes the file of up to {bundles.MOST:,} documents; then it is at GET /jobs/{{id}}/papers.zip for some days."
    answers = {"202": gives(shape_of(count=COUNT, job=COUNT), text), **refusals("400", "404", "413", "422")}
    return {"post": operation("bulk", "bulk.papers", summary, asked, answers, takes(_selection(), {"ids": [1, 2]}))}


def _export_paths(which: list[Any]) -> dict[str, Any]:
    ids = f"Only these records, by their ids parted by commas, at most {mass.MOST_IDS}."
    asked = [
        *which,
        *use("q"),
        in_query("sort", TEXT, "A field's name; a leading - turns the order round."),
        in_query("columns", TEXT, "The fields to write, in this order, parted by commas.", "name,city"),
        in_query("filter[name]", TEXT, f"Any filter of the list, by its field; operators: {', '.join(OPERATORS)}."),
        in_query("ids", TEXT, ids, "1,2"),
    ]
    heads = in_query("heads", TEXT, "What stands in the first line: names (of fields), or labels.", "labels")
    kinds = (
        ("csv", "text/csv", "A list as CSV: field names as heads, values as the API writes them", [*asked, heads]),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "A list as a workbook in the caller's language",
            asked,
        ),
    )
    return {
        f"/{{resource}}/export.{ending}": {
            "get": operation("export", f"export.{ending}", summary, params, gives_file(media_type))
        }
        for ending, media_type, summary, params in kinds
    }


def gives_file(media_type: str) -> dict[str, Any]:
    """An answer that is a file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"200": {"description": "The file.", "content": content}, **refusals("404", "422")}


def _found_paths() -> dict[str, Any]:
    hit = shape_of(resource=TEXT, id=COUNT, label=TEXT, hint=TEXT)
    asked = [
        in_query("q", {"type": "string", "maxLength": 200}, "Words to search for in every list.", "nunez"),
        in_query("recent", TEXT, "Without `q`: these records, as far as they may be read.", "accounts.7,contacts.3"),
    ]
    return {"/search": reads("search", "list", "The best few records of every list", page_of(hit), asked)}


def _change_paths(number: list[Any]) -> dict[str, Any]:
    pages = use("page", "size")
    deed, parts = schema("ChangeSet"), page_of(schema("Part"))
    done = shape_of(id=COUNT, change_set=COUNT)
    one = "One change set and the records it touched"
    return {
        "/changes": reads("changes", "list", "Change sets, newest first", page_of(deed), pages),
        "/changes/{id}": reads("changes", "read", one, {"allOf": [deed, parts]}, [*number, *pages]),
        "/changes/{id}/undo": posts("changes", "undo", "Undo", done, number),
    }


def _paper_paths(which: list[Any]) -> dict[str, Any]:
    content = {"200": {"description": "The document.", "content": {"application/pdf": {}}}, **refusals("404")}
    kind = {"name": "kind", "in": "path", "required": True, "schema": {"type": "string", "enum": ["pdf"]}}
    shown = in_query("inline", {"type": "string", "enum": ["1"]}, "To be seen, not saved.")
    ids = in_query("ids", TEXT, f"Ids parted by commas, at most {papers.MOST}.", "1,2") | {"required": True}
    several = "The PDFs of several quotes, orders, delivery notes or invoices"
    return {
        "/{resource}/{id}/files/{kind}": {
            "get": operation("files", "files.content", "A document drawn from a record", [*which, kind, shown], content)
        },
        "/{resource}/papers.zip": {
            "get": operation("files", "files.bundle", several, [which[0], ids], gives_file("application/zip"))
        },
    }


def _contact_paths(number: list[Any]) -> dict[str, Any]:
    card = {"description": "RFC 6350.", "content": {"text/vcard": {"schema": TEXT}}}
    answers = {"200": card, **refusals("404")}
    return {
        "/contacts/{id}/vcard": {
            "get": operation("contacts", "contacts.vcard", "The contact as a vCard 4.0", number, answers)
        }
    }


def _note_paths(record: list[Any]) -> dict[str, Any]:
    listed = {"200": gives(page_of(schema("Note"))), **refusals("404")}
    made = {"201": gives(schema("Note"), "Written."), **refusals("400", "404", "422")}
    given = {
        "type": "object",
        "required": ["text"],
        "properties": {"text": {"type": "string", "maxLength": 5_000}},
        "additionalProperties": False,
    }
    body = takes(given, {"text": "Wants to be called on Mondays."})
    return {
        "/{resource}/{id}/notes": {
            "get": operation("notes", "notes.list", "Notes on a record", [*record, *use("below")], listed),
            "post": operation("notes", "notes.create", "Write a note", [*record, *use("IdempotencyKey")], made, body),
        }
    }


def _row_file_paths() -> dict[str, Any]:
    """Files of rates and of counted stock."""
    csv = {"text/csv": {"schema": {"type": "string", "format": "binary"}}}
    body = {"required": True, "description": f"At most {ROWS_LIMIT // 1_000_000} MB.", "content": csv}
    yes, day = {"type": "string", "enum": ["1"]}, {"type": "string", "format": "date"}
    rehearse = in_query("rehearse", yes, "Only tell what it would do.")
    rates = [
        in_query("name", TEXT, "The file's name, kept as the source of its rates."),
        rehearse,
        in_query("since", day, "Leave out what is older."),
        in_query("inverse", yes, "Its rates are what one unit of the company's currency buys."),
    ]
    counted = [
        in_query("name", TEXT, "The file's name, kept as the remark of its moves."),
        rehearse,
        in_query("day", day, "When it was counted, at the end of the day, where no line says another; today."),
    ]
    told = (
        ("exchange-rates", "Rates from a CSV file", rates),
        ("stock-moves", "Stock that was counted, from a CSV file: what is different becomes moves", counted),
    )
    answers = {"200": gives({"type": "object"}), **refusals("413", "422")}
    return {
        f"/{name}/import": {"post": operation(name, f"{name}.import", summary, asked, answers, body)}
        for name, summary, asked in told
    }


def _attachment_paths(record: list[Any], number: list[Any]) -> dict[str, Any]:
    binary = {"type": "string", "format": "binary"}
    body = {
        "required": True,
        "description": f"At most {files.LIMIT // 1_000_000} MB. Bare bytes want ?name= in the address.",
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "properties": {"file": binary}}},
            "application/octet-stream": {"schema": binary},
        },
    }
    listed = {"200": gives(page_of(schema("File"))), **refusals("404")}
    added = {"201": gives(schema("File"), "Kept."), **refusals("404", "413", "422")}
    bytes_ = {
        "200": {"description": "The bytes.", "content": {"application/octet-stream": {"schema": binary}}},
        **refusals("404", "422"),
    }
    name = in_query("name", TEXT, "The file's name.")
    inline = in_query("inline", {"type": "string", "enum": ["1"]}, "Show an image or a PDF instead of saving it.")
    small = in_query(
        "size", {"type": "string", "enum": [*thumbnails.SIDES]}, "A WebP of an image, at most so many pixels."
    )
    gone = {"204": {"description": GONE}, **refusals("404")}
    return {
        "/{resource}/{id}/attachments": {
            "get": operation("attachments", "attachments.list", "Files of a record", [*record, *use("below")], listed),
            "post": operation("attachments", "attachments.create", "Add a file", [*record, name], added, body),
        },
        "/attachments/{id}/content": {
            "get": operation("attachments", "attachments.content", "The bytes", [*number, inline, small], bytes_)
        },
        "/attachments/{id}": reads("attachments", "read", "One file", schema("File"), number)
        | {"delete": operation("attachments", "attachments.remove", "Remove a file", number, gone)},
    }
