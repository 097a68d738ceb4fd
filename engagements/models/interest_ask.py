"""A question to an expert: would they help with a skill that a country will lack, before there is a need."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.core.references import new_reference
from engagements.states.anticipation import InterestState
from mentors.models import ExpertProfile, Skill


class InterestAsk(models.Model):
    """One expert is asked about one skill in one country. ``due_at`` is when the sweep asks; ``why`` why it did not.

    ``starts_on`` is the first day of the quarter for which it is foreseen, when that is known.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="interest_asks")
    skill: Any = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    country = CountryField()
    starts_on = models.DateField(null=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=8, choices=InterestState, default=InterestState.WAITING, editable=False)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    why = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("question about interest")
        verbose_name_plural = _("questions about interest")
        constraints = [
            models.UniqueConstraint(
                fields=["expert", "skill", "country"],
                condition=Q(state__in=["waiting", "asked"]),
                name="interest_ask_open_once",
            ),
            models.CheckConstraint(condition=Q(state__in=InterestState.values), name="interest_ask_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["yes", "no"], answered_at__isnull=False)
                | ~Q(state__in=["yes", "no"]) & Q(answered_at__isnull=True),
                name="interest_ask_answered_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="interest_ask_due"),
            models.Index(fields=["skill", "country"], name="interest_ask_of_gap"),
        ]

    def __str__(self) -> str:
        return f"{self.expert_id} {self.skill_id} {self.country}: {self.state}"
