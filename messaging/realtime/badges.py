"""Tell people what they have not read, at most once a second, and only when it has changed."""

import asyncio
from collections.abc import Iterable
from itertools import islice

from messaging.payloads import frame
from messaging.realtime.socket import Sockets
from messaging.realtime.source import Source
from messaging.states import BADGE_LIMIT

BADGE_SECONDS = 1.0
# Counting costs more than a message does, so under a flood counts come late rather than slow the messages down.
MOST_PEOPLE = 100


class Badges:
    """Whose counts have to be made anew, and the loop that makes them."""

    def __init__(self, source: Source, sockets: Sockets) -> None:
        self._source, self._sockets = source, sockets
        # In the order in which they came up.
        self._stale: dict[int, None] = {}
        self._due = asyncio.Event()

    def refresh(self, people: Iterable[int], *, is_more: bool = False) -> None:
        """Count anew, soon, what these people have not read; where there ``is_more``, not for whom it is a lot."""
        here = [person for person in people if self._sockets.has(person) and not (is_more and self._is_a_lot(person))]
        if here:
            self._stale.update(dict.fromkeys(here))
            self._due.set()

    def _is_a_lot(self, person: int) -> bool:
        badges = [socket.badge for socket in self._sockets.of([person])]
        return all(badge is not None and badge[0] >= BADGE_LIMIT for badge in badges)

    async def count_once(self) -> None:
        """Count for many in one statement, whoever waits longest first."""
        await self._due.wait()
        stale = list(islice(self._stale, MOST_PEOPLE))
        for person in stale:
            del self._stale[person]
        if not self._stale:
            self._due.clear()
        try:
            badges = await self._source.badges(stale)
        except BaseException:
            self.refresh(stale)
            raise
        for person, badge in badges.items():
            text = frame("badge", unread_messages=badge[0], unread_notifications=badge[1])
            for socket in self._sockets.of([person]):
                if socket.badge != badge:
                    socket.badge = badge
                    socket.push(text)
        await asyncio.sleep(BADGE_SECONDS)
