"""How soon somebody usually answers, told coarsely enough that it says nothing about when they are there."""

import math
from statistics import median
from typing import Final, LiteralString

from django.db import connection

from diaspora_net.accounts.models import User

# Two answers are not a habit, and of what is long ago nobody asks.
LEAST_REPLIES = 3
NEWEST_REPLIES = 10
CONVERSATIONS_LOOKED_AT = 50

FIRST_REPLIES: Final[LiteralString] = """
SELECT extract(epoch FROM answer.created_at - question.created_at)::float
FROM (
    SELECT conversation_id FROM messaging_participant
    WHERE user_id = %(person)s ORDER BY id DESC LIMIT %(conversations)s
) place
CROSS JOIN LATERAL (
    SELECT seq, created_at FROM messaging_message
    WHERE conversation_id = place.conversation_id AND kind = 'text' AND sender_id <> %(person)s
    ORDER BY seq LIMIT 1
) question
CROSS JOIN LATERAL (
    SELECT created_at FROM messaging_message
    WHERE conversation_id = place.conversation_id AND sender_id = %(person)s AND seq > question.seq
    ORDER BY seq LIMIT 1
) answer
ORDER BY answer.created_at DESC LIMIT %(newest)s
"""


def usual_reply_days(person: User) -> int | None:
    """Return within how many days ``person`` usually gives a first answer: the median of the newest, rounded up.

    Never less than 1. None when there are fewer than LEAST_REPLIES to judge by. Queries: 1.
    """
    values = {"person": person.pk, "conversations": CONVERSATIONS_LOOKED_AT, "newest": NEWEST_REPLIES}
    with connection.cursor() as cursor:
        cursor.execute(FIRST_REPLIES, values)
        seconds = [float(row[0]) for row in cursor.fetchall()]
    if len(seconds) < LEAST_REPLIES:
        return None
    return max(1, math.ceil(median(seconds) / 86_400))
