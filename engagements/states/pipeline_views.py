"""Who sees a saved view of the pipeline, and when it tells of new rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ViewAudience(models.TextChoices):
    """Who sees a saved view; everybody reads the rows of their own countries only."""

    ME = "me", _("Only me")
    TEAM = "team", _("Coordinators of my countries")
    ALL = "all", _("All coordinators")


class ViewAlertWhen(models.TextChoices):
    """When a saved view tells of rows that are new in it."""

    OFF = "off", _("No")
    DAILY = "daily", _("Every morning")
    AT_ONCE = "at_once", _("At once")
