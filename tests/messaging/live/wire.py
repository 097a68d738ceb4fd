"""A client of the live socket for tests."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from websockets.asyncio.client import ClientConnection, connect

from diaspora_net.accounts.models import User
from messaging.models import Conversation
from tests.liveserver import Site, session_cookie

Frame = dict[str, Any]


class Wire:
    """One open socket; frames that a test does not ask for stay until it does."""

    def __init__(self, connection: ClientConnection, hello: Frame, cookie: str = "") -> None:
        self.connection, self.hello, self.cookie = connection, hello, cookie
        self._kept: list[Frame] = []

    async def send(self, kind: str, **values: Any) -> None:
        await self.connection.send(json.dumps({"t": kind, **values}, ensure_ascii=False))

    async def write(self, talk: Conversation, text: str, client_id: uuid.UUID | None = None) -> Frame:
        """Send a message and return its ack or error."""
        rid = str(uuid.uuid4())
        await self.send("send", rid=rid, conversation=str(talk.pk), client_id=str(client_id or uuid.uuid4()), text=text)
        return await self.next("ack", "error", rid=rid)

    async def next(self, *kinds: str, within: float = 5, **values: Any) -> Frame:
        """Return the next frame of one of ``kinds`` that holds ``values``. Raises TimeoutError."""

        def fits(frame: Frame) -> bool:
            return frame["t"] in kinds and all(frame.get(key) == value for key, value in values.items())

        for frame in self._kept:
            if fits(frame):
                self._kept.remove(frame)
                return frame
        async with asyncio.timeout(within):
            while True:
                frame = json.loads(await self.connection.recv())
                if fits(frame):
                    return frame
                self._kept.append(frame)

    async def hears_nothing(self, *kinds: str, during: float = 0.7) -> bool:
        try:
            await self.next(*kinds, within=during)
        except TimeoutError:
            return True
        return False

    async def close_code(self, within: float = 6) -> int | None:
        """Wait until the server closes and return its code."""
        async with asyncio.timeout(within):
            await self.connection.wait_closed()
        return self.connection.close_code


@asynccontextmanager
async def open_wire(
    site: Site, user: User | None, *, cookie: str = "", origin: str | None = None
) -> AsyncIterator[Wire]:
    """Open a socket for ``user`` and read its hello."""
    cookie = cookie or (await sync_to_async(session_cookie)(user) if user else "")
    headers = {"Cookie": cookie} if cookie else {}
    async with connect(site.socket_url, origin=origin or site.url, additional_headers=headers) as connection:
        hello = json.loads(await asyncio.wait_for(connection.recv(), 10))
        assert hello["t"] == "hello"
        yield Wire(connection, hello, cookie)
