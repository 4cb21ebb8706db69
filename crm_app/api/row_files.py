"""A file of rows over HTTP: read under a limit, rehearsed, or written as one act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from fastapi import APIRouter, Request
from starlette.responses import Response

from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue, Boolean
from crm_app.core.kind import Kind
from crm_app.core.settings import ROWS_LIMIT
from crm_app.services.actors import Actor
from crm_app.services.csv_files import Refused
from crm_app.services.work import Work

from .calls import admitted, read_body, reply
from .turns import in_thread


@dataclass(frozen=True)
class Sent:
    """What came: the file, what is asked beside it, the Idempotency-Key. With `rehearse` nothing is written."""

    name: str
    content: bytes
    asked: Mapping[str, Any]
    once: str | None
    rehearse: bool


class Told(Protocol):
    """What every such file is answered with."""

    @property
    def first(self) -> date | None: ...
    @property
    def last(self) -> date | None: ...
    @property
    def wrong(self) -> int: ...
    @property
    def refused(self) -> Sequence[Refused]: ...
    @property
    def change_set(self) -> int | None: ...


def route(
    router: APIRouter,
    path: str,
    asks: Mapping[str, Kind],
    may: Callable[[Work], None],
    take: Callable[[Actor, Sent], dict[str, Any]],
) -> None:
    """The bytes of the file are the body, ?name= in the address what it is called. Who may not is refused before they are read."""

    async def taken(request: Request) -> Response:
        actor = await in_thread(admitted, request, ("name", "rehearse", *asks))
        await in_thread(_refuse_whom, actor, may)
        asked = _asked(request, {"rehearse": Boolean(), **asks})
        content = await read_body(request, ROWS_LIMIT)
        once, rehearse = request.headers.get("idempotency-key"), bool(asked.pop("rehearse"))
        sent = Sent(request.query_params.get("name", ""), content, asked, once, rehearse)
        return reply(await in_thread(take, actor, sent))

    router.add_api_route(path, taken, methods=["POST"], include_in_schema=False)


def plain(actor: Actor, told: Told) -> dict[str, Any]:
    """What every answer says: the days, the lines refused with why, the change set."""
    say = actor.speech.say
    return {
        "from": told.first.isoformat() if told.first else None, "to": told.last.isoformat() if told.last else None,
        "refused": told.wrong, "lines": [{"line": one.line, "detail": say(one.why)} for one in told.refused],
        "change_set": told.change_set,
    }  # fmt: skip


def _refuse_whom(actor: Actor, may: Callable[[Work], None]) -> None:
    with Work(actor) as work:
        may(work)


def _asked(request: Request, asks: Mapping[str, Kind]) -> dict[str, Any]:
    found = {}
    for name, kind in asks.items():
        try:
            found[name] = kind.parse(request.query_params.get(name))
        except BadValue as bad:
            raise Invalid({name: bad.message}) from None
    return found
