"""A web process does not wait for ever for a database that says nothing."""

import asyncio
import contextlib
import tempfile
import threading
import time
from typing import Any

import psycopg
import pytest
from django.db import connection

from diaspora_net.core import connections
from diaspora_net.core.connections import ANSWER_SECONDS, STATEMENT_SECONDS, AnsweredConnection, database_options
from messaging.queries.pool import connection_values
from tests.faults.proxy import to_unix

pytestmark = pytest.mark.django_db


def ask(plain: psycopg.Connection[Any]) -> None:
    with contextlib.suppress(psycopg.Error):
        plain.execute("SELECT 1")


def values(**more: Any) -> dict[str, Any]:
    return connection_values() | {"autocommit": True} | more


@pytest.mark.skipif(not str(connection.settings_dict["HOST"]).startswith("/"), reason="needs a socket in a directory")
async def test_connection_ends_when_the_database_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 1.0)
    port = connection.settings_dict["PORT"] or "5432"
    proxy = to_unix(f"{connection.settings_dict['HOST']}/.s.PGSQL.{port}")
    with tempfile.TemporaryDirectory() as directory:
        async with proxy.on_unix(f"{directory}/.s.PGSQL.{port}"):
            kinds = {}
            for kind in (AnsweredConnection, psycopg.Connection):
                kinds[kind] = await asyncio.to_thread(kind.connect, **values(host=directory))
                await asyncio.to_thread(kinds[kind].execute, "SELECT 1")
            proxy.drops = "down"
            ours, plain = kinds[AnsweredConnection], kinds[psycopg.Connection]
            began = time.monotonic()
            with pytest.raises(psycopg.OperationalError, match="does not answer"):
                await asyncio.to_thread(ours.execute, "SELECT 1")
            assert time.monotonic() - began < 10
            assert ours.closed
            # Without the limit it is still waiting.
            waiting = threading.Thread(target=ask, args=[plain], daemon=True)
            waiting.start()
            await asyncio.to_thread(waiting.join, 2)
            assert waiting.is_alive()
            plain.pgconn.finish()


def test_refused_statement_leaves_the_connection_as_it_is() -> None:
    with AnsweredConnection.connect(**values()) as ours:
        with pytest.raises(psycopg.errors.DivisionByZero):
            ours.execute("SELECT 1/0")
        assert ours.execute("SELECT 1").fetchone() == (1,)


def test_pool_of_a_web_process_has_the_limit_and_the_database_gives_up_first() -> None:
    assert STATEMENT_SECONDS < ANSWER_SECONDS
    pooled, bare = database_options(8), database_options(0)
    assert pooled["pool"]["connection_class"] is AnsweredConnection
    assert f"statement_timeout={STATEMENT_SECONDS}s" in pooled["options"]
    assert ("pool" in bare, "statement_timeout" in bare["options"]) == (False, False)
