"""The hub on its own, with a database made of lists: who gets what, in bounded steps, and nobody waits for the slow."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from messaging.realtime import hub as hub_module
from messaging.realtime.hub import WANTS_OF_A_SOCKET, Hub
from messaging.realtime.socket import FULL_FRAMES, MOST_FRAMES, OVERLOADED, Entry, Socket
from messaging.realtime.source import Changed, Unseen, Want
from messaging.realtime.wakes import Wake

AT = datetime(2026, 1, 1, tzinfo=UTC)
TALKS = [str(uuid.UUID(int=number)) for number in range(1, 60)]


class ListedSource:
    """Answer from a dict of how many messages each conversation has."""

    page = 200

    def __init__(self, **lengths: int) -> None:
        self.lengths: dict[str, int] = {}
        self.reads: list[int] = []
        self.gate: asyncio.Event | None = None

    async def unseen(self, wants: Sequence[Want]) -> list[Unseen]:
        self.reads.append(len(wants))
        rows = []
        for place, want in enumerate(wants, 1):
            newest = min(self.lengths.get(want.conversation, 0), want.cursor + self.page)
            rows += [self._row(place, want.conversation, seq) for seq in range(want.cursor + 1, newest + 1)]
        await (self.gate.wait() if self.gate else asyncio.sleep(0))
        return rows

    def _row(self, place: int, talk: str, seq: int) -> Unseen:
        ids = (str(uuid.UUID(int=seq)), str(uuid.UUID(int=seq)), None)
        return Unseen([place], talk, seq, *ids, "text", f"{seq}", AT, None, False, None, None)

    async def fallen(self, entries: Sequence[Entry]) -> dict[int, bool]:
        return {}

    async def ended(self) -> AsyncIterator[str]:
        await asyncio.sleep(3600)
        yield ""

    async def stirred(self, people: Sequence[int], seconds: float) -> list[tuple[int, str, int]]:
        return []

    async def changed(self, people: Sequence[int], seconds: float) -> list[Changed]:
        return []

    async def badges(self, people: Sequence[int]) -> dict[int, tuple[int, int]]:
        return {}


class Line:
    """A wire that keeps what it is sent, and can be made to take nothing."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.is_open, self.code = True, 0

    def is_writable(self) -> bool:
        return self.is_open

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data[data.index(b"{") :]))

    def shut(self, code: int) -> None:
        self.code = code

    async def send(self, event: dict[str, Any]) -> None:
        await until(self.is_writable)
        self.sent.append(json.loads(event["text"]))

    def seqs(self, talk: str) -> list[int]:
        return [frame["seq"] for frame in self.sent if frame["t"] == "message" and frame["conversation"] == talk]


@pytest.fixture
def source() -> ListedSource:
    return ListedSource()


@pytest.fixture
async def hub(source: ListedSource, monkeypatch: pytest.MonkeyPatch) -> Any:
    class DeafBus:
        def __init__(self, *handlers: Callable[..., None]) -> None:
            pass

        def publish(self, wakes: Sequence[Wake]) -> None:
            pass

        async def run(self) -> None:
            await asyncio.sleep(3600)

    monkeypatch.setattr(hub_module, "Bus", DeafBus)
    made = Hub(source)
    yield made
    for task in made._tasks:
        task.cancel()


def enter(hub: Hub, person: int, **cursors: int) -> tuple[Socket, Line]:
    line = Line()
    socket = Socket(Entry(person, f"p{person}", "en", f"key{person}", 0, b""), line.send, line, hub.read_on)
    hub.add(socket)
    socket.greet(b'{"t":"hello"}')
    hub.begin(socket, dict(cursors))
    return socket, line


async def until(fits: Callable[[], bool]) -> None:
    for _look in range(5000):
        if fits():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


async def test_everything_arrives_in_order_when_much_was_missed_in_many_conversations(
    hub: Hub, source: ListedSource
) -> None:
    source.lengths = dict.fromkeys(TALKS, 450)
    socket, line = enter(hub, 1)
    hub.resume(socket, "r", dict.fromkeys(TALKS, 0))
    await until(lambda: line.sent[-1:] == [{"t": "resumed", "rid": "r"}])
    assert all(line.seqs(talk) == list(range(1, 451)) for talk in TALKS)
    assert max(source.reads) <= WANTS_OF_A_SOCKET
    assert line.code == 0


async def test_one_who_catches_up_with_much_keeps_nobody_waiting(hub: Hub, source: ListedSource) -> None:
    source.lengths = dict.fromkeys(TALKS, 400)
    greedy, line = enter(hub, 1)
    _other, healthy = enter(hub, 2)
    hub.resume(greedy, "r", dict.fromkeys(TALKS, 0))
    await until(lambda: len(source.reads) > 0)
    live = str(uuid.UUID(int=999))
    source.lengths[live] = 1
    hub.hear([Wake("message", [2], live, 1)])
    began = len(source.reads)
    await until(lambda: healthy.seqs(live) == [1])
    assert len(source.reads) <= began + 3
    assert {"t": "resumed", "rid": "r"} not in line.sent


