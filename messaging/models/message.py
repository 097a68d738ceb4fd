"""What was said."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.models.conversation import Conversation
from messaging.states import MessageKind

MAX_TEXT = 4000


class Message(models.Model):
    """One message, numbered within its conversation without gaps.

    ``client_id`` is chosen by the writer's device and makes sending idempotent for ever: the same id with the same
    text is the same message. Event messages have no sender. ``seq`` is given by ``actions.messages.post_messages``
    only. ``actions.edits`` changes text: then ``edited_at`` is when, of editing and of deleting, and ``sent_mark`` a
    keyed hash by which the first text is still recognised.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Found by the constraints below, which begin with it.
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages", db_index=False)
    seq = models.BigIntegerField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    client_id = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=8, choices=MessageKind, default=MessageKind.TEXT)
    text = models.TextField(max_length=MAX_TEXT)
    file_count = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    sent_mark = models.BinaryField(null=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["conversation", "sender", "client_id"], name="message_client_id_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(seq__gt=0), name="message_seq_positive"),
            models.CheckConstraint(
                condition=models.Q(kind="event", sender__isnull=True) | models.Q(kind="text", sender__isnull=False),
                name="message_text_has_sender",
            ),
            models.CheckConstraint(
                condition=models.Q(edited_at__isnull=True, sent_mark__isnull=True, deleted_at__isnull=True)
                | models.Q(edited_at__isnull=False, sent_mark__isnull=False, kind="text"),
                name="message_change_is_marked",
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True) | models.Q(text=""), name="message_deleted_says_nothing"
            ),
        ]
        indexes = [
            # How much somebody wrote in the last minute; serves the foreign key too.
            models.Index(fields=["sender", "-created_at"], name="message_recent_of_sender"),
            # What was changed lately, for clients that missed the hint.
            models.Index(
                fields=["edited_at"], condition=models.Q(edited_at__isnull=False), name="message_changed_lately"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.conversation_id}/{self.seq}"
