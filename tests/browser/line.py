"""A line between a browser and the site that fails as real ones do: sockets refused, or dead without a word."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Line:
    """Passes bytes on between a port of its own and the site's; everything but the two failures comes through."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self.refuses_sockets = False
        self._sockets: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """Return the site's address on this line."""
        return f"http://localhost:{self.port}"

    def kill_silently(self) -> None:
        """Let nothing more through on the sockets that are open, and tell neither end."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(lambda: [alive.clear() for alive in self._sockets])

    def end(self) -> None:
        """Take no more connections and drop those that are open."""
        assert self._loop is not None
        assert self._is_over is not None
        self._loop.call_soon_threadsafe(self._is_over.set)

    async def serve(self, is_ready: threading.Event) -> None:
        """Take connections until ``end``."""
        self._loop, self._is_over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        is_ready.set()
        await self._is_over.wait()
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.read(65_536)
            is_socket = first.startswith(b"GET /ws/")
            if is_socket and self.refuses_sockets:
                writer.write(REFUSAL)
                await writer.drain()
                return
            alive = asyncio.Event()
            alive.set()
            if is_socket:
                self._sockets.add(alive)
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
            there_writer.write(first)
            await asyncio.gather(_pass(reader, there_writer, alive), _pass(there_reader, writer, alive))
        except (OSError, asyncio.CancelledError):
            pass  # one of the two ends has gone, or the test is over
        finally:
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, alive: asyncio.Event) -> None:
    while data := await reader.read(65_536):
        await alive.wait()
        writer.write(data)
        await writer.drain()
    writer.close()


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """Return a line to ``port``; it ends with the block."""
    line, is_ready = Line(port), threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(line.serve(is_ready),), daemon=True)
    thread.start()
    assert is_ready.wait(10)
    try:
        yield line
    finally:
        line.end()
        thread.join(10)
