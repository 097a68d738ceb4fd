"""A proxy that can go half deaf: it accepts, and then silently drops one direction, as a broken network does.

What has been dropped is gone, so a connection that has lost bytes never gets another one through in that direction.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Proxy:
    """One address in front of another. ``drops`` is up (what clients say), down (what the server says) or nothing."""

    connect: Callable[[], Awaitable[Streams]]
    drops: str = ""
    dropped: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
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
            writer.write(data)
            await writer.drain()
        if not is_deaf:
            raise ConnectionResetError  # ends the other direction too

    async def start_tcp(self, port: int) -> asyncio.Server:
        """Listen on a port of this machine alone."""
        return await asyncio.start_server(self.serve, "127.0.0.1", port)

    async def start_unix(self, path: str) -> asyncio.Server:
        """Listen on a Unix socket."""
        return await asyncio.start_unix_server(self.serve, path)


class HasPort(Protocol):
    """Something that listens, on a port that may change when it starts again."""

    port: int


def to_tcp(server: HasPort) -> Proxy:
    """Return a proxy in front of a server of this machine."""
    return Proxy(lambda: asyncio.open_connection("127.0.0.1", server.port))


def to_unix(path: str) -> Proxy:
    """Return a proxy in front of a Unix socket."""
    return Proxy(lambda: asyncio.open_unix_connection(path))


async def stop(server: asyncio.Server) -> None:
    """Stop listening, and end what is still carried."""
    server.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(server.wait_closed(), 2)
