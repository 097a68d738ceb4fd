"""Connections of the web processes to the database, which give up when it does not answer."""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

# No page takes as long; the database ends a statement by itself after this.
STATEMENT_SECONDS = 30
# Longer than that: who has said nothing by then is not heard any more, or does not hear us.
ANSWER_SECONDS = 35.0

Value = TypeVar("Value")


class AnsweredConnection(psycopg.Connection[Any]):
    """A connection that ends when the database stays silent.

    ``statement_timeout`` works as long as both sides hear each other. Over a link that is dead one way, or to a server
    that has stopped, a request would wait for ever, and with it everybody who waits for the pool.
    """

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """Wait for the database. Raises OperationalError after ANSWER_SECONDS; the connection is then closed."""
        try:
            return super().wait(gen, interval, timeout or ANSWER_SECONDS)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from None


def database_options(pool_size: int) -> dict[str, Any]:
    """Return Django's OPTIONS of every connection; with a pool, which only web processes have, statements are limited.

    Only what ``core.statements`` prepares has a generic plan, and there it is always the right one.
    """
    session = "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 -c plan_cache_mode=force_generic_plan"
    if not pool_size:
        return {"options": session}
    pool = {"min_size": 1, "max_size": pool_size, "timeout": 5, "connection_class": AnsweredConnection}
    return {"options": f"{session} -c statement_timeout={STATEMENT_SECONDS}s", "pool": pool}
