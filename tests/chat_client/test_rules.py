"""The client's rules on their own, and the client against servers that misbehave on purpose."""

import asyncio
import json
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.chat_client import client as client_module
from tests.chat_client.client import ChatClient
from tests.chat_client.history import read_histories
from tests.chat_client.outbox import Outbox
from tests.chat_client.rules import FIRST_DELAY, LONGEST_DELAY, Place, back_off, place_of
from tests.chat_client.thread import Thread

TALK = str(uuid.UUID(int=7))
Talk = Callable[[ServerConnection, int], Awaitable[None]]


def message(seq: int, client_id: str = "") -> dict[str, Any]:
    return {
        "t": "message",
        "conversation": TALK,
        "seq": seq,
        "client_id": client_id or f"c{seq}",
        "text": f"text {seq}",
    }


# ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_place_is_known_next_or_gap_when_seen_from_a_cursor() -> None:
    assert [place_of(seq, 4) for seq in (3, 4, 5, 6)] == [Place.KNOWN, Place.KNOWN, Place.NEXT, Place.GAP]


def test_back_off_doubles_its_bound_and_uses_all_of_it() -> None:
    chance = random.Random(1)
    for attempt in range(20):
        bound = min(LONGEST_DELAY, FIRST_DELAY * 2**attempt)
        waits = [back_off(attempt, chance) for _try in range(400)]
        assert 0 <= min(waits) < bound * 0.05
        assert bound * 0.95 < max(waits) <= bound


def test_thread_shows_each_message_once_and_never_past_a_hole() -> None:
    thread = Thread(TALK)
    places = [thread.take(message(seq)) for seq in (1, 2, 2, 5, 4, 3, 4, 1)]
    assert places == [Place[name] for name in ("NEXT", "NEXT", "KNOWN", "GAP", "GAP", "NEXT", "NEXT", "KNOWN")]
    assert [seq for seq, _client_id, _text in thread.lines] == [1, 2, 3, 4]
    assert thread.cursor == 4


def test_outbox_gives_back_what_was_not_done_when_opened_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box")
    letters = [outbox.put(TALK, f"text {number}") for number in range(3)]
    assert outbox.done(letters[1].client_id)
    assert not outbox.done(letters[1].client_id)
    with (tmp_path / "box").open("a") as file:
        file.write('{"conversation": "half a li')  # the program was killed while it wrote
    assert list(Outbox(tmp_path / "box")) == [letters[0], letters[2]]


