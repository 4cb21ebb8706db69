"""From an HTTP request to a Call that a route acts on: who calls, what they sent, and a thread to do the work in."""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import Response

from crm_app.core.errors import Invalid, NotSignedIn, TooLarge
from crm_app.core.fields import BadValue, Boolean
from crm_app.core.i18n import Message
from crm_app.core.query import PARAMETERS
from crm_app.services import identity, receipts
from crm_app.services.actors import Actor

from .problems import Foreign, Malformed, dump
from .turns import in_thread

BODY_LIMIT = 1_000_000
MAX_DEPTH = 20
MAX_DIGITS = 40
FILTERS = "filter[\u2026]"  # among what a route asks: every filter of its list
LISTED = (*PARAMETERS, FILTERS)  # what a list asks
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ETAG = re.compile(r'(?:W/)?"(\d{1,18})"', re.ASCII)


@dataclass(frozen=True)
class Call:
    """One request of a known actor. `body` is the JSON that came, {} where none did."""

    actor: Actor
    path: Mapping[str, str]
    params: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: Any

    @property
    def values(self) -> dict[str, Any]:
        """The body as an object. Raises Invalid when it is something else."""
        if not isinstance(self.body, dict):
            raise Invalid({"": Message("Send a JSON object.")})
        return self.body

    @property
    def once(self) -> str | None:
        """The Idempotency-Key, if there is one."""
        return self.headers.get("idempotency-key") or None

    @property
    def version(self) -> int | None:
        """The version that If-Match asks for; None for none or "*". Raises Invalid when it is no ETag of ours."""
        raw = self.headers.get("if-match", "").strip()
        if raw in ("", "*"):
            return None
        match = _ETAG.fullmatch(raw)
        if match is None:
            raise Invalid({"If-Match": Message("Send the ETag that came with the record.")})
        return int(match[1])


def has(headers: Mapping[str, str], tag: str) -> bool:
    """Whether the caller has what bears that ETag already: If-None-Match names it, weakened on the way maybe, or any ("*")."""
    named = headers.get("if-none-match", "").split(",")
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in named)


def with_below(call: Call) -> bool:
    """The parameter `below`: also of the records below this one in its tree. Raises Invalid."""
    return flag(call, "below")


def flag(call: Call, name: str) -> bool:
    """Whether that parameter is true. Raises Invalid."""
    try:
        return bool(Boolean().parse(dict(call.params).get(name)))
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None


Act = Callable[[Call], Response]


