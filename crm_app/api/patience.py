"""How long a request's body may take. Whoever holds connections with bodies that never end must not shut everybody else out:
the server carries a limited number of connections.
"""

import asyncio
import time

from starlette.types import Message, Receive

from crm_app.core.errors import TooSlow

GRACE = 20.0  # seconds in which a body begins
LEAST = 2_000  # bytes a second that it then comes with, on the average: the slowest of telephones sends more


class Patience:
    """The same messages as `receive` gives. Raises TooSlow where the body takes too long."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = GRACE
        self._whole = False

    async def __call__(self) -> Message:
        """The next message. Once the body is there, what is waited for is that the caller goes, however long that takes."""
        if self._whole:
            return await self._receive()
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        self._left -= (
            time.monotonic() - begun
        )  # only of what is waited for: what is done with a part is not the caller's time
        self._left += len(message.get("body", b"")) / LEAST
        self._whole = not message.get("more_body", False)
        if self._left <= 0 and not self._whole:
            raise TooSlow
        return message
