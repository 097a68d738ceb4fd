"""A coordinator's message to everybody in a view of the pipeline: its texts, its readers, and who wants none."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.need import Need
from engagements.models.pipeline_view import PipelineView
from engagements.states.broadcasts import PAUSES, BroadcastState, LeftOut, Readership, ReaderState


class Broadcast(models.Model):
    """One message. ``filters`` are those of the view when it was written, so that a changed view changes nothing.

    Readers whose language has no text read that of ``fallback``. Nobody gets two such messages in ``pause_days``.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    view = models.ForeignKey(PipelineView, models.SET_NULL, null=True, related_name="+")
    view_name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)
    readership = models.CharField(_("to whom?"), max_length=12, choices=Readership, default=Readership.EXPERTS)
    fallback = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    pause_days = models.PositiveSmallIntegerField(default=14)
    state = models.CharField(max_length=8, choices=BroadcastState, default=BroadcastState.DRAFT, editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("message to a view")
        verbose_name_plural = _("messages to views")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BroadcastState.values), name="broadcast_state_known"),
            models.CheckConstraint(
                condition=Q(readership__in=Readership.values, pause_days__in=PAUSES), name="broadcast_values_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", confirmed_at__isnull=True)
                | ~Q(state="draft") & Q(confirmed_at__isnull=False),
                name="broadcast_sent_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.view_name}: {self.state}"


class BroadcastText(models.Model):
    """A message in one language, with placeholders."""

    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    subject = models.CharField(max_length=120)
    body = models.TextField(max_length=2000)

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        constraints = [models.UniqueConstraint(fields=["broadcast", "language"], name="broadcast_text_once")]

    def __str__(self) -> str:
        return self.subject


class BroadcastReader(models.Model):
    """One reader, there once, with the ``need`` by which they stand in the view and what came of it.

    ``due_at`` is their morning. State and news are written in one transaction, so nobody is told twice.
    """

    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    is_expert = models.BooleanField(default=True)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    state = models.CharField(max_length=8, choices=ReaderState, default=ReaderState.WAITING, editable=False)
    why = models.CharField(max_length=12, choices=LeftOut, blank=True, editable=False)
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("reader of a message")
        verbose_name_plural = _("readers of messages")
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "user"], name="broadcast_reader_once"),
            models.CheckConstraint(
                condition=Q(state="told", told_at__isnull=False)
                | Q(state__in=["waiting", "left_out", "stopped"], told_at__isnull=True),
                name="broadcast_reader_told_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="left_out", why__in=LeftOut.values) | ~Q(state="left_out") & Q(why=""),
                name="broadcast_reader_left_out_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="broadcast_reader_due"),
            models.Index(fields=["user", "told_at"], condition=Q(state="told"), name="broadcast_reader_told"),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} to {self.user_id}: {self.state}"


class BroadcastRefusal(models.Model):
    """A person who wants no such messages."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="broadcast_refusal")
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("refusal of messages to views")
        verbose_name_plural = _("refusals of messages to views")

    def __str__(self) -> str:
        return f"{self.user_id} since {self.since:%Y-%m-%d}"
