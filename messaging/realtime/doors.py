"""Who is looked at before anybody is let in: pages of ours only, and no more than there is room for.

Addresses from which strangers ring all the time are held back, without shutting out who belongs here.
Whole camps and offices share one address, so an address alone never locks anybody out: where many have failed lately,
one at a time is looked at, and of those who wait too long a queue lets the oldest go.
"""

import asyncio
import ipaddress
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from messaging.realtime.socket import Send

# So many may fail in a minute before their address has to queue, and so many may stand in the queue.
FAILURES_A_MINUTE = 20
MOST_WAITING = 20
MOST_ADDRESSES = 10_000


def is_our_origin(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Say whether the page that opens the socket is ours: a cookie alone comes from any page in the browser.

    Browsers write an origin in one way only, so it is compared as it stands; there has to be exactly one.
    """
    origins = [value for name, value in headers if name == b"origin"]
    if origins == ["{0.scheme}://{0.netloc}".format(urlsplit(settings.BASE_URL.lower())).encode()]:
        return True
    # On a developer's machine the address in the browser is whatever they typed.
    hosts = [b"http://" + value.lower() for name, value in headers if name == b"host"]
    return (settings.DEBUG or settings.DEMO or settings.TESTING) and len(origins) == 1 and origins == hosts


async def say_full(scope: dict[str, Any], send: Send) -> None:
    """Answer a handshake with 503, or, where the server cannot, with 403."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [(b"retry-after", b"30"), (b"content-length", b"0")]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})


class TooMany(Exception):
    """The queue of this address is full: come back later."""


class _Door:
    """One address where many have failed."""

    __slots__ = ("failed_at", "is_busy", "waiting")

    def __init__(self) -> None:
        self.failed_at: deque[float] = deque(maxlen=FAILURES_A_MINUTE)
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.is_busy = False

    def has_queue(self) -> bool:
        return len(self.failed_at) == FAILURES_A_MINUTE and time.monotonic() - self.failed_at[0] < 60


class Doors:
    """Whom each address lets in, in this process."""

    def __init__(self) -> None:
        # The one that failed longest ago comes first.
        self._doors: dict[str, _Door] = {}
        self._inside = 0

    def come_in(self, most: int) -> bool:
        """Count one more inside; say no, and count nothing, when there are ``most`` already."""
        if self._inside >= most:
            return False
        self._inside += 1
        return True

    def go_out(self) -> None:
        """Count one less inside."""
        self._inside -= 1

    @asynccontextmanager
    async def entering(self, address: str) -> AsyncIterator[None]:
        """Wait in the queue of an address, if it has one. Raises TooMany for the oldest of a queue that is full."""
        door = self._doors.get(_network(address))
        if door is None or not door.has_queue():
            yield
            return
        if door.is_busy:
            await _wait(door)
        door.is_busy = True
        try:
            yield
        finally:
            door.is_busy = _let_next(door)

    def failed(self, address: str) -> None:
        """Note that somebody from this address was not let in."""
        network = _network(address)
        door = self._doors.pop(network, None) or _Door()
        door.failed_at.append(time.monotonic())
        self._doors[network] = door
        while len(self._doors) > MOST_ADDRESSES:
            self._doors.pop(next(iter(self._doors)))


async def _wait(door: _Door) -> None:
    if len(door.waiting) >= MOST_WAITING:
        oldest = door.waiting.popleft()
        if not oldest.done():
            oldest.set_exception(TooMany())
    turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    door.waiting.append(turn)
    try:
        await turn
    except asyncio.CancelledError:
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            door.is_busy = _let_next(door)  # It was ours already.
        raise


def _let_next(door: _Door) -> bool:
    """Hand the door on; say whether somebody takes it."""
    while door.waiting:
        turn = door.waiting.popleft()
        if not turn.done():
            turn.set_result(None)
            return True
    return False


def _network(address: str) -> str:
    """Return what stands for one place: an IPv4 address, or the first half of an IPv6 one.

    >>> _network("2001:db8:1:2:3::4"), _network("192.0.2.7"), _network("")
    ('2001:db8:1:2::', '192.0.2.7', '')
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(ipaddress.IPv6Address(int(known) >> 64 << 64))
