"""The assignment of a cohort: who could take on which need, all in all as good as possible, before anybody is asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.cohort import Cohort
from engagements.models.need import Need
from engagements.models.proposal import Proposal
from engagements.states import PlanState
from mentors.models import ExpertProfile


class Plan(models.Model):
    """One computed assignment. A sweep leases rows that wait; written by ``actions.plans`` only.

    ``done`` of ``needs`` have been looked at so far. ``best_total`` is the highest sum of scores there is. Scores are
    whole numbers, ten thousand for a perfect match.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="plans")
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.WAITING, editable=False)
    needs = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    best_total = models.BigIntegerField(default=0, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    computed_at = models.DateTimeField(null=True, editable=False)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("assignment of a cohort")
        verbose_name_plural = _("assignments of cohorts")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.UniqueConstraint(
                fields=["cohort"], condition=~Q(state__in=["sending", "sent"]), name="plan_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state__in=["waiting", "computing", "sending"]), name="plan_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"plan {self.reference}"


class PlanEdge(models.Model):
    """How well one expert of the cohort suits one of its needs. ``is_chosen`` edges are the assignment.

    ``is_pinned`` stays chosen and ``is_barred`` is never chosen when it is computed anew. ``proposal`` is what was
    sent, ``problem`` why it could not be.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="edges")
    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    expert = models.ForeignKey(ExpertProfile, models.CASCADE, related_name="+")
    score = models.PositiveIntegerField()
    is_chosen = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)
    is_barred = models.BooleanField(default=False)
    match = models.JSONField(default=dict)
    proposal = models.OneToOneField(Proposal, models.SET_NULL, null=True, related_name="plan_edge")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("pair of an assignment")
        verbose_name_plural = _("pairs of assignments")
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "need", "expert"], name="plan_edge_once"),
            models.CheckConstraint(condition=Q(score__gt=0), name="plan_edge_score_positive"),
            models.CheckConstraint(
                condition=~Q(is_chosen=True, is_barred=True) & (Q(is_pinned=False) | Q(is_chosen=True)),
                name="plan_edge_choice_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id}/{self.expert_id}"
