"""A list as a file: what is filtered, with the columns that were chosen. Also for a browser with its cookie."""

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.query import Query
from crm_app.core.resource import Resource
from crm_app.services import exchange, files, mass, papers
from crm_app.services.work import Work

from .calls import LISTED, Call, add
from .rest import resource_in

_CHUNK = 256_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(call: Call) -> Response:
    """Comma-separated values as the API writes them; heads are field names, with `heads=labels` the caller's words for them."""
    heads = dict(call.params).get("heads", "names")
    if heads not in ("names", "labels"):
        raise Invalid({"heads": Message("Use only: {options}.", options="names, labels")})
    write = partial(exchange.export_csv, heads=heads == "labels")
    return _file(call, "csv", "text/csv; charset=utf-8", write)


def as_xlsx(call: Call) -> Response:
    """A workbook in the caller's language."""
    return _file(call, "xlsx", XLSX, exchange.export_xlsx)


def _file(call: Call, ending: str, media_type: str, write: Callable[..., int]) -> Response:
    """Written to the disk first: the database is free again however slowly the caller reads. `ids` picks records."""
    resource = resource_in(call)
    query, ids = Query.from_params(call.params), _ids(dict(call.params).get("ids", ""))
    with tempfile.TemporaryDirectory(prefix="crm-export-") as folder:
        target = Path(folder, f"list.{ending}")
        with Work(call.actor) as work:
            write(work, resource, target, query, ids)
        opened = target.open("rb")  # open, it outlives its name
    return _sent(call, resource, opened, ending, media_type)


def papers_zip(call: Call) -> Response:
    """The PDFs of the documents that `ids` names; each is drawn, and all are written to the disk, before anything is sent."""
    resource = resource_in(call)
    opened = tempfile.TemporaryFile(prefix="crm-papers-")  # noqa: SIM115 - what sends it closes it
    try:
        papers.bundle(call.actor, resource, _ids(dict(call.params).get("ids", "")) or [], opened)
    except BaseException:
        opened.close()
        raise
    return _sent(call, resource, opened, "zip", "application/zip")


def _sent(call: Call, resource: Resource, opened: BinaryIO, ending: str, media_type: str) -> Response:
    """The file is named after the list and the day."""
    name = f"{call.actor.speech.say(resource.many).lower()} {clock.now():%Y-%m-%d}.{ending}"
    return sent(opened, name, media_type)


def sent(opened: BinaryIO, name: str, media_type: str) -> Response:
    """The whole of that file, which is closed in the end."""
    size = opened.seek(0, os.SEEK_END)
    opened.seek(0)
    headers = {
        "Content-Disposition": files.disposition(name, inline=False),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_parts(opened), headers=headers | {"Content-Length": str(size)}, media_type=media_type)


def _parts(opened: BinaryIO) -> Iterator[bytes]:
    """No FileResponse: it leaves the sending to the server, who would look for the file when it is gone."""
    with opened:
        while part := opened.read(_CHUNK):
            yield part


def _ids(text: str) -> list[int] | None:
    if not text:
        return None
    parts = text.split(",")
    if len(parts) > mass.MOST_IDS or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise Invalid({"ids": Message("Send 1 to {count} ids.", count=mass.MOST_IDS)})
    return [int(part) for part in parts]


def routes() -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    add(router, "GET", "/{resource}/export.csv", as_csv, (*LISTED, "ids", "heads"))
    add(router, "GET", "/{resource}/export.xlsx", as_xlsx, (*LISTED, "ids"))
    add(router, "GET", "/{resource}/papers.zip", papers_zip, ("ids",))
    return router
