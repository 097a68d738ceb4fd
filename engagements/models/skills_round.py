"""Twice a year every verified institution of a country is asked which skills it will lack."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.references import new_reference
from engagements.states.anticipation import AnswerState, LackWhen
from mentors.models import Skill


class SkillsRound(models.Model):
    """One round of a country, which a coordinator opens and closes; ``half`` is the first day of its half-year.

    It ends by itself after ``closes_on``. There is one in a half-year, and one open at a time.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    country = CountryField(_("country"))
    half = models.DateField()
    closes_on = models.DateField(_("open until"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("round about missing skills")
        verbose_name_plural = _("rounds about missing skills")
        constraints = [
            models.UniqueConstraint(fields=["country", "half"], name="skills_round_once_in_a_half_year"),
            models.UniqueConstraint(
                fields=["country"], condition=Q(closed_at__isnull=True), name="skills_round_open_once"
            ),
            models.CheckConstraint(condition=Q(half__day=1, half__month__in=[1, 7]), name="skills_round_starts_a_half"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.half}"


class SkillsAnswer(models.Model):
    """What one institution says in a round, from the day it is asked.

    ``ask_at`` is when it is asked, or asked again. ``draft`` is what ``draft_by`` has typed and not sent.
    """

    round = models.ForeignKey(SkillsRound, models.CASCADE, related_name="answers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=AnswerState, default=AnswerState.PLANNED, editable=False)
    ask_at = models.DateTimeField(null=True)
    asked_count = models.PositiveSmallIntegerField(default=0, editable=False)
    draft = models.JSONField(default=dict, editable=False)
    draft_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    lacks_nothing = models.BooleanField(_("we will lack nobody"), default=False)
    comment = models.CharField(_("anything else?"), max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("answer about missing skills")
        verbose_name_plural = _("answers about missing skills")
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="skills_answer_once"),
            models.CheckConstraint(condition=Q(state__in=AnswerState.values), name="skills_answer_state_known"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False, answered_by__isnull=False)
                | ~Q(state="answered") & Q(answered_at__isnull=True, answered_by__isnull=True),
                name="skills_answer_answered_by_someone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ask_at"],
                condition=Q(state__in=["planned", "open"], ask_at__isnull=False),
                name="skills_answer_to_ask",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.organisation_id}: {self.state}"


class SkillLack(models.Model):
    """So many people with one skill whom an institution says it will lack, and from when on."""

    answer = models.ForeignKey(SkillsAnswer, models.CASCADE, related_name="lacks")
    skill: Any = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    people = models.PositiveSmallIntegerField(default=1)
    when = models.CharField(max_length=4, choices=LackWhen, default=LackWhen.HALF)

    class Meta:
        verbose_name = _("missing skill")
        verbose_name_plural = _("missing skills")
        constraints = [
            models.UniqueConstraint(fields=["answer", "skill"], name="skill_lack_once"),
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=500) & Q(when__in=LackWhen.values), name="skill_lack_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} × {self.skill_id}"
