"""Strangers who ring all the time wait for one another, and nobody who belongs here is shut out."""

import asyncio

import pytest

from messaging.realtime import doors as doors_module
from messaging.realtime.doors import FAILURES_A_MINUTE, MOST_WAITING, Doors, TooMany

HERE, NEXT_DOOR = "192.0.2.7", "192.0.2.8"


def ring(doors: Doors, address: str, times: int = FAILURES_A_MINUTE) -> None:
    for _time in range(times):
        doors.failed(address)


class Guest:
    """Somebody at a door, who stays in it until told to go on."""

    def __init__(self, doors: Doors, address: str = HERE) -> None:
        self.is_in, self.may_go = False, asyncio.Event()
        self.task = asyncio.create_task(self._enter(doors, address))

    async def _enter(self, doors: Doors, address: str) -> None:
        async with doors.entering(address):
            self.is_in = True
            await self.may_go.wait()
        self.is_in = False


async def settled() -> None:
    for _time in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("times", [0, FAILURES_A_MINUTE - 1])
async def test_nobody_waits_where_few_have_failed(times: int) -> None:
    doors = Doors()
    ring(doors, HERE, times)
    guests = [Guest(doors) for _number in range(3)]
    await settled()
    assert [guest.is_in for guest in guests] == [True, True, True]
    for guest in guests:
        guest.may_go.set()


async def test_one_at_a_time_is_looked_at_where_many_have_failed_and_the_next_address_is_free() -> None:
    doors = Doors()
    ring(doors, HERE)
    guests, other = [Guest(doors) for _number in range(3)], Guest(doors, NEXT_DOOR)
    await settled()
    assert ([guest.is_in for guest in guests], other.is_in) == ([True, False, False], True)
    guests[1].task.cancel()
    guests[0].may_go.set()
    await settled()
    assert [guest.is_in for guest in guests] == [False, False, True]
    for guest in (*guests, other):
        guest.may_go.set()
    await asyncio.gather(*(guest.task for guest in (*guests, other)), return_exceptions=True)


async def test_oldest_goes_when_the_queue_is_full() -> None:
    doors = Doors()
    ring(doors, HERE)
    guests = [Guest(doors) for _number in range(MOST_WAITING + 2)]
    await settled()
    with pytest.raises(TooMany):
        await guests[1].task
    for guest in guests:
        guest.may_go.set()
    await asyncio.gather(*(guest.task for guest in guests), return_exceptions=True)
    assert [guest.task.exception() for guest in guests if guest is not guests[1]] == [None] * (MOST_WAITING + 1)


async def test_a_minute_later_all_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    doors = Doors()
    ring(doors, HERE)
    now = doors_module.time.monotonic()
    monkeypatch.setattr(doors_module.time, "monotonic", lambda: now + 61)
    guests = [Guest(doors) for _number in range(2)]
    await settled()
    assert [guest.is_in for guest in guests] == [True, True]
    for guest in guests:
        guest.may_go.set()


async def test_addresses_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors_module, "MOST_ADDRESSES", 3)
    doors = Doors()
    for number in range(10):
        doors.failed(f"192.0.2.{number}")
    assert len(doors._doors) == 3
