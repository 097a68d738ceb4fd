"""The floor: a bare ASGI application that writes by the product's own statement and does nothing else.

Group commit, one Valkey subscription, one encoding per message, as the product has them; no Django, no sessions, no
rights at read, no counts, no repair: what is written is pushed to whoever is in the conversation.
"""

import asyncio
import json
import os
import uuid
from collections.abc import Sequence
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import orjson
import redis.asyncio as redis
from psycopg_pool import AsyncConnectionPool

from messaging.ids import ordered_id

SQL = json.loads(Path(os.environ["FLOOR_SQL"]).read_text())
CHANNEL = "floor"
Frame = dict[str, Any]

NUMBERS = """
SELECT talk.id::text, talk.last_seq FROM messaging_participant member
JOIN messaging_conversation talk ON talk.id = member.conversation_id
WHERE member.user_id = %s AND member.left_at IS NULL
"""
MISSED = """
SELECT m.conversation_id::text, m.seq, m.id, m.client_id, m.sender_id, m.text, m.created_at
FROM unnest(%s::uuid[], %s::bigint[]) AS want (conversation_id, cursor)
CROSS JOIN LATERAL (
    SELECT * FROM messaging_message
    WHERE conversation_id = want.conversation_id AND seq > want.cursor ORDER BY seq LIMIT 200
) m ORDER BY m.conversation_id, m.seq
"""


def array(values: Sequence[str]) -> str:
    """Return an array as PostgreSQL writes it."""
    return "{" + ",".join(values) + "}"


def quoted(text: str) -> str:
    """Return a text as it stands in an array."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Floor:
    """What the process shares."""

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self.sockets: dict[int, list[Any]] = {}
        self.queue: list[tuple[Frame, int, Any]] = []
        self.writer: asyncio.Task[None] | None = None
        self.told: list[Frame] = []
        self.teller: asyncio.Task[None] | None = None
        options = "-c enable_seqscan=off"
        kwargs = {"autocommit": True, "prepare_threshold": 1, "options": options}
        self.pool = AsyncConnectionPool(os.environ["DATABASE_URL"], kwargs=kwargs, min_size=1, max_size=4, open=False)
        self.valkey = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)
        self.listener: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open what is shared, once."""
        if self.listener is None:
            self.listener = asyncio.create_task(self.listen())
            await self.pool.open()

    async def write(self) -> None:
        """Write what has come since the last statement, acknowledge, push."""
        while self.queue:
            batch, self.queue = self.queue[:256], self.queue[256:]
            frames = [frame for frame, _person, _send in batch]
            count = len(batch)
            values = {
                "conversations": array([frame["conversation"] for frame in frames]),
                "senders": array([str(person) for _frame, person, _send in batch]),
                "client_ids": array([frame["client_id"] for frame in frames]),
                "texts": array([quoted(frame["text"]) for frame in frames]),
                "firsts": array(["f"] * count),
                "sessions": array(["NULL"] * count),
                "epochs": array(["0"] * count),
                "marks": array(["NULL"] * count),
                "ids": array([ordered_id() for _frame in frames]),
                **dict.fromkeys(("readers", "reader_sessions", "reader_epochs", "reader_marks"), "{}"),
                "limit": 300,
                "window": 0.018,
            }
            async with self.pool.connection() as connection:
                rows = await (await connection.execute(SQL["post"], values, prepare=True)).fetchall()
            for (frame, person, send), row in zip(batch, rows, strict=True):
                self.answer(frame, person, send, row)
        self.writer = None

    def answer(self, frame: Frame, person: int, send: Any, row: Sequence[Any]) -> None:
        """Acknowledge one message and push it."""
        _code, id_, seq, at, _wait, people, *_more = row
        known = {
            "conversation": frame["conversation"],
            "client_id": frame["client_id"],
            "id": id_,
            "seq": seq,
            "at": at,
        }
        put(send, orjson.dumps({"t": "ack", "rid": frame["rid"], **known, "dup": not people}).decode())
        if people:
            text = orjson.dumps({"t": "message", **known, "sender": person, "text": frame["text"]}).decode()
            self.deliver(people, text)
            self.told.append({"u": people, "m": text})
            if self.teller is None:
                self.teller = asyncio.create_task(self.tell())

    def deliver(self, people: Sequence[int], text: str) -> None:
        """Push to the sockets of this process."""
        for person in people:
            for send in self.sockets.get(person, ()):
                put(send, text)

    async def tell(self) -> None:
        """Tell the other processes."""
        while self.told:
            told, self.told = self.told, []
            await self.valkey.publish(CHANNEL, orjson.dumps({"o": self.id, "w": told}))
        self.teller = None

    async def listen(self) -> None:
        """Hear the other processes."""
        async with self.valkey.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            async for message in subscription.listen():
                if message["type"] == "message":
                    envelope = orjson.loads(message["data"])
                    if envelope["o"] != self.id:
                        for told in envelope["w"]:
                            self.deliver(told["u"], told["m"])

    async def numbers(self, person: int) -> dict[str, int]:
        """Return the newest number of each conversation."""
        async with self.pool.connection() as connection:
            return dict(await (await connection.execute(NUMBERS, [person], prepare=True)).fetchall())

    async def catch_up(self, frame: Frame, send: Any) -> None:
        """Send what was missed."""
        cursors = frame["cursors"]
        async with self.pool.connection() as connection:
            values = [list(cursors), list(cursors.values())]
            rows = await (await connection.execute(MISSED, values, prepare=True)).fetchall()
        names = ("conversation", "seq", "id", "client_id", "sender", "text", "at")
        for row in rows:
            put(send, orjson.dumps({"t": "message", **dict(zip(names, row, strict=True))}).decode())
        put(send, orjson.dumps({"t": "resumed", "rid": frame["rid"]}).decode())


class Outgoing:
    """Frames of one socket, in order."""

    __slots__ = ("frames", "send", "task")

    def __init__(self, send: Any) -> None:
        self.send, self.frames = send, []
        self.task: asyncio.Task[None] | None = None

    async def drain(self) -> None:
        """Send all that waits."""
        while self.frames:
            frames, self.frames = self.frames, []
            for text in frames:
                await self.send({"type": "websocket.send", "text": text})
        self.task = None


def put(outgoing: Outgoing, text: str) -> None:
    """Queue one frame."""
    outgoing.frames.append(text)
    if outgoing.task is None:
        outgoing.task = asyncio.create_task(outgoing.drain())


floor: Floor | None = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve one socket; anything else is answered that we are here."""
    global floor
    if floor is None:
        floor = Floor()
    if scope["type"] != "websocket":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})
        return
    await floor.start()
    person = int(SimpleCookie(dict(scope["headers"])[b"cookie"].decode())["person"].value)
    await receive()
    await send({"type": "websocket.accept"})
    outgoing = Outgoing(send)
    floor.sockets.setdefault(person, []).append(outgoing)
    put(outgoing, orjson.dumps({"t": "hello", "conversations": await floor.numbers(person)}).decode())
    while (event := await receive())["type"] == "websocket.receive":
        frame = orjson.loads(event["text"])
        if frame["t"] == "resume":
            await floor.catch_up(frame, outgoing)
            continue
        floor.queue.append((frame, person, outgoing))
        if floor.writer is None:
            floor.writer = asyncio.create_task(floor.write())
    floor.sockets[person].remove(outgoing)
