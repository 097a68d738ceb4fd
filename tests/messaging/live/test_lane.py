"""The lane on its own, with a database made of lists: what goes together, what waits, and nothing is left behind."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from operator import itemgetter
from typing import Any

import pytest

from messaging.actions import lane as lane_module
from messaging.actions.lane import WORTH_A_BATCH, Held, Lane

Item = tuple[str, int]


class Book:
    """Write down batches; each takes until ``gate`` lets it through."""

    def __init__(self) -> None:
        self.batches: list[list[Item]] = []
        self.written: list[Item] = []
        self.under_way = self.most_under_way = 0
        self.held: set[str] = set()
        self.gate = asyncio.Semaphore(0)

    async def write(self, _connection: Any, items: Sequence[Item]) -> list[int | Held]:
        self.batches.append(list(items))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await self.gate.acquire()
        self.under_way -= 1
        self.written += [item for item in items if item[0] not in self.held]
        return [Held() if row in self.held else number for row, number in items]

    async def wait(self, _connection: Any, items: Sequence[Item]) -> list[int]:
        await asyncio.sleep(0.01)
        self.written += items
        return [number for _row, number in items]


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Book:
    class Pool:
        @asynccontextmanager
        async def connection(self) -> AsyncIterator[None]:
            yield None

    async def live_pool() -> Pool:
        return Pool()

    monkeypatch.setattr(lane_module, "live_pool", live_pool)
    return Book()


def numbers(book: Book, row: str) -> list[int]:
    return [number for one, number in book.written if one == row]


def let_all_through(book: Book) -> None:
    for _time in range(1000):
        book.gate.release()


async def test_what_arrives_meanwhile_goes_together_and_one_writes_while_little_waits(book: Book) -> None:
    lane: Lane[Item, int] = Lane(book.write, row_of=itemgetter(0), width=2)
    futures = [lane.submit(("a", 0))]
    await asyncio.sleep(0)
    futures += [lane.submit((f"row {number}", number)) for number in range(1, WORTH_A_BATCH)]
    await asyncio.sleep(0.01)
    assert [len(batch) for batch in book.batches] == [1]
    let_all_through(book)
    assert await asyncio.gather(*futures) == list(range(WORTH_A_BATCH))
    assert [len(batch) for batch in book.batches] == [1, WORTH_A_BATCH - 1]
    assert book.most_under_way == 1


async def test_another_batch_is_written_meanwhile_when_it_is_worth_it_but_nothing_for_the_same_row(book: Book) -> None:
    lane: Lane[Item, int] = Lane(book.write, row_of=itemgetter(0), width=2)
    futures = [lane.submit(("a", 0))]
    await asyncio.sleep(0)
    futures += [lane.submit(("a" if number % 2 else f"row {number}", number)) for number in range(1, 2 * WORTH_A_BATCH)]
    await asyncio.sleep(0.01)
    first, second = book.batches
    assert (first, {row for row, _number in second} & {"a"}) == ([("a", 0)], set())
    let_all_through(book)
    assert await asyncio.gather(*futures) == list(range(2 * WORTH_A_BATCH))
    assert numbers(book, "a") == [0, *range(1, 2 * WORTH_A_BATCH, 2)]
    assert book.most_under_way == 2


@pytest.mark.parametrize("width", [1, 2, 3])
async def test_every_row_keeps_its_order_and_everything_is_answered(width: int, book: Book) -> None:
    book.held = {"row 3"}
    lane: Lane[Item, int] = Lane(book.write, wait=book.wait, row_of=itemgetter(0), width=width)
    let_all_through(book)
    futures = []
    for number in range(600):
        futures.append(lane.submit((f"row {number * number % 7}", number)))
        if number % 13 == 0:
            await asyncio.sleep(0)
    assert await asyncio.wait_for(asyncio.gather(*futures), 5) == list(range(600))
    for row in {row for row, _number in book.written}:
        assert numbers(book, row) == sorted(numbers(book, row))
    assert len(book.written) == 600
    assert book.most_under_way <= width
