"""The live path's own small pool of asynchronous connections beside Django's: one per event loop, made on first use."""

import asyncio
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from psycopg import AsyncConnection
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]

# Lanes that write, read, move read pointers and let people in, the checks, and two that wait for a row somebody holds.
SIZE = 8
# Everything here is looked up by index: a plan made while tables are empty must not go on reading whole tables. Each
# connection plans a statement once: for one message PostgreSQL would do so anew every time, which takes three times as
# long as running it. A row that somebody else holds is waited for briefly, because others wait behind.
OPTIONS = "-c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c lock_timeout=1000 -c statement_timeout=5000"

# Longer than any statement may take: who has said nothing by then is not heard any more, or does not hear us.
ANSWER_SECONDS = 6.0

Value = TypeVar("Value")


class LiveConnection(AsyncConnection[tuple[Any, ...]]):
    """A connection that gives itself up when the database does not answer.

    ``statement_timeout`` works as long as both sides hear each other. Over a link that is dead one way, or to a server
    that has stopped, a statement would wait for ever, and with it everybody who waits for the lane.
    """

    async def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:  # noqa: ASYNC109
        """Wait for the database. Raises OperationalError after ANSWER_SECONDS; the connection is then closed."""
        try:
            return await super().wait(gen, interval, timeout or ANSWER_SECONDS)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from None


_pools: "WeakKeyDictionary[asyncio.AbstractEventLoop, Pool]" = WeakKeyDictionary()


def connection_values() -> dict[str, Any]:
    """Return psycopg's arguments for the database that Django uses."""
    known = connection.settings_dict
    values = {
        "dbname": known["NAME"],
        "user": known["USER"],
        "password": known["PASSWORD"],
        "host": known["HOST"],
        "port": known["PORT"],
    }
    return {name: value for name, value in values.items() if value} | {"options": OPTIONS, "connect_timeout": 5}


async def live_pool() -> Pool:
    """Return the pool of the running event loop; connections commit each statement by themselves."""
    loop = asyncio.get_running_loop()
    pool = _pools.get(loop)
    if pool is None:
        pool = _pools[loop] = AsyncConnectionPool(
            connection_class=LiveConnection,
            kwargs={**connection_values(), "autocommit": True, "prepare_threshold": 1},
            min_size=1,
            max_size=SIZE,
            timeout=5,
            max_idle=300,
            reconnect_timeout=30,
            open=False,
            name="live",
        )
        await pool.open()
    return pool
