"""Files of records over HTTP: streamed in under a limit, streamed out so that no browser runs what is in them."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import FileResponse, Response
from starlette.types import Message as AsgiMessage

from crm_app.core.errors import Invalid, Missing, TooLarge
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.services import files, thumbnails
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .calls import Call, add, admitted, has, once, refuse_large, reply, with_below
from .problems import Malformed
from .rest import resource_in
from .turns import in_thread

_ENVELOPE = 100_000  # what multipart may add around the bytes
_CHUNK = 1_000_000
# an image or a download can do nothing; a browser's PDF viewer does not start inside a sandbox
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def listing(call: Call) -> Response:
    """The files of a record."""
    with Work(call.actor) as work:
        found = files.of_record(work, resource_in(call), call.path["id"], below=with_below(call))
    items = [_plain(file) for file in found]
    return reply({"items": items, "total": len(items), "page": 1, "size": 500})


def _plain(file: files.File) -> dict[str, Any]:
    return asdict(file) | {"content": f"/api/v1/attachments/{file.id}/content"}


async def upload(request: Request) -> Response:
    """Hang a file on a record: multipart/form-data with one file, or the bare bytes with ?name= in the address."""
    actor = await in_thread(admitted, request, ("name",))
    resource = await in_thread(_may_attach, request, actor)
    form = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    refuse_large(request, files.LIMIT + (_ENVELOPE if form else 0))
    taken = await (_from_form(request) if form else _from_body(request))
    return await in_thread(_attach, request, actor, resource, *taken)


def _may_attach(request: Request, actor: Actor) -> Resource:
    resource = resource_in(_call(request, actor))
    with Work(actor) as work:
        files.may_attach(work, resource, request.path_params["id"])
    return resource


def _attach(request: Request, actor: Actor, resource: Resource, stored: files.Stored, name: str) -> Response:
    def attach() -> Response:
        with Work(actor, resource.permission("change"), label="Attach a file") as work:
            made = files.attach(work, resource, request.path_params["id"], name, stored)
        return reply(_plain(made), 201, Location=f"/api/v1/attachments/{made.id}/content")

    return once(_call(request, actor), [resource.name, request.path_params["id"], name, stored.sha256], attach)


async def _from_body(request: Request) -> tuple[files.Stored, str]:
    with await in_thread(files.Upload) as target:
        waiting = bytearray()
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _CHUNK:
                await in_thread(target.write, bytes(waiting))
                waiting.clear()
        await in_thread(target.write, bytes(waiting))
        return await in_thread(target.keep), request.query_params.get("name", "")


async def _from_form(request: Request) -> tuple[files.Stored, str]:
    """The one file of the form. Bytes are counted as they come in, whatever was announced."""
    size = 0

    async def counted() -> AsgiMessage:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > files.LIMIT + _ENVELOPE:
            raise TooLarge(files.LIMIT)
        return message

    stream = Request(request.scope, counted).stream()
    try:
        form = await MultiPartParser(request.headers, stream, max_files=1, max_fields=10).parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise Malformed(Message("The form cannot be read. Send one file in it.")) from None
    try:
        found = next((part for _, part in form.multi_items() if isinstance(part, UploadFile)), None)
        if found is None:
            raise Invalid({"file": Message("This is needed.")})
        return await in_thread(_copy, found), request.query_params.get("name") or found.filename or ""
    finally:
        await form.close()


def _copy(part: UploadFile) -> files.Stored:
    with files.Upload() as target:
        part.file.seek(0)
        while chunk := part.file.read(_CHUNK):
            target.write(chunk)
        return target.keep()


async def content(request: Request) -> Response:
    """The bytes. As a download, unless `inline=1` asks to see an image or a PDF; with `size` a small picture of an image."""
    actor = await in_thread(admitted, request, ("inline", "size"))
    file = await in_thread(_find, _call(request, actor))
    side = request.query_params.get("size")
    if side is not None:
        return await _small(request, file, side)
    inline = request.query_params.get("inline") == "1" and file.media_type in files.INLINE
    headers = {
        "ETag": f'"{file.sha256}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": files.disposition(file.name, inline=inline),
        "Content-Security-Policy": VIEWER if inline and file.media_type == "application/pdf" else SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if has(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    media_type = file.media_type if inline else files.UNKNOWN
    return FileResponse(files.path_of(file.sha256), headers=headers, media_type=media_type)


async def _small(request: Request, file: files.File, side: str) -> Response:
    path = await in_thread(thumbnails.of, file, side)
    headers = {
        "ETag": f'"{file.sha256}-{side}"',
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if has(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type=thumbnails.MEDIA_TYPE)


def _find(call: Call) -> files.File:
    with Work(call.actor) as work:
        file = files.one(work, _key(call))
    if not files.path_of(file.sha256).is_file():
        raise Missing("file", file.id)
    return file


def show(call: Call) -> Response:
    """One file: its name, kind, size and where its bytes are."""
    with Work(call.actor) as work:
        return reply(_plain(files.one(work, _key(call))))


def remove(call: Call) -> Response:
    """Take a file off its record."""
    with Work(call.actor) as work:
        resource = files.resource_holding(work, _key(call))
    with Work(call.actor, resource.permission("change"), label="Remove a file") as work:
        files.remove(work, _key(call))
    return Response(status_code=204)


def _key(call: Call) -> int:
    key = call.path["id"]
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Missing("file", key[:40])
    return int(key)


def _call(request: Request, actor: Actor) -> Call:
    return Call(actor, request.path_params, request.query_params.multi_items(), request.headers, {})


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    router.add_api_route("/attachments/{id}/content", content, methods=["GET"])
    add(router, "GET", "/attachments/{id}", show)
    add(router, "DELETE", "/attachments/{id}", remove)
    router.add_api_route("/{resource}/{id}/attachments", upload, methods=["POST"])
    add(router, "GET", "/{resource}/{id}/attachments", listing, ("below",))
    return router
