"""A socket that goes at a moment of its own choosing: in the middle of a handshake, a join, a frame or an answer."""

import asyncio
import base64
import contextlib
import json
import os
import socket as sockets
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.chat_client.outbox import Letter
from tests.faults.ground import ORIGIN

# Until when a socket stays: parts of the request, the answer, the hello, a join, parts of a frame, a send, an ack.
MOMENTS = ("part of the request", "request", "answer", "hello", "join", "joined", "part of a frame", "send", "ack")
# How it goes: with a reset, with an end of the connection, with a close frame, or by not being heard of any more.
WAYS = ("reset", "end", "goodbye")
SILENT_SECONDS = 10.0


@dataclass
class Abrupt:
    """One short-lived socket of somebody, what it sent, and what it was told before it went."""

    cookie: str
    talks: Sequence[str]
    chance: Random
    user: str = ""
    sent: dict[str, Letter] = field(default_factory=dict)
    acks: dict[str, dict[str, Any]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    reached: str = ""

    async def live(self, port: int) -> None:
        """Live until the moment has come. Never raises what a broken connection raises."""
        moment, way = self.chance.choice(MOMENTS), self.chance.choice(WAYS)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                async with asyncio.timeout(SILENT_SECONDS):
                    await self._until(moment, reader, writer)
                    await asyncio.sleep(self.chance.choice((0, 0, self.chance.uniform(0, 0.05))))
                    if way == "goodbye":
                        writer.write(masked(0x8, struct.pack("!H", 1000)))
                        await writer.drain()
            finally:
                if way == "reset":
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, linger)
                writer.close()

    async def _until(self, moment: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = self._request()
        if moment == "part of the request":
            writer.write(request[: self.chance.randrange(1, len(request))])
            return
        writer.write(request)
        if moment == "request":
            return
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101 ") or moment == "answer":
            return
        hello = await self._frame(reader)
        self.user = hello.get("user", "")
        self.reached = "hello"
        if moment == "hello":
            return
        self._say(writer, {"t": "resume", "rid": "join", "cursors": dict.fromkeys(self.talks, 0)})
        if moment == "join":
            return
        if moment == "joined":
            while (await self._frame(reader))["t"] != "resumed":
                pass
            self.reached = "joined"
            return
        for _number in range(self.chance.randint(1, 4)):
            self._say(writer, self._letter())
        if moment == "part of a frame":
            frame = masked(0x1, json.dumps(self._letter()).encode())
            writer.write(frame[: self.chance.randrange(1, len(frame))])
        elif moment == "ack":
            while not self.acks:
                await self._frame(reader)
            self.reached = "ack"
        await writer.drain()

    def _request(self) -> bytes:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ("GET /ws/ HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade")
        more = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Origin: {ORIGIN}", f"Cookie: {self.cookie}")
        return "\r\n".join([*lines, *more, "", ""]).encode()

    def _letter(self) -> dict[str, Any]:
        """Return a send whose text names conversation and number, so that it is known wherever it comes up."""
        talk, client_id = self.chance.choice(self.talks), str(uuid.uuid4())
        self.sent[client_id] = Letter(talk, client_id, canary(talk, client_id))
        return {"t": "send", "rid": client_id, **vars(self.sent[client_id])}

    def _say(self, writer: asyncio.StreamWriter, frame: dict[str, Any]) -> None:
        writer.write(masked(0x1, json.dumps(frame).encode()))

    async def _frame(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        """Return the next frame, after a look at whether it is ours. Raises ConnectionError when the server closes."""
        while True:
            first, length = await reader.readexactly(2)
            if length == 126:
                [length] = struct.unpack("!H", await reader.readexactly(2))
            elif length == 127:
                [length] = struct.unpack("!Q", await reader.readexactly(8))
            payload = await reader.readexactly(length)
            if first & 0x0F == 0x8:
                raise ConnectionError("the server has closed")
            if first & 0x0F == 0x1:
                frame: dict[str, Any] = json.loads(payload)
                self._look(frame)
                return frame

    def _look(self, frame: dict[str, Any]) -> None:
        kind = frame["t"]
        if kind == "ack":
            self.acks[frame["client_id"]] = frame
            is_ours = frame["client_id"] in self.sent and frame["rid"] == frame["client_id"]
        elif kind == "message":
            is_whole = frame["text"] == canary(frame["conversation"], frame["client_id"])
            is_ours = frame["conversation"] in self.talks and is_whole
        elif kind == "hello":
            is_ours = set(frame["conversations"]) == set(self.talks)
        elif kind == "resumed":
            is_ours = frame["rid"] == "join"
        elif kind == "error":
            is_ours = frame.get("rid") in {"join", *self.sent}
        else:
            is_ours = frame.get("conversation") in {None, *self.talks}
        if not is_ours:
            self.foreign.append(json.dumps(frame)[:200])


def canary(talk: str, client_id: str) -> str:
    """Return the text of a message that says where it belongs."""
    return f"{talk} {client_id}"


def masked(opcode: int, payload: bytes) -> bytes:
    """Return a frame from client to server (RFC 6455, section 5.2); the mask is zero, which the standard allows."""
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack("!H", length)
    return bytes([0x80 | opcode]) + size + b"\0\0\0\0" + payload
