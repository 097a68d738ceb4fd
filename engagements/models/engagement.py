"""The engagement and its sessions."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.need import Need
from engagements.models.proposal import Proposal
from engagements.states import (
    EndReason,
    EngagementState,
    HoursState,
    PauseReason,
    SessionKind,
    Side,
)
from mentors.models import ExpertProfile, Skill
from mentors.states import EngagementKind, Modality
from messaging.models import Conversation


class Engagement(models.Model):
    """Work between an expert and an organisation that both agreed to; it keeps the proposal's conversation.

    Its state changes only through ``engagements.actions.engagements``. ``last_activity_at`` feeds the silence list.
    A change of the agreement's terms voids both agreements. A pause has a day on which it ends. ``at_risk_at`` is when
    a sweep found that nothing happened; whatever happens later clears it (``rules.activity``). ``previous`` is the one
    it follows on, for the same need and with the same expert.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers", editable=False)
    need = models.ForeignKey(Need, models.PROTECT, related_name="engagements")
    expert = models.ForeignKey(ExpertProfile, models.PROTECT, related_name="engagements")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="engagement")
    conversation = models.OneToOneField(Conversation, models.PROTECT, related_name="engagement")
    focal_point = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=24, choices=EngagementState, default=EngagementState.AGREEING, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=EngagementKind)
    modality = models.CharField(_("how"), max_length=20, choices=Modality)
    goal = models.TextField(_("goal"), max_length=1000)
    hours_planned = models.PositiveSmallIntegerField(
        _("hours in all"), validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    expert_agreed_at = models.DateTimeField(null=True, editable=False)
    institution_agreed_at = models.DateTimeField(null=True, editable=False)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    wrapping_up_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    paused_until = models.DateField(null=True, editable=False)
    pause_reason = models.CharField(max_length=12, choices=PauseReason, blank=True, editable=False)
    at_risk_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=EngagementState.values), name="engagement_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["agreeing", "cancelled", "on_hold_safeguarding", "ended_early"])
                | models.Q(expert_agreed_at__isnull=False, institution_agreed_at__isnull=False),
                name="engagement_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=models.Q(state="paused") | models.Q(paused_until__isnull=True, pause_reason=""),
                name="engagement_pause_while_paused",
            ),
            models.UniqueConstraint(
                fields=["previous"],
                condition=models.Q(previous__isnull=False) & ~models.Q(state__in=["cancelled", "ended_early"]),
                name="engagement_followed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(previous__isnull=True) | ~models.Q(previous=models.F("pk")),
                name="engagement_follows_another",
            ),
        ]
        indexes = [
            models.Index(fields=["expert", "state"], name="engagement_expert_state"),
            models.Index(fields=["paused_until"], condition=models.Q(state="paused"), name="engagement_pause_due"),
            models.Index(fields=["state", "last_activity_at"], name="engagement_state_activity"),
        ]

    def __str__(self) -> str:
        return f"engagement {self.reference}"


class Session(models.Model):
    """A session that was held, logged by one side; its hours count once the other side confirms them.

    ``skills`` are those of the need it was about; none named means all of them.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="sessions")
    held_on = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(5), MaxValueValidator(1440)])
    kind = models.CharField(_("what was done"), max_length=20, choices=SessionKind)
    is_on_site = models.BooleanField(_("on site"), default=False)
    people_present = models.PositiveSmallIntegerField(
        _("people present"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    summary = models.CharField(_("result in one line"), max_length=200, blank=True)
    skills = models.ManyToManyField(Skill, related_name="+", verbose_name=_("skills"), blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    logged_side = models.CharField(max_length=12, choices=Side)
    logged_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=12, choices=HoursState, default=HoursState.UNCONFIRMED, editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, editable=False)
    dispute_note = models.CharField(_("what is wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-held_on", "-logged_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=HoursState.values), name="session_state_known"),
            models.CheckConstraint(condition=models.Q(minutes__gte=5, minutes__lte=1440), name="session_minutes_range"),
            models.CheckConstraint(
                condition=models.Q(state="unconfirmed") | models.Q(answered_by__isnull=False),
                name="session_answered_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by__isnull=True) | ~models.Q(answered_by=models.F("logged_by")),
                name="session_confirmed_by_other",
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.reference}"
