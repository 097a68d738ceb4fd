"""The live path's own small pool of asynchronous connections beside Django's: one per event loop, made on first use."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]

# One lane writes, one reads, one moves read pointers, one checks who may still be here.
SIZE = 4
# Everything here is looked up by index: a plan made while tables are empty must not go on reading whole tables. A row
# that somebody else holds is waited for briefly, because others wait behind.
OPTIONS = "-c enable_seqscan=off -c lock_timeout=1000 -c statement_timeout=5000"

_pools: "WeakKeyDictionary[asyncio.AbstractEventLoop, Pool]" = WeakKeyDictionary()


def _connection_values() -> dict[str, Any]:
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
            kwargs={**_connection_values(), "autocommit": True, "prepare_threshold": 1},
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
