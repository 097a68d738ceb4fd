"""States of learning goals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class GoalState(models.TextChoices):
    """How far a learning goal is."""

    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    ACHIEVED = "achieved", _("Achieved")
    PARTLY = "partly", _("Partly achieved")
    DROPPED = "dropped", _("Dropped")


# Back to "in progress" for what was settled by mistake.
GOAL_TRANSITIONS: Transitions = {
    "open": {"in_progress", "dropped"},
    "in_progress": {"achieved", "partly", "dropped"},
    "achieved": {"in_progress"},
    "partly": {"in_progress"},
    "dropped": {"in_progress"},
}
SETTLED_STATES = frozenset({GoalState.ACHIEVED, GoalState.PARTLY, GoalState.DROPPED})
