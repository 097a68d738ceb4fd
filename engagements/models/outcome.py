"""What came of an engagement: asked at three points of everybody concerned, and answered."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.mails import DueMail
from engagements.models.engagement import Engagement
from engagements.models.participant import Participant
from engagements.states import OutcomeResult, TransferEffect
from engagements.states.outcomes import FeedbackReader, OutcomeMoment, OutcomeState, Respondent, SkillStep, StillInUse
from mentors.models import Skill


class Outcome(DueMail):
    """One question to one respondent at one moment, from the day it is due, with its answer once there is one.

    A side answers once, whoever of it does; a ``participant`` answers for themselves, by a link and without an account.
    ``due_at`` is when it is asked, ``remind_at`` when it is asked again. Participants are asked by mail; ``renewals``
    counts the mails that somebody whose link was over has asked for. ``feedback`` is for ``feedback_to`` alone. Written
    by ``actions.outcomes`` and ``actions.outcome_clocks`` only.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="outcomes")
    moment = models.CharField(max_length=8, choices=OutcomeMoment, default=OutcomeMoment.END)
    respondent = models.CharField(max_length=12, choices=Respondent)
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="outcomes")
    state = models.CharField(max_length=10, choices=OutcomeState, default=OutcomeState.PLANNED, editable=False)
    due_at = models.DateTimeField(default=timezone.now)
    remind_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    renewals = models.PositiveSmallIntegerField(default=0)
    result = models.CharField(_("was the goal achieved?"), max_length=14, choices=OutcomeResult, blank=True)
    still_in_use = models.CharField(_("is the result still in use?"), max_length=8, choices=StillInUse, blank=True)
    effects = ArrayField(
        models.CharField(max_length=12, choices=TransferEffect), verbose_name=_("what stays"), default=list, blank=True
    )
    text = models.TextField(_("in your words"), max_length=2000, blank=True)
    people_reached = models.PositiveIntegerField(_("people reached"), default=0)
    feedback = models.CharField(_("a private word"), max_length=300, blank=True)
    feedback_to = models.CharField(_("who reads it"), max_length=12, choices=FeedbackReader, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "moment", "respondent", "participant"],
                nulls_distinct=False,
                name="outcome_once_per_respondent",
            ),
            models.CheckConstraint(condition=Q(state__in=OutcomeState.values), name="outcome_state_known"),
            models.CheckConstraint(condition=Q(moment__in=OutcomeMoment.values), name="outcome_moment_known"),
            models.CheckConstraint(
                condition=Q(respondent__in=["expert", "institution"], participant__isnull=True)
                | Q(respondent="counterpart", participant__isnull=False, given_by__isnull=True),
                name="outcome_respondent_known",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", given_at__isnull=False) | ~Q(state="answered") & Q(given_at__isnull=True),
                name="outcome_answered_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(given_by__isnull=False) | Q(respondent="counterpart"),
                name="outcome_answered_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", moment="end", result__in=OutcomeResult.values)
                | ~Q(state="answered", moment="end") & Q(result=""),
                name="outcome_end_has_result",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", moment="later", still_in_use__in=StillInUse.values)
                | ~Q(state="answered", moment="later") & Q(still_in_use=""),
                name="outcome_later_has_use",
            ),
            models.CheckConstraint(
                condition=Q(feedback="", feedback_to="") | ~Q(feedback="") & Q(feedback_to__in=FeedbackReader.values),
                name="outcome_feedback_has_reader",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="outcome_due"),
            models.Index(
                fields=["remind_at"], condition=Q(state="open", remind_at__isnull=False), name="outcome_remind"
            ),
            models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="outcome_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id} {self.moment} {self.respondent}: {self.state}"

    @property
    def effect_labels(self) -> list[str]:
        """Return what stays, in words."""
        return [str(TransferEffect(effect).label) for effect in self.effects]

    @property
    def who(self) -> str:
        """Return who answered, by name. Queries: 0 when loaded with ``outcomes_of``."""
        return str(self.participant or self.given_by or "")


class OutcomeLevel(models.Model):
    """How well the people of the institution do one thing, as one respondent says: now and, once work was done, before.

    ``level`` and ``before`` are SkillStep; ``evidence`` is one line on how one can tell.
    """

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="levels")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    before = models.PositiveSmallIntegerField(_("before"), choices=SkillStep, null=True)
    level = models.PositiveSmallIntegerField(_("now"), choices=SkillStep)
    evidence = models.CharField(_("how one can tell"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("level of a skill")
        verbose_name_plural = _("levels of skills")
        constraints = [
            models.UniqueConstraint(fields=["outcome", "skill"], name="outcome_level_once"),
            models.CheckConstraint(
                condition=Q(level__in=SkillStep.values) & (Q(before__isnull=True) | Q(before__in=SkillStep.values)),
                name="outcome_level_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.skill_id}: {self.before} → {self.level}"
