"""Milestones of an engagement: what shall be there on which day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement
from engagements.states import MILESTONE_TRANSITIONS, MilestoneState


class Milestone(models.Model):
    """A step of the work with its day. ``settled_at`` is when it was reached or dropped.

    Changed by ``actions.milestones`` only.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="milestones")
    text = models.CharField(_("milestone"), max_length=200)
    due_on = models.DateField(_("day"))
    state = models.CharField(max_length=12, choices=MilestoneState, default=MilestoneState.PLANNED, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "text"], name="milestone_once"),
            models.CheckConstraint(condition=Q(state__in=MilestoneState.values), name="milestone_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="milestone_has_text"),
            models.CheckConstraint(
                condition=Q(state="planned", settled_at__isnull=True, settled_by__isnull=True)
                | Q(state__in=["reached", "dropped"], settled_at__isnull=False, settled_by__isnull=False),
                name="milestone_settled_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"milestone {self.reference}"

    @property
    def is_planned(self) -> bool:
        """Say whether it is still ahead."""
        return self.state == MilestoneState.PLANNED

    @property
    def is_late(self) -> bool:
        """Say whether its day has passed without it."""
        return self.is_planned and self.due_on < timezone.localdate()

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Return the states it can go to, as values and labels."""
        possible = MILESTONE_TRANSITIONS[self.state]
        words = {MilestoneState.PLANNED.value: _("Still ahead")}
        return [(value, str(words.get(value, label))) for value, label in MilestoneState.choices if value in possible]
