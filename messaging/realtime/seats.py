"""What the other web processes have to know of the sockets of this one: that they are open, so that all are counted."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from messaging.realtime.socket import TOO_MANY_SOCKETS, Socket

MOST_AT_ONCE = 1000


class Claim(NamedTuple):
    """A socket that has been open for ``age`` seconds."""

    id: uuid.UUID
    user_id: int
    age: float


class Keep(Protocol):
    """Write down who has come and gone; ``messaging.actions.seats`` does."""

    def __call__(
        self, listener: str, come: Sequence[Claim], gone: Sequence[uuid.UUID], *, is_new: bool
    ) -> Awaitable[None]:
        """Write down; may raise what the database's client raises."""
        ...


class Seats:
    """The sockets of this process as they are written down, and the loop that writes.

    Nothing is written while the database does not hear us: with the next ``heard_as`` everything is written anew.
    """

    def __init__(self, keep: Keep | None) -> None:
        self._keep = keep
        self._open: dict[uuid.UUID, tuple[Socket, float]] = {}
        self._ids: dict[Socket, uuid.UUID] = {}
        # In the order in which they came up.
        self._come: dict[uuid.UUID, None] = {}
        self._gone: dict[uuid.UUID, None] = {}
        self._listener = ""
        self._is_new = False
        self._due = asyncio.Event()

    def take(self, socket: Socket) -> None:
        """Count a socket that has opened."""
        id_ = uuid.uuid4()
        self._open[id_], self._ids[socket] = (socket, time.monotonic()), id_
        self._come[id_] = None
        self._due.set()

    def leave(self, socket: Socket) -> None:
        """Count a socket no more; safe to repeat."""
        id_ = self._ids.pop(socket, None)
        if id_ is not None:
            del self._open[id_]
            self._come.pop(id_, None)
            self._gone[id_] = None
            self._due.set()

    def heard_as(self, listener: str) -> None:
        """Take note that the database hears us under this name, or, when it is empty, that it does not."""
        self._listener, self._is_new = listener, bool(listener)
        if listener:
            self._come = dict.fromkeys(self._open)
            self._due.set()

    def close(self, id_: str) -> None:
        """Close the socket that was one too many of its person, if it is ours."""
        socket, _opened_at = self._open.get(uuid.UUID(id_), (None, 0.0))
        if socket is not None:
            socket.close(TOO_MANY_SOCKETS)

    async def write_once(self) -> None:
        """Write down what has changed, all in one go."""
        await self._due.wait()
        self._due.clear()
        if not self._listener or self._keep is None:
            return
        listener, is_new, now = self._listener, self._is_new, time.monotonic()
        come, gone = list(islice(self._come, MOST_AT_ONCE)), list(islice(self._gone, MOST_AT_ONCE))
        claims = [Claim(id_, self._open[id_][0].entry.user_id, now - self._open[id_][1]) for id_ in come]
        try:
            await self._keep(listener, claims, gone, is_new=is_new)
        except BaseException:
            self._due.set()
            raise
        if listener != self._listener:
            return  # What was written under the old name is written again under the new one.
        self._is_new = False
        for id_ in come:
            self._come.pop(id_, None)
        for id_ in gone:
            del self._gone[id_]
        if self._come or self._gone:
            self._due.set()
