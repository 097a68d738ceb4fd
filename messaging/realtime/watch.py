"""What no wake told: the safety poll, and who may still be here. One query each, however many sockets there are."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

from messaging.realtime.loops import between
from messaging.realtime.seats import Seats
from messaging.realtime.socket import OVERLOADED, REVOKED, SIGN_IN_AGAIN, Sockets
from messaging.realtime.source import SLACK_SECONDS, Source
from messaging.realtime.wakes import Wake

POLL_SECONDS = (10.0, 15.0)
CHECK_SECONDS = (3.0, 4.0)
SELDOM_SECONDS = (20.0, 30.0)
BLOCKED_SECONDS = 10.0


class Watch:
    """Loops over all sockets of the process; what they find is heard like a wake."""

    def __init__(self, source: Source, sockets: Sockets, seats: Seats, hear: Callable[[Sequence[Wake]], None]) -> None:
        self._source, self._sockets, self._seats, self._hear = source, sockets, seats, hear
        self._poll_now = asyncio.Event()
        self._polled_at = time.monotonic()
        # When each late change of a message was told, so that the poll does not tell it again.
        self._told: dict[tuple[str, int], float] = {}
        self._suspects: set[str] = set()
        self._check_now = asyncio.Event()
        self._checked_at = 0.0
        self._is_hearing = False

    def poll_soon(self) -> None:
        """Look at the database now: wakes may have been lost."""
        self._poll_now.set()

    def told(self, conversation: str, seq: int) -> None:
        """Remember that the people here know that a message was changed."""
        self._told[conversation, seq] = time.monotonic()

    def has_told(self, conversation: str, seq: int) -> bool:
        """Say whether people here were told that a message was changed."""
        return (conversation, seq) in self._told

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

    async def listen_once(self) -> None:
        """Hear from the database whose right has ended; nobody is taken at their word while it cannot be heard."""
        try:
            async for ended in self._source.ended():
                if ended.startswith("l"):
                    self._seats.heard_as(ended[1:])
                elif ended.startswith("k"):
                    self._seats.close(ended[1:])
                elif ended:
                    self._suspects.add(ended)
                    self._check_now.set()
                elif not self._is_hearing:
                    self._is_hearing = True
                    self._check_everybody()
        finally:
            self._seats.heard_as("")
            self._is_hearing = False
            self._check_everybody()

    def _check_everybody(self) -> None:
        self._checked_at = 0.0
        self._check_now.set()

    async def check_once(self) -> None:
        """Close the sockets of those whose right has ended: of whom the database names, and now and then of all.

        Sessions also run out; and while the database cannot be heard, everybody is checked every few seconds.
        """
        pause = SELDOM_SECONDS if self._is_hearing else CHECK_SECONDS
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._check_now.wait(), between(*pause))
        self._check_now.clear()
        suspects, self._suspects = self._suspects, set()
        now = time.monotonic()
        sockets = self._sockets.all()
        if now - self._checked_at > pause[0]:
            self._checked_at = now
        else:
            sockets = [one for one in sockets if suspects & {f"s{one.entry.session_key}", f"p{one.entry.user_id}"}]
        if not sockets:
            return
        try:
            fallen = await self._source.fallen([socket.entry for socket in sockets])
        except BaseException:
            self._checked_at = 0.0
            raise
        for index, is_active in fallen.items():
            sockets[index].close(SIGN_IN_AGAIN if is_active else REVOKED)

    async def drop_once(self) -> None:
        """Close the sockets that take nothing."""
        await asyncio.sleep(between(*CHECK_SECONDS))
        now = time.monotonic()
        for socket in self._sockets.all():
            if socket.blocked_since and now - socket.blocked_since > BLOCKED_SECONDS:
                socket.close(OVERLOADED)
