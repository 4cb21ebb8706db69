"""A network between a browser and a server, which can fall silent: what is open stays open, and nothing comes through."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.net import free_port


class Relay:
    """Passes on what comes to an own port on 127.0.0.1."""

    def __init__(self, target: str) -> None:
        self._behind = int(target.rpartition(":")[2])
        self._through = True
        self._age = 0
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def fall_silent(self) -> None:
        """Nothing is passed on any more, and nobody is told."""
        self._through = False

    def come_back(self) -> None:
        """New connections get through. Those of before stay silent, as behind a router that has forgotten them."""
        self._age += 1
        self._through = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._through:
            await asyncio.Event().wait()
        age = self._age
        behind = await asyncio.open_connection("127.0.0.1", self._behind)
        await asyncio.gather(self._pass_on(reader, behind[1], age), self._pass_on(behind[0], writer, age))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, age: int) -> None:
        while data := await reader.read(65_536):
            if not self._through or age != self._age:
                await asyncio.Event().wait()
            writer.write(data)
        writer.close()


@contextmanager
def relay(target: str) -> Iterator[Relay]:
    """A network before that server."""
    found = Relay(target)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # a browser hangs up when it likes
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(asyncio.start_server(found.serve, "127.0.0.1", found.port), loop).result(10)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
