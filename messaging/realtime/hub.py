"""The hub: one per process. It turns wakes into reads, and reads into frames for the sockets of this process.

    wake (Valkey, own process, safety poll) ──► wants ──► one read per tick, joined to rights ──► frames ──► sockets

A wake that is lost, doubled or late does no harm: what a socket gets next is always the message numbered one above its
cursor, read from the database at that moment. Four loops run beside each other: reader, poll, check and badges; the bus
(``realtime.bus``) is the fifth. None of them dies of an error, and none of them closes a socket because of one.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from messaging.payloads import event_text, frame
from messaging.realtime.bus import Bus
from messaging.realtime.socket import OVERLOADED, SIGN_IN_AGAIN, TOO_MANY_SOCKETS, Socket, Sockets
from messaging.realtime.source import SLACK_SECONDS, Source, Unseen, Want
from messaging.realtime.wakes import Wake

logger = logging.getLogger(__name__)

SOCKETS_PER_PERSON = 5
POLL_SECONDS = (10.0, 15.0)
CHECK_SECONDS = (3.0, 4.0)
BADGE_SECONDS = 1.0
BLOCKED_SECONDS = 10.0


class Hub:
    """The sockets of this process, and what they have still to be told."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._bus = Bus(self.hear, self.poll_soon)
        self._sockets = Sockets()
        self._wants: dict[str, set[Socket]] = {}
        self._due = asyncio.Event()
        self._poll_now = asyncio.Event()
        self._stale_badges: set[int] = set()
        self._badges_due = asyncio.Event()
        self._polled_at = time.monotonic()
        # When each late change of a message was told, so that the poll does not tell it again.
        self._told: dict[tuple[str, int], float] = {}
        self._is_reading = False
        self._changed: list[Wake] = []
        self._tasks: list[asyncio.Task[None]] = []

    # ── sockets ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def add(self, socket: Socket) -> None:
        """Take a socket in; of more than SOCKETS_PER_PERSON the oldest goes. Wakes are kept until ``begin``."""
        self._start()
        for oldest in self._sockets.add(socket, SOCKETS_PER_PERSON):
            oldest.close(TOO_MANY_SOCKETS)

    def begin(self, socket: Socket, cursors: dict[str, int]) -> None:
        """Say where a socket stands; from now on everything above its cursors reaches it."""
        socket.cursors = cursors
        missed, socket.missed = socket.missed or set(), None
        for conversation in missed:
            self._want(socket, conversation)
        self.refresh_badges([socket.entry.user_id])

    def resume(self, socket: Socket, rid: str | int, cursors: dict[str, int]) -> None:
        """Set cursors back to what the client really has; it gets all above, then ``resumed`` with ``rid``."""
        if not cursors:
            socket.push(frame("resumed", rid=rid))
            return
        socket.cursors.update(cursors)
        socket.resuming[rid] = set(cursors)
        for conversation in cursors:
            self._want(socket, conversation)

    def remove(self, socket: Socket) -> None:
        """Forget a socket; safe to repeat."""
        self._sockets.remove(socket)

    # ── wakes ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def tell(self, wakes: Sequence[Wake]) -> None:
        """Act on wakes of this process at once and pass them on to the others."""
        self.hear(wakes)
        self._bus.publish(wakes)

    def hear(self, wakes: Iterable[Wake]) -> None:
        """Act on wakes for the sockets of this process."""
        for wake in wakes:
            sockets = self._sockets.of(wake.people)
            if wake.kind == "message":
                self._hear_message(wake, sockets)
            elif wake.kind == "changed":
                self._hear_changed(wake)
            elif wake.kind == "badge":
                self.refresh_badges(wake.people)
            elif wake.kind == "kick":
                for socket in sockets:
                    socket.close(SIGN_IN_AGAIN)
            else:
                _pass_on(wake, sockets)

    def _hear_message(self, wake: Wake, sockets: list[Socket]) -> None:
        for socket in sockets:
            if socket.missed is not None:
                socket.missed.add(wake.conversation)
            elif socket.cursors.get(wake.conversation, 0) < wake.number:
                self._want(socket, wake.conversation)
        self.refresh_badges(wake.people)

    def _hear_changed(self, wake: Wake) -> None:
        # A read under way may have seen the message as it was, so what it brings has to leave first.
        if self._is_reading:
            self._changed.append(wake)
            return
        self._told[wake.conversation, wake.number] = time.monotonic()
        text = frame("changed", conversation=wake.conversation, seq=wake.number)
        for socket in self._sockets.of(wake.people):
            socket.push(text)
        self.refresh_badges(wake.people)

    def _want(self, socket: Socket, conversation: str) -> None:
        self._wants.setdefault(conversation, set()).add(socket)
        self._due.set()

    def refresh_badges(self, people: Iterable[int]) -> None:
        """Count anew, soon, what these people have not read."""
        here = [person for person in people if self._sockets.has(person)]
        if here:
            self._stale_badges.update(here)
            self._badges_due.set()

    def poll_soon(self) -> None:
        """Look at the database now: wakes may have been lost."""
        self._poll_now.set()

    # ── loops ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def _start(self) -> None:
        if not self._tasks:
            loops = (self._read_once, self._poll_once, self._check_once, self._badges_once)
            self._tasks = [asyncio.create_task(self._forever(once)) for once in loops]
            self._tasks.append(asyncio.create_task(self._bus.run()))

    async def _forever(self, once: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await once()
            except Exception as error:
                # The database may be away: sockets stay, and the next round tries again.
                logger.warning("%s: %s", once.__name__, type(error).__name__, exc_info=not isinstance(error, OSError))
                await asyncio.sleep(_between(0.3, 0.7))

    async def _read_once(self) -> None:
        """Read for everybody who wants something; what is wanted meanwhile goes into the next read."""
        await self._due.wait()
        self._due.clear()
        wanted, self._wants = self._wants, {}
        pairs = [(socket, talk) for talk, sockets in wanted.items() for socket in sockets if not socket.is_closed]
        if not pairs:
            return
        wants = [Want(socket.entry, talk, socket.cursors.get(talk, 0)) for socket, talk in pairs]
        self._is_reading = True
        try:
            rows = await self._source.unseen(wants)
            self._settle(pairs, self._deliver(rows, pairs))
        except BaseException:
            for socket, talk in pairs:
                self._want(socket, talk)
            raise
        finally:
            self._is_reading = False
            changed, self._changed = self._changed, []
            self.hear(changed)

    def _deliver(self, rows: Sequence[Unseen], pairs: Sequence[tuple[Socket, str]]) -> dict[str, int]:
        """Push each message to whom it is next; return how many messages each conversation had."""
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.conversation] = counts.get(row.conversation, 0) + 1
            encoded: dict[str, str] = {}
            for place in row.places:
                socket, talk = pairs[place - 1]
                # Whoever set its cursor back meanwhile stands in the next read already.
                if socket.cursors.get(talk, 0) + 1 != row.seq or socket.is_closed:
                    continue
                language = socket.entry.language if row.kind == "event" else ""
                if language not in encoded:
                    encoded[language] = _message_frame(row, language)
                socket.push(encoded[language])
                socket.cursors[talk] = row.seq
        return counts

    def _settle(self, pairs: Sequence[tuple[Socket, str]], counts: dict[str, int]) -> None:
        """Read on where a page was full; answer the resumes that have nothing left to catch up."""
        for socket, talk in pairs:
            if counts.get(talk, 0) >= self._source.page:
                self._want(socket, talk)
                continue
            for rid, talks in list(socket.resuming.items()):
                talks.discard(talk)
                if not talks:
                    del socket.resuming[rid]
                    socket.push(frame("resumed", rid=rid))

    async def _poll_once(self) -> None:
        """The safety poll: one query for the whole process finds what no wake told."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._poll_now.wait(), _between(*POLL_SECONDS))
        self._poll_now.clear()
        people = self._sockets.people()
        if not people:
            return
        began = time.monotonic()
        for person, conversation, seq in await self._source.stirred(people, began - self._polled_at):
            self.hear(
                [Wake("message", [person], conversation, seq)] if self._is_behind(person, conversation, seq) else ()
            )
        await self._find_changed(people, began)
        self._polled_at = began

    async def _find_changed(self, people: Sequence[int], now: float) -> None:
        since = now - self._polled_at
        for change in await self._source.changed(people, since):
            if self._told.get((change.conversation, change.seq), 0) < now - change.age:
                self._hear_changed(Wake("changed", change.people, change.conversation, change.seq))
        kept = now - since - 2 * SLACK_SECONDS
        self._told = {key: at for key, at in self._told.items() if at > kept}

    def _is_behind(self, person: int, conversation: str, seq: int) -> bool:
        return any(socket.cursors.get(conversation, 0) < seq for socket in self._sockets.of([person]))

    async def _check_once(self) -> None:
        """Close the sockets whose session, password or account no longer stands, and those that take nothing."""
        await asyncio.sleep(_between(*CHECK_SECONDS))
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

    async def _badges_once(self) -> None:
        """Tell people what they have not read, at most once a second, and only when it has changed."""
        await self._badges_due.wait()
        self._badges_due.clear()
        stale, self._stale_badges = self._stale_badges, set()
        for person, badge in (await self._source.badges(list(stale))).items():
            text = frame("badge", unread_messages=badge[0], unread_notifications=badge[1])
            for socket in self._sockets.of([person]):
                if socket.badge != badge:
                    socket.badge = badge
                    socket.push(text)
        await asyncio.sleep(BADGE_SECONDS)


def _pass_on(wake: Wake, sockets: list[Socket]) -> None:
    if wake.kind == "seen":
        text = frame("seen", conversation=wake.conversation, user=wake.by, read=wake.number)
    elif wake.kind == "typing":
        text = frame("typing", conversation=wake.conversation, user=wake.by)
    else:
        return
    for socket in sockets:
        # Both are lossy: who is behind with messages does not need them.
        if socket.waiting < 16:
            socket.push(text)


def _between(least: float, most: float) -> float:
    return random.uniform(least, most)  # noqa: S311 - spread, not secrecy


def _message_frame(row: Unseen, language: str) -> str:
    values: dict[str, Any] = {
        "conversation": row.conversation,
        "seq": row.seq,
        "id": row.id,
        "client_id": row.client_id,
        "sender": row.sender,
        "text": event_text(row.text, language) if language and row.text else row.text,
        "at": row.at,
        "edited_at": row.edited_at,
        "deleted": row.is_deleted,
    }
    return frame("message", **values)
