"""Strangers who ring all the time wait for one another, and nobody who belongs here is shut out, unless it is full."""

import asyncio
import json
from urllib.request import Request, urlopen

import pytest
from asgiref.sync import sync_to_async
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from diaspora_net.accounts.models import User
from messaging.models import Conversation
from messaging.realtime import doors as doors_module
from messaging.realtime.doors import FAILURES_A_MINUTE, MOST_WAITING, Doors, TooMany
from tests.liveserver import session_cookie, start_site
from tests.messaging.live.wire import open_wire

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


@pytest.mark.django_db(transaction=True)
async def test_one_more_than_a_process_has_room_for_is_told_to_come_back_and_works_by_http(
    leave_no_connection: None, amina: User, salma: User, talk: Conversation
) -> None:
    headers = {"Cookie": await sync_to_async(session_cookie)(salma)}
    with start_site(SOCKETS_PER_PROCESS="2") as site:
        async with open_wire(site, amina) as first, open_wire(site, salma):
            with pytest.raises(InvalidStatus) as refused:
                await connect(site.socket_url, origin=site.url, additional_headers=headers)
            assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (503, "30")
            # Whoever is in notices nothing, and who was not let in reads by HTTP.
            assert (await first.write(talk, "Still here"))["seq"] == 1
            page = Request(f"{site.url}/api/v1/conversations/{talk.pk}/messages", headers=headers)
            with await asyncio.to_thread(urlopen, page, timeout=10) as answer:
                assert [one["text"] for one in json.load(answer)["messages"]] == ["Still here"]
        for _time in range(50):
            try:
                async with open_wire(site, salma) as again:
                    assert again.hello["conversations"] == {str(talk.pk): 1}
                return
            except InvalidStatus:
                await asyncio.sleep(0.1)
        raise AssertionError("there was never room again")
