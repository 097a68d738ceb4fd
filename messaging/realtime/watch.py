"""What no wake told: the safety poll, and the check that everybody may still be here. One query each per process."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

from messaging.realtime.loops import between
from messaging.realtime.socket import OVERLOADED, SIGN_IN_AGAIN, Sockets
from messaging.realtime.source import SLACK_SECONDS, Source
from messaging.realtime.wakes import Wake

POLL_SECONDS = (10.0, 15.0)
CHECK_SECONDS = (3.0, 4.0)
BLOCKED_SECONDS = 10.0


class Watch:
    """Two loops over all sockets of the process; what they find is heard like a wake."""

    def __init__(self, source: Source, sockets: Sockets, hear: Callable[[Sequence[Wake]], None]) -> None:
        self._source, self._sockets, self._hear = source, sockets, hear
        self._poll_now = asyncio.Event()
        self._polled_at = time.monotonic()
        # When each late change of a message was told, so that the poll does not tell it again.
        self._told: dict[tuple[str, int], float] = {}

    def poll_soon(self) -> None:
        """Look at the database now: wakes may have been lost."""
        self._poll_now.set()

    def told(self, conversation: str, seq: int) -> None:
        """Remember that the people here know that a message was changed."""
        self._told[conversation, seq] = time.monotonic()

    async def poll_once(self) -> None:
        """Find what was written or changed since the last round."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._poll_now.wait(), between(*POLL_SECONDS))
        self._poll_now.clear()
        people = self._sockets.people()
        if not people:
            return
        began = time.monotonic()
        for person, conversation, seq in await self._source.stirred(people, began - self._polled_at):
            if self._is_behind(person, conversation, seq):
                self._hear([Wake("message", [person], conversation, seq)])
        await self._find_changed(people, began)
        self._polled_at = began

    def _is_behind(self, person: int, conversation: str, seq: int) -> bool:
        return any(socket.cursors.get(conversation, 0) < seq for socket in self._sockets.of([person]))

    async def _find_changed(self, people: Sequence[int], now: float) -> None:
        since = now - self._polled_at
        for change in await self._source.changed(people, since):
            if self._told.get((change.conversation, change.seq), 0) < now - change.age:
                self._hear([Wake("changed", change.people, change.conversation, change.seq)])
        kept = now - since - 2 * SLACK_SECONDS
        self._told = {key: at for key, at in self._told.items() if at > kept}

    async def check_once(self) -> None:
        """Close the sockets whose session, password or account no longer stands, and those that take nothing."""
        await asyncio.sleep(between(*CHECK_SECONDS))
        sockets = self._sockets.all()
        now = time.monotonic()
        for socket in sockets:
            if socket.blocked_since and now - socket.blocked_since > BLOCKED_SECONDS:
                socket.close(OVERLOADED)
        if not sockets:
            return
        standing = await self._source.standing([socket.entry for socket in sockets])
        for index, socket in enumerate(sockets):
            if index not in standing:
                socket.close(SIGN_IN_AGAIN)
