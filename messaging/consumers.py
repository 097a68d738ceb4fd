"""The live socket: who may come in, what a frame asks for, what it is answered. PROTOCOL.md describes the wire.

``receive`` never waits for the database: a frame goes into a lane, and the answer leaves when the lane has it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings

from diaspora_net.core.errors import Invalid
from messaging.actions.lane import Lane, Unavailable
from messaging.actions.messages import Draft, Posted, Verdict, post_messages, post_or_pass
from messaging.actions.receipts import Glance, Seen, see_messages
from messaging.actions.seats import keep_seats
from messaging.actions.texts import clean_text
from messaging.forms.frames import (
    MOST_BYTES,
    BadFrame,
    Frame,
    ResumeFrame,
    Rid,
    SeenFrame,
    SendFrame,
    TypingFrame,
    parse_frame,
)
from messaging.payloads import error_frame, frame
from messaging.queries.live import DatabaseSource, Typing, Welcome, listeners, welcomes
from messaging.queries.sessions import find_entries
from messaging.realtime import Wake
from messaging.realtime.doors import Doors, TooMany, is_our_origin, say_full
from messaging.realtime.hub import Hub
from messaging.realtime.limits import Bucket, Pace
from messaging.realtime.pairs import Pairs
from messaging.realtime.protocol import EXTENSION
from messaging.realtime.socket import OVERLOADED, REVOKED, SIGN_IN_AGAIN, Entry, Send, Socket
from messaging.realtime.source import Unseen

logger = logging.getLogger(__name__)

PROTOCOL_VERSION = 1
# uvicorn pings the connection itself; a client that hears nothing for twice as long may give it up.
PING_SECONDS = 20
BAD_FRAMES_A_MINUTE = 3
MOST_UNANSWERED = 100
# One writes while the other's commit waits for the disk. More write fewer messages at once, and each costs more.
WRITERS = 2
POLICY_VIOLATION = 1008
TOO_BIG = 1009
ENDED = {"signed_out": SIGN_IN_AGAIN, "revoked": REVOKED}

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Live:
    """What all sockets of an event loop share: the hub and the lanes."""

    def __init__(self) -> None:
        self.hub, self.pairs = Hub(DatabaseSource(), keep_seats), Pairs()
        self.posts: Lane[Draft, Verdict] = Lane(
            post_or_pass, wait=post_messages, row_of=attrgetter("conversation_id"), width=WRITERS
        )
        self.glances: Lane[Glance, Seen] = Lane(see_messages)
        self.doors = Doors()
        self.entries: Lane[str, Entry | None] = Lane(find_entries)
        self.welcomes: Lane[int, Welcome] = Lane(welcomes)
        self.typings: Lane[Typing, Sequence[int]] = Lane(listeners)

    def spread(self, writer: Socket, asked: SendFrame, posted: Posted, verdict: Verdict) -> None:
        """Show a new message to who may read it here and now, and have all others read it."""
        talk, by = asked.conversation, writer.entry.public_id
        stored = Unseen([], talk, posted.seq, str(posted.id), asked.client_id, by, "text", asked.text, posted.at)
        self.hub.show(stored, writer, verdict.readers, is_first=verdict.is_first)
        if verdict.is_plain:
            self.pairs.keep(talk, verdict.people)
        self.hub.tell([Wake("message", verdict.people, talk, posted.seq, by=by)])


_lives: "WeakKeyDictionary[asyncio.AbstractEventLoop, Live]" = WeakKeyDictionary()


def live() -> Live:
    """Return what the sockets of the running event loop share."""
    loop = asyncio.get_running_loop()
    if loop not in _lives:
        _lives[loop] = Live()
    return _lives[loop]


async def live_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one open socket: the ASGI application at ``/ws/``."""
    await LiveConsumer(scope, send).run(receive)


