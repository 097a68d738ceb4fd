"""Short fault runs; ``make faults`` makes long ones."""

import asyncio
from types import SimpleNamespace

import pytest

from tests.faults.ground import Ground
from tests.faults.nemesis import ACTS, schedule
from tests.faults.proxy import to_tcp
from tests.faults.run import SHORT, Plan, fault_run, run_without_valkey, told
from tests.ports import free_port

pytestmark = pytest.mark.timeout(400)


def test_schedule_is_the_same_for_a_seed_and_repeats_no_kind_before_all_had_their_turn() -> None:
    faults = schedule(5, 26, 4.0)
    assert faults == schedule(5, 26, 4.0) != schedule(6, 26, 4.0)
    assert sorted(fault.kind for fault in faults) == sorted([*ACTS, *ACTS])
    assert [fault.share for fault in faults] == sorted(fault.share for fault in faults)


async def test_proxy_accepts_and_drops_one_direction_for_good_when_half_deaf() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data.upper())
        writer.close()

    async def ask(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bytes:
        reader, writer = streams
        writer.write(b"hello")
        try:
            return await asyncio.wait_for(reader.read(100), 0.3)
        except TimeoutError:
            return b""

    server, port = await asyncio.start_server(shout, "127.0.0.1", 0), free_port()
    proxy = to_tcp(SimpleNamespace(port=server.sockets[0].getsockname()[1]))
    async with server, proxy.on_tcp(port):
        before = await asyncio.open_connection("127.0.0.1", port)
        assert await ask(before) == b"HELLO"
        proxy.drops = "down"
        during = await asyncio.open_connection("127.0.0.1", port)
        assert [await ask(before), await ask(during)] == [b"", b""]
        proxy.drops = ""
        after = await asyncio.open_connection("127.0.0.1", port)
        assert [await ask(before), await ask(after)] == [b"", b"HELLO"]
        for _reader, writer in (before, during, after):
            writer.close()


async def test_no_word_is_lost_or_doubled_when_everything_breaks_in_turn(ground: Ground) -> None:
    report = await fault_run(ground, SHORT)
    assert report.broken == set(), told(SHORT, report)


async def test_everything_arrives_and_no_link_is_lost_when_valkey_dies_for_good(ground: Ground) -> None:
    plan = Plan(seed=3, messages=120, faults=0, rate=40, longest_fault=0)
    variant = {"application": "tests.faults.controls:application", "CONTROL": "quick_poll"}
    report = await run_without_valkey(ground, plan, from_share=0.3, **variant)
    assert report.broken == set(), report
    assert report.figures["links"] == len(ground.cookies), report
