"""Read messages: pages for one person, one bulk statement for all sockets of a process, and what is unread."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from diaspora_net.accounts.models import Block, User
from diaspora_net.core.references import first_or_404
from messaging.models import Conversation, Message, Participant
from messaging.queries.conversations import visible_conversations
from messaging.realtime.source import SLACK_SECONDS
from messaging.states import BADGE_LIMIT

PAGE = 30
SLACK = timedelta(seconds=SLACK_SECONDS)

BADGES: Final[LiteralString] = """
SELECT person.id, (
        SELECT count(*) FROM (
            SELECT FROM messaging_participant place JOIN messaging_message m
                ON m.conversation_id = place.conversation_id AND m.seq > place.read_seq
            WHERE place.user_id = person.id AND place.left_at IS NULL
                AND m.kind = 'text' AND m.sender_id <> person.id AND m.deleted_at IS NULL
                AND m.sender_id <> ALL (ARRAY(SELECT blocked_id FROM accounts_block WHERE blocker_id = person.id))
            LIMIT %(most)s
        ) unread
    )::integer, (
        SELECT count(*) FROM (
            SELECT FROM messaging_notification n WHERE n.user_id = person.id AND n.read_at IS NULL LIMIT %(most)s
        ) news
    )::integer
FROM unnest(%(people)s::bigint[]) AS person (id)
"""


@dataclass(frozen=True, slots=True)
class Badge:
    """How many messages and pieces of news a person has not read; each counts to BADGE_LIMIT at most."""

    messages: int
    notifications: int


def unread_badge(user: User) -> Badge:
    """Return what ``user`` has not read. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(BADGES, {"people": [user.pk], "most": BADGE_LIMIT})
        [(_id, messages, notifications)] = cursor.fetchall()
    return Badge(messages, notifications)


def visible_messages(viewer: User) -> QuerySet[Message]:
    """Return the messages that the viewer may read: of conversations they are in, from their joining on.

    ``is_first`` marks the first that somebody who joined later may read; ``is_folded`` marks what somebody whom the
    viewer has blocked wrote in a group.
    """
    place = Participant.objects.filter(conversation=OuterRef("conversation"), user=viewer, left_at__isnull=True)
    blocked = Block.objects.filter(blocker=viewer, blocked=OuterRef("sender"))
    return (
        Message.objects.annotate(floor=Subquery(place.values("joined_seq")[:1]))
        .filter(seq__gt=F("floor"))
        .annotate(
            is_first=Q(floor__gt=0, seq=F("floor") + 1), is_folded=Q(conversation__is_group=True) & Exists(blocked)
        )
    )


def messages_after(viewer: User, conversation: Conversation, seq: int, limit: int = 100) -> list[Message]:
    """Return up to ``limit`` messages above ``seq``, oldest first, with their senders.

    Raises Http404 when the viewer may not read the conversation. Queries: 2.
    """
    _require(viewer, conversation)
    messages = visible_messages(viewer).filter(conversation=conversation, seq__gt=seq)
    return list(messages.select_related("sender").order_by("seq")[:limit])


def messages_changed(
    viewer: User, conversation: Conversation, *, upto: int, since: datetime, limit: int = 200
) -> list[Message]:
    """Return up to ``limit`` messages up to number ``upto`` that were edited or deleted since ``since``, oldest first.

    Also those of the SLACK before, which may have been committed since. Who may not read the conversation gets none.
    Queries: 1.
    """
    changed = visible_messages(viewer).filter(conversation=conversation, seq__lte=upto, edited_at__gt=since - SLACK)
    return list(changed.select_related("sender").order_by("seq")[:limit])


def messages_before(
    viewer: User, conversation: Conversation, seq: int | None = None, limit: int = PAGE
) -> list[Message]:
    """Return the ``limit`` newest messages below ``seq`` (or of all), oldest first, with their senders.

    Raises Http404 when the viewer may not read the conversation. Queries: 2.
    """
    _require(viewer, conversation)
    messages = visible_messages(viewer).filter(conversation=conversation).select_related("sender").order_by("-seq")
    if seq is not None:
        messages = messages.filter(seq__lt=seq)
    return list(reversed(messages[:limit]))


def messages_around(viewer: User, conversation: Conversation, seq: int, limit: int = PAGE) -> list[Message]:
    """Return about ``limit`` messages with ``seq`` in their middle, oldest first, with their senders.

    Raises Http404 when the viewer may not read the conversation. Queries: 2.
    """
    _require(viewer, conversation)
    near = visible_messages(viewer).filter(
        conversation=conversation, seq__gt=seq - limit // 2, seq__lte=seq + limit // 2
    )
    return list(near.select_related("sender").order_by("seq"))


def newest_messages(viewer: User, conversation: Conversation, limit: int, letters: int) -> tuple[list[Message], int]:
    """Return the ``limit`` newest messages, oldest first, with their senders, and how many earlier ones there are.

    Fewer when their texts together would be longer than ``letters``. Raises Http404 when the viewer may not read the
    conversation. Queries: 3.
    """
    _require(viewer, conversation)
    messages = visible_messages(viewer).filter(conversation=conversation).select_related("sender")
    newest: list[Message] = []
    for message in messages.order_by("-seq")[:limit]:
        letters -= len(message.text)
        if letters < 0:
            break
        newest.append(message)
    newest.reverse()
    return newest, messages.filter(seq__lt=newest[0].seq).count() if newest else 0


def get_message(viewer: User, conversation: Conversation, seq: int) -> Message:
    """Return one message with its sender.

    Raises Http404 when there is none or the viewer may not read it. Queries: 2.
    """
    _require(viewer, conversation)
    return first_or_404(visible_messages(viewer).filter(conversation=conversation, seq=seq).select_related("sender"))


def _require(viewer: User, conversation: Conversation) -> None:
    if not viewer.is_active or not visible_conversations(viewer).filter(pk=conversation.pk).exists():
        raise Http404
