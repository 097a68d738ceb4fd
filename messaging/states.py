"""States of conversations and files and kinds of messages, with the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class ConversationState(models.TextChoices):
    """Whether people may write; closed for any reason shows one identical text."""

    PROPOSED = "proposed", _("Opens when the proposal is accepted")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


CONVERSATION_TRANSITIONS: Transitions = {
    "proposed": {"open", "closed"},
    "open": {"paused", "closed"},
    "paused": {"open", "closed"},
    "closed": {"open"},
}


class MessageKind(models.TextChoices):
    """Who speaks: a person, or the system about what happened."""

    TEXT = "text", _("Message")
    EVENT = "event", _("Event")


class FileState(models.TextChoices):
    """How far a file has come; only ``ready`` can be had by anybody, and of what is gone nothing is kept."""

    RECEIVING = "receiving", _("Being sent")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Ready")
    REJECTED = "rejected", _("Not accepted")
    GONE = "gone", _("Removed")


FILE_TRANSITIONS: Transitions = {
    "receiving": {"checking", "gone"},
    "checking": {"ready", "rejected", "gone"},
    "ready": {"gone"},
    "rejected": {"gone"},
}


# Nobody reads "137" as more than "a lot", and a bounded count stays cheap however much is unread.
BADGE_LIMIT = 99
