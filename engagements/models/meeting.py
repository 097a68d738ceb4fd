"""Appointments for sessions: the times that are proposed, and the one that both sides agreed on."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement, Session
from engagements.states import MeetingReason, MeetingState, Side

MEETING_MINUTES = (30, 60, 90, 120)
MOST_TIMES = 3
# What a person may say; the other reason is given by the engagement itself.
CHOSEN_REASONS = [(reason.value, reason.label) for reason in MeetingReason if reason != MeetingReason.ENGAGEMENT]


def _once_at_a_time(person: str, name: str) -> ExclusionConstraint:
    """Keep somebody from being in two agreed sessions at once; ``engagements_span`` is a function of the database."""
    span = Func(F("starts_at"), F("minutes"), function="engagements_span", output_field=DateTimeRangeField())
    return ExclusionConstraint(
        name=name, expressions=[(F(person), "="), (span, "&&")], condition=Q(state=MeetingState.CONFIRMED)
    )


class Meeting(models.Model):
    """An appointment for a session of an engagement. Its state changes only through ``engagements.actions.meetings``.

    ``proposed_side`` made the present offer, so the other one answers. ``starts_at`` is the time agreed last; it stays
    while a move is asked for. The clocks both sides went by when they agreed are kept in words (``expert_wall``,
    ``institution_wall``) beside the zones, so that a zone that changes its rules is noticed. ``sequence`` rises with
    every change that calendars must learn. ``expert_there`` and ``host_there`` have agreed to be there: nobody has two
    agreed sessions at once. ``answer_by`` is the last time offered: after it nobody can choose any more.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="meetings")
    state = models.CharField(max_length=12, choices=MeetingState, default=MeetingState.PROPOSED, editable=False)
    minutes = models.PositiveSmallIntegerField(_("length"))
    place = models.CharField(_("where"), max_length=300, blank=True)
    expert_zone = models.CharField(max_length=64)
    institution_zone = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_side = models.CharField(max_length=12, choices=Side)
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    answer_by = models.DateTimeField(editable=False)
    starts_at = models.DateTimeField(null=True, editable=False)
    expert_wall = models.CharField(max_length=16, blank=True, editable=False)
    institution_wall = models.CharField(max_length=16, blank=True, editable=False)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expert_there = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    host_there = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=20, choices=MeetingReason, blank=True, editable=False)
    is_late = models.BooleanField(default=False, editable=False)
    absent_side = models.CharField(max_length=12, choices=Side, blank=True, editable=False)
    session = models.OneToOneField(Session, models.SET_NULL, null=True, related_name="meeting", editable=False)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state_known"),
            models.CheckConstraint(condition=Q(minutes__in=MEETING_MINUTES), name="meeting_minutes_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "held", "no_show"])
                | Q(starts_at__isnull=False, agreed_by__isnull=False) & ~Q(expert_wall="") & ~Q(institution_wall=""),
                name="meeting_agreed_time",
            ),
            models.CheckConstraint(
                condition=Q(state="no_show", absent_side__in=Side.values) | ~Q(state="no_show") & Q(absent_side=""),
                name="meeting_absent_side",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", reason__in=MeetingReason.values) | ~Q(state="cancelled") & Q(reason=""),
                name="meeting_cancelled_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "confirmed"], closed_at__isnull=True)
                | ~Q(state__in=["proposed", "confirmed"]) & Q(closed_at__isnull=False),
                name="meeting_closed_at",
            ),
            models.CheckConstraint(condition=Q(is_late=False) | Q(state="cancelled"), name="meeting_late_cancelled"),
            models.CheckConstraint(condition=Q(session__isnull=True) | Q(state="held"), name="meeting_logged_held"),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "held", "no_show"]) | ~Q(agreed_by=F("proposed_by")),
                name="meeting_agreed_by_other",
            ),
            _once_at_a_time("expert_there", "meeting_expert_once_at_a_time"),
            _once_at_a_time("host_there", "meeting_host_once_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(state="proposed"), name="meeting_answer_due"),
            models.Index(fields=["starts_at"], condition=Q(state="confirmed"), name="meeting_coming"),
        ]

    def __str__(self) -> str:
        return f"meeting {self.reference}"

    @property
    def ends_at(self) -> datetime | None:
        """Return when the agreed time is over; None before a time was agreed."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


class MeetingTime(models.Model):
    """One of the up to three times that the present offer of an appointment names."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="times")
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        verbose_name = _("proposed time")
        verbose_name_plural = _("proposed times")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="meeting_time_position_once"),
            models.UniqueConstraint(fields=["meeting", "starts_at"], name="meeting_time_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_TIMES), name="meeting_time_position_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} UTC"
