"""A browser tab without the browser: a websocket that speaks just enough of Socket.IO to send events and hear deltas.

python-socketio would take as much processor time as the server that is measured; this takes a small part of it.
"""

import asyncio
import json
import re
import uuid
from typing import Self

import aiohttp

STATE = "reflex___state____state"
LIST = f"{STATE}.crm_app___state___accounts____account_list"
ON_LOAD = f"{STATE}.reflex___state____on_load_internal_state.on_load_internal"
SETTLED = '"is_hydrated_rx_state_":true'  # the last delta of a page's load
SECONDS = 15
_FAILURE = re.compile(r'"failure_rx_state_":"[^"]|"notices_rx_state_":\[\{')
_ROW = re.compile(r'\{"id":(\d+),')


class Failed(Exception):
    """The server refused, or did not answer."""


class Tab:
    """One tab with its own client token, signed in by its cookie."""

    def __init__(self, http: aiohttp.ClientSession, url: str, cookie: str) -> None:
        self._http, self._url, self._cookie = http, url, cookie
        self.rows: list[int] = []

    async def __aenter__(self) -> Self:
        address = f"{self._url}/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
        headers = {"Cookie": f"crm_session={self._cookie}", "Origin": self._url}
        self._socket = await self._http.ws_connect(address, headers=headers, max_msg_size=0)
        await self._socket.receive_str()
        first = {"event": _event(f"{STATE}.hydrate", {}, "/accounts")}
        await self._socket.send_str("40/_event," + json.dumps(first))
        await self._hear('"delta"')
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._socket.close()

    async def open_list(self) -> None:
        """Go to the list of accounts."""
        await self._send(ON_LOAD, {}, "/accounts")
        await self._hear(SETTLED)

    async def search(self, text: str) -> None:
        """Type into the list's filter."""
        await self._send(f"{LIST}.search", {"text": text}, "/accounts")
        await self._hear(LIST)

    async def open_account(self, key: int) -> None:
        """Go to an account."""
        await self._send(ON_LOAD, {}, f"/accounts/{key}")
        await self._hear(SETTLED)

    async def _send(self, name: str, payload: dict[str, object], path: str) -> None:
        await self._socket.send_str("42/_event," + json.dumps(["event", _event(name, payload, path)]))

    async def _hear(self, words: str) -> None:
        """Wait for the delta that holds these words; note the rows that come by. Raises Failed."""
        while True:
            try:
                async with asyncio.timeout(SECONDS):
                    text = await self._socket.receive_str()
            except TimeoutError as late:
                raise Failed("no answer") from late
            except TypeError as closed:
                raise Failed("the socket was closed") from closed
            if text == "2":  # ping
                await self._socket.send_str("3")
                continue
            if fault := _FAILURE.search(text):
                raise Failed(text[fault.start() : fault.start() + 200])
            if '"rows_rx_state_":[{' in text:
                self.rows = [int(key) for key in _ROW.findall(text)]
            if words in text:
                return


def _event(name: str, payload: dict[str, object], path: str) -> dict[str, object]:
    return {"name": name, "payload": payload, "router_data": {"pathname": path, "asPath": path, "query": {}}}


async def sign_in(http: aiohttp.ClientSession, url: str, email: str, password: str) -> str:
    """The cookie of a new session."""
    form = {"email": email, "password": password}
    async with http.post(f"{url}/auth/sign-in", json=form, headers={"Origin": url}) as answer:
        if answer.status != 200:
            raise Failed(await answer.text())
        return answer.cookies["crm_session"].value