# ── Against a server ────────────────────────────────────────────────────────────────────────────────────────────────
class Server:
    """A server whose every connection does what the test says; connections are counted from 0."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.count = talk, 0
        self.frames: list[dict[str, Any]] = []

    async def serve(self, connection: ServerConnection) -> None:
        number, self.count = self.count, self.count + 1
        hello = {"t": "hello", "v": 1, "user": "u", "epoch": "e", "ping": 20, "conversations": {TALK: 0}}
        await connection.send(json.dumps(hello))
        await self.talk(connection, number)

    async def next(self, connection: ServerConnection, kind: str) -> dict[str, Any]:
        while True:
            frame = json.loads(await connection.recv())
            self.frames.append(frame)
            if frame["t"] == kind:
                return dict(frame)


@asynccontextmanager
async def talking(talk: Callable[[Server, ServerConnection, int], Awaitable[None]], path: Path) -> AsyncIterator[Any]:
    """Run a server and a client of it; yields both."""
    server = Server(lambda connection, number: talk(server, connection, number))
    async with serve(server.serve, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        client = ChatClient("amina", [f"http://127.0.0.1:{port}"], cookie="", origin="http://x", directory=path)
        client.start()
        try:
            yield server, client
        finally:
            await client.stop()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


def ack(frame: dict[str, Any], seq: int = 1) -> str:
    known = {key: frame[key] for key in ("rid", "conversation", "client_id")}
    return json.dumps({"t": "ack", "seq": seq, "dup": False, **known})


async def test_letter_goes_again_under_its_number_when_the_link_ends_before_the_ack(tmp_path: Path) -> None:
    async def talk(server: Server, connection: ServerConnection, number: int) -> None:
        sent = await server.next(connection, "send")
        if number < 2:
            return  # closes without an ack
        await connection.send(ack(sent))
        await connection.wait_closed()

    async with talking(talk, tmp_path) as (server, client):
        letter = client.write(TALK, "Hello")
        await until(lambda: not client.outbox)
    assert [frame["client_id"] for frame in server.frames if frame["t"] == "send"] == [letter.client_id] * 3
    assert [event["client_id"] for event in read_histories(tmp_path) if event["e"] == "ack"] == [letter.client_id]


async def test_link_is_given_up_when_no_ack_comes_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ACK_SECONDS", 0.4)

    async def talk(server: Server, connection: ServerConnection, number: int) -> None:
        sent = await server.next(connection, "send")
        if number:
            await connection.send(ack(sent))
        await connection.wait_closed()

    async with talking(talk, tmp_path) as (server, client):
        client.write(TALK, "Hello")
        await until(lambda: not client.outbox)
        assert server.count == 2


async def test_client_asks_again_from_its_cursor_when_a_number_is_missing(tmp_path: Path) -> None:
    async def talk(server: Server, connection: ServerConnection, number: int) -> None:
        first = await server.next(connection, "resume")
        await connection.send(json.dumps(message(1)))
        await connection.send(json.dumps({"t": "resumed", "rid": first["rid"]}))
        await connection.send(json.dumps(message(3)))
        again = await server.next(connection, "resume")
        assert again["cursors"] == {TALK: 1}
        for seq in (2, 3):
            await connection.send(json.dumps(message(seq)))
        await connection.wait_closed()

    async with talking(talk, tmp_path) as (_server, client):
        await until(lambda: TALK in client.threads and client.threads[TALK].cursor == 3)
    assert [event["seq"] for event in read_histories(tmp_path) if event["e"] == "shown"] == [1, 2, 3]


async def test_letter_waits_when_slowed_down_and_is_dropped_when_refused(tmp_path: Path) -> None:
    async def talk(server: Server, connection: ServerConnection, number: int) -> None:
        for code in ("slow_down", "retry", "idempotency_mismatch"):
            sent = await server.next(connection, "send")
            await connection.send(json.dumps({"t": "error", "rid": sent["rid"], "code": code}))
        await connection.wait_closed()

    async with talking(talk, tmp_path) as (server, client):
        client.write(TALK, "Hello")
        await until(lambda: not client.outbox)
    assert sum(frame["t"] == "send" for frame in server.frames) == 3
    assert [event["code"] for event in read_histories(tmp_path) if event["e"] == "refused"] == ["idempotency_mismatch"]


async def test_client_asks_again_later_when_told_to_slow_down(tmp_path: Path) -> None:
    async def talk(server: Server, connection: ServerConnection, number: int) -> None:
        first = await server.next(connection, "resume")
        refusal = {"t": "error", "rid": first["rid"], "code": "slow_down", "retry_after": 0.1}
        await connection.send(json.dumps(refusal))
        await server.next(connection, "resume")
        await connection.send(json.dumps(message(1)))
        await connection.wait_closed()

    async with talking(talk, tmp_path) as (server, client):
        await until(lambda: TALK in client.threads and client.threads[TALK].cursor == 1)
        assert server.count == 1


async def test_waits_grow_when_links_bring_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[int] = []

    def noted(attempt: int, _chance: random.Random, _longest: float = 0) -> float:
        attempts.append(attempt)
        return 0.01

    async def talk(server: Server, connection: ServerConnection, number: int) -> None:
        await server.next(connection, "resume")
        if number >= 3:
            await connection.send(json.dumps(message(number - 2)))

    monkeypatch.setattr(client_module, "back_off", noted)
    async with talking(talk, tmp_path):
        await until(lambda: len(attempts) >= 5)
    assert attempts[:5] == [1, 2, 3, 0, 0]


async def test_client_forgets_its_cursors_when_another_epoch_begins(tmp_path: Path) -> None:
    client = ChatClient("amina", [], cookie="", origin="http://x", directory=tmp_path)
    thread = client.threads.setdefault(TALK, Thread(TALK))
    thread.take(message(1))
    asked: list[dict[str, Any]] = []

    class Link:
        async def send(self, text: str) -> None:
            asked.append(json.loads(text))

    for epoch in ("one", "one", "two"):
        await client._enter(Link(), {"t": "hello", "epoch": epoch, "conversations": {TALK: 1}})  # type: ignore[arg-type]
    await client.stop()
    assert [frame["cursors"][TALK] for frame in asked] == [1, 1, 0]
