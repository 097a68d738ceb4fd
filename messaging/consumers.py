"""The live socket: who may come in, what a frame asks for, what it is answered. PROTOCOL.md describes the wire.

``receive`` never waits for the database: a frame goes into a lane, and the answer leaves when the lane has it.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, cast
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import psycopg
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from diaspora_net.core.errors import Invalid
from messaging.actions.lane import Lane, Unavailable
from messaging.actions.messages import Draft, Verdict, clean_text, post_messages
from messaging.actions.receipts import Glance, Seen, see_messages
from messaging.forms.frames import (
    MOST_BYTES,
    BadFrame,
    Frame,
    ResumeFrame,
    SeenFrame,
    SendFrame,
    TypingFrame,
    parse_frame,
)
from messaging.payloads import error_frame, frame
from messaging.queries.live import DatabaseSource, Welcome, listeners, welcomes
from messaging.queries.pool import live_pool
from messaging.queries.sessions import find_entries
from messaging.realtime import Wake
from messaging.realtime.hub import Hub
from messaging.realtime.socket import OVERLOADED, SIGN_IN_AGAIN, Entry, Send, Socket

logger = logging.getLogger(__name__)

PROTOCOL_VERSION = 1
# uvicorn pings the connection itself; a client that hears nothing for twice as long may give it up.
PING_SECONDS = 20
BAD_FRAMES_A_MINUTE = 3
MOST_UNANSWERED = 100
POLICY_VIOLATION = 1008
TOO_BIG = 1009


class Live:
    """What all sockets of an event loop share: the hub and the lanes."""

    def __init__(self) -> None:
        self.hub = Hub(DatabaseSource())
        self.posts: Lane[Draft, Verdict] = Lane(post_messages)
        self.glances: Lane[Glance, Seen] = Lane(see_messages)
        self.entries: Lane[str, Entry | None] = Lane(find_entries)
        self.welcomes: Lane[int, Welcome] = Lane(welcomes)


_lives: "WeakKeyDictionary[asyncio.AbstractEventLoop, Live]" = WeakKeyDictionary()


def live() -> Live:
    """Return what the sockets of the running event loop share."""
    loop = asyncio.get_running_loop()
    if loop not in _lives:
        _lives[loop] = Live()
    return _lives[loop]


class Meter:
    """Count what somebody does: at most ``most`` in ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self._times: deque[float] = deque(maxlen=most)
        self._seconds = seconds

    def takes(self) -> bool:
        """Count one more and say whether it is within the limit; what is beyond is not counted."""
        now = time.monotonic()
        if len(self._times) == self._times.maxlen and now - self._times[0] < self._seconds:
            return False
        self._times.append(now)
        return True


def is_our_origin(headers: dict[bytes, bytes]) -> bool:
    """Say whether the page that opens the socket is ours: a cookie alone comes from any page in the browser."""
    origin = headers.get(b"origin", b"").decode("latin-1").lower()
    if origin == "{0.scheme}://{0.netloc}".format(urlsplit(settings.BASE_URL.lower())):
        return True
    # On a developer's machine the address in the browser is whatever they typed.
    is_trial = settings.DEBUG or settings.DEMO or settings.TESTING
    return is_trial and origin == "http://" + headers.get(b"host", b"-").decode("latin-1").lower()


