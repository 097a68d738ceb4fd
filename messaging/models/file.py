"""Files that people send in conversations."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.uploads.kinds import MOST_BYTES
from messaging.models.conversation import Conversation
from messaging.models.message import Message
from messaging.states import FileState

FILES_PER_MESSAGE = 5


class File(models.Model):
    """A file on its way into a conversation, or in it once a message refers to it.

    ``actions.files`` takes it in parts and ties it to a message, ``actions.file_checks`` alone moves it on from
    ``checking``. Until then its content stands in FilePart and nowhere else; afterwards under ``stored_name`` (and, of
    a picture, ``small_name``) in the file storage, whose names nobody can guess and no address leads to.
    ``is_kept`` means that something outside the conversation refers to it (``actions.kept_files``): no message does,
    and only who refers to it says who may have it. Such a file may belong to no conversation at all.
    ``size`` is what was sent and counts for the sender's quota, also when the file is gone; ``stored_size`` is what
    others get.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="files")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="files")
    position = models.PositiveSmallIntegerField(default=0)
    is_kept = models.BooleanField(default=False, db_default=False, editable=False)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.RECEIVING, editable=False)
    received = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=20, blank=True)
    stored_name = models.CharField(max_length=100, blank=True)
    small_name = models.CharField(max_length=100, blank=True)
    stored_size = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    check_due_at = models.DateTimeField(null=True, editable=False)
    check_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="file_state_known"),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=MOST_BYTES), name="file_size_in_bounds"),
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="file_received_within_size"),
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "gone"]) | Q(received=F("size")), name="file_is_whole_when_checked"
            ),
            models.CheckConstraint(
                condition=~Q(state="receiving") | Q(message__isnull=True), name="file_is_whole_before_it_is_sent"
            ),
            models.CheckConstraint(
                condition=(Q(state="ready") & ~Q(stored_name="")) | (~Q(state="ready") & Q(stored_name="")),
                name="file_is_stored_when_ready",
            ),
            models.CheckConstraint(
                condition=(Q(state="rejected") & ~Q(reason="")) | (~Q(state="rejected") & Q(reason="")),
                name="file_rejected_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_kept=False) | Q(message__isnull=True), name="file_kept_is_in_no_message"
            ),
            models.CheckConstraint(
                condition=Q(is_kept=True) | Q(conversation__isnull=False), name="file_belongs_somewhere"
            ),
            models.CheckConstraint(condition=Q(position__lt=FILES_PER_MESSAGE), name="file_position_in_bounds"),
            models.UniqueConstraint(
                fields=["message", "position"], condition=Q(message__isnull=False), name="file_position_once"
            ),
        ]
        indexes = [
            # How much somebody sent lately; serves the foreign key too.
            models.Index(fields=["owner", "-started_at"], name="file_recent_of_owner"),
            models.Index(fields=["check_due_at"], condition=Q(state="checking"), name="file_check_due"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def shown_size(self) -> int:
        """Return how many bytes whoever takes the file gets."""
        return self.stored_size or self.size

    @property
    def is_checked(self) -> bool:
        """Say whether there is a verdict."""
        return self.state in {FileState.READY, FileState.REJECTED}


class FilePart(models.Model):
    """A piece of a file that has not been checked: kept in the database, so that it and ``received`` always agree.

    It goes when the verdict is there. ``begins`` is where in the file it belongs.
    """

    file = models.ForeignKey(File, models.CASCADE, related_name="parts", db_index=False)
    begins = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        constraints = [models.UniqueConstraint(fields=["file", "begins"], name="file_part_once")]

    def __str__(self) -> str:
        return f"part of {self.file_id} from {self.begins}"
