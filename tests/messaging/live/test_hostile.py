"""What no client of ours would send over a socket: answered by rule, without harm to anybody or a trace in the log."""

import asyncio
import contextlib
import json
import uuid

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from diaspora_net.accounts.models import User
from messaging.models import Conversation
from tests.liveserver import Site
from tests.messaging.live.test_consumers import Enter, in_database, session_cookie

pytestmark = pytest.mark.django_db(transaction=True)


async def test_bytes_that_are_no_text_end_the_socket_by_rule_and_leave_no_trace_in_the_log(
    live_site: Site, enter: Enter, amina: User, talk: Conversation
) -> None:
    before = live_site.log.stat().st_size
    for data in (b"\xff\xfe", b"\xed\xa0\x80", b'{"t":"\xc0\xaf"}'):
        async with enter(amina) as wire:
            await wire.connection.send(data, text=True)
            assert await wire.close_code() == 1007
    async with enter(amina) as wire:
        await wire.connection.send([b"\x00" * 10, b"\xff" * 10])
        assert (await wire.next("error"))["code"] == "invalid"
        assert (await wire.write(talk, "Still here"))["t"] == "ack"
    told = live_site.log.read_text()[before:]
    assert "Traceback" not in told
    assert "ERROR" not in told
    assert "Invalid" not in told


async def test_frame_of_the_largest_size_is_read_and_one_byte_more_ends_the_socket(
    enter: Enter, amina: User, talk: Conversation
) -> None:
    async with enter(amina) as wire:
        frame = {"t": "send", "rid": "r", "conversation": str(talk.pk), "client_id": str(uuid.uuid4()), "text": ""}
        room = 16_384 - len(json.dumps(frame))
        await wire.connection.send(json.dumps({**frame, "text": "x" * room}))
        assert (await wire.next("error", rid="r"))["code"] == "too_long"
        await wire.connection.send(json.dumps({**frame, "text": "x" * (room + 1)}))
        assert await wire.close_code() == 1009
    async with enter(amina) as wire:
        await wire.connection.send(["x" * 8192, "y" * 8192, "z"])  # in fragments
        assert await wire.close_code() == 1009


async def test_flood_ends_the_socket_and_harms_nobody(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    async with enter(amina) as wire, enter(salma) as other:

        async def flood() -> None:
            with contextlib.suppress(ConnectionClosed):
                for number in range(1_000_000):
                    await wire.send("seen", conversation=str(talk.pk), read=0)
                    if number % 20 == 0:
                        await asyncio.sleep(0)

        async def read() -> set[str]:
            with contextlib.suppress(ConnectionClosed):
                return {json.loads(frame).get("code", "") async for frame in wire.connection}
            return set()

        flooding, reading = asyncio.create_task(flood()), asyncio.create_task(read())
        for _time in range(3):
            assert (await other.write(talk, "Not disturbed"))["t"] == "ack"
        assert await wire.close_code(20) == 1013
        await flooding
        await reading


async def test_two_cookies_are_no_way_round_the_session(live_site: Site, amina: User) -> None:
    cookie = await in_database(session_cookie)(amina)
    cut = {"Cookie": cookie[:-1]}
    async with connect(live_site.socket_url, origin=live_site.url, additional_headers=cut) as connection:
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        assert connection.close_code == 4401