class LiveConsumer:
    """One open socket of a signed-in person.

    It takes what comes in, one after the other, in one task: no channel layer, and no hop to a thread for every frame.
    """

    def __init__(self, scope: dict[str, Any], send: Send) -> None:
        self.scope, self.send = scope, send
        self.socket: Socket | None = None
        self.unanswered = 0
        self.is_counted = False
        self.bad_frames = Bucket(BAD_FRAMES_A_MINUTE / 60, BAD_FRAMES_A_MINUTE - 1)
        self.pace = Pace()

    # What it shares with the others of its event loop.
    shared = cached_property(lambda _self: live())

    async def run(self, receive: Receive) -> None:
        """Handle the events of the connection until it ends."""
        try:
            while True:
                event = await receive()
                if event["type"] == "websocket.receive":
                    self.take(event.get("text"))
                elif event["type"] == "websocket.connect":
                    await self.connect()
                elif event["type"] == "websocket.disconnect":
                    return
        finally:
            self._forget()

    # ── coming and going ────────────────────────────────────────────────────────────────────────────────────────────
    async def connect(self) -> None:
        """Let people of our own pages in: 403 for other origins, 4401 for nobody, 1013 while there is no database.

        503 when this process has no room for one more; they read and write by HTTP, or come back to another process.
        """
        if not is_our_origin(self.scope["headers"]):
            await self.send({"type": "websocket.close"})
            return
        self.is_counted = self.shared.doors.come_in(settings.SOCKETS_PER_PROCESS)
        if not self.is_counted:
            await say_full(self.scope, self.send)
            return
        try:
            await self.send({"type": "websocket.accept"})
            code = await self._enter()
            if code:
                await self.send({"type": "websocket.close", "code": code})
        except OSError:
            return  # Gone before it was in; the disconnect event follows.

    async def _enter(self) -> int:
        """Let the person in; return 0, or the code to close with."""
        shared = self.shared
        address = (self.scope.get("client") or ("",))[0]
        key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        try:
            async with shared.doors.entering(address):
                entry = await shared.entries.submit(key) if key else None
            if entry is None:
                shared.doors.failed(address)
                return SIGN_IN_AGAIN
            wire = self.scope.get("extensions", {}).get(EXTENSION, {}).get("wire")
            socket = self.socket = Socket(entry, self.send, wire, shared.hub.read_on)
            # Heard of before read: what is said in between is kept, not missed.
            shared.hub.add(socket)
            welcome = await shared.welcomes.submit(entry.user_id)
        except (Unavailable, TooMany, psycopg.Error):
            self._forget()
            return OVERLOADED
        hello = frame(
            "hello",
            v=PROTOCOL_VERSION,
            user=entry.public_id,
            epoch=welcome.epoch,
            ping=PING_SECONDS,
            conversations=welcome.numbers,
        )
        socket.greet(hello)
        shared.hub.begin(socket, welcome.numbers)
        if wire is not None:
            wire.hear = self.take
        return 0

    def _forget(self) -> None:
        if self.is_counted:
            self.is_counted = False
            self.shared.doors.go_out()
        if self.socket is not None:
            self.shared.hub.remove(self.socket)
            self.socket.forget()

    # ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def take(self, text: str | None) -> None:
        """Take one frame; a bad one is answered with an error, and three of them in a minute end the socket."""
        socket = self.socket
        if socket is None or socket.is_closed:
            return
        if text is not None and len(text) > MOST_BYTES // 4 and len(text.encode()) > MOST_BYTES:
            socket.close(TOO_BIG)
            return
        if wait := self.pace.frames.take():
            self._slow_down(socket, None, wait)
            return
        try:
            self._take(socket, parse_frame(text or ""))
        except BadFrame as bad:
            socket.push(error_frame("invalid", bad.rid))
            if self.bad_frames.take():
                socket.close(POLICY_VIOLATION)

    def _take(self, socket: Socket, asked: Frame) -> None:
        match asked:
            case SendFrame():
                self._send_message(socket, asked)
            case SeenFrame():
                self._see(socket, asked)
            case ResumeFrame():
                if wait := self.pace.resumes.take():
                    self._slow_down(socket, asked.rid, wait)
                else:
                    self.shared.hub.resume(socket, asked.rid, asked.cursors)
            case TypingFrame():
                # Nobody misses a typing line, so there is no answer to one too many.
                if not self.pace.typings.take():
                    self._tell_typing(socket, asked.conversation)

    def _slow_down(self, socket: Socket, rid: Rid, wait: int) -> None:
        socket.push(error_frame("slow_down", rid, wait))
        if self.pace.tell(wait):
            socket.close(OVERLOADED)

    def _send_message(self, socket: Socket, asked: SendFrame) -> None:
        wait = self.pace.messages.take() if self.unanswered < MOST_UNANSWERED else 1
        if wait:
            self._slow_down(socket, asked.rid, wait)
            return
        try:
            text = clean_text(asked.text)
        except Invalid as refused:
            socket.push(error_frame(refused.code, asked.rid))
            return
        self.unanswered += 1
        entry = socket.entry
        readers = self.shared.hub.readers(self.shared.pairs.of(asked.conversation), socket)
        draft = Draft(asked.conversation, entry.user_id, asked.client_id, text, entry=entry, readers=readers)
        self.shared.posts.submit(draft).add_done_callback(self._answering(socket, asked._replace(text=text)))

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
            if verdict.code in ENDED:
                socket.close(ENDED[verdict.code])
            elif verdict.code == "slow_down":
                self._slow_down(socket, asked.rid, verdict.wait or 1)
            else:
                socket.push(error_frame(verdict.code, asked.rid))
            return
        ids = {"conversation": asked.conversation, "client_id": asked.client_id, "id": posted.id, "seq": posted.seq}
        socket.push(frame("ack", rid=asked.rid, **ids, at=posted.at, dup=posted.is_duplicate))
        if verdict.people:
            self.shared.spread(socket, asked, posted, verdict)

    def _see(self, socket: Socket, asked: SeenFrame) -> None:
        if wait := self.pace.glances.take():
            self._slow_down(socket, None, wait)
            return
        entry = socket.entry
        future = self.shared.glances.submit(Glance(asked.conversation, entry.user_id, asked.read, entry))

        def answer(done: asyncio.Future[Seen]) -> None:
            if done.cancelled() or done.exception() is not None:
                socket.push(error_frame("retry"))
            elif done.result().is_granted:
                self.shared.hub.tell(done.result().wakes)
            else:
                socket.push(error_frame("forbidden"))

        future.add_done_callback(answer)

    def _tell_typing(self, socket: Socket, conversation: str) -> None:
        entry = socket.entry

        def answer(done: asyncio.Future[Sequence[int]]) -> None:
            if not done.cancelled() and done.exception() is None and done.result():
                self.shared.hub.tell([Wake("typing", done.result(), conversation, by=entry.public_id)])

        self.shared.typings.submit(Typing(entry, conversation)).add_done_callback(answer)
