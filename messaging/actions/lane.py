"""Group commit: what arrives while one statement runs goes into the next. Nobody waits when little happens.

submit ──► queue ──► one batch at a time ──► one statement, one commit ──► every waiting future has its answer
                                 └─ row held by somebody else ──► waits apart, with what follows for the same row

A commit waits for the disk. Where ``width`` allows it and enough has queued up meanwhile, the next batch is written by
another connection during that time; it takes nothing for a row that is under way, so the order of a row stays.

To begin a statement costs as much as several items in it. So where a batch had much, a moment passes before the next.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar, cast

import psycopg
from psycopg import AsyncConnection

from messaging.queries.pool import live_pool

logger = logging.getLogger(__name__)


class Held:
    """The answer for an item that was not written because somebody else holds its row."""


class Unavailable(Exception):
    """The database did not take the item; nothing is known to be stored, and the client may repeat it."""


Item = TypeVar("Item")
Answer = TypeVar("Answer")
Connection = AsyncConnection[tuple[Any, ...]]
Write = Callable[[Connection, Sequence[Item]], Awaitable[Sequence[Answer | Held]]]

MOST_AT_ONCE = 256
# Beyond this a lane refuses at once: the database is away or far too slow, and the client keeps what it sent.
MOST_WAITING = 20_000
# A lost connection or a restart is bridged this often; writing twice is safe because every item can be repeated.
TRIES = 4
# A batch of its own is worth so many items while another is under way: fewer wait, and cost less together.
WORTH_A_BATCH = 16
# After a batch of so many, the next waits so long for more of them.
MUCH = 6
GATHER_SECONDS = 0.002
# How many rows that somebody else holds are waited for at once.
PATIENT = 2


class Lane(Generic[Item, Answer]):
    """One lane a process for one kind of write, on ``width`` connections at a time at most.

    ``write`` runs one statement for a batch. A batch that clashes with another process is written again one by one, so
    that only the item concerned fails. When ``write`` answers Held, somebody holds the row of ``row_of(item)``: then
    ``wait`` writes the item on a connection of its own while the lane goes on; what follows for that row stays behind.
    """

    def __init__(
        self,
        write: "Write[Item, Answer]",
        *,
        wait: "Write[Item, Answer] | None" = None,
        row_of: Callable[[Item], Hashable] = id,
        width: int = 1,
    ) -> None:
        self._write, self._wait, self._row_of, self._width = write, wait or write, row_of, width
        self._queue: list[tuple[Item, asyncio.Future[Answer]]] = []
        # The rows of the batches under way.
        self._busy: set[Hashable] = set()
        self._held: dict[Hashable, list[tuple[Item, asyncio.Future[Answer]]]] = {}
        self._patience = asyncio.Semaphore(PATIENT)
        self._writers: set[asyncio.Task[None]] = set()
        self._patients: set[asyncio.Task[None]] = set()

    def submit(self, item: Item) -> asyncio.Future[Answer]:
        """Queue ``item``; the future answers after the commit, or raises Unavailable."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        behind = self._held.get(self._row_of(item)) if self._held else None
        queue = self._queue if behind is None else behind
        if len(queue) >= MOST_WAITING:
            future.set_exception(Unavailable())
            return future
        queue.append((item, future))
        is_much = len(queue) % WORTH_A_BATCH == 0
        if not self._writers or (is_much and len(self._writers) < self._width):
            self._writers.add(asyncio.create_task(self._run()))
        return future

    async def _run(self) -> None:
        size = 0
        try:
            while True:
                if size >= MUCH and len(self._queue) < WORTH_A_BATCH:
                    await asyncio.sleep(GATHER_SECONDS)
                if (self._busy and len(self._queue) < WORTH_A_BATCH) or not (batch := self._take()):
                    return
                size = len(batch)
                rows = {self._row_of(item) for item, _future in batch}
                self._busy |= rows
                try:
                    answers = await self._answers(self._write, [item for item, _future in batch])
                finally:
                    self._busy -= rows
                for entry, answer in zip(batch, answers, strict=True):
                    if isinstance(answer, Held):
                        self._hold(entry)
                    else:
                        _settle(entry[1], answer)
        finally:
            self._writers.remove(cast("asyncio.Task[None]", asyncio.current_task()))

    def _take(self) -> list[tuple[Item, asyncio.Future[Answer]]]:
        """Take what can be written now; what follows for a row under way stays in its order."""
        if not self._busy:
            batch, self._queue = self._queue[:MOST_AT_ONCE], self._queue[MOST_AT_ONCE:]
            return batch
        free = [entry for entry in self._queue if self._row_of(entry[0]) not in self._busy][:MOST_AT_ONCE]
        taken = {id(entry) for entry in free}
        self._queue = [entry for entry in self._queue if id(entry) not in taken]
        return free

    def _hold(self, entry: tuple[Item, asyncio.Future[Answer]]) -> None:
        row = self._row_of(entry[0])
        if row in self._held:
            self._held[row].append(entry)
            return
        # What was queued for that row meanwhile must not overtake.
        self._held[row] = [entry]
        task = asyncio.create_task(self._be_patient(row))
        self._patients.add(task)
        task.add_done_callback(self._patients.discard)

    async def _be_patient(self, row: Hashable) -> None:
        held = self._held[row]
        held += [entry for entry in self._queue if self._row_of(entry[0]) == row]
        self._queue = [entry for entry in self._queue if self._row_of(entry[0]) != row]
        async with self._patience:
            while held:
                batch = held[:MOST_AT_ONCE]
                del held[:MOST_AT_ONCE]
                answers = await self._answers(self._wait, [item for item, _future in batch])
                for (_item, future), answer in zip(batch, answers, strict=True):
                    _settle(future, Unavailable() if isinstance(answer, Held) else answer)
        del self._held[row]

    async def _answers(
        self, write: "Write[Item, Answer]", items: Sequence[Item]
    ) -> Sequence[Answer | Unavailable | Held]:
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(0.1 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - spread, not secrecy
            try:
                pool = await live_pool()
                async with pool.connection() as connection:
                    return await _try(write, connection, items)
            except (psycopg.OperationalError, TimeoutError) as error:
                logger.warning("batch of %d not written: %s", len(items), type(error).__name__)
        return [Unavailable()] * len(items)


def _settle(future: "asyncio.Future[Answer]", answer: Answer | Unavailable) -> None:
    if future.cancelled():
        return
    if isinstance(answer, Unavailable):
        future.set_exception(answer)
    else:
        future.set_result(answer)


async def _try(
    write: "Write[Item, Answer]", connection: Connection, items: Sequence[Item]
) -> Sequence[Answer | Unavailable | Held]:
    try:
        return await write(connection, items)
    except (
        psycopg.IntegrityError,
        psycopg.errors.LockNotAvailable,
        psycopg.errors.QueryCanceled,
        psycopg.DataError,
    ) as error:
        if len(items) == 1 and not isinstance(error, psycopg.IntegrityError):
            return [Unavailable()]
        return [await _single(write, connection, item) for item in items]


async def _single(write: "Write[Item, Answer]", connection: Connection, item: Item) -> Answer | Unavailable | Held:
    for _time in range(2):
        try:
            [answer] = await write(connection, [item])
        except psycopg.IntegrityError:
            # The other writer has committed meanwhile, so the next look finds what it wrote.
            continue
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled, psycopg.DataError):
            return Unavailable()
        return answer
    return Unavailable()
