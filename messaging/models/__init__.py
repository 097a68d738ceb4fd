"""Conversations, messages and notifications."""

from messaging.models.conversation import Conversation, Participant
from messaging.models.message import MAX_TEXT, Message
from messaging.models.notification import Notification
from messaging.models.pause import Pause

__all__ = ["MAX_TEXT", "Conversation", "Message", "Notification", "Participant", "Pause"]
