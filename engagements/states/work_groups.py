"""The states of engagements as reports group them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkGroup(models.TextChoices):
    """States of engagements as reports group them."""

    AGREEING = "agreeing", _("Being agreed")
    UNDER_WAY = "under_way", _("Under way")
    COMPLETED = "completed", _("Completed")
    ENDED = "ended", _("Ended without completion")


GROUP_OF_STATE = {
    "agreeing": WorkGroup.AGREEING,
    "scheduled": WorkGroup.AGREEING,
    "active": WorkGroup.UNDER_WAY,
    "paused": WorkGroup.UNDER_WAY,
    "wrapping_up": WorkGroup.UNDER_WAY,
    "on_hold_safeguarding": WorkGroup.UNDER_WAY,
    "completed": WorkGroup.COMPLETED,
    "followed_up": WorkGroup.COMPLETED,
    "ended_early": WorkGroup.ENDED,
    "cancelled": WorkGroup.ENDED,
}