def reply(value: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer; header names are written with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(dump(value), status, {"Cache-Control": "no-store", **named}, media_type="application/json")


def once(call: "Call", what: object, act: Callable[[], Response]) -> Response:
    """The answer of `act`, or the one that the call's Idempotency-Key got when it came the first time. `what` is the request."""

    def answer() -> dict[str, Any]:
        told = act()
        place = told.headers.get("location")
        return {"status": told.status_code, "body": json.loads(bytes(told.body)), "location": place}

    if not call.once:
        return act()
    found = receipts.kept(call.actor, call.once, receipts.request_of(what), answer)
    return reply(found["body"], found["status"], **({"Location": found["location"]} if found["location"] else {}))


def strangers(names: Iterable[str], asks: Collection[str]) -> list[str]:
    """Those of the names that are not among what is asked."""
    any_filter = FILTERS in asks
    return [name for name in names if name not in asks and not (any_filter and name.lower().startswith("filter"))]


def refuse_strange(request: Request, asks: Collection[str]) -> None:
    """Raise Invalid for a parameter of the address that nobody reads there: a misspelt filter would find everything."""
    strange = strangers(request.query_params, asks)
    if strange:
        told = Message("Use only: {options}.", options=", ".join(asks))
        text = told if asks else Message("This address takes no parameters.")
        raise Invalid({name[:60]: text for name in strange[:20]})


def caller(request: Request) -> Actor:
    """Who calls: the bearer of a token, or of this site's cookie. Raises NotSignedIn, TooMany, Foreign."""
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotSignedIn
        actor = identity.actor_by_token(token.strip()[:500], request.client.host if request.client else "")
    else:
        found = identity.actor_by_cookie(request.cookies.get(identity.COOKIE, ""))
        if found is None:
            raise NotSignedIn
        actor = found
        if request.method not in _SAFE:
            refuse_foreign(request)
    request.state.speech = actor.speech
    return actor


def refuse_foreign(request: Request) -> None:
    """A browser sends the cookie whoever wrote the page; only our own pages may change anything with it."""
    origin = request.headers.get("origin")
    if origin is None:
        own = request.headers.get("sec-fetch-site") == "same-origin"
    else:
        try:
            own = bool(urlsplit(origin).netloc) and urlsplit(origin).netloc == request.headers.get("host")
        except ValueError:
            own = False
    if not own:
        raise Foreign


def refuse_large(request: Request, limit: int) -> None:
    """Refuse by the announced length, before anything is read. Raises TooLarge."""
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and (len(announced) > 12 or int(announced) > limit):
        raise TooLarge(limit)


async def read_body(request: Request, limit: int) -> bytes:
    """The body, at most `limit` bytes. Raises TooLarge as soon as it is longer."""
    refuse_large(request, limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def parse_json(raw: bytes) -> Any:
    """The JSON of a body, {} for an empty one; numbers with a point come as exact decimals.

    Raises Malformed for what is no JSON (RFC 8259) and for what no honest caller sends: a name twice, NaN, numbers of more
    than 40 digits, more than 20 levels.
    """
    if not raw.strip():
        return {}
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_exact,
            parse_int=_whole,
        )
    except json.JSONDecodeError as bad:
        text = "The body is not valid JSON. See line {line}, column {column}."
        raise Malformed(Message(text, line=str(bad.lineno), column=str(bad.colno))) from None
    except UnicodeDecodeError as bad:
        text = "The body is not valid JSON. It is not UTF-8 from byte {byte} on."
        raise Malformed(Message(text, byte=str(bad.start + 1))) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise Malformed(Message("The body is not valid JSON.")) from None
    _refuse_depth(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counted.items() if count > 1)
        raise Malformed(
            Message("The body is not valid JSON. In one object \u201c{name}\u201d stands twice.", name=twice[:60])
        )
    return found


def _no_constant(text: str) -> Any:
    raise Malformed(Message("The body is not valid JSON. It has no {value}.", value=text))


def _exact(text: str) -> Decimal:
    return Decimal(_short(text))


def _whole(text: str) -> int:
    return int(_short(text))


def _short(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise Malformed(Message("A number of the body has more than {count} digits.", count=MAX_DIGITS))
    return text


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for outer in level
            if isinstance(outer, dict | list)
            for part in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise Malformed(Message("The body has more than {count} levels.", count=MAX_DEPTH))


def admitted(request: Request, asks: Collection[str]) -> Actor:
    """Who calls, with nothing but such parameters in the address. Raises as `caller` and `refuse_strange` do."""
    actor = caller(request)
    refuse_strange(request, asks)
    return actor


def add(
    router: APIRouter, method: str, path: str, act: Act, asks: Collection[str] = (), *, limit: int = BODY_LIMIT
) -> None:
    """A route: the caller is known before a byte of the body is read, and the work is done in a thread.

    `asks` names the parameters of the address; others are refused.
    """

    def known(request: Request, actor: Actor, raw: bytes) -> Response:
        body = parse_json(raw)
        return act(Call(actor, request.path_params, request.query_params.multi_items(), request.headers, body))

    def at_once(request: Request) -> Response:
        return known(request, admitted(request, asks), b"")

    async def endpoint(request: Request) -> Response:
        if request.method in ("GET", "HEAD"):
            return await in_thread(at_once, request)
        actor = await in_thread(admitted, request, asks)
        raw = await read_body(request, limit)
        return await in_thread(known, request, actor, raw)

    router.add_api_route(
        path, endpoint, methods=[method, "HEAD"] if method == "GET" else [method], include_in_schema=False
    )
