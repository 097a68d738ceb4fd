"""Conversations and the people in them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.states import ConversationState


class Conversation(models.Model):
    """A talk between people. Messaging knows people and text; what the talk is about holds a key *to* it.

    ``last_seq`` is the number of the newest message, raised under the row's lock, so numbers have no gaps and their
    order is the order of commits. ``topic`` is what the list shows beside the names and
    ``subject_url`` the page of what the talk is about; both are plain words to messaging.
    ``is_group`` separates talks whose members come and go from talks between two sides. ``stopped_at`` says that
    nobody writes until somebody lifts it, whatever the state. ``rights`` rises, under the row's lock, whenever
    somebody's right here changes: a writer who waited for the lock thereby knows that what it has read is old.
    ``indexed_seq`` is how far the words of its messages stand in MessageWords; search reads the rest itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    subject_url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=ConversationState, default=ConversationState.OPEN, editable=False)
    is_group = models.BooleanField(default=False, db_default=False, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    rights = models.BigIntegerField(default=0, db_default=0, editable=False)
    last_seq = models.BigIntegerField(default=0, editable=False)
    last_message_at = models.DateTimeField(null=True, editable=False)
    indexed_seq = models.BigIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ConversationState.values), name="conversation_state_known"
            ),
            models.CheckConstraint(condition=models.Q(last_seq__gte=0), name="conversation_last_seq_counts_up"),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Participant(models.Model):
    """A person's place in a conversation: what they may read and how far they have read.

    Who left keeps the row; ``left_at`` ends the right to read and write. Messages up to ``joined_seq`` were said
    before they came and are not theirs to read. ``read_seq`` only rises. ``muted_at`` means no e-mails.
    ``emailed_seq`` is the newest message that an e-mail has told them about, ``emailing_seq`` that of an e-mail that
    is on its way or was lost half-way, ``emailed_at`` when an e-mail last left or was tried, so that there is at most
    one per conversation and half hour.
    """

    # Found by the constraint below, which begins with it.
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="participations")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True)
    joined_seq = models.BigIntegerField(default=0, db_default=0, editable=False)
    read_seq = models.BigIntegerField(default=0)
    muted_at = models.DateTimeField(null=True, editable=False)
    emailed_seq = models.BigIntegerField(default=0)
    emailing_seq = models.BigIntegerField(null=True, editable=False)
    emailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "user"], name="participant_once"),
            models.CheckConstraint(
                condition=models.Q(joined_seq__gte=0, read_seq__gte=models.F("joined_seq")),
                name="participant_reads_from_joining",
            ),
        ]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(left_at__isnull=True), name="participant_open_of_user")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"
