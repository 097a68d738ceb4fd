"""Learning goals of an engagement, and how far each is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.references import new_reference
from engagements.models.engagement import Engagement
from engagements.states import GOAL_TRANSITIONS, SETTLED_STATES, GoalState


class Goal(models.Model):
    """Something that shall be learnt. ``settled_at`` is when it came to its end. Changed by ``actions.goals`` only."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="goals")
    text = models.CharField(_("learning goal"), max_length=300)
    state = models.CharField(max_length=12, choices=GoalState, default=GoalState.OPEN, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("learning goal")
        verbose_name_plural = _("learning goals")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "text"], name="goal_once"),
            models.CheckConstraint(condition=Q(state__in=GoalState.values), name="goal_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="goal_has_text"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "in_progress"], settled_at__isnull=True)
                | Q(state__in=["achieved", "partly", "dropped"], settled_at__isnull=False),
                name="goal_settled_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"goal {self.reference}"

    @property
    def is_settled(self) -> bool:
        """Say whether it came to its end."""
        return self.state in SETTLED_STATES

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Return the states it can go to, as values and labels."""
        possible = GOAL_TRANSITIONS[self.state]
        return [(value, str(label)) for value, label in GoalState.choices if value in possible]
