"""States of milestones."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diaspora_net.core.transitions import Transitions


class MilestoneState(models.TextChoices):
    """Whether a milestone is still ahead."""

    PLANNED = "planned", _("Planned")
    REACHED = "reached", _("Reached")
    DROPPED = "dropped", _("Dropped")


# Back to "planned" for what was settled by mistake.
MILESTONE_TRANSITIONS: Transitions = {
    "planned": {"reached", "dropped"},
    "reached": {"planned"},
    "dropped": {"planned"},
}
