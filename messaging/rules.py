"""Who may do what in a conversation, for one person and, as SQL, for the statements that ask it of many at once.

A conversation between two sides is shut to a person when a block stands between them and somebody in it, or when
everybody else in it has gone from the network. That looks the same as a closed one and as one that is stopped.
"""

from datetime import datetime, timedelta

from django.db import connection

from diaspora_net.accounts.models import User
from messaging.models import Conversation, Message
from messaging.states import MessageKind

# Long enough for a slip to be seen, short enough that what was read stays said.
CHANGE_WITHIN = timedelta(minutes=15)

_APART = """(
    EXISTS (SELECT FROM accounts_block b WHERE b.blocker_id = {one} AND b.blocked_id = {other})
    OR EXISTS (SELECT FROM accounts_block b WHERE b.blocker_id = {other} AND b.blocked_id = {one})
)"""
_SHUT = """(
    bool_or({apart}) FILTER (WHERE NOT {talk}.is_group AND {other} <> {person})
    OR bool_and((SELECT NOT is_active FROM accounts_user WHERE id = {other}))
        FILTER (WHERE NOT {talk}.is_group AND {other} <> {person})
)"""
_OPEN = """(
    {talk}.state = 'open' AND {talk}.stopped_at IS NULL AND ({talk}.is_group OR (
        SELECT {shut} FROM messaging_participant across
        WHERE across.conversation_id = {talk}.id AND across.left_at IS NULL
    ) IS NOT TRUE)
)"""
_CAN_WRITE = """
SELECT FROM messaging_conversation talk
JOIN messaging_participant member ON member.conversation_id = talk.id AND member.left_at IS NULL
WHERE talk.id = %(talk)s AND member.user_id = %(person)s AND {is_open}
"""


def apart(one: str, other: str) -> str:
    """Return the SQL condition that a block stands between two people; both are expressions for their ids."""
    return _APART.format(one=one, other=other)


def shut_to(talk: str, person: str, other: str) -> str:
    """Return the SQL aggregate, over all who are in a conversation, that says whether it is shut to one of them.

    ``talk`` is the alias of the conversation, ``person`` and ``other`` are expressions for ids. NULL is no.
    """
    return _SHUT.format(talk=talk, person=person, other=other, apart=apart(person, other))


def open_to(talk: str, person: str) -> str:
    """Return the SQL condition that a conversation is open to somebody in it, so that they may write.

    ``talk`` is the alias of the conversation, ``person`` an expression for the id.
    """
    return _OPEN.format(talk=talk, shut=shut_to(talk, person, "across.user_id"))


def can_write(user: User, conversation: Conversation) -> bool:
    """Say whether ``user`` may write: somebody in it who has not left, and it is open to them. Queries: 1.

    The write statement checks the same again under the conversation's lock.
    """
    if not user.is_active:
        return False
    with connection.cursor() as cursor:
        statement = _CAN_WRITE.format(is_open=open_to("talk", "member.user_id"))
        cursor.execute(statement, {"talk": conversation.pk, "person": user.pk})
        return cursor.fetchone() is not None


def can_read(user: User, conversation: Conversation) -> bool:
    """Say whether ``user`` is in the conversation and has not left it. Queries: 1."""
    return user.is_active and conversation.participants.filter(user=user, left_at__isnull=True).exists()


def is_changeable(message: Message, now: datetime) -> bool:
    """Say whether whoever wrote ``message`` may still edit or delete it. Queries: 0."""
    is_text = message.kind == MessageKind.TEXT and message.deleted_at is None
    return is_text and now - message.created_at <= CHANGE_WITHIN
