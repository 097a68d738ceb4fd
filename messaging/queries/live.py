"""What the hub reads: each statement answers for all sockets of a process, and joins each to its right to read.

wants (socket, conversation, cursor) ──► entitled: participant, active, session stands ──► one read per conversation
"""

import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, LiteralString, NamedTuple

from psycopg import AsyncConnection

from messaging.queries.arrays import entry_arrays, plain_array
from messaging.queries.messages import BADGES
from messaging.queries.pool import live_pool
from messaging.queries.rights import ended_rights, fallen_entries
from messaging.realtime.socket import Entry
from messaging.realtime.source import SLACK_SECONDS, Changed, Unseen, Want
from messaging.rules import apart, open_to
from messaging.states import BADGE_LIMIT

Connection = AsyncConnection[tuple[Any, ...]]

# How many messages of one conversation one read takes; the hub reads again while a page is full.
PAGE = 200
MOST_CONVERSATIONS = 1000

UNSEEN: Final[LiteralString] = """
WITH want AS (
    SELECT * FROM unnest(
        %(people)s::bigint[], %(conversations)s::uuid[], %(cursors)s::bigint[],
        %(sessions)s::text[], %(epochs)s::integer[], %(marks)s::bytea[]
    ) WITH ORDINALITY AS w (user_id, conversation_id, cursor, session_key, epoch, mark, place)
), entitled AS (
    SELECT want.conversation_id, min(greatest(want.cursor, member.joined_seq)) AS cursor,
        array_agg(want.place::integer) AS places, array_agg(want.user_id) AS people,
        array_agg(member.joined_seq) AS floors, max(member.joined_seq) AS highest, bool_or(talk.is_group) AS is_group
    FROM want
    JOIN messaging_conversation talk ON talk.id = want.conversation_id
    JOIN accounts_user person ON person.id = want.user_id AND person.is_active AND person.auth_epoch = want.epoch
        AND sha256(convert_to(person.password, 'UTF8')) = want.mark
    JOIN django_session visit ON visit.session_key = want.session_key AND visit.expire_date > statement_timestamp()
    JOIN messaging_participant member
        ON member.conversation_id = want.conversation_id AND member.user_id = want.user_id AND member.left_at IS NULL
    GROUP BY want.conversation_id
)
SELECT CASE WHEN entitled.highest < m.seq THEN entitled.places ELSE ARRAY(
        SELECT place FROM unnest(entitled.places, entitled.floors) AS p (place, floor) WHERE floor < m.seq
    ) END, m.conversation_id::text, m.seq, m.id::text, m.client_id::text, u.public_id::text, m.kind,
    CASE WHEN m.deleted_at IS NULL THEN m.text ELSE '' END, m.created_at, m.edited_at, m.deleted_at IS NOT NULL,
    CASE WHEN entitled.highest > 0 THEN ARRAY(
        SELECT place FROM unnest(entitled.places, entitled.floors) AS p (place, floor)
        WHERE floor > 0 AND floor + 1 = m.seq
    ) END,
    CASE WHEN entitled.is_group THEN ARRAY(
        SELECT place FROM unnest(entitled.places, entitled.people) AS p (place, person)
        JOIN accounts_block b ON b.blocker_id = p.person AND b.blocked_id = m.sender_id
    ) END,
    CASE WHEN m.file_count > 0 AND m.deleted_at IS NULL THEN (
        SELECT json_agg(json_build_object('id', f.id, 'name', f.name, 'size',
            CASE WHEN f.stored_size > 0 THEN f.stored_size ELSE f.size END, 'kind', f.kind, 'state', f.state
        ) ORDER BY f.position) FROM messaging_file f WHERE f.message_id = m.id
    ) END
FROM entitled
CROSS JOIN LATERAL (
    SELECT * FROM messaging_message
    WHERE conversation_id = entitled.conversation_id AND seq > entitled.cursor ORDER BY seq LIMIT %(page)s
) m
LEFT JOIN accounts_user u ON u.id = m.sender_id
ORDER BY m.conversation_id, m.seq
"""
STIRRED: Final[LiteralString] = """
SELECT member.user_id, talk.id::text, talk.last_seq
FROM messaging_participant member JOIN messaging_conversation talk ON talk.id = member.conversation_id
WHERE member.user_id = ANY (%(people)s) AND member.left_at IS NULL
    AND talk.last_message_at > statement_timestamp() - make_interval(secs => %(seconds)s)
"""
# What was changed is found once and is little; the people are many.
CHANGED: Final[LiteralString] = """
WITH m AS MATERIALIZED (
    SELECT conversation_id, seq, edited_at FROM messaging_message
    WHERE edited_at > statement_timestamp() - make_interval(secs => %(seconds)s)
)
SELECT array_agg(member.user_id), m.conversation_id::text, m.seq,
    extract(epoch FROM statement_timestamp() - m.edited_at)::float8
FROM m JOIN messaging_participant member
    ON member.conversation_id = m.conversation_id AND member.left_at IS NULL AND member.user_id = ANY (%(people)s)
GROUP BY m.conversation_id, m.seq, m.edited_at
"""
HELLO: Final[LiteralString] = """
SELECT (
    SELECT coalesce(json_object_agg(id, last_seq), '{}') FROM (
        SELECT talk.id, talk.last_seq
        FROM messaging_participant member JOIN messaging_conversation talk ON talk.id = member.conversation_id
        WHERE member.user_id = asked.person AND member.left_at IS NULL
        ORDER BY talk.last_message_at DESC NULLS LAST LIMIT %(most)s
    ) talks
) FROM unnest(%(people)s::bigint[]) WITH ORDINALITY AS asked (person, place) ORDER BY asked.place
"""
# Another timeline or another database means that numbers may begin again: clients then drop their cursors.
EPOCH: Final[LiteralString] = """
SELECT s.system_identifier, c.timeline_id, d.oid
FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
"""
_LISTENERS: Final = """
SELECT t.place, array_agg(other.user_id)
FROM unnest(
    %(people)s::bigint[], %(conversations)s::uuid[], %(sessions)s::text[], %(epochs)s::integer[], %(marks)s::bytea[]
) WITH ORDINALITY AS t (user_id, conversation_id, session_key, epoch, mark, place)
JOIN accounts_user writer ON writer.id = t.user_id AND writer.is_active AND writer.auth_epoch = t.epoch
    AND sha256(convert_to(writer.password, 'UTF8')) = t.mark AND writer.shares_receipts
JOIN django_session visit ON visit.session_key = t.session_key AND visit.expire_date > statement_timestamp()
JOIN messaging_participant me
    ON me.conversation_id = t.conversation_id AND me.user_id = t.user_id AND me.left_at IS NULL
JOIN messaging_conversation talk ON talk.id = me.conversation_id AND {is_open}
JOIN messaging_participant other
    ON other.conversation_id = me.conversation_id AND other.left_at IS NULL AND other.user_id <> me.user_id
JOIN accounts_user reader ON reader.id = other.user_id AND reader.shares_receipts
WHERE NOT {apart}
GROUP BY t.place
"""
LISTENERS: Final[LiteralString] = _LISTENERS.format(
    is_open=open_to("talk", "me.user_id"), apart=apart("me.user_id", "other.user_id")
)


