"""Count the sockets of each person over all web processes; of more than SOCKETS_PER_PERSON the oldest goes.

    socket opens ──► row written, committed ──► rows of that person counted ──► beyond five: row goes, its process hears

Counted only after the commit: of two processes that write at once, the one that counts last sees both rows. A process
is known by the connection it listens on: when that ends, by whatever death, its rows count no more.
"""

import uuid
from collections.abc import Sequence
from typing import Final, LiteralString

from messaging.queries.pool import live_pool
from messaging.realtime.seats import Claim
from messaging.realtime.socket import SOCKETS_PER_PERSON

LEAVE: Final[LiteralString] = """
DELETE FROM messaging_seat
WHERE id = ANY (%(gone)s::uuid[]) OR (%(is_new)s AND listener NOT IN (SELECT name FROM messaging_listener))
"""
# Who writes down again what was written down before, on a new connection, keeps its age.
TAKE: Final[LiteralString] = """
INSERT INTO messaging_seat (id, user_id, listener, opened_at)
SELECT s.id, s.user_id, %(listener)s, statement_timestamp() - make_interval(secs => s.age)
FROM unnest(%(ids)s::uuid[], %(people)s::bigint[], %(ages)s::float8[]) AS s (id, user_id, age) ORDER BY s.id
ON CONFLICT (id) DO UPDATE SET listener = excluded.listener
"""
COUNT: Final[LiteralString] = """
WITH living AS (
    SELECT seat.id, row_number() OVER (PARTITION BY seat.user_id ORDER BY seat.opened_at DESC, seat.id) AS place
    FROM messaging_seat seat
    WHERE seat.user_id = ANY (%(people)s::bigint[]) AND seat.listener IN (SELECT name FROM messaging_listener)
), beyond AS (
    DELETE FROM messaging_seat WHERE id IN (SELECT id FROM living WHERE place > %(most)s) RETURNING id
)
SELECT pg_notify('messaging_ended_rights', 'k' || id) FROM beyond
"""


async def keep_seats(listener: str, come: Sequence[Claim], gone: Sequence[uuid.UUID], *, is_new: bool) -> None:
    """Write down who has come and gone, and have the sockets that are too many closed wherever they are.

    ``is_new`` says that ``listener`` has just begun to hear; rows of listeners that are no more then go.
    Safe to repeat. Three statements, each committed by itself; those with nothing to do are left out.
    """
    people = list({claim.user_id for claim in come})
    async with (await live_pool()).connection() as connection:
        if gone or is_new:
            await connection.execute(LEAVE, {"gone": list(gone), "is_new": is_new}, prepare=True)
        if come:
            values = {
                "listener": listener,
                "ids": [claim.id for claim in come],
                "people": [claim.user_id for claim in come],
                "ages": [claim.age for claim in come],
            }
            await connection.execute(TAKE, values, prepare=True)
            await connection.execute(COUNT, {"people": people, "most": SOCKETS_PER_PERSON}, prepare=True)
