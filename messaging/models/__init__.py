"""Conversations, messages, files and notifications."""

from messaging.models.conversation import Conversation, Participant
from messaging.models.file import FILES_PER_MESSAGE, File, FilePart
from messaging.models.message import MAX_TEXT, Message
from messaging.models.notification import DailyMail, Notification
from messaging.models.pause import Pause
from messaging.models.seat import Seat
from messaging.models.words import MessageWords

__all__ = [
    "FILES_PER_MESSAGE",
    "MAX_TEXT",
    "Conversation",
    "DailyMail",
    "File",
    "FilePart",
    "Message",
    "MessageWords",
    "Notification",
    "Participant",
    "Pause",
    "Seat",
]
