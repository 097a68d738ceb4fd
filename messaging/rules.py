"""Who may do what in a conversation. The write statement checks the same again under the conversation's lock."""

from diaspora_net.accounts.models import User
from messaging.models import Conversation
from messaging.states import ConversationState


def can_write(user: User, conversation: Conversation) -> bool:
    """Say whether ``user`` may write: a participant who has not left, in an open conversation. Queries: 1."""
    return conversation.state == ConversationState.OPEN and can_read(user, conversation)


def can_read(user: User, conversation: Conversation) -> bool:
    """Say whether ``user`` is in the conversation and has not left it. Queries: 1."""
    return user.is_active and conversation.participants.filter(user=user, left_at__isnull=True).exists()