class LiveConsumer(AsyncWebsocketConsumer):
    """One open socket of a signed-in person."""

    socket: Socket | None = None

    async def dispatch(self, message: Any) -> None:
        """Hand a message to its handler, without the base class's hop to another thread for every frame."""
        if message["type"] == "websocket.receive":
            await self.websocket_receive(message)
        elif message["type"] == "websocket.connect":
            await self.connect()
        elif message["type"] == "websocket.disconnect":
            await self.websocket_disconnect(message)

    # ── coming and going ────────────────────────────────────────────────────────────────────────────────────────────
    async def connect(self) -> None:
        """Let people of our own pages in: 403 for other origins, 4401 for nobody, 1013 while there is no database."""
        if not is_our_origin(dict(self.scope["headers"])):
            await self.close()
            return
        await self.accept()
        try:
            await self._enter()
        except (Unavailable, psycopg.Error):
            await self._refuse(OVERLOADED)

    async def _enter(self) -> None:
        shared = live()
        key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        entry = await shared.entries.submit(key) if key else None
        if entry is None:
            await self._refuse(SIGN_IN_AGAIN)
            return
        self.tasks: set[asyncio.Task[None]] = set()
        self.unanswered = 0
        self.bad_frames = Meter(BAD_FRAMES_A_MINUTE - 1, 60)
        self.resumes = Meter(10, 60)
        self.glances = Meter(60, 60)
        self.typings = Meter(1, 2)
        self.socket = Socket(entry, cast(Send, self.base_send))
        # Heard of before read: what is said in between is kept, not missed.
        shared.hub.add(self.socket)
        welcome = await shared.welcomes.submit(entry.user_id)
        hello = frame(
            "hello",
            v=PROTOCOL_VERSION,
            user=entry.public_id,
            epoch=welcome.epoch,
            ping=PING_SECONDS,
            conversations=welcome.numbers,
        )
        self.socket.greet(hello)
        shared.hub.begin(self.socket, welcome.numbers)

    async def _refuse(self, code: int) -> None:
        if self.socket is not None:
            live().hub.remove(self.socket)
            self.socket.forget()
        await self.close(code)

    async def disconnect(self, code: int) -> None:
        """Forget the socket."""
        if self.socket is not None:
            live().hub.remove(self.socket)
            self.socket.forget()

    # ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one frame; a bad one is answered with an error, and three of them in a minute end the socket."""
        socket = self.socket
        if socket is None or socket.is_closed:
            return
        if text_data is not None and len(text_data) > MOST_BYTES // 4 and len(text_data.encode()) > MOST_BYTES:
            socket.close(TOO_BIG)
            return
        try:
            self._take(socket, parse_frame(text_data or ""))
        except BadFrame as bad:
            socket.push(error_frame("invalid", bad.rid))
            if not self.bad_frames.takes():
                socket.close(POLICY_VIOLATION)

    def _take(self, socket: Socket, asked: Frame) -> None:
        match asked:
            case SendFrame():
                self._send_message(socket, asked)
            case SeenFrame():
                self._see(socket, asked)
            case ResumeFrame():
                if self.resumes.takes():
                    live().hub.resume(socket, asked.rid, asked.cursors)
                else:
                    socket.push(error_frame("slow_down", asked.rid, 60))
            case TypingFrame():
                if self.typings.takes():
                    self._later(self._tell_typing(socket, str(asked.conversation)))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _send_message(self, socket: Socket, asked: SendFrame) -> None:
        if self.unanswered >= MOST_UNANSWERED:
            socket.push(error_frame("slow_down", asked.rid, 1))
            return
        try:
            text = clean_text(asked.text)
        except Invalid as refused:
            socket.push(error_frame(refused.code, asked.rid))
            return
        self.unanswered += 1
        entry = socket.entry
        future = live().posts.submit(Draft(asked.conversation, entry.user_id, asked.client_id, text, entry=entry))
        future.add_done_callback(self._answering(socket, asked))

    def _answering(self, socket: Socket, asked: SendFrame) -> Callable[[asyncio.Future[Verdict]], None]:
        def answer(future: asyncio.Future[Verdict]) -> None:
            self.unanswered -= 1
            if future.cancelled() or future.exception() is not None:
                socket.push(error_frame("retry", asked.rid))
                return
            self._answer(socket, asked, future.result())

        return answer

    def _answer(self, socket: Socket, asked: SendFrame, verdict: Verdict) -> None:
        posted = verdict.posted
        if posted is None:
            if verdict.code == "signed_out":
                socket.close(SIGN_IN_AGAIN)
            else:
                socket.push(error_frame(verdict.code, asked.rid, verdict.wait))
            return
        ack = {"conversation": asked.conversation, "client_id": asked.client_id, "id": posted.id, "seq": posted.seq}
        socket.push(frame("ack", rid=asked.rid, **ack, at=posted.at, dup=posted.is_duplicate))
        if verdict.people:
            live().hub.tell([Wake("message", verdict.people, str(asked.conversation), posted.seq)])

    def _see(self, socket: Socket, asked: SeenFrame) -> None:
        if not self.glances.takes():
            socket.push(error_frame("slow_down", None, 5))
            return
        entry = socket.entry
        future = live().glances.submit(Glance(asked.conversation, entry.user_id, asked.read, entry))

        def answer(done: asyncio.Future[Seen]) -> None:
            if done.cancelled() or done.exception() is not None:
                socket.push(error_frame("retry"))
            elif done.result().is_granted:
                live().hub.tell(done.result().wakes)
            else:
                socket.push(error_frame("forbidden"))

        future.add_done_callback(answer)

    async def _tell_typing(self, socket: Socket, conversation: str) -> None:
        entry = socket.entry
        try:
            async with (await live_pool()).connection() as connection:
                people = await listeners(connection, entry.user_id, conversation)
        except psycopg.Error:
            return  # Nobody misses a typing line.
        if people:
            live().hub.tell([Wake("typing", people, conversation, by=entry.public_id)])
