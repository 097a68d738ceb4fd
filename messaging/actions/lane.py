"""Group commit: what arrives while one statement runs goes into the next. No timer, no waiting when little happens.

submit ──► queue ──► one batch at a time ──► one statement, one commit ──► every waiting future has its answer
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import psycopg
from psycopg import AsyncConnection

from messaging.queries.pool import live_pool

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Connection = AsyncConnection[tuple[Any, ...]]

MOST_AT_ONCE = 256
# A lost connection or a restart is bridged this often; writing twice is safe because every item can be repeated.
TRIES = 4


class Unavailable(Exception):
    """The database did not take the item; nothing is known to be stored, and the client may repeat it."""


class Lane(Generic[Item, Answer]):
    """One lane a process for one kind of write, on one connection at a time.

    ``write`` runs one statement for a batch. A batch that clashes with another process, or waits too long for a row
    that somebody holds, is written again one by one, so that only the item concerned fails.
    """

    def __init__(self, write: Callable[[Connection, Sequence[Item]], Awaitable[list[Answer]]]) -> None:
        self._write = write
        self._queue: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: Item) -> asyncio.Future[Answer]:
        """Queue ``item``; the future answers after the commit, or raises Unavailable."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return future

    async def _run(self) -> None:
        try:
            while self._queue:
                batch, self._queue = self._queue[:MOST_AT_ONCE], self._queue[MOST_AT_ONCE:]
                answers = await self._answers([item for item, _future in batch])
                for (_item, future), answer in zip(batch, answers, strict=True):
                    if future.cancelled():
                        continue
                    if isinstance(answer, Unavailable):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            self._task = None

    async def _answers(self, items: Sequence[Item]) -> Sequence[Answer | Unavailable]:
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(0.1 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - spread, not secrecy
            try:
                pool = await live_pool()
                async with pool.connection() as connection:
                    return await self._try(connection, items)
            except (psycopg.OperationalError, TimeoutError) as error:
                logger.warning("batch of %d not written: %s", len(items), type(error).__name__)
        return [Unavailable()] * len(items)

    async def _try(self, connection: Connection, items: Sequence[Item]) -> Sequence[Answer | Unavailable]:
        try:
            return await self._write(connection, items)
        except (
            psycopg.IntegrityError,
            psycopg.errors.LockNotAvailable,
            psycopg.errors.QueryCanceled,
            psycopg.DataError,
        ):
            return [await self._single(connection, item) for item in items]

    async def _single(self, connection: Connection, item: Item) -> Answer | Unavailable:
        try:
            [answer] = await self._write(connection, [item])
        except psycopg.IntegrityError:
            # The other writer has committed meanwhile, so the next look finds what it wrote.
            return await self._once_more(connection, item)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled, psycopg.DataError):
            return Unavailable()
        return answer

    async def _once_more(self, connection: Connection, item: Item) -> Answer | Unavailable:
        try:
            [answer] = await self._write(connection, [item])
        except (psycopg.IntegrityError, psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled):
            return Unavailable()
        return answer