async def test_who_takes_nothing_is_not_read_for_until_it_does(hub: Hub, source: ListedSource) -> None:
    source.lengths = {TALKS[0]: 1000}
    socket, line = enter(hub, 1)
    await until(lambda: len(line.sent) == 1)
    line.is_open = False
    hub.resume(socket, "r", {TALKS[0]: 0})
    await until(lambda: socket.waiting >= FULL_FRAMES - 1)
    await asyncio.sleep(0.05)
    assert FULL_FRAMES - 1 <= socket.waiting <= FULL_FRAMES
    assert len(source.reads) == 1
    line.is_open = True
    await until(lambda: line.sent[-1:] == [{"t": "resumed", "rid": "r"}])
    assert line.seqs(TALKS[0]) == list(range(1, 1001))


async def test_socket_is_cut_off_when_more_waits_than_may(hub: Hub) -> None:
    socket, line = enter(hub, 1)
    await until(lambda: len(line.sent) == 1)
    line.is_open = False
    for _number in range(MOST_FRAMES):
        socket.push(b'{"t":"ack"}')
    assert (socket.waiting, line.code) == (MOST_FRAMES, 0)
    socket.push(b'{"t":"ack"}')
    assert line.code == OVERLOADED
    assert socket.waiting == 0


def own(seq: int) -> Unseen:
    return Unseen([], TALKS[0], seq, "id", "client id", "p1", "text", f"{seq}", AT)


async def test_writer_is_shown_its_own_message_at_once_when_it_is_the_next(hub: Hub, source: ListedSource) -> None:
    socket, line = enter(hub, 1, **{TALKS[0]: 4})
    hub.show(own(5), socket, [])
    hub.hear([Wake("message", [1], TALKS[0], 5)])
    await until(lambda: line.seqs(TALKS[0]) == [5])
    await asyncio.sleep(0.02)
    assert source.reads == []


async def test_others_are_shown_a_message_at_once_when_they_may_read_it_and_it_is_as_it_was_written(
    hub: Hub, source: ListedSource
) -> None:
    source.lengths = {TALKS[0]: 6}
    writer, _line = enter(hub, 1, **{TALKS[0]: 4})
    (reader, heard), (stranger, late) = enter(hub, 2, **{TALKS[0]: 4}), enter(hub, 3, **{TALKS[0]: 4})
    assert hub.readers([1, 2], writer) == [reader.entry]
    hub.show(own(5), writer, [reader.entry])
    assert (reader.cursors[TALKS[0]], stranger.cursors[TALKS[0]]) == (5, 4)
    hub.hear([Wake("changed", [1, 2, 3], TALKS[0], 6)])
    hub.show(own(6), writer, [reader.entry])
    assert reader.cursors[TALKS[0]] == 5
    hub.hear([Wake("message", [1, 2, 3], TALKS[0], 6)])
    await until(lambda: heard.seqs(TALKS[0]) == late.seqs(TALKS[0]) == [5, 6])


async def test_writer_is_shown_its_own_message_in_its_turn_when_something_comes_before_it(
    hub: Hub, source: ListedSource
) -> None:
    source.lengths = {TALKS[0]: 6}
    socket, line = enter(hub, 1, **{TALKS[0]: 4})
    hub.show(own(6), socket, [])
    hub.hear([Wake("message", [1], TALKS[0], 6)])
    await until(lambda: line.seqs(TALKS[0]) == [5, 6])


async def test_writer_is_shown_its_own_message_once_when_a_read_is_under_way(hub: Hub, source: ListedSource) -> None:
    source.lengths, source.gate = {TALKS[0]: 5}, asyncio.Event()
    socket, line = enter(hub, 1, **{TALKS[0]: 4})
    hub.hear([Wake("message", [1], TALKS[0], 5)])
    await until(lambda: source.reads == [1])
    hub.show(own(5), socket, [])
    source.gate.set()
    await until(lambda: not hub._is_reading)
    assert line.seqs(TALKS[0]) == [5]


async def test_change_is_told_after_the_message_that_a_read_under_way_brings(hub: Hub, source: ListedSource) -> None:
    _socket, line = enter(hub, 1)
    source.gate = asyncio.Event()
    source.lengths = {TALKS[0]: 1}
    hub.hear([Wake("message", [1], TALKS[0], 1)])
    await until(lambda: source.reads == [1])
    hub.hear([Wake("changed", [1], TALKS[0], 1)])
    source.gate.set()
    await until(lambda: len(line.sent) == 3)
    assert [frame["t"] for frame in line.sent] == ["hello", "message", "changed"]


async def test_resumed_follows_all_that_was_missed_when_a_read_was_under_way(hub: Hub, source: ListedSource) -> None:
    socket, line = enter(hub, 1)
    source.gate = asyncio.Event()
    source.lengths = {TALKS[0]: 3}
    socket.cursors[TALKS[0]] = 2
    hub.hear([Wake("message", [1], TALKS[0], 3)])
    await until(lambda: source.reads == [1])
    hub.resume(socket, "r", {TALKS[0]: 0})
    source.gate.set()
    await until(lambda: line.sent[-1:] == [{"t": "resumed", "rid": "r"}])
    assert line.seqs(TALKS[0]) == [1, 2, 3]


async def test_resume_is_refused_when_it_names_ever_more_conversations(hub: Hub) -> None:
    socket, line = enter(hub, 1)
    for turn in range(5):
        hub.resume(socket, turn, {str(uuid.UUID(int=turn * 1000 + number)): 5 for number in range(500)})
    await until(lambda: len(line.sent) == 6)
    assert [frame.get("code") for frame in line.sent if frame.get("rid") == 4] == ["invalid"]
    assert len(socket.cursors) == 2000
