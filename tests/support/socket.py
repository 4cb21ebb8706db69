"""A websocket client that speaks to the server as a page does, but says whatever it is told to."""

import json
import re
import ssl
import time
import uuid
from typing import Any, Self

import aiohttp
import socketio

from tests.support.loop import run

STATE = "reflex___state____state"
_HYDRATED = re.compile(r'"is_hydrated_rx_state_": (\w+)')


def handler(path: str) -> str:
    """The full name of a handler: "accounts.account_list.load" is that of crm_app.state.accounts.AccountList.load."""
    module, state, name = path.split(".")
    return f"{STATE}.crm_app___state___{module}____{state}.{name}"


class Tab:
    """One browser tab: a socket with its own client token and the cookie of its handshake."""

    def __init__(
        self, url: str, cookie: str = "", token: str = "", *, trust: ssl.SSLContext | None = None, **headers: str
    ) -> None:
        self.token = token or str(uuid.uuid4())
        self.heard: list[str] = []
        self._url = url
        self._headers = headers | ({"Cookie": f"crm_session={cookie}"} if cookie else {})
        self._trust = trust

    async def _connect(self) -> None:
        # a session of our own only where a certificate is to be trusted
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self._trust)) if self._trust else None
        self._socket = socketio.AsyncClient(reconnection=False, http_session=self._http)
        self._socket.on("*", self._hear, namespace="/_event")
        await self._socket.connect(
            f"{self._url}/?token={self.token}",
            headers=self._headers,
            transports=["websocket"],
            socketio_path="/_event",
            namespaces=["/_event"],
        )

    async def _hear(self, *message: Any) -> None:
        self.heard.append(json.dumps(message, ensure_ascii=False))

    def __enter__(self) -> Self:
        run(self._connect())
        return self

    def __exit__(self, *_error: object) -> None:
        run(self._disconnect())

    async def _disconnect(self) -> None:
        await self._socket.disconnect()
        if self._http is not None:
            await self._http.close()

    @property
    def connected(self) -> bool:
        return self._socket.connected

    @property
    def text(self) -> str:
        """Everything that the server has said so far."""
        return "\n".join(self.heard)

    def send(self, name: str, payload: Any = None, path: str = "/", **more: Any) -> None:
        """One event. `path` is where the page claims to be."""
        router = {"pathname": path.partition("?")[0], "asPath": path, "query": {}}
        run(
            self._socket.emit(
                "event", {"name": name, "payload": payload or {}, "router_data": router} | more, "/_event"
            )
        )

    def raw(self, message: Any) -> None:
        run(self._socket.emit("event", message, "/_event"))

    def load(self, path: str) -> None:
        """What a page does when it opens: fill the state and run what the address loads."""
        self.send(f"{STATE}.hydrate", path=path)
        self.send(f"{STATE}.reflex___state____on_load_internal_state.on_load_internal", path=path)

    def settle(self, quiet: float = 0.25, most: float = 60) -> str:
        """Wait until the server has said nothing for that long; what it has said since the tab opened."""
        end = time.monotonic() + most
        known, since = len(self.heard), time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < quiet:
            time.sleep(0.02)
            if len(self.heard) != known:
                known, since = len(self.heard), time.monotonic()
        return self.text

    def answered(self) -> str:
        """Wait until the server has gone through all that was sent, and through what came of it; what it has said.

        It takes the events of a tab one after the other: these are the last, and no page makes this pattern.
        """
        read = len(self.heard)
        for value in (True, False, True, False):
            self.send(f"{STATE}.set_is_hydrated", {"value": value})
        wanted = ["true" if value else "false" for value in (False, True, False)]
        said: list[str] = []
        end = time.monotonic() + 120
        while True:
            new = self.heard[read:]
            read += len(new)
            said += [match[1] for match in map(_HYDRATED.search, new) if match]
            if any(said[at : at + 3] == wanted for at in range(len(said))):
                return self.settle(0.1)
            assert time.monotonic() < end, self.text[-2000:]
            time.sleep(0.01)

    def expect(self, words: str, most: float = 120) -> str:
        """Wait until the server has said those words."""
        end = time.monotonic() + most
        while words not in self.text:
            if time.monotonic() > end:
                raise AssertionError(f"{words!r} never came; heard {self.text[-2000:]}")
            time.sleep(0.01)
        return self.text
