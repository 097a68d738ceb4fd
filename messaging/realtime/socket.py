"""One live socket: whose it is, what it has been sent, and what waits to be sent."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from messaging.realtime.protocol import Wire, pack

SIGN_IN_AGAIN = 4401
TOO_MANY_SOCKETS = 4409
OVERLOADED = 1013

REVOKED = 4403
SOCKETS_PER_PERSON = 5
MOST_FRAMES = 256
MOST_BYTES = 1_048_576
# The next messages are read once what waits is below these.
FULL_FRAMES = 64
FULL_BYTES = 262_144

Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Entry:
    """The right by which somebody is here, as it was when they came in; checked again at every read and every write.

    ``password_mark`` is the SHA-256 of the stored password hash, so a changed password ends the entry.
    """

    user_id: int
    public_id: str
    language: str
    session_key: str
    auth_epoch: int
    password_mark: bytes


class Socket:
    """What the hub knows of one open socket.

    ``cursors`` holds the number of the newest message written to the wire, per conversation. A frame is written at once
    when nothing waits before it; else frames leave in order through one task, which lives only while something waits.
    Messages are read only for who is not ``is_full``, so what waits is bounded; who takes nothing for long is closed.
    """

    __slots__ = (
        "_drained",
        "_frames",
        "_send",
        "_size",
        "_task",
        "_wire",
        "badge",
        "blocked_since",
        "cursors",
        "entry",
        "is_closed",
        "is_greeted",
        "missed",
        "resuming",
    )

    def __init__(
        self, entry: Entry, send: Send, wire: Wire | None = None, drained: Callable[[], None] = lambda: None
    ) -> None:
        self.entry = entry
        self.cursors: dict[str, int] = {}
        # Wakes that came before the cursors were known; None from then on.
        self.missed: set[str] | None = set()
        # Conversations still to be caught up, per unanswered resume.
        self.resuming: dict[str | int, set[str]] = {}
        self.badge: tuple[int, int] | None = None
        self.is_closed = False
        self.is_greeted = False
        self.blocked_since = 0.0
        self._send = send
        self._wire = wire
        self._drained = drained
        self._frames: deque[bytes] = deque()
        self._size = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Return how many frames wait to be sent."""
        return len(self._frames)

    @property
    def is_full(self) -> bool:
        """Say whether enough waits; ``drained`` is called when it has left."""
        return len(self._frames) >= FULL_FRAMES or self._size >= FULL_BYTES

    def push(self, frame: bytes) -> None:
        """Send one frame, or queue it; a socket that cannot keep up is closed with OVERLOADED."""
        if self.is_closed:
            return
        if self._wire is not None and self._task is None and self.is_greeted and self._wire.is_writable():
            self._wire.write(pack(frame))
            return
        if len(self._frames) >= MOST_FRAMES or self._size + len(frame) > MOST_BYTES:
            self.close(OVERLOADED)
            return
        self._frames.append(frame)
        self._size += len(frame)
        if self._task is None and self.is_greeted:
            self._task = asyncio.create_task(self._drain())

    def greet(self, hello: bytes) -> None:
        """Send the hello first of all, whatever came up meanwhile."""
        if self.is_closed:
            return
        self._frames.appendleft(hello)
        self._size += len(hello)
        self.is_greeted = True
        self._task = asyncio.create_task(self._drain())

    def close(self, code: int) -> None:
        """Drop what waits and close."""
        if self.is_closed:
            return
        self.forget()
        if self._wire is not None:
            self._wire.shut(code)
        else:
            self._task = asyncio.create_task(self._say_goodbye(code))

    def forget(self) -> None:
        """Drop what waits: the other side is gone."""
        self.is_closed = True
        self._frames.clear()
        if self._task is not None:
            self._task.cancel()

    async def _drain(self) -> None:
        try:
            while self._frames:
                frame = self._frames.popleft()
                self._size -= len(frame)
                self.blocked_since = time.monotonic()
                await self._send({"type": "websocket.send", "text": frame.decode()})
            self._task = None
            self._drained()
        except (OSError, RuntimeError):
            self.is_closed = True  # The connection went away meanwhile; the server tells the consumer.
        finally:
            self.blocked_since = 0.0

    async def _say_goodbye(self, code: int) -> None:
        try:
            await self._send({"type": "websocket.close", "code": code})
        except (OSError, RuntimeError):
            return


class Sockets:
    """The open sockets of a process by person, the oldest first."""

    def __init__(self) -> None:
        self._by_person: dict[int, list[Socket]] = {}

    def add(self, socket: Socket, most: int) -> list[Socket]:
        """Take a socket in; return the oldest of that person that are beyond ``most``, no longer in."""
        mine = self._by_person.setdefault(socket.entry.user_id, [])
        mine.append(socket)
        beyond, self._by_person[socket.entry.user_id] = mine[:-most], mine[-most:]
        return beyond

    def remove(self, socket: Socket) -> None:
        """Forget a socket; safe to repeat."""
        mine = self._by_person.get(socket.entry.user_id, [])
        if socket in mine:
            mine.remove(socket)
        if not mine:
            self._by_person.pop(socket.entry.user_id, None)

    def of(self, people: Iterable[int]) -> list[Socket]:
        """Return the sockets of these people."""
        return [socket for person in people for socket in self._by_person.get(person, ())]

    def all(self) -> list[Socket]:
        """Return every socket."""
        return [socket for mine in self._by_person.values() for socket in mine]

    def people(self) -> list[int]:
        """Return who has a socket."""
        return list(self._by_person)

    def has(self, person: int) -> bool:
        """Say whether a person has a socket."""
        return person in self._by_person
