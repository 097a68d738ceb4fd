"""Move read pointers: they only rise, and never above the newest message."""

import uuid
from collections.abc import Sequence
from typing import Any, Final, LiteralString, NamedTuple

from django.db import connection
from psycopg import AsyncConnection

from diaspora_net.accounts.models import User
from messaging.models import Conversation
from messaging.queries.arrays import bytes_array, plain_array, text_array
from messaging.realtime import Wake, publish_after_commit
from messaging.realtime.socket import Entry
from messaging.rules import apart, open_to

# Nobody is told of a glance into a conversation that is not open to the one who glances: a receipt would tell a block
# from a closed conversation. Rows are locked in id order, so that two devices of one person never wait for each other
# in a circle.
_SEE: Final = """
WITH glance AS (
    SELECT * FROM unnest(
        %(conversations)s::uuid[], %(readers)s::bigint[], %(reads)s::bigint[],
        %(sessions)s::text[], %(epochs)s::integer[], %(marks)s::bytea[]
    ) WITH ORDINALITY AS g (conversation_id, user_id, read, session_key, epoch, mark, place)
), granted AS MATERIALIZED (
    SELECT glance.*, member.id AS member_id, least(glance.read, talk.last_seq) AS up_to,
        person.public_id, person.shares_receipts AND {is_open} AS is_told
    FROM glance
    JOIN accounts_user person ON person.id = glance.user_id AND person.is_active
    JOIN messaging_participant member
        ON member.conversation_id = glance.conversation_id AND member.user_id = glance.user_id
        AND member.left_at IS NULL
    JOIN messaging_conversation talk ON talk.id = glance.conversation_id
    WHERE glance.session_key IS NULL OR (
        person.auth_epoch = glance.epoch AND sha256(convert_to(person.password, 'UTF8')) = glance.mark
        AND EXISTS (
            SELECT FROM django_session visit
            WHERE visit.session_key = glance.session_key AND visit.expire_date > statement_timestamp()
        )
    )
), held AS MATERIALIZED (
    SELECT id, read_seq FROM messaging_participant
    WHERE id IN (SELECT member_id FROM granted) ORDER BY id FOR NO KEY UPDATE
), newest AS (
    SELECT member_id, max(up_to) AS up_to FROM granted GROUP BY member_id
), risen AS (
    UPDATE messaging_participant SET read_seq = newest.up_to
    FROM newest JOIN held ON held.id = newest.member_id
    WHERE messaging_participant.id = newest.member_id AND held.read_seq < newest.up_to
    RETURNING messaging_participant.id
)
SELECT g.place, g.user_id, g.conversation_id, g.up_to, g.public_id, risen.id IS NOT NULL,
    CASE WHEN risen.id IS NOT NULL AND g.is_told THEN ARRAY(
        SELECT other.user_id FROM messaging_participant other JOIN accounts_user u ON u.id = other.user_id
        WHERE other.conversation_id = g.conversation_id AND other.left_at IS NULL
            AND other.user_id <> g.user_id AND u.shares_receipts
            AND NOT {apart}
    ) END
FROM granted g LEFT JOIN risen ON risen.id = g.member_id
"""
SEE: Final[LiteralString] = _SEE.format(
    is_open=open_to("talk", "glance.user_id"), apart=apart("other.user_id", "g.user_id")
)


class Glance(NamedTuple):
    """Somebody has read up to ``read``; ``entry`` is the session it came through, if by socket."""

    conversation_id: uuid.UUID | str
    user_id: int
    read: int
    entry: Entry | None = None


class Seen(NamedTuple):
    """What became of a glance: granted at all, and the wakes to send when the pointer rose."""

    is_granted: bool
    wakes: Sequence[Wake]


def _parameters(glances: Sequence[Glance]) -> dict[str, Any]:
    entries = [glance.entry for glance in glances]
    return {
        "conversations": plain_array([glance.conversation_id for glance in glances]),
        "readers": plain_array([glance.user_id for glance in glances]),
        "reads": plain_array([glance.read for glance in glances]),
        "sessions": text_array([entry.session_key if entry else None for entry in entries]),
        "epochs": plain_array([entry.auth_epoch if entry else 0 for entry in entries]),
        "marks": bytes_array([entry.password_mark if entry else b"" for entry in entries]),
    }


def _answers(rows: Sequence[tuple[Any, ...]], count: int) -> list[Seen]:
    answers = [Seen(False, ())] * count
    for place, user_id, conversation_id, read, public_id, has_risen, others in rows:
        wakes = [Wake("badge", [user_id])] if has_risen else []
        if others:
            wakes.append(Wake("seen", others, str(conversation_id), read, str(public_id)))
        answers[place - 1] = Seen(True, wakes)
    return answers


async def see_messages(connection: AsyncConnection[tuple[Any, ...]], glances: Sequence[Glance]) -> list[Seen]:
    """Move many read pointers on an autocommitting connection. One statement."""
    cursor = await connection.execute(SEE, _parameters(glances), prepare=True)
    return _answers(await cursor.fetchall(), len(glances))


def mark_read(*, actor: User, conversation: Conversation, seq: int) -> None:
    """Say that ``actor`` has read up to ``seq``; who shares receipts both ways is told after commit. Queries: 1.

    Safe to repeat, and silent when the person is not in the conversation.
    """
    with connection.cursor() as cursor:
        cursor.execute(SEE, _parameters([Glance(conversation.pk, actor.pk, seq)]))
        [seen] = _answers(cursor.fetchall(), 1)
    publish_after_commit(seen.wakes)
