"""Make messages quick to search, some seconds after they were written.

Search never waits for it: what lies above a conversation's ``indexed_seq`` it reads itself. Bringing words into one
form costs more than writing the message, so it stays out of the way of who writes.
"""

from typing import Final, LiteralString

from django.db import connection, transaction

# How much is done under one lock: a writer of one of these conversations waits for some milliseconds.
TALKS = 20
MESSAGES_OF_A_TALK = 50
# What one sweep does at most; the next goes on.
MOST_TALKS = 10_000

DUE: Final[LiteralString] = """
SELECT id FROM messaging_conversation WHERE last_seq > indexed_seq ORDER BY last_message_at LIMIT %s
"""
# Apart from the statement that reads the texts, which thereby sees every change of a text made before the lock was had.
HOLD: Final[LiteralString] = """
SELECT id, indexed_seq, least(last_seq, indexed_seq + %s) FROM messaging_conversation
WHERE id = ANY (%s) AND last_seq > indexed_seq ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
INDEX: Final[LiteralString] = """
WITH due AS (
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS d (id, below, up_to)
), raised AS (
    UPDATE messaging_conversation talk SET indexed_seq = due.up_to FROM due WHERE talk.id = due.id
)
INSERT INTO messaging_messagewords (message_id, words)
SELECT m.id, messaging_words(m.text)
FROM due JOIN messaging_message m ON m.conversation_id = due.id AND m.seq > due.below AND m.seq <= due.up_to
WHERE m.kind = 'text' AND m.text <> ''
ON CONFLICT (message_id) DO UPDATE SET words = excluded.words
"""


def index_messages() -> int:
    """Write down the words of the messages that have none yet; return how many.

    Safe to repeat and to run twice at once: a conversation that somebody holds is left to the next sweep. To build all
    anew, set ``indexed_seq`` of every conversation to 0. Queries: 1, and 4 for each TALKS conversations.
    """
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(DUE, [MOST_TALKS])
        talks = [talk for (talk,) in cursor.fetchall()]
    while talks:
        batch, talks = talks[:TALKS], talks[TALKS:]
        written, more = _index(batch)
        count += written
        talks += more
    return count


@transaction.atomic
def _index(talks: list[object]) -> tuple[int, list[object]]:
    """Index the next messages of ``talks``; return how many there were, and the conversations that have more."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [MESSAGES_OF_A_TALK, talks])
        held = cursor.fetchall()
        if not held:
            return 0, []
        cursor.execute(INDEX, [list(column) for column in zip(*held, strict=True)])
        return cursor.rowcount, [talk for talk, below, up_to in held if up_to - below == MESSAGES_OF_A_TALK]
