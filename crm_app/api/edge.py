"""What every request and every socket passes first: where it may come from, what its answer may do, how long it may be kept."""

import asyncio
import base64
import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_app.core.errors import Unavailable
from crm_app.core.settings import settings
from crm_app.services import guessing, identity

from .patience import Patience

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OURS = ("/api/", "/auth/", "/_event", "/ping", "/healthz", "/readyz")
_CLOSED = ("/_upload", "/_health", "/_all_routes", "/auth-codespace")  # Reflex's own, which ask nobody who they are


_LARGEST = 8_000_000  # characters of one message (REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE)
_FALLBACK = "404.html"  # what is answered for an address that the build knows no file for, such as that of a record
_NOWHERE = "/404"  # a path without a page
_REST = (
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def content_policy(html: str = "") -> str:
    """The Content-Security-Policy of one page: our own files, and its own inline scripts by their hashes.

    Styles may be inline (React and emotion write style attributes and elements); nothing is evaluated or fetched from
    elsewhere, nothing stands in a frame. Without a page, no inline script runs at all.
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(html))
    hashes = sorted({f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests})
    allowed = " ".join(["'self'", *hashes])
    return f"default-src 'none'; script-src {allowed}; {_REST}"


class Built:
    """What is known of the page's HTML files. Whoever builds the page anew under a running server replaces them, and the scripts in
    them are others then: it is read again as soon as they are.
    """

    def __init__(self, page: Path) -> None:
        self._page = page
        self._state = self._now()
        self._read()

    def policy(self, path: str) -> str | None:
        """The policy of the HTML file that is answered for this path; None where the build has none."""
        state = self._now()
        if state != self._state and state is not None:  # None: for an instant, while the new one is put in its place
            self._state = state
            self._read()
        name = posixpath.normpath(path).strip("/")
        found = self._policies.get(f"{name}/index.html".lstrip("/")) or self._policies.get(name)
        return found or self._policies.get(_FALLBACK)

    def is_folder(self, path: str) -> bool:
        """Whether that path, without a slash at its end, is a page of its own."""
        return path in self._folders

    def _now(self) -> tuple[int, int] | None:
        try:
            found = (self._page / "index.html").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _read(self) -> None:
        files = {file.relative_to(self._page).as_posix(): file for file in self._page.rglob("*.html")}
        self._policies = {name: content_policy(file.read_text(encoding="utf-8")) for name, file in files.items()}
        self._folders = {f"/{posixpath.dirname(name)}" for name in files if posixpath.basename(name) == "index.html"}


_PERSON, _ADDRESS = "user ", "at "


async def sender(scope: Scope) -> str:
    """Who is counted for what comes this way: the person signed in, wherever they are, else the address."""
    connection = HTTPConnection(scope)
    cookie = connection.cookies.get(identity.COOKIE, "")
    sure, actor = identity.remembered(cookie)
    if not sure:
        with suppress(Unavailable):  # then the address is what is known of the sender
            actor = await asyncio.to_thread(identity.actor_by_cookie, cookie)
    if actor is not None:
        return f"{_PERSON}{actor.user}"
    return _ADDRESS + guessing.place(connection.client.host if connection.client else "")


class Doors:
    """How many sockets one person, or one address where nobody is signed in, may open: so many a second with a burst before it,
    and so many at once. What strangers are refused is not charged, since all of an address share it.

    Each makes a state. The client token counts for nothing: whoever sends it makes it up.
    """

    def __init__(self, per_second: float, burst: int, at_once: int) -> None:
        self._buckets, self._at_once = guessing.Buckets(per_second, burst, sparing=True), at_once
        self._open: Counter[str] = Counter()

    @contextmanager
    def opened(self, whose: str) -> Iterator[bool]:
        """Open one, which is closed at the end of the block; False when these (as `sender` tells them apart) may not."""
        if self._buckets.empty(whose) or self._open[whose] >= self._at_once:
            yield False
            return
        self._open[whose] += 1
        try:
            yield True
        finally:
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]


class Weights:
    """How much may be sent over sockets before anybody reads it: so many characters a second with a burst before it. Whoever is
    signed in has by far more of them, each person their own; all others of one address share theirs. What is refused is not
    charged.
    """

    def __init__(self, events: float) -> None:
        self._strangers = guessing.Buckets(events * 2_000, events * 32_000, sparing=True)
        self._people = guessing.Buckets(events * 32_000, max(events * 400_000, 3 * _LARGEST), sparing=True)

    async def refuses(self, scope: Scope, size: int) -> bool:
        """Whether this socket's sender has no more left for a message of that many characters."""
        whose = await sender(scope)
        return (self._people if whose.startswith(_PERSON) else self._strangers).empty(whose, size)


class Edge:
    """The outermost layer around the whole application."""

    def __init__(self, app: ASGIApp, page: Path) -> None:
        self.app = app
        self._built = Built(page)
        self._plain = content_policy()
        events = settings().events_per_second
        self._doors = Doors(events / 12, events * 4, events * 10)
        self._weights = Weights(events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what comes from another site, then pass on and dress the answer."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path: str = scope["path"]
        send = self._dressed(send, path, scope)
        if (scope["type"] == "websocket" or scope.get("method") not in _SAFE) and foreign(headers):
            await _refuse(scope, receive, send, 403)
            return
        if path.startswith(_CLOSED):
            await _refuse(scope, receive, send, 404)
            return
        if path.startswith("/_event"):
            await self._socket(scope, receive, send)
            return
        if _is_no_name(path) and not path.startswith("/api/v1/"):  # what serves the files would answer two bare words
            scope = {**scope, "path": _NOWHERE, "raw_path": _NOWHERE.encode()}
        elif self._built.is_folder(path):  # a page's own address, without the detour of a redirect to its folder
            scope = {**scope, "path": path + "/", "raw_path": (path + "/").encode()}
        await self.app(scope, Patience(receive) if scope["type"] == "http" else receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The live connection: a websocket and nothing else."""
        if scope["type"] != "websocket":
            await _refuse(scope, receive, send, 404)
            return
        with self._doors.opened(await sender(scope)) as may:
            if may:
                await self.app(scope, self._weighed(scope, receive, send), send)
            else:
                await _refuse(scope, receive, send, 429)

    def _weighed(self, scope: Scope, receive: Receive, send: Send) -> Receive:
        """The same messages, as long as their sender may send so much; then the socket is closed."""

        async def weighed() -> Message:
            message = await receive()
            size = len(message.get("text") or message.get("bytes") or "")
            if not size or not await self._weights.refuses(scope, size):
                return message
            await send({"type": "websocket.close", "code": 1009})
            return {"type": "websocket.disconnect", "code": 1009}

        return weighed

    def _dressed(self, send: Send, path: str, scope: Scope) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kind = headers.get("content-type", "text/html" if message["status"] == 304 else "")  # 304 has none
                headers.setdefault("content-security-policy", self._policy(kind, path))
                self._dress(headers, path, scope.get("scheme") == "https")
                if message["status"] >= 400:  # a file that is not there yet must not be remembered as missing
                    headers["cache-control"] = "no-store"
            await send(message)

        return dressed

    def _policy(self, kind: str, path: str) -> str:
        """A page gets its own; all else runs nothing inline. `kind` is the answer's content type."""
        if not kind.startswith("text/html"):
            return self._plain
        return self._built.policy(path) or self._plain

    def _dress(self, headers: MutableHeaders, path: str, secure: bool) -> None:
        headers["x-content-type-options"] = "nosniff"
        headers["referrer-policy"] = "same-origin"
        headers["cross-origin-opener-policy"] = "same-origin"
        headers["cross-origin-resource-policy"] = "same-origin"
        headers["x-frame-options"] = "DENY"
        headers["permissions-policy"] = "geolocation=(), microphone=(), payment=(), usb=()"
        for name in [
            name for name in headers if name.startswith("access-control-")
        ]:  # Reflex's: no other site is let in
            del headers[name]
        if "vary" in headers:
            parts = {part.strip().lower() for line in headers.getlist("vary") for part in line.split(",")} - {"origin"}
            del headers["vary"]
            if parts:
                headers["vary"] = ", ".join(sorted(parts))
        headers["server"] = "crm"  # granian names itself where nobody is named
        if secure:
            headers["strict-transport-security"] = "max-age=31536000"
        if path.startswith("/assets/"):
            headers["cache-control"] = (
                "public, max-age=31536000, immutable"  # their names hold a hash of what is in them
            )
        elif path.startswith("/fonts/"):
            headers["cache-control"] = "public, max-age=2592000"
        elif not path.startswith(_OURS):
            headers.setdefault("cache-control", "no-cache")


def foreign(headers: Headers) -> bool:
    """True when a browser says that another site's page sent this."""
    origin = headers.get("origin")
    if not origin:
        return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    try:
        return urlsplit(origin).netloc != headers.get("host", "")
    except ValueError:
        return True


def _is_no_name(path: str) -> bool:
    """Whether no file can have that path: it holds what names cannot, or is longer than they may be."""
    sizes = [len(part.encode("utf-8", "replace")) for part in path.split("/")]
    return "\0" in path or max(sizes) > 255 or sum(sizes) > 2_000


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    await PlainTextResponse("Refused" if status == 403 else "Not found", status)(scope, receive, send)