async def unseen_messages(connection: Connection, wants: Sequence[Want]) -> list[Unseen]:
    """Return what each want may have, by conversation and number, at most PAGE of each conversation. One statement."""
    values: dict[str, Any] = entry_arrays([want.entry for want in wants]) | {
        "conversations": plain_array([want.conversation for want in wants]),
        "cursors": plain_array([want.cursor for want in wants]),
        "page": PAGE,
    }
    cursor = await connection.execute(UNSEEN, values, prepare=True)
    return [Unseen(*row) for row in await cursor.fetchall()]


async def stirred_conversations(
    connection: Connection, people: Sequence[int], seconds: float
) -> list[tuple[int, str, int]]:
    """Return (person, conversation, newest number) for what was said within ``seconds`` and a slack. One statement."""
    values = {"people": list(people), "seconds": seconds + SLACK_SECONDS}
    cursor = await connection.execute(STIRRED, values, prepare=True)
    return [(person, conversation, seq) for person, conversation, seq in await cursor.fetchall()]


async def changed_messages(connection: Connection, people: Sequence[int], seconds: float) -> list[Changed]:
    """Return what was edited or deleted within ``seconds`` and a slack, with who may know. One statement."""
    values = {"people": list(people), "seconds": seconds + SLACK_SECONDS}
    cursor = await connection.execute(CHANGED, values, prepare=True)
    return [Changed(*row) for row in await cursor.fetchall()]


