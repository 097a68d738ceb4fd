"""Who may still be here: asked for many sockets at once, and told by the database as soon as a right ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection

from messaging.queries.arrays import entry_arrays
from messaging.queries.pool import connection_values
from messaging.realtime.socket import Entry

Connection = AsyncConnection[tuple[Any, ...]]

# How long the line may be silent before it is asked whether it lives.
SILENT_SECONDS = 3.0
ANSWER_SECONDS = 1.0

# A process that has died without a word to the database says nothing, so its connection ends soon.
ALIVE: Final = " -c idle_session_timeout=20000"
FALLEN: Final[LiteralString] = """
SELECT e.place, coalesce(person.is_active, false)
FROM unnest(%(people)s::bigint[], %(sessions)s::text[], %(epochs)s::integer[], %(marks)s::bytea[])
    WITH ORDINALITY AS e (user_id, session_key, epoch, mark, place)
LEFT JOIN accounts_user person ON person.id = e.user_id
LEFT JOIN django_session visit ON visit.session_key = e.session_key AND visit.expire_date > statement_timestamp()
WHERE (
    person.is_active AND person.auth_epoch = e.epoch AND visit.session_key IS NOT NULL
    AND sha256(convert_to(person.password, 'UTF8')) = e.mark
) IS NOT TRUE
"""
# For statements that do something else and at once ask who of their ``readers`` may be here: the places of those.
STANDING: Final[LiteralString] = """
SELECT e.place::integer
FROM unnest(
    %(readers)s::bigint[], %(reader_sessions)s::text[], %(reader_epochs)s::integer[], %(reader_marks)s::bytea[]
) WITH ORDINALITY AS e (user_id, session_key, epoch, mark, place)
JOIN accounts_user person ON person.id = e.user_id AND person.is_active AND person.auth_epoch = e.epoch
    AND sha256(convert_to(person.password, 'UTF8')) = e.mark
JOIN django_session visit ON visit.session_key = e.session_key AND visit.expire_date > statement_timestamp()
"""


async def fallen_entries(connection: Connection, entries: Sequence[Entry]) -> dict[int, bool]:
    """Return the indexes, from 0, of the entries that no longer stand, with whether the person is still active.

    One statement.
    """
    cursor = await connection.execute(FALLEN, entry_arrays(entries), prepare=True)
    return {place - 1: is_active for place, is_active in await cursor.fetchall()}


async def ended_rights() -> AsyncIterator[str]:
    """Yield ``l`` and the name by which the database hears us, then what ends: ``p`` and a user id, ``s`` and a session
    key, ``k`` and the id of a socket that is one too many. An empty word is a sign of life.

    Never ends. Raises what psycopg raises when the line breaks, TimeoutError when it is dead. One connection.
    """
    values = connection_values()
    values["options"] += ALIVE
    async with await AsyncConnection.connect(**values, autocommit=True) as connection:
        async with asyncio.timeout(ANSWER_SECONDS):
            await connection.execute("LISTEN messaging_ended_rights")
            cursor = await connection.execute("SELECT name FROM messaging_listener WHERE pid = pg_backend_pid()")
            [(listener,)] = await cursor.fetchall()
        yield f"l{listener}"
        while True:
            async with asyncio.timeout(ANSWER_SECONDS):
                await connection.execute("SELECT 1")
            yield ""
            async for notice in connection.notifies(timeout=SILENT_SECONDS):
                yield notice.payload
