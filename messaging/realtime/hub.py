"""The hub: one per process. It turns wakes into reads, and reads into frames for the sockets of this process.

    wake (Valkey, own process, safety poll) ──► wants ──► one read per tick, joined to rights ──► frames ──► sockets
    written in this process, by a statement that asks for the rights of those who are here ──► frame ──► sockets

What two people write here need not be read again: which of their sockets may read it is asked in the statement that
writes, as in a read, and they have it once it is committed. Everybody else has wakes.

A wake that is lost, doubled or late does no harm: what a socket gets next is always the message numbered one above its
cursor, read from the database at that moment. Eight loops run beside each other: the reader here, poll, listener and
checks (``realtime.watch``), ``realtime.badges``, ``realtime.seats`` and the bus (``realtime.bus``). None of them dies
of an error, and none of them closes a socket because of one.
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from messaging.payloads import error_frame, event_text, frame
from messaging.realtime.badges import Badges
from messaging.realtime.bus import Bus
from messaging.realtime.loops import forever
from messaging.realtime.seats import Keep, Seats
from messaging.realtime.socket import SOCKETS_PER_PERSON, TOO_MANY_SOCKETS, Entry, Socket, Sockets
from messaging.realtime.source import Source, Unseen, Want
from messaging.realtime.wakes import Wake
from messaging.realtime.watch import Watch

# Bounds of one read: nobody who catches up with much keeps the others waiting.
WANTS_OF_A_SOCKET = 20
WANTS_OF_A_READ = 1000
# Nobody is in more conversations; who names others again and again does not fill the memory.
MOST_CURSORS = 2000

Pair = tuple[Socket, str]


class Hub:
    """The sockets of this process, and what they have still to be told."""

    def __init__(self, source: Source, keep: Keep | None = None) -> None:
        """Without ``keep`` nobody counts the sockets of other processes."""
        self._source = source
        self._sockets = Sockets()
        self._seats = Seats(keep)
        self._badges = Badges(source, self._sockets)
        self._watch = Watch(source, self._sockets, self._seats, self.hear)
        self._bus = Bus(self.hear, self._watch.poll_soon)
        # In the order in which they came up.
        self._wants: dict[Socket, dict[str, None]] = {}
        self._due = asyncio.Event()
        self._is_reading = False
        self._changed: list[Wake] = []
        self._tasks: list[asyncio.Task[None]] = []

    # ── sockets ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def add(self, socket: Socket) -> None:
        """Take a socket in; wakes are kept until ``begin``.

        Of more than SOCKETS_PER_PERSON the oldest goes: here at once, in another process soon.
        """
        self._start()
        self._seats.take(socket)
        for oldest in self._sockets.add(socket, SOCKETS_PER_PERSON):
            oldest.close(TOO_MANY_SOCKETS)

    def begin(self, socket: Socket, cursors: dict[str, int]) -> None:
        """Say where a socket stands; from now on everything above its cursors reaches it."""
        socket.cursors = cursors
        missed, socket.missed = socket.missed or set(), None
        for conversation in missed:
            self._want(socket, conversation)
        self._badges.refresh([socket.entry.user_id])

    def resume(self, socket: Socket, rid: str | int, cursors: dict[str, int]) -> None:
        """Set cursors back to what the client really has; it gets all above, then ``resumed`` with ``rid``."""
        if len(socket.cursors.keys() | cursors.keys()) > MOST_CURSORS:
            socket.push(error_frame("invalid", rid))
            return
        if not cursors:
            socket.push(frame("resumed", rid=rid))
            return
        socket.cursors.update(cursors)
        socket.resuming[rid] = set(cursors)
        for conversation in cursors:
            self._want(socket, conversation)

    def readers(self, people: Sequence[int], writer: Socket) -> list[Entry]:
        """Return by what right others of these people are here."""
        return [socket.entry for socket in self._sockets.of(people) if socket is not writer]

    def show(self, row: Unseen, writer: Socket, readers: Sequence[Entry], *, is_first: bool = False) -> None:
        """Show a new message to its writer and to ``readers``, for whom it comes next; others get it by a read.

        The statement that wrote it has checked their right to read it. To the writer it leaves together with the ack.
        """
        # What was changed already, elsewhere, is read as it has become.
        if not self._watch.has_told(row.conversation, row.seq):
            others = self._sockets.of({entry.user_id for entry in readers})
            _show(row, [writer, *(socket for socket in others if socket.entry in readers)], is_first)

    def read_on(self) -> None:
        """Look again at what is wanted: a socket can take more."""
        self._due.set()

    def remove(self, socket: Socket) -> None:
        """Forget a socket; safe to repeat."""
        self._sockets.remove(socket)
        self._seats.leave(socket)
        self._wants.pop(socket, None)

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
                self._badges.refresh(wake.people)
            else:
                _pass_on(wake, sockets)

    def _hear_message(self, wake: Wake, sockets: list[Socket]) -> None:
        for socket in sockets:
            if socket.missed is not None:
                socket.missed.add(wake.conversation)
            elif socket.cursors.get(wake.conversation, 0) < wake.number:
                self._want(socket, wake.conversation)
        # What one has written oneself is not unread.
        readers = {socket.entry.user_id for socket in sockets if socket.entry.public_id != wake.by}
        self._badges.refresh(readers, is_more=True)

    def _hear_changed(self, wake: Wake) -> None:
        # A read under way may have seen the message as it was, so what it brings has to leave first.
        if self._is_reading:
            self._changed.append(wake)
            return
        self._watch.told(wake.conversation, wake.number)
        text = frame("changed", conversation=wake.conversation, seq=wake.number)
        for socket in self._sockets.of(wake.people):
            socket.push(text)
        self._badges.refresh(wake.people)

    def _want(self, socket: Socket, conversation: str) -> None:
        self._wants.setdefault(socket, {})[conversation] = None
        self._due.set()

    # ── loops ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def _start(self) -> None:
        if not self._tasks:
            watch = self._watch
            loops = [watch.poll_once, watch.listen_once, watch.check_once, watch.drop_once]
            loops += [self._read_once, self._badges.count_once, self._seats.write_once]
            self._tasks = [asyncio.create_task(forever(once)) for once in loops]
            self._tasks.append(asyncio.create_task(self._bus.run()))

    async def _read_once(self) -> None:
        """Read for everybody who wants something; what is wanted meanwhile goes into the next read."""
        await self._due.wait()
        self._due.clear()
        if not (pairs := self._take_wants()):
            return
        wants = [Want(socket.entry, talk, socket.cursors.get(talk, 0)) for socket, talk in pairs]
        self._is_reading = True
        try:
            rows = await self._source.unseen(wants)
            self._settle(pairs, *self._deliver(rows, pairs))
        except BaseException:
            for socket, talk in pairs:
                self._want(socket, talk)
            raise
        finally:
            self._is_reading = False
            changed, self._changed = self._changed, []
            self.hear(changed)

    def _take_wants(self) -> list[Pair]:
        """Take what this read is for: a bounded part of what is wanted, in turn, and nothing for who is full."""
        pairs: list[Pair] = []
        rest: dict[Socket, dict[str, None]] = {}
        for socket, talks in self._wants.items():
            if socket.is_closed:
                continue
            most = 0 if socket.is_full else min(WANTS_OF_A_SOCKET, WANTS_OF_A_READ - len(pairs))
            pairs += [(socket, talk) for talk in islice(talks, most)]
            if len(talks) > most:
                rest[socket] = dict.fromkeys(islice(talks, most, None))
                if not socket.is_full:
                    self._due.set()
        self._wants = rest
        return pairs

    def _deliver(self, rows: Sequence[Unseen], pairs: Sequence[Pair]) -> tuple[dict[str, int], set[Pair]]:
        """Push each message to whom it is next; return how many each conversation had, and who could not take all."""
        counts: dict[str, int] = {}
        stalled: set[Pair] = set()
        for row in rows:
            counts[row.conversation] = counts.get(row.conversation, 0) + 1
            encoded: dict[tuple[str, bool, bool], bytes] = {}
            for place in row.places:
                socket, talk = pairs[place - 1]
                cursor = socket.cursors.get(talk, 0)
                is_first = place in (row.firsts or ()) and cursor < row.seq
                # Whoever set its cursor back meanwhile stands in the next read already.
                if (cursor + 1 != row.seq and not is_first) or socket.is_closed:
                    continue
                if socket.is_full:
                    stalled.add((socket, talk))
                    continue
                language = socket.entry.language if row.kind == "event" else ""
                form = (language, is_first, place in (row.folded or ()))
                if form not in encoded:
                    encoded[form] = _message_frame(row, *form)
                socket.push(encoded[form])
                socket.cursors[talk] = row.seq
        return counts, stalled

    def _settle(self, pairs: Sequence[Pair], counts: dict[str, int], stalled: set[Pair]) -> None:
        """Read on where a page was full or a socket was; answer the resumes that have nothing left to catch up."""
        for socket, talk in pairs:
            if counts.get(talk, 0) >= self._source.page or (socket, talk) in stalled:
                self._want(socket, talk)
            # A resume that came meanwhile has set the cursor back: its answer follows the next read.
            if talk in self._wants.get(socket, ()):
                continue
            for rid, talks in list(socket.resuming.items()):
                talks.discard(talk)
                if not talks:
                    del socket.resuming[rid]
                    socket.push(frame("resumed", rid=rid))


def _show(row: Unseen, sockets: Sequence[Socket], is_first: bool) -> None:
    text = _message_frame(row, "", is_first, False)
    for socket in sockets:
        is_next = socket.cursors.get(row.conversation, 0) + 1 == row.seq
        if is_next and socket.missed is None and not socket.is_full:
            socket.push(text)
            socket.cursors[row.conversation] = row.seq


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


def _message_frame(row: Unseen, language: str, is_first: bool, is_folded: bool) -> bytes:
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
    if is_first:
        values["first"] = True
    if row.files and not is_folded:
        values["files"] = row.files
    if is_folded:
        values |= {"text": "", "folded": True}
    return frame("message", **values)