class Welcome(NamedTuple):
    """What a socket is told first: the history it stands on, and the newest number of each conversation."""

    epoch: str
    numbers: dict[str, int]


async def welcomes(connection: Connection, people: Sequence[int]) -> list[Welcome]:
    """Return the welcome of each person; their liveliest MOST_CONVERSATIONS. Two statements however many come."""
    row = await (await connection.execute(EPOCH, prepare=True)).fetchone()
    epoch = str(uuid.uuid5(uuid.NAMESPACE_OID, repr(row)))
    cursor = await connection.execute(HELLO, {"people": list(people), "most": MOST_CONVERSATIONS}, prepare=True)
    return [Welcome(epoch, numbers) for (numbers,) in await cursor.fetchall()]


class Typing(NamedTuple):
    """Somebody is writing in a conversation."""

    entry: Entry
    conversation: str


async def listeners(connection: Connection, typings: Sequence[Typing]) -> list[Sequence[int]]:
    """Return for each whom to tell: the others in an open conversation who share receipts.

    Nobody when the writer does not share them, is not in it or is signed out. One statement.
    """
    values = entry_arrays([typing.entry for typing in typings])
    values["conversations"] = plain_array([typing.conversation for typing in typings])
    cursor = await connection.execute(LISTENERS, values, prepare=True)
    found: dict[int, Sequence[int]] = dict(await cursor.fetchall())
    return [found.get(place, ()) for place in range(1, len(typings) + 1)]


async def badges_of(connection: Connection, people: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return unread messages and unread news of each person, each counted to BADGE_LIMIT at most. One statement."""
    cursor = await connection.execute(BADGES, {"people": list(people), "most": BADGE_LIMIT}, prepare=True)
    return {person: (messages, news) for person, messages, news in await cursor.fetchall()}


class DatabaseSource:
    """The hub's reads, each on a connection of the live pool."""

    page = PAGE

    async def unseen(self, wants: Sequence[Want]) -> list[Unseen]:
        """Return what each want may have."""
        async with (await live_pool()).connection() as connection:
            return await unseen_messages(connection, wants)

    async def fallen(self, entries: Sequence[Entry]) -> dict[int, bool]:
        """Return the indexes of the entries that no longer stand, with whether the person is active."""
        async with (await live_pool()).connection() as connection:
            return await fallen_entries(connection, entries)

    def ended(self) -> AsyncIterator[str]:
        """Yield whose right ends."""
        return ended_rights()

    async def stirred(self, people: Sequence[int], seconds: float) -> list[tuple[int, str, int]]:
        """Return what was said within ``seconds``."""
        async with (await live_pool()).connection() as connection:
            return await stirred_conversations(connection, people, seconds)

    async def changed(self, people: Sequence[int], seconds: float) -> list[Changed]:
        """Return what was edited or deleted within ``seconds``."""
        async with (await live_pool()).connection() as connection:
            return await changed_messages(connection, people, seconds)

    async def badges(self, people: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return what each person has not read."""
        async with (await live_pool()).connection() as connection:
            return await badges_of(connection, people)
