"""Hold back addresses from which strangers ring all the time, without shutting out who belongs here.

Whole camps and offices share one address, so an address alone never locks anybody out: where many have failed lately,
one at a time is looked at, and of those who wait too long a queue lets the oldest go.
"""

import asyncio
import ipaddress
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# So many may fail in a minute before their address has to queue, and so many may stand in the queue.
FAILURES_A_MINUTE = 20
MOST_WAITING = 20
MOST_ADDRESSES = 10_000


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
