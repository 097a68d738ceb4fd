"""A proxy that can go half deaf: it accepts, and then silently drops one direction, as a broken network does.

What has been dropped is gone, so a connection that has lost bytes never gets another one through in that direction.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Proxy:
    """One address in front of another. ``drops`` is up (what clients say), down (what the server says) or nothing.

    What the server says arrives ``late`` by so many seconds.
    """

    connect: Callable[[], Awaitable[Streams]]
    drops: str = ""
    late: float = 0.0
    dropped: int = 0
    carrying: set[asyncio.Task[None]] = field(default_factory=set)

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        task = asyncio.create_task(self._serve(reader, writer))
        self.carrying.add(task)
        task.add_done_callback(self.carrying.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await self.connect()
        except OSError:
            writer.close()
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._carry(reader, up_writer, "up"))
                tasks.create_task(self._carry(up_reader, writer, "down"))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for one in (writer, up_writer):
                one.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        is_deaf = False
        while data := await reader.read(65_536):
            is_deaf = is_deaf or self.drops == way
            if is_deaf:
                self.dropped += len(data)
                continue
            if self.late and way == "down":
                await asyncio.sleep(self.late)
            writer.write(data)
            await writer.drain()
        if not is_deaf:
            raise ConnectionResetError  # ends the other direction too

    @asynccontextmanager
    async def on_tcp(self, port: int) -> AsyncIterator[None]:
        """Listen on a port of this machine alone for the time of a ``with`` block."""
        async with self._listening(await asyncio.start_server(self.serve, "127.0.0.1", port)):
            yield

    @asynccontextmanager
    async def on_unix(self, path: str) -> AsyncIterator[None]:
        """Listen on a Unix socket for the time of a ``with`` block."""
        async with self._listening(await asyncio.start_unix_server(self.serve, path)):
            yield

    @asynccontextmanager
    async def _listening(self, server: asyncio.Server) -> AsyncIterator[None]:
        try:
            yield
        finally:
            server.close()
            for task in self.carrying:
                task.cancel()
            await asyncio.gather(*self.carrying, return_exceptions=True)


class HasPort(Protocol):
    """Something that listens, on a port that may change when it starts again."""

    port: int


def to_tcp(server: HasPort) -> Proxy:
    """Return a proxy in front of a server of this machine."""
    return Proxy(lambda: asyncio.open_connection("127.0.0.1", server.port))


def to_unix(path: str) -> Proxy:
    """Return a proxy in front of a Unix socket."""
    return Proxy(lambda: asyncio.open_unix_connection(path))
