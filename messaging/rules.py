"""Who may do what in a conversation. The write statement checks the same again under the conversation's lock."""

from datetime import datetime, timedelta

from diaspora_net.accounts.models import User
from messaging.models import Conversation, Message
from messaging.states import ConversationState, MessageKind

# Long enough for a slip to be seen, short enough that what was read stays said.
CHANGE_WITHIN = timedelta(minutes=15)


def can_write(user: User, conversation: Conversation) -> bool:
    """Say whether ``user`` may write: a participant who has not left, in an open conversation. Queries: 1."""
    return conversation.state == ConversationState.OPEN and can_read(user, conversation)


def can_read(user: User, conversation: Conversation) -> bool:
    """Say whether ``user`` is in the conversation and has not left it. Queries: 1."""
    return user.is_active and conversation.participants.filter(user=user, left_at__isnull=True).exists()


def is_changeable(message: Message, now: datetime) -> bool:
    """Say whether whoever wrote ``message`` may still edit or delete it. Queries: 0."""
    is_text = message.kind == MessageKind.TEXT and message.deleted_at is None
    return is_text and now - message.created_at <= CHANGE_WITHIN
