"""The server's WebSocket protocol, and what ASGI has no words for: hear and write at once, close without waiting.

Serve with ``uvicorn --ws messaging.realtime.protocol:LiveProtocol``. Under any other server the socket works by ASGI
alone, somewhat slower.
"""

import struct
from collections.abc import Callable
from typing import Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

EXTENSION = "diaspora_net.live"
NOT_TEXT = 1007
# How long the other side may take to answer a close frame, or to take what lies before it.
CLOSE_SECONDS = 10.0


class Wire(Protocol):
    """The connection below a socket.

    Once ``hear`` is set, texts go there as they come in, and no longer through ASGI's ``receive``.
    """

    hear: Callable[[str], None] | None

    def is_writable(self) -> bool:
        """Say whether the other side takes what it is sent."""
        ...

    def write(self, data: bytes) -> None:
        """Write a packed frame; only while ``is_writable``."""
        ...

    def shut(self, code: int) -> None:
        """Send a close frame behind what waits, and cut the connection if that does not end it."""
        ...


def pack(text: bytes) -> bytes:
    """Return UTF-8 ``text`` as a frame from server to client (RFC 6455, section 5.2), the same for every socket."""
    length = len(text)
    if length < 126:
        return b"\x81" + bytes((length,)) + text
    if length < 65_536:
        return b"\x81\x7e" + struct.pack("!H", length) + text
    return b"\x81\x7f" + struct.pack("!Q", length) + text


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol as a ``Wire``; it stands in the scope's extensions under EXTENSION."""

    hear: Callable[[str], None] | None = None

    async def run_asgi(self) -> None:
        """Run the application with this wire in its scope."""
        self.scope["extensions"][EXTENSION] = {"wire": self}
        await super().run_asgi()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of who was listening."""
        self.hear = None
        super().connection_lost(exc)

    def is_writable(self) -> bool:
        """Say whether the connection is open and less than its high-water mark waits in it."""
        return (
            self.writable.is_set()
            and self.handshake_complete
            and not (self.close_sent or self.disconnected or self.transport.is_closing())
        )

    def write(self, data: bytes) -> None:
        """Write a packed frame."""
        self.transport.write(data)

    def shut(self, code: int) -> None:
        """Send a close frame, whether or not the other side reads, and cut the connection when it does not answer."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        try:
            self.conn.send_close(code)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def send_receive_event_to_app(self) -> None:
        """Hand a message on; bytes that claim to be text and are not close the connection without a stir in the log."""
        if self.curr_msg_data_type != "text" or self.close_sent:
            super().send_receive_event_to_app()
            return
        try:
            text = b"".join(self.frames).decode()
        except UnicodeDecodeError:
            self.frames = []
            if self.conn.close_sent is None:
                self.conn.fail(NOT_TEXT)
                self.handle_parser_exception()
            return
        # What came before and waits is heard first.
        if self.hear is None or not self.queue.empty():
            super().send_receive_event_to_app()
            return
        self.frames = []
        self.hear(text)
